//! Notes and time entries: what they fill in, and that their ticket notices.

use serde_json::json;

use super::preset;
use crate::records::schema::Schema;
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, flag, linked, number, text};
use crate::vendors::connectwise_psa::refusal::Issue;
use crate::world::instant::{HOUR, iso, parse};

/// Fills in a new note: without any flag it is part of the discussion.
pub fn complete_note(edit: &Edit<'_>, record: &mut Record) {
    let kinds = [
        "detailDescriptionFlag",
        "internalAnalysisFlag",
        "resolutionFlag",
    ];
    if !kinds.iter().any(|kind| flag(record, kind)) {
        record.insert(kinds[0].to_owned(), true.into());
    }
    let internal = flag(record, "internalAnalysisFlag");
    preset(record, "internalFlag", internal.into());
    preset(record, "externalFlag", (!internal).into());
    preset(record, "dateCreated", iso(edit.now).into());
    preset(record, "createdBy", edit.actor.identifier.as_str().into());
    if linked(record, "contact").is_none()
        && linked(record, "member").is_none()
        && !edit.actor.through_api
    {
        record.insert("member".to_owned(), json!({"id": edit.actor.member}));
    }
}

/// Refuses a note without words.
pub fn check_note(schema: &Schema, after: &Record, issues: &mut Vec<Issue>) {
    if text(after, "text").is_empty() {
        issues.push(Issue::missing(schema.about.name, "text"));
    }
}

/// A note moves its ticket.
pub fn after_note(edit: &mut Edit<'_>, schema: &Schema, note: &Record) {
    let tickets = schema
        .about
        .parent
        .map_or("service/tickets", |(key, _)| key);
    let Some(ticket) = number(note, "ticketId") else {
        return;
    };
    let updated = flag(note, "customerUpdatedFlag");
    edit.alter(tickets, ticket, |record| {
        if updated {
            record.insert("customerUpdatedFlag".to_owned(), true.into());
        }
    });
}

/// Fills in a time entry.
pub fn complete_time(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "member", json!({"id": edit.actor.member}));
    preset(record, "billableOption", "Billable".into());
    preset(record, "status", "Open".into());
    preset(record, "locationId", 1.into());
    preset(record, "businessUnitId", 1.into());
    preset(record, "workType", json!({"id": 1}));
    preset(record, "workRole", json!({"id": 1}));
    preset(record, "hoursDeduct", 0.0.into());
    let is_ticket = text(record, "chargeToType").ends_with("Ticket");
    if let Some(ticket) = number(record, "chargeToId").filter(|_| is_ticket) {
        record.insert("ticket".to_owned(), json!({"id": ticket}));
        if let Some(company) = edit
            .record("service/tickets", ticket)
            .and_then(|t| t.get("company").cloned())
        {
            preset(record, "company", company);
        }
    }
    let span = (
        parse(text(record, "timeStart")),
        parse(text(record, "timeEnd")),
    );
    if let (Some(start), Some(end)) = span {
        let hours = ((end - start) as f64 / HOUR as f64 * 100.0).round() / 100.0;
        preset(record, "actualHours", hours.into());
    }
}

/// Refuses time that ends before it starts or is charged to nothing.
pub fn check_time(edit: &Edit<'_>, after: &Record, issues: &mut Vec<Issue>) {
    let (start, end) = (text(after, "timeStart"), text(after, "timeEnd"));
    if let (Some(start), Some(end)) = (parse(start), parse(end))
        && end < start
    {
        let message = "The end time must be after the start time.";
        issues.push(Issue::new("timeEntry", "timeEnd", "OutOfRange", message));
    }
    if text(after, "chargeToType") == "ServiceTicket" {
        let ticket = number(after, "chargeToId").unwrap_or(0);
        if edit.record("service/tickets", ticket).is_none() {
            let message = format!("chargeToId {ticket} is not valid.");
            issues.push(Issue::new(
                "timeEntry",
                "chargeToId",
                "InvalidField",
                message,
            ));
        }
    }
}

/// Time on a ticket moves the ticket.
pub fn after_time(edit: &mut Edit<'_>, entry: &Record) {
    if let Some(ticket) = linked(entry, "ticket") {
        edit.alter("service/tickets", ticket, |_| {});
    }
}
