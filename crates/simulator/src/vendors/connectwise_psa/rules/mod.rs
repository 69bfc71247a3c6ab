//! What the product does with records beyond storing them, one file for each kind of rule.

mod callback;
mod company;
mod contact;
mod desk;
mod sales;
mod ticket;

use serde_json::{Value, json};

pub use self::ticket::plan;
use super::edit::{Edit, refuse_any};
use super::refusal::Refusal;
use crate::records::schema::{Kind, Schema};
use crate::state::Record;

/// Fields that a replacement needs besides those that a new record needs.
pub fn required_by_put(schema: &Schema) -> &'static [&'static str] {
    match schema.about.key {
        "service/tickets" | "project/tickets" => &["severity", "impact"],
        "sales/opportunities" => &["expectedCloseDate", "locationId", "businessUnitId"],
        _ => &[],
    }
}

/// Fills in what a new record has without being told.
pub fn complete(edit: &Edit<'_>, schema: &Schema, record: &mut Record) -> Result<(), Refusal> {
    match schema.about.key {
        "service/tickets" | "project/tickets" => ticket::complete(edit, schema, record)?,
        "service/tickets/notes" | "project/tickets/notes" => desk::complete_note(edit, record),
        "time/entries" => desk::complete_time(edit, record),
        "service/boards/statuses" => preset(record, "displayOnBoard", json!(true)),
        "service/boards" => {
            preset(record, "location", json!({"id": 1}));
            preset(record, "department", json!({"id": 1}));
        }
        "company/companies" => company::complete(edit, record),
        "company/contacts" => contact::complete(edit, record)?,
        "sales/opportunities" => sales::complete(edit, record),
        "system/callbacks" => callback::complete(edit, record),
        _ => {}
    }
    for field in &schema.fields {
        // Switches that were not mentioned are off.
        if field.kind == Kind::Truth && !field.write_only && !record.contains_key(field.name) {
            record.insert(field.name.to_owned(), false.into());
        }
    }
    Ok(())
}

/// Changes what follows from a change to the same record.
pub fn follow(
    edit: &Edit<'_>,
    schema: &Schema,
    before: &Record,
    after: &mut Record,
) -> Result<(), Refusal> {
    match schema.about.key {
        "service/tickets" | "project/tickets" => ticket::follow(edit, before, after),
        "time/entries" => desk::complete_time(edit, after),
        "company/contacts" => contact::follow(edit, before, after)?,
        "sales/opportunities" => sales::follow(edit, after),
        "company/companies" => company::follow(edit, before, after),
        _ => {}
    }
    Ok(())
}

/// Refuses what the product does not accept through its API.
pub fn check(
    edit: &Edit<'_>,
    schema: &Schema,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), Refusal> {
    let mut issues = Vec::new();
    match schema.about.key {
        "service/tickets" | "project/tickets" => ticket::check(edit, schema, after, &mut issues),
        "service/tickets/notes" | "project/tickets/notes" => {
            desk::check_note(schema, after, &mut issues)
        }
        "company/companies" => company::check(edit, before, after, &mut issues),
        "company/contacts" => contact::check(after, &mut issues),
        "system/callbacks" => callback::check(edit, before, after, &mut issues),
        "time/entries" => desk::check_time(edit, after, &mut issues),
        _ => {}
    }
    refuse_any(schema.about.name, issues)
}

/// What a new record brings about elsewhere.
pub fn after_create(
    edit: &mut Edit<'_>,
    schema: &Schema,
    id: i64,
    given: &Record,
) -> Result<(), Refusal> {
    match schema.about.key {
        "service/tickets" | "project/tickets" => ticket::after_create(edit, schema, id, given)?,
        "service/tickets/notes" | "project/tickets/notes" => desk::after_note(edit, schema, given),
        "time/entries" => desk::after_time(edit, given),
        "company/companies" => company::after_create(edit, id, given),
        "company/contacts" => contact::settle_default(edit, id),
        _ => {}
    }
    settle_defaults(edit, schema, id);
    Ok(())
}

/// What a change brings about elsewhere.
pub fn after_update(
    edit: &mut Edit<'_>,
    schema: &Schema,
    id: i64,
    before: &Record,
    after: &Record,
) {
    match schema.about.key {
        "company/contacts" => contact::settle_default(edit, id),
        "service/tickets/notes" | "project/tickets/notes" => desk::after_note(edit, schema, after),
        "company/companies" => company::after_update(edit, id, before, after),
        _ => {}
    }
    settle_defaults(edit, schema, id);
}

/// In tables with a default, only one record is it.
fn settle_defaults(edit: &mut Edit<'_>, schema: &Schema, id: i64) {
    let key = schema.about.key;
    let is_table = schema.about.made.is_none() && schema.field("defaultFlag").is_some();
    let Some(record) = edit.record(key, id).filter(|_| is_table) else {
        return;
    };
    if record.get("defaultFlag") != Some(&Value::Bool(true)) {
        return;
    }
    let scope = schema.about.parent.and_then(|(_, field)| {
        let parent = record.get(field)?;
        Some((field, parent["id"].as_i64().or(parent.as_i64())?))
    });
    let rivals = match scope {
        Some((field, parent)) => edit.select(key, field, parent),
        None => {
            let kind = edit.kind(key);
            let all = crate::records::filter::Expr::all();
            let ids = edit.base().ids(kind, &all, &crate::records::filter::Plain);
            let records = ids
                .into_iter()
                .filter_map(|id| Some((id, edit.record(key, id)?)));
            records.collect()
        }
    };
    for (rival, mut record) in rivals {
        if rival != id && record.get("defaultFlag") == Some(&Value::Bool(true)) {
            record.insert("defaultFlag".to_owned(), false.into());
            edit.put(key, rival, record);
        }
    }
}

/// Refuses to delete what others still use.
pub fn check_delete(edit: &Edit<'_>, schema: &Schema, id: i64) -> Result<(), Refusal> {
    let users: &[(&str, &str)] = match schema.about.key {
        "company/contacts" => &[
            ("service/tickets", "contact"),
            ("sales/opportunities", "contact"),
        ],
        "company/companies" => &[
            ("service/tickets", "company"),
            ("company/contacts", "company"),
        ],
        "service/boards/statuses" => &[("service/tickets", "status")],
        "service/boards" => &[("service/tickets", "board")],
        "service/priorities" => &[("service/tickets", "priority")],
        _ => &[],
    };
    for (kind, field) in users {
        if edit.is_used(kind, field, id) {
            return Err(Refusal::in_use(format!(
                "This {} cannot be deleted because it is in use.",
                schema.about.name
            )));
        }
    }
    Ok(())
}

/// What a deletion brings about elsewhere.
pub fn after_delete(edit: &mut Edit<'_>, schema: &Schema, id: i64, before: &Record) {
    match schema.about.key {
        "company/contacts" => contact::after_delete(edit, id, before),
        "service/tickets/notes" => desk::after_note(edit, schema, before),
        "service/tickets" => {
            for (note, _) in edit.select("service/tickets/notes", "ticketId", id) {
                edit.erase("service/tickets/notes", note);
            }
        }
        "system/callbacks" => edit.app.courier.forget(id),
        _ => {}
    }
}

/// Sets a field that has no value.
fn preset(record: &mut Record, name: &str, value: Value) {
    if record.get(name).is_none_or(Value::is_null) {
        record.insert(name.to_owned(), value);
    }
}
