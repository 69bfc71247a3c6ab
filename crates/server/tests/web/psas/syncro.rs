//! Syncro: a subdomain and a token; technicians and customers, no queues, no opportunities.

use domain::stream::Stream;
use serde_json::json;

use super::{Change, Lists, Nonsense, Offer, Pasted, Psa, Right};

const fn pasted(typed: &'static str) -> Pasted {
    Pasted {
        field: "subdomain",
        typed,
        becomes: "harbourline",
    }
}

const NO_ADDRESS: &str =
    "This is no Syncro address. Enter the subdomain only: acme of acme.syncromsp.com.";

const fn no_address(typed: &'static str) -> Nonsense {
    Nonsense {
        field: "subdomain",
        typed,
        says: NO_ADDRESS,
    }
}

/// A permission by its name on the token's screen.
const fn permission(entity: &'static str, called: &'static str) -> Right {
    Right {
        action: "",
        ..Right::required(entity, called)
    }
}

pub static PSA: Psa = Psa {
    key: "syncro",
    labels: &["Syncro Subdomain", "API Key"],
    guide: &[
        "acme of acme.syncromsp.com",
        "API Tokens",
        "New Token",
        "Custom Permissions",
        "At least one year ahead",
        "Customers - List/Search",
        "Tickets - View Details",
        "Connection test fails",
        "Token expired",
        "Permissions error",
        "Tickets not syncing",
        "Contacts not importing",
    ],
    pasted: &[
        pasted(" HTTPS://Harbourline.syncromsp.com/ \r\n"),
        pasted("https://harbourline.syncromsp.com/api/v1//"),
        pasted("harbourline.syncromsp.com"),
        pasted("HARBOURLINE/"),
        Pasted {
            becomes: "harbourline.shield",
            ..pasted("https://harbourline.shield.syncromsp.com/api/v1")
        },
    ],
    nonsense: &[
        no_address("two words"),
        no_address("syncromsp.com"),
        no_address("acme.syncromsp.com.evil.example"),
        no_address("acme.other.syncromsp.com"),
        Nonsense {
            field: "subdomain",
            typed: "somebody-else",
            says: "This API key belongs to the Syncro account harbourline, not to somebody-else.",
        },
        Nonsense {
            field: "api_key",
            typed: "two words",
            says: "A Syncro API token has no blanks in it.",
        },
    ],
    wrong_secret: ("T0-0123456789", "api_key", "Unauthorized"),
    rights: &[
        permission("Customers - View Detail", "Customers — View Detail"),
        permission("Tickets - List/Search", "Tickets — List/Search"),
        Right {
            required: false,
            ..permission(
                "settings",
                "Settings (without it, tickets show no priority or issue type names)",
            )
        },
    ],
    mixed_up: |_| "This looks like another product's user name.",
    offer: Offer {
        sync: &["Contact type field"],
        choices: &["Waiting on Customer", "Customer Reply"],
        configure: &[],
        statuses: &["Waiting on Customer", "Customer Reply", "Invoiced"],
    },
    streams: &[
        (Stream::Companies, "customers"),
        (Stream::Technicians, "users"),
        (Stream::Contacts, "contacts"),
        (Stream::Tickets, "tickets"),
    ],
    // Nothing tells the user a token belongs to from any other.
    people: 5,
    tickets: &["Waiting on Customer", "In Progress"],
    changes: &[
        Change {
            stream: Stream::Companies,
            field: "business_name",
            from: 4,
            shown: "/companies?",
        },
        Change {
            stream: Stream::Technicians,
            field: "full_name",
            from: 1,
            shown: "/settings/users/import/syncro?",
        },
        Change {
            stream: Stream::Contacts,
            field: "name",
            from: 4,
            shown: "/contacts?",
        },
        Change {
            stream: Stream::Tickets,
            field: "subject",
            from: 60,
            shown: "/tickets?closed=all&",
        },
    ],
    lists: Lists {
        delete_status: |control| {
            control.delete("ticket_statuses", 4);
            "Invoiced".to_owned()
        },
        queue: None,
        many_statuses: |control, count| {
            for number in 0..count {
                let status = json!({ "name": format!("Status {number}") });
                control.create("ticket_statuses", status);
            }
        },
    },
};
