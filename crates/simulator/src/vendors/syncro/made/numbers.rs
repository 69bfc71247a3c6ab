//! The vendor's ids for things of the world. Each kind has its own range, so that a client that
//! mixes up two kinds of id is found out; a ticket's number is not its id.

use crate::world::World;
use crate::world::company::is_served;
use crate::world::listing::{company_number, person_number};

/// Added to the number of a company.
pub const CUSTOMERS: i64 = 34_288_000;
/// Added to the number of a person.
pub const CONTACTS: i64 = 4_378_000;
/// Added to the number of a technician.
pub const USERS: i64 = 98_100;
/// Added to the number of a ticket for its id.
pub const TICKETS: i64 = 108_440_000;
/// Added to the number of a ticket for the number that people see.
pub const TICKET_NUMBERS: i64 = 4_100;
/// Added to the number of a note.
pub const COMMENTS: i64 = 371_000_000;
/// Added to the number of a comment of the ticket that was talked about at length.
pub const TALK: i64 = 1_900_000_000;
/// The number of that ticket.
pub const LONG_TALK: u32 = 12;
/// Added to the number of an opportunity.
pub const LEADS: i64 = 2_210_000;
/// The first asset.
pub const ASSETS: i64 = 12_310_001;
/// The first ticket type.
pub const TICKET_TYPES: i64 = 31_801;
/// Added to the number of a company for its contract.
pub const CONTRACTS: i64 = 5_100;
/// The account.
pub const ACCOUNT: i64 = 20_417;
/// The customer that every account has for people who walk in.
pub const WALK_IN: i64 = 34_287_900;

/// Customer id; what the tool does not know walked in.
pub fn customer_id(world: &World, index: u32) -> i64 {
    if world.company_copies(index) == 0 {
        WALK_IN
    } else {
        company_number(index, 0) + CUSTOMERS
    }
}

/// Contract id of a company that is looked after.
pub fn contract_id(world: &World, index: u32) -> Option<i64> {
    let known = (1..=world.config.companies).contains(&index) && world.company_copies(index) > 0;
    (known && is_served(world, index)).then(|| i64::from(index) + CONTRACTS)
}

/// Contact id, when the tool knows the person.
pub fn contact_id(world: &World, index: u32) -> Option<i64> {
    (world.person_copies(index) > 0).then(|| person_number(index, 0) + CONTACTS)
}

/// User id.
pub fn user_id(index: u32) -> i64 {
    i64::from(index) + USERS
}
