//! Time that technicians spent on tickets.

use super::World;
use super::dice::{Dice, Purpose};
use super::instant::{HOUR, MINUTE};
use super::ticket::Ticket;

/// An entry without its words.
pub struct Work {
    /// Its place among those of the ticket, from 0.
    pub place: u32,
    /// Who worked.
    pub technician: u32,
    /// From when.
    pub start: i64,
    /// Until when.
    pub end: i64,
    /// Whether the client pays for it.
    pub billable: bool,
    /// Draws for the words.
    pub words: Dice,
}

/// The entry at a place, when it is there.
pub fn work(world: &World, ticket: &Ticket, place: u32) -> Option<Work> {
    let number = u64::from(ticket.number) << 3;
    let mut dice = Dice::new(world.desk_seed, Purpose::Work, number);
    let planned = dice.weighted(&[22, 55, 17, 6]) as u32;
    if place >= planned {
        return None;
    }
    let mut dice = Dice::new(
        world.desk_seed,
        Purpose::Work,
        number | u64::from(place + 1),
    );
    let technician = ticket
        .owner
        .unwrap_or(ticket.number % world.config.technicians);
    let technician = if dice.percent(12) {
        dice.below(world.config.technicians)
    } else {
        technician
    };
    let quarters = 1 + dice.weighted(&[38, 27, 14, 8, 5, 3, 2, 2, 1]) as i64;
    let share = (f64::from(place) + dice.share() * 0.6) / f64::from(planned);
    let start = ticket.created + (ticket.life as f64 * share) as i64;
    // The work ends when the ticket does, at the latest.
    let end = (start + quarters * HOUR / 4).min(ticket.created + ticket.life);
    let start = (end - quarters * HOUR / 4).max(ticket.created) / MINUTE * MINUTE;
    let end = end.max(start + MINUTE);
    (end <= world.base_ms && end <= ticket.touched.max(start)).then_some(Work {
        place,
        technician,
        start,
        end,
        billable: dice.percent(35),
        words: dice,
    })
}
