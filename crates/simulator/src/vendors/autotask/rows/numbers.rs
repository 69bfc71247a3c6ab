//! The vendor's numbers for things of the world. Each kind has its own range, so that a client
//! that mixes up two kinds of id is found out.

use crate::world::problem::Sort;
use crate::world::ticket::{Desk, Priority, Source, Status};

const FIRST_COMPANY: i64 = 173;
const FIRST_CONTACT: i64 = 30_682;
const FIRST_RESOURCE: i64 = 29_682_885;
const FIRST_OPPORTUNITY: i64 = 1_000;
/// Ids set aside for the notes of one ticket.
pub const NOTES_PER_TICKET: i64 = 8;
/// Ids set aside for the time entries of one ticket.
pub const ENTRIES_PER_TICKET: i64 = 4;

/// Company id; the MSP is 0.
pub fn company_id(index: u32) -> i64 {
    if index == 0 {
        0
    } else {
        FIRST_COMPANY + i64::from(index)
    }
}

/// The company with an id.
pub fn company_index(id: i64) -> Option<u32> {
    if id == 0 {
        return Some(0);
    }
    u32::try_from(id - FIRST_COMPANY)
        .ok()
        .filter(|index| *index > 0)
}

/// Contact id.
pub fn contact_id(index: u32) -> i64 {
    FIRST_CONTACT + i64::from(index)
}

/// The person with an id.
pub fn person_index(id: i64) -> Option<u32> {
    u32::try_from(id - FIRST_CONTACT).ok()
}

/// Resource id.
pub fn resource_id(index: u32) -> i64 {
    FIRST_RESOURCE + i64::from(index)
}

/// The technician with an id.
pub fn technician_index(id: i64) -> Option<u32> {
    u32::try_from(id - FIRST_RESOURCE).ok()
}

/// Opportunity id.
pub fn opportunity_id(number: u32) -> i64 {
    FIRST_OPPORTUNITY + i64::from(number)
}

/// The opportunity with an id.
pub fn opportunity_number(id: i64) -> Option<u32> {
    u32::try_from(id - FIRST_OPPORTUNITY)
        .ok()
        .filter(|n| *n > 0)
}

/// The role of a technician: id of the role.
pub fn role_id(role: u32) -> i64 {
    29_683_396 + i64::from(role)
}

/// Value of `status`.
pub fn status(status: Status) -> i64 {
    match status {
        Status::New => 1,
        Status::InProgress => 8,
        Status::WaitingCustomer => 7,
        Status::WaitingVendor => 12,
        Status::WaitingMaterials => 9,
        Status::Scheduled => 10,
        Status::Escalated => 11,
        Status::OnHold => 17,
        Status::CustomerNoteAdded => 19,
        Status::Complete => 5,
    }
}

/// Value of `priority`.
pub fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Critical => 4,
        Priority::High => 1,
        Priority::Medium => 2,
        Priority::Low => 3,
    }
}

/// Value of `source`.
pub fn source(source: Source) -> i64 {
    match source {
        Source::Email => 4,
        Source::Phone => 2,
        Source::Portal => 1,
        Source::Monitoring => 8,
        Source::Chat => 11,
        Source::InPerson => 6,
    }
}

/// Value of `queueID`.
pub fn queue(desk: Desk) -> i64 {
    match desk {
        Desk::FirstLine => 29_682_833,
        Desk::SecondLine => 29_682_969,
        Desk::Monitoring => 8,
        Desk::Onsite => 5,
        Desk::Security => 29_683_481,
        Desk::Orders => 29_683_354,
        Desk::Projects => 29_683_356,
    }
}

/// Value of `ticketType`.
pub fn ticket_type(sort: Sort) -> i64 {
    match sort {
        Sort::Request => 1,
        Sort::Incident => 2,
        Sort::Cause => 3,
        Sort::Change => 4,
        Sort::Alert => 5,
    }
}

/// Value of `countryID`.
pub fn country_id(code: &str) -> i64 {
    match code {
        "GB" => 236,
        "IE" => 107,
        "DE" => 82,
        "CH" => 214,
        "FR" => 75,
        "ES" => 207,
        _ => 213,
    }
}
