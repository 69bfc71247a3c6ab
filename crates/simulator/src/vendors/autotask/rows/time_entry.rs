//! Time entries on tickets.

use std::cell::OnceCell;

use super::getters;
use super::numbers::{self as n, ENTRIES_PER_TICKET};
use crate::records::value::Val;
use crate::world::instant::{HOUR, midnight};
use crate::world::technician;
use crate::world::ticket::Ticket;
use crate::world::work::{Work, work};
use crate::world::{World, wording};

/// A generated time entry.
pub struct TimeEntryRow<'w> {
    world: &'w World,
    ticket: Ticket,
    work: Work,
    words: OnceCell<(String, Option<String>)>,
}

impl<'w> TimeEntryRow<'w> {
    /// The entry at a place among those of a ticket.
    pub fn new(world: &'w World, ticket: Ticket, place: u32) -> Option<Self> {
        let work = work(world, &ticket, place)?;
        Some(Self {
            world,
            ticket,
            work,
            words: OnceCell::new(),
        })
    }

    fn words(&self) -> &(String, Option<String>) {
        self.words
            .get_or_init(|| wording::work(self.world, &self.ticket, &self.work))
    }

    fn hours(&self) -> f64 {
        let minutes = (self.work.end - self.work.start) as f64 / (HOUR as f64 / 60.0);
        (minutes / 60.0 * 10_000.0).round() / 10_000.0
    }
}

getters! { TimeEntry, r;
    "id" => Val::Int(i64::from(r.ticket.number) * ENTRIES_PER_TICKET + i64::from(r.work.place)),
    "billingCodeID" => Val::Int(29_682_801),
    "createDateTime" => Val::Time(r.work.end),
    "creatorUserID" => Val::Int(n::resource_id(r.work.technician)),
    "dateWorked" => Val::Time(midnight(r.work.start)),
    "endDateTime" => Val::Time(r.work.end),
    "hoursToBill" => Val::Num(if r.work.billable { r.hours() } else { 0.0 }),
    "hoursWorked" => Val::Num(r.hours()),
    "internalNotes" => r.words().1.as_deref().map_or(Val::text(""), Val::text),
    "isNonBillable" => Val::Bool(!r.work.billable),
    "lastModifiedDateTime" => Val::Time(r.work.end),
    "lastModifiedUserID" => Val::Int(n::resource_id(r.work.technician)),
    "offsetHours" => Val::Num(0.0),
    "resourceID" => Val::Int(n::resource_id(r.work.technician)),
    "roleID" => Val::Int(n::role_id(technician::role(r.world, r.work.technician))),
    "showOnInvoice" => Val::Bool(r.work.billable),
    "startDateTime" => Val::Time(r.work.start),
    "summaryNotes" => Val::text(&r.words().0),
    "ticketID" => Val::Int(i64::from(r.ticket.number)),
    "timeEntryType" => Val::Int(2),
}
