//! From the vendor's JSON to our records: pure functions, one per kind of record.
//!
//! A value that makes no sense sets its record aside with the field's name; nothing is guessed. Texts are kept as
//! received. What belongs to a board is named with it, `1/17`: ids of statuses, types and teams are only good there.

use std::collections::BTreeSet;

use domain::body::Body;
use domain::record::{
    Batch, CompanyRecord, ContactRecord, Fields, OpportunityRecord, TechnicianRecord,
    TicketNoteRecord, TicketRecord, Visibility,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::projects::PROJECT;
use super::wire::{
    Custom, CwCommunication, CwCompany, CwContact, CwForecast, CwInfo, CwMember, CwNote,
    CwOpportunity, CwRef, CwTicket, CwValue,
};
use crate::mapping::records;
use crate::value::{
    Flag, Mapped, Text, author, flag, id, instant, lines, money, put_id, put_own, put_text, text,
    whole,
};

/// Version of this mapping; raised whenever a record would come out differently.
pub(super) const VERSION: u32 = 5;

/// The license class of members that are no person.
const API_MEMBER: &str = "A";

/// The kind of note whose ids need no name before them.
const TICKET_NOTE: &str = "TicketNote";

/// Types of the tenant's own fields that are not kept: what only some people may read in the product's screens, and what can
/// only be pressed there.
const NOT_KEPT: [&str; 2] = ["Password", "Button"];

/// What the tenant decided that records do not say themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tenant {
    /// Company statuses that mean *inactive*.
    pub(super) inactive_statuses: BTreeSet<i64>,
}

records! {
    Tenant;
    CwCompany<'a>, CompanyRecord, to_company, Batch::Companies;
    CwMember<'a>, TechnicianRecord, to_technician, Batch::Technicians;
    CwContact<'a>, ContactRecord, to_contact, Batch::Contacts;
    CwTicket<'a>, TicketRecord, to_ticket, Batch::Tickets;
    CwOpportunity<'a>, OpportunityRecord, to_opportunity, Batch::Opportunities;
}

/// The id of what is only good on a board, with the board.
pub(super) fn on_board(board: i64, id: i64) -> String {
    format!("{board}/{id}")
}

fn ref_id(reference: Option<&CwRef<'_>>) -> Option<String> {
    id(reference?.id)
}

fn ref_on(board: Option<i64>, reference: Option<&CwRef<'_>>) -> Option<String> {
    Some(on_board(board?, reference?.id?))
}

fn put_name(fields: &mut Fields, key: &str, reference: Option<CwRef<'_>>) {
    put_text(fields, key, reference.and_then(|reference| reference.name));
}

fn put_ref(fields: &mut Fields, key: &str, value: Option<String>) {
    if let Some(value) = value {
        fields.insert(key.to_owned(), Value::String(value));
    }
}

fn custom(custom: Custom<'_>) -> Fields {
    let mut fields = Fields::new();
    for field in custom.unwrap_or_default() {
        let kind = field.r#type.as_ref().map_or("", |kind| &*kind.0);
        if NOT_KEPT.iter().any(|not| kind.eq_ignore_ascii_case(not)) {
            continue;
        }
        if let Some(caption) = text(field.caption) {
            put_own(&mut fields, &caption, field.value);
        }
    }
    fields
}

/// The kinds of a record: several, or the one of an old release.
fn kinds<'a>(many: Option<Vec<CwRef<'a>>>, one: Option<CwRef<'a>>) -> Vec<CwRef<'a>> {
    let mut kinds = many.unwrap_or_default();
    if kinds.is_empty() {
        kinds.extend(one);
    }
    kinds
}

/// When a record was made and when it last changed.
struct Times {
    created: Option<domain::clock::UtcMillis>,
    updated: Option<domain::clock::UtcMillis>,
}

fn times(info: Option<CwInfo<'_>>) -> Mapped<Times> {
    let info = info.unwrap_or_default();
    Ok(Times {
        created: instant("_info.dateEntered", info.date_entered)?,
        updated: instant("_info.lastUpdated", info.last_updated)?,
    })
}

