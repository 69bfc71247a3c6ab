//! Autotask PSA (Datto/Kaseya): everything about it that is data. The connector is `connectors/src/autotask/`.

use super::{Category, DeepLinks, Documentation, Instruction, Provider, Troubleshooting, Words};
use crate::capability::{Capability, NoteListing, StreamCapability};
use crate::field::{CatalogueField, FieldValue, FormField};
use crate::stream::Stream;

/// Autotask.
pub static PROVIDER: Provider = Provider {
    key: "autotask",
    name: "Autotask",
    description: "Account and ticket synchronization",
    category: Category::Psa,
    available: true,
    words: Words {
        queue: "Queue",
        queues: "Queues",
        technician: "Resource",
        technicians: "Resources",
        company: "Company",
        companies: "Companies",
        screens: "Admin > Account Settings & Users",
    },
    form: FORM,
    capability: Capability {
        streams: STREAMS,
        notes: NoteListing::Global,
        write: false,
        webhooks: false,
    },
    deep_links: DeepLinks {
        ticket: "{web_url}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID={id}",
        company: "{web_url}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenAccount&AccountID={id}",
    },
    catalogue: CATALOGUE,
    documentation: Documentation {
        prerequisites: &[
            "Admin access to Autotask, or an API username and secret somebody gives you",
            "The right Manage Integrations in Portico",
        ],
        instructions: INSTRUCTIONS,
        troubleshooting: TROUBLESHOOTING,
    },
};

const FORM: &[FormField] = &[
    FormField {
        key: "user_name",
        label: "API Username",
        help: "The generated name of the API user. It looks like an e-mail address.",
        example: "api.user@yourdomain.com",
        secret: false,
        required: true,
        advanced: false,
        max_length: 200,
        without_installation: None,
    },
    FormField {
        key: "secret",
        label: "API Secret",
        help: "Autotask shows it once, when it is generated. Generate a new one if it is lost.",
        example: "",
        secret: true,
        required: true,
        advanced: false,
        max_length: 200,
        without_installation: None,
    },
    FormField {
        key: "integration_code",
        label: "Integration code",
        help: "Only when this connection needs a code other than the installation's: the tracking identifier \
               chosen as Integration Vendor in the API user's record.",
        example: "27 letters and digits",
        secret: true,
        required: false,
        advanced: true,
        max_length: 100,
        without_installation: Some(
            "The tracking identifier in the API user's record. Portico sends it with every request; this installation \
             has no code of its own, so this connection needs one.",
        ),
    },
    FormField {
        key: "zone_url",
        label: "Zone address",
        help: "Only when the zone look-up fails: the address of your zone's web service, such as \
               https://webservices3.autotask.net/atservicesrest/.",
        example: "https://webservices3.autotask.net/atservicesrest/",
        secret: false,
        required: false,
        advanced: true,
        max_length: 300,
        without_installation: None,
    },
];

/// Companies change without moving `lastActivityDate` in some cases, so both change fields are asked for and a
/// nightly full run reconciles (fact sheet, section 10).
const STREAMS: &[StreamCapability] = &[
    StreamCapability::incremental(Stream::Companies),
    StreamCapability::full_only(Stream::Technicians),
    StreamCapability::incremental(Stream::Contacts),
    StreamCapability::full_only(Stream::ContactGroups),
    StreamCapability::full_only(Stream::ContactGroupMembers),
    StreamCapability::incremental(Stream::Tickets),
    StreamCapability::incremental(Stream::TicketNotes),
    StreamCapability::incremental(Stream::Opportunities),
    StreamCapability {
        by_id: false,
        ..StreamCapability::incremental(Stream::DeletedTickets)
    },
    StreamCapability {
        by_id: false,
        ..StreamCapability::incremental(Stream::DeletedTicketActivity)
    },
];

const fn shown(key: &'static str, label: &'static str, section: &'static str) -> CatalogueField {
    CatalogueField {
        key,
        label,
        section,
        sensitive: false,
        value: FieldValue::Plain,
    }
}

const fn sensitive(
    key: &'static str,
    label: &'static str,
    section: &'static str,
) -> CatalogueField {
    CatalogueField {
        key,
        label,
        section,
        sensitive: true,
        value: FieldValue::Plain,
    }
}

/// A field whose value is an id.
const fn id(field: CatalogueField, value: FieldValue) -> CatalogueField {
    CatalogueField { value, ..field }
}

