//! Sales: tickets of a type that is marked as opportunity.

use serde_json::json;

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::item::Facts;
use crate::world::opportunity::Outcome;

const LEADS: [&str; 5] = [
    "Website",
    "Referral",
    "Existing client",
    "Trade fair",
    "Cold call",
];
const KINDS: [&str; 4] = ["Hardware", "Managed services", "Licences", "Project"];

getters! { Facts::Opportunity(o), r;
    "id" => Val::Int(r.number + n::OPPORTUNITIES),
    "dateoccurred" | "datecreated" => Val::Time(o.created),
    "summary" => Val::text(&o.title),
    "details" => Val::text(&o.description),
    "status_id" => Val::Link(match o.outcome {
        Outcome::Open => if o.stage < 2 { 31 } else { 32 },
        Outcome::Won | Outcome::Delivered => 33,
        Outcome::Lost => 34,
    }),
    "tickettype_id" => Val::Link(n::SALES_TYPE),
    "sla_id" => Val::Link(1),
    "priority_id" => Val::Int(4),
    "client_id" => Val::Link(n::client_id(r.world, o.company)),
    "site_id" => Val::Link(n::site_id(r.world, o.company)),
    "user_id" => Val::link(o.person.and_then(|p| n::user_id(r.world, p))),
    "team" => Val::text("Sales"),
    "agent_id" => Val::Link(n::agent_id(o.owner)),
    "category_1" => Val::text("Sales"),
    "targetdate" => Val::Time(o.expected),
    "startdate" => Val::Time(o.start),
    "dateclosed" | "date_fully_closed" => Val::time(o.closed),
    "lastactiondate" | "last_update" => Val::Time(o.touched),
    "hasbeenclosed" => Val::Bool(o.closed.is_some()),
    "inactive" | "is_project" | "deleted" => Val::Bool(false),
    "is_opportunity" => Val::Bool(true),
    "use" => Val::text("opportunity"),
    "oppcompanyname" => Val::text(r.world.company_name(o.company)),
    "opptype" => Val::text(KINDS[o.category as usize % KINDS.len()]),
    "oppvalue" => Val::Num(f64::from(o.once) + f64::from(o.monthly) * 12.0),
    "oppvalue_oneoff" => Val::Num(f64::from(o.once)),
    "oppvalue_monthly" => Val::Num(f64::from(o.monthly)),
    "oppvalue_annual" => Val::Num(0.0),
    "oppvalueadjusted" => Val::Num((f64::from(o.once) + f64::from(o.monthly) * 12.0) * f64::from(o.chance) / 100.0),
    "oppprofit" => Val::Num(f64::from(o.once.saturating_sub(o.cost))),
    "oppconversionprobability" => Val::Num(f64::from(o.chance)),
    "opphear" => Val::text(LEADS[o.lead as usize % LEADS.len()]),
    "oppreason" => if o.outcome == Outcome::Lost { Val::text("Price") } else { Val::Null },
    "oppconverteddate" => if o.outcome == Outcome::Lost { Val::Null } else { Val::time(o.closed) },
    "created_by" => Val::text("Agent"),
    "customfields" => Val::Tree(json!([])),
}
