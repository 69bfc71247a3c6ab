//! From the vendor's JSON to our records: pure functions, one per kind of record.
//!
//! A value that makes no sense (a date that is none, an amount that is no number) sets its record aside with the
//! field's name; nothing is guessed. Texts are kept as received.

use std::collections::BTreeSet;

use domain::body::Body;
use domain::record::{
    Batch, CompanyRecord, ContactGroupMemberRecord, ContactGroupRecord, ContactRecord,
    DeletionRecord, Fields, OpportunityRecord, TechnicianRecord, TicketNoteRecord, TicketRecord,
    Visibility,
};
use serde_json::Value;

use super::wire::{
    AutotaskCompany, AutotaskContact, AutotaskContactGroup, AutotaskContactGroupContact,
    AutotaskDeletedActivity, AutotaskDeletedTicket, AutotaskOpportunity, AutotaskResource,
    AutotaskTicket, AutotaskTicketNote, Udfs,
};
use crate::mapping::records;
use crate::value::{
    Mapped, flag, id, instant, lines, money, put_id, put_own, put_text, text, whole,
};

/// Version of this mapping; raised whenever a record would come out differently.
pub(super) const VERSION: u32 = 1;

/// The tenant's own company.
const OWN_COMPANY: i64 = 0;

/// Type of the notes Autotask's workflow rules write.
const WORKFLOW_NOTE: i64 = 13;

/// What the tenant decided that records do not say themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tenant {
    /// Publish values of notes that clients may read.
    pub(super) public_audiences: BTreeSet<i64>,
    /// Licence types of API-only users.
    pub(super) api_licenses: BTreeSet<i64>,
}

records! {
    Tenant;
    AutotaskCompany<'a>, CompanyRecord, to_company, Batch::Companies;
    AutotaskResource<'a>, TechnicianRecord, to_technician, Batch::Technicians;
    AutotaskContact<'a>, ContactRecord, to_contact, Batch::Contacts;
    AutotaskContactGroup<'a>, ContactGroupRecord, to_contact_group, Batch::ContactGroups;
    AutotaskTicket<'a>, TicketRecord, to_ticket, Batch::Tickets;
    AutotaskTicketNote<'a>, TicketNoteRecord, to_ticket_note, Batch::TicketNotes;
    AutotaskOpportunity<'a>, OpportunityRecord, to_opportunity, Batch::Opportunities;
    AutotaskDeletedTicket<'a>, DeletionRecord, to_deleted_ticket, Batch::Deletions;
    AutotaskDeletedActivity<'a>, DeletionRecord, to_deleted_activity, Batch::Deletions;
    AutotaskContactGroupContact, ContactGroupMemberRecord, to_contact_group_member, Batch::ContactGroupMembers;
}

/// The tenant's own fields.
fn udfs(udfs: Udfs<'_>) -> Fields {
    let mut fields = Fields::new();
    for udf in udfs.unwrap_or_default() {
        put_own(&mut fields, &udf.name.0, udf.value);
    }
    fields
}

fn to_company(company: AutotaskCompany<'_>, _tenant: &Tenant) -> Mapped<CompanyRecord> {
    let mut fields = udfs(company.udfs);
    if company.id == OWN_COMPANY {
        fields.insert("own_company".into(), Value::Bool(true));
    }
    put_text(&mut fields, "company_number", company.number);
    put_id(&mut fields, "classification", company.classification);
    put_id(&mut fields, "territory_id", company.territory);
    put_id(&mut fields, "market_segment_id", company.market_segment);
    put_id(&mut fields, "country_id", company.country_id);
    put_text(&mut fields, "fax", company.fax);
    let activity = instant("lastActivityDate", company.last_activity)?;
    let modified = instant("lastTrackedModifiedDateTime", company.last_modified)?;
    Ok(CompanyRecord {
        external_id: company.id.to_string(),
        name: company.name.0.into_owned(),
        active: flag(company.active, true),
        type_id: id(company.company_type),
        other_type_ids: Vec::new(),
        status_id: None,
        phone: text(company.phone),
        website: text(company.web_address),
        street: lines([company.address_1, company.address_2]),
        city: text(company.city),
        state: text(company.state),
        postal_code: text(company.postal_code),
        country: None,
        parent_external_id: id(company.parent),
        owner_external_id: id(company.owner),
        created_at: instant("createDate", company.created)?,
        updated_at: activity.max(modified),
        fields,
    })
}

