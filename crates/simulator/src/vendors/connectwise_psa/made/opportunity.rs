//! Opportunities.

use super::numbers as n;
use super::{cut, getters};
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

getters! { Facts::Opportunity(o), r;
    "id" => Val::Int(r.number + n::OPPORTUNITIES),
    "name" => Val::owned(cut(&o.title, 100)),
    "expectedCloseDate" => Val::Time(o.expected),
    "type" => Val::Link(i64::from(o.category) + 1),
    "stage" => Val::Link(i64::from(o.stage) + 1),
    "status" => Val::Link(match o.outcome {
        Outcome::Open => 1,
        Outcome::Won | Outcome::Delivered => 2,
        Outcome::Lost => if o.number % 5 == 0 { 4 } else { 3 },
    }),
    "notes" => Val::text(&o.description),
    "probability" => Val::Link(n::probability(o.chance)),
    "source" => Val::text(LEADS[o.lead as usize % LEADS.len()]),
    "rating" => Val::Link(i64::from(o.rating) + 1),
    "primarySalesRep" => Val::Link(n::member_id(o.owner)),
    "locationId" => Val::Int(1),
    "businessUnitId" => Val::Int(2),
    "company" => Val::Link(n::company_id(r.world, o.company)),
    "contact" => Val::link(o.person.and_then(|p| n::contact_id(r.world, p))),
    "site" => Val::Link(n::site_id(r.world, o.company)),
    "pipelineChangeDate" => Val::Time(o.start),
    "dateBecameLead" => Val::Time(o.start),
    "closedDate" => Val::time(o.closed),
    "closedBy" => Val::link(o.closed.map(|_| n::member_id(o.owner))),
    "totalSalesTax" => Val::Num(0.0),
}
