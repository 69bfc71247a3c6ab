//! The vendor's ids for things of the world, and the choices that tickets are made of.

use crate::world::World;
use crate::world::listing::{company_number, person_number};
use crate::world::problem::Sort;
use crate::world::ticket::{Desk, Priority, Source, Status, Ticket};

/// Added to the number of a company.
pub const CLIENTS: i64 = 11;
/// Added to the number of a company for its main site.
pub const SITES: i64 = 57;
/// Added to the number of a person.
pub const USERS: i64 = 310;
/// Added to the number of a technician; 1 is the agent that means nobody.
pub const AGENTS: i64 = 3;
/// Added to the number of a ticket. Sales share the range of numbers and come before.
pub const TICKETS: i64 = 1_000_000;
/// Added to the number of a sale.
pub const OPPORTUNITIES: i64 = 500;
/// Added to the number of a ticket that was deleted.
pub const DELETED: i64 = 900_000;
/// Projects begin behind this.
pub const PROJECTS: i64 = 400_000_000;
/// The client, site and user that take what nobody else wants.
pub const UNKNOWN: i64 = 1;
/// The client that has no site.
pub const WITHOUT_SITE: i64 = 2;
/// The agent that means nobody.
pub const UNASSIGNED: i64 = 1;
/// The type of sales.
pub const SALES_TYPE: i64 = 30;
/// The type of projects.
pub const PROJECT_TYPE: i64 = 22;

/// Client id; what the tool does not know belongs to the unknown client.
pub fn client_id(world: &World, index: u32) -> i64 {
    if world.company_copies(index) == 0 {
        UNKNOWN
    } else {
        company_number(index, 0) + CLIENTS
    }
}

/// Id of a company's main site.
pub fn site_id(world: &World, index: u32) -> i64 {
    match client_id(world, index) {
        UNKNOWN => UNKNOWN,
        id => id - CLIENTS + SITES,
    }
}

/// User id, when the tool knows the person.
pub fn user_id(world: &World, index: u32) -> Option<i64> {
    (world.person_copies(index) > 0).then(|| person_number(index, 0) + USERS)
}

/// Agent id.
pub fn agent_id(index: u32) -> i64 {
    i64::from(index) + AGENTS
}

/// Teams in the order of their ids: name, desk that works there, for sales, in use.
pub const TEAMS: [(&str, Option<Desk>, bool, bool); 9] = [
    ("1st Line Support", Some(Desk::FirstLine), false, true),
    ("2nd Line Support", Some(Desk::SecondLine), false, true),
    ("Monitoring", Some(Desk::Monitoring), false, true),
    ("Field Engineers", Some(Desk::Onsite), false, true),
    ("Security", Some(Desk::Security), false, true),
    ("Procurement", Some(Desk::Orders), false, true),
    ("Changes & Projects", Some(Desk::Projects), false, true),
    ("Sales", None, true, true),
    ("Helpdesk (old)", None, false, false),
];

/// Name of the team of a desk: tickets carry the name, not the id.
pub fn team(desk: Desk) -> &'static str {
    let found = TEAMS.iter().find(|team| team.1 == Some(desk));
    found.map_or(TEAMS[0].0, |team| team.0)
}

/// Statuses: id, name, whether a ticket in it is closed.
pub const STATUSES: [(i64, &str, bool); 16] = [
    (1, "New", false),
    (2, "In Progress", false),
    (3, "Action Required", false),
    (4, "With User", false),
    (5, "With Supplier", false),
    (8, "Completed", true),
    (9, "Closed", true),
    (21, "Updated", false),
    (22, "Awaiting Parts", false),
    (23, "On Hold", false),
    (24, "Scheduled", false),
    (25, "Escalated", false),
    (31, "Qualification", false),
    (32, "Proposal Sent", false),
    (33, "Won", true),
    (34, "Lost", true),
];

/// Status of a ticket of the world.
pub fn status(ticket: &Ticket) -> i64 {
    match ticket.status {
        Status::New => 1,
        Status::InProgress => 2,
        Status::WaitingCustomer => 4,
        Status::WaitingVendor => 5,
        Status::WaitingMaterials => 22,
        Status::Scheduled => 24,
        Status::Escalated => 25,
        Status::OnHold => 23,
        Status::CustomerNoteAdded => 21,
        Status::Complete if ticket.number.is_multiple_of(4) => 8,
        Status::Complete => 9,
    }
}

/// Whether a status is one of opportunities, which are tickets of another domain.
pub const fn is_sales_status(status: i64) -> bool {
    matches!(status, 31..=34)
}

/// Whether a status closes a ticket, as far as the product itself knows.
pub fn closes(status: i64) -> bool {
    STATUSES
        .iter()
        .any(|(id, _, closes)| *id == status && *closes)
}

/// Type of a ticket.
pub fn ticket_type(sort: Sort) -> i64 {
    match sort {
        Sort::Incident => 1,
        Sort::Change => 2,
        Sort::Request => 3,
        Sort::Cause => 4,
        Sort::Alert => 25,
    }
}

/// Priority, the same number within every SLA.
pub fn priority(priority: Priority) -> i64 {
    match priority {
        Priority::Critical => 1,
        Priority::High => 2,
        Priority::Medium => 3,
        Priority::Low => 4,
    }
}

/// Impact or urgency: 1 is the highest.
pub fn weight(priority: Priority) -> i64 {
    priority_weight(self::priority(priority))
}

fn priority_weight(priority: i64) -> i64 {
    (priority - 1).clamp(1, 3)
}

/// Request source.
pub fn source(source: Source) -> i64 {
    match source {
        Source::Email => 0,
        Source::Phone => 1,
        Source::Portal => 2,
        Source::InPerson => 3,
        Source::Monitoring => 4,
        Source::Chat => 5,
    }
}

/// Id of the first category of a problem.
pub fn category(problem: u16) -> i64 {
    200 + i64::from(problem)
}

/// The name of a priority.
pub const PRIORITIES: [&str; 4] = ["Critical", "High", "Medium", "Low"];
/// SLAs in the order of their ids.
pub const SLAS: [&str; 2] = ["Standard SLA", "Premium SLA"];