fn to_technician(resource: AutotaskResource<'_>, tenant: &Tenant) -> Mapped<TechnicianRecord> {
    let mut fields = udfs(resource.udfs);
    put_text(&mut fields, "user_name", resource.user_name);
    put_text(&mut fields, "resource_type", resource.resource_type);
    put_id(&mut fields, "license_type", resource.license_type);
    put_text(&mut fields, "office_phone", resource.office_phone);
    put_text(&mut fields, "mobile_phone", resource.mobile_phone);
    Ok(TechnicianRecord {
        external_id: resource.id.to_string(),
        first_name: whole(resource.first_name),
        last_name: whole(resource.last_name),
        email: text(resource.email),
        title: text(resource.title),
        active: flag(resource.active, true),
        person: !resource
            .license_type
            .is_some_and(|license| tenant.api_licenses.contains(&license)),
        fields,
    })
}

fn to_contact(contact: AutotaskContact<'_>, _tenant: &Tenant) -> Mapped<ContactRecord> {
    let mut fields = udfs(contact.udfs);
    put_text(&mut fields, "alternate_phone", contact.alternate_phone);
    put_text(&mut fields, "extension", contact.extension);
    put_text(&mut fields, "email_2", contact.email_2);
    put_text(&mut fields, "email_3", contact.email_3);
    put_text(&mut fields, "note", contact.note);
    let activity = instant("lastActivityDate", contact.last_activity)?;
    let modified = instant("lastModifiedDate", contact.last_modified)?;
    Ok(ContactRecord {
        external_id: contact.id.to_string(),
        company_external_id: id(contact.company),
        first_name: whole(contact.first_name),
        last_name: whole(contact.last_name),
        email: text(contact.email),
        phone: text(contact.phone),
        mobile: text(contact.mobile),
        title: text(contact.title),
        active: flag(contact.active, true),
        primary: flag(contact.primary, false),
        created_at: instant("createDate", contact.created)?,
        updated_at: activity.max(modified),
        fields,
    })
}

fn to_contact_group(
    group: AutotaskContactGroup<'_>,
    _tenant: &Tenant,
) -> Mapped<ContactGroupRecord> {
    Ok(ContactGroupRecord {
        external_id: group.id.to_string(),
        name: group.name.0.into_owned(),
        active: flag(group.active, true),
    })
}

fn to_contact_group_member(
    member: AutotaskContactGroupContact,
    _tenant: &Tenant,
) -> Mapped<ContactGroupMemberRecord> {
    Ok(ContactGroupMemberRecord {
        external_id: member.id.to_string(),
        group_external_id: member.group.to_string(),
        contact_external_id: member.contact.to_string(),
    })
}

fn to_ticket(ticket: AutotaskTicket<'_>, _tenant: &Tenant) -> Mapped<TicketRecord> {
    let mut fields = udfs(ticket.udfs);
    put_id(&mut fields, "issue_type", ticket.issue_type);
    put_id(&mut fields, "sub_issue_type", ticket.sub_issue_type);
    put_id(&mut fields, "contract_id", ticket.contract);
    put_id(&mut fields, "billing_code_id", ticket.billing_code);
    put_id(&mut fields, "creator_resource_id", ticket.creator);
    put_text(&mut fields, "purchase_order_number", ticket.purchase_order);
    put_text(&mut fields, "external_number", ticket.external_number);
    put_text(&mut fields, "resolution", ticket.resolution);
    if let Some(hours) = ticket.estimated_hours {
        fields.insert("estimated_hours".into(), Value::Number(hours));
    }
    let activity = instant("lastActivityDate", ticket.last_activity)?;
    let modified = instant("lastTrackedModificationDateTime", ticket.last_modified)?;
    Ok(TicketRecord {
        external_id: ticket.id.to_string(),
        number: whole(ticket.number),
        title: whole(ticket.title),
        description: text(ticket.description).map(Body::plain),
        company_external_id: id(ticket.company),
        contact_external_id: id(ticket.contact),
        status_id: id(ticket.status),
        queue_id: id(ticket.queue),
        priority_id: id(ticket.priority),
        category_id: id(ticket.category),
        type_id: id(ticket.ticket_type),
        source_id: id(ticket.source),
        technician_external_id: id(ticket.assigned),
        due_at: instant("dueDateTime", ticket.due)?,
        created_at: instant("createDate", ticket.created)?,
        closed_at: instant("completedDate", ticket.completed)?,
        updated_at: activity.max(modified),
        fields,
    })
}

