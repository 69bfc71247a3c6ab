//! Notification sets: who is told what.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use simulator::Disorder;

use crate::support::{Desk, desk};

#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Value>>>,
    failing: Arc<Mutex<bool>>,
}

async fn receive(State(receiver): State<Receiver>, body: String) -> StatusCode {
    let message = serde_json::from_str(&body).unwrap();
    receiver.got.lock().unwrap().push(message);
    if *receiver.failing.lock().unwrap() {
        StatusCode::BAD_GATEWAY
    } else {
        StatusCode::OK
    }
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook/token", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (receiver, address)
    }

    async fn wait_for(&self, count: usize) -> Vec<Value> {
        for _ in 0..6_000 {
            let got = self.got.lock().unwrap().clone();
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("only {:?}", self.got.lock().unwrap());
    }
}

/// Waits until nothing is left to deliver.
async fn settled(desk: &Desk) {
    for _ in 0..6_000 {
        if desk.control().pending_webhooks() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("messages are left");
}

#[tokio::test]
async fn a_set_is_told_what_it_ticked() {
    let desk = desk().await;
    let (receiver, url) = Receiver::start().await;
    desk.control().create(
        "notification_sets",
        json!({"name": "Portal", "url": url, "events": ["ticket_created", "ticket_status_changed", "comment_added"]}),
    );
    let customer = desk.control().ids("customers")[5];
    let id = desk.control().create(
        "tickets",
        json!({"customer_id": customer, "subject": "Told"}),
    );
    let path = format!("tickets/{id}");
    desk.send("PUT", &path, &json!({"status": "Scheduled"}))
        .await;
    desk.send("PUT", &path, &json!({"priority": "1 High"}))
        .await;
    let comment = json!({"subject": "Update", "body": "Soon", "hidden": true});
    desk.send("POST", &format!("{path}/comment"), &comment)
        .await;
    let got = receiver.wait_for(3).await;
    settled(&desk).await;
    assert_eq!(receiver.got.lock().unwrap().len(), 3);
    let link = format!("https://harbourline.syncromsp.com/tickets/{id}");
    for message in &got {
        let keys: Vec<&String> = message.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["attributes", "html", "link", "text"]);
        assert_eq!(message["link"], link);
    }
    assert_eq!(got[0]["attributes"]["id"], id);
    assert_eq!(got[1]["attributes"]["status"], "Scheduled");
    assert_eq!(got[2]["attributes"]["ticket_id"], id);
    assert_eq!(got[2]["attributes"]["body"], "Soon");
}

#[tokio::test]
async fn failed_messages_come_again_and_some_sets_are_told_twice() {
    let desk = desk().await;
    let (receiver, url) = Receiver::start().await;
    *receiver.failing.lock().unwrap() = true;
    desk.control().create(
        "notification_sets",
        json!({"name": "Portal", "url": url, "events": ["contact_updated"]}),
    );
    let contact = desk.control().ids("contacts")[2];
    desk.control()
        .patch("contacts", contact, json!({"notes": "x"}));
    receiver.wait_for(1).await;
    *receiver.failing.lock().unwrap() = false;
    assert_eq!(desk.control().deliver_webhooks_now(), 1);
    let got = receiver.wait_for(2).await;
    assert_eq!(got[0], got[1]);
    settled(&desk).await;
    desk.control()
        .patch("notification_sets", 1, json!({"duplicates": true}));
    desk.control()
        .patch("contacts", contact, json!({"notes": "y"}));
    let got = receiver.wait_for(4).await;
    assert_eq!(got[2], got[3]);
}

#[tokio::test]
async fn notifications_may_come_late_twice_and_out_of_order() {
    let desk = desk().await;
    let (receiver, url) = Receiver::start().await;
    desk.control().create(
        "notification_sets",
        json!({"name": "Portal", "url": url, "events": ["ticket_updated"]}),
    );
    desk.control().disturb_webhooks(Disorder {
        twice: true,
        newest_first: true,
        delay_ms: 30_000,
    });
    let tickets: Vec<i64> = desk.control().ids("tickets").into_iter().take(3).collect();
    for ticket in &tickets {
        desk.control()
            .patch("tickets", *ticket, json!({"subject": "Told late"}));
    }
    assert_eq!(desk.control().pending_webhooks(), 6, "they are delayed");
    desk.control().advance_clock(30_000);
    let got = receiver.wait_for(6).await;
    let ids: Vec<i64> = got
        .iter()
        .map(|one| one["attributes"]["id"].as_i64().unwrap())
        .collect();
    let newest_first = tickets
        .iter()
        .rev()
        .flat_map(|id| [*id, *id])
        .collect::<Vec<_>>();
    assert_eq!(ids, newest_first);
}
