//! What webhooks say: which registrations an event concerns, and its body.

use serde_json::Value;

use super::change::{Edit, number, text};
use super::filter::Expr;
use super::hook_signature::write_text;
use super::rules::SEQUENCE;
use crate::state::Record;
use crate::world::instant::iso;

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is new.
    Create,
    /// Fields changed.
    Update,
    /// It is gone.
    Delete,
}

/// Something that subscribers may want to know.
pub struct Event {
    /// Entity.
    pub route: &'static str,
    /// Name of one record of it.
    pub info: &'static str,
    /// The record.
    pub id: i64,
    /// What happened.
    pub action: Action,
    /// Fields that are new or different.
    pub changed: Vec<String>,
    /// The record as it is now, or was.
    pub record: Record,
    /// The resource that did it.
    pub resource: i64,
    /// The person that did it: the resource or a contact.
    pub person: i64,
    /// When.
    pub at_ms: i64,
}

/// A message ready to be sent.
pub struct Message {
    /// Entity of the registration.
    pub route: String,
    /// The registration.
    pub webhook: i64,
    /// Number within the registration.
    pub sequence: i64,
    /// The exact bytes.
    pub body: String,
}

impl Edit<'_> {
    /// Hands an event to the registrations it concerns.
    pub(super) fn publish(&mut self, event: &Event) {
        let route = format!("{}Webhooks", event.info);
        let mut webhooks = Vec::new();
        if let Some(reader) = self.reader(&route) {
            reader.scan(&Expr::And(Vec::new()), i64::MIN, |id, row| {
                webhooks.push((id, row.to_record(reader.schema)));
                std::ops::ControlFlow::Continue(())
            });
        }
        for (id, mut webhook) in webhooks {
            if !wants(&webhook, event.action) || self.is_excluded(event, id) {
                continue;
            }
            let Some(fields) = self.event_fields(event, id) else {
                continue;
            };
            let sequence = number(&webhook, SEQUENCE).unwrap_or(0) + 1;
            let body = body(event, text(&webhook, "webhookGUID"), &fields, sequence);
            webhook.insert(SEQUENCE.to_owned(), sequence.into());
            self.store(&route, id, webhook);
            self.app.deliveries.add(
                Message {
                    route: route.clone(),
                    webhook: id,
                    sequence,
                    body,
                },
                self.now,
            );
        }
    }

    fn is_excluded(&self, event: &Event, webhook: i64) -> bool {
        self.select(
            &format!("{}WebhookExcludedResources", event.info),
            "webhookID",
            webhook,
        )
        .iter()
        .any(|(_, r)| number(r, "resourceID") == Some(event.resource))
    }

    /// The fields to tell, or nothing when no subscribed field changed.
    fn event_fields(&self, event: &Event, webhook: i64) -> Option<Vec<(String, String)>> {
        let mut fields = Vec::new();
        let mut fires = event.action != Action::Update;
        for (part, key) in [("Fields", "fieldID"), ("UdfFields", "udfFieldID")] {
            let route = format!("{}Webhook{part}", event.info);
            for (_, subscription) in self.select(&route, "webhookID", webhook) {
                let Some(name) = self.subscribed_name(&route, key, &subscription) else {
                    continue;
                };
                let is_udf = part == "UdfFields";
                let changed_name = if is_udf {
                    "userDefinedFields"
                } else {
                    name.as_str()
                };
                let changed = event.changed.iter().any(|c| c == changed_name);
                let flag = |flag: &str| subscription.get(flag).is_some_and(|v| v == true);
                let subscribed = flag("isSubscribedField") && changed;
                fires |= subscribed;
                if subscribed || flag("isDisplayAlwaysField") {
                    let value = if is_udf {
                        udf_text(&event.record, &name)
                    } else {
                        value_text(&event.record, &name)
                    };
                    fields.push((name, value));
                }
            }
        }
        fires.then_some(fields)
    }

    fn subscribed_name(&self, route: &str, key: &str, subscription: &Record) -> Option<String> {
        let value = number(subscription, key)?;
        let reader = self.reader(route)?;
        let choices = reader.schema.field(key)?.choices.as_ref()?;
        choices
            .iter()
            .find(|c| c.value == value)
            .map(|c| c.label.clone())
    }
}

fn wants(webhook: &Record, action: Action) -> bool {
    let flag = |name: &str| webhook.get(name).is_some_and(|v| v == true);
    let subscribed = match action {
        Action::Create => flag("isSubscribedToCreateEvents"),
        Action::Update => flag("isSubscribedToUpdateEvents"),
        Action::Delete => flag("isSubscribedToDeleteEvents"),
    };
    flag("isActive") && flag("isReady") && subscribed
}

fn value_text(record: &Record, name: &str) -> String {
    match record.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "True".to_owned(),
        Some(Value::Bool(false)) => "False".to_owned(),
        Some(other) => other.to_string(),
    }
}

fn udf_text(record: &Record, name: &str) -> String {
    record
        .get("userDefinedFields")
        .and_then(Value::as_array)
        .and_then(|list| list.iter().find(|u| u["name"] == name))
        .and_then(|u| u["value"].as_str())
        .unwrap_or_default()
        .to_owned()
}

/// Webhooks still use the name that companies had before the REST API.
fn entity_type(event: &Event) -> &'static str {
    match event.route {
        "Companies" => "Account",
        _ => event.info,
    }
}

/// The body in the vendor's order of keys, with its escapes.
fn body(event: &Event, guid: &str, fields: &[(String, String)], sequence: i64) -> String {
    let mut out = String::from("{\"Action\":");
    write_text(&format!("{:?}", event.action), &mut out);
    out.push_str(",\"Guid\":");
    write_text(guid, &mut out);
    out.push_str(",\"EntityType\":");
    write_text(entity_type(event), &mut out);
    out.push_str(&format!(",\"Id\":{},\"Fields\":{{", event.id));
    for (place, (name, value)) in fields.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        write_text(&pascal_case(name), &mut out);
        out.push(':');
        write_text(value, &mut out);
    }
    let second = event.at_ms / 1_000 * 1_000;
    out.push_str(&format!(
        "}},\"EventTime\":\"{}\",\"SequenceNumber\":{sequence},\"PersonID\":{}}}",
        iso(second),
        event.person
    ));
    out
}

fn pascal_case(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + letters.as_str(),
        None => String::new(),
    }
}
