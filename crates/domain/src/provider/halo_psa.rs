//! Halo PSA: everything about it that is data. The connector is `connectors/src/halo_psa/`.

mod fields;

use super::{
    Category, ContactTypes, DeepLinks, Documentation, Flow, Installation, Instruction, Note,
    OpportunityField, OpportunityImportForm, OpportunityValue, Provider, ScopeField, ScopeList,
    SetupData, Step, Troubleshooting, Words,
};
use crate::capability::{Capability, NoteListing, StreamCapability};
use crate::field::{FieldShape, FormField, Looks};
use crate::side_list::SITE_CONTACT_TYPES;
use crate::stream::Stream;

/// Where the vendor's own systems are; the first is where a name alone is looked for.
const DOMAINS: &[&str] = &["halopsa.com", "haloservicedesk.com", "haloitsm.com"];

/// Halo PSA.
pub static PROVIDER: Provider = Provider {
    key: "halo_psa",
    name: "Halo PSA",
    description: "Full ticketing, company, and user sync",
    category: Category::Psa,
    available: true,
    due_dates_only: false,
    words: Words {
        queue: "Team",
        queues: "Teams",
        technician: "Agent",
        technicians: "Agents",
        company: "Client",
        companies: "Clients",
        locations: "Sites",
        screens: "Configuration > Integrations > Halo API",
        rights: "on the Permissions tab of the API application",
    },
    domains: DOMAINS,
    form: FORM,
    capability: Capability {
        streams: STREAMS,
        notes: NoteListing::PerTicket,
        completion_closes: true,
        write: false,
        webhooks: false,
    },
    deep_links: DeepLinks {
        ticket: "{web_url}ticket?id={id}",
        company: "{web_url}customers?clientid={id}",
    },
    catalogue: fields::CATALOGUE,
    common: fields::COMMON,
    own_fields: fields::OWN,
    setup: SETUP,
    installation: Installation {
        code: "",
        request_limit: "Requests in five minutes. Halo's own figures differ; hosted systems are said to allow \
                        700 today. 0: 300.",
    },
    documentation: Documentation {
        prerequisites: &[
            "Administrator access to Halo PSA: applications, agents and roles are set up under Configuration.",
            "The right Manage Integrations in Portico.",
        ],
        instructions: INSTRUCTIONS,
        limits: &[
            "Halo's hosted systems allow a number of requests in five minutes, all integrations together; figures \
             from 300 to 700 are told. Portico keeps to 300.",
            "A first sync of 10,000 tickets needs about 110 requests for the tickets and one for the actions of \
             each: those of open tickets come first.",
            "Halo tells the web site, domain and main contact of a client one by one only, and site by site which of \
             its users are contacts of a type: each hour twenty-five clients of one site are asked about in turn, \
             fewer of more sites, with room kept for new and changed ones, so those of many clients come in over \
             some hours.",
        ],
        troubleshooting: TROUBLESHOOTING,
        staff_import: &[
            "Only agents (support staff) are available for import.",
            "Client contacts are managed separately through company users.",
            "Agent status must be active in Halo PSA.",
        ],
    },
};

const fn field(
    key: &'static str,
    label: &'static str,
    help: &'static str,
    example: &'static str,
) -> FormField {
    FormField {
        key,
        label,
        help,
        example,
        secret: false,
        required: true,
        advanced: false,
        max_length: 200,
        shape: FieldShape::Text,
        looks: None,
        refused: "",
        without_installation: None,
    }
}

const fn advanced(field: FormField) -> FormField {
    FormField {
        required: false,
        advanced: true,
        ..field
    }
}

const FORM: &[FormField] = &[
    FormField {
        shape: FieldShape::Site(DOMAINS),
        ..field(
            "url",
            "Halo URL",
            "The address you open Halo at. Its Resource Server works as well.",
            "https://yourhalo.halopsa.com",
        )
    },
    FormField {
        looks: Some(Looks::Guid),
        ..field(
            "client_id",
            "Client ID",
            "Shown on the application's Details tab. Copy it after the application was saved: it may change then.",
            "12345678-90ab-cdef-1234-567890abcdef",
        )
    },
    FormField {
        secret: true,
        looks: Some(Looks::LongGuid),
        refused: "Check this value: the Client Secret that was shown for this Client ID, one word and longer than the Client ID \
             itself. A secret generated later makes this one void.",
        ..field(
            "client_secret",
            "Client Secret",
            "Halo shows it once, when the application is made. Generate a new one if it is lost.",
            "",
        )
    },
    advanced(field(
        "tenant",
        "Tenant",
        "Only when Halo API shows one and the connection fails without it.",
        "yourhalo",
    )),
    advanced(field(
        "auth_url",
        "Authorisation Server",
        "Only when it is on another host than Halo itself.",
        "https://yourhalo.halopsa.com/auth",
    )),
    advanced(field(
        "scope",
        "Scopes",
        "Only to ask for less than the application was granted, with spaces between them.",
        "read:customers read:tickets",
    )),
];

