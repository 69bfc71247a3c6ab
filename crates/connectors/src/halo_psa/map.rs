//! From the vendor's JSON to our records: pure functions, one per kind of record.
//!
//! A value that makes no sense sets its record aside with the field's name; nothing is guessed. Ids of 0 and below mean
//! nothing, and dates up to 1980 stand for none: the product writes them where a field is empty.

use std::sync::Arc;

use domain::body::{Body, BodyFormat};
use domain::clock::UtcMillis;
use domain::location;
use domain::record::{
    Batch, CompanyRecord, ContactRecord, Fields, OpportunityRecord, TechnicianRecord,
    TicketNoteRecord, TicketRecord, Visibility,
};
use domain::side_list::SITE_CONTACT_TYPES;
use serde_json::Value;
use serde_json::value::RawValue;

use super::beside::{Sites, Teams};
use super::details::{AllKnown, Details};
use super::wire::{
    CustomFields, HaloAction, HaloAgent, HaloClient, HaloOpportunity, HaloTicket, HaloUser,
};
use crate::mapping::records;
use crate::value::{
    BadField, Flag, Mapped, Text, Whole, author, flag, instant, money, put_own, put_text, text,
    whole,
};

/// Version of this mapping; raised whenever a record would come out differently.
pub(super) const VERSION: u32 = 6;

/// The client that takes what nobody else wants; every instance has it.
const UNKNOWN_CLIENT: i64 = 1;
/// The agent that means nobody.
const UNASSIGNED: i64 = 1;
/// 1 January 1981: dates before stand for none.
const FIRST_DATE: UtcMillis = UtcMillis(347_155_200_000);

/// What the tenant decided that records do not say themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Tenant {
    /// Ids of teams.
    pub(super) teams: Arc<Teams>,
    /// What the sites of each client have.
    pub(super) sites: Arc<Sites>,
    /// What was asked about single clients.
    pub(super) clients: Arc<AllKnown>,
}

records! {
    Tenant;
    HaloClient<'a>, CompanyRecord, to_company, Batch::Companies;
    HaloAgent<'a>, TechnicianRecord, to_technician, Batch::Technicians;
    HaloUser<'a>, ContactRecord, to_contact, Batch::Contacts;
    HaloTicket<'a>, TicketRecord, to_ticket, Batch::Tickets;
    HaloAction<'a>, TicketNoteRecord, to_ticket_note, Batch::TicketNotes;
    HaloOpportunity<'a>, OpportunityRecord, to_opportunity, Batch::Opportunities;
}

/// An id that means something.
pub(super) fn some_id(id: Option<Whole>) -> Option<i64> {
    id.map(|id| id.0).filter(|id| *id > 0)
}

/// An id that means something, as text.
fn id(id: Option<Whole>) -> Option<String> {
    some_id(id).map(|id| id.to_string())
}

/// An agent who is somebody, as text.
fn agent(agent: Option<Whole>) -> Option<String> {
    some_id(agent)
        .filter(|id| *id != UNASSIGNED)
        .map(|id| id.to_string())
}

/// An instant; the dates that stand for none are none.
fn at(field: &'static str, value: Option<Text<'_>>) -> Mapped<Option<UtcMillis>> {
    Ok(instant(field, value)?.filter(|at| *at >= FIRST_DATE))
}

/// The midnight of a date without a time of day.
fn day(field: &'static str, value: Option<Text<'_>>) -> Mapped<Option<UtcMillis>> {
    let at = at(field, value)?;
    Ok(at.map(|at| UtcMillis(at.0.div_euclid(UtcMillis::DAY) * UtcMillis::DAY)))
}

/// When a ticket was closed. One that was opened again may keep the date; the flag then says that it is not closed.
fn closed(date: Option<Text<'_>>, has_been: Option<Flag>) -> Mapped<Option<UtcMillis>> {
    Ok(at("dateclosed", date)?.filter(|_| flag(has_been, true)))
}

/// An external id of an action: its own counts within the ticket only.
pub(super) fn to_note(ticket: i64, action: &str) -> String {
    format!("{ticket}-{action}")
}

