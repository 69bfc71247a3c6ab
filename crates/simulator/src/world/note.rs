//! The conversation on a ticket.

use super::World;
use super::dice::{Dice, Purpose};
use super::instant::MINUTE;
use super::ticket::Ticket;

/// Who wrote a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person at the client.
    Person(u32),
    /// A technician.
    Technician(u32),
    /// A rule of the MSP's product.
    Rule,
}

/// What a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A technician to the client.
    Reply,
    /// The client to the technician.
    Answer,
    /// Among technicians.
    Aside,
    /// What solved it.
    Fix,
    /// Written by a rule.
    Rule,
}

/// A note without its words.
pub struct Note {
    /// Its place in the conversation, from 0.
    pub place: u32,
    /// Who wrote it.
    pub author: Author,
    /// What it is.
    pub sort: Sort,
    /// When.
    pub at: i64,
    /// Draws for the words.
    pub words: Dice,
}

/// When the note at a place is written, whether or not that is before the end of the world.
pub fn written_at(ticket: &Ticket, place: u32) -> i64 {
    let mut dice = Dice::new(u64::from(ticket.number), Purpose::Note, u64::from(place));
    let step = ticket.life / i64::from(ticket.planned_notes + 1);
    let jitter = (step as f64 * 0.8 * dice.share()) as i64;
    let last = place + 1 == ticket.planned_notes;
    if last {
        return ticket.created + ticket.life - MINUTE.min(ticket.life / 20);
    }
    ticket.created + i64::from(place) * step + step / 10 + jitter
}

/// The note at a place of a conversation, when it is there.
pub fn note(world: &World, ticket: &Ticket, place: u32) -> Option<Note> {
    if place >= ticket.planned_notes {
        return None;
    }
    let at = written_at(ticket, place);
    if at > world.base_ms {
        return None;
    }
    let number = u64::from(ticket.number) << 3 | u64::from(place);
    let mut dice = Dice::new(world.desk_seed, Purpose::Note, number);
    let technician = ticket
        .owner
        .unwrap_or(ticket.number % world.config.technicians);
    let sort = sort(ticket, place, &mut dice);
    let author = match sort {
        Sort::Answer => ticket
            .person
            .map_or(Author::Technician(technician), Author::Person),
        Sort::Rule => Author::Rule,
        _ if dice.percent(15) => Author::Technician(dice.below(world.config.technicians)),
        _ => Author::Technician(technician),
    };
    Some(Note {
        place,
        author,
        sort,
        at,
        words: dice,
    })
}

fn sort(ticket: &Ticket, place: u32, dice: &mut Dice) -> Sort {
    let last = place + 1 == ticket.planned_notes;
    let draw = dice.below(100);
    if last && ticket.planned_notes > 1 && ticket.closed.is_some() {
        return Sort::Fix;
    }
    match (place, draw) {
        (0, 0..30) => Sort::Rule,
        (0, _) => Sort::Reply,
        (_, 0..22) => Sort::Aside,
        (_, 22..27) => Sort::Rule,
        (p, _) if p % 2 == 1 && ticket.person.is_some() => Sort::Answer,
        _ => Sort::Reply,
    }
}