/// Lists of clients do not say when one changed, so they are read whole. Tickets come in pages of 100 at most.
const STREAMS: &[StreamCapability] = &[
    StreamCapability::full_only(Stream::Companies),
    StreamCapability {
        total: false,
        ..StreamCapability::full_only(Stream::Technicians)
    },
    StreamCapability::incremental(Stream::Contacts),
    StreamCapability {
        page_size: 100,
        ..StreamCapability::incremental(Stream::Tickets)
    },
    StreamCapability {
        page_size: 100,
        ..StreamCapability::incremental(Stream::Opportunities)
    },
];

const SETUP: SetupData = SetupData {
    flows: &[
        Flow {
            data: "Clients",
            both_ways: false,
            note: "Customer records with their web site, the address of their main site, and all their sites",
        },
        Flow {
            data: "Contacts",
            both_ways: false,
            note: "Users of your clients; the main contact of the client, else of its site, is the primary one",
        },
        Flow {
            data: "Agents",
            both_ways: false,
            note: "Your own support staff; they can become Portico users",
        },
        Flow {
            data: "Tickets",
            both_ways: true,
            note: "Tickets with their actions, private ones kept apart",
        },
        Flow {
            data: "Opportunities",
            both_ways: true,
            note: "Stage, value and target date",
        },
        Flow {
            data: "PSA data",
            both_ways: false,
            note: "Teams, statuses, priorities, ticket types and categories",
        },
    ],
    scope: &[
        ScopeList {
            field: ScopeField::Queues,
            label: "Teams to Sync",
            help: "Only tickets of these teams appear.",
            none: "All teams",
        },
        ScopeList {
            field: ScopeField::Categories,
            label: "Categories",
            help: "Tickets of these first categories are synced.",
            none: "All categories",
        },
        ScopeList {
            field: ScopeField::ExcludeStatuses,
            label: "Exclude Statuses",
            help: "Tickets in these statuses are left out, such as Closed or Cancelled.",
            none: "None left out",
        },
        ScopeList {
            field: ScopeField::TicketTypes,
            label: "Ticket Types",
            help: "Tickets of these types are synced.",
            none: "All ticket types",
        },
        ScopeList {
            field: ScopeField::ExcludeOpportunityTypes,
            label: "Exclude Opportunity Types",
            help: "Opportunities of these types are left out.",
            none: "None left out",
        },
    ],
    companies: &[ScopeList {
        field: ScopeField::ExcludeCompanyTypes,
        label: "Exclude Client Types",
        help: "Clients of these relationships do not become companies, such as Supplier.",
        none: "None left out",
    }],
    skip_inactive: Some("Skip Inactive Clients"),
    opportunity: &[
        OpportunityField {
            value: OpportunityValue::FallbackOwner,
            label: "Fallback Owner",
            help: "Owns an opportunity when the person who creates it is no agent in Halo.",
        },
        OpportunityField {
            value: OpportunityValue::Workflow,
            label: "Default Workflow",
            help: "The workflow new opportunities go through.",
        },
        OpportunityField {
            value: OpportunityValue::Stage,
            label: "Default Stage",
            help: "The stage new opportunities start in.",
        },
        OpportunityField {
            value: OpportunityValue::Type,
            label: "Default Type",
            help: "The type of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::ConversionProbability,
            label: "Default Conversion Probability",
            help: "The probability of winning new opportunities begin with, in percent.",
        },
        OpportunityField {
            value: OpportunityValue::Category,
            label: "Category 1",
            help: "The first category of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::Category2,
            label: "Category 2",
            help: "The second category of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::Category3,
            label: "Category 3",
            help: "The third category of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::Category4,
            label: "Category 4",
            help: "The fourth category of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::ProjectedCloseDays,
            label: "Projected Close Days",
            help: "Days from the start date to the target date.",
        },
    ],
    opportunity_import: Some(OpportunityImportForm {
        enabled: "Enable opportunity auto-import",
        enabled_help: "Opportunities come in by themselves with every sync. Off: no new one does, and those that are \
                       here stay in step with Halo.",
        minimum: "Minimum value",
        minimum_help: "Opportunities of a lower value, or without one, are left out. Empty: every value.",
        kinds: ScopeList {
            field: ScopeField::OpportunityKinds,
            label: "Opportunity types to auto-import",
            help: "Halo has no list of these types; these were seen in opportunities so far.",
            none: "All types, and opportunities without one",
        },
        kind_field: "opportunity_type",
    }),
    contact_types: Some(ContactTypes {
        field: SITE_CONTACT_TYPES,
        choice: None,
    }),
    stages: &[],
    client_comment_status: "",
};

