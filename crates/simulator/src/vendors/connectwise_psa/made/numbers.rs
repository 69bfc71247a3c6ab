//! The vendor's ids for things of the world. Each kind has its own range, so that a client that
//! mixes up two kinds of id is found out.

use crate::world::World;
use crate::world::listing::{company_number, person_number};
use crate::world::ticket::{Desk, Priority, Source, Status};

/// Added to the number of a company.
pub const COMPANIES: i64 = 250;
/// Added to the number of a company for its main site.
pub const SITES: i64 = 1_000;
/// Added to the number of a person.
pub const CONTACTS: i64 = 31_000;
/// Added to the number of a technician.
pub const MEMBERS: i64 = 150;
/// Added to the number of a ticket.
pub const TICKETS: i64 = 10_000;
/// Added to the number of a note.
pub const NOTES: i64 = 700_000;
/// Added to the number of a time entry.
pub const TIME_ENTRIES: i64 = 90_000;
/// Added to the number of an opportunity.
pub const OPPORTUNITIES: i64 = 2_000;
/// Added to the number of a company for its agreement.
pub const AGREEMENTS: i64 = 300;
/// The company that takes what nobody else wants.
pub const CATCH_ALL: i64 = 2;
/// Its site.
pub const CATCH_ALL_SITE: i64 = 999;

/// Company id; what the tool does not know belongs to the company that catches all.
pub fn company_id(world: &World, index: u32) -> i64 {
    if world.company_copies(index) == 0 {
        CATCH_ALL
    } else {
        company_number(index, 0) + COMPANIES
    }
}

/// Id of a company's main site.
pub fn site_id(world: &World, index: u32) -> i64 {
    match company_id(world, index) {
        CATCH_ALL => CATCH_ALL_SITE,
        id => id - COMPANIES + SITES,
    }
}

/// Contact id, when the tool knows the person.
pub fn contact_id(world: &World, index: u32) -> Option<i64> {
    (world.person_copies(index) > 0).then(|| person_number(index, 0) + CONTACTS)
}

/// Member id.
pub fn member_id(index: u32) -> i64 {
    i64::from(index) + MEMBERS
}

/// Boards in the order of their ids: name, desk that works there, whether in use, whether for
/// projects.
pub const BOARDS: [(&str, Option<Desk>, bool, bool); 8] = [
    ("Help Desk", Some(Desk::FirstLine), true, false),
    ("Monitoring Alerts", Some(Desk::Monitoring), true, false),
    ("Field Service", Some(Desk::Onsite), true, false),
    ("Security", Some(Desk::Security), true, false),
    ("Procurement & Licences", Some(Desk::Orders), true, false),
    ("Planned Changes", Some(Desk::Projects), true, false),
    ("Old Support (do not use)", None, false, false),
    ("Projects", None, true, true),
];

/// Board of a desk; second line works on the first line's board.
pub fn board(desk: Desk) -> i64 {
    let desk = if desk == Desk::SecondLine {
        Desk::FirstLine
    } else {
        desk
    };
    let place = BOARDS.iter().position(|b| b.1 == Some(desk));
    place.map_or(1, |place| place as i64 + 1)
}

/// Team of a desk.
pub fn team(desk: Desk) -> i64 {
    board(desk) * 10 + i64::from(desk == Desk::SecondLine) + 1
}

/// Statuses of a board: name, closed, level of escalation.
pub const STATUSES: [(&str, bool, &str); 12] = [
    ("New", false, "NotResponded"),
    ("In Progress", false, "Responded"),
    ("Waiting Client Response", false, "NoEscalation"),
    ("Waiting Third Party", false, "NoEscalation"),
    ("Waiting Parts", false, "ResolutionPlan"),
    ("Scheduled", false, "ResolutionPlan"),
    ("Escalated", false, "Responded"),
    ("On Hold", false, "NoEscalation"),
    ("Client Responded", false, "Responded"),
    (">Completed", true, "Resolved"),
    (">Closed", true, "Resolved"),
    ("Assigned (old)", false, "Responded"),
];

/// Id of a status on a board.
pub fn status(board: i64, status: Status) -> i64 {
    let place = match status {
        Status::New => 1,
        Status::InProgress => 2,
        Status::WaitingCustomer => 3,
        Status::WaitingVendor => 4,
        Status::WaitingMaterials => 5,
        Status::Scheduled => 6,
        Status::Escalated => 7,
        Status::OnHold => 8,
        Status::CustomerNoteAdded => 9,
        Status::Complete => 10,
    };
    board * 100 + place
}

/// Priority id.
pub fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Critical => 6,
        Priority::High => 7,
        Priority::Medium => 8,
        Priority::Low => 9,
    }
}

/// Source id.
pub fn source(source: Source) -> i64 {
    match source {
        Source::Email => 3,
        Source::Phone => 2,
        Source::Portal => 4,
        Source::Monitoring => 7,
        Source::Chat => 8,
        Source::InPerson => 5,
    }
}

/// Type of a ticket on a board: one for each area.
pub fn ticket_type(board: i64, area: usize) -> i64 {
    board * 50 + area as i64
}

/// Subtype of a ticket on a board: one for each problem.
pub fn sub_type(board: i64, problem: u16) -> i64 {
    board * 200 + i64::from(problem)
}

/// Id of the fixed record behind a chance in percent.
pub fn probability(chance: u32) -> i64 {
    i64::from(chance / 5) + 1
}
