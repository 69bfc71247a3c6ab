//! Leads, which are what the vendor has of sales opportunities.

use super::numbers as n;
use super::{digits, getters};
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::opportunity::{Opportunity, Outcome};
use crate::world::person::{Person, person};

/// Statuses of open leads by stage.
const OPEN: [[&str; 2]; 4] = [
    ["New", "Lead"],
    ["First Contact", "Prospect"],
    ["Opportunity", "Waiting on Client"],
    ["In Negotiation", "Pending"],
];

fn status(lead: &Opportunity) -> &'static str {
    match lead.outcome {
        Outcome::Won | Outcome::Delivered => "Won",
        Outcome::Lost => "Lost",
        Outcome::Open => OPEN[lead.stage as usize % OPEN.len()][lead.number as usize % 2],
    }
}

fn who(item: &Item<'_>, lead: &Opportunity) -> Option<Person> {
    lead.person.map(|index| person(item.world, index))
}

getters! { Facts::Opportunity(o), r;
    "id" => Val::Int(r.number + n::LEADS),
    "first_name" => o.person.map_or(Val::Null, |p| Val::owned(r.world.person_title(p, 0).0)),
    "last_name" => o.person.map_or(Val::Null, |p| Val::owned(r.world.person_title(p, 0).1)),
    "email" => who(r, o).and_then(|p| r.world.person_email(p.index, p.email.as_deref())).map_or(Val::Null, Val::owned),
    "phone" => who(r, o).and_then(|p| p.phone).map_or(Val::text(""), |phone| Val::owned(digits(&phone))),
    "mobile" | "address" | "city" | "state" | "zip" => Val::text(""),
    "ticket_subject" => Val::text(&o.title),
    "ticket_description" => Val::text(&o.description),
    "ticket_problem_type" => Val::text("Other"),
    "customer_id" => Val::Int(n::customer_id(r.world, o.company)),
    "contact_id" => Val::int(o.person.and_then(|p| n::contact_id(r.world, p))),
    "message_read" => Val::Bool(o.number % 3 > 0),
    "status" => Val::text(status(o)),
    "user_id" => Val::Int(n::user_id(o.owner)),
    "opportunity_amount_dollars" => Val::Num(f64::from(o.once)),
    "likelihood" => Val::Int(i64::from(o.chance)),
    "opportunity_start_date" => Val::Time(o.start),
    "disabled" | "converted" => Val::Bool(false),
}
