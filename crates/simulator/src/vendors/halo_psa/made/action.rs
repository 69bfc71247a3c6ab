//! Actions: what happened on a ticket. The first one says that it was logged; its text is the ticket's.

use super::numbers as n;
use crate::records::schema::Getter;
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::note::{Author, Sort};
use crate::world::technician;
use crate::world::text::guid;
use crate::world::ticket::Ticket;

fn ticket<'a>(item: &'a Item<'_>) -> Option<&'a Ticket> {
    match &item.facts {
        Facts::Report(ticket) | Facts::Note(ticket, _) => Some(ticket),
        _ => None,
    }
}

/// Outcome: id, name, whether hidden from the user, whether the product wrote it.
fn outcome(item: &Item<'_>) -> (i64, &'static str, bool, bool) {
    match &item.facts {
        Facts::Note(_, note) => match note.sort {
            Sort::Reply if note.place.is_multiple_of(3) => (2, "Public Note", false, false),
            Sort::Reply => (3, "Email User", false, false),
            Sort::Answer => (4, "Email Updated", false, false),
            Sort::Aside => (7, "Private Note", true, false),
            Sort::Fix => (6, "Closed", false, false),
            Sort::Rule => (8, "Automation", true, true),
        },
        _ => (1, "Ticket Logged", false, true),
    }
}

/// The id that clients see: counted within the ticket.
fn number(item: &Item<'_>) -> i64 {
    match &item.facts {
        Facts::Note(_, note) => i64::from(note.place) + 2,
        _ => 1,
    }
}

fn author(item: &Item<'_>) -> Author {
    match &item.facts {
        Facts::Note(_, note) => note.author,
        _ => Author::Rule,
    }
}

fn agent(item: &Item<'_>) -> Option<u32> {
    match author(item) {
        Author::Technician(index) => Some(index),
        _ => None,
    }
}

fn user(item: &Item<'_>) -> Option<i64> {
    match author(item) {
        Author::Person(person) => n::user_id(item.world, person),
        _ => None,
    }
}

fn who(item: &Item<'_>) -> String {
    match author(item) {
        Author::Technician(index) => {
            let (first, last) = technician::name(item.world, index);
            format!("{first} {last}")
        }
        Author::Person(person) => {
            let (first, last) = item.world.person_title(person, 0);
            format!("{first} {last}")
        }
        Author::Rule => "System".to_owned(),
    }
}

/// The text of an action; a mail carries it as body too.
fn text(item: &Item<'_>) -> String {
    match &item.facts {
        Facts::Report(_) => "Ticket Logged".to_owned(),
        _ => item.words().0.clone(),
    }
}

fn is_mail(item: &Item<'_>) -> bool {
    matches!(outcome(item).0, 3 | 4)
}

/// The getter of a field.
pub fn getter(name: &str) -> Option<Getter> {
    let found: Getter = match name {
        "id" => |r| Val::Int(r.number),
        "number" => |r| Val::Int(number(r)),
        "ticket_id" => |r| Val::int(ticket(r).map(|t| i64::from(t.number) + n::TICKETS)),
        "outcome" => |r| Val::text(outcome(r).1),
        "outcome_id" => |r| Val::Link(outcome(r).0),
        "hiddenfromuser" => |r| Val::Bool(outcome(r).2),
        "system" => |r| Val::Bool(outcome(r).3),
        "who" => |r| Val::owned(who(r)),
        "who_type" => |r| Val::Int(i64::from(matches!(author(r), Author::Person(_)))),
        "who_agentid" | "actionby_agent_id" => |r| Val::int(agent(r).map(n::agent_id)),
        "actionby_user_id" => |r| Val::int(user(r)),
        "datetime" | "actiondatecreated" | "last_updated" => |r| Val::Time(r.created()),
        "note" => |r| Val::owned(text(r)),
        "emailbody" => |r| {
            if is_mail(r) {
                Val::owned(text(r))
            } else {
                Val::Null
            }
        },
        "emaildirection" => |r| match outcome(r).0 {
            3 => Val::text("O"),
            4 => Val::text("I"),
            _ => Val::Null,
        },
        "important" => |_| Val::Bool(false),
        "guid" => |r| Val::owned(guid(r.number, r.created())),
        _ => return None,
    };
    Some(found)
}