const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        title: "Create the role and the agent",
        steps: &[
            Step::new(
                "Create the role Portico",
                &[
                    "Sign in to Halo and open Configuration > Teams & Agents > Roles.",
                    "Click New and name the role Portico.",
                    "On Departments & Teams, add every department and team whose tickets should be seen.",
                    "Allow use of all Customers and of all ticket types.",
                ],
            )
            .minding(&[Note::warning(
                "Halo does not refuse what the role leaves out, it shows nothing: data of departments, teams and \
                 customers that are not listed is missing without a message.",
            )])
            .filling(&[
                ("Tickets Access", "Read"),
                ("Customers Access", "Read"),
                ("Users Access", "Read"),
                ("CRM Access", "Read"),
            ]),
            Step::new(
                "Create the agent Portico",
                &[
                    "Open Configuration > Teams & Agents > Agents and click New.",
                    "Name the agent Portico and tick Is an API-only Agent: it needs no licence, password or e-mail.",
                    "Give it the role Portico.",
                ],
            ),
        ],
    },
    Instruction {
        title: "Create the application",
        steps: &[
            Step::new(
                "Open the applications",
                &[
                    "Open Configuration > Integrations > Halo API.",
                    "Note the Resource Server, and the Tenant if one is shown.",
                    "Click View Applications, then New.",
                ],
            ),
            Step::new("Fill in its details", &[])
                .filling(&[
                    ("Application Name", "Portico"),
                    (
                        "Authentication Method",
                        "Client ID and Secret (Services)",
                    ),
                    ("Login Type", "Agent"),
                    ("Agent to log in as", "Portico, the API-only agent"),
                ])
                .minding(&[Note::warning(
                    "Save the Client Secret before you leave the page: Halo shows it only once. Copy the Client ID after \
                     saving: it may be another one than before.",
                )]),
            Step::new(
                "Set its permissions",
                &[
                    "On the Permissions tab, set the ones below to Yes and leave all others at No, notably all, \
                     all:standard, admin, all:teams and admin:webhooks.",
                    "Click Save.",
                ],
            )
            .filling(&[
                ("read:customers", "Clients, their sites and users"),
                ("read:crm", "Users and opportunities"),
                ("read:tickets", "Tickets and their actions"),
                ("read:sales", "Opportunities; only if you sync them"),
            ]),
        ],
    },
];

const TROUBLESHOOTING: &[Troubleshooting] = &[
    Troubleshooting {
        issue: "Connection test fails",
        solution: "Verify that Halo URL opens your Halo, that the Client ID was copied after saving, and that the \
                   application's authentication method is Client ID and Secret (Services). Hosted systems may need \
                   the Tenant under Advanced.",
    },
    Troubleshooting {
        issue: "Tickets not syncing",
        solution: "Check that the right teams are selected in Ticket Sync Scope, and that the role of the API agent \
                   lists their departments and teams.",
    },
    Troubleshooting {
        issue: "Contacts not importing",
        solution: "Verify that Auto-Import is enabled and a default role is selected in the Sync step. General users, \
                   service accounts and users linked to an agent are no contacts.",
    },
    Troubleshooting {
        issue: "Permission errors",
        solution: "Grant the permission that is named on the application's Permissions tab in Halo, then test again. \
                   Clients, users, ticket types, statuses, teams or sites of which the test sees none are left out by \
                   the role of the API agent: there is no error for that in Halo.",
    },
    Troubleshooting {
        issue: "Missing data",
        solution: "Halo shows an agent only what its role allows: add departments, teams and customers to the role \
                   Portico.",
    },
];
