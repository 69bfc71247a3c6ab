//! Tickets: category defaults, numbers, completion, assignment, history, deletion logs.

use serde_json::{Value, json};

use super::staff;
use super::{is_null, preset};
use crate::state::Record;
use crate::vendors::autotask::change::{Edit, number, text};
use crate::world::instant::{DAY, iso, parse};

/// The status that the product itself calls complete.
const COMPLETE: i64 = 5;
/// The category used when none is given.
const STANDARD: i64 = 3;

/// Applies the defaults of the category.
pub fn complete(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "ticketCategory", STANDARD);
    let category = number(record, "ticketCategory").unwrap_or(STANDARD);
    let defaults = edit.select("TicketCategoryFieldDefaults", "ticketCategoryID", category);
    let pairs = [
        ("status", "status"),
        ("priority", "priority"),
        ("queueID", "queueID"),
        ("ticketTypeID", "ticketType"),
        ("sourceID", "source"),
        ("issueTypeID", "issueType"),
        ("subIssueTypeID", "subIssueType"),
    ];
    for (_, defaults) in &defaults {
        for (from, to) in pairs {
            if let Some(value) = defaults.get(from) {
                preset(record, to, value.clone());
            }
        }
    }
    if edit.actor.through_api {
        // Changes are planned work: their category has no preset due date.
        if category != 102 {
            preset(record, "dueDateTime", iso(edit.now + 2 * DAY));
        }
        return;
    }
    preset(record, "dueDateTime", iso(edit.now + 2 * DAY));
    preset(record, "title", "Ticket from the service desk");
    preset(record, "companyID", 0);
    preset(record, "status", 1);
    preset(record, "priority", 2);
}

/// What is wrong with a ticket.
pub fn errors(edit: &Edit<'_>, before: Option<&Record>, record: &Record) -> Vec<String> {
    let mut errors = Vec::new();
    let changed = |name: &str| before.is_none_or(|b| b.get(name) != record.get(name));
    if is_null(record, "dueDateTime") && (before.is_none() || changed("dueDateTime")) {
        errors.push("Missing Required Field: dueDateTime.".to_owned());
    }
    if is_null(record, "queueID")
        && is_null(record, "assignedResourceID")
        && (changed("queueID") || changed("assignedResourceID"))
    {
        errors.push("A ticket must have a queueID or an assignedResourceID.".to_owned());
    }
    if changed("assignedResourceID") || changed("assignedResourceRoleID") {
        errors.extend(staff::assignment_error(edit, record));
    }
    for field in ["contactID", "createdByContactID"] {
        if let Some(contact) = number(record, field).filter(|_| changed(field))
            && edit
                .record("Contacts", contact)
                .is_some_and(|c| number(&c, "isActive") != Some(1))
        {
            errors.push(format!(
                "The field {field} has a reference to an inactive contact: {contact}."
            ));
        }
    }
    if let (Some(issue), Some(sub)) = (number(record, "issueType"), number(record, "subIssueType"))
        && (changed("issueType") || changed("subIssueType"))
        && !sub_issue_fits(edit, issue, sub)
    {
        errors.push(format!(
            "The subIssueType {sub} does not belong to the issueType {issue}."
        ));
    }
    errors
}

fn sub_issue_fits(edit: &Edit<'_>, issue: i64, sub: i64) -> bool {
    edit.reader("Tickets")
        .and_then(|reader| reader.schema.field("subIssueType"))
        .and_then(|field| field.choices.as_ref())
        .and_then(|choices| choices.iter().find(|c| c.value == sub))
        .is_none_or(|choice| choice.parent == Some(issue))
}

/// Sets what the system sets on a new ticket.
pub fn before_create(edit: &mut Edit<'_>, record: &mut Record) {
    let created = parse(text(record, "createDate")).unwrap_or(edit.now);
    if is_null(record, "ticketNumber") {
        let number = edit.app.next_ticket_number(edit, created);
        record.insert("ticketNumber".to_owned(), number.into());
    }
    let by_contact = !is_null(record, "createdByContactID");
    preset(record, "creatorType", if by_contact { 2 } else { 1 });
    preset(
        record,
        "lastActivityPersonType",
        if by_contact { 2 } else { 1 },
    );
    preset(record, "lastActivityResourceID", edit.actor.resource);
    preset(record, "description", "");
    preset(record, "resolution", "");
    preset(record, "externalID", "");
    if number(record, "status") == Some(COMPLETE) {
        close(edit, record);
    }
}

