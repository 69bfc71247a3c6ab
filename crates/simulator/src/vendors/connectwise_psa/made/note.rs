//! Notes of service tickets: the report first, then the conversation.

use super::numbers as n;
use super::{api_member, identifier};
use crate::records::schema::Getter;
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::note::{Author, Sort};
use crate::world::ticket::Ticket;

fn ticket<'a>(item: &'a Item<'_>) -> Option<&'a Ticket> {
    match &item.facts {
        Facts::Report(ticket) | Facts::Note(ticket, _) => Some(ticket),
        _ => None,
    }
}

fn author(item: &Item<'_>) -> Author {
    match &item.facts {
        Facts::Note(_, note) => note.author,
        Facts::Report(ticket) => match ticket.person {
            Some(person) if ticket.by_client => Author::Person(person),
            Some(_) => Author::Technician(ticket.number % item.world.config.technicians),
            None => Author::Rule,
        },
        _ => Author::Rule,
    }
}

/// Discussion, internal analysis, resolution.
fn flags(item: &Item<'_>) -> (bool, bool, bool) {
    match &item.facts {
        Facts::Note(_, note) => match note.sort {
            Sort::Reply | Sort::Answer => (true, false, false),
            Sort::Aside | Sort::Rule => (false, true, false),
            Sort::Fix => (false, false, true),
        },
        _ => (true, false, false),
    }
}

fn contact(item: &Item<'_>) -> Option<i64> {
    match author(item) {
        Author::Person(person) => n::contact_id(item.world, person),
        _ => None,
    }
}

fn member(item: &Item<'_>) -> Option<u32> {
    match author(item) {
        Author::Technician(index) => Some(index),
        _ => None,
    }
}

/// Who wrote it, as text: a rule and an unknown sender have nothing else.
fn writer(item: &Item<'_>) -> String {
    match author(item) {
        Author::Technician(index) => identifier(item.world, index),
        Author::Person(person) => {
            let (first, last) = item.world.person_title(person, 0);
            format!("{first} {last}")
        }
        Author::Rule => api_member(item.world),
    }
}

/// The getter of a field.
pub fn getter(name: &str) -> Option<Getter> {
    let found: Getter = match name {
        "id" => |r| Val::Int(r.number + n::NOTES),
        "ticketId" => |r| Val::int(ticket(r).map(|t| i64::from(t.number) + n::TICKETS)),
        "text" => |r| Val::text(&r.words().0),
        "detailDescriptionFlag" => |r| Val::Bool(flags(r).0),
        "internalAnalysisFlag" => |r| Val::Bool(flags(r).1),
        "resolutionFlag" => |r| Val::Bool(flags(r).2),
        "issueFlag" => |r| Val::Bool(matches!(r.facts, Facts::Report(_))),
        "member" => |r| Val::link(member(r).map(n::member_id)),
        "contact" => |r| Val::link(contact(r)),
        "customerUpdatedFlag" => |r| Val::Bool(matches!(author(r), Author::Person(_))),
        "dateCreated" => |r| Val::Time(r.created()),
        "createdBy" | "enteredBy" | "updatedBy" => |r| Val::owned(writer(r)),
        "internalFlag" => |r| Val::Bool(flags(r).1),
        "externalFlag" => |r| Val::Bool(!flags(r).1),
        _ => return None,
    };
    Some(found)
}
