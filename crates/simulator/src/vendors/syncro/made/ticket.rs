//! Tickets. Status, problem type and priority are texts; the report is the first comment.

use serde_json::{Value, json};

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::problem::{Area, Problem, Sort};
use crate::world::technician::name;
use crate::world::ticket::{Priority, Source, Status, Ticket};
use crate::world::{World, wording};

/// Statuses in the order of the settings, and whether they close a ticket: those of a new account
/// and two of this MSP.
pub const STATUSES: [(&str, bool); 10] = [
    ("New", false),
    ("In Progress", false),
    ("Resolved", true),
    ("Invoiced", true),
    ("Waiting for Parts", false),
    ("Waiting on Customer", false),
    ("Scheduled", false),
    ("Customer Reply", false),
    ("On Hold", false),
    ("Waiting on Vendor", false),
];

/// Problem types: those of a new account and two of this MSP.
pub const PROBLEM_TYPES: [&str; 7] = [
    "Virus",
    "TuneUp",
    "Hardware",
    "Software",
    "Other",
    "Network",
    "Accounts & Access",
];

/// Ticket types.
pub const TICKET_TYPES: [&str; 3] = ["Incident", "Service Request", "Planned Work"];

fn status(ticket: &Ticket) -> &'static str {
    match ticket.status {
        Status::New => "New",
        Status::InProgress | Status::Escalated => "In Progress",
        Status::WaitingCustomer => "Waiting on Customer",
        Status::WaitingVendor => "Waiting on Vendor",
        Status::WaitingMaterials => "Waiting for Parts",
        Status::Scheduled => "Scheduled",
        Status::OnHold => "On Hold",
        Status::CustomerNoteAdded => "Customer Reply",
        Status::Complete if ticket.number.is_multiple_of(5) => "Invoiced",
        Status::Complete => "Resolved",
    }
}

fn problem_type(problem: &Problem) -> &'static str {
    match (problem.sort, problem.area) {
        (Sort::Change, _) => "TuneUp",
        (_, Area::Security) => "Virus",
        (_, Area::Hardware | Area::Printing | Area::Servers | Area::Telephony) => "Hardware",
        (_, Area::Software | Area::Email | Area::Cloud | Area::Backup) => "Software",
        (_, Area::Network) => "Network",
        (_, Area::Accounts | Area::People) => "Accounts & Access",
        (_, Area::Purchasing) => "Other",
    }
}

/// Most tickets have one of the account's priorities; some came with a text of their own or none.
fn priority(ticket: &Ticket) -> Option<&'static str> {
    match (ticket.number % 41, ticket.number % 53, ticket.priority) {
        (7, ..) => Some("High"),
        (_, 11, _) => None,
        (.., Priority::Critical) => Some("0 Urgent"),
        (.., Priority::High) => Some("1 High"),
        (.., Priority::Medium) => Some("2 Normal"),
        (.., Priority::Low) => Some("3 Low"),
    }
}

fn ticket_type(problem: &Problem) -> i64 {
    n::TICKET_TYPES
        + match problem.sort {
            Sort::Incident | Sort::Alert | Sort::Cause => 0,
            Sort::Request => 1,
            Sort::Change => 2,
        }
}

/// Custom fields of the ticket type.
fn properties(world: &World, ticket: &Ticket) -> Value {
    let mut properties = json!({});
    if !ticket.number.is_multiple_of(3) {
        properties["Room"] = wording::room(world, ticket).into();
    }
    if ticket.number.is_multiple_of(5) {
        properties["Asset Tag"] = wording::asset(world, ticket).into();
    }
    properties
}

fn creator(item: &Item<'_>, ticket: &Ticket) -> String {
    match (ticket.by_client, ticket.person, ticket.source) {
        (true, Some(person), _) => {
            let (first, last) = item.world.person_title(person, 0);
            format!("{first} {last}")
        }
        (.., Source::Monitoring) => "Syncro Monitoring".to_owned(),
        _ => {
            let (first, last) = name(item.world, ticket.number % item.world.config.technicians);
            format!("{first} {last}")
        }
    }
}

getters! { Facts::Ticket(t, problem), r;
    "id" => Val::Int(r.number + n::TICKETS),
    "number" => Val::Int(r.number + n::TICKET_NUMBERS),
    "subject" => Val::owned(wording::title(r.world, t)),
    "customer_id" => Val::Int(n::customer_id(r.world, t.company)),
    "contact_id" => Val::int(t.person.and_then(|p| n::contact_id(r.world, p))),
    "user_id" => Val::int(t.owner.map(n::user_id)),
    "due_date" => Val::Time(t.due),
    "resolved_at" => Val::time(t.closed),
    "problem_type" => Val::text(problem_type(problem)),
    "status" => Val::text(status(t)),
    "ticket_type_id" => Val::Int(ticket_type(problem)),
    "properties" => Val::Tree(properties(r.world, t)),
    "priority" => Val::maybe(priority(t)),
    "billing_status" => if t.closed.is_some() { Val::text("Ready to Invoice") } else { Val::Null },
    "tag_list" => Val::Tree(if t.number.is_multiple_of(16) { json!(["vip"]) } else { json!([]) }),
    "creator_name_or_email" => Val::owned(creator(r, t)),
    "parent" | "child" | "recurring" => Val::Bool(false),
    "contract_id" => Val::int(n::contract_id(r.world, t.company)),
    "sla_id" => Val::int(n::contract_id(r.world, t.company).map(|id| 1 + id % 2)),
    "customer_reply" => Val::Bool(t.status == Status::CustomerNoteAdded),
    "asset_ids" | "attachments" => Val::Tree(json!([])),
}
