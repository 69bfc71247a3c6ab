//! Ticket notes.

use std::cell::OnceCell;

use super::getters;
use super::numbers::{self as n, NOTES_PER_TICKET};
use crate::records::value::Val;
use crate::world::note::{Author, Note, Sort, note};
use crate::world::technician;
use crate::world::ticket::Ticket;
use crate::world::{World, wording};

/// A generated note.
pub struct NoteRow<'w> {
    world: &'w World,
    ticket: Ticket,
    note: Note,
    words: OnceCell<(String, String)>,
}

impl<'w> NoteRow<'w> {
    /// The note at a place of a ticket's conversation.
    pub fn new(world: &'w World, ticket: Ticket, place: u32) -> Option<Self> {
        let note = note(world, &ticket, place)?;
        Some(Self {
            world,
            ticket,
            note,
            words: OnceCell::new(),
        })
    }

    fn words(&self) -> &(String, String) {
        self.words
            .get_or_init(|| wording::note(self.world, &self.ticket, &self.note))
    }

    fn contact(&self) -> Option<i64> {
        match self.note.author {
            Author::Person(index) => Some(n::contact_id(index)),
            _ => None,
        }
    }

    /// Contacts write through the API user; rules have no author of their own.
    fn resource(&self) -> i64 {
        match self.note.author {
            Author::Technician(index) => n::resource_id(index),
            _ => n::resource_id(technician::api_user(self.world)),
        }
    }

    fn kind(&self) -> i64 {
        match self.note.sort {
            Sort::Rule => 13,
            Sort::Answer => 18,
            Sort::Fix => 1,
            Sort::Aside => 2,
            Sort::Reply => 3,
        }
    }

    fn publish(&self) -> i64 {
        match self.note.sort {
            Sort::Aside => 2,
            Sort::Rule if self.note.place % 2 == 1 => 2,
            _ => 1,
        }
    }
}

getters! { Note, r;
    "id" => Val::Int(i64::from(r.ticket.number) * NOTES_PER_TICKET + i64::from(r.note.place)),
    "createDateTime" => Val::Time(r.note.at),
    "createdByContactID" => Val::int(r.contact()),
    "creatorResourceID" => Val::Int(r.resource()),
    "description" => Val::text(&r.words().1),
    "lastActivityDate" => Val::Time(r.note.at),
    "noteType" => Val::Int(r.kind()),
    "publish" => Val::Int(r.publish()),
    "ticketID" => Val::Int(i64::from(r.ticket.number)),
    "title" => Val::text(&r.words().0),
}
