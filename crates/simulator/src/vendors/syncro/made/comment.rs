//! Comments of tickets: the report first, then the conversation. Hidden ones are for the staff.

use super::numbers as n;
use crate::records::schema::Getter;
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::note::{Author, Sort};
use crate::world::technician::name;

fn ticket_number(item: &Item<'_>) -> Option<i64> {
    match &item.facts {
        Facts::Report(ticket) | Facts::Note(ticket, _) => Some(i64::from(ticket.number)),
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

fn hidden(item: &Item<'_>) -> bool {
    match &item.facts {
        Facts::Note(_, note) => match note.sort {
            Sort::Aside | Sort::Rule => true,
            Sort::Reply | Sort::Answer | Sort::Fix => false,
        },
        _ => false,
    }
}

fn subject(item: &Item<'_>) -> &'static str {
    match &item.facts {
        Facts::Note(_, note) => match note.sort {
            Sort::Aside => "Private Note",
            Sort::Answer => "Customer Reply",
            Sort::Fix => "Completed",
            Sort::Rule | Sort::Reply => "Update",
        },
        _ => "Initial Issue",
    }
}

/// The name shown; what came from nobody has the product's.
fn tech(item: &Item<'_>) -> String {
    match author(item) {
        Author::Technician(index) => {
            let (first, last) = name(item.world, index);
            format!("{first} {last}")
        }
        Author::Person(person) => {
            let (first, last) = item.world.person_title(person, 0);
            format!("{first} {last}")
        }
        Author::Rule => "Syncro".to_owned(),
    }
}

fn user(item: &Item<'_>) -> Option<i64> {
    match author(item) {
        Author::Technician(index) => Some(n::user_id(index)),
        Author::Person(_) | Author::Rule => None,
    }
}

/// The getter of a field.
pub fn getter(name: &str) -> Option<Getter> {
    let found: Getter = match name {
        "id" => |r| Val::Int(r.number + n::COMMENTS),
        "ticket_id" => |r| Val::int(ticket_number(r).map(|number| number + n::TICKETS)),
        "subject" => |r| Val::text(subject(r)),
        "body" => |r| Val::text(&r.words().0),
        "tech" => |r| Val::owned(tech(r)),
        "hidden" => |r| Val::Bool(hidden(r)),
        "user_id" => |r| Val::int(user(r)),
        "is_rich_text" => |_| Val::Bool(false),
        _ => return None,
    };
    Some(found)
}
