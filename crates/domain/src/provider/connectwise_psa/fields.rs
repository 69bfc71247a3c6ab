//! Fields of ConnectWise Manage's records: the further ones, and where those come from that records of every provider have.

use crate::field::{CatalogueField, CommonField, FieldValue, MERGED_INTO, common_fields};
use crate::reference::ReferenceKind;

/// Fields beyond the common ones.
pub(super) const CATALOGUE: &[CatalogueField] = &[
    CatalogueField::shown("Ticket.subType", "sub_type", "Subtype", "Classification")
        .id(FieldValue::Reference(ReferenceKind::SubIssueType)),
    CatalogueField::shown("Ticket.item", "item", "Item", "Classification")
        .id(FieldValue::Reference(ReferenceKind::TicketItem)),
    CatalogueField::shown("Ticket.severity", "severity", "Severity", "Classification"),
    CatalogueField::shown("Ticket.impact", "impact", "Impact", "Classification"),
    CatalogueField::sensitive(
        "Ticket.recordType",
        "record_type",
        "Record Type",
        "Classification",
    ),
    CatalogueField::shown("Ticket.project", "project", "Project", "Project"),
    CatalogueField::shown("Ticket.phase", "phase", "Phase", "Project"),
    CatalogueField::shown("Project.type", "project_type", "Project Type", "Project")
        .id(FieldValue::Reference(ReferenceKind::ProjectType)),
    CatalogueField::sensitive("Ticket.project", "project_id", "Project ID", "Project"),
    CatalogueField::shown(
        "Ticket.site, Company.site, Contact.site",
        "site",
        "Site",
        "Place",
    ),
    CatalogueField::sensitive(
        "CompanySite.name, addressLine1, addressLine2, city, stateReference, zip, country, phoneNumber, inactiveFlag",
        "locations",
        "Sites",
        "Company",
    ),
    CatalogueField::shown(
        "Ticket.contactName",
        "contact_name",
        "Contact Name",
        "Contact",
    ),
    CatalogueField::sensitive(
        "Ticket.contactEmailAddress",
        "contact_email",
        "Contact Email",
        "Contact",
    ),
    CatalogueField::sensitive(
        "Ticket.contactPhoneNumber",
        "contact_phone",
        "Contact Phone",
        "Contact",
    ),
    CatalogueField::shown("Ticket.team", "team", "Team", "Work")
        .id(FieldValue::Reference(ReferenceKind::Team)),
    CatalogueField::sensitive("Ticket.resources", "resources", "Resources", "Work"),
    CatalogueField::sensitive("Ticket._info.enteredBy", "entered_by", "Entered By", "Work"),
    CatalogueField::sensitive(
        "Ticket.externalXRef",
        "external_reference",
        "External Reference",
        "Work",
    ),
    CatalogueField::sensitive("Ticket.slaStatus", "sla_status", "SLA Status", "Work"),
    CatalogueField::sensitive(
        "Ticket.parentTicketId",
        "parent_ticket",
        "Parent Ticket",
        "Work",
    ),
    CatalogueField::shown(
        "Ticket.mergedParentTicket",
        MERGED_INTO,
        "Merged Into",
        "Work",
    ),
    CatalogueField::sensitive("Ticket.agreement", "agreement", "Agreement", "Billing"),
    CatalogueField::sensitive("Ticket.poNumber", "po_number", "PO Number", "Billing"),
    CatalogueField::sensitive(
        "Ticket.budgetHours",
        "budget_hours",
        "Budget Hours",
        "Billing",
    ),
    CatalogueField::sensitive(
        "Ticket.actualHours",
        "actual_hours",
        "Actual Hours",
        "Billing",
    ),
    CatalogueField::shown("Company.identifier", "identifier", "Company ID", "Company"),
    CatalogueField::shown(
        "Company.accountNumber",
        "account_number",
        "Account Number",
        "Company",
    ),
    CatalogueField::sensitive("Company.territory", "territory", "Territory", "Company"),
    CatalogueField::sensitive("Company.market", "market", "Market", "Company"),
    CatalogueField::sensitive("Company.types", "other_types", "Further Types", "Company"),
    CatalogueField::sensitive("Company.deletedFlag", "deleted", "Deleted", "Company"),
    CatalogueField::sensitive("Company.faxNumber", "fax", "Fax", "Company"),
    CatalogueField::shown("Contact.types", "contact_types", "Contact Types", "Contact"),
    CatalogueField::shown("Contact.nickName", "nick_name", "Nickname", "Contact"),
    CatalogueField::shown(
        "Contact.communicationItems",
        "extension",
        "Extension",
        "Contact",
    ),
    CatalogueField::sensitive(
        "Contact.communicationItems",
        "email_2",
        "E-mail 2",
        "Contact",
    ),
    CatalogueField::shown("Contact.department", "department", "Department", "Contact"),
    CatalogueField::sensitive(
        "Contact.relationship",
        "relationship",
        "Relationship",
        "Contact",
    ),
    CatalogueField::sensitive("Member.identifier", "member_id", "Member ID", "Member"),
    CatalogueField::sensitive(
        "Member.licenseClass",
        "license_class",
        "License Class",
        "Member",
    ),
    CatalogueField::sensitive("Member.type", "member_type", "Member Type", "Member"),
    CatalogueField::sensitive(
        "Member.serviceDefaultBoard",
        "default_board",
        "Default Service Board",
        "Member",
    ),
    CatalogueField::sensitive(
        "Member.officePhone",
        "office_phone",
        "Office Phone",
        "Member",
    ),
    CatalogueField::sensitive(
        "Member.mobilePhone",
        "mobile_phone",
        "Mobile Phone",
        "Member",
    ),
    CatalogueField::sensitive("Opportunity.rating", "rating", "Rating", "Opportunity"),
    CatalogueField::sensitive("Opportunity.source", "source", "Source", "Opportunity"),
    CatalogueField::sensitive(
        "Opportunity.campaign",
        "campaign",
        "Campaign",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunity.customerPO",
        "purchase_order",
        "Customer PO",
        "Opportunity",
    ),
    // Custom fields arrive under `udf:<caption>`; a tenant names them, so they have no entry of their own and are
    // sensitive, like everything the catalogue does not list.
];

