//! Telling the addresses of notification sets what happened. Nothing is signed, and only the text
//! says what it was.

use serde_json::{Value, json};

use super::Syncro;
use super::render::{Form, Render, customer_names};
use super::settings;
use crate::courier::Message;
use crate::records::base::Base;
use crate::records::fields::{flag, number, text};
use crate::state::Record;

/// Something that notification sets may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    key: String,
    id: i64,
    what: &'static str,
}

impl Event {
    /// A new record.
    pub fn created(key: &str, id: i64) -> Self {
        Self {
            key: key.to_owned(),
            id,
            what: "created",
        }
    }

    /// A changed record.
    pub fn updated(key: &str, id: i64) -> Self {
        Self {
            what: "updated",
            ..Self::created(key, id)
        }
    }

    /// A ticket with another status.
    pub fn status_changed(id: i64) -> Self {
        Self {
            what: "status_changed",
            ..Self::created("tickets", id)
        }
    }

    /// The name by which a set asks for it, where the vendor offers it.
    fn name(&self) -> Option<&'static str> {
        Some(match (self.key.as_str(), self.what) {
            ("tickets", "created") => "ticket_created",
            ("tickets", "updated") => "ticket_updated",
            ("tickets", _) => "ticket_status_changed",
            ("comments", "created") => "comment_added",
            ("customers", "created") => "customer_created",
            ("customers", _) => "customer_updated",
            ("contacts", "created") => "contact_created",
            ("contacts", _) => "contact_updated",
            ("leads", "created") => "lead_created",
            _ => return None,
        })
    }
}

impl Syncro {
    /// Hands an event to the sets that want it.
    pub(super) fn publish(&self, base: Base<'_>, event: &Event, now_ms: i64) {
        let Some(name) = event.name() else { return };
        for set in settings::all(base, "notification_sets") {
            let wanted = set.get("events").and_then(Value::as_array);
            if wanted.is_some_and(|events| !events.iter().any(|e| e == name)) {
                continue;
            }
            let Some(body) = self.message(base, event, name) else {
                return;
            };
            let message = Message {
                url: text(&set, "url").to_owned(),
                headers: Vec::new(),
                body: body.to_string(),
            };
            let id = number(&set, "id").unwrap_or(0);
            for _ in 0..1 + usize::from(flag(&set, "duplicates")) {
                self.courier.add(id, message.clone(), now_ms);
            }
        }
    }

    fn message(&self, base: Base<'_>, event: &Event, name: &str) -> Option<Value> {
        let at = base.catalogue.find(&event.key)?;
        let row = base.find(at, event.id)?;
        let render = Render::new(self, base);
        let mut attributes = render.tree(at, &row, Form::Row);
        for nested in ["comments", "user", "contacts", "online_profile_url"] {
            if let Some(attributes) = attributes.as_object_mut() {
                attributes.remove(nested);
            }
        }
        let record = row.to_record(base.schema(at));
        let (folder, id) = match event.key.as_str() {
            "comments" => ("tickets", number(&record, "ticket_id")?),
            key => (key, event.id),
        };
        let text = sentence(name, &record);
        Some(json!({
            "text": text, "html": format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;")),
            "link": format!("https://{}/{folder}/{id}", self.host()), "attributes": attributes,
        }))
    }
}

fn sentence(name: &str, record: &Record) -> String {
    let ticket = || {
        let number = number(record, "number").unwrap_or(0);
        format!("Ticket #{number} ({})", text(record, "subject"))
    };
    match name {
        "ticket_created" => format!("{} was created", ticket()),
        "ticket_updated" => format!("{} was updated", ticket()),
        "ticket_status_changed" => format!("{} is now {}", ticket(), text(record, "status")),
        "comment_added" => format!(
            "{} commented: {}",
            text(record, "tech"),
            text(record, "subject")
        ),
        "customer_created" | "customer_updated" => {
            let (full, business) = customer_names(record);
            format!("Customer {} was saved", business.unwrap_or(full))
        }
        "lead_created" => format!("A lead came in: {}", text(record, "ticket_subject")),
        _ => format!("Contact {} was saved", text(record, "name")),
    }
}
