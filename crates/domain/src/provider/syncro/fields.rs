//! Fields of Syncro's records: the further ones, and where those come from that records of every provider have.

use crate::field::{CatalogueField, CommonField, common_fields};

/// Fields beyond the common ones.
pub(super) const CATALOGUE: &[CatalogueField] = &[
    CatalogueField::shown("tickets.tag_list", "tags", "Tags", "Ticket"),
    CatalogueField::sensitive("tickets.sla_name", "sla", "SLA", "Ticket"),
    CatalogueField::sensitive("tickets.contract_name", "contract", "Contract", "Billing"),
    CatalogueField::sensitive("customers.email", "email", "E-mail", "Customer"),
    CatalogueField::sensitive("customers.mobile", "mobile", "Mobile", "Customer"),
    CatalogueField::sensitive(
        "customers.firstname, lastname",
        "main_person",
        "Customer Name",
        "Customer",
    ),
    CatalogueField::sensitive(
        "customers.referred_by",
        "referred_by",
        "Referred By",
        "Customer",
    ),
    CatalogueField::sensitive(
        "customers.notes, contacts.notes",
        "notes",
        "Notes",
        "Customer",
    ),
    CatalogueField::shown("contacts.extension", "extension", "Extension", "Contact"),
    CatalogueField::shown(
        "contacts.properties, the chosen field",
        "contact_type",
        "Contact Type",
        "Contact",
    ),
    CatalogueField::sensitive("users.group", "group", "Security Group", "Technician"),
    // Custom fields arrive under `udf:<name>`; an account names them, so they have no entry of their own and are
    // sensitive, like everything the catalogue does not list.
];

/// The common ones.
pub(super) const COMMON: &[CommonField] = common_fields! {
    Companies {
        name = "customers.business_name, else business_then_name, else firstname, lastname",
        active = "customers.disabled",
        type_id = "",
        other_type_ids = "",
        status_id = "",
        phone = "customers.phone",
        website = "",
        street = "customers.address, address_2",
        city = "customers.city",
        state = "customers.state",
        postal_code = "customers.zip",
        country = "",
        parent_external_id = "",
        owner_external_id = "",
        created_at = "customers.created_at",
        updated_at = "customers.updated_at",
    }
    Technicians {
        first_name = "users.full_name, up to the first blank",
        last_name = "users.full_name, behind it",
        email = "users.email",
        title = "",
        active = "users of the ticket settings: who can be assigned a ticket",
        person = "everyone",
    }
    Contacts {
        company_external_id = "contacts.customer_id",
        first_name = "contacts.name, up to the first blank",
        last_name = "contacts.name, behind it",
        email = "contacts.email",
        phone = "contacts.phone",
        mobile = "contacts.mobile",
        title = "contacts.properties.title",
        active = "everyone: who left is deleted there",
        primary = "customers.email: the first contact with this address, else a contact made of the customer",
        created_at = "contacts.created_at",
        updated_at = "contacts.updated_at",
    }
    Tickets {
        number = "tickets.number",
        title = "tickets.subject",
        description = "tickets.comments, the first, where clients may read it",
        company_external_id = "tickets.customer_id",
        contact_external_id = "tickets.contact_id",
        status_id = "tickets.status",
        queue_id = "",
        priority_id = "tickets.priority",
        category_id = "tickets.problem_type",
        type_id = "tickets.ticket_type_id",
        source_id = "",
        technician_external_id = "tickets.user_id",
        due_at = "tickets.due_date",
        created_at = "tickets.created_at",
        closed_at = "tickets.resolved_at, where the status counts as closed",
        updated_at = "tickets.updated_at",
    }
    TicketNotes {
        ticket_external_id = "comments.ticket_id",
        title = "comments.subject",
        body = "comments.body",
        visibility = "comments.hidden: public where it is false, else internal",
        system = "",
        describes = "",
        contact_external_id = "",
        technician_external_id = "comments.user_id",
        author = "comments.tech, where there is no user",
        created_at = "comments.created_at",
        updated_at = "comments.updated_at",
    }
};

/// Those the tenant made itself.
pub(super) const OWN: &str = "properties of customers, contacts, tickets, but for the field of contacts that is chosen as their type";