/// The common ones.
pub(super) const COMMON: &[CommonField] = common_fields! {
    Companies {
        name = "Company.name",
        active = "Company.status, unless it is called Inactive or is out of use; Company.deletedFlag",
        type_id = "Company.types, the first",
        other_type_ids = "Company.types, the others",
        status_id = "Company.status",
        phone = "Company.phoneNumber",
        website = "Company.website",
        street = "Company.addressLine1, addressLine2",
        city = "Company.city",
        state = "Company.state",
        postal_code = "Company.zip",
        country = "Company.country",
        parent_external_id = "Company.parentCompany",
        owner_external_id = "Company.territoryManager",
        created_at = "Company._info.dateEntered",
        updated_at = "Company._info.lastUpdated",
    }
    Technicians {
        first_name = "Member.firstName",
        last_name = "Member.lastName",
        email = "Member.primaryEmail, else that of defaultEmail, else officeEmail",
        title = "Member.title",
        active = "Member.inactiveFlag",
        person = "Member.licenseClass, unless it is A",
    }
    Contacts {
        company_external_id = "Contact.company",
        first_name = "Contact.firstName",
        last_name = "Contact.lastName",
        email = "Contact.communicationItems, the default e-mail, else the first",
        phone = "Contact.communicationItems, the first number that is no mobile, else defaultPhoneNbr",
        mobile = "Contact.communicationItems, the first number of a type called cell or mobile",
        title = "Contact.title",
        active = "Contact.inactiveFlag",
        primary = "Contact.defaultFlag",
        created_at = "Contact._info.dateEntered",
        updated_at = "Contact._info.lastUpdated",
    }
    Tickets {
        number = "Ticket.id",
        title = "Ticket.summary",
        description = "",
        company_external_id = "Ticket.company",
        contact_external_id = "Ticket.contact",
        status_id = "Ticket.status, with its board",
        queue_id = "Ticket.board",
        priority_id = "Ticket.priority",
        category_id = "",
        type_id = "Ticket.type, with its board",
        source_id = "Ticket.source",
        technician_external_id = "Ticket.owner",
        due_at = "Ticket.requiredDate",
        created_at = "Ticket._info.dateEntered",
        closed_at = "Ticket.closedDate, unless closedFlag is false",
        updated_at = "Ticket._info.lastUpdated",
    }
    TicketNotes {
        ticket_external_id = "the ticket they are listed for",
        title = "",
        body = "TicketNote.text",
        visibility = "TicketNote.detailDescriptionFlag, resolutionFlag: public, unless internalAnalysisFlag is set or the ticket's own list of notes marks it internal (internalFlag) or cannot be read",
        system = "",
        describes = "TicketNote.issueFlag, else the first discussion: shown as the description of its ticket",
        contact_external_id = "TicketNote.contact",
        technician_external_id = "TicketNote.member",
        author = "TicketNote.originalAuthor, else _info.enteredBy, where it is of no contact or member",
        created_at = "TicketNote._info.dateEntered, else timeStart, else _info.lastUpdated, where it has no date of its own",
        updated_at = "TicketNote._info.lastUpdated",
    }
    Opportunities {
        title = "Opportunity.name",
        description = "Opportunity.notes",
        company_external_id = "Opportunity.company",
        contact_external_id = "Opportunity.contact",
        owner_external_id = "Opportunity.primarySalesRep",
        stage_id = "Opportunity.stage",
        status_id = "Opportunity.status",
        category_id = "",
        type_id = "Opportunity.type",
        amount_cents = "Forecast.forecastRevenueTotals, else the sum of forecastItems that count",
        probability = "Opportunity.probability, where its name is a percentage",
        projected_close_at = "Opportunity.expectedCloseDate",
        created_at = "Opportunity._info.dateEntered",
        closed_at = "Opportunity.closedDate",
        updated_at = "Opportunity._info.lastUpdated",
    }
};

/// Those the tenant made itself.
pub(super) const OWN: &str = "customFields of Company, Contact, Member, Ticket, Opportunity, but none of the types Password and Button";