/// Whether companies in a status are inactive. The vendor has no word for that: a tenant names its statuses, every one
/// begins with *Inactive* among them, and one out of use (`inactiveFlag`) marks what nobody looks after any more.
pub(super) fn means_inactive(status: &CwValue<'_>) -> bool {
    let name = status.name.as_ref().map(|name| name.0.trim());
    is_set(status.inactive_flag) || name.is_some_and(|name| name.eq_ignore_ascii_case("inactive"))
}

fn to_company(company: CwCompany<'_>, tenant: &Tenant) -> Mapped<CompanyRecord> {
    let mut fields = custom(company.custom_fields);
    put_text(&mut fields, "identifier", company.identifier);
    put_text(&mut fields, "account_number", company.account_number);
    put_text(&mut fields, "fax", company.fax_number);
    put_name(&mut fields, "territory", company.territory);
    put_name(&mut fields, "market", company.market);
    put_name(&mut fields, "site", company.site);
    let deleted = flag(company.deleted_flag, false);
    if deleted {
        fields.insert("deleted".into(), Value::Bool(true));
    }
    let mut types = kinds(company.types, company.r#type).into_iter();
    let main = types.next();
    let types: Vec<CwRef<'_>> = types.collect();
    let other_type_ids = types.iter().filter_map(|kind| id(kind.id)).collect();
    let others = types.into_iter().filter_map(|kind| text(kind.name));
    let others: Vec<Value> = others.map(Value::String).collect();
    if !others.is_empty() {
        fields.insert("other_types".into(), Value::Array(others));
    }
    let status = company.status.as_ref().and_then(|status| status.id);
    let times = times(company.info)?;
    Ok(CompanyRecord {
        external_id: company.id.to_string(),
        name: company.name.0.into_owned(),
        active: !deleted && !status.is_some_and(|id| tenant.inactive_statuses.contains(&id)),
        type_id: ref_id(main.as_ref()),
        other_type_ids,
        status_id: id(status),
        phone: text(company.phone_number),
        website: text(company.website),
        street: lines([company.address_line_1, company.address_line_2]),
        city: text(company.city),
        state: text(company.state),
        postal_code: text(company.zip),
        country: company.country.and_then(|country| text(country.name)),
        parent_external_id: ref_id(company.parent_company.as_ref()),
        owner_external_id: ref_id(company.territory_manager.as_ref()),
        created_at: times.created,
        updated_at: times.updated,
        fields,
    })
}

fn to_technician(member: CwMember<'_>, _tenant: &Tenant) -> Mapped<TechnicianRecord> {
    let mut fields = custom(member.custom_fields);
    let email = [
        member.primary_email,
        match member.default_email.as_ref().map(|which| &*which.0) {
            Some("Mobile") => member.mobile_email,
            Some("Home") => member.home_email,
            _ => None,
        },
        member.office_email,
    ]
    .into_iter()
    .find_map(text);
    let person = member
        .license_class
        .as_ref()
        .is_none_or(|class| class.0 != API_MEMBER);
    put_text(&mut fields, "member_id", member.identifier);
    put_text(&mut fields, "license_class", member.license_class);
    put_text(&mut fields, "office_phone", member.office_phone);
    put_text(&mut fields, "mobile_phone", member.mobile_phone);
    put_name(&mut fields, "member_type", member.r#type);
    put_name(&mut fields, "default_board", member.service_default_board);
    Ok(TechnicianRecord {
        external_id: member.id.to_string(),
        first_name: whole(member.first_name),
        last_name: whole(member.last_name),
        email,
        title: text(member.title),
        active: !flag(member.inactive_flag, false),
        person,
        fields,
    })
}

/// E-mail address, phone and mobile number among a contact's means of communication, and further ones.
#[derive(Default)]
struct Reached<'a> {
    email: Option<Text<'a>>,
    other_email: Option<Text<'a>>,
    phone: Option<Text<'a>>,
    extension: Option<Text<'a>>,
    mobile: Option<Text<'a>>,
    fax: Option<Text<'a>>,
}

fn reached(mut items: Vec<CwCommunication<'_>>) -> Reached<'_> {
    // The default of each kind first, otherwise in the vendor's order.
    items.sort_by_key(|item| !flag(item.default_flag, false));
    let mut reached = Reached::default();
    for item in items {
        let called = item.r#type.and_then(|kind| text(kind.name));
        let called = called.unwrap_or_default().to_lowercase();
        let is_mobile = called.contains("cell") || called.contains("mobile");
        let kind = whole(item.communication_type);
        let place = match kind.as_str() {
            "Email" if reached.email.is_none() => &mut reached.email,
            "Email" => &mut reached.other_email,
            "Fax" => &mut reached.fax,
            _ if is_mobile => &mut reached.mobile,
            _ if reached.phone.is_none() => {
                reached.extension = item.extension;
                &mut reached.phone
            }
            _ => continue,
        };
        if place.is_none() {
            *place = item.value;
        }
    }
    reached
}

fn to_contact(contact: CwContact<'_>, _tenant: &Tenant) -> Mapped<ContactRecord> {
    let mut fields = custom(contact.custom_fields);
    put_text(&mut fields, "nick_name", contact.nick_name);
    put_text(&mut fields, "extension", contact.default_phone_extension);
    put_name(&mut fields, "site", contact.site);
    put_name(&mut fields, "department", contact.department);
    put_name(&mut fields, "relationship", contact.relationship);
    let types: Vec<Value> = kinds(contact.types, contact.r#type)
        .into_iter()
        .filter_map(|kind| text(kind.name).map(Value::String))
        .collect();
    if !types.is_empty() {
        fields.insert("contact_types".into(), Value::Array(types));
    }
    let times = times(contact.info)?;
    let mut record = ContactRecord {
        external_id: contact.id.to_string(),
        company_external_id: ref_id(contact.company.as_ref()),
        first_name: whole(contact.first_name),
        last_name: whole(contact.last_name),
        email: None,
        phone: text(contact.default_phone_nbr),
        mobile: None,
        title: text(contact.title),
        active: !flag(contact.inactive_flag, false),
        primary: flag(contact.default_flag, false),
        created_at: times.created,
        updated_at: times.updated,
        fields,
    };
    put_reached(&mut record, contact.communication_items.unwrap_or_default());
    Ok(record)
}

/// Puts into a contact how it is reached. Its default number is the one there is no other for.
pub(super) fn put_reached(contact: &mut ContactRecord, items: Vec<CwCommunication<'_>>) {
    let reached = reached(items);
    put_text(&mut contact.fields, "email_2", reached.other_email);
    put_text(&mut contact.fields, "fax", reached.fax);
    put_text(&mut contact.fields, "extension", reached.extension);
    contact.email = text(reached.email);
    contact.mobile = text(reached.mobile);
    // A default number that is the mobile one is not told twice.
    let default = contact.phone.take();
    let default = default.filter(|number| contact.mobile.as_ref() != Some(number));
    contact.phone = text(reached.phone).or(default);
}

fn to_ticket(ticket: CwTicket<'_>, _tenant: &Tenant) -> Mapped<TicketRecord> {
    let board = ticket.board.as_ref().and_then(|board| board.id);
    let mut fields = custom(ticket.custom_fields);
    put_ref(
        &mut fields,
        "sub_type",
        ref_on(board, ticket.sub_type.as_ref()),
    );
    put_ref(&mut fields, "item", ref_on(board, ticket.item.as_ref()));
    put_ref(&mut fields, "team", ref_on(board, ticket.team.as_ref()));
    put_text(&mut fields, "severity", ticket.severity);
    put_text(&mut fields, "impact", ticket.impact);
    put_text(&mut fields, "contact_name", ticket.contact_name);
    put_text(&mut fields, "contact_email", ticket.contact_email_address);
    put_text(&mut fields, "contact_phone", ticket.contact_phone_number);
    put_text(&mut fields, "resources", ticket.resources);
    put_text(&mut fields, "external_reference", ticket.external_reference);
    put_text(&mut fields, "po_number", ticket.po_number);
    put_text(&mut fields, "sla_status", ticket.sla_status);
    put_text(&mut fields, "record_type", ticket.record_type);
    put_name(&mut fields, "site", ticket.site);
    put_name(&mut fields, "agreement", ticket.agreement);
    put_ref(&mut fields, PROJECT, ref_id(ticket.project.as_ref()));
    put_name(&mut fields, "project", ticket.project);
    put_name(&mut fields, "phase", ticket.phase);
    put_id(&mut fields, "parent_ticket", ticket.parent_ticket_id);
    let merged = ticket.merged_parent_ticket.and_then(|merged| merged.id);
    put_id(&mut fields, "merged_into", merged);
    for (key, hours) in [
        ("budget_hours", ticket.budget_hours),
        ("actual_hours", ticket.actual_hours),
    ] {
        if let Some(hours) = hours {
            fields.insert(key.into(), Value::Number(hours));
        }
    }
    let entered_by = ticket
        .info
        .as_ref()
        .and_then(|info| info.entered_by.clone());
    put_text(&mut fields, "entered_by", entered_by);
    let times = times(ticket.info)?;
    let closed = flag(ticket.closed_flag, true);
    Ok(TicketRecord {
        external_id: ticket.id.to_string(),
        number: ticket.id.to_string(),
        title: whole(ticket.summary),
        // Tickets carry none; one of the notes is the text.
        description: None,
        company_external_id: ref_id(ticket.company.as_ref()),
        contact_external_id: ref_id(ticket.contact.as_ref()),
        status_id: ref_on(board, ticket.status.as_ref()),
        queue_id: id(board),
        priority_id: ref_id(ticket.priority.as_ref()),
        category_id: None,
        type_id: ref_on(board, ticket.r#type.as_ref()),
        source_id: ref_id(ticket.source.as_ref()),
        technician_external_id: ref_id(ticket.owner.as_ref()),
        due_at: instant("requiredDate", ticket.required_date)?,
        created_at: times.created,
        closed_at: instant("closedDate", ticket.closed_date)?.filter(|_| closed),
        updated_at: times.updated,
        fields,
    })
}

/// The id of a note as Portico keeps it: ids are only good within one kind of note.
pub(super) fn note_id(kind: Option<&Text<'_>>, id: i64) -> String {
    match kind.map(|kind| &*kind.0) {
        None | Some("" | TICKET_NOTE) => id.to_string(),
        Some(kind) => format!("{kind}-{id}"),
    }
}

/// Whether a note with this id is one of the ticket itself, not of time spent on it or of a meeting about it.
pub(super) fn is_own(external_id: &str) -> bool {
    external_id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Of the notes that could describe their ticket leaves one that does: the first that is marked as the issue, else the
/// first of all, which nobody knows when some could not be read. Where not all have a date the first is that with the
/// lowest id. `issues` are the ids of those marked.
pub(super) fn leave_one_description(
    notes: &mut [TicketNoteRecord],
    issues: &BTreeSet<String>,
    all_read: bool,
) {
    let known = |note: &TicketNoteRecord| all_read || issues.contains(&note.external_id);
    let dated = notes
        .iter()
        .filter(|note| note.describes && known(note))
        .all(|note| note.created_at.is_some());
    let place = |note: &TicketNoteRecord| {
        let id = note.external_id.parse::<i64>().unwrap_or(i64::MAX);
        let at = note.created_at.filter(|_| dated);
        (!issues.contains(&note.external_id), at, id)
    };
    let notes_with_places = notes.iter().enumerate();
    let could = notes_with_places.filter(|(_, note)| note.describes && known(note));
    let first = could.min_by_key(|(_, note)| place(note)).map(|(at, _)| at);
    for (at, note) in notes.iter_mut().enumerate() {
        note.describes = Some(at) == first;
    }
}

/// A note of a ticket. Clients read what is a discussion or a resolution and not internal at the same time; whatever is
/// in doubt is internal. A discussion of the ticket itself, not of time spent on it, could be its description.
pub(super) fn to_ticket_note(ticket: i64, mut note: CwNote<'_>) -> Mapped<TicketNoteRecord> {
    let discussion = flag(note.detail_description_flag, false);
    let shown = discussion || flag(note.resolution_flag, false);
    let external_id = note_id(note.note_type.as_ref(), note.id);
    let of_the_ticket = is_own(&external_id);
    let internal = flag(note.internal_analysis_flag, false) || flag(note.internal_flag, false);
    let contact = ref_id(note.contact.as_ref());
    let member = ref_id(note.member.as_ref()).filter(|_| contact.is_none());
    let known = contact.is_some() || member.is_some();
    let entered_by = note.info.as_mut().and_then(|info| info.entered_by.take());
    let author = author(note.original_author, known).or_else(|| author(entered_by, known));
    let times = times(note.info)?;
    let written = match instant("dateCreated", note.date_created)?.or(times.created) {
        Some(written) => Some(written),
        None => instant("timeStart", note.time_start)?,
    };
    Ok(TicketNoteRecord {
        external_id,
        ticket_external_id: ticket.to_string(),
        title: String::new(),
        body: Body::plain(whole(note.text)),
        visibility: if shown && !internal {
            Visibility::Public
        } else {
            Visibility::Internal
        },
        system: false,
        describes: discussion && !internal && of_the_ticket,
        author,
        technician_external_id: member,
        contact_external_id: contact,
        created_at: written,
        updated_at: times.updated,
    })
}

/// The amount of a forecast in hundredths: the vendor's sum, else that of the items that count. `None` for one without
/// items.
pub(super) fn to_amount(forecast: CwForecast<'_>) -> Mapped<Option<i64>> {
    let some = |raw: Option<&'_ RawValue>| -> Mapped<Option<i64>> {
        raw.filter(|raw| raw.get() != "null")
            .map(|raw| money("forecast", raw))
            .transpose()
    };
    let total = some(forecast.forecast_revenue_totals.and_then(|sum| sum.revenue))?;
    let Some(items) = forecast.forecast_items else {
        return Ok(total);
    };
    if items.is_empty() {
        return Ok(total.filter(|total| *total != 0));
    }
    if total.is_some() {
        return Ok(total);
    }
    let mut sum = 0_i64;
    for item in items.iter().filter(|item| flag(item.include_flag, false)) {
        sum = sum.saturating_add(some(item.revenue)?.unwrap_or(0));
    }
    Ok(Some(sum))
}

fn to_opportunity(opportunity: CwOpportunity<'_>, _tenant: &Tenant) -> Mapped<OpportunityRecord> {
    let mut fields = custom(opportunity.custom_fields);
    put_name(&mut fields, "rating", opportunity.rating);
    put_text(&mut fields, "source", opportunity.source);
    put_name(&mut fields, "campaign", opportunity.campaign);
    put_text(&mut fields, "purchase_order", opportunity.purchase_order);
    let times = times(opportunity.info)?;
    // A probability is a choice of the tenant, named by its percentage; one that is named otherwise says no number.
    let probability = opportunity.probability.and_then(|chance| text(chance.name));
    let percent = probability
        .as_ref()
        .and_then(|name| name.trim_end_matches(['%', ' ']).parse::<i64>().ok())
        .filter(|percent| (0..=100).contains(percent));
    Ok(OpportunityRecord {
        external_id: opportunity.id.to_string(),
        title: whole(opportunity.name),
        description: text(opportunity.notes).map(Body::plain),
        company_external_id: ref_id(opportunity.company.as_ref()),
        contact_external_id: ref_id(opportunity.contact.as_ref()),
        owner_external_id: ref_id(opportunity.primary_sales_rep.as_ref()),
        stage_id: ref_id(opportunity.stage.as_ref()),
        status_id: ref_id(opportunity.status.as_ref()),
        category_id: None,
        type_id: ref_id(opportunity.r#type.as_ref()),
        // Read from its forecast afterwards.
        amount_cents: None,
        probability: percent,
        projected_close_at: instant("expectedCloseDate", opportunity.expected_close_date)?,
        created_at: times.created,
        closed_at: instant("closedDate", opportunity.closed_date)?,
        updated_at: times.updated,
        fields,
    })
}

/// Whether a flag of a set-up table is set.
pub(super) fn is_set(value: Option<Flag>) -> bool {
    flag(value, false)
}

#[cfg(test)]
mod tests;
