//! Webhooks: registration, deliveries, signatures, retries, switching off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use simulator::webhook_signature;

use crate::support::{Desk, desk, errors};

const SECRET: &str = "a-secret-of-forty-letters-and-digits-0123";

/// Path, signature and body of a message.
type Message = (String, Option<String>, String);

#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Message>>>,
    failing: Arc<Mutex<bool>>,
}

async fn receive(
    State(receiver): State<Receiver>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let signature = headers
        .get("x-hook-signature")
        .map(|v| v.to_str().unwrap().to_owned());
    let text = String::from_utf8(body.to_vec()).unwrap();
    receiver
        .got
        .lock()
        .unwrap()
        .push((uri.path().to_owned(), signature, text));
    if *receiver.failing.lock().unwrap() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
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

fn registration(address: &str) -> Value {
    json!({"name": "Portico", "webhookUrl": format!("{address}/hook"), "deactivationUrl": format!("{address}/off"),
        "secretKey": SECRET, "isActive": true, "isSubscribedToCreateEvents": true, "isSubscribedToUpdateEvents": true,
        "isSubscribedToDeleteEvents": true, "sendThresholdExceededNotification": false})
}

async fn field_number(desk: &Desk, entity: &str, label: &str) -> i64 {
    let (_, fields) = desk
        .get(&format!("{entity}Fields/entityInformation/fields"))
        .await;
    let field = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["name"] == "fieldID")
        .unwrap()
        .clone();
    let value = field["picklistValues"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["label"] == label)
        .unwrap()
        .clone();
    value["value"].as_str().unwrap().parse().unwrap()
}

async fn subscribe(desk: &Desk, entity: &str, address: &str, fields: &[(&str, bool)]) -> i64 {
    let (status, made) = desk.send("POST", entity, &registration(address)).await;
    assert_eq!(status, 200, "{made}");
    let id = made["itemId"].as_i64().unwrap();
    for (label, subscribed) in fields {
        let number = field_number(desk, entity.trim_end_matches('s'), label).await;
        let body = json!({"webhookID": id, "fieldID": number, "isSubscribedField": subscribed, "isDisplayAlwaysField": !subscribed});
        let (status, answer) = desk
            .send("POST", &format!("{entity}/{id}/Fields"), &body)
            .await;
        assert_eq!(status, 200, "{answer}");
    }
    id
}

