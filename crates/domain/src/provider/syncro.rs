//! Syncro: everything about it that is data. The connector is `connectors/src/syncro/`.

mod fields;

use super::{
    Category, ContactTypeChoice, ContactTypes, DeepLinks, Documentation, Flow, Installation,
    Instruction, Note, Provider, ScopeField, ScopeList, SetupData, Step, Troubleshooting, Words,
};
use crate::capability::{Capability, NoteListing, StreamCapability};
use crate::clock::UtcMillis;
use crate::field::{FieldShape, FormField, Looks};
use crate::stage::{OwnStages, Stage};
use crate::stream::Stream;

/// The domain of every account, and the one below it that some older accounts are at.
const DOMAINS: &[&str] = &["syncromsp.com", "shield.syncromsp.com"];

/// Syncro.
pub static PROVIDER: Provider = Provider {
    key: "syncro",
    name: "Syncro",
    description: "Customer and ticket integration",
    category: Category::Psa,
    available: true,
    due_dates_only: false,
    words: Words {
        queue: "",
        queues: "",
        technician: "Technician",
        technicians: "Technicians",
        company: "Customer",
        companies: "Customers",
        locations: "Locations",
        screens: "Admin > API Tokens",
        rights: "in the permissions of the API token",
    },
    domains: DOMAINS,
    form: FORM,
    capability: Capability {
        streams: STREAMS,
        notes: NoteListing::PerTicket,
        // No document says that `resolved_at` is cleared when a ticket is opened again.
        completion_closes: false,
        write: false,
        webhooks: false,
    },
    deep_links: DeepLinks {
        ticket: "{web_url}tickets/{id}",
        company: "{web_url}customers/{id}",
    },
    catalogue: fields::CATALOGUE,
    common: fields::COMMON,
    own_fields: fields::OWN,
    setup: SETUP,
    installation: Installation {
        code: "",
        request_limit: "Requests in a minute, all Syncro connections of this installation together. Syncro \
                        allows 180 from one address, whoever asks. 0: 120, which leaves the rest to other tools \
                        behind the same address.",
    },
    documentation: Documentation {
        prerequisites: &[
            "A Syncro administrator who can create an API token, or a token somebody gives you.",
            "The right Manage Integrations in Portico.",
        ],
        instructions: INSTRUCTIONS,
        limits: &[
            "Syncro allows 180 requests in a minute from one address. Portico uses at most 120 of them, for all \
             Syncro connections together, and leaves the rest to other tools behind the same address.",
            "A list brings at most 100 records with a request, and each ticket takes one for its comments: those \
             of open tickets come first.",
        ],
        troubleshooting: TROUBLESHOOTING,
        staff_import: &[
            "Technicians are available for import.",
            "User must be active in your Syncro account: one a ticket can be assigned to.",
            "Ensure API permissions include user read access.",
        ],
    },
};

const FORM: &[FormField] = &[
    FormField {
        key: "subdomain",
        label: "Syncro Subdomain",
        help: "Only the first part of your Syncro address: acme of acme.syncromsp.com.",
        example: "acme",
        secret: false,
        required: true,
        advanced: false,
        max_length: 300,
        shape: FieldShape::SubdomainOf(DOMAINS),
        looks: None,
        refused: "",
        without_installation: None,
    },
    FormField {
        key: "api_key",
        label: "API Key",
        help: "The token of Admin > API Tokens. Syncro shows it once, when it is created.",
        example: "",
        secret: true,
        required: true,
        advanced: false,
        max_length: 300,
        shape: FieldShape::Text,
        looks: Some(Looks::SplitToken),
        refused: "Check this value: the token as Syncro showed it when it was created, one long word of letters, digits and \
                  hyphens. A token of another account, or one whose last day has passed, is refused like a wrong one.",
        without_installation: None,
    },
];

/// Only tickets can be asked for by time of change. Customers and contacts are few pages and read every half hour,
/// users one request each and read daily.
const STREAMS: &[StreamCapability] = &[
    StreamCapability {
        page_size: 100,
        full_cadence: 30 * UtcMillis::MINUTE,
        ..StreamCapability::full_only(Stream::Companies)
    },
    StreamCapability {
        // A page is a request for each user: few enough that it ends before the minute's requests are used up, however
        // many wait with it. What was read of a page that did not is read again.
        page_size: 15,
        full_cadence: UtcMillis::DAY,
        ..StreamCapability::full_only(Stream::Technicians)
    },
    StreamCapability {
        page_size: 100,
        full_cadence: 30 * UtcMillis::MINUTE,
        // The main person of a customer none of whose contacts has its address.
        made_ids: "customer:",
        ..StreamCapability::full_only(Stream::Contacts)
    },
    StreamCapability {
        page_size: 100,
        // The vendor does not count tickets.
        total: false,
        ..StreamCapability::incremental(Stream::Tickets)
    },
];

