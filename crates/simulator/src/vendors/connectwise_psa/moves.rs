//! Tickets that are merged into others, put below another, copied, or become project tickets.

use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::callbacks::Action;
use super::edit::{Edit, flag, linked, refuse_any};
use super::intake::{link, whole};
use super::made::numbers::BOARDS;
use super::refusal::{Issue, Refusal};
use super::write::json as body_of;
use crate::exchange::{Answer, Call};
use crate::state::Record;

/// What the vendor calls the body of a merge.
const MERGE: &str = "ticketMerge";

/// What a ticket has for itself and does not hand on to a copy.
const OWN: [&str; 14] = [
    "id",
    "dateEntered",
    "enteredBy",
    "lastUpdated",
    "updatedBy",
    "mobileGuid",
    "closedDate",
    "closedBy",
    "closedFlag",
    "status",
    "dateResolved",
    "dateResponded",
    "mergedParentTicket",
    "hasMergedChildTicketFlag",
];

impl ConnectWisePsa {
    /// Merges tickets into one: they stay, closed with the status the body names, and point at it.
    pub(super) fn merge(&self, ticket: i64, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "update")?;
        let body = body_of(call)?;
        let children = merged_ids(ticket, &body)?;
        let mut edit = Edit::begin(self, self.caller());
        for id in children.iter().chain([&ticket]) {
            if edit.record("service/tickets", *id).is_none() {
                return Err(Refusal::not_found("ticket", &id.to_string()));
            }
        }
        let schema = edit.schema(edit.kind("service/tickets"));
        let mut merged = Vec::new();
        for child in children {
            let before = edit.record("service/tickets", child).unwrap_or_default();
            let status = closing_status(&edit, &before, &body["status"])?;
            let mut after = before.clone();
            after.insert("mergedParentTicket".to_owned(), json!({"id": ticket}));
            after.insert("status".to_owned(), json!({"id": status}));
            super::rules::follow(&edit, schema, &before, &mut after)?;
            merged.push((child, after));
        }
        for (child, after) in merged {
            edit.alter("service/tickets", child, |record| *record = after);
        }
        edit.alter("service/tickets", ticket, |record| {
            record.insert("hasMergedChildTicketFlag".to_owned(), true.into());
        });
        edit.finish();
        Ok(Answer::json(200, &json!({"success": true})))
    }

    /// Puts tickets below another one.
    pub(super) fn attach_children(&self, ticket: i64, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "update")?;
        let body = body_of(call)?;
        let children = body["childTicketIds"].as_array().into_iter().flatten();
        let children: Vec<i64> = children.filter_map(whole).collect();
        let mut edit = Edit::begin(self, self.caller());
        for id in children.iter().chain([&ticket]) {
            if edit.record("service/tickets", *id).is_none() {
                return Err(Refusal::not_found("ticket", &id.to_string()));
            }
        }
        for child in children {
            edit.alter("service/tickets", child, |record| {
                record.insert("parentTicketId".to_owned(), ticket.into());
            });
        }
        edit.alter("service/tickets", ticket, |record| {
            record.insert("hasChildTicket".to_owned(), true.into());
        });
        edit.finish();
        Ok(Answer::json(200, &json!({"success": true})))
    }

    /// Makes a new ticket like another one, without its notes.
    pub(super) fn copy(&self, ticket: i64) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "create")?;
        let mut edit = Edit::begin(self, self.caller());
        let mut record = edit
            .record("service/tickets", ticket)
            .ok_or_else(|| Refusal::not_found("ticket", &ticket.to_string()))?;
        for name in OWN {
            record.remove(name);
        }
        let kind = edit.kind("service/tickets");
        let id = edit.create(kind, record)?;
        let copy = edit.base().find(kind, id);
        let copy = copy.map(|row| self.tree(edit.base(), kind, &row));
        edit.finish();
        Ok(Answer::json(200, &copy.unwrap_or_default()))
    }

    /// Makes a service ticket a project ticket with the same id.
    pub(super) fn convert(&self, ticket: i64) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "update")?;
        let mut edit = Edit::begin(self, self.caller());
        let mut record = edit
            .record("service/tickets", ticket)
            .ok_or_else(|| Refusal::not_found("ticket", &ticket.to_string()))?;
        let board = BOARDS.len() as i64;
        record.insert("recordType".to_owned(), "ProjectTicket".into());
        record.insert("board".to_owned(), json!({"id": board}));
        record.insert("status".to_owned(), json!({"id": board * 100 + 1}));
        for name in ["type", "subType", "item", "team"] {
            record.remove(name);
        }
        super::rules::plan(&edit, &mut record);
        for (id, note) in edit.select("service/tickets/notes", "ticketId", ticket) {
            edit.erase("service/tickets/notes", id);
            edit.put("project/tickets/notes", id, note);
        }
        edit.erase("service/tickets", ticket);
        edit.put("project/tickets", ticket, record);
        edit.alter("project/tickets", ticket, |_| {});
        let kind = edit.kind("project/tickets");
        edit.note(kind, ticket, Action::Updated);
        edit.finish();
        Ok(Answer::json(200, &json!({"id": ticket})))
    }
}

/// The tickets that a body wants to merge into one. Both of its fields are needed.
fn merged_ids(ticket: i64, body: &Value) -> Result<Vec<i64>, Refusal> {
    let given = &body["mergeTicketIds"];
    let ids = given.as_array().map(|ids| ids.iter().map(whole));
    let ids: Option<Vec<i64>> = ids.and_then(Iterator::collect);
    let mut issues = Vec::new();
    match &ids {
        Some(ids) if ids.is_empty() => issues.push(Issue::missing(MERGE, "mergeTicketIds")),
        Some(ids) if !ids.contains(&ticket) => {}
        None if given.is_null() => issues.push(Issue::missing(MERGE, "mergeTicketIds")),
        _ => {
            let message = "The value for mergeTicketIds is not valid.";
            issues.push(Issue::new(MERGE, "mergeTicketIds", "InvalidField", message));
        }
    }
    if body["status"].is_null() {
        issues.push(Issue::missing(MERGE, "status"));
    }
    refuse_any(MERGE, issues)?;
    Ok(ids.unwrap_or_default())
}

/// The status a reference means for a ticket that is merged: one of its own board that closes.
fn closing_status(edit: &Edit<'_>, ticket: &Record, given: &Value) -> Result<i64, Refusal> {
    let wrong = |message: String| Refusal::field(MERGE, "status", "InvalidField", message);
    let key = "service/boards/statuses";
    let board = linked(ticket, "board").unwrap_or(0);
    let found = link(edit.base(), key, given, Some(board));
    let found = found.and_then(|id| Some((id, edit.record(key, id)?)));
    let Some((id, status)) = found else {
        let message = "status/id is not valid: there is no such record.";
        return Err(wrong(message.to_owned()));
    };
    if linked(&status, "board") != Some(board) {
        return Err(wrong(format!(
            "status/id {id} does not belong to board/id {board}."
        )));
    }
    if !flag(&status, "closedStatus") {
        return Err(wrong(format!("status/id {id} is not a closed status.")));
    }
    Ok(id)
}
