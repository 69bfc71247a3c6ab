//! Opportunities.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::World;
use crate::world::opportunity::{Opportunity, Outcome, opportunity};

/// A generated opportunity.
pub struct OpportunityRow<'w> {
    world: &'w World,
    deal: Opportunity,
}

impl<'w> OpportunityRow<'w> {
    /// The opportunity with a number.
    pub fn new(world: &'w World, number: u32) -> Self {
        Self {
            world,
            deal: opportunity(world, number),
        }
    }

    fn status(&self) -> i64 {
        match self.deal.outcome {
            Outcome::Open => 1,
            Outcome::Lost => 2,
            Outcome::Won => 3,
            Outcome::Delivered => 4,
        }
    }

    fn amount(&self) -> f64 {
        f64::from(self.deal.once) + f64::from(self.deal.monthly) * 12.0
    }
}

getters! { Opportunity, r;
    "id" => Val::Int(n::opportunity_id(r.deal.number)),
    "amount" => Val::Num(r.amount()),
    "closedDate" => Val::time(r.deal.closed.filter(|_| r.deal.outcome != Outcome::Lost)),
    "companyID" => Val::Int(n::company_id(r.deal.company)),
    "contactID" => Val::int(r.deal.person.map(n::contact_id)),
    "cost" => Val::Num(f64::from(r.deal.cost)),
    "createDate" => Val::Time(r.deal.created),
    "creatorResourceID" => Val::Int(n::resource_id(r.deal.owner)),
    "description" => Val::text(&r.deal.description),
    "lastActivity" => Val::Time(r.deal.touched),
    "leadSource" => Val::Int(17 + i64::from(r.deal.lead)),
    "lostDate" => Val::time(r.deal.closed.filter(|_| r.deal.outcome == Outcome::Lost)),
    "monthlyCost" => Val::Num(f64::from(r.deal.monthly) * 0.6),
    "monthlyRevenue" => Val::Num(f64::from(r.deal.monthly)),
    "nextStep" => Val::maybe(r.deal.next_step),
    "onetimeCost" => Val::Num(f64::from(r.deal.cost)),
    "onetimeRevenue" => Val::Num(f64::from(r.deal.once)),
    "opportunityCategoryID" => Val::Int(1 + i64::from(r.deal.category)),
    "ownerResourceID" => Val::Int(n::resource_id(r.deal.owner % r.world.config.technicians)),
    "probability" => Val::Int(i64::from(r.deal.chance)),
    "projectedCloseDate" => Val::Time(r.deal.expected),
    "rating" => Val::Int(1 + i64::from(r.deal.rating)),
    "stage" => Val::Int(10 + i64::from(r.deal.stage)),
    "startDate" => Val::Time(r.deal.start),
    "status" => Val::Int(r.status()),
    "title" => Val::text(&r.deal.title),
    "useQuoteTotals" => Val::Bool(false),
}
