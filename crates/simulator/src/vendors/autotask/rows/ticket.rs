//! Tickets.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::vendors::autotask::contracts::contract;
use crate::vendors::autotask::picklists::{FIRST_ISSUE, FIRST_SUB_ISSUE};
use crate::world::instant::{DAY, civil, iso, midnight};
use crate::world::problem::{Problem, Sort, problem};
use crate::world::technician;
use crate::world::ticket::{Source, Status, Ticket};
use crate::world::{World, wording};

/// A generated ticket.
pub struct TicketRow<'w> {
    world: &'w World,
    ticket: Ticket,
    problem: &'static Problem,
}

impl<'w> TicketRow<'w> {
    /// The row of a ticket.
    pub fn new(world: &'w World, ticket: Ticket) -> Self {
        Self {
            world,
            problem: problem(ticket.problem),
            ticket,
        }
    }

    /// The value of a user-defined field.
    pub fn udf(&self, position: usize) -> Option<String> {
        match position {
            0 if !self.ticket.number.is_multiple_of(3) => {
                Some(wording::room(self.world, &self.ticket).to_owned())
            }
            1 if self.ticket.number.is_multiple_of(5) => {
                Some(wording::asset(self.world, &self.ticket))
            }
            2 if self.ticket.status == Status::Scheduled => {
                Some(iso(midnight(self.ticket.due) + DAY))
            }
            _ => None,
        }
    }

    fn category(&self) -> i64 {
        match (self.problem.sort, self.ticket.source) {
            (Sort::Alert, _) => 4,
            (Sort::Change, _) => 102,
            (_, Source::Portal) => 101,
            _ => 3,
        }
    }

    fn creator(&self) -> i64 {
        if self.ticket.by_client || self.problem.sort == Sort::Alert {
            n::resource_id(technician::api_user(self.world))
        } else {
            n::resource_id(self.ticket.number % self.world.config.technicians)
        }
    }

    fn role(&self) -> Option<i64> {
        let owner = self.ticket.owner?;
        Some(n::role_id(technician::role(self.world, owner)))
    }

    fn last_person(&self) -> i64 {
        n::resource_id(self.ticket.owner.unwrap_or(0))
    }
}

/// `T20260301.0042`.
pub fn ticket_number(created: i64, position: u32) -> String {
    let (year, month, day) = civil(created.div_euclid(DAY));
    format!("T{year:04}{month:02}{day:02}.{position:04}")
}

getters! { Ticket, r;
    "id" => Val::Int(i64::from(r.ticket.number)),
    "assignedResourceID" => Val::int(r.ticket.owner.map(n::resource_id)),
    "assignedResourceRoleID" => Val::int(r.role()),
    "billingCodeID" => Val::Int(29_682_801),
    "companyID" => Val::Int(n::company_id(r.ticket.company)),
    "companyLocationID" => Val::int((r.ticket.company <= r.world.config.companies)
        .then(|| super::super::fixed::location_id(r.ticket.company))),
    "completedByResourceID" => Val::int(r.ticket.closed.map(|_| r.last_person())),
    "completedDate" => Val::time(r.ticket.closed),
    "contactID" => Val::int(r.ticket.person.map(n::contact_id)),
    "contractID" => Val::int(contract(r.world, r.ticket.company)),
    "createDate" => Val::Time(r.ticket.created),
    "createdByContactID" => Val::int(r.ticket.person.filter(|_| r.ticket.by_client).map(n::contact_id)),
    "creatorResourceID" => Val::Int(r.creator()),
    "creatorType" => Val::Int(if r.ticket.by_client { 2 } else { 1 }),
    "description" => Val::owned(wording::description(r.world, &r.ticket)),
    "dueDateTime" => Val::Time(r.ticket.due),
    "estimatedHours" => Val::Num(f64::from(1 + r.ticket.number % 4) / 2.0),
    "externalID" => Val::text(""),
    "firstResponseDateTime" => Val::time(r.ticket.answered),
    "hoursToBeScheduled" => Val::Num(0.0),
    "isAssignedToComanaged" => Val::Bool(false),
    "isVisibleToComanaged" => Val::Bool(false),
    "issueType" => Val::Int(FIRST_ISSUE + r.problem.area as i64),
    "lastActivityDate" => Val::Time(r.ticket.touched),
    "lastActivityPersonType" => Val::Int(1),
    "lastActivityResourceID" => Val::Int(r.last_person()),
    "lastCustomerVisibleActivityDateTime" => Val::time(r.ticket.answered),
    "lastTrackedModificationDateTime" => Val::Time(r.ticket.edited),
    "priority" => Val::Int(n::priority(r.ticket.priority)),
    "purchaseOrderNumber" => Val::text(""),
    "queueID" => Val::Int(n::queue(r.ticket.desk)),
    "resolution" => if r.ticket.closed.is_some() {
        Val::owned(wording::resolution(r.world, &r.ticket))
    } else {
        Val::text("")
    },
    "resolvedDateTime" => Val::time(r.ticket.closed),
    "resolvedDueDateTime" => Val::Time(r.ticket.due),
    "serviceLevelAgreementHasBeenMet" => r.ticket.closed
        .map_or(Val::Null, |closed| Val::Bool(closed <= r.ticket.due)),
    "source" => Val::Int(n::source(r.ticket.source)),
    "status" => Val::Int(n::status(r.ticket.status)),
    "subIssueType" => Val::Int(FIRST_SUB_ISSUE + i64::from(r.ticket.problem)),
    "ticketCategory" => Val::Int(r.category()),
    "ticketNumber" => Val::owned(ticket_number(r.ticket.created, r.ticket.position)),
    "ticketType" => Val::Int(n::ticket_type(r.problem.sort)),
    "title" => Val::owned(wording::title(r.world, &r.ticket)),
}
