//! What people do at this vendor, in its own words.

use serde_json::json;

use crate::desk::{Column, Desk, Kind, changed, text};

/// The desk.
pub const DESK: Desk = Desk {
    entities: &[
        (Kind::Company, "company/companies"),
        (Kind::Contact, "company/contacts"),
        (Kind::Ticket, "service/tickets"),
        (Kind::Note, "service/tickets/notes"),
        (Kind::Opportunity, "sales/opportunities"),
    ],
    contact_parent: None,
    told: &[Kind::Note],
    read_whole: &[],
    strict_field: "summary",
    ticket_of_note: Some("/ticketId"),
    patch: |kind, n| match kind {
        Kind::Company => json!({"phoneNumber": format!("555{n:05}")}),
        Kind::Contact if n.is_multiple_of(2) => json!({"inactiveFlag": n.is_multiple_of(4)}),
        Kind::Contact => json!({"title": format!("Position {n}")}),
        Kind::Opportunity => json!({"name": format!("Offer {n}")}),
        Kind::Note => json!({"text": format!("Corrected, {n} times \u{2713}")}),
        Kind::Ticket => json!({"summary": changed(n)}),
    },
    create: |kind, parent, n| match kind {
        Kind::Company => {
            json!({"identifier": format!("New{n}"), "name": format!("Newcomer {n} Ltd")})
        }
        Kind::Contact => json!({"company": {"id": parent}, "firstName": "New",
            "lastName": format!("Person {n}")}),
        Kind::Opportunity => json!({"company": {"id": parent}, "name": format!("New offer {n}")}),
        Kind::Note => {
            json!({"ticketId": parent, "text": format!("Note {n}"), "detailDescriptionFlag": true,
            "internalAnalysisFlag": n.is_multiple_of(2)})
        }
        Kind::Ticket => json!({"company": {"id": parent}, "summary": format!("New ticket {n}")}),
    },
    shown: |ticket| {
        let board = text(ticket, "/board/id");
        vec![
            (Column::Number, text(ticket, "/id")),
            (Column::Title, text(ticket, "/summary")),
            (
                Column::Status,
                format!("{board}/{}", text(ticket, "/status/id")),
            ),
            (Column::Priority, text(ticket, "/priority/id")),
            (Column::Queue, board),
        ]
    },
};
