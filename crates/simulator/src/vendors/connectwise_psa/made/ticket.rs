//! Service tickets.

use serde_json::{Value, json};

use super::numbers as n;
use super::{cut, getters, identifier};
use crate::records::value::Val;
use crate::world::company::is_served;
use crate::world::instant::{HOUR, midnight};
use crate::world::item::{Facts, Item};
use crate::world::person::person;
use crate::world::problem::Sort;
use crate::world::ticket::{Desk, Priority, Source, Ticket};
use crate::world::{World, wording};

fn weight(priority: Priority, high: bool) -> &'static str {
    match (priority, high) {
        (Priority::Critical, _) | (Priority::High, true) => "High",
        (Priority::High | Priority::Medium, _) => "Medium",
        (Priority::Low, _) => "Low",
    }
}

/// The person a ticket is for, as free text: also there when the tool has no such contact.
fn writer(world: &World, ticket: &Ticket) -> Option<(String, Option<String>, Option<String>)> {
    let index = ticket.person?;
    let person = person(world, index);
    let (first, last) = world.person_title(index, 0);
    let email = world.person_email(index, person.email.as_deref());
    Some((format!("{first} {last}"), email, person.phone))
}

/// The agreement of a company: those that are served have one.
pub fn agreement(world: &World, company: u32) -> Option<i64> {
    let served = company > 0 && company <= world.config.companies && is_served(world, company);
    (served && world.company_copies(company) > 0)
        .then(|| crate::world::listing::company_number(company, 0) + n::AGREEMENTS)
}

fn entered_by(item: &Item<'_>, ticket: &Ticket) -> String {
    match ticket.source {
        _ if ticket.by_client => "Email Connector".to_owned(),
        Source::Monitoring => "MonitoringAPI".to_owned(),
        _ => super::clerk(item),
    }
}

fn hours(ms: i64) -> f64 {
    (ms as f64 / HOUR as f64 * 100.0).round() / 100.0
}

fn custom(world: &World, ticket: &Ticket) -> Value {
    let room = (!ticket.number.is_multiple_of(3)).then(|| wording::room(world, ticket));
    let asset = ticket
        .number
        .is_multiple_of(5)
        .then(|| wording::asset(world, ticket));
    let login = format!("Hush-t{:07}", ticket.number);
    json!([{"id": 31, "value": room}, {"id": 32, "value": asset}, {"id": 33, "value": login}])
}

getters! { Facts::Ticket(t, problem), r;
    "id" => Val::Int(r.number + n::TICKETS),
    "summary" => Val::owned(cut(&wording::title(r.world, t), 100)),
    "recordType" => Val::text("ServiceTicket"),
    "board" => Val::Link(n::board(t.desk)),
    "status" => Val::Link(n::status(n::board(t.desk), t.status)),
    "workRole" => Val::Link(1),
    "workType" => Val::Link(1),
    "company" => Val::Link(n::company_id(r.world, t.company)),
    "site" => Val::Link(n::site_id(r.world, t.company)),
    "siteName" => Val::text("Main"),
    "contact" => Val::link(t.person.and_then(|p| n::contact_id(r.world, p))),
    "contactName" => writer(r.world, t).map_or(Val::Null, |w| Val::owned(cut(&w.0, 62))),
    "contactEmailAddress" => writer(r.world, t).and_then(|w| w.1).map_or(Val::Null, Val::owned),
    "contactPhoneNumber" => writer(r.world, t).and_then(|w| w.2).map_or(Val::Null, |p| Val::owned(cut(&p, 20))),
    "type" => Val::Link(n::ticket_type(n::board(t.desk), problem.area as usize)),
    "subType" => Val::Link(n::sub_type(n::board(t.desk), t.problem)),
    "team" => Val::Link(n::team(t.desk)),
    "owner" => Val::link(t.owner.map(n::member_id)),
    "priority" => Val::Link(n::priority(t.priority)),
    "serviceLocation" => Val::Link(if t.desk == Desk::Onsite { 1 } else { 2 }),
    "source" => Val::Link(n::source(t.source)),
    "requiredDate" => Val::Time(midnight(t.due)),
    "budgetHours" => Val::Num(f64::from(1 + t.number % 4) / 2.0),
    "agreement" => Val::link(agreement(r.world, t.company)),
    "severity" => Val::text(weight(t.priority, true)),
    "impact" => Val::text(weight(t.priority, false)),
    "allowAllClientsPortalView" => Val::Bool(t.number % 4 == 0),
    "customerUpdatedFlag" => Val::Bool(t.status == crate::world::ticket::Status::CustomerNoteAdded),
    "automaticEmailContactFlag" => Val::Bool(problem.sort != Sort::Alert),
    "automaticEmailResourceFlag" => Val::Bool(false),
    "automaticEmailCcFlag" => Val::Bool(false),
    "closedDate" => Val::time(t.closed),
    "closedBy" => t.closed.map_or(Val::Null, |_| Val::owned(identifier(r.world, t.owner.unwrap_or(0)))),
    "closedFlag" => Val::Bool(t.closed.is_some()),
    "actualHours" => Val::Num(hours((t.touched - t.created).min(6 * HOUR))),
    "approved" => Val::Bool(true),
    "dateResolved" => Val::time(t.closed),
    "dateResponded" => Val::time(t.answered),
    "isInSla" => Val::Bool(t.closed.unwrap_or(r.world.base_ms) <= t.due),
    "resources" => t.owner.map_or(Val::Null, |o| Val::owned(identifier(r.world, o))),
    "hasChildTicket" => Val::Bool(false),
    "hasMergedChildTicketFlag" => Val::Bool(false),
    "billTime" => Val::text("Billable"),
    "billExpenses" => Val::text("Billable"),
    "billProducts" => Val::text("Billable"),
    "location" => Val::Link(1),
    "department" => Val::Link(1),
    "requestForChangeFlag" => Val::Bool(problem.sort == Sort::Change),
    "customFields" => Val::Tree(custom(r.world, t)),
    "enteredBy" => Val::owned(entered_by(r, t)),
    "updatedBy" => Val::owned(identifier(r.world, t.owner.unwrap_or(0))),
}
