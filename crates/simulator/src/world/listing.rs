//! What a tool lists, each kind with its own numbers: which numbers there are, what stands behind
//! one, and where to look for what changed since an instant.
//!
//! A vendor adds an offset to a number to make its id. Numbers have gaps, as ids of real tools do.

use super::item::{Facts, Item};
use super::problem::problem;
use super::ticket::LONGEST_LIFE;
use super::{World, company, note, opportunity, person, technician, ticket, work};

/// Numbers set aside for the copies of one company or person.
const COPIES: i64 = 2;
/// Numbers set aside for the notes, and for the time entries, of one ticket.
const PER_TICKET: i64 = 8;

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Companies; the MSP itself is number 0.
    Companies,
    /// People at companies.
    People,
    /// The MSP's staff.
    Technicians,
    /// Tickets.
    Tickets,
    /// The conversation of tickets: first the report, then the notes.
    Notes,
    /// Time spent on tickets.
    Work,
    /// Sales opportunities.
    Opportunities,
}

/// The number of a company's copy.
pub fn company_number(index: u32, copy: u32) -> i64 {
    i64::from(index) * COPIES + i64::from(copy)
}

/// The number of a person's copy.
pub fn person_number(index: u32, copy: u32) -> i64 {
    i64::from(index) * COPIES + i64::from(copy)
}

impl World {
    /// The greatest number that a kind can have.
    pub fn last(&self, listing: Listing) -> i64 {
        let tickets = i64::from(self.config.tickets);
        match listing {
            Listing::Companies => i64::from(self.config.companies) * COPIES + 1,
            Listing::People => i64::from(self.people()) * COPIES - 1,
            Listing::Technicians => i64::from(technician::count(self)) - 1,
            Listing::Tickets => tickets,
            Listing::Notes | Listing::Work => (tickets + 1) * PER_TICKET - 1,
            Listing::Opportunities => i64::from(self.config.opportunities),
        }
    }

    /// Whether a kind has a number.
    pub fn has(&self, listing: Listing, number: i64) -> bool {
        self.next(listing, number, None) == Some(number)
    }

    /// The first number at `from` or later. With `since`, parts of tickets where nothing happened
    /// since then may be left out.
    pub fn next(&self, listing: Listing, from: i64, since: Option<i64>) -> Option<i64> {
        let last = self.last(listing);
        let plain = |first: i64| Some(from.max(first)).filter(|number| *number <= last);
        match listing {
            Listing::Companies => self.next_copy(from, last, Self::company_copies),
            Listing::People => self.next_copy(from, last, Self::person_copies),
            Listing::Technicians => plain(0),
            Listing::Tickets | Listing::Opportunities => plain(1),
            Listing::Notes => self.next_of_ticket(from, since, |ticket, place| match place {
                0 => true,
                _ => note::note(self, ticket, place - 1).is_some(),
            }),
            Listing::Work => self.next_of_ticket(from, since, |ticket, place| {
                work::work(self, ticket, place).is_some()
            }),
        }
    }

    fn next_copy(&self, from: i64, last: i64, copies: impl Fn(&Self, u32) -> u32) -> Option<i64> {
        let mut number = from.max(0);
        while number <= last {
            let index = u32::try_from(number / COPIES).ok()?;
            let copies = i64::from(copies(self, index));
            if number % COPIES < copies {
                return Some(number);
            }
            number = (i64::from(index) + 1) * COPIES;
        }
        None
    }

    fn next_of_ticket(
        &self,
        from: i64,
        since: Option<i64>,
        exists: impl Fn(&ticket::Ticket, u32) -> bool,
    ) -> Option<i64> {
        let mut number = from.max(PER_TICKET);
        loop {
            let of_ticket = u32::try_from(number / PER_TICKET).ok()?;
            if of_ticket > self.config.tickets {
                return None;
            }
            let end = (i64::from(of_ticket) + 1) * PER_TICKET;
            let ticket = ticket::ticket(self, of_ticket);
            if since.is_some_and(|since| ticket.touched < since) {
                number = end;
                continue;
            }
            while number < end {
                if exists(&ticket, (number % PER_TICKET) as u32) {
                    return Some(number);
                }
                number += 1;
            }
        }
    }

