//! One thing of the world with everything a vendor's getters need to read it.

use std::cell::OnceCell;

use super::company::Company;
use super::note::Note;
use super::opportunity::Opportunity;
use super::person::Person;
use super::problem::Problem;
use super::technician::Technician;
use super::ticket::Ticket;
use super::work::Work;
use super::{World, wording};

/// A thing of the world as a tool lists it.
pub struct Item<'w> {
    /// The world.
    pub world: &'w World,
    /// Its number in the listing.
    pub number: i64,
    /// What it is.
    pub facts: Facts,
    words: OnceCell<(String, Option<String>)>,
}

/// What a thing is.
pub enum Facts {
    /// A company and which of its copies.
    Company(Company, u32),
    /// A person and which of its copies.
    Person(Person, u32),
    /// A technician.
    Technician(Technician),
    /// A ticket.
    Ticket(Ticket, &'static Problem),
    /// The first report of a ticket, shown as a note.
    Report(Ticket),
    /// A note.
    Note(Ticket, Note),
    /// Time spent on a ticket.
    Work(Ticket, Work),
    /// A sales opportunity.
    Opportunity(Opportunity),
}

impl<'w> Item<'w> {
    /// A thing with its number.
    pub fn new(world: &'w World, number: i64, facts: Facts) -> Self {
        Self {
            world,
            number,
            facts,
            words: OnceCell::new(),
        }
    }

    /// When it was entered.
    pub fn created(&self) -> i64 {
        match &self.facts {
            Facts::Company(company, _) => company.created,
            Facts::Person(person, _) => person.created,
            Facts::Technician(technician) => technician.hired,
            Facts::Ticket(ticket, _) | Facts::Report(ticket) => ticket.created,
            Facts::Note(_, note) => note.at,
            Facts::Work(_, work) => work.end,
            Facts::Opportunity(opportunity) => opportunity.created,
        }
    }

    /// When it was last changed.
    pub fn changed(&self) -> i64 {
        match &self.facts {
            Facts::Company(company, _) => company.touched,
            Facts::Person(person, _) => person.touched,
            Facts::Ticket(ticket, _) => ticket.touched,
            Facts::Opportunity(opportunity) => opportunity.touched,
            _ => self.created(),
        }
    }

    /// The texts of a note or of time spent: the text, and a second one where there is one (the
    /// remark for colleagues of a time entry).
    pub fn words(&self) -> &(String, Option<String>) {
        self.words.get_or_init(|| match &self.facts {
            Facts::Report(ticket) => (wording::description(self.world, ticket), None),
            Facts::Note(ticket, note) => (wording::note(self.world, ticket, note).1, None),
            Facts::Work(ticket, work) => wording::work(self.world, ticket, work),
            _ => (String::new(), None),
        })
    }
}
