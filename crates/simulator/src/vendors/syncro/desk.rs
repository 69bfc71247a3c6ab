//! What people do at this vendor, in its own words.

use serde_json::json;

use crate::desk::{Column, Desk, Kind, changed, text};

/// The desk.
pub const DESK: Desk = Desk {
    entities: &[
        (Kind::Company, "customers"),
        (Kind::Contact, "contacts"),
        (Kind::Ticket, "tickets"),
        (Kind::Note, "comments"),
    ],
    contact_parent: None,
    told: &[Kind::Note],
    read_whole: &[Kind::Company, Kind::Contact],
    strict_field: "subject",
    ticket_of_note: Some("/ticket_id"),
    patch: |kind, n| match kind {
        Kind::Company => json!({"phone": format!("555{n:05}")}),
        Kind::Note => json!({"body": format!("Corrected, {n} times \u{2713}")}),
        Kind::Ticket if n.is_multiple_of(4) => {
            json!({"status": if n.is_multiple_of(8) { "Resolved" } else { "In Progress" }})
        }
        Kind::Ticket => json!({"subject": changed(n)}),
        Kind::Contact | Kind::Opportunity => json!({"name": format!("Renamed Person {n}")}),
    },
    create: |kind, parent, n| match kind {
        Kind::Company => json!({"business_name": format!("Newcomer {n} Ltd")}),
        Kind::Note => json!({"ticket_id": parent, "subject": "Update", "body": format!("Note {n}"),
            "hidden": n.is_multiple_of(2)}),
        Kind::Ticket => json!({"customer_id": parent, "subject": format!("New ticket {n}")}),
        Kind::Contact | Kind::Opportunity => {
            json!({"customer_id": parent, "name": format!("New Person {n}"),
            "email": format!("new.{n}@client.example")})
        }
    },
    shown: |ticket| {
        vec![
            (Column::Number, text(ticket, "/number")),
            (Column::Title, text(ticket, "/subject")),
            (Column::Status, text(ticket, "/status")),
            (Column::Priority, text(ticket, "/priority")),
        ]
    },
};
