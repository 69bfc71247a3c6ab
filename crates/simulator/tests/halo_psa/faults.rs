//! Planned misbehaviour, limits, the journal, and steering over HTTP.

use serde_json::{Value, json};
use simulator::{Fault, FaultKind, RetryAfter, SandboxConfig};

use crate::support::{Desk, desk, small, start};

const PAGE: &str = "Tickets?domain=reqs&pageinate=true&page_size=10&page_no=2&order=id";

async fn page(desk: &Desk, fault: FaultKind) -> Vec<Value> {
    desk.control().clear_faults();
    desk.control()
        .set_fault(Fault::new(fault).on_entity("tickets").times(1));
    desk.get(PAGE).await.rows()
}

#[tokio::test]
async fn faults_shape_pages() {
    let desk = desk().await;
    assert_eq!(page(&desk, FaultKind::CapPage { max: 4 }).await.len(), 4);
    let doubled = page(&desk, FaultKind::DuplicateRecord).await;
    assert_eq!((doubled.len(), &doubled[0]), (11, &doubled[1]));
    let garbled = FaultKind::GarbledRecord {
        id: Some(1_000_013),
        field: "summary".into(),
    };
    assert_eq!(page(&desk, garbled).await[2]["summary"], 17);
    let null = page(&desk, FaultKind::NullByte).await;
    assert!(null[0]["summary"].as_str().unwrap().contains('\0'));
    assert_eq!(page(&desk, FaultKind::RepeatPage).await[0]["id"], 1_000_001);
    desk.control().clear_faults();
    desk.control()
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 3 }).times(1));
    assert_eq!(desk.get(PAGE).await.body["record_count"], 1_497);
}

#[tokio::test]
async fn faults_on_the_wire_and_of_the_token_endpoint() {
    let desk = desk().await;
    let slow_down = FaultKind::Status {
        code: 429,
        body: None,
        retry_after: Some(RetryAfter::Seconds(7)),
    };
    desk.control()
        .set_fault(Fault::new(slow_down).on_path("/status").times(1));
    let reply = desk.get("Status").await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("7"))
    );
    desk.control()
        .set_fault(Fault::new(FaultKind::Html).on_entity("token").times(1));
    assert_eq!(
        desk.sign_in("", &crate::support::good("")).await.status,
        502
    );
    desk.control()
        .set_fault(Fault::new(FaultKind::Malformed).times(1));
    assert!(desk.get("Status").await.body.is_string());
    desk.control()
        .set_fault(Fault::new(FaultKind::LoseAnswer).on_method("POST").times(1));
    let lost = json!([{"summary": "Lost answer", "tickettype_id": 25, "client_id": 13}]);
    let sent = desk
        .request("POST", &desk.url("Tickets"))
        .json(&lost)
        .send()
        .await;
    assert!(sent.is_err());
    assert_eq!(
        desk.get("Tickets?search_summary=lost answer")
            .await
            .ids()
            .len(),
        1
    );
}

#[tokio::test]
async fn seven_hundred_requests_in_five_minutes() {
    let desk = start(small()).await;
    desk.control().spend_requests(699);
    assert_eq!(desk.get("Status").await.status, 200);
    let refused = desk.get("Status").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, None));
    // Signing in is not counted.
    assert_eq!(
        desk.sign_in("", &crate::support::good("")).await.status,
        200
    );
    desk.control().advance_clock(300_000);
    assert_eq!(desk.get("Status").await.status, 200);
    let free = start(SandboxConfig {
        limits: false,
        ..small()
    })
    .await;
    free.control().spend_requests(10_000);
    assert_eq!(free.get("Status").await.status, 200);
}

#[tokio::test]
async fn the_journal_and_steering_over_http() {
    let desk = desk().await;
    desk.control().clear_journal();
    desk.get("Tickets?count=7").await;
    desk.get("TicketType/1").await;
    let journal = desk.control().journal();
    let entities: Vec<&str> = journal
        .iter()
        .map(|e| e.entity.as_deref().unwrap())
        .collect();
    assert_eq!(entities, ["tickets", "tickettype"]);
    assert_eq!((journal[0].records, journal[0].status), (Some(7), 200));
    let base = desk.sandbox.base_url();
    let control = |method: &str, path: &str, body: Value| {
        let request = desk
            .http
            .request(method.parse().unwrap(), format!("{base}_control/{path}"));
        desk.reply(request.json(&body))
    };
    let made = control(
        "POST",
        "tickets",
        json!({"summary": "By control", "tickettype_id": 3, "client_id": 13}),
    )
    .await;
    let id = made.body["id"].as_i64().unwrap();
    assert_eq!(
        control(
            "PATCH",
            &format!("tickets/{id}"),
            json!({"team": "Security"})
        )
        .await
        .status,
        200
    );
    let record = control("GET", &format!("records/tickets/{id}"), json!({}))
        .await
        .body;
    assert_eq!(record["record"]["team"], "Security");
    let count = control(
        "POST",
        "count/tickets",
        json!({"query": "search_summary=by control"}),
    )
    .await;
    assert_eq!(count.body["count"], 1);
    assert_eq!(
        control("DELETE", &format!("tickets/{id}"), json!({}))
            .await
            .status,
        200
    );
    let count = control(
        "POST",
        "count/tickets",
        json!({"query": "search_summary=by control"}),
    )
    .await;
    assert_eq!(count.body["count"], 0);
    assert_eq!(control("GET", "ids/nonsense", json!({})).await.status, 400);
}
