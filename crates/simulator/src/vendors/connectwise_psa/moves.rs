//! Tickets that are merged into others or become project tickets.

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

impl ConnectWisePsa {
    /// Merges tickets into one: they stay, closed, and point at it.
    pub(super) fn merge(&self, ticket: i64, call: &Call) -> Result<Answer, Refusal> {
        self.access.check("service/tickets", "update")?;
        let body = body_of(call)?;
        let children = body["mergedTicketIds"].as_array().into_iter().flatten();
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
        for (_, note) in edit.select("service/tickets/notes", "ticketId", ticket) {
            edit.insert("project/tickets/notes", note);
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
