//! Tickets, sales and projects: which of them a record is follows from its type, whether it is closed from its
//! status, and types ask for fields.

use serde_json::{Value, json};

use super::{link, missing, now, preset};
use crate::records::fields::{linked, number, text};
use crate::state::Record;
use crate::vendors::halo_psa::edit::Edit;
use crate::vendors::halo_psa::made::numbers as n;
use crate::vendors::halo_psa::refusal::Refusal;

/// Fills in a new ticket; answers the kind it really is.
pub fn complete(edit: &Edit<'_>, key: &str, record: &mut Record) -> Result<usize, Refusal> {
    let usual = match key {
        "opportunities" => Some(n::SALES_TYPE),
        "projects" => Some(n::PROJECT_TYPE),
        _ => None,
    };
    if let Some(usual) = usual {
        preset(record, "tickettype_id", link(usual));
    }
    let Some(kind_of) = linked(record, "tickettype_id") else {
        return Err(missing("tickettype_id"));
    };
    let facts = edit.record("tickettype", kind_of).unwrap_or_default();
    let (key, word) = match text(&facts, "domain") {
        "opps" => ("opportunities", "opportunity"),
        "prjs" => ("projects", "project"),
        _ => ("tickets", "ticket"),
    };
    if edit.actor.through_api() {
        check(&facts, kind_of, record)?;
    }
    people(edit, record)?;
    let first = number(&facts, "initial_status").unwrap_or(1);
    preset(record, "status_id", link(first));
    preset(
        record,
        "priority_id",
        number(&facts, "default_priority").unwrap_or(3).into(),
    );
    preset(record, "sla_id", link(1));
    // Who says nothing about an agent gets the one behind the token.
    preset(record, "agent_id", link(edit.actor.agent));
    let team = text(&facts, "default_team");
    preset(
        record,
        "team",
        if team.is_empty() { n::TEAMS[0].0 } else { team }.into(),
    );
    preset(record, "source", 6.into());
    preset(record, "dateoccurred", now(edit));
    preset(record, "datecreated", now(edit));
    record.insert("lastactiondate".to_owned(), now(edit));
    record.insert("use".to_owned(), word.into());
    record.insert("is_opportunity".to_owned(), (key == "opportunities").into());
    record.insert("is_project".to_owned(), (key == "projects").into());
    record.insert("created_by".to_owned(), edit.actor.name.as_str().into());
    record.insert(
        "itil_requesttype_id".to_owned(),
        number(&facts, "itilrequesttype").unwrap_or(1).into(),
    );
    preset(record, "customfields", json!([]));
    texts(record);
    record.remove("_novalidate");
    close(edit, &Record::new(), record);
    Ok(edit.kind(key))
}

/// What the type of a ticket asks for.
fn check(facts: &Record, kind_of: i64, record: &Record) -> Result<(), Refusal> {
    if kind_of == 2 {
        return Err(Refusal::rule(
            "CODE:APP03/2 Please select the CAB members to approve",
        ));
    }
    if record.get("_novalidate").is_some_and(|off| off == true) {
        return Ok(());
    }
    if facts
        .get("hasmandatorytechfields")
        .is_some_and(|on| on == true)
    {
        let asked = [
            ("category_1", "Category"),
            ("impact", "Impact"),
            ("urgency", "Urgency"),
        ];
        for (field, name) in asked {
            if record.get(field).is_none_or(Value::is_null) {
                return Err(Refusal::rule(format!(
                    "{name} is a mandatory field, please enter a value."
                )));
            }
        }
    }
    let has_client = ["client_id", "user_id"]
        .iter()
        .any(|field| linked(record, field).is_some());
    if has_client {
        Ok(())
    } else {
        Err(missing("client_id"))
    }
}

/// Client, site and user belong together.
fn people(edit: &Edit<'_>, record: &mut Record) -> Result<(), Refusal> {
    if let Some(user) = linked(record, "user_id") {
        let facts = edit.record("users", user).unwrap_or_default();
        if edit.actor.through_api() && linked(record, "site_id") != linked(&facts, "site_id") {
            return Err(Refusal::field(
                "[0].site_id",
                "The user does not belong to this site.",
            ));
        }
        for field in ["client_id", "site_id"] {
            if let Some(id) = linked(&facts, field) {
                record.insert(field.to_owned(), link(id));
            }
        }
        preset(record, "user_name", text(&facts, "name").into());
        preset(record, "reportedby", text(&facts, "name").into());
        preset(record, "user_email", text(&facts, "emailaddress").into());
    }
    preset(record, "client_id", link(n::UNKNOWN));
    let client = linked(record, "client_id").unwrap_or(n::UNKNOWN);
    let facts = edit.record("client", client).unwrap_or_default();
    if let Some(site) = linked(&facts, "main_site_id") {
        preset(record, "site_id", link(site));
    }
    Ok(())
}

/// A description in HTML is one in plain text too.
fn texts(record: &mut Record) {
    if !text(record, "details_html").is_empty() && text(record, "details").is_empty() {
        let plain = without_tags(text(record, "details_html"));
        record.insert("details".to_owned(), plain.into());
    }
}

/// The text of HTML, roughly.
pub fn without_tags(html: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => plain.push(letter),
            _ => {}
        }
    }
    plain.trim().to_owned()
}

/// Whether a ticket is closed follows from its status. Opened again, it keeps the date.
fn close(edit: &Edit<'_>, before: &Record, record: &mut Record) {
    let closed = linked(record, "status_id").is_some_and(n::closes);
    let was = linked(before, "status_id").is_some_and(n::closes);
    if closed && !was {
        record.insert("dateclosed".to_owned(), now(edit));
    }
    record.insert("hasbeenclosed".to_owned(), closed.into());
}

/// What follows from a change.
pub fn follow(edit: &Edit<'_>, before: &Record, after: &mut Record) {
    if after.remove("_recover").is_some_and(|on| on == true) {
        after.insert("deleted".to_owned(), false.into());
    }
    if linked(before, "user_id") != linked(after, "user_id") {
        for name in ["user_name", "user_email", "reportedby"] {
            after.remove(name);
        }
        if let Some(facts) = linked(after, "user_id").and_then(|id| edit.record("users", id)) {
            after.insert("user_name".to_owned(), text(&facts, "name").into());
            after.insert("user_email".to_owned(), text(&facts, "emailaddress").into());
        }
    }
    after.remove("_novalidate");
    texts(after);
    close(edit, before, after);
}

/// The first action says that the ticket was logged.
pub fn after_create(edit: &mut Edit<'_>, kind: usize, id: i64) {
    let action = json!({
        "number": 1, "ticket_id": id, "outcome": "Ticket Logged", "outcome_id": link(1), "who": edit.actor.name,
        "who_type": 0, "who_agentid": edit.actor.agent, "datetime": now(edit), "actiondatecreated": now(edit),
        "note": "Ticket Logged", "hiddenfromuser": false, "system": true,
        "actionby_agent_id": edit.actor.agent, "actionby_application_id": edit.actor.application,
    });
    if let Value::Object(action) = action {
        edit.insert("actions", action);
    }
    edit.note(kind, id, 3);
}

/// Subscribers hear of changes, of changed statuses, and of tickets that are closed.
pub fn after_update(edit: &mut Edit<'_>, kind: usize, id: i64, before: &Record, after: &Record) {
    edit.note(kind, id, 61);
    let (old, new) = (linked(before, "status_id"), linked(after, "status_id"));
    if old != new {
        edit.note(kind, id, 76);
        if new.is_some_and(n::closes) && !old.is_some_and(n::closes) {
            edit.note(kind, id, 39);
        }
    }
}