/// Custom fields under their labels; choices with their texts.
fn custom(custom: CustomFields<'_>) -> Fields {
    let mut fields = Fields::new();
    for field in custom.unwrap_or_default() {
        let shown = |value: &Option<Value>| match value {
            Some(Value::String(text)) => !text.is_empty(),
            Some(Value::Null) | None => false,
            Some(_) => true,
        };
        let value = if shown(&field.display) {
            field.display
        } else {
            field.value
        };
        if let Some(name) = text(field.label).or_else(|| text(field.name)) {
            put_own(&mut fields, &name, value);
        }
    }
    fields
}

fn put_flag(fields: &mut Fields, key: &str, value: Option<Flag>) {
    if flag(value, false) {
        fields.insert(key.to_owned(), Value::Bool(true));
    }
}

fn put_number(fields: &mut Fields, key: &str, value: Option<Whole>) {
    if let Some(value) = id(value) {
        fields.insert(key.to_owned(), Value::String(value));
    }
}

fn put_money(
    fields: &mut Fields,
    key: &str,
    field: &'static str,
    value: Option<&RawValue>,
) -> Mapped<()> {
    if let Some(value) = value.filter(|value| value.get() != "null")
        && money(field, value)? != 0
    {
        fields.insert(key.to_owned(), Value::String(value.get().to_owned()));
    }
    Ok(())
}

fn to_company(mut client: HaloClient<'_>, tenant: &Tenant) -> Mapped<CompanyRecord> {
    let details = Details::of(&mut client);
    let mut fields = custom(client.custom);
    let relationship = client.relationship.unwrap_or_default();
    // `customertype` is another field, whose numbers are those of another list.
    let kind = relationship.first().map(|kind| kind.id);
    let kind = kind.filter(|id| *id > 0);
    let further = relationship.iter().map(|one| one.id);
    let further = further.filter(|id| *id > 0 && Some(*id) != kind);
    let other_type_ids = further.map(|id| id.to_string()).collect();
    let names: Vec<String> = relationship
        .into_iter()
        .filter_map(|one| text(one.name))
        .collect();
    if !names.is_empty() {
        fields.insert("relationships".into(), Value::String(names.join(", ")));
    }
    put_text(&mut fields, "top_level", client.top_level);
    put_text(&mut fields, "reference", client.reference);
    put_text(&mut fields, "accounts_id", client.accounts_id);
    put_flag(&mut fields, "vip", client.vip);
    let directory = client.azure_tenants.unwrap_or_default().into_iter();
    if let Some(directory) = directory.filter_map(|one| text(one.azure_tenant_id)).next() {
        fields.insert("azure_tenant_id".into(), Value::String(directory));
    }
    if client.id == UNKNOWN_CLIENT {
        fields.insert("built_in".into(), Value::Bool(true));
    }
    if let Some(sites) = tenant.sites.get(&client.id) {
        location::put(&mut fields, sites.places.values().cloned().collect());
    }
    let mut company = CompanyRecord {
        external_id: client.id.to_string(),
        name: client.name.0.into_owned(),
        // The built-in client is nobody's company; its tickets wait there until somebody moves them.
        active: !flag(client.inactive, false) && client.id != UNKNOWN_CLIENT,
        type_id: kind.map(|id| id.to_string()),
        other_type_ids,
        owner_external_id: agent(client.account_manager),
        fields,
        ..CompanyRecord::default()
    };
    details.put(&mut company, &tenant.sites);
    Ok(company)
}

fn to_technician(one: HaloAgent<'_>, _tenant: &Tenant) -> Mapped<TechnicianRecord> {
    let mut fields = Fields::new();
    put_text(&mut fields, "team", one.team);
    let (first_name, last_name) = names(one.first_name, one.last_name, one.name);
    Ok(TechnicianRecord {
        external_id: one.id.to_string(),
        first_name,
        last_name,
        email: text(one.email),
        title: text(one.title),
        active: !flag(one.disabled, false),
        person: !flag(one.api_only, false) && one.id != UNASSIGNED,
        fields,
    })
}