/// Sets what the system sets on a changed ticket.
pub fn before_update(edit: &Edit<'_>, before: &Record, after: &mut Record, given: &Record) {
    let was = number(before, "status") == Some(COMPLETE);
    let is = number(after, "status") == Some(COMPLETE);
    if is && !was {
        close(edit, after);
    }
    if was && !is {
        for name in ["completedDate", "completedByResourceID", "resolvedDateTime"] {
            after.remove(name);
        }
    }
    if !given.contains_key("lastActivityResourceID") {
        after.insert(
            "lastActivityResourceID".to_owned(),
            edit.actor.resource.into(),
        );
    }
    after.insert("lastActivityPersonType".to_owned(), 1.into());
}

fn close(edit: &Edit<'_>, record: &mut Record) {
    preset(record, "completedDate", iso(edit.now));
    preset(record, "completedByResourceID", edit.actor.resource);
    preset(record, "resolvedDateTime", iso(edit.now));
}

/// Writes the audit trail of a change.
pub fn after_update(edit: &mut Edit<'_>, id: i64, before: &Record, after: &Record) {
    for name in [
        "status",
        "priority",
        "queueID",
        "assignedResourceID",
        "title",
        "companyID",
    ] {
        let shown = |record: &Record| record.get(name).map_or_else(String::new, Value::to_string);
        if before.get(name) != after.get(name) {
            let detail = format!("{name}: {} -> {}", shown(before), shown(after));
            add_history(edit, id, "Edited", &detail);
        }
    }
}

/// Adds a line to the audit trail.
pub fn add_history(edit: &mut Edit<'_>, ticket: i64, action: &str, detail: &str) {
    let line = json!({
        "ticketID": ticket,
        "action": action,
        "detail": detail,
        "date": iso(edit.now),
        "resourceID": edit.actor.resource,
    });
    if let Value::Object(line) = line {
        edit.insert("TicketHistory", line);
    }
}

/// Moves the activity of a ticket when something was added to it.
pub fn touch(edit: &mut Edit<'_>, ticket: i64, visible: bool, by_contact: bool) {
    let Some(mut record) = edit.record("Tickets", ticket) else {
        return;
    };
    let now: Value = iso(edit.now).into();
    record.insert("lastActivityDate".to_owned(), now.clone());
    record.insert(
        "lastActivityPersonType".to_owned(),
        if by_contact { 2 } else { 1 }.into(),
    );
    record.insert(
        "lastActivityResourceID".to_owned(),
        edit.actor.resource.into(),
    );
    if visible {
        record.insert("lastCustomerVisibleActivityDateTime".to_owned(), now);
    }
    edit.store("Tickets", ticket, record);
}

/// Takes everything on a ticket along and writes the deletion log.
pub fn before_delete(edit: &mut Edit<'_>, id: i64, record: &Record) {
    for route in ["TicketNotes", "TimeEntries", "TicketAttachments"] {
        for (child, _) in edit.select(route, "ticketID", id) {
            edit.erase(route, child);
        }
    }
    let line = json!({
        "ticketID": id,
        "ticketNumber": text(record, "ticketNumber"),
        "ticketTitle": text(record, "title"),
        "deletedDateTime": iso(edit.now),
        "deletedByResourceID": edit.actor.resource,
    });
    if let Value::Object(line) = line {
        edit.insert("DeletedTicketLogs", line);
    }
}

/// Writes the log of something deleted from a ticket: 1 note, 2 time entry, 3 attachment.
pub fn log_activity(edit: &mut Edit<'_>, record: &Record, kind: i64) {
    let Some(ticket) = number(record, "ticketID") else {
        return;
    };
    let title = match kind {
        2 => text(record, "summaryNotes").chars().take(100).collect(),
        _ => text(record, "title").to_owned(),
    };
    let happened = ["createDateTime", "attachDate"]
        .iter()
        .find_map(|name| record.get(*name));
    let number_text = edit
        .record("Tickets", ticket)
        .map(|t| text(&t, "ticketNumber").to_owned());
    let line = json!({
        "ticketID": ticket,
        "ticketNumber": number_text,
        "typeID": kind,
        "noteOrAttachmentTitle": title,
        "activityDateTime": happened,
        "startDateTime": record.get("startDateTime"),
        "endDateTime": record.get("endDateTime"),
        "hoursWorked": record.get("hoursWorked"),
        "createdByResourceID": record.get("creatorResourceID").or(record.get("creatorUserID")),
        "deletedDateTime": iso(edit.now),
        "deletedByResourceID": edit.actor.resource,
    });
    if let Value::Object(mut line) = line {
        line.retain(|_, value| !value.is_null());
        edit.insert("DeletedTicketActivityLogs", line);
    }
    touch(edit, ticket, false, false);
}