#[tokio::test]
async fn changes_are_told_and_signed() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    let (status, made) = desk
        .send("POST", "TicketWebhooks", &registration(&address))
        .await;
    assert_eq!(status, 200, "{made}");
    let id = made["itemId"].as_i64().unwrap();
    let (_, read) = desk.get(&format!("TicketWebhooks/{id}")).await;
    assert_eq!(read["item"]["isReady"], false);
    let guid = read["item"]["webhookGUID"].as_str().unwrap().to_owned();
    desk.control().patch("Tickets", 5, json!({"status": 8}));
    for (label, subscribed) in [("status", true), ("title", true), ("ticketNumber", false)] {
        let number = field_number(&desk, "TicketWebhook", label).await;
        let body = json!({"webhookID": id, "fieldID": number, "isSubscribedField": subscribed, "isDisplayAlwaysField": !subscribed});
        assert_eq!(
            desk.send("POST", &format!("TicketWebhooks/{id}/Fields"), &body)
                .await
                .0,
            200
        );
    }
    assert_eq!(
        desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isReady"],
        true
    );

    desk.control().patch("Tickets", 6, json!({"priority": 1}));
    desk.control()
        .patch("Tickets", 6, json!({"title": "Café & <bar> \"x\" + 'y'"}));
    let got = receiver.wait_for(1).await;
    let (path, signature, text) = &got[0];
    assert_eq!(path, "/hook");
    assert_eq!(
        signature.as_deref(),
        Some(webhook_signature(SECRET, text.as_bytes()).as_str())
    );
    assert!(
        text.contains(
            "Caf\\u00E9 \\u0026 \\u003Cbar\\u003E \\u0022x\\u0022 \\u002B \\u0027y\\u0027"
        ),
        "{text}"
    );
    assert!(
        text.starts_with("{\"Action\":\"Update\",\"Guid\":"),
        "{text}"
    );
    let event: Value = serde_json::from_str(text).unwrap();
    assert_eq!(event["Guid"], guid);
    assert_eq!(
        (event["EntityType"].as_str(), event["Id"].as_i64()),
        (Some("Ticket"), Some(6))
    );
    assert_eq!(event["SequenceNumber"], 1);
    let names: Vec<&String> = event["Fields"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["TicketNumber", "Title"]);

    let new = desk
        .control()
        .create("Tickets", json!({"title": "n", "companyID": 174}));
    desk.control().delete("Tickets", new);
    let got = receiver.wait_for(3).await;
    let actions: Vec<String> = got
        .iter()
        .map(|g| {
            serde_json::from_str::<Value>(&g.2).unwrap()["Action"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(actions, ["Update", "Create", "Delete"]);
    assert_eq!(desk.control().pending_webhooks(), 0);
    assert_eq!(
        desk.send("DELETE", &format!("TicketWebhooks/{id}"), &json!({}))
            .await
            .0,
        200
    );
    assert_eq!(desk.control().count("TicketWebhookFields", None), 0);
}

#[tokio::test]
async fn other_entities_have_their_own_words() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    subscribe(&desk, "CompanyWebhooks", &address, &[("companyName", true)]).await;
    subscribe(&desk, "ContactWebhooks", &address, &[("firstName", true)]).await;
    subscribe(
        &desk,
        "TicketNoteWebhooks",
        &address,
        &[("description", true)],
    )
    .await;
    desk.control()
        .patch("Companies", 174, json!({"companyName": "Renamed"}));
    desk.control()
        .patch("Contacts", 30_690, json!({"firstName": "Ann"}));
    let note = json!({"title": "t", "description": "d", "noteType": 3, "publish": 1, "createdByContactID": 30_690});
    assert_eq!(desk.send("POST", "Tickets/9/Notes", &note).await.0, 200);
    let got = receiver.wait_for(3).await;
    let mut seen: Vec<(String, i64)> = got
        .iter()
        .map(|g| {
            let event: Value = serde_json::from_str(&g.2).unwrap();
            (
                event["EntityType"].as_str().unwrap().to_owned(),
                event["PersonID"].as_i64().unwrap(),
            )
        })
        .collect();
    seen.sort();
    assert_eq!(seen[0].0, "Account");
    assert_eq!(seen[1].0, "Contact");
    assert_eq!(seen[2], ("TicketNote".to_owned(), 30_690));
}

#[tokio::test]
async fn a_field_is_told_once() {
    let desk = desk().await;
    let (_receiver, address) = Receiver::start().await;
    let id = subscribe(&desk, "TicketWebhooks", &address, &[("title", true)]).await;
    let again = async |label: &str, webhook: i64| {
        let number = field_number(&desk, "TicketWebhook", label).await;
        let body = json!({"webhookID": webhook, "fieldID": number, "isSubscribedField": false, "isDisplayAlwaysField": true});
        let path = format!("TicketWebhooks/{webhook}/Fields");
        desk.send("POST", &path, &body).await
    };
    let (status, refused) = again("title", id).await;
    assert_eq!(status, 500, "{refused}");
    assert!(refused.to_string().contains("exists already"), "{refused}");
    assert_eq!(again("status", id).await.0, 200);
    let elsewhere = format!("{address}?other=1");
    let other = subscribe(&desk, "TicketWebhooks", &elsewhere, &[]).await;
    assert_eq!(again("title", other).await.0, 200, "of another webhook");
}

#[tokio::test]
async fn excluded_resources_make_no_noise() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    let id = subscribe(&desk, "TicketWebhooks", &address, &[("title", true)]).await;
    let api = desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["ownerResourceID"].clone();
    let body = json!({"webhookID": id, "resourceID": api});
    assert_eq!(
        desk.send(
            "POST",
            &format!("TicketWebhooks/{id}/ExcludedResources"),
            &body
        )
        .await
        .0,
        200
    );
    desk.send(
        "PATCH",
        "Tickets",
        &json!({"id": 7, "title": "by the API user"}),
    )
    .await;
    desk.control()
        .patch("Tickets", 8, json!({"title": "by a person"}));
    let got = receiver.wait_for(1).await;
    assert_eq!(serde_json::from_str::<Value>(&got[0].2).unwrap()["Id"], 8);
}

#[tokio::test]
async fn registrations_are_checked() {
    let desk = desk().await;
    let (_receiver, address) = Receiver::start().await;
    let mut plain = registration(&address);
    plain["webhookUrl"] = json!("http://portal.example.com/hook");
    let (status, answer) = desk.send("POST", "TicketWebhooks", &plain).await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("https"));
    assert_eq!(
        desk.send("POST", "TicketWebhooks", &registration(&address))
            .await
            .0,
        200
    );
    let (status, answer) = desk
        .send("POST", "TicketWebhooks", &registration(&address))
        .await;
    assert_eq!(status, 500);
    assert!(errors(&answer).contains("exists already"));
    let mut long = registration(&address);
    long["secretKey"] = json!("x".repeat(65));
    assert_eq!(desk.send("POST", "CompanyWebhooks", &long).await.0, 500);
}