const CATALOGUE: &[CatalogueField] = &[
    id(
        shown("issue_type", "Issue Type", "Classification"),
        FieldValue::Reference,
    ),
    id(
        shown("sub_issue_type", "Sub-Issue Type", "Classification"),
        FieldValue::Reference,
    ),
    id(
        sensitive("contract_id", "Contract", "Billing"),
        FieldValue::Reference,
    ),
    id(
        sensitive("billing_code_id", "Work Type", "Billing"),
        FieldValue::Reference,
    ),
    sensitive("estimated_hours", "Estimated Hours", "Billing"),
    sensitive("purchase_order_number", "Purchase Order Number", "Billing"),
    sensitive("resolution", "Resolution", "Work"),
    id(
        sensitive("creator_resource_id", "Created By", "Work"),
        FieldValue::Technician,
    ),
    sensitive("external_number", "External ID", "Work"),
    shown("company_number", "Company Number", "Company"),
    id(
        sensitive("classification", "Classification", "Company"),
        FieldValue::Reference,
    ),
    id(
        sensitive("territory_id", "Territory", "Company"),
        FieldValue::Reference,
    ),
    id(
        sensitive("market_segment_id", "Market Segment", "Company"),
        FieldValue::Reference,
    ),
    id(
        sensitive("country_id", "Country", "Company"),
        FieldValue::Reference,
    ),
    sensitive("fax", "Fax", "Company"),
    sensitive("own_company", "Own Company", "Company"),
    shown("alternate_phone", "Alternate Phone", "Contact"),
    shown("extension", "Extension", "Contact"),
    sensitive("email_2", "E-mail 2", "Contact"),
    sensitive("email_3", "E-mail 3", "Contact"),
    sensitive("note", "Note", "Contact"),
    sensitive("user_name", "User Name", "Resource"),
    sensitive("resource_type", "Resource Type", "Resource"),
    id(
        sensitive("license_type", "License Type", "Resource"),
        FieldValue::Reference,
    ),
    sensitive("office_phone", "Office Phone", "Resource"),
    sensitive("mobile_phone", "Mobile Phone", "Resource"),
    id(
        sensitive("lead_source", "Lead Source", "Opportunity"),
        FieldValue::Reference,
    ),
    sensitive("next_step", "Next Step", "Opportunity"),
    sensitive("cost", "Cost", "Opportunity"),
    id(
        sensitive("win_reason", "Win Reason", "Opportunity"),
        FieldValue::Reference,
    ),
    id(
        sensitive("loss_reason", "Loss Reason", "Opportunity"),
        FieldValue::Reference,
    ),
    // User-defined fields arrive under `udf:<name>`; a tenant names them, so they have no entry of their own
    // and are sensitive, like everything the catalogue does not list.
];

const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        title: "Create a security level",
        steps: &[
            "In Autotask, open Admin > Account Settings & Users > Security Levels.",
            "Copy API User (system) and name the copy Portico.",
            "Under Other, set Can create webhooks to Yes and the webhook limit to 25.",
            "Areas you do not use may be set to No permissions or Read only. What is switched off here cannot be \
             synced later without coming back.",
            "Save & Close.",
        ],
    },
    Instruction {
        title: "Create the API user",
        steps: &[
            "Open Admin > Account Settings & Users > Resources/Users and choose New API User.",
            "First Name Portico, Last Name Integration, Security Level Portico, an internal e-mail alias, and your \
             headquarters as Primary Internal Location.",
            "Generate Key and Generate Secret. Save both now: the secret is not shown again.",
            "Under API Tracking Identifier choose Custom (Internal Integration), name it Portico, and enter the \
             generated identifier here as Integration code, or once for the installation.",
            "Associate the lines of business the API user may see, then Save & Close.",
        ],
    },
];

const TROUBLESHOOTING: &[Troubleshooting] = &[
    Troubleshooting {
        issue: "Connection test fails",
        solution: "Verify that the API username and secret are correct and that the API user has the security level \
                   you created for Portico.",
    },
    Troubleshooting {
        issue: "Tickets not syncing",
        solution: "Check that the right queues and categories are selected in Ticket Sync Scope.",
    },
    Troubleshooting {
        issue: "Missing data",
        solution: "Verify that the API user's security level has the permissions, and that its lines of business \
                   cover the records.",
    },
    Troubleshooting {
        issue: "Contacts not importing",
        solution: "Verify that Sync Users is enabled and that the contacts are active in Autotask.",
    },
];
