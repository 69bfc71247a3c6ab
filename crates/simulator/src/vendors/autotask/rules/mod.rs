//! What the vendor does and demands beyond the metadata, entity by entity.

mod attachment;
mod company;
mod contact;
mod note;
mod opportunity;
mod staff;
mod ticket;
mod time_entry;
mod webhook;

use serde_json::Value;

pub use self::webhook::{FAILURES, SEQUENCE};

use super::change::Edit;
use super::refusal::Refusal;
use super::schema::Schema;
use crate::state::Record;
use crate::world::instant::iso;

/// Fills in what may be left out, before anything is checked.
pub fn complete(edit: &Edit<'_>, schema: &Schema, record: &mut Record) -> Result<(), Refusal> {
    match schema.text.route {
        "Tickets" => ticket::complete(edit, record),
        "TicketNotes" => note::complete(edit, record),
        "TimeEntries" => time_entry::complete(record),
        "Companies" => company::complete(edit, record),
        "Contacts" => contact::complete(edit, record),
        "Opportunities" => opportunity::complete(edit, record),
        "TicketAttachments" | "TicketNoteAttachments" => return attachment::complete(edit, record),
        _ => {}
    }
    Ok(())
}

/// Business rules for calls through the API.
pub fn check(
    edit: &Edit<'_>,
    schema: &Schema,
    before: Option<&Record>,
    record: &Record,
) -> Result<(), Refusal> {
    let errors = match schema.text.route {
        "Tickets" => ticket::errors(edit, before, record),
        "TicketNotes" => note::errors(record),
        "TimeEntries" => time_entry::errors(edit, before, record),
        "Companies" => company::errors(edit, before, record),
        "Contacts" => contact::errors(before, record),
        "ContactGroupContacts" => contact::membership_errors(edit, record),
        "Opportunities" => opportunity::errors(edit, before, record),
        route if webhook::is_registration(route) => webhook::errors(edit, schema, before, record),
        route if webhook::is_part(route) => webhook::part_errors(edit, route, before, record),
        _ => Vec::new(),
    };
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal {
            status: 500,
            errors,
        })
    }
}

/// Sets what the system sets on a new record.
pub fn before_create(edit: &mut Edit<'_>, schema: &Schema, record: &mut Record) {
    stamp(edit, schema, record);
    match schema.text.route {
        "Tickets" => ticket::before_create(edit, record),
        route if webhook::is_registration(route) => webhook::before_create(edit, record),
        _ => {}
    }
}

/// What follows from a new record elsewhere.
pub fn after_create(edit: &mut Edit<'_>, schema: &Schema, id: i64, record: &Record) {
    match schema.text.route {
        "TicketNotes" => note::after_write(edit, record),
        "TimeEntries" => time_entry::after_write(edit, record),
        "TicketAttachments" => attachment::after_write(edit, record),
        "Contacts" => contact::after_write(edit, id, record),
        "Tickets" => ticket::add_history(edit, id, "Created", "Ticket created"),
        route if webhook::is_part(route) => webhook::refresh_ready(edit, route, record),
        _ => {}
    }
}

/// Sets what the system sets on a changed record.
pub fn before_update(
    edit: &mut Edit<'_>,
    schema: &Schema,
    before: &Record,
    after: &mut Record,
    given: &Record,
) {
    for position in &schema.changed {
        let name = schema.fields[*position].name;
        if !given.contains_key(name) {
            after.insert(name.to_owned(), iso(edit.now).into());
        }
    }
    match schema.text.route {
        "Tickets" => ticket::before_update(edit, before, after, given),
        "TicketNotes" => note::before_update(edit, after),
        route if webhook::is_registration(route) => webhook::before_update(before, after),
        _ => {}
    }
}

/// What follows from a change elsewhere.
pub fn after_update(
    edit: &mut Edit<'_>,
    schema: &Schema,
    id: i64,
    before: &Record,
    after: &Record,
) {
    match schema.text.route {
        "Tickets" => ticket::after_update(edit, id, before, after),
        "TicketNotes" => note::after_write(edit, after),
        "TimeEntries" => time_entry::after_write(edit, after),
        "Contacts" => contact::after_write(edit, id, after),
        "Resources" if staff::leaves(before, after) => webhook::switch_off_of(edit, id),
        route if webhook::is_part(route) => webhook::refresh_ready(edit, route, after),
        _ => {}
    }
}

/// What has to be done before a record is gone.
pub fn before_delete(edit: &mut Edit<'_>, schema: &Schema, id: i64, record: &Record) {
    match schema.text.route {
        "Tickets" => ticket::before_delete(edit, id, record),
        "TicketNotes" => ticket::log_activity(edit, record, 1),
        "TimeEntries" => ticket::log_activity(edit, record, 2),
        "TicketAttachments" => ticket::log_activity(edit, record, 3),
        route if webhook::is_registration(route) => webhook::before_delete(edit, route, id),
        _ => {}
    }
}

/// What follows elsewhere when a record is gone.
pub fn after_delete(edit: &mut Edit<'_>, schema: &Schema, record: &Record) {
    if webhook::is_part(schema.text.route) {
        webhook::refresh_ready(edit, schema.text.route, record);
    }
}

/// Who created it and when, wherever the entity has fields for that.
fn stamp(edit: &Edit<'_>, schema: &Schema, record: &mut Record) {
    let now: Value = iso(edit.now).into();
    let actor: Value = edit.actor.resource.into();
    for field in &schema.fields {
        let value = match field.name {
            "createDate" | "createDateTime" | "attachDate" => &now,
            "creatorResourceID"
            | "createdByResourceID"
            | "creatorUserID"
            | "lastModifiedUserID"
            | "attachedByResourceID" => &actor,
            "impersonatorCreatorResourceID" => match edit.actor.impersonator {
                Some(id) => &id.into(),
                None => continue,
            },
            name if schema
                .changed
                .iter()
                .any(|p| schema.fields[*p].name == name) =>
            {
                &now
            }
            _ => continue,
        };
        // Screens may say otherwise, to make records of the past.
        if is_null(record, field.name) {
            record.insert(field.name.to_owned(), value.clone());
        }
    }
}

/// Whether a field has no value.
fn is_null(record: &Record, name: &str) -> bool {
    record.get(name).is_none_or(Value::is_null)
}

/// Sets a field that has no value.
fn preset(record: &mut Record, name: &str, value: impl Into<Value>) {
    if is_null(record, name) {
        record.insert(name.to_owned(), value.into());
    }
}
