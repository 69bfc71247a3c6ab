//! Fields of Halo PSA's records: the further ones, and where those come from that records of every provider have.

use crate::field::{CatalogueField, CommonField, FieldValue, MERGED_INTO, common_fields};
use crate::reference::ReferenceKind;
use crate::side_list::SITE_CONTACT_TYPES;

/// Fields beyond the common ones.
pub(super) const CATALOGUE: &[CatalogueField] = &[
    CatalogueField::shown(
        "Tickets.category_1",
        "category_1",
        "Category 1",
        "Classification",
    ),
    CatalogueField::shown(
        "Tickets.category_2",
        "category_2",
        "Category 2",
        "Classification",
    ),
    CatalogueField::shown(
        "Tickets.category_3",
        "category_3",
        "Category 3",
        "Classification",
    ),
    CatalogueField::shown(
        "Tickets.category_4",
        "category_4",
        "Category 4",
        "Classification",
    ),
    CatalogueField::shown("Tickets.impact", "impact", "Impact", "Classification")
        .id(FieldValue::Reference(ReferenceKind::Impact)),
    CatalogueField::shown("Tickets.urgency", "urgency", "Urgency", "Classification")
        .id(FieldValue::Reference(ReferenceKind::Urgency)),
    CatalogueField::sensitive("Tickets.ticket_tags", "tags", "Tags", "Classification"),
    CatalogueField::shown("Tickets.team, Agent.team", "team", "Team", "Work"),
    CatalogueField::shown("Tickets.site_name, Users.site_name", "site", "Site", "Work"),
    CatalogueField::shown("Tickets.reportedby", "reported_by", "Reported By", "Work"),
    CatalogueField::sensitive(
        "Tickets.user_email",
        "user_email",
        "Reported By E-mail",
        "Work",
    ),
    CatalogueField::shown("Tickets.onhold", "on_hold", "On Hold", "Work"),
    CatalogueField::sensitive("Tickets.sla_name", "sla", "SLA", "Work"),
    CatalogueField::sensitive("Tickets.timetaken", "hours", "Hours Worked", "Work"),
    CatalogueField::sensitive("Tickets.contract_ref", "contract", "Contract", "Billing"),
    CatalogueField::sensitive(
        "Tickets.parent_id",
        "parent_ticket",
        "Parent Ticket",
        "Work",
    ),
    CatalogueField::shown("Tickets.merged_into_id", MERGED_INTO, "Merged Into", "Work"),
    CatalogueField::sensitive(
        "Client.customer_relationship",
        "relationships",
        "Customer Relationship",
        "Client",
    ),
    CatalogueField::sensitive(
        "Site.name, phonenumber, delivery_address_line1 to 5, inactive",
        "locations",
        "Sites",
        "Client",
    ),
    CatalogueField::sensitive("Client.toplevel_name", "top_level", "Top Level", "Client"),
    CatalogueField::sensitive("Client.domain", "domain", "Domain", "Client"),
    CatalogueField::sensitive("Client.ref", "reference", "Reference", "Client"),
    CatalogueField::sensitive("Client.accountsid", "accounts_id", "Accounts ID", "Client"),
    CatalogueField::sensitive(
        "Client.azure_tenants",
        "azure_tenant_id",
        "Azure Tenant ID",
        "Client",
    ),
    CatalogueField::sensitive("Client.id", "built_in", "Built In", "Client"),
    CatalogueField::sensitive(
        "Client.is_vip, Users.isimportantcontact",
        "vip",
        "VIP",
        "Client",
    ),
    CatalogueField::shown("Users.role_list", "user_roles", "User Roles", "User"),
    CatalogueField::shown(
        "Site.sitecontacts.type_name, of single sites",
        SITE_CONTACT_TYPES,
        "Site Contact Types",
        "User",
    ),
    CatalogueField::sensitive("Users.email2", "email_2", "E-mail 2", "User"),
    CatalogueField::sensitive("Users.email3", "email_3", "E-mail 3", "User"),
    CatalogueField::sensitive(
        "Opportunities.opptype",
        "opportunity_type",
        "Opportunity Type",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunities.pipeline_stage_name",
        "pipeline_stage",
        "Pipeline Stage",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunities.oppreason",
        "closure_reason",
        "Closure Reason",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunities.opphear",
        "lead_source",
        "Lead Source",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunities.oppcompanyname",
        "prospect",
        "Prospect",
        "Opportunity",
    ),
    CatalogueField::sensitive(
        "Opportunities.oppvalue_monthly",
        "value_monthly",
        "Monthly Value",
        "Opportunity",
    )
    .money(),
    CatalogueField::sensitive(
        "Opportunities.oppvalue_annual",
        "value_annual",
        "Annual Value",
        "Opportunity",
    )
    .money(),
    CatalogueField::sensitive(
        "Opportunities.oppvalue_oneoff",
        "value_one_off",
        "One-off Value",
        "Opportunity",
    )
    .money(),
    // Custom fields arrive under `udf:<label>`, without an entry, and are sensitive like all that has none.
];

