//! Fields of Autotask's records: the further ones, and where those come from that records of every provider have.

use crate::field::{CatalogueField, CommonField, FieldValue, common_fields};
use crate::reference::ReferenceKind;

/// Fields beyond the common ones.
pub(super) const CATALOGUE: &[CatalogueField] = &[
    CatalogueField::shown(
        "Tickets.issueType",
        "issue_type",
        "Issue Type",
        "Classification",
    )
    .id(FieldValue::Reference(ReferenceKind::IssueType)),
    CatalogueField::shown(
        "Tickets.subIssueType",
        "sub_issue_type",
        "Sub-Issue Type",
        "Classification",
    )
    .id(FieldValue::Reference(ReferenceKind::SubIssueType)),
    CatalogueField::sensitive("Tickets.contractID", "contract_id", "Contract", "Billing")
        .id(FieldValue::Reference(ReferenceKind::Contract)),
    CatalogueField::sensitive(
        "Tickets.billingCodeID",
        "billing_code_id",
        "Work Type",
        "Billing",
    )
    .id(FieldValue::Reference(ReferenceKind::WorkType)),
    CatalogueField::sensitive(
        "Tickets.estimatedHours",
        "estimated_hours",
        "Estimated Hours",
        "Billing",
    ),
    CatalogueField::sensitive(
        "Tickets.purchaseOrderNumber",
        "purchase_order_number",
        "Purchase Order Number",
        "Billing",
    ),
    CatalogueField::sensitive("Tickets.resolution", "resolution", "Resolution", "Work"),
    CatalogueField::sensitive(
        "Tickets.creatorResourceID",
        "creator_resource_id",
        "Created By",
        "Work",
    )
    .id(FieldValue::Technician),
    CatalogueField::sensitive(
        "Tickets.externalID",
        "external_number",
        "External ID",
        "Work",
    ),
    CatalogueField::shown(
        "Companies.companyNumber",
        "company_number",
        "Company Number",
        "Company",
    ),
    CatalogueField::sensitive(
        "Companies.classification",
        "classification",
        "Classification",
        "Company",
    )
    .id(FieldValue::Reference(ReferenceKind::CompanyClassification)),
    CatalogueField::sensitive(
        "Companies.territoryID",
        "territory_id",
        "Territory",
        "Company",
    )
    .id(FieldValue::Reference(ReferenceKind::Territory)),
    CatalogueField::sensitive(
        "Companies.marketSegmentID",
        "market_segment_id",
        "Market Segment",
        "Company",
    )
    .id(FieldValue::Reference(ReferenceKind::MarketSegment)),
    CatalogueField::sensitive("Companies.countryID", "country_id", "Country", "Company")
        .id(FieldValue::Reference(ReferenceKind::Country)),
    CatalogueField::sensitive("Companies.fax", "fax", "Fax", "Company"),
    CatalogueField::sensitive(
        "CompanyLocations.name, address1, address2, city, state, postalCode, phone, isActive",
        "locations",
        "Locations",
        "Company",
    ),
    CatalogueField::sensitive("Companies.id", "own_company", "Own Company", "Company"),
    CatalogueField::shown(
        "Contacts.alternatePhone",
        "alternate_phone",
        "Alternate Phone",
        "Contact",
    ),
    CatalogueField::shown("Contacts.extension", "extension", "Extension", "Contact"),
    CatalogueField::sensitive("Contacts.emailAddress2", "email_2", "E-mail 2", "Contact"),
    CatalogueField::sensitive("Contacts.emailAddress3", "email_3", "E-mail 3", "Contact"),
    CatalogueField::sensitive("Contacts.note", "note", "Note", "Contact"),
    CatalogueField::sensitive("Resources.userName", "user_name", "User Name", "Resource"),
    CatalogueField::sensitive(
        "Resources.resourceType",
        "resource_type",
        "Resource Type",
        "Resource",
    ),
    CatalogueField::sensitive(
        "Resources.licenseType",
        "license_type",
        "License Type",
        "Resource",
    )
    .id(FieldValue::Reference(ReferenceKind::LicenseType)),
    CatalogueField::sensitive(
        "Resources.officePhone",
        "office_phone",
        "Office Phone",
        "Resource",
    ),
    CatalogueField::sensitive(
        "Resources.mobilePhone",
        "mobile_phone",
        "Mobile Phone",
        "Resource",
    ),
    CatalogueField::sensitive(
        "Opportunities.leadSource",
        "lead_source",
        "Lead Source",
        "Opportunity",
    )
    .id(FieldValue::Reference(ReferenceKind::LeadSource)),
    CatalogueField::sensitive(
        "Opportunities.nextStep",
        "next_step",
        "Next Step",
        "Opportunity",
    ),
    CatalogueField::sensitive("Opportunities.cost", "cost", "Cost", "Opportunity").money(),
    CatalogueField::sensitive(
        "Opportunities.winReason",
        "win_reason",
        "Win Reason",
        "Opportunity",
    )
    .id(FieldValue::Reference(ReferenceKind::WinReason)),
    CatalogueField::sensitive(
        "Opportunities.lossReason",
        "loss_reason",
        "Loss Reason",
        "Opportunity",
    )
    .id(FieldValue::Reference(ReferenceKind::LossReason)),
    // User-defined fields arrive under `udf:<name>`; a tenant names them, so they have no entry of their own
    // and are sensitive, like everything the catalogue does not list.
];

