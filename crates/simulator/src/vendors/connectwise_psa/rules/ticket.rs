//! Tickets: board and status belong together, closing follows from the status, first texts become
//! notes.

use serde_json::{Value, json};

use super::preset;
use crate::records::schema::Schema;
use crate::state::Record;
use crate::vendors::connectwise_psa::edit::{Edit, flag, linked, text};
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::vendors::connectwise_psa::refusal::{Issue, Refusal};
use crate::world::instant::iso;

/// Kinds that belong to a board, with the field of a ticket that names one.
const OF_BOARD: [(&str, &str, &str); 5] = [
    ("status", "service/boards/statuses", "board"),
    ("type", "service/boards/types", "board"),
    ("subType", "service/boards/subtypes", "board"),
    ("item", "service/boards/items", "board"),
    ("team", "service/boards/teams", "boardId"),
];

/// Fills in a new ticket.
pub fn complete(edit: &Edit<'_>, schema: &Schema, record: &mut Record) -> Result<(), Refusal> {
    let is_project = schema.about.key == "project/tickets";
    let usual_board = if is_project {
        n::BOARDS.len() as i64
    } else {
        1
    };
    preset(record, "board", json!({"id": usual_board}));
    let board = linked(record, "board").unwrap_or(usual_board);
    if let Some(status) = default_of(edit, "service/boards/statuses", "board", board) {
        preset(record, "status", json!({"id": status}));
    }
    if let Some(team) = default_of(edit, "service/boards/teams", "boardId", board) {
        preset(record, "team", json!({"id": team}));
    }
    let kind = if is_project {
        "ProjectTicket"
    } else {
        "ServiceTicket"
    };
    record.insert("recordType".to_owned(), kind.into());
    if is_project {
        plan(edit, record);
    }
    preset(record, "priority", json!({"id": default_priority(edit)}));
    preset(record, "source", json!({"id": 2}));
    preset(record, "serviceLocation", json!({"id": 2}));
    preset(record, "location", json!({"id": 1}));
    preset(record, "department", json!({"id": 1}));
    for weight in ["severity", "impact"] {
        preset(record, weight, "Medium".into());
    }
    for bill in ["billTime", "billExpenses", "billProducts"] {
        preset(record, bill, "Billable".into());
    }
    preset(record, "approved", true.into());
    preset(record, "isInSla", true.into());
    preset(record, "customFields", json!([]));
    find_contact(edit, record);
    copy_contact(edit, record);
    close(edit, &Record::new(), record);
    note_owner(edit, record);
    Ok(())
}

/// Puts a ticket into a project of its company, or the first one there is, and a phase of it.
pub fn plan(edit: &Edit<'_>, record: &mut Record) {
    let company = linked(record, "company").unwrap_or(0);
    let of_company = edit.select("project/projects", "company", company);
    let project = of_company.first().map(|(id, _)| *id).or_else(|| {
        let kind = edit.kind("project/projects");
        let all = crate::records::filter::Expr::all();
        let ids = edit.base().ids(kind, &all, &crate::records::filter::Plain);
        ids.first().copied()
    });
    let Some(project) = linked(record, "project").or(project) else {
        return;
    };
    preset(record, "project", json!({"id": project}));
    preset(
        record,
        "phase",
        json!({"id": project * 10 + 1, "name": "Planning"}),
    );
}

fn default_of(edit: &Edit<'_>, key: &str, field: &str, board: i64) -> Option<i64> {
    let of_board = edit.select(key, field, board);
    let default = of_board.iter().find(|(_, r)| flag(r, "defaultFlag"));
    default.or(of_board.first()).map(|(id, _)| *id)
}

fn default_priority(edit: &Edit<'_>) -> i64 {
    let kind = edit.kind("service/priorities");
    let ids = edit.base().ids(
        kind,
        &crate::records::filter::Expr::all(),
        &crate::records::filter::Plain,
    );
    let is_default = |id: &i64| {
        edit.record("service/priorities", *id)
            .is_some_and(|r| flag(&r, "defaultFlag"))
    };
    ids.iter()
        .copied()
        .find(is_default)
        .or(ids.last().copied())
        .unwrap_or(0)
}

/// `contactEmailLookup` names the contact by address.
fn find_contact(edit: &Edit<'_>, record: &mut Record) {
    let email = text(record, "contactEmailLookup").trim().to_lowercase();
    let Some(company) = linked(record, "company").filter(|_| !email.is_empty()) else {
        return;
    };
    let found = edit
        .select("company/contacts", "company", company)
        .into_iter()
        .find(|(_, contact)| {
            super::contact::emails(contact).any(|have| have.trim().to_lowercase() == email)
        });
    if let Some((id, _)) = found {
        preset(record, "contact", json!({"id": id}));
    }
}

/// A ticket repeats its contact's name, address and number, and its company's site.
fn copy_contact(edit: &Edit<'_>, record: &mut Record) {
    if let Some(company) =
        linked(record, "company").and_then(|id| edit.record("company/companies", id))
        && let Some(site) = company.get("site")
    {
        preset(record, "site", site.clone());
        preset(record, "siteName", "Main".into());
    }
    let Some(contact) =
        linked(record, "contact").and_then(|id| edit.record("company/contacts", id))
    else {
        return;
    };
    let name = format!(
        "{} {}",
        text(&contact, "firstName"),
        text(&contact, "lastName")
    );
    preset(record, "contactName", name.trim().into());
    if let Some(email) = super::contact::emails(&contact).next() {
        preset(record, "contactEmailAddress", email.into());
    }
    if let Some(phone) = contact.get("defaultPhoneNbr") {
        preset(record, "contactPhoneNumber", phone.clone());
    }
}