/// The common ones.
pub(super) const COMMON: &[CommonField] = common_fields! {
    Companies {
        name = "Client.name",
        active = "Client.inactive; never the built-in client",
        type_id = "Client.customer_relationship, the first",
        other_type_ids = "Client.customer_relationship, the others",
        status_id = "",
        phone = "Site.phonenumber of main_site_id, else of the first site in use",
        website = "Client.website, of single clients",
        street = "Site.delivery_address_line1 to 4 of main_site_id, else of the first site in use",
        city = "",
        state = "",
        postal_code = "Site.delivery_address_line5 of main_site_id, else of the first site in use",
        country = "",
        parent_external_id = "",
        owner_external_id = "Client.accountmanagertech",
        created_at = "",
        updated_at = "",
    }
    Technicians {
        first_name = "Agent.firstname",
        last_name = "Agent.surname, else name",
        email = "Agent.email",
        title = "Agent.jobtitle",
        active = "Agent.isdisabled",
        person = "Agent.isapiagent; never agent 1, who is nobody",
    }
    Contacts {
        company_external_id = "Users.client_id",
        first_name = "Users.firstname",
        last_name = "Users.surname, else name",
        email = "Users.emailaddress",
        phone = "Users.phonenumber, else phonenumber_preferred",
        mobile = "Users.mobilenumber",
        title = "Users.title",
        active = "Users.inactive; never service accounts, agents and General User",
        primary = "Client.main_contact_id, else Site.maincontact_id of main_site_id, else that of the first site in use that has one",
        created_at = "",
        updated_at = "Users.lastupdate",
    }
    Tickets {
        number = "Tickets.id",
        title = "Tickets.summary",
        description = "Tickets.details",
        company_external_id = "Tickets.client_id",
        contact_external_id = "Tickets.user_id",
        status_id = "Tickets.status_id",
        queue_id = "Tickets.team, by the list of teams",
        priority_id = "Tickets.priority_id",
        category_id = "Tickets.categoryid_1",
        type_id = "Tickets.tickettype_id",
        source_id = "Tickets.source",
        technician_external_id = "Tickets.agent_id, unless it is agent 1",
        due_at = "Tickets.deadlinedate, else fixbydate",
        created_at = "Tickets.dateoccurred",
        closed_at = "Tickets.dateclosed, unless hasbeenclosed is false",
        updated_at = "the later of Tickets.lastactiondate, last_update",
    }
    TicketNotes {
        ticket_external_id = "Actions.ticket_id",
        title = "Actions.outcome",
        body = "Actions.note_html, else note, else emailbody",
        visibility = "Actions.hiddenfromuser: public where it is false, else internal",
        system = "",
        describes = "",
        contact_external_id = "Actions.actionby_user_id",
        technician_external_id = "Actions.who_agentid",
        author = "Actions.who, where it has no id of a user or agent",
        created_at = "Actions.datetime",
        updated_at = "Actions.last_updated, else datetime",
    }
    Opportunities {
        title = "Opportunities.summary",
        description = "Opportunities.details",
        company_external_id = "Opportunities.client_id",
        contact_external_id = "Opportunities.user_id",
        owner_external_id = "Opportunities.agent_id, unless it is agent 1",
        stage_id = "Opportunities.status_id",
        status_id = "",
        category_id = "Opportunities.categoryid_1",
        type_id = "Opportunities.tickettype_id",
        amount_cents = "Opportunities.oppvalue",
        probability = "Opportunities.oppconversionprobability",
        projected_close_at = "Opportunities.targetdate",
        created_at = "Opportunities.dateoccurred",
        closed_at = "Opportunities.dateclosed, unless hasbeenclosed is false",
        updated_at = "the later of Opportunities.lastactiondate, last_update",
    }
};

/// Those the tenant made itself.
pub(super) const OWN: &str =
    "customfields of Client, Users, Tickets, Opportunities, by label; a choice with its text";
