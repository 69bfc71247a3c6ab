//! ConnectWise PSA, shown as *ConnectWise Manage*: everything about it that is data. The connector is
//! `connectors/src/connectwise_psa/`.

mod fields;

use super::{
    Category, DeepLinks, Documentation, Flow, Installation, Instruction, Note, OpportunityField,
    OpportunityValue, Provider, ScopeField, ScopeList, SetupData, Step, Troubleshooting, Words,
};
use crate::capability::{Capability, NoteListing, StreamCapability, Turns};
use crate::field::{FieldShape, FormField, Looks};
use crate::stream::Stream;

/// ConnectWise Manage.
pub static PROVIDER: Provider = Provider {
    key: "connectwise_psa",
    name: "ConnectWise Manage",
    description: "Tickets, companies, and service boards",
    category: Category::Psa,
    available: true,
    due_dates_only: true,
    words: Words {
        queue: "Service Board",
        queues: "Service Boards",
        technician: "Member",
        technicians: "Members",
        company: "Company",
        companies: "Companies",
        locations: "Sites",
        screens: "System > Members > API Members",
        rights: "in the API member's security role",
    },
    domains: &["myconnectwise.net", "connectwisedev.com"],
    form: FORM,
    capability: Capability {
        streams: STREAMS,
        notes: NoteListing::PerTicket,
        completion_closes: true,
        write: false,
        webhooks: false,
    },
    deep_links: DeepLinks {
        ticket: "{web_url}v4_6_release/services/system_io/router/openrecord.rails?recordType=ServiceFv&recid={id}",
        company: "{web_url}v4_6_release/services/system_io/router/openrecord.rails?recordType=CompanyFv&recid={id}",
    },
    catalogue: fields::CATALOGUE,
    common: fields::COMMON,
    own_fields: fields::OWN,
    setup: SETUP,
    installation: Installation {
        code: "Client ID that is used when the connect form's field is left empty. ConnectWise wants one with \
               every request; register it once at developer.connectwise.com > Client IDs.",
        request_limit: "",
    },
    documentation: Documentation {
        prerequisites: &[
            "Admin access to ConnectWise, or the company ID with a public and a private key somebody gives you.",
            "A client ID, registered once at developer.connectwise.com. ConnectWise wants one with every request.",
            "The right Manage Integrations in Portico.",
        ],
        instructions: INSTRUCTIONS,
        limits: &[
            "ConnectWise publishes no figure. Portico sends at most four requests at once, one of them kept for what a \
             person waits for, waits as long as ConnectWise asks for, and goes on by itself.",
            "The sites of each active company, each opportunity and the notes of each ticket take a request of their \
             own, and a second one where clients may read notes, so a first sync of many takes a while; notes of open \
             tickets come first, and sites beyond the first hundred companies with the nightly run. A night asks for \
             the sites of 2,000 companies; where there are more, each has its turn after some nights, which the card \
             tells, and comes at once when it changes.",
        ],
        troubleshooting: TROUBLESHOOTING,
        staff_import: &[
            "Only active members are shown in the import list.",
            "Users are synced by their Member ID.",
            "Email addresses are pulled from the member's primary email field.",
        ],
    },
};

