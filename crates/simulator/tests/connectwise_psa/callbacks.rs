//! Callbacks: registration, messages, signature and its key.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use simulator::{Disorder, callback_signature};

use crate::support::{Desk, desk, issues};

/// Path with query, signature and body of a message.
type Message = (String, String, String);

#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Message>>>,
    failing: Arc<Mutex<bool>>,
}

async fn receive(
    State(receiver): State<Receiver>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers["x-content-signature"].to_str().unwrap().to_owned();
    let text = String::from_utf8(body.to_vec()).unwrap();
    receiver
        .got
        .lock()
        .unwrap()
        .push((uri.to_string(), signature, text));
    if *receiver.failing.lock().unwrap() {
        StatusCode::BAD_GATEWAY
    } else {
        StatusCode::NO_CONTENT
    }
}

impl Receiver {
    async fn start() -> (Self, String) {
        let receiver = Self::default();
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (receiver, address)
    }

    async fn wait_for(&self, count: usize) -> Vec<Message> {
        for _ in 0..6_000 {
            let got = self.got.lock().unwrap().clone();
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "waited for {count} messages, got {:?}",
            self.got.lock().unwrap()
        );
    }

    /// Moves the clock on until so many messages came. An attempt whose outcome is not noted yet
    /// when the clock moves is due a whole pause later, so one step may not be enough.
    async fn advance_until(&self, desk: &Desk, pause_ms: i64, count: usize) -> Vec<Message> {
        for _ in 0..40 {
            desk.control().advance_clock(pause_ms);
            for _ in 0..20 {
                let got = self.got.lock().unwrap().clone();
                if got.len() >= count {
                    return got;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        self.wait_for(count).await
    }
}

async fn register(desk: &Desk, body: Value) -> Value {
    let made = desk.send("POST", "system/callbacks/", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

fn entry(address: &str, kind: &str, level: &str, object: i64) -> Value {
    json!({"description": "Portico", "url": format!("{address}/hook?recordId="), "objectId": object, "type": kind, "level": level, "payloadVersion": "3.0.0"})
}

#[tokio::test]
async fn messages_name_the_record_and_are_signed() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    let made = register(&desk, entry(&address, "ticket", "owner", 0)).await;
    assert_eq!(
        (&made["objectId"], &made["isSoapCallbackFlag"]),
        (&json!(1), &json!(false))
    );
    desk.control().patch(
        "service/tickets",
        10_001,
        json!({"summary": "Changed by hand"}),
    );
    let new = desk.control().create(
        "service/tickets",
        json!({"summary": "New", "company": {"id": 250}}),
    );
    desk.control().delete("service/tickets", new);
    let got = receiver.wait_for(3).await;
    let bodies: Vec<Value> = got
        .iter()
        .map(|m| serde_json::from_str(&m.2).unwrap())
        .collect();
    let actions: Vec<&Value> = bodies.iter().map(|b| &b["Action"]).collect();
    assert_eq!(actions, ["updated", "added", "deleted"]);
    assert_eq!(got[0].0, "/hook?recordId=10001");
    assert_eq!(
        (&bodies[0]["Type"], &bodies[0]["ID"]),
        (&json!("ticket"), &json!(10_001))
    );
    assert_eq!(bodies[0]["CallbackObjectRecId"], made["id"]);
    assert_eq!(bodies[0]["MemberId"], "NOkonkwo");
    let entity: Value = serde_json::from_str(bodies[0]["Entity"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&entity["summary"], &entity["recordType"]),
        (&json!("Changed by hand"), &json!("ServiceTicket"))
    );
    assert!(bodies[2]["Entity"].is_null());
    assert_ne!(bodies[0]["MessageId"], bodies[1]["MessageId"]);
    // The body is compact, so that clients that parse and print it again get the same bytes.
    assert_eq!(bodies[0].to_string(), got[0].2);

    let url = bodies[0]["Metadata"]["key_url"].as_str().unwrap();
    assert!(
        url.contains("/v2025_1//system/callbackkey/index.rails?companyName=harbourline&id="),
        "{url}"
    );
    let key = desk.http.get(url).send().await.unwrap();
    assert!(
        key.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/plain")
    );
    let inner: String = serde_json::from_str(&key.text().await.unwrap()).unwrap();
    let key: Value = serde_json::from_str(&inner).unwrap();
    let key = key["signing_key"].as_str().unwrap();
    for (_, signature, body) in &got {
        assert_eq!(*signature, callback_signature(key, body.as_bytes()));
    }
    let other = url.replace("id=", "id=0");
    assert_eq!(desk.http.get(other).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn levels_self_suppression_and_switching_off() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    register(&desk, entry(&address, "ticket", "board", 2)).await;
    let mut own = entry(&format!("{address}/company"), "company", "owner", 0);
    own["isSelfSuppressedFlag"] = true.into();
    let own = register(&desk, own).await;
    let of_board_1 = desk.ids("service/tickets", "board/id=1 and id<10200").await[0];
    let of_board_2 = desk.ids("service/tickets", "board/id=2").await[0];
    desk.control()
        .patch("service/tickets", of_board_1, json!({"summary": "x"}));
    desk.control()
        .patch("service/tickets", of_board_2, json!({"summary": "x"}));
    let patch = json!([{"op": "replace", "path": "name", "value": "By API"}]);
    assert_eq!(
        desk.send("PATCH", "company/companies/252", &patch)
            .await
            .status,
        200
    );
    desk.control()
        .patch("company/companies", 252, json!({"name": "By hand"}));
    let got = receiver.wait_for(2).await;
    let mut ids: Vec<String> = got.iter().map(|m| m.0.clone()).collect();
    ids.sort();
    assert_eq!(
        ids,
        [
            "/company/hook?recordId=252".to_owned(),
            format!("/hook?recordId={of_board_2}")
        ]
    );
    let off = json!([{"op": "replace", "path": "inactiveFlag", "value": true}]);
    let path = format!("system/callbacks/{}", own["id"]);
    assert_eq!(desk.send("PATCH", &path, &off).await.status, 200);
    desk.control()
        .patch("company/companies", 252, json!({"name": "Unheard"}));
    assert_eq!(desk.control().pending_webhooks(), 0);
}

#[tokio::test]
async fn a_note_and_a_contact_tell_ticket_and_company() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    for kind in [
        "ticket",
        "contact",
        "company",
        "time",
        "opportunity",
        "member",
    ] {
        register(&desk, entry(&format!("{address}/{kind}"), kind, "owner", 0)).await;
    }
    let note = json!({"text": "Hello"});
    assert_eq!(
        desk.send("POST", "service/tickets/10001/notes", &note)
            .await
            .status,
        201
    );
    let got = receiver.wait_for(1).await;
    assert_eq!(got[0].0, "/ticket/hook?recordId=10001");
    let quiet = json!({"summary": "Quiet", "company": {"id": 250}, "skipCallback": true});
    assert_eq!(
        desk.send("POST", "service/tickets", &quiet).await.status,
        201
    );
    let member = json!([{"op": "replace", "path": "title", "value": "Boss"}]);
    assert_eq!(
        desk.send("PATCH", "system/members/150", &member)
            .await
            .status,
        200
    );
    let got = receiver.wait_for(2).await;
    assert_eq!(got[1].0, "/member/hook?recordId=150");
}

#[tokio::test]
async fn failed_messages_are_tried_again() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    register(&desk, entry(&address, "ticket", "owner", 0)).await;
    *receiver.failing.lock().unwrap() = true;
    desk.control()
        .patch("service/tickets", 10_001, json!({"summary": "x"}));
    receiver.wait_for(1).await;
    assert_eq!(desk.control().pending_webhooks(), 1);
    *receiver.failing.lock().unwrap() = false;
    receiver.advance_until(&desk, 61_000, 2).await;
    for _ in 0..6_000 {
        if desk.control().pending_webhooks() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the message still waits");
}

#[tokio::test]
async fn wrong_registrations_are_refused() {
    let desk = desk().await;
    let good = entry("https://portal.example", "ticket", "owner", 0);
    register(&desk, good.clone()).await;
    let again = desk.send("POST", "system/callbacks", &good).await;
    assert_eq!(again.body["message"], "callbackEntry object is invalid");
    assert_eq!(
        again.body["errors"][0]["message"],
        "A matching callback entry already exists"
    );
    assert_eq!(
        issues(&again.body),
        [("ObjectExists".into(), "objectId".into())]
    );
    let wrong = entry("nowhere", "ticket", "galaxy", 0);
    let reply = desk.send("POST", "system/callbacks", &wrong).await;
    assert_eq!(
        issues(&reply.body),
        [
            ("InvalidField".into(), "url".into()),
            ("InvalidObject".into(), "level".into())
        ]
    );
    let empty = desk.send("POST", "system/callbacks", &json!({})).await;
    let fields: Vec<String> = issues(&empty.body).into_iter().map(|i| i.1).collect();
    assert_eq!(fields, ["url", "objectId", "type", "level"]);
    let found = desk
        .ids("system/callbacks", "url contains \"portal.example\"")
        .await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        desk.send("DELETE", "system/callbacks/424242", &json!({}))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn callbacks_may_come_twice_and_out_of_order() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    register(&desk, entry(&address, "ticket", "owner", 0)).await;
    desk.control().disturb_webhooks(Disorder {
        twice: true,
        newest_first: true,
        delay_ms: 60_000,
    });
    for ticket in [10_001, 10_002] {
        let change = json!({"summary": format!("Changed {ticket}")});
        desk.control().patch("service/tickets", ticket, change);
    }
    assert_eq!(desk.control().pending_webhooks(), 4, "they are delayed");
    let got = receiver.advance_until(&desk, 60_000, 4).await;
    let ids: Vec<Value> = got
        .iter()
        .map(|message| serde_json::from_str::<Value>(&message.2).unwrap()["ID"].clone())
        .collect();
    assert_eq!(ids, [10_002, 10_002, 10_001, 10_001]);
}
