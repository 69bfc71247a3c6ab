//! What people do at this vendor, in its own words.

use serde_json::json;

use crate::desk::{Column, Desk, Kind, changed, text};

/// The desk.
pub const DESK: Desk = Desk {
    entities: &[
        (Kind::Company, "Companies"),
        (Kind::Contact, "Contacts"),
        (Kind::Ticket, "Tickets"),
        (Kind::Note, "TicketNotes"),
        (Kind::Opportunity, "Opportunities"),
    ],
    contact_parent: None,
    told: &[Kind::Ticket, Kind::Note],
    read_whole: &[],
    strict_field: "createDate",
    ticket_of_note: None,
    patch: |kind, n| match kind {
        Kind::Company => json!({"phone": format!("+1 555 {n:05}")}),
        Kind::Contact if n.is_multiple_of(2) => json!({"isActive": i32::from(n.is_multiple_of(4))}),
        Kind::Contact => json!({"title": format!("Position {n}")}),
        Kind::Opportunity => json!({"title": format!("Offer {n}"), "probability": n % 100}),
        Kind::Note => json!({"description": format!("Corrected, {n} times \u{2713}")}),
        Kind::Ticket => match n % 5 {
            0 => json!({"status": if n.is_multiple_of(3) { 5 } else { 8 }}),
            1 => json!({"priority": 1 + n % 4}),
            _ => json!({"title": changed(n)}),
        },
    },
    create: |kind, parent, n| match kind {
        Kind::Company => {
            json!({"companyName": format!("Newcomer {n} Ltd"), "companyType": 1, "phone": "555", "isActive": true})
        }
        Kind::Contact => {
            json!({"companyID": parent, "firstName": "New", "lastName": format!("Person {n}"),
            "emailAddress": format!("new.{n}@client.example"), "isActive": 1})
        }
        Kind::Opportunity => {
            json!({"companyID": parent, "title": format!("New offer {n}"), "amount": n,
            "probability": 10, "stage": 1, "status": 1})
        }
        Kind::Note => json!({"ticketID": parent, "title": "", "description": format!("Note {n}"),
            "noteType": 1, "publish": 1 + n % 2}),
        Kind::Ticket => {
            json!({"companyID": parent, "title": format!("New ticket {n}"), "status": 1,
            "priority": 2, "queueID": 8, "description": "Does not work."})
        }
    },
    shown: |ticket| {
        vec![
            (Column::Number, text(ticket, "/ticketNumber")),
            (Column::Title, text(ticket, "/title")),
            (Column::Status, text(ticket, "/status")),
            (Column::Queue, text(ticket, "/queueID")),
            (Column::Priority, text(ticket, "/priority")),
        ]
    },
};
