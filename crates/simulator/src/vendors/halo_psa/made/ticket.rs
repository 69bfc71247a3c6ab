//! Tickets.

use serde_json::{Value, json};

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::company::{company, is_served};
use crate::world::instant::HOUR;
use crate::world::item::Facts;
use crate::world::person::person;
use crate::world::problem::{Area, Problem};
use crate::world::ticket::{Status, Ticket, ticket as made};
use crate::world::{World, wording};

/// The SLA of a client.
fn sla(world: &World, index: u32) -> i64 {
    let premium = index > 0 && index <= world.config.companies && company(world, index).tier == 0;
    if premium { 2 } else { 1 }
}

/// The contract of a client, by id and reference: those that are served have one.
fn contract(world: &World, index: u32) -> Option<(i64, &'static str)> {
    let served = index > 0 && index <= world.config.companies && is_served(world, index);
    served.then(|| {
        let kind = (company(world, index).tier % 3) as usize;
        let name = ["Managed Support", "Prepaid Hours", "Hosting"][kind];
        (400 + i64::from(index), name)
    })
}

/// The person a ticket is for, as text: also there when the tool has no such user.
fn writer(world: &World, ticket: &Ticket) -> Option<(String, Option<String>)> {
    let index = ticket.person?;
    let (first, last) = world.person_title(index, 0);
    let email = world.person_email(index, person(world, index).email.as_deref());
    Some((format!("{first} {last}"), email))
}

/// The first category: area and detail in one text.
pub fn category(problem: &Problem) -> String {
    let area = Area::ALL[problem.area as usize].1;
    format!("{area}>{}", problem.detail)
}

/// The ticket that a ticket was merged into: some that are closed were about what another one of the client is about.
fn merged_into(world: &World, ticket: &Ticket) -> Option<u32> {
    if ticket.number % 71 != 5 || ticket.closed.is_none() {
        return None;
    }
    let mut before = (1..ticket.number).rev().take(60);
    before.find(|number| made(world, *number).company == ticket.company)
}

fn custom(world: &World, ticket: &Ticket) -> Value {
    if ticket.number.is_multiple_of(3) {
        return json!([]);
    }
    let room = wording::room(world, ticket);
    json!([{"id": 141, "name": "CFRoom", "label": "Room", "type": 0, "value": room, "display": room}])
}

getters! { Facts::Ticket(t, problem), r;
    "id" => Val::Int(r.number + n::TICKETS),
    "dateoccurred" | "datecreated" => Val::Time(t.created),
    "summary" => Val::owned(wording::title(r.world, t)),
    "details" => Val::owned(wording::description(r.world, t)),
    "status_id" => Val::Link(n::status(t)),
    "tickettype_id" => Val::Link(n::ticket_type(problem.sort)),
    "sla_id" => Val::Link(sla(r.world, t.company)),
    "priority_id" => Val::Int(n::priority(t.priority)),
    "client_id" => Val::Link(n::client_id(r.world, t.company)),
    "site_id" => Val::Link(n::site_id(r.world, t.company)),
    "user_id" => Val::link(t.person.and_then(|p| n::user_id(r.world, p))),
    "user_name" | "reportedby" => writer(r.world, t).map_or(Val::Null, |w| Val::owned(w.0)),
    "user_email" => writer(r.world, t).and_then(|w| w.1).map_or(Val::Null, Val::owned),
    "team" => Val::text(n::team(t.desk)),
    "agent_id" => Val::Link(t.owner.map_or(n::UNASSIGNED, n::agent_id)),
    "category_1" => Val::owned(category(problem)),
    "categoryid_1" => Val::Int(n::category(t.problem)),
    "timetaken" => Val::Num(((t.touched - t.created).min(6 * HOUR) as f64 / HOUR as f64 * 100.0).round() / 100.0),
    "flagged" | "excludefromsla" | "inactive" => Val::Bool(false),
    "onhold" => Val::Bool(t.status == Status::OnHold),
    "respondbydate" => Val::Time((t.due + t.created) / 2),
    "fixbydate" | "deadlinedate" => Val::Time(t.due),
    "dateclosed" | "date_fully_closed" => Val::time(t.closed),
    "dateassigned" => Val::time(t.owner.map(|_| t.created)),
    "slaresponsestate" => Val::text(if t.closed.unwrap_or(r.world.base_ms) <= t.due { "I" } else { "O" }),
    "lastactiondate" | "last_update" => Val::Time(t.touched),
    "hasbeenclosed" => Val::Bool(t.closed.is_some()),
    "impact" | "urgency" => Val::Int(n::weight(t.priority)),
    "source" => Val::Int(n::source(t.source)),
    "contract_id" => Val::Int(contract(r.world, t.company).map_or(0, |(id, _)| id)),
    "contract_ref" => contract(r.world, t.company).map_or(Val::Null, |(_, name)| Val::text(name)),
    "use" => Val::text("ticket"),
    "itil_requesttype_id" => Val::Int(match n::ticket_type(problem.sort) { 25 => 1, other => other }),
    "created_by" => Val::text(if t.by_client { "Email" } else { "Agent" }),
    "merged_into_id" => match merged_into(r.world, t) {
        Some(into) => Val::Int(i64::from(into) + n::TICKETS),
        None => Val::Null,
    },
    "is_opportunity" | "is_project" | "deleted" => Val::Bool(false),
    "customfields" => Val::Tree(custom(r.world, t)),
}