/// Given and family name; the whole name as family name where a record has only that.
fn names(
    first: Option<Text<'_>>,
    last: Option<Text<'_>>,
    name: Option<Text<'_>>,
) -> (String, String) {
    let (first, last) = (whole(first), whole(last));
    if first.is_empty() && last.is_empty() {
        (String::new(), whole(name))
    } else {
        (first, last)
    }
}

fn to_contact(user: HaloUser<'_>, tenant: &Tenant) -> Mapped<ContactRecord> {
    let mut fields = custom(user.custom);
    put_text(&mut fields, "site", user.site_name);
    put_text(&mut fields, "user_roles", user.roles);
    put_text(&mut fields, "email_2", user.email_2);
    put_text(&mut fields, "email_3", user.email_3);
    put_flag(&mut fields, "vip", user.vip);
    let client = some_id(user.client);
    let types = client.and_then(|client| tenant.clients.types(client));
    if let Some(names) = types.as_ref().and_then(|types| types.get(&user.id)) {
        let names = names.iter().cloned().map(Value::String);
        fields.insert(SITE_CONTACT_TYPES.into(), names.collect());
    }
    let main = client.and_then(|client| {
        let sites = tenant.sites.get(&client);
        let details = tenant.clients.find(client).unwrap_or_default();
        let of_sites = || sites?.main_contact(details.main_site);
        details.main_contact.or_else(of_sites)
    });
    // These are asked not to come. Where a release sends them all the same, nobody is invited who is no client.
    let general = user
        .name
        .as_ref()
        .is_some_and(|name| name.0 == "General User");
    let no_client =
        general || flag(user.service_account, false) || some_id(user.linked_agent).is_some();
    let (first_name, last_name) = names(user.first_name, user.last_name, user.name);
    Ok(ContactRecord {
        external_id: user.id.to_string(),
        company_external_id: client.map(|id| id.to_string()),
        first_name,
        last_name,
        email: text(user.email),
        phone: text(user.phone).or_else(|| text(user.preferred_phone)),
        mobile: text(user.mobile),
        title: text(user.title),
        active: !flag(user.inactive, false) && !no_client,
        primary: main == Some(user.id),
        created_at: None,
        updated_at: at("lastupdate", user.updated)?,
        fields,
    })
}

fn to_ticket(ticket: HaloTicket<'_>, tenant: &Tenant) -> Mapped<TicketRecord> {
    let mut fields = custom(ticket.custom);
    let team = whole(ticket.team);
    let queue = tenant.teams.id_of(&team, some_id(ticket.department));
    if queue.is_none() && !team.is_empty() {
        fields.insert("team".into(), Value::String(team));
    }
    let categories = [
        ("category_1", ticket.category_1),
        ("category_2", ticket.category_2),
        ("category_3", ticket.category_3),
        ("category_4", ticket.category_4),
    ];
    for (key, value) in categories {
        put_text(&mut fields, key, value);
    }
    put_number(&mut fields, "impact", ticket.impact);
    put_number(&mut fields, "urgency", ticket.urgency);
    put_number(&mut fields, "parent_ticket", ticket.parent);
    put_number(&mut fields, "merged_into", ticket.merged_into);
    put_text(&mut fields, "site", ticket.site_name);
    put_text(&mut fields, "sla", ticket.sla);
    put_text(&mut fields, "contract", ticket.contract);
    put_text(&mut fields, "user_email", ticket.user_email);
    put_text(&mut fields, "reported_by", ticket.reported_by);
    put_text(&mut fields, "tags", ticket.tags);
    put_flag(&mut fields, "on_hold", ticket.on_hold);
    if let Some(hours) = ticket.hours.filter(|hours| hours.as_f64() != Some(0.0)) {
        fields.insert("hours".into(), Value::Number(hours));
    }
    let action = at("lastactiondate", ticket.last_action)?;
    let update = at("last_update", ticket.last_update)?;
    let due = at("deadlinedate", ticket.deadline)?;
    Ok(TicketRecord {
        external_id: ticket.id.to_string(),
        number: ticket.id.to_string(),
        title: whole(ticket.summary),
        description: text(ticket.details).map(Body::plain),
        company_external_id: id(ticket.client),
        contact_external_id: id(ticket.user),
        status_id: id(ticket.status),
        queue_id: queue.map(|id| id.to_string()),
        priority_id: id(ticket.priority),
        category_id: id(ticket.category),
        type_id: id(ticket.ticket_type),
        // Sources count from 0.
        source_id: ticket.source.map(|source| source.0.to_string()),
        technician_external_id: agent(ticket.agent),
        due_at: due.or(at("fixbydate", ticket.fix_by)?),
        created_at: at("dateoccurred", ticket.created)?,
        closed_at: closed(ticket.closed, ticket.has_been_closed)?,
        updated_at: action.max(update),
        fields,
    })
}

