//! What the cases must know of Syncro.

use std::collections::BTreeSet;

use domain::stream::Stream;
use serde_json::{Value, json};

use crate::vendors::{Desk, plain, records, notes};

pub const DESK: Desk = Desk {
    key: "syncro",
    streams: &[
        (Stream::Companies, "customers"),
        (Stream::Technicians, "users"),
        (Stream::Contacts, "contacts"),
        (Stream::Tickets, "tickets"),
    ],
    notes: "comments",
    ticket_of: "ticket_id",
    title: "subject",
    present: |control| {
        let notes = notes(control, "comments", "ticket_id", "tickets");
        let mut begun = BTreeSet::new();
        // The first one is the description, when clients may read it.
        let is_description = |note: &Value| {
            let first = begun.insert(note["ticket_id"].to_string());
            first && note["hidden"] == false
        };
        let mut is_description = is_description;
        let comments = notes.iter().filter(|note| !is_description(note));
        comments.map(|note| note["id"].to_string()).collect()
    },
    made: |control| {
        let contacts = records(control, "contacts");
        let address = |one: &Value| one["email"].as_str().map(str::to_lowercase);
        let mut customers = records(control, "customers");
        customers.retain(|customer| {
            let mut of = contacts
                .iter()
                .filter(|c| c["customer_id"] == customer["id"]);
            address(customer).is_some() && !of.any(|c| address(c) == address(customer))
        });
        customers
            .iter()
            .map(|c| format!("customer:{}", c["id"]))
            .collect()
    },
    note: || json!({"subject": "Update", "body": "Anything new?", "hidden": false}),
    note_id: plain,
    asked: "/comments",
    hide: |control| control.set_security("Tickets - View Details", "query", "None"),
    beside: &[("Customers - List/Search", "", "Customers")],
    judges: None,
    add: |_| {},
    right: ("Customers - View Detail", "", "Contacts"),
    edits: &[
        (Stream::Companies, "business_name", "Edited"),
        (Stream::Contacts, "name", "Somebody Else"),
        (Stream::Tickets, "subject", "Edited"),
    ],
};
