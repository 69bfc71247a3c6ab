//! Webhook registrations and what belongs to them.

use serde_json::Value;

use super::preset;
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number, text};
use crate::vendors::autotask::schema::Schema;

/// Most registrations in all, as the security level says.
const MOST: u64 = 25;

/// The entities that hold registrations.
const REGISTRATIONS: [&str; 5] = [
    "CompanyWebhooks",
    "ConfigurationItemWebhooks",
    "ContactWebhooks",
    "TicketWebhooks",
    "TicketNoteWebhooks",
];

/// Whether an entity holds registrations.
pub fn is_registration(route: &str) -> bool {
    route.ends_with("Webhooks")
}

/// Whether an entity holds parts of registrations.
pub fn is_part(route: &str) -> bool {
    route.ends_with("WebhookFields") || route.ends_with("WebhookUdfFields")
}

/// What is wrong with a registration.
pub fn errors(
    edit: &Edit<'_>,
    schema: &Schema,
    before: Option<&Record>,
    record: &Record,
) -> Vec<String> {
    let mut errors = Vec::new();
    for name in ["webhookUrl", "deactivationUrl"] {
        if !is_reachable(text(record, name)) {
            errors.push(format!("The field {name} must be an https address."));
        }
    }
    if before.is_some() {
        return errors;
    }
    let notifies = record
        .get("sendThresholdExceededNotification")
        .is_some_and(|n| n == true);
    if notifies && text(record, "notificationEmailAddress").is_empty() {
        errors.push("Missing Required Field: notificationEmailAddress.".to_owned());
    }
    let everything = crate::vendors::autotask::filter::Expr::And(Vec::new());
    let mut same = false;
    if let Some(reader) = edit.reader(schema.text.route) {
        reader.scan(&everything, i64::MIN, |_, row| {
            let have = row.to_record(reader.schema);
            same |= text(&have, "webhookUrl").eq_ignore_ascii_case(text(record, "webhookUrl"));
            std::ops::ControlFlow::Continue(())
        });
    }
    if same {
        errors.push("A webhook with this webhookUrl exists already for this entity.".to_owned());
    }
    let all: u64 = REGISTRATIONS
        .iter()
        .filter_map(|route| edit.reader(route))
        .map(|reader| reader.count(&everything))
        .sum();
    if all >= MOST {
        errors.push(format!(
            "The security level allows at most {MOST} webhooks."
        ));
    }
    errors
}

/// What is wrong with a part of a registration: a field is told once.
pub fn part_errors(
    edit: &Edit<'_>,
    route: &str,
    before: Option<&Record>,
    record: &Record,
) -> Vec<String> {
    let key = if route.ends_with("UdfFields") {
        "udfFieldID"
    } else {
        "fieldID"
    };
    let same = |other: &Record| other.get(key) == record.get(key);
    let twice = number(record, "webhookID").is_some_and(|webhook| {
        let mut parts = edit.select(route, "webhookID", webhook).into_iter();
        parts.any(|(_, part)| same(&part))
    });
    if twice && !before.is_some_and(same) {
        vec![format!(
            "A webhook field with this {key} exists already for this webhook."
        )]
    } else {
        Vec::new()
    }
}

/// Public addresses need TLS; a receiver on the same machine is what tests have.
fn is_reachable(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else {
        return false;
    };
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

/// Gives a registration its GUID and owner.
pub fn before_create(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "webhookGUID", new_guid(edit.now));
    preset(record, "ownerResourceID", edit.actor.resource);
    preset(record, "isReady", false);
    preset(record, "isSubscribedToCreateEvents", false);
    preset(record, "isSubscribedToUpdateEvents", false);
    preset(record, "isSubscribedToDeleteEvents", false);
}

fn new_guid(now: i64) -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes[..8].copy_from_slice(&now.to_be_bytes());
    }
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Switching a registration on again forgets its failures.
pub fn before_update(before: &Record, after: &mut Record) {
    let active = |record: &Record| record.get("isActive").is_some_and(|a| a == true);
    if active(after) && !active(before) {
        after.remove(FAILURES);
    }
}

/// Field of a stored registration, unknown to the API: failed events in a row.
pub const FAILURES: &str = "sandboxFailures";
/// Field of a stored registration, unknown to the API: number of the last event.
pub const SEQUENCE: &str = "sandboxSequence";

/// A registration is ready as long as it subscribes to a field.
pub fn refresh_ready(edit: &mut Edit<'_>, route: &str, part: &Record) {
    let Some((info, _)) = route.split_once("Webhook") else {
        return;
    };
    let parent = format!("{info}Webhooks");
    let Some(id) = number(part, "webhookID") else {
        return;
    };
    let Some(mut record) = edit.record(&parent, id) else {
        return;
    };
    let subscribes = |part: &Record| part.get("isSubscribedField").is_some_and(|s| s == true);
    let ready = ["Fields", "UdfFields"].iter().any(|kind| {
        let parts = edit.select(&format!("{info}Webhook{kind}"), "webhookID", id);
        parts.iter().any(|(_, part)| subscribes(part))
    });
    let was = record.get("isReady").is_some_and(|was| was == true);
    if ready != was {
        record.insert("isReady".to_owned(), Value::Bool(ready));
        edit.store(&parent, id, record);
    }
}

/// The registrations of a resource that may not work any more are switched off.
pub fn switch_off_of(edit: &mut Edit<'_>, owner: i64) {
    for route in REGISTRATIONS {
        for (id, mut record) in edit.select(route, "ownerResourceID", owner) {
            if record.get("isActive").is_some_and(|active| active == true) {
                record.insert("isActive".to_owned(), Value::Bool(false));
                edit.store(route, id, record);
            }
        }
    }
}

/// The parts of a registration go with it.
pub fn before_delete(edit: &mut Edit<'_>, route: &str, id: i64) {
    let stem = route.trim_end_matches('s');
    for part in ["Fields", "UdfFields", "ExcludedResources"] {
        let part_route = format!("{stem}{part}");
        for (child, _) in edit.select(&part_route, "webhookID", id) {
            edit.erase(&part_route, child);
        }
    }
}