const FORM: &[FormField] = &[
    FormField {
        key: "site",
        label: "API URL",
        help: "The host of your ConnectWise without https://: na., eu., au. or aus.myconnectwise.net in the cloud, or \
               your own server. A whole address pasted here is cut down to its host.",
        example: "na.myconnectwise.net",
        secret: false,
        required: true,
        advanced: false,
        max_length: 300,
        shape: FieldShape::Host,
        looks: None,
        refused: "",
        without_installation: None,
    },
    FormField {
        key: "company_id",
        label: "Company ID",
        help: "What you type as Company on the sign-in page of ConnectWise.",
        example: "yourcompany",
        secret: false,
        required: true,
        advanced: false,
        max_length: 100,
        shape: FieldShape::Text,
        looks: None,
        refused: "",
        without_installation: None,
    },
    FormField {
        key: "public_key",
        label: "Public Key",
        help: "From the API Keys tab of the API member.",
        example: "",
        secret: false,
        required: true,
        advanced: false,
        max_length: 200,
        shape: FieldShape::Behind("company_id"),
        looks: Some(Looks::MixedWord),
        refused: "",
        without_installation: None,
    },
    FormField {
        key: "private_key",
        label: "Private Key",
        help: "ConnectWise shows it once, when the key is created. Create a new key if it is lost.",
        example: "",
        secret: true,
        required: true,
        advanced: false,
        max_length: 200,
        shape: FieldShape::Text,
        looks: Some(Looks::MixedWord),
        refused: "Check this value: the Private Key that was shown together with this Public Key, one word of letters and digits. \
                  A pair made later has another.",
        without_installation: None,
    },
    FormField {
        key: "client_id",
        label: "Client ID",
        help: "Only when this connection needs a client ID other than the installation's.",
        example: "12345678-90ab-cdef-1234-567890abcdef",
        secret: true,
        required: false,
        advanced: true,
        max_length: 100,
        shape: FieldShape::Text,
        looks: Some(Looks::Guid),
        refused: "",
        without_installation: Some(
            "The client ID registered at developer.connectwise.com > Client IDs. Portico sends it with every request; \
             this installation has none of its own, so this connection needs one.",
        ),
    },
];

/// Members are few and read whole. Deletions have no feed: the nightly full run finds them.
const STREAMS: &[StreamCapability] = &[
    StreamCapability {
        // A page is a request for each active company, since sites are listed by company.
        page_size: 25,
        // Two thousand requests are some minutes.
        turns: Some(Turns {
            what: "Sites of companies",
            of: "company",
            a_night: 2_000,
        }),
        ..StreamCapability::incremental(Stream::Companies)
    },
    StreamCapability::full_only(Stream::Technicians),
    StreamCapability::incremental(Stream::Contacts),
    StreamCapability::incremental(Stream::Tickets),
    StreamCapability {
        // A page is a request for each opportunity, since their amounts stand elsewhere.
        page_size: 25,
        ..StreamCapability::incremental(Stream::Opportunities)
    },
];

const SETUP: SetupData = SetupData {
    flows: &[
        Flow {
            data: "Companies",
            both_ways: false,
            note: "Companies, their status, types and sites",
        },
        Flow {
            data: "Contacts",
            both_ways: false,
            note: "People at your clients, with their contact types",
        },
        Flow {
            data: "Members",
            both_ways: false,
            note: "Your own staff; they can become Portico users",
        },
        Flow {
            data: "Tickets",
            both_ways: true,
            note: "Service and project tickets with their notes and the notes of time entries",
        },
        Flow {
            data: "Opportunities",
            both_ways: true,
            note: "Sales opportunities with the revenue of their forecast",
        },
        Flow {
            data: "PSA data",
            both_ways: false,
            note: "Service boards with their statuses, types and teams, priorities, company and contact types",
        },
    ],
    scope: &[
        ScopeList {
            field: ScopeField::Queues,
            label: "Boards to Sync",
            help: "Tickets on these service and project boards are synced.",
            none: "All boards",
        },
        ScopeList {
            field: ScopeField::ExcludeStatuses,
            label: "Exclude Statuses",
            help: "Tickets in these statuses are left out. Each board has its own.",
            none: "None left out",
        },
        ScopeList {
            field: ScopeField::ExcludeProjectTypes,
            label: "Exclude Project Types",
            help: "Tickets of projects of these types are left out.",
            none: "None left out",
        },
        ScopeList {
            field: ScopeField::ExcludeOpportunityTypes,
            label: "Exclude Opportunity Types",
            help: "Opportunities of these types are left out.",
            none: "None left out",
        },
    ],
    companies: &[
        ScopeList {
            field: ScopeField::ExcludeCompanyTypes,
            label: "Exclude Company Types",
            help: "Companies one of whose types is among these do not become companies here by themselves.",
            none: "None left out",
        },
        ScopeList {
            field: ScopeField::ExcludeCompanyStatuses,
            label: "Exclude Company Statuses",
            help: "Companies in these statuses do not become companies here by themselves.",
            none: "None left out",
        },
    ],
    skip_inactive: Some("Skip Inactive Companies"),
    opportunity: &[
        OpportunityField {
            value: OpportunityValue::Stage,
            label: "Default Stage",
            help: "The stage new opportunities start in.",
        },
        OpportunityField {
            value: OpportunityValue::Status,
            label: "Default Status",
            help: "The status of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::Type,
            label: "Default Type",
            help: "The type of new opportunities.",
        },
        OpportunityField {
            value: OpportunityValue::Probability,
            label: "Default Probability",
            help: "The probability new opportunities begin with.",
        },
        OpportunityField {
            value: OpportunityValue::FallbackOwner,
            label: "Fallback Sales Rep",
            help: "Used when the person who creates an opportunity has no ConnectWise account.",
        },
    ],
    opportunity_import: None,
    contact_types: None,
    stages: &[],
    client_comment_status: "",
};

