//! Autotask PSA (Datto/Kaseya): everything about it that is data. The connector is `connectors/src/autotask/`.

mod fields;

use super::{
    Category, DeepLinks, Documentation, Flow, Installation, Instruction, Note, OpportunityField,
    OpportunityValue, Provider, ScopeField, ScopeList, SetupData, Step, Troubleshooting, Words,
};
use crate::capability::{Capability, NoteListing, StreamCapability};
use crate::field::{FieldShape, FormField, Looks};
use crate::stream::Stream;

/// Autotask.
pub static PROVIDER: Provider = Provider {
    key: "autotask",
    name: "Autotask",
    description: "Account and ticket synchronization",
    category: Category::Psa,
    available: true,
    due_dates_only: false,
    words: Words {
        queue: "Queue",
        queues: "Queues",
        technician: "Resource",
        technicians: "Resources",
        company: "Company",
        companies: "Companies",
        locations: "Locations",
        screens: "Admin > Account Settings & Users",
        rights: "in the API user's security level",
    },
    domains: &["autotask.net"],
    form: FORM,
    capability: Capability {
        streams: STREAMS,
        notes: NoteListing::Global,
        completion_closes: true,
        write: false,
        webhooks: false,
    },
    deep_links: DeepLinks {
        ticket: "{web_url}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID={id}",
        company: "{web_url}Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenAccount&AccountID={id}",
    },
    catalogue: fields::CATALOGUE,
    common: fields::COMMON,
    own_fields: fields::OWN,
    setup: SETUP,
    installation: Installation {
        code: "Tracking identifier (integration code) that is used when the connect form's field is left empty. \
               Autotask asks each API user for an integration vendor: choose \"Custom (Internal Integration)\" \
               there, name it Portico, and put the tracking identifier Autotask shows either here or in the \
               form.",
        request_limit: "Requests in an hour, all integrations of the database together, if you were allowed \
                        more than the 10,000 Autotask documents, or want to leave more to other tools. 0: \
                        10,000.",
    },
    documentation: Documentation {
        prerequisites: &[
            "Admin access to Autotask, or API credentials (username and secret) somebody gives you.",
            "The right Manage Integrations in Portico.",
        ],
        instructions: INSTRUCTIONS,
        limits: &[
            "Autotask allows 10,000 requests in an hour, all integrations of your account together, and answers \
             more slowly from half of them on. Portico asks how many are used, waits when they are used up, and \
             goes on by itself.",
            "At most three requests go to a kind of record at once. A first sync reads 500 records with each.",
        ],
        troubleshooting: TROUBLESHOOTING,
        staff_import: &[
            "Resources (technicians) are available for import.",
            "Resource must have an active status in Autotask.",
            "Email synchronization uses the resource's primary email.",
        ],
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
        shape: FieldShape::Text,
        looks: Some(Looks::Email),
        refused: "",
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
        shape: FieldShape::Text,
        looks: Some(Looks::SignedWord),
        refused: "Check this value: the API Secret that was generated last for this API user, a mix of letters, digits and signs. \
                  It is neither the password of a person nor the tracking identifier.",
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
        shape: FieldShape::Text,
        looks: Some(Looks::TrackingCode),
        refused: "",
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
        shape: FieldShape::Service("/atservicesrest/"),
        looks: None,
        refused: "",
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

const SETUP: SetupData = SetupData {
    flows: &[
        Flow {
            data: "Companies",
            both_ways: false,
            note: "Client and account records with their locations",
        },
        Flow {
            data: "Contacts",
            both_ways: false,
            note: "People at your clients, and groups of contacts",
        },
        Flow {
            data: "Resources",
            both_ways: false,
            note: "Your own technicians; they can become Portico users",
        },
        Flow {
            data: "Tickets",
            both_ways: true,
            note: "Service tickets with their notes",
        },
        Flow {
            data: "Opportunities",
            both_ways: true,
            note: "Stage, amount and projected close",
        },
        Flow {
            data: "PSA data",
            both_ways: false,
            note: "Queues, statuses, priorities, types and categories",
        },
    ],
    scope: &[
        ScopeList {
            field: ScopeField::Queues,
            label: "Queues to Sync",
            help: "Tickets in these queues are synced.",
            none: "All queues",
        },
        ScopeList {
            field: ScopeField::Categories,
            label: "Categories",
            help: "Tickets of these categories are synced.",
            none: "All categories",
        },
        ScopeList {
            field: ScopeField::ExcludeStatuses,
            label: "Exclude Statuses",
            help: "Tickets in these statuses are left out.",
            none: "None left out",
        },
    ],
    companies: &[ScopeList {
        field: ScopeField::CompanyTypes,
        label: "Company types",
        help: "Clients of these types become companies.",
        none: "All types",
    }],
    skip_inactive: None,
    opportunity: &[
        OpportunityField {
            value: OpportunityValue::FallbackOwner,
            label: "Fallback Owner",
            help: "Owns an opportunity when the person who creates it has no Autotask account.",
        },
        OpportunityField {
            value: OpportunityValue::Stage,
            label: "Default Stage",
            help: "The stage new opportunities start in.",
        },
        OpportunityField {
            value: OpportunityValue::Category,
            label: "Default Category",
            help: "The category of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::ProjectedCloseDays,
            label: "Projected Close Days",
            help: "Days from the start date to the projected close.",
        },
    ],
    opportunity_import: None,
    contact_types: None,
    stages: &[],
    client_comment_status: "",
};

const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        title: "Create the security level",
        steps: &[
            Step::new(
                "Open the security levels",
                &[
                    "Sign in to Autotask and open Admin.",
                    "Click Account Settings & Users.",
                    "Click Security Levels.",
                ],
            )
            .at("https://ww2.autotask.net"),
            Step::new(
                "Create the level Portico",
                &[
                    "Copy the default level API User (system).",
                    "Rename the copy to Portico.",
                    "Scroll down to Other, set Can create webhooks to Yes, and the webhook limit to 25.",
                ],
            )
            .minding(&[Note::plain(
                "Least privilege: set areas you do not use to No permissions or Read only. The risk: when you later \
                 switch such a feature on, its sync misses data until the level allows it again.",
            )]),
            Step::new("Save the level", &["Click Save & Close."]),
        ],
    },
    Instruction {
        title: "Create the API user",
        steps: &[
            Step::new(
                "Add an API user",
                &[
                    "Go back to Account Settings & Users.",
                    "Select Resources/Users.",
                    "Add a new API user.",
                ],
            ),
            Step::new("Fill in its details", &[]).filling(&[
                ("First Name", "Portico"),
                ("Last Name", "Integration"),
                ("Security Level", "Portico, the level you created"),
                (
                    "Email Address",
                    "An internal alias that receives integration logs",
                ),
                ("Primary Internal Location", "Your headquarters"),
                (
                    "Integration Vendor",
                    "Portico where the list has it. Else choose Custom (Internal Integration), name it Portico, and \
                     enter the tracking identifier Autotask shows here as Integration code",
                ),
            ]),
            Step::new(
                "Generate the credentials",
                &[
                    "Under Credentials, click Generate Key. That is the API Username.",
                    "Click Generate Secret. That is the API Secret.",
                    "Copy both to a safe place at once.",
                ],
            )
            .minding(&[Note::warning(
                "Save the username and the secret before you close this dialog: Autotask shows the secret only once. A \
                 lost one cannot be retrieved, only replaced by a new one.",
            )]),
            Step::new(
                "Associate lines of business",
                &[
                    "Associate the lines of business the API user may see. Records of others do not arrive in Portico.",
                    "Click Save & Close.",
                ],
            ),
        ],
    },
];

const TROUBLESHOOTING: &[Troubleshooting] = &[
    Troubleshooting {
        issue: "Connection test fails",
        solution: "Verify that the API username and secret are correct, and that the API user has the security level \
                   Portico.",
    },
    Troubleshooting {
        issue: "Tickets not syncing",
        solution: "Check that the correct queues and categories are selected in Ticket Sync Scope.",
    },
    Troubleshooting {
        issue: "Missing data",
        solution: "Verify that the API user has the permissions in the security level Portico, and that its lines of \
                   business cover the records.",
    },
    Troubleshooting {
        issue: "Contacts not importing",
        solution: "Verify that Auto-Import is enabled and a default role is selected in the Sync step.",
    },
];
