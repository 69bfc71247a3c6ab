//! What the cases must know of Halo PSA.

use domain::stream::Stream;
use serde_json::json;

use crate::vendors::{Desk, nothing, within_ticket, notes};

pub const DESK: Desk = Desk {
    key: "halo_psa",
    streams: &[
        (Stream::Companies, "client"),
        (Stream::Technicians, "agent"),
        (Stream::Contacts, "users"),
        (Stream::Tickets, "tickets"),
        (Stream::Opportunities, "opportunities"),
    ],
    notes: "actions",
    ticket_of: "ticket_id",
    title: "summary",
    present: |control| {
        let mut notes = notes(control, "actions", "ticket_id", "tickets");
        // The product's own entries are no comments.
        let own = ["Ticket Logged", "Automation"];
        notes.retain(|note| !own.contains(&note["outcome"].as_str().unwrap_or_default()));
        notes.iter().map(within_ticket).collect()
    },
    made: nothing,
    note: || json!({"outcome_id": 2, "note": "Anything new?", "hiddenfromuser": false}),
    note_id: within_ticket,
    asked: "actions",
    hide: |control| control.set_security("actions", "query", "Restricted"),
    beside: &[
        ("team", "query", "Teams"),
        ("site", "query", "Sites"),
        ("fieldinfo", "query", "Custom fields"),
    ],
    judges: Some(|scope, team| scope.queues = [team.to_owned()].into()),
    add: |_| {},
    right: ("opportunities", "query", "Opportunities"),
    edits: &[
        (Stream::Companies, "ref", "Edited"),
        (Stream::Contacts, "title", "Head of it"),
        (Stream::Tickets, "summary", "Edited"),
        (Stream::Opportunities, "summary", "Edited"),
    ],
};
