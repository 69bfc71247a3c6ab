//! Telling subscribers: which registrations an event concerns, the message, how it is signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::HaloPsa;
use super::edit::Edit;
use super::render::Form;
use super::switches::Switches;
use crate::courier::Message;
use crate::records::fields::{flag, number, text, whole};
use crate::state::Record;
use crate::world::instant::iso;
use crate::world::text::guid;

/// Something that subscribers may want to know.
pub struct Event {
    /// Position of the kind.
    pub kind: usize,
    /// The ticket.
    pub id: i64,
    /// The vendor's number of the event.
    pub number: i64,
}

/// Number, name, and sentence of an event.
const EVENTS: [(i64, &str, &str); 6] = [
    (
        3,
        "new ticket logged",
        "A new ticket has been logged with ID:",
    ),
    (
        19,
        "ticket updated by user",
        "The user has updated Ticket ID:",
    ),
    (
        39,
        "ticket closed",
        "The following ticket has been closed, Ticket ID:",
    ),
    (
        61,
        "ticket updated",
        "An update has been made to Ticket ID:",
    ),
    (
        76,
        "ticket status changed",
        "The status has been changed for Ticket ID:",
    ),
    (
        1072,
        "ticket deleted",
        "The following ticket has been deleted, Ticket ID:",
    ),
];

/// What the header of a signed delivery holds, as an independent check of a receiver's code.
pub fn webhook_signature(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

impl HaloPsa {
    /// Hands an event to the registrations it concerns.
    pub(super) fn publish(&self, edit: &mut Edit<'_>, event: &Event) {
        let wanted: Vec<Record> = edit
            .all("notification")
            .into_iter()
            .map(|(_, record)| record)
            .filter(|record| record.get("eventno").and_then(whole) == Some(event.number))
            .collect();
        for (id, webhook) in edit.all("webhook") {
            let notification = wanted
                .iter()
                .find(|n| text(n, "webhook_id").eq_ignore_ascii_case(text(&webhook, "guid")));
            let Some(notification) = notification.filter(|_| flag(&webhook, "active")) else {
                continue;
            };
            self.courier
                .set_attempts(1 + Switches::read(edit.base()).webhook_retries);
            let body = self.body(edit, event, &webhook, notification).to_string();
            let line = json!({
                "guid": guid(edit.now, self.next_message()), "webhook_id": text(&webhook, "guid"),
                "event": name_of(event.number).0, "timestamp": iso(edit.now), "requestbody": body,
            });
            if let Value::Object(line) = line {
                edit.insert("webhookevent", line);
            }
            let message = |body: String| Message {
                url: text(&webhook, "url").to_owned(),
                headers: signed(&webhook, body.as_bytes()).into_iter().collect(),
                body,
            };
            match batch(&webhook) {
                Some(batch) => self
                    .courier
                    .add_to_batch(id, &body, edit.now, batch, message),
                None => self.courier.add(id, message(body), edit.now),
            }
        }
    }

    fn body(
        &self,
        edit: &Edit<'_>,
        event: &Event,
        webhook: &Record,
        notification: &Record,
    ) -> Value {
        let base = edit.base();
        let row = base.find(event.kind, event.id);
        let ticket = row.map_or(Value::Null, |row| {
            self.tree(base, event.kind, &row, Form::Detail)
        });
        let (name, sentence) = name_of(event.number);
        let stamp = iso(edit.now);
        let (seconds, _) = stamp.split_at(19);
        json!({
            "id": guid(edit.now, self.next_message()),
            "webhook_id": text(webhook, "guid"),
            "notification_id": number(notification, "id"),
            "escmsg_id": guid(edit.now, self.next_message()),
            "event": name,
            "message": format!("{sentence} {:07}.", event.id),
            "object_id": event.id,
            "agent_id": edit.actor.agent,
            "timestamp": format!("{seconds}.{:03}0000Z", edit.now.rem_euclid(1_000)),
            "ticket": ticket,
        })
    }
}

/// How long a registration collects events, in milliseconds, and how many at most, where it does.
fn batch(webhook: &Record) -> Option<(i64, usize)> {
    let given = |name: &str| webhook.get(name).and_then(whole).filter(|n| *n > 0);
    given("batch_method")?;
    let seconds = given("batch_delay_seconds").unwrap_or(60);
    let limit = given("batch_limit").and_then(|limit| usize::try_from(limit).ok());
    Some((seconds * 1_000, limit.unwrap_or(100)))
}

fn name_of(number: i64) -> (&'static str, &'static str) {
    let found = EVENTS.iter().find(|(event, ..)| *event == number);
    found.map_or(("", ""), |(_, name, sentence)| (*name, *sentence))
}

/// The header that proves where a delivery comes from, by the way the registration chose.
fn signed(webhook: &Record, body: &[u8]) -> Option<(String, String)> {
    let secret = text(webhook, "basic_password");
    match webhook.get("authentication_type").and_then(whole)? {
        1 => {
            let user = text(webhook, "basic_username");
            let encoded = STANDARD.encode(format!("{user}:{secret}"));
            Some(("Authorization".to_owned(), format!("Basic {encoded}")))
        }
        3 => {
            let name = match text(webhook, "authentication_header") {
                "" => "Token",
                name => name,
            };
            let prefix = text(webhook, "signature_prefix");
            let signature = webhook_signature(secret, body);
            Some((name.to_owned(), format!("{prefix}{signature}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_with_the_secret_as_it_is() {
        // Checked with another implementation: printf '{"a":1}' | openssl dgst -sha256 -hmac portico -binary | base64
        assert_eq!(
            webhook_signature("portico", br#"{"a":1}"#),
            "taqYJrGUdKuiCCjbr6n4YMm8R2nnjExDnq0LARGh+50="
        );
    }
}