const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        title: "Create the security role",
        steps: &[
            Step::new(
                "Open the security roles",
                &[
                    "Sign in to ConnectWise and open System.",
                    "Click Security Roles, then the plus sign.",
                    "Name the role Portico and save it.",
                ],
            ),
            Step::new(
                "Set what it may do",
                &["Open the role and set the levels of these modules, then save it."],
            )
            .filling(&[
                ("Companies", "Company Maintenance and Contacts: Inquire All"),
                (
                    "Service Desk",
                    "Service Tickets and Close Service Tickets: Add, Edit and Inquire All; Resource/Notes: Inquire All",
                ),
                ("Project", "Project Headers and Project Tickets: Inquire All"),
                (
                    "Sales",
                    "Opportunity: Add, Edit and Inquire All; Opportunity Finance: Inquire All",
                ),
                ("Time & Expense", "Time Entry: Inquire All"),
                (
                    "System",
                    "Member Maintenance and Table Setup: Inquire All",
                ),
            ])
            .minding(&[
                Note::warning(
                    "Choose All, never My or Mine: with those levels ConnectWise leaves records out without saying so.",
                ),
                Note::plain(
                    "Delete is not needed anywhere. Portico only reads so far; Add and Edit are for what it will write.",
                ),
            ]),
        ],
    },
    Instruction {
        title: "Create the API member",
        steps: &[
            Step::new(
                "Add a member",
                &[
                    "Go to System > Members and open the tab API Members.",
                    "Click the plus sign.",
                ],
            )
            .filling(&[
                ("Member ID and name", "Portico"),
                ("Role ID", "Portico, the role you created"),
                ("Level, Name, Location, Business Unit", "Those of your head office"),
            ]),
            Step::new(
                "Create the keys",
                &[
                    "Save the member and open its tab API Keys.",
                    "Click the plus sign, type a description and save.",
                    "Copy the Public Key and the Private Key.",
                ],
            )
            .minding(&[Note::warning(
                "The private key is shown only once. A lost one cannot be retrieved, only replaced by a new key.",
            )]),
        ],
    },
    Instruction {
        title: "Register a client ID",
        steps: &[Step::new(
            "Once for all your connections",
            &[
                "Sign in at developer.connectwise.com and open Client IDs.",
                "Create one for ConnectWise PSA and name it Portico.",
                "Enter it in the configuration of this installation, or in the form here.",
            ],
        )],
    },
];

const TROUBLESHOOTING: &[Troubleshooting] = &[
    Troubleshooting {
        issue: "Connection test fails",
        solution: "Check that the API URL is the host without https://, the company ID is exactly the one of your \
                   sign-in page, both keys were copied whole, and the API member has the role Portico.",
    },
    Troubleshooting {
        issue: "Missing companies after sync",
        solution: "Check Skip Inactive Companies, Exclude Company Types and Exclude Company Statuses in the Sync step, \
                   and that the role inquires All under Companies > Company Maintenance.",
    },
    Troubleshooting {
        issue: "Permission errors",
        solution: "Test the connection: it names each right the security role lacks. Set it to Inquire All there.",
    },
    Troubleshooting {
        issue: "Sync not starting",
        solution: "The integration must show Connected. Test the connection, then run Resync.",
    },
    Troubleshooting {
        issue: "Tickets from wrong boards",
        solution: "Choose the service boards under Boards to Sync. Tickets of others are hidden with the next sync.",
    },
    Troubleshooting {
        issue: "Contacts not importing",
        solution: "Verify that Auto-Import is enabled and a default role is selected in the Sync step.",
    },
];
