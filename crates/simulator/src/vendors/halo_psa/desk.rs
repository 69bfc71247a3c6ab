//! What people do at this vendor, in its own words.

use serde_json::json;

use crate::desk::{Column, Desk, Kind, changed, text};

/// The desk.
pub const DESK: Desk = Desk {
    entities: &[
        (Kind::Company, "client"),
        (Kind::Contact, "users"),
        (Kind::Ticket, "tickets"),
        (Kind::Note, "actions"),
        (Kind::Opportunity, "opportunities"),
    ],
    contact_parent: Some("site"),
    told: &[Kind::Note],
    read_whole: &[Kind::Company],
    strict_field: "summary",
    ticket_of_note: Some("/ticket_id"),
    patch: |kind, n| match kind {
        Kind::Company => json!({"ref": format!("Reference {n}")}),
        Kind::Contact if n.is_multiple_of(2) => json!({"inactive": n.is_multiple_of(4)}),
        Kind::Contact => json!({"title": format!("Position {n}")}),
        Kind::Opportunity => json!({"summary": format!("Offer {n}")}),
        Kind::Note => json!({"note": format!("Corrected, {n} times \u{2713}")}),
        Kind::Ticket => json!({"summary": changed(n)}),
    },
    create: |kind, parent, n| match kind {
        Kind::Company => json!({"name": format!("Newcomer {n} Ltd")}),
        Kind::Contact => {
            json!({"site_id": parent, "name": format!("New Person {n}"), "firstname": "New",
            "surname": format!("Person {n}"), "emailaddress": format!("new.{n}@client.example")})
        }
        Kind::Opportunity => {
            json!({"client_id": parent, "summary": format!("New offer {n}"), "tickettype_id": 30})
        }
        Kind::Note => json!({"ticket_id": parent, "outcome_id": 2, "note": format!("Note {n}"),
            "hiddenfromuser": n.is_multiple_of(2)}),
        Kind::Ticket => json!({"client_id": parent, "summary": format!("New ticket {n}"),
            "details": "Does not work.", "tickettype_id": 1}),
    },
    // A ticket names its team, and the list has the team's id.
    shown: |ticket| {
        vec![
            (Column::Number, text(ticket, "/id")),
            (Column::Title, text(ticket, "/summary")),
            (Column::Status, text(ticket, "/status_id")),
            (Column::Priority, text(ticket, "/priority_id")),
        ]
    },
};