#[tokio::test]
async fn failures_are_retried_logged_and_end_in_silence() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    let id = subscribe(&desk, "TicketWebhooks", &address, &[("title", true)]).await;
    *receiver.failing.lock().unwrap() = true;
    desk.control()
        .patch("Tickets", 1, json!({"title": "first"}));
    receiver.wait_for(1).await;
    assert_eq!(desk.control().pending_webhooks(), 1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        receiver.got.lock().unwrap().len(),
        1,
        "the next attempt is 30 seconds away"
    );
    let got = receiver.advance_until(&desk, 31_000, 2).await;
    assert_eq!(got[0].2, got[1].2);
    *receiver.failing.lock().unwrap() = false;
    receiver.advance_until(&desk, 31_000, 3).await;

    *receiver.failing.lock().unwrap() = true;
    for number in 0..25 {
        desk.control()
            .patch("Tickets", 1, json!({"title": format!("again {number}")}));
        for _ in 0..6_000 {
            if desk.control().pending_webhooks() == 0 {
                break;
            }
            desk.control().deliver_webhooks_now();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let got = receiver.wait_for(3 + 25 * 5 + 1).await;
    let (path, signature, text) = got.last().unwrap();
    assert_eq!((path.as_str(), signature), ("/off", &None));
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap()["Action"],
        "Deactivated"
    );
    assert_eq!(
        desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isActive"],
        false
    );
    let log = desk
        .query(
            "WebhookEventErrorLogs",
            json!([{"op": "eq", "field": "ticketWebhookID", "value": id}]),
        )
        .await
        .1;
    assert_eq!(log["items"].as_array().unwrap().len(), 25);
    desk.control()
        .patch("Tickets", 1, json!({"title": "silence"}));
    assert_eq!(desk.control().pending_webhooks(), 0);

    *receiver.failing.lock().unwrap() = false;
    assert_eq!(
        desk.send(
            "PATCH",
            "TicketWebhooks",
            &json!({"id": id, "isActive": true})
        )
        .await
        .0,
        200
    );
    desk.control().patch("Tickets", 1, json!({"title": "back"}));
    receiver.wait_for(got.len() + 1).await;
}

#[tokio::test]
async fn a_registration_is_ready_only_as_long_as_it_subscribes_to_a_field() {
    let desk = desk().await;
    let (_, address) = Receiver::start().await;
    let id = subscribe(
        &desk,
        "TicketWebhooks",
        &address,
        &[("title", true), ("status", true)],
    )
    .await;
    let ready =
        || async { desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isReady"].clone() };
    assert_eq!(ready().await, true);
    let parts = desk.control().ids("TicketWebhookFields");
    assert_eq!(parts.len(), 2);
    let delete = |part: i64| {
        let desk = &desk;
        async move {
            let path = format!("TicketWebhooks/{id}/Fields/{part}");
            let (status, answer) = desk.send("DELETE", &path, &json!({})).await;
            assert_eq!(status, 200, "{answer}");
        }
    };
    delete(parts[0]).await;
    assert_eq!(ready().await, true, "one is left");
    let change = json!({"id": parts[1], "isSubscribedField": false});
    let path = format!("TicketWebhooks/{id}/Fields");
    let (status, answer) = desk.send("PATCH", &path, &change).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(ready().await, false, "it only shows one now");
    let change = json!({"id": parts[1], "isSubscribedField": true});
    desk.send("PATCH", &path, &change).await;
    assert_eq!(ready().await, true);
    delete(parts[1]).await;
    assert_eq!(ready().await, false, "none is left");
}

#[tokio::test]
async fn whoever_leaves_takes_their_registrations_along() {
    let desk = desk().await;
    let (_, address) = Receiver::start().await;
    let id = subscribe(&desk, "TicketWebhooks", &address, &[("title", true)]).await;
    let owner =
        desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["ownerResourceID"].clone();
    let other = desk.control().ids("Resources")[1];
    assert_ne!(owner, other);
    desk.control()
        .patch("Resources", other, json!({"isActive": false}));
    let active =
        || async { desk.get(&format!("TicketWebhooks/{id}")).await.1["item"]["isActive"].clone() };
    assert_eq!(active().await, true);
    desk.control().patch(
        "Resources",
        owner.as_i64().unwrap(),
        json!({"isActive": false}),
    );
    assert_eq!(active().await, false);
}

#[tokio::test]
async fn devices_have_webhooks_too() {
    let desk = desk().await;
    let (receiver, address) = Receiver::start().await;
    subscribe(
        &desk,
        "ConfigurationItemWebhooks",
        &address,
        &[("serialNumber", true)],
    )
    .await;
    let item = desk.control().ids("ConfigurationItems")[0];
    desk.control().patch(
        "ConfigurationItems",
        item,
        json!({"serialNumber": "SN-NEW"}),
    );
    let got = receiver.wait_for(1).await;
    let event: Value = serde_json::from_str(&got[0].2).unwrap();
    assert_eq!(event["EntityType"], "ConfigurationItem");
    assert_eq!(event["Fields"]["SerialNumber"], "SN-NEW");
    assert_eq!(event["Id"], item);
}
