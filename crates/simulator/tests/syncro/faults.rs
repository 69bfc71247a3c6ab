//! Planned misbehaviour, the journal, and steering over HTTP.

use serde_json::{Value, json};
use simulator::{Fault, FaultKind, RetryAfter};

use crate::support::{Desk, desk};

async fn page(desk: &Desk, fault: FaultKind, path: &str) -> Vec<Value> {
    desk.control().clear_faults();
    desk.control()
        .set_fault(Fault::new(fault).on_entity("tickets").times(1));
    desk.get(path).await.rows("tickets").clone()
}

#[tokio::test]
async fn faults_shape_pages() {
    let desk = desk().await;
    let plain = desk.get("tickets").await.rows("tickets").clone();
    let capped = page(&desk, FaultKind::CapPage { max: 4 }, "tickets").await;
    assert_eq!(capped, plain[..4]);
    let doubled = page(&desk, FaultKind::DuplicateRecord, "tickets").await;
    assert_eq!((doubled.len(), &doubled[0]), (51, &doubled[1]));
    let garbled = FaultKind::GarbledRecord {
        id: plain[2]["id"].as_i64(),
        field: "subject".into(),
    };
    assert_eq!(page(&desk, garbled, "tickets").await[2]["subject"], 17);
    let null = page(&desk, FaultKind::NullByte, "tickets").await;
    assert!(null[0]["subject"].as_str().unwrap().contains('\0'));
    assert_eq!(null[0]["updated_at"], plain[0]["updated_at"]);
    let long = page(&desk, FaultKind::Overlong, "tickets").await;
    assert_eq!(long[0]["subject"].as_str().unwrap().chars().count(), 300);
    let second = page(&desk, FaultKind::RepeatPage, "tickets?page=2").await;
    assert_eq!(second, plain);
    desk.control().clear_faults();
    let true_total = desk.get("contacts").await.meta("total_entries").unwrap();
    desk.control()
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 60 }).times(1));
    let shrunk = desk.get("contacts").await;
    assert_eq!(shrunk.meta("total_entries"), Some(true_total - 60));
    assert_eq!(
        shrunk.meta("total_pages"),
        Some((true_total - 60).div_ceil(50))
    );
    let broken = FaultKind::GarbledRecord {
        id: None,
        field: "id".into(),
    };
    desk.control()
        .set_fault(Fault::new(broken).on_entity("users").times(1));
    let users = desk.get("users").await.body["users"].clone();
    assert_eq!(users[0][0], "not-a-number");
}

#[tokio::test]
async fn faults_on_the_wire() {
    let desk = desk().await;
    let slow_down = FaultKind::Status {
        code: 429,
        body: Some(json!({"error": "slow down"})),
        retry_after: Some(RetryAfter::Date(7)),
    };
    desk.control()
        .set_fault(Fault::new(slow_down).on_path("contacts").times(1));
    let reply = desk.get("contacts").await;
    assert_eq!(reply.status, 429);
    assert!(reply.header("retry-after").unwrap().ends_with("GMT"));
    desk.control()
        .set_fault(Fault::new(FaultKind::Html).times(1));
    let reply = desk.get("contacts").await;
    assert_eq!(reply.status, 502);
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    desk.control()
        .set_fault(Fault::new(FaultKind::Malformed).times(1));
    let reply = desk.get("contacts").await;
    assert!(reply.status == 200 && reply.body.is_string());
    desk.control().set_fault(
        Fault::new(FaultKind::Status {
            code: 404,
            body: None,
            retry_after: None,
        })
        .times(1),
    );
    assert_eq!(desk.get("me").await.body, json!({"message": "Not found"}));
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_deed() {
    let desk = desk().await;
    let customer = desk.control().ids("customers")[5];
    let before = desk.control().count("tickets", None);
    desk.control()
        .set_fault(Fault::new(FaultKind::LoseAnswer).on_method("POST").times(1));
    let body = json!({"customer_id": customer, "subject": "Lost answer"});
    let lost = desk.request("POST", "tickets").json(&body).send().await;
    assert!(lost.is_err());
    assert_eq!(desk.control().count("tickets", None), before + 1);
    let journal = desk.control().journal();
    let entry = journal.last().unwrap();
    assert_eq!(
        (entry.status, entry.entity.as_deref(), entry.method.as_str()),
        (0, Some("tickets"), "POST")
    );
}

#[tokio::test]
async fn the_journal_names_what_was_asked() {
    let desk = desk().await;
    let ticket = desk.control().ids("tickets")[0];
    for path in [
        "me",
        "tickets/settings",
        "settings",
        &format!("tickets/{ticket}/comments"),
        "customer_assets",
        "/me",
    ] {
        desk.get(path).await;
    }
    let entities: Vec<Option<String>> = desk
        .control()
        .journal()
        .into_iter()
        .map(|e| e.entity)
        .collect();
    let known = [
        "me",
        "tickets/settings",
        "settings",
        "comments",
        "customer_assets",
        "me",
    ];
    assert_eq!(entities, known.map(|e| Some(e.to_owned())));
    assert_eq!(
        desk.control().journal()[3].records,
        Some(
            desk.get(&format!("tickets/{ticket}/comments?per_page=10"))
                .await
                .rows("comments")
                .len()
        )
    );
}

#[tokio::test]
async fn steering_works_over_http() {
    let desk = desk().await;
    let at = |path: &str| format!("{}_control/{path}", desk.sandbox.base_url());
    let customer = desk.control().ids("customers")[5];
    let created = desk
        .reply(
            desk.http
                .post(at("tickets"))
                .json(&json!({"customer_id": customer, "subject": "By hand"})),
        )
        .await;
    let id = created.body["id"].as_i64().unwrap();
    assert_eq!(
        desk.control().get("tickets", id).unwrap()["subject"],
        "By hand"
    );
    let count = desk
        .reply(
            desk.http
                .post(at("count/tickets"))
                .json(&json!({"query": "by hand"})),
        )
        .await;
    assert_eq!(count.body["count"], 1);
}