    /// What stands behind a number that [`World::has`].
    pub fn item(&self, listing: Listing, number: i64) -> Option<Item<'_>> {
        let index = |per: i64| u32::try_from(number / per).ok();
        let copy = (number % COPIES) as u32;
        let ticket_of = |per: i64| {
            let number = index(per)?;
            (1..=self.config.tickets)
                .contains(&number)
                .then(|| ticket::ticket(self, number))
        };
        let place = (number % PER_TICKET) as u32;
        let facts = match listing {
            Listing::Companies => {
                let mut company = company::company(self, index(COPIES)?);
                company.name = self.company_title(company.index, copy);
                Facts::Company(company, copy)
            }
            Listing::People => Facts::Person(person::person(self, index(COPIES)?), copy),
            Listing::Technicians => Facts::Technician(technician::technician(self, index(1)?)),
            Listing::Tickets => {
                let ticket = ticket_of(1)?;
                let problem = problem(ticket.problem);
                Facts::Ticket(ticket, problem)
            }
            Listing::Notes if place == 0 => Facts::Report(ticket_of(PER_TICKET)?),
            Listing::Notes => {
                let ticket = ticket_of(PER_TICKET)?;
                let note = note::note(self, &ticket, place - 1)?;
                Facts::Note(ticket, note)
            }
            Listing::Work => {
                let ticket = ticket_of(PER_TICKET)?;
                let work = work::work(self, &ticket, place)?;
                Facts::Work(ticket, work)
            }
            Listing::Opportunities => Facts::Opportunity(opportunity::opportunity(self, index(1)?)),
        };
        Some(Item::new(self, number, facts))
    }

    /// The first number whose thing can have changed at `since` or later.
    pub fn first_changed(&self, listing: Listing, since: i64) -> i64 {
        let Some(per_ticket) = per_ticket(listing) else {
            return i64::MIN;
        };
        let earliest = since.saturating_sub(LONGEST_LIFE);
        i64::from(self.arrivals.first_at_or_after(earliest)) * per_ticket
    }

    /// The last number whose thing can have been made at `until` or earlier.
    pub fn last_made(&self, listing: Listing, until: i64) -> i64 {
        let Some(per_ticket) = per_ticket(listing) else {
            return i64::MAX;
        };
        let number = self.arrivals.first_at_or_after(until.saturating_add(1));
        i64::from(number) * per_ticket - 1
    }

    /// The numbers that the children of a thing have: notes and work of a ticket, people of a
    /// company.
    pub fn span(&self, listing: Listing, parent: i64) -> (i64, i64) {
        let per_company = i64::from(self.config.contacts_per_company);
        match listing {
            Listing::Notes | Listing::Work => {
                let first = parent.saturating_mul(PER_TICKET);
                (first, first.saturating_add(PER_TICKET - 1))
            }
            // Everybody belongs to the first copy of a company.
            Listing::People if parent >= COPIES && parent % COPIES == 0 => {
                let first = (parent / COPIES - 1).saturating_mul(per_company * COPIES);
                (first, first.saturating_add(per_company * COPIES - 1))
            }
            _ => (1, 0),
        }
    }
}

fn per_ticket(listing: Listing) -> Option<i64> {
    match listing {
        Listing::Tickets => Some(1),
        Listing::Notes | Listing::Work => Some(PER_TICKET),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WorldConfig;
    use crate::world::tool::Tool;

    fn world(tool: Tool) -> World {
        World::new(WorldConfig::default(), 1_772_452_800_000, tool)
    }

    fn numbers(world: &World, listing: Listing) -> Vec<i64> {
        let mut all = Vec::new();
        let mut from = 0;
        while let Some(number) = world.next(listing, from, None) {
            all.push(number);
            from = number + 1;
        }
        all
    }

    #[test]
    fn a_tool_misses_some_and_doubles_some() {
        let world = world(Tool::new("another", 1));
        let copies: Vec<u32> = (0..=40).map(|i| world.company_copies(i)).collect();
        assert!(copies.contains(&0) && copies.contains(&2), "{copies:?}");
        assert_eq!(copies[0], 1);
        let total: u32 = copies.iter().sum();
        assert_eq!(numbers(&world, Listing::Companies).len(), total as usize);
        let doubled = (0..=40).find(|i| world.company_copies(*i) == 2).unwrap();
        assert_ne!(
            world.company_title(doubled, 0),
            world.company_title(doubled, 1)
        );
    }

    #[test]
    fn the_first_tool_knows_everybody_by_name() {
        let world = world(Tool::new("first", 0));
        for index in 0..=40 {
            assert_eq!(world.company_copies(index), 1);
            assert_eq!(
                world.company_title(index, 0),
                company::company(&world, index).name
            );
        }
        assert_eq!(world.desk_seed, world.config.seed);
    }

    #[test]
    fn tickets_are_for_companies_the_tool_knows() {
        let world = world(Tool::new("another", 1));
        let other = self::world(Tool::new("first", 0));
        let mut different = 0;
        for number in 1..=500 {
            let ticket = ticket::ticket(&world, number);
            assert!(
                ticket.company > world.config.companies || world.company_copies(ticket.company) > 0
            );
            different += u32::from(ticket.problem != ticket::ticket(&other, number).problem);
        }
        assert!(different > 300, "{different}");
    }

    #[test]
    fn children_lie_in_the_span_of_their_parent() {
        let world = world(Tool::new("another", 1));
        for number in numbers(&world, Listing::People).into_iter().take(200) {
            let Some(Facts::Person(person, _)) =
                world.item(Listing::People, number).map(|i| i.facts)
            else {
                panic!("no person {number}");
            };
            let (low, high) = world.span(Listing::People, company_number(person.company, 0));
            assert!((low..=high).contains(&number));
        }
        let (low, high) = world.span(Listing::Notes, 7);
        assert!(world.has(Listing::Notes, low) && high == low + 7);
    }
}
