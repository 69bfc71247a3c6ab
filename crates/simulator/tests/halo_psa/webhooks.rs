//! Registrations, deliveries and their signature.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use simulator::halo_psa_webhook_signature;
use tokio::sync::mpsc;

use crate::support::{Desk, desk};

type Received = (HeaderMap, Bytes);

async fn receiver() -> (String, mpsc::UnboundedReceiver<Received>) {
    let (send, receive) = mpsc::unbounded_channel();
    let take = |State(send): State<mpsc::UnboundedSender<Received>>,
                headers: HeaderMap,
                body: Bytes| async move {
        let _ = send.send((headers, body));
    };
    let app = Router::new().route("/hook", post(take)).with_state(send);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, receive)
}

async fn next(receive: &mut mpsc::UnboundedReceiver<Received>) -> (HeaderMap, Bytes, Value) {
    let (headers, body) = tokio::time::timeout(Duration::from_secs(30), receive.recv())
        .await
        .unwrap()
        .unwrap();
    let value = serde_json::from_slice(&body).unwrap();
    (headers, body, value)
}

async fn register(desk: &Desk, url: &str, kind: i64, events: &[i64]) -> String {
    let webhook = desk
        .post("Webhook", json!({
            "name": "Portico tickets", "url": url, "type": 0, "method": 0, "content_type": "application/json",
            "active": true, "authentication_type": kind, "authentication_header": "Token",
            "basic_username": "portico", "basic_password": "s3cret", "algorithm": 0,
        }))
        .await;
    assert_eq!(webhook.status, 201, "{}", webhook.body);
    let id = webhook.body["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 36);
    assert!(
        webhook.body.get("basic_password").is_none(),
        "secrets are not shown again"
    );
    for event in events {
        // Numbers may come as texts.
        let body = json!({"webhook_id": id, "type": -2, "delivery_method": 6, "eventno": event.to_string()});
        assert_eq!(desk.post("Notification", body).await.status, 201);
    }
    id
}

#[tokio::test]
async fn changes_are_delivered_and_signed() {
    let desk = desk().await;
    let (url, mut receive) = receiver().await;
    let id = register(&desk, &url, 3, &[3, 76, 1072]).await;
    desk.control()
        .patch("tickets", 1_000_005, json!({"status_id": 3}));
    let (headers, body, message) = next(&mut receive).await;
    assert_eq!(
        headers["token"],
        halo_psa_webhook_signature("s3cret", &body)
    );
    assert_eq!(
        (&message["event"], &message["object_id"]),
        (&json!("ticket status changed"), &json!(1_000_005))
    );
    assert_eq!(
        (&message["webhook_id"], &message["ticket"]["status_id"]),
        (&json!(id), &json!(3))
    );
    assert!(message["message"].as_str().unwrap().contains("1000005"));
    let stamp = message["timestamp"].as_str().unwrap();
    assert_eq!(stamp.len(), "2026-01-25T06:41:08.7895915Z".len());
    // A change that nobody subscribed to is not told; a deletion is.
    desk.control()
        .patch("tickets", 1_000_005, json!({"summary": "quiet"}));
    desk.control().delete("tickets", 1_000_005);
    assert_eq!(next(&mut receive).await.2["event"], "ticket deleted");
    let log = desk
        .get(&format!("WebhookEvent?webhook_id={id}"))
        .await
        .rows();
    assert_eq!(log.len(), 2);
    let gone = desk
        .reply(desk.request("DELETE", &desk.url(&format!("Webhook/{id}"))))
        .await;
    assert_eq!((gone.status, &gone.body["id"]), (200, &json!(id)));
    assert_eq!(desk.get("Webhook").await.rows().len(), 0);
    assert_eq!(desk.get("Notification").await.rows().len(), 0);
}

#[tokio::test]
async fn other_ways_to_prove_a_delivery() {
    let desk = desk().await;
    let (url, mut receive) = receiver().await;
    register(&desk, &url, 1, &[19]).await;
    desk.control().create(
        "actions",
        json!({"ticket_id": 1_000_006, "outcome_id": 4, "note": "It is back", "who": "Ann", "who_type": 1}),
    );
    let (headers, _, message) = next(&mut receive).await;
    assert_eq!(message["event"], "ticket updated by user");
    assert!(
        headers["authorization"]
            .to_str()
            .unwrap()
            .starts_with("Basic ")
    );
    assert!(headers.get("token").is_none());
    let nowhere = desk
        .post("Notification", json!({"webhook_id": "none", "eventno": 3}))
        .await;
    assert_eq!(nowhere.status, 404);
}

/// A receiver that takes nothing, and how often it was asked.
async fn refusing() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let refuse = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        StatusCode::BAD_GATEWAY
    };
    let app = Router::new().route("/hook", post(refuse));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, asked)
}

#[tokio::test]
async fn deliveries_are_repeated_where_the_instance_does_so() {
    let desk = desk().await;
    let (url, asked) = refusing().await;
    register(&desk, &url, 0, &[76]).await;
    let control = desk.control();
    let mut expected = 0;
    for (retries, status) in [(0, 3), (2, 2)] {
        control.patch("instanceinfo", 1, json!({"webhook_retries": retries}));
        control.patch("tickets", 1_000_005, json!({"status_id": status}));
        for _ in 0..3_000 {
            if control.pending_webhooks() == 0 {
                break;
            }
            control.deliver_webhooks_now();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        expected += 1 + retries;
        assert_eq!(asked.load(Ordering::SeqCst), expected, "{retries} more");
        assert_eq!(control.pending_webhooks(), 0);
    }
}

#[tokio::test]
async fn events_are_collected_where_a_registration_says_so() {
    let desk = desk().await;
    let (url, mut receive) = receiver().await;
    let id = register(&desk, &url, 3, &[76]).await;
    let batch = json!({"id": id, "batch_method": 1, "batch_delay_seconds": 60, "batch_limit": 2});
    assert_eq!(desk.post("Webhook", batch).await.status, 201);
    let change = |ticket: i64, status: i64| {
        desk.control()
            .patch("tickets", ticket, json!({"status_id": status}))
    };
    change(1_000_005, 3);
    assert_eq!(desk.control().pending_webhooks(), 1, "it waits for another");
    change(1_000_006, 3);
    let (headers, body, list) = next(&mut receive).await;
    assert_eq!(
        headers["token"],
        halo_psa_webhook_signature("s3cret", &body)
    );
    let ids: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["object_id"])
        .collect();
    assert_eq!(ids, [1_000_005, 1_000_006]);
    change(1_000_005, 2);
    desk.control().advance_clock(60_000);
    let (_, _, list) = next(&mut receive).await;
    assert_eq!(
        list.as_array().unwrap().len(),
        1,
        "it has waited long enough"
    );
}