fn to_ticket_note(note: AutotaskTicketNote<'_>, tenant: &Tenant) -> Mapped<TicketNoteRecord> {
    let public = note
        .publish
        .is_some_and(|value| tenant.public_audiences.contains(&value));
    let contact = id(note.contact);
    Ok(TicketNoteRecord {
        external_id: note.id.to_string(),
        ticket_external_id: note.ticket.to_string(),
        title: whole(note.title),
        body: Body::plain(whole(note.description)),
        visibility: if public {
            Visibility::Public
        } else {
            Visibility::Internal
        },
        system: note.note_type == Some(WORKFLOW_NOTE),
        describes: false,
        // A note of a client carries the API user as creator beside the contact; the contact is its author.
        technician_external_id: if contact.is_some() {
            None
        } else {
            id(note.creator)
        },
        contact_external_id: contact,
        author: None,
        created_at: instant("createDateTime", note.created)?,
        updated_at: instant("lastActivityDate", note.last_activity)?,
    })
}

fn to_opportunity(
    opportunity: AutotaskOpportunity<'_>,
    _tenant: &Tenant,
) -> Mapped<OpportunityRecord> {
    let mut fields = udfs(opportunity.udfs);
    put_id(&mut fields, "lead_source", opportunity.lead_source);
    put_text(&mut fields, "next_step", opportunity.next_step);
    put_id(&mut fields, "win_reason", opportunity.win_reason);
    put_id(&mut fields, "loss_reason", opportunity.loss_reason);
    if let Some(cost) = opportunity.cost {
        money("cost", cost)?;
        fields.insert("cost".into(), Value::String(cost.get().to_owned()));
    }
    let closed = instant("closedDate", opportunity.closed)?;
    let lost = instant("lostDate", opportunity.lost)?;
    Ok(OpportunityRecord {
        external_id: opportunity.id.to_string(),
        title: whole(opportunity.title),
        description: text(opportunity.description).map(Body::plain),
        company_external_id: id(opportunity.company),
        contact_external_id: id(opportunity.contact),
        owner_external_id: id(opportunity.owner),
        stage_id: id(opportunity.stage),
        status_id: id(opportunity.status),
        category_id: id(opportunity.category),
        type_id: None,
        amount_cents: opportunity
            .amount
            .map(|amount| money("amount", amount))
            .transpose()?,
        probability: opportunity.probability,
        projected_close_at: instant("projectedCloseDate", opportunity.projected_close)?,
        created_at: instant("createDate", opportunity.created)?,
        closed_at: closed.or(lost),
        updated_at: instant("lastActivity", opportunity.last_activity)?,
        fields,
    })
}

fn to_deleted_ticket(entry: AutotaskDeletedTicket<'_>, _tenant: &Tenant) -> Mapped<DeletionRecord> {
    Ok(DeletionRecord {
        external_id: entry.id.to_string(),
        ticket_external_id: Some(entry.ticket.to_string()),
        ticket_number: text(entry.number),
        deleted_at: instant("deletedDateTime", entry.deleted)?,
    })
}

fn to_deleted_activity(
    entry: AutotaskDeletedActivity<'_>,
    _tenant: &Tenant,
) -> Mapped<DeletionRecord> {
    Ok(DeletionRecord {
        external_id: entry.id.to_string(),
        ticket_external_id: Some(entry.ticket.to_string()),
        ticket_number: text(entry.number),
        deleted_at: instant("deletedDateTime", entry.deleted)?,
    })
}

#[cfg(test)]
mod tests;
