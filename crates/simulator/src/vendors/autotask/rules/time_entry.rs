//! Time entries.

use serde_json::json;

use super::{is_null, preset, staff, ticket};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number, text};
use crate::world::instant::{iso, midnight, parse};

/// Derives hours and day from start and end.
pub fn complete(record: &mut Record) {
    let start = parse(text(record, "startDateTime"));
    let end = parse(text(record, "endDateTime"));
    if let (Some(start), Some(end)) = (start, end)
        && end > start
    {
        let hours = (end - start) as f64 / 3_600_000.0;
        preset(
            record,
            "hoursWorked",
            json!((hours * 10_000.0).round() / 10_000.0),
        );
    }
    if let Some(start) = start {
        preset(record, "dateWorked", iso(midnight(start)));
    }
    let worked = record.get("hoursWorked").cloned().unwrap_or(json!(0.0));
    preset(record, "hoursToBill", worked);
    let kind = if is_null(record, "ticketID") { 6 } else { 2 };
    preset(record, "timeEntryType", kind);
    preset(record, "isNonBillable", false);
    preset(record, "showOnInvoice", true);
    preset(record, "offsetHours", json!(0.0));
    preset(record, "internalNotes", "");
}

/// What is wrong with a time entry.
pub fn errors(edit: &Edit<'_>, before: Option<&Record>, record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    if is_null(record, "ticketID") && is_null(record, "taskID") {
        errors.push("A time entry must have a ticketID or a taskID.".to_owned());
    }
    let role = number(record, "roleID");
    if !is_null(record, "ticketID") && role.is_none() {
        errors.push("Time entries for tickets must have a roleID.".to_owned());
    }
    if is_null(record, "hoursWorked") {
        errors.push(
            "Missing Required Field: hoursWorked, or startDateTime and endDateTime.".to_owned(),
        );
    }
    if let Some(resource) = number(record, "resourceID")
        && before.is_none()
    {
        errors.extend(staff::owner_error(edit, "resourceID", resource));
        if let Some(role) = role.filter(|role| !staff::has_role(edit, resource, *role)) {
            errors.push(format!(
                "The roleID {role} is not an active role of the resourceID {resource}."
            ));
        }
    }
    errors
}

/// A time entry moves the ticket's activity.
pub fn after_write(edit: &mut Edit<'_>, record: &Record) {
    if let Some(id) = number(record, "ticketID") {
        ticket::touch(edit, id, !is_null(record, "summaryNotes"), false);
    }
}
