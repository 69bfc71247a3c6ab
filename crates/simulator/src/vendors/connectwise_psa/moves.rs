//! Tickets that are merged into others, put below another, copied, or become project tickets.

use serde_json::{Value, json};

use super::ConnectWisePsa;
use super::callbacks::Action;
use super::edit::{Edit, linked};
use super::intake::whole;
use super::made::numbers::BOARDS;
use super::refusal::Refusal;
use super::write::json as body_of;
use crate::exchange::{Answer, Call};
use crate::world::instant::iso;

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
    /// Merges tickets into one: they stay, closed, and point at it.
    pub(super) fn merge(&self, ticket: i64, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "update")?;
        let body = body_of(call)?;
        // As the document has them, and as clients send them.
        let children = ["mergeTicketIds", "mergedTicketIds"].map(|name| body[name].as_array());
        let children = children.into_iter().flatten().flatten();
        let children: Vec<i64> = children.filter_map(whole).collect();
        let mut edit = Edit::begin(self, self.caller());
        for id in children.iter().chain([&ticket]) {
            if edit.record("service/tickets", *id).is_none() {
                return Err(Refusal::not_found("ticket", &id.to_string()));
            }
        }
        let now: Value = iso(edit.now).into();
        for child in children {
            let board = edit
                .record("service/tickets", child)
                .and_then(|record| linked(&record, "board"))
                .unwrap_or(1);
            let closed = edit.select("service/boards/statuses", "board", board);
            let closed = closed
                .into_iter()
                .find(|(_, s)| s.get("closedStatus").is_some_and(|c| c == true));
            let status = whole(&body["statusId"]).or(closed.map(|(id, _)| id));
            edit.alter("service/tickets", child, |record| {
                record.insert("mergedParentTicket".to_owned(), json!({"id": ticket}));
                record.insert("closedFlag".to_owned(), true.into());
                record.insert("closedDate".to_owned(), now.clone());
                if let Some(status) = status {
                    record.insert("status".to_owned(), json!({"id": status}));
                }
            });
        }
        edit.alter("service/tickets", ticket, |record| {
            record.insert("hasMergedChildTicketFlag".to_owned(), true.into());
        });
        edit.finish();
        Ok(Answer::json(200, &json!({"id": ticket, "success": true})))
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
