//! What the product does with records beyond storing them.

mod action;
mod people;
mod ticket;

use serde_json::{Value, json};

use super::edit::Edit;
use super::read::TICKET_KINDS;
use super::refusal::Refusal;
use crate::state::Record;
use crate::world::instant::iso;
use crate::world::text::guid;

/// A field that a new record lacks.
pub fn missing(field: &str) -> Refusal {
    Refusal::field(
        &format!("[0].{field}"),
        &format!("The {field} field is required."),
    )
}

/// Fills in what a new record has without being told; answers the kind it really is.
pub fn complete(edit: &mut Edit<'_>, kind: usize, record: &mut Record) -> Result<usize, Refusal> {
    let key = edit.schema(kind).about.key;
    match key {
        key if TICKET_KINDS.contains(&key) => return ticket::complete(edit, key, record),
        "actions" => action::complete(edit, record)?,
        "users" => people::complete_user(edit, record)?,
        "client" => people::complete_client(edit, record),
        "site" => people::complete_site(edit, record)?,
        "attachment" => super::attachments::complete(edit, record)?,
        "webhook" => {
            let number = edit.base().last_id(kind) + 1;
            preset(record, "guid", guid(edit.now, number).into());
            preset(record, "active", true.into());
        }
        "notification" => {
            let id = record
                .get("webhook_id")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let known = edit
                .all("webhook")
                .iter()
                .any(|(_, webhook)| webhook.get("guid").is_some_and(|guid| guid == id));
            if !known {
                return Err(Refusal::not_found());
            }
        }
        _ => {}
    }
    if edit.schema(kind).position("guid").is_some() {
        let number = edit.base().last_id(kind) + 1;
        preset(record, "guid", guid(number, 10 + kind as i64).into());
    }
    if key == "tickettype" {
        preset(record, "visible", true.into());
    }
    if key == "tickettype" || key == "status" {
        preset(record, "domain", "reqs".into());
    }
    Ok(kind)
}

/// Changes what follows from a change to the same record.
pub fn follow(
    edit: &Edit<'_>,
    kind: usize,
    id: i64,
    before: &Record,
    after: &mut Record,
) -> Result<(), Refusal> {
    match edit.schema(kind).about.key {
        key if TICKET_KINDS.contains(&key) => ticket::follow(edit, before, after),
        "users" => people::follow_user(edit, after)?,
        "client" if id == super::made::numbers::UNKNOWN && edit.actor.through_api() => {
            return Err(Refusal::rule("The unknown client cannot be changed."));
        }
        _ => {}
    }
    Ok(())
}

/// What a new record brings about elsewhere.
pub fn after_create(edit: &mut Edit<'_>, kind: usize, id: i64, given: &Record) {
    match edit.schema(kind).about.key {
        key if TICKET_KINDS.contains(&key) => ticket::after_create(edit, kind, id),
        "actions" => action::after_create(edit, given),
        "client" => people::after_client(edit, id, given),
        "site" => people::after_site(edit, id, given),
        _ => {}
    }
}

/// What a change brings about elsewhere.
pub fn after_update(edit: &mut Edit<'_>, kind: usize, id: i64, before: &Record, after: &Record) {
    if TICKET_KINDS.contains(&edit.schema(kind).about.key) {
        ticket::after_update(edit, kind, id, before, after);
    }
}

/// What a deletion brings about elsewhere.
pub fn after_delete(edit: &mut Edit<'_>, key: &str, id: i64, before: &Record) {
    match key {
        "webhook" => {
            edit.app.courier.forget(id);
            let guid = before.get("guid").cloned().unwrap_or_default();
            for (notification, record) in edit.all("notification") {
                if record.get("webhook_id") == Some(&guid) {
                    edit.erase("notification", notification);
                }
            }
        }
        "client" => {
            for (site, _) in edit.select("site", "client_id", id) {
                edit.erase("site", site);
            }
            for (user, _) in edit.select("users", "client_id", id) {
                edit.erase("users", user);
            }
        }
        _ => {}
    }
}

/// Sets a field that has no value.
fn preset(record: &mut Record, name: &str, value: Value) {
    if record.get(name).is_none_or(Value::is_null) {
        record.insert(name.to_owned(), value);
    }
}

/// A link.
fn link(id: i64) -> Value {
    json!({"id": id})
}

/// Now, as it is stored.
fn now(edit: &Edit<'_>) -> Value {
    iso(edit.now).into()
}
