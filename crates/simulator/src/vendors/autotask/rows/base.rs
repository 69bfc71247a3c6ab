//! Which ids the world has, and seeking among them by id and by time.

use super::numbers::{self as n, ENTRIES_PER_TICKET, NOTES_PER_TICKET};
use super::{Row, company, contact, note, opportunity, resource, ticket, time_entry};
use crate::vendors::autotask::schema::Base;
use crate::world::ticket::LONGEST_LIFE;
use crate::world::{World, note as notes, technician, ticket as tickets, work};

/// Whether the world has a record with this id.
pub fn contains(world: &World, base: Base, id: i64) -> bool {
    next_id(world, base, id, None) == Some(id)
}

/// The first id at `from` or later. With `since`, records of tickets where nothing happened since
/// then may be left out.
pub fn next_id(world: &World, base: Base, from: i64, since: Option<i64>) -> Option<i64> {
    let config = &world.config;
    let between = |first: i64, last: i64| {
        let id = from.max(first);
        (id <= last).then_some(id)
    };
    match base {
        Base::Fixed => None,
        Base::Companies if from <= 0 => Some(0),
        Base::Companies => between(n::company_id(1), n::company_id(config.companies)),
        Base::Contacts => between(
            n::contact_id(0),
            n::contact_id(0) + i64::from(world.people()) - 1,
        ),
        Base::Resources => between(
            n::resource_id(0),
            n::resource_id(technician::count(world) - 1),
        ),
        Base::Tickets => between(1, i64::from(config.tickets)),
        Base::Opportunities => between(
            n::opportunity_id(1),
            n::opportunity_id(config.opportunities),
        ),
        Base::Notes => next_of_ticket(world, from, NOTES_PER_TICKET, since, |ticket, place| {
            notes::note(world, ticket, place).is_some()
        }),
        Base::TimeEntries => {
            next_of_ticket(world, from, ENTRIES_PER_TICKET, since, |ticket, place| {
                work::work(world, ticket, place).is_some()
            })
        }
    }
}

fn next_of_ticket(
    world: &World,
    from: i64,
    per_ticket: i64,
    since: Option<i64>,
    exists: impl Fn(&tickets::Ticket, u32) -> bool,
) -> Option<i64> {
    let mut id = from.max(per_ticket);
    loop {
        let number = u32::try_from(id / per_ticket).ok()?;
        if number > world.config.tickets {
            return None;
        }
        let ticket = tickets::ticket(world, number);
        if since.is_some_and(|since| ticket.touched < since) {
            id = (i64::from(number) + 1) * per_ticket;
        }
        while id / per_ticket == i64::from(number) {
            if exists(&ticket, (id % per_ticket) as u32) {
                return Some(id);
            }
            id += 1;
        }
    }
}

/// The record with an id that [`next_id`] gave.
pub fn row(world: &World, base: Base, id: i64) -> Option<Row<'_>> {
    let ticket = |per_ticket: i64| {
        let number = u32::try_from(id / per_ticket).ok()?;
        (1..=world.config.tickets)
            .contains(&number)
            .then(|| tickets::ticket(world, number))
    };
    let place = |per_ticket: i64| (id % per_ticket) as u32;
    Some(match base {
        Base::Fixed => return None,
        Base::Companies => Row::Company(company::CompanyRow::new(world, n::company_index(id)?)),
        Base::Contacts => Row::Contact(contact::ContactRow::new(world, n::person_index(id)?)),
        Base::Resources => {
            Row::Resource(resource::ResourceRow::new(world, n::technician_index(id)?))
        }
        Base::Tickets => Row::Ticket(ticket::TicketRow::new(world, ticket(1)?)),
        Base::Notes => Row::Note(note::NoteRow::new(
            world,
            ticket(NOTES_PER_TICKET)?,
            place(NOTES_PER_TICKET),
        )?),
        Base::TimeEntries => Row::TimeEntry(time_entry::TimeEntryRow::new(
            world,
            ticket(ENTRIES_PER_TICKET)?,
            place(ENTRIES_PER_TICKET),
        )?),
        Base::Opportunities => Row::Opportunity(opportunity::OpportunityRow::new(
            world,
            n::opportunity_number(id)?,
        )),
    })
}

/// The greatest id set aside for generated records.
pub fn last_id(world: &World, base: Base) -> Option<i64> {
    let tickets = i64::from(world.config.tickets);
    Some(match base {
        Base::Fixed => return None,
        Base::Companies => n::company_id(world.config.companies),
        Base::Contacts => n::contact_id(0) + i64::from(world.people()) - 1,
        Base::Resources => n::resource_id(technician::count(world) - 1),
        Base::Opportunities => n::opportunity_id(world.config.opportunities),
        Base::Tickets => tickets,
        Base::Notes => (tickets + 1) * NOTES_PER_TICKET - 1,
        Base::TimeEntries => (tickets + 1) * ENTRIES_PER_TICKET - 1,
    })
}

/// How many records have ids in a range.
pub fn count(world: &World, base: Base, first: i64, last: i64) -> u64 {
    match base {
        Base::Notes => count_of_tickets(world, first, last, NOTES_PER_TICKET, |ticket, place| {
            notes::note(world, ticket, place).is_some()
        }),
        Base::TimeEntries => {
            count_of_tickets(world, first, last, ENTRIES_PER_TICKET, |ticket, place| {
                work::work(world, ticket, place).is_some()
            })
        }
        _ => {
            let Some(low) = next_id(world, base, first, None) else {
                return 0;
            };
            let high = last_id(world, base).unwrap_or(0).min(last);
            // The MSP's own company has id 0, far below the others.
            if base == Base::Companies && low == 0 && last >= 0 {
                return 1 + u64::try_from(high - n::company_id(1) + 1).unwrap_or(0);
            }
            u64::try_from(high - low + 1).unwrap_or(0)
        }
    }
}

/// Counts children ticket by ticket, so that each ticket is made only once.
fn count_of_tickets(
    world: &World,
    first: i64,
    last: i64,
    per_ticket: i64,
    exists: impl Fn(&tickets::Ticket, u32) -> bool,
) -> u64 {
    let first = first.max(per_ticket);
    let last = last.min((i64::from(world.config.tickets) + 1) * per_ticket - 1);
    let mut count = 0;
    for number in first / per_ticket..=last / per_ticket {
        let Ok(number) = u32::try_from(number) else {
            break;
        };
        let ticket = tickets::ticket(world, number);
        let start = i64::from(number) * per_ticket;
        count += (first.max(start)..=last.min(start + per_ticket - 1))
            .filter(|id| exists(&ticket, (id % per_ticket) as u32))
            .count() as u64;
    }
    count
}

/// The first id whose record can have changed at `since` or later.
pub fn first_possible(world: &World, base: Base, since: i64) -> i64 {
    let Some(per_ticket) = per_ticket(base) else {
        return i64::MIN;
    };
    let number = world
        .arrivals
        .first_at_or_after(since.saturating_sub(LONGEST_LIFE));
    i64::from(number) * per_ticket
}

/// The last id whose record can have been made at `until` or earlier.
pub fn last_possible(world: &World, base: Base, until: i64) -> i64 {
    let Some(per_ticket) = per_ticket(base) else {
        return i64::MAX;
    };
    let number = world.arrivals.first_at_or_after(until.saturating_add(1));
    i64::from(number) * per_ticket - 1
}

fn per_ticket(base: Base) -> Option<i64> {
    match base {
        Base::Tickets => Some(1),
        Base::Notes => Some(NOTES_PER_TICKET),
        Base::TimeEntries => Some(ENTRIES_PER_TICKET),
        _ => None,
    }
}