/// What a new account's statuses stand for: a visit that is scheduled is not begun.
const STAGES: OwnStages = &[
    ("New", Stage::New),
    ("Scheduled", Stage::Triaged),
    ("In Progress", Stage::Working),
    ("Customer Reply", Stage::Working),
    ("Waiting for Parts", Stage::Waiting),
    ("Waiting on Customer", Stage::Waiting),
    ("Resolved", Stage::Resolved),
    ("Invoiced", Stage::Resolved),
];

const SETUP: SetupData = SetupData {
    flows: &[
        Flow {
            data: "Customers",
            both_ways: false,
            note: "Businesses and private persons",
        },
        Flow {
            data: "Contacts",
            both_ways: false,
            note: "People at your customers",
        },
        Flow {
            data: "Technicians",
            both_ways: false,
            note: "Your own users; they can become Portico users",
        },
        Flow {
            data: "Tickets",
            both_ways: true,
            note: "Tickets with their comments",
        },
        Flow {
            data: "PSA data",
            both_ways: false,
            note: "Statuses, priorities, issue types and ticket types",
        },
    ],
    scope: &[ScopeList {
        field: ScopeField::ExcludeStatuses,
        label: "Exclude Statuses",
        help: "Tickets in these statuses are left out.",
        none: "None left out",
    }],
    companies: &[],
    skip_inactive: None,
    opportunity: &[],
    opportunity_import: None,
    contact_types: Some(ContactTypes {
        field: "contact_type",
        choice: Some(ContactTypeChoice {
            label: "Contact type field",
            help: "Syncro has no type of a contact. Where you keep one in a custom field of contacts, choose it: its values \
                   are the types of contacts here. Fields are listed once contacts were read; those seen so far are here.",
            none: "None: contacts have no type",
            title: "title",
        }),
    }),
    stages: STAGES,
    client_comment_status: "Customer Reply",
};

const INSTRUCTIONS: &[Instruction] = &[Instruction {
    title: "Create the API token",
    steps: &[
        Step::new(
            "Open the tokens",
            &[
                "Sign in to Syncro and open Admin.",
                "Click API Tokens.",
                "Click New Token and choose the tab Custom Permissions.",
            ],
        ),
        Step::new("Fill in its details", &[]).filling(&[
            ("Name", "Portico"),
            ("Expiration", "At least one year ahead, or none"),
        ])
        .minding(&[Note::plain(
            "On the day a token expires, Syncro refuses every request as if it were wrong. Note the date.",
        )]),
        Step::new("Tick the permissions", &[]).filling(&[
            ("Customers - List/Search", "Customers"),
            ("Customers - View Detail", "Contacts"),
            ("Contacts - List/Search", "Contacts, where your account has it"),
            ("Users - List", "Technicians, where your account has it"),
            ("Tickets - List/Search", "Tickets"),
            ("Tickets - View Details", "Comments of tickets"),
            ("Tickets - Settings", "Statuses and ticket types, where your account has it"),
        ])
        .minding(&[Note::plain(
            "Test Connection names each one that is missing. What needs it is not read until then, and Complete Setup waits \
             for the required ones of what you sync. Syncro answers a missing permission almost like a wrong token; \
             Portico tells the two apart.",
        )]),
        Step::new("Copy the token", &["Click Create.", "Copy the token to a safe place at once."]).minding(&[
            Note::warning("Syncro shows the token only once. A lost one cannot be retrieved, only replaced by a new one."),
            Note::plain(
                "The token acts as the user who creates it. One who is limited to a single customer makes Portico see \
                 that customer only.",
            ),
        ]),
    ],
}];

const TROUBLESHOOTING: &[Troubleshooting] = &[
    Troubleshooting {
        issue: "Connection test fails",
        solution: "Verify the subdomain (acme, not the whole address) and that the token was copied whole.",
    },
    Troubleshooting {
        issue: "Token expired",
        solution: "Create a new token under Admin > API Tokens with an expiration at least one year ahead, and enter it here.",
    },
    Troubleshooting {
        issue: "Permissions error",
        solution: "Test Connection names the permission. Tick it under Custom Permissions of the token; where a token \
                   cannot be changed, create a new one.",
    },
    Troubleshooting {
        issue: "Tickets not syncing",
        solution: "Check that the token has Tickets - List/Search and that their statuses are not among Exclude Statuses.",
    },
    Troubleshooting {
        issue: "Contacts not importing",
        solution: "Verify that the token has Customers - View Detail, that Auto-Import is enabled and a default role is \
                   selected in the Sync step.",
    },
];
