//! Time entries.

use super::numbers as n;
use super::{getters, identifier};
use crate::records::value::Val;
use crate::world::instant::HOUR;
use crate::world::item::Facts;
use crate::world::technician::role;
use crate::world::work::Work;

fn hours(work: &Work) -> f64 {
    ((work.end - work.start) as f64 / HOUR as f64 * 10_000.0).round() / 10_000.0
}

getters! { Facts::Work(ticket, w), r;
    "id" => Val::Int(r.number + n::TIME_ENTRIES),
    "company" => Val::Link(n::company_id(r.world, ticket.company)),
    "companyType" => Val::text("Client"),
    "chargeToId" => Val::Int(i64::from(ticket.number) + n::TICKETS),
    "chargeToType" => Val::text("ServiceTicket"),
    "member" => Val::Link(n::member_id(w.technician)),
    "locationId" => Val::Int(1),
    "businessUnitId" => Val::Int(1),
    "location" => Val::Link(1),
    "department" => Val::Link(1),
    "workType" => Val::Link(1),
    "workRole" => Val::Link(i64::from(role(r.world, w.technician)) + 1),
    "agreement" => Val::link(super::ticket::agreement(r.world, ticket.company)),
    "timeStart" => Val::Time(w.start),
    "timeEnd" => Val::Time(w.end),
    "hoursDeduct" => Val::Num(0.0),
    "actualHours" => Val::Num(hours(w)),
    "billableOption" => Val::text(if w.billable { "Billable" } else { "DoNotBill" }),
    "notes" => Val::text(&r.words().0),
    "internalNotes" => Val::maybe(r.words().1.as_deref()),
    "addToDetailDescriptionFlag" => Val::Bool(w.place % 2 == 0),
    "addToInternalAnalysisFlag" => Val::Bool(w.place % 2 == 1),
    "addToResolutionFlag" => Val::Bool(false),
    "emailResourceFlag" => Val::Bool(false),
    "emailContactFlag" => Val::Bool(false),
    "emailCcFlag" => Val::Bool(false),
    "hoursBilled" => Val::Num(if w.billable { hours(w) } else { 0.0 }),
    "enteredBy" => Val::owned(identifier(r.world, w.technician)),
    "status" => Val::text("Open"),
    "ticket" => Val::Link(i64::from(ticket.number) + n::TICKETS),
    "updatedBy" => Val::owned(identifier(r.world, w.technician)),
}