fn to_ticket_note(action: HaloAction<'_>, _tenant: &Tenant) -> Mapped<TicketNoteRecord> {
    let ticket = some_id(action.ticket).ok_or_else(|| BadField {
        field: "ticket_id",
        reason: "it is missing".to_owned(),
    })?;
    let body = match (text(action.note_html), text(action.note)) {
        (Some(html), _) => Body {
            format: BodyFormat::Html,
            text: html,
        },
        (None, Some(note)) => Body::plain(note),
        (None, None) => Body::plain(whole(action.email_body)),
    };
    let user = id(action.user);
    let technician = agent(action.agent).filter(|_| user.is_none());
    let known = user.is_some() || technician.is_some();
    let written = at("datetime", action.written)?;
    Ok(TicketNoteRecord {
        external_id: to_note(ticket, &action.id.to_string()),
        ticket_external_id: ticket.to_string(),
        title: whole(action.outcome),
        body,
        // What is not said to be shown is not shown.
        visibility: match action.hidden {
            Some(Flag(false)) => Visibility::Public,
            _ => Visibility::Internal,
        },
        system: false,
        describes: false,
        author: author(action.who, known),
        technician_external_id: technician,
        contact_external_id: user,
        created_at: written,
        updated_at: at("last_updated", action.updated)?.or(written),
    })
}

fn to_opportunity(sale: HaloOpportunity<'_>, _tenant: &Tenant) -> Mapped<OpportunityRecord> {
    let mut fields = custom(sale.custom);
    put_text(&mut fields, "opportunity_type", sale.kind);
    put_text(&mut fields, "pipeline_stage", sale.pipeline_stage);
    put_text(&mut fields, "closure_reason", sale.reason);
    put_text(&mut fields, "lead_source", sale.heard);
    put_text(&mut fields, "prospect", sale.prospect);
    put_money(
        &mut fields,
        "value_monthly",
        "oppvalue_monthly",
        sale.monthly,
    )?;
    put_money(&mut fields, "value_annual", "oppvalue_annual", sale.annual)?;
    put_money(
        &mut fields,
        "value_one_off",
        "oppvalue_oneoff",
        sale.one_off,
    )?;
    let amount = sale.value.filter(|value| value.get() != "null");
    let action = at("lastactiondate", sale.last_action)?;
    let update = at("last_update", sale.last_update)?;
    Ok(OpportunityRecord {
        external_id: sale.id.to_string(),
        title: whole(sale.summary),
        description: text(sale.details).map(Body::plain),
        company_external_id: id(sale.client),
        contact_external_id: id(sale.user),
        owner_external_id: agent(sale.agent),
        stage_id: id(sale.status),
        category_id: id(sale.category),
        type_id: id(sale.ticket_type),
        amount_cents: amount.map(|value| money("oppvalue", value)).transpose()?,
        probability: sale
            .probability
            .and_then(|chance| chance.as_f64())
            .map(|chance| chance.clamp(0.0, 100.0).round() as i64),
        projected_close_at: day("targetdate", sale.target)?,
        created_at: at("dateoccurred", sale.created)?,
        closed_at: closed(sale.closed, sale.has_been_closed)?,
        updated_at: action.max(update),
        fields,
        ..OpportunityRecord::default()
    })
}

#[cfg(test)]
mod tests;
