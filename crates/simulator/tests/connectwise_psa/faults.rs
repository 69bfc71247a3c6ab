//! Planned misbehaviour, the journal, and steering over HTTP.

use serde_json::{Value, json};
use simulator::{Fault, FaultKind, RetryAfter};

use crate::support::{Desk, desk};

async fn page(desk: &Desk, fault: FaultKind, path: &str) -> Vec<Value> {
    desk.control().clear_faults();
    desk.control()
        .set_fault(Fault::new(fault).on_entity("service/tickets").times(1));
    let reply = desk.get(path).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body.as_array().cloned().unwrap()
}

#[tokio::test]
async fn faults_shape_pages() {
    let desk = desk().await;
    let path = "service/tickets?pageSize=10";
    assert_eq!(
        page(&desk, FaultKind::CapPage { max: 4 }, path).await.len(),
        4
    );
    let doubled = page(&desk, FaultKind::DuplicateRecord, path).await;
    assert_eq!((doubled.len(), &doubled[0]), (11, &doubled[1]));
    let garbled = FaultKind::GarbledRecord {
        id: Some(10_003),
        field: "summary".into(),
    };
    assert_eq!(page(&desk, garbled, path).await[2]["summary"], 17);
    let null = page(&desk, FaultKind::NullByte, path).await;
    assert!(null[0]["summary"].as_str().unwrap().contains('\0'));
    assert!(
        null[0]["_info"]["lastUpdated"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
    let long = page(&desk, FaultKind::Overlong, path).await;
    assert_eq!(long[0]["summary"].as_str().unwrap().chars().count(), 300);
    let second = page(
        &desk,
        FaultKind::RepeatPage,
        "service/tickets?pageSize=10&page=2",
    )
    .await;
    assert_eq!(second[0]["id"], 10_001);
    for (by, begins) in [(1, 10_010), (-1, 10_012)] {
        let fault = FaultKind::ShiftPage { by };
        let shifted = page(&desk, fault, "service/tickets?pageSize=10&page=2").await;
        assert_eq!(shifted[0]["id"], begins, "{by}");
    }
    let forward = page(
        &desk,
        FaultKind::RepeatPage,
        "service/tickets?pageSize=10&pageId=10020",
    )
    .await;
    assert_eq!(forward[0]["id"], 10_011);
    desk.control().clear_faults();
    desk.control()
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 3 }).times(1));
    assert_eq!(desk.get("service/tickets/count").await.body["count"], 1_497);
}

#[tokio::test]
async fn faults_on_the_wire() {
    let desk = desk().await;
    let slow_down = FaultKind::Status {
        code: 429,
        body: Some("<html>slow down</html>".into()),
        retry_after: Some(RetryAfter::Seconds(7)),
    };
    desk.control()
        .set_fault(Fault::new(slow_down).on_path("service/boards").times(1));
    let reply = desk.get("service/boards").await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("7"))
    );
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    for (code, body) in [
        (401, "UserNotAuthenticated"),
        (404, "The endpoint does not exist."),
    ] {
        let kind = FaultKind::Status {
            code,
            body: None,
            retry_after: None,
        };
        desk.control().set_fault(Fault::new(kind).times(1));
        let reply = desk.get("service/boards").await;
        assert_eq!(
            (reply.status, reply.body["message"].as_str().unwrap()),
            (code, body)
        );
    }
    // Neither the network's edge nor the server under the product knows the product's codes.
    for (code, html) in [(429, true), (500, false)] {
        let kind = FaultKind::Status {
            code,
            body: None,
            retry_after: None,
        };
        desk.control().set_fault(Fault::new(kind).times(1));
        let reply = desk.get("service/boards").await;
        assert_eq!((reply.status, reply.body.is_string()), (code, html));
        assert!(reply.body["code"].is_null(), "{}", reply.body);
    }
    desk.control()
        .set_fault(Fault::new(FaultKind::Html).times(1));
    assert_eq!(desk.get("service/boards").await.status, 502);
    desk.control()
        .set_fault(Fault::new(FaultKind::Malformed).times(1));
    assert!(desk.get("service/boards").await.body.is_string());
    desk.control()
        .set_fault(Fault::new(FaultKind::LoseAnswer).on_method("POST").times(1));
    let lost = desk
        .request("POST", &desk.url("service/tickets"))
        .json(&json!({"summary": "Lost answer", "company": {"id": 250}}));
    assert!(lost.send().await.is_err());
    assert_eq!(
        desk.ids("service/tickets", "summary='Lost answer'")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn the_journal_tells_what_was_asked() {
    let desk = desk().await;
    desk.get("service/tickets?pageSize=7").await;
    desk.get("service/boards/1/statuses").await;
    desk.get("service/tickets/10001/allNotes").await;
    let journal = desk.control().journal();
    let entities: Vec<&str> = journal
        .iter()
        .map(|e| e.entity.as_deref().unwrap())
        .collect();
    assert_eq!(
        entities,
        [
            "service/tickets",
            "service/boards/statuses",
            "service/tickets/allnotes"
        ]
    );
    assert_eq!((journal[0].records, journal[0].status), (Some(7), 200));
}

#[tokio::test]
async fn steering_over_http_takes_dots_for_slashes() {
    let desk = desk().await;
    let base = desk.sandbox.base_url();
    let control = |method: &str, path: &str, body: Value| {
        desk.reply(
            desk.http
                .request(method.parse().unwrap(), format!("{base}_control/{path}"))
                .json(&body),
        )
    };
    let made = control(
        "POST",
        "service.tickets",
        json!({"summary": "By control", "company": {"id": 250}}),
    )
    .await;
    let id = made.body["id"].as_i64().unwrap();
    assert_eq!(
        control(
            "PATCH",
            &format!("service.tickets/{id}"),
            json!({"summary": "Again"})
        )
        .await
        .status,
        200
    );
    let record = control("GET", &format!("records/service.tickets/{id}"), json!({}))
        .await
        .body;
    assert_eq!(record["record"]["summary"], "Again");
    let count = control(
        "POST",
        "count/service.tickets",
        json!({"conditions": "board/id=1 and summary='Again'"}),
    )
    .await;
    assert_eq!(count.body["count"], 1);
    assert_eq!(
        control("DELETE", &format!("service.tickets/{id}"), json!({}))
            .await
            .status,
        200
    );
    assert_eq!(control("GET", "ids/nonsense", json!({})).await.status, 400);
}