/// The common ones.
pub(super) const COMMON: &[CommonField] = common_fields! {
    Companies {
        name = "Companies.companyName",
        active = "Companies.isActive",
        type_id = "Companies.companyType",
        other_type_ids = "",
        status_id = "",
        phone = "Companies.phone",
        website = "Companies.webAddress",
        street = "Companies.address1, address2",
        city = "Companies.city",
        state = "Companies.state",
        postal_code = "Companies.postalCode",
        country = "",
        parent_external_id = "Companies.parentCompanyID",
        owner_external_id = "Companies.ownerResourceID",
        created_at = "Companies.createDate",
        updated_at = "the later of Companies.lastActivityDate, lastTrackedModifiedDateTime",
    }
    Technicians {
        first_name = "Resources.firstName",
        last_name = "Resources.lastName",
        email = "Resources.email",
        title = "Resources.title",
        active = "Resources.isActive",
        person = "Resources.licenseType, unless its label says API",
    }
    Contacts {
        company_external_id = "Contacts.companyID",
        first_name = "Contacts.firstName",
        last_name = "Contacts.lastName",
        email = "Contacts.emailAddress",
        phone = "Contacts.phone",
        mobile = "Contacts.mobilePhone",
        title = "Contacts.title",
        active = "Contacts.isActive",
        primary = "Contacts.primaryContact",
        created_at = "Contacts.createDate",
        updated_at = "the later of Contacts.lastActivityDate, lastModifiedDate",
    }
    ContactGroups {
        name = "ContactGroups.name",
        active = "ContactGroups.isActive",
    }
    ContactGroupMembers {
        group_external_id = "ContactGroupContacts.contactGroupID",
        contact_external_id = "ContactGroupContacts.contactID",
    }
    Tickets {
        number = "Tickets.ticketNumber",
        title = "Tickets.title",
        description = "Tickets.description",
        company_external_id = "Tickets.companyID",
        contact_external_id = "Tickets.contactID",
        status_id = "Tickets.status",
        queue_id = "Tickets.queueID",
        priority_id = "Tickets.priority",
        category_id = "Tickets.ticketCategory",
        type_id = "Tickets.ticketType",
        source_id = "Tickets.source",
        technician_external_id = "Tickets.assignedResourceID",
        due_at = "Tickets.dueDateTime",
        created_at = "Tickets.createDate",
        closed_at = "Tickets.completedDate",
        updated_at = "the later of Tickets.lastActivityDate, lastTrackedModificationDateTime",
    }
    TicketNotes {
        ticket_external_id = "TicketNotes.ticketID",
        title = "TicketNotes.title",
        body = "TicketNotes.description",
        visibility = "TicketNotes.publish: public for the audiences chosen in the wizard, else internal",
        system = "TicketNotes.noteType of a workflow rule",
        describes = "",
        contact_external_id = "TicketNotes.createdByContactID",
        technician_external_id = "TicketNotes.creatorResourceID",
        author = "",
        created_at = "TicketNotes.createDateTime",
        updated_at = "TicketNotes.lastActivityDate",
    }
    Opportunities {
        title = "Opportunities.title",
        description = "Opportunities.description",
        company_external_id = "Opportunities.companyID",
        contact_external_id = "Opportunities.contactID",
        owner_external_id = "Opportunities.ownerResourceID",
        stage_id = "Opportunities.stage",
        status_id = "Opportunities.status",
        category_id = "Opportunities.opportunityCategoryID",
        type_id = "",
        amount_cents = "Opportunities.amount",
        probability = "Opportunities.probability",
        projected_close_at = "Opportunities.projectedCloseDate",
        created_at = "Opportunities.createDate",
        closed_at = "Opportunities.closedDate, else lostDate",
        updated_at = "Opportunities.lastActivity",
    }
};

/// Those the tenant made itself.
pub(super) const OWN: &str =
    "userDefinedFields of Companies, Contacts, Resources, Tickets, Opportunities";