/// The owner is among the resources.
fn note_owner(edit: &Edit<'_>, record: &mut Record) {
    let owner = linked(record, "owner").and_then(|id| edit.record("system/members", id));
    match owner {
        Some(member) => {
            record.insert("resources".to_owned(), text(&member, "identifier").into());
        }
        None => {
            record.remove("resources");
        }
    }
}

/// Whether a ticket is closed follows from its status. One that is opened again keeps when and by whom it was closed: tickets
/// with a `closedDate` beside a `closedFlag` that is false have been seen.
fn close(edit: &Edit<'_>, before: &Record, record: &mut Record) {
    let status = linked(record, "status").and_then(|id| edit.record("service/boards/statuses", id));
    let closed = status.is_some_and(|s| flag(&s, "closedStatus"));
    if closed && !flag(before, "closedFlag") {
        let now: Value = iso(edit.now).into();
        record.insert("closedDate".to_owned(), now.clone());
        record.insert("dateResolved".to_owned(), now);
        record.insert("closedBy".to_owned(), edit.actor.identifier.as_str().into());
    }
    if !closed {
        record.remove("dateResolved");
    }
    record.insert("closedFlag".to_owned(), closed.into());
}

/// What follows from a change.
pub fn follow(edit: &Edit<'_>, before: &Record, after: &mut Record) {
    let moved = linked(before, "board") != linked(after, "board");
    if moved {
        // What belonged to the old board and was not given anew does not come along.
        for (field, ..) in &OF_BOARD[1..] {
            if before.get(*field) == after.get(*field) {
                after.remove(*field);
            }
        }
    }
    if linked(before, "contact") != linked(after, "contact") {
        for name in ["contactName", "contactEmailAddress", "contactPhoneNumber"] {
            if before.get(name) == after.get(name) {
                after.remove(name);
            }
        }
        copy_contact(edit, after);
    }
    close(edit, before, after);
    note_owner(edit, after);
}

/// Refuses combinations that do not belong together.
pub fn check(edit: &Edit<'_>, schema: &Schema, after: &Record, issues: &mut Vec<Issue>) {
    let name = schema.about.name;
    let board = linked(after, "board").unwrap_or(0);
    let mut wrong = |field: &str, message: String| {
        issues.push(Issue::new(name, field, "InvalidField", message));
    };
    if let Some(facts) = edit.record("service/boards", board) {
        if flag(&facts, "projectFlag") != (schema.about.key == "project/tickets") {
            wrong(
                "board",
                format!("board/id {board} is not a board for this kind of ticket."),
            );
        }
        if flag(&facts, "inactiveFlag") {
            wrong("board", format!("board/id {board} is inactive."));
        }
    }
    for (field, key, of) in OF_BOARD {
        let Some(id) = linked(after, field) else {
            continue;
        };
        let Some(facts) = edit.record(key, id) else {
            continue;
        };
        let belongs_to = linked(&facts, of).or_else(|| facts.get(of).and_then(Value::as_i64));
        if belongs_to != Some(board) {
            wrong(
                field,
                format!("{field}/id {id} does not belong to board/id {board}."),
            );
        }
    }
    let company = linked(after, "company");
    if let Some(id) = linked(after, "contact")
        && let Some(contact) = edit.record("company/contacts", id)
        && let Some(of) = linked(&contact, "company")
        && Some(of) != company
    {
        wrong(
            "contact",
            format!("contact/id {id} does not belong to the company."),
        );
    }
}

/// First texts become notes.
pub fn after_create(
    edit: &mut Edit<'_>,
    schema: &Schema,
    id: i64,
    given: &Record,
) -> Result<(), Refusal> {
    edit.silent |= flag(given, "skipCallback");
    let notes = if schema.about.key == "project/tickets" {
        "project/tickets/notes"
    } else {
        "service/tickets/notes"
    };
    let texts = [
        ("initialDescription", "detailDescriptionFlag", true),
        ("initialInternalAnalysis", "internalAnalysisFlag", false),
        ("initialResolution", "resolutionFlag", false),
    ];
    for (field, kind, issue) in texts {
        let words = text(given, field);
        if words.is_empty() {
            continue;
        }
        let internal = kind == "internalAnalysisFlag";
        let note = json!({
            "ticketId": id, "text": words,
            "detailDescriptionFlag": kind == "detailDescriptionFlag",
            "internalAnalysisFlag": internal, "resolutionFlag": kind == "resolutionFlag",
            "issueFlag": issue, "customerUpdatedFlag": false, "internalFlag": internal,
            "externalFlag": !internal, "contact": given.get("contact").filter(|_| issue),
            "dateCreated": iso(edit.now), "createdBy": edit.actor.identifier,
        });
        if let Value::Object(note) = note {
            edit.insert(notes, note);
        }
    }
    Ok(())
}
