//! Actions: each needs an outcome, and may change its ticket's status.

use serde_json::Value;

use super::{link, now, preset};
use crate::records::fields::{flag, linked, number, text};
use crate::state::Record;
use crate::vendors::halo_psa::edit::Edit;
use crate::vendors::halo_psa::fixed::NO_ACCESS;
use crate::vendors::halo_psa::made::numbers as n;
use crate::vendors::halo_psa::refusal::Refusal;
use crate::vendors::halo_psa::switches::Switches;

/// Fills in a new action.
pub fn complete(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    let ticket = number(record, "ticket_id").unwrap_or(0);
    let kind = edit.ticket_kind(ticket).ok_or_else(Refusal::not_found)?;
    let wanted = linked(record, "outcome_id");
    let name = text(record, "outcome").to_owned();
    let outcome = edit
        .all("outcome")
        .into_iter()
        .find(|(id, outcome)| match wanted {
            Some(wanted) => *id == wanted,
            None => text(outcome, "outcome").eq_ignore_ascii_case(&name),
        });
    let Some((id, outcome)) = outcome else {
        if edit.actor.through_api() {
            return Err(Refusal::rule("An Outcome must be entered for this Action"));
        }
        return finish(edit, record, ticket);
    };
    if id == NO_ACCESS && edit.actor.through_api() {
        return Err(Refusal::rule(
            "You do not have access to this Action at the moment",
        ));
    }
    record.insert("outcome_id".to_owned(), link(id));
    record.insert("outcome".to_owned(), text(&outcome, "outcome").into());
    preset(
        record,
        "hiddenfromuser",
        flag(&outcome, "hidefromuser").into(),
    );
    if let Some(status) = number(&outcome, "newstatus").filter(|status| *status > 0) {
        preset(record, "new_status", status.into());
    }
    let row = edit.base().find(kind, ticket);
    let facts = row
        .map(|row| row.to_record(edit.schema(kind)))
        .unwrap_or_default();
    record.insert(
        "old_status".to_owned(),
        linked(&facts, "status_id").unwrap_or(0).into(),
    );
    finish(edit, record, ticket)
}

fn finish(edit: &Edit<'_>, record: &mut Record, ticket: i64) -> Result<(), Refusal> {
    let before = edit.select("actions", "ticket_id", ticket);
    let last = before
        .iter()
        .filter_map(|(_, action)| number(action, "number"))
        .max();
    // The first number is that of the entry that the ticket was logged, which made sales and projects lack.
    record.insert("number".to_owned(), (last.unwrap_or(1) + 1).into());
    if text(record, "note").is_empty() && !text(record, "note_html").is_empty() {
        let plain = super::ticket::without_tags(text(record, "note_html"));
        record.insert("note".to_owned(), plain.into());
    }
    preset(record, "who", edit.actor.name.as_str().into());
    preset(record, "who_type", 0.into());
    if number(record, "who_type") == Some(0) {
        preset(record, "who_agentid", edit.actor.agent.into());
        preset(record, "actionby_agent_id", edit.actor.agent.into());
    }
    preset(record, "datetime", now(edit));
    preset(record, "actiondatecreated", now(edit));
    preset(record, "system", false.into());
    preset(record, "hiddenfromuser", false.into());
    let application = edit
        .actor
        .application
        .clone()
        .map_or(Value::Null, Value::from);
    preset(record, "actionby_application_id", application);
    Ok(())
}

/// An action changes its ticket.
pub fn after_create(edit: &mut Edit<'_>, given: &Record) {
    let ticket = number(given, "ticket_id").unwrap_or(0);
    let Some(kind) = edit.ticket_kind(ticket) else {
        return;
    };
    let status = number(given, "new_status").filter(|status| *status > 0);
    let at = now(edit);
    let mut before = None;
    let quiet = status.is_none() && Switches::read(edit.base()).quiet_actions;
    edit.alter_quietly(kind, ticket, quiet, |record| {
        before = linked(record, "status_id");
        record.insert("lastactiondate".to_owned(), at.clone());
        if let Some(status) = status {
            record.insert("status_id".to_owned(), link(status));
            record.insert("hasbeenclosed".to_owned(), n::closes(status).into());
            if n::closes(status) {
                record.insert("dateclosed".to_owned(), at);
            }
        }
    });
    edit.note(
        kind,
        ticket,
        if number(given, "who_type") == Some(1) {
            19
        } else {
            61
        },
    );
    if status.is_some() && status != before {
        edit.note(kind, ticket, 76);
        if status.is_some_and(n::closes) && !before.is_some_and(n::closes) {
            edit.note(kind, ticket, 39);
        }
    }
}
