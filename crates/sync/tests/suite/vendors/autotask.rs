//! What the cases must know of Autotask.

use domain::stream::Stream;
use serde_json::json;

use crate::portal::ENTITIES;
use crate::vendors::{Desk, nothing, plain, notes};

pub const DESK: Desk = Desk {
    key: "autotask",
    streams: &ENTITIES,
    notes: "TicketNotes",
    ticket_of: "ticketID",
    title: "title",
    present: |control| {
        let notes = notes(control, "TicketNotes", "ticketID", "Tickets");
        notes.iter().map(|note| note["id"].to_string()).collect()
    },
    made: nothing,
    note: || json!({"title": "", "description": "Anything new?", "noteType": 1, "publish": 1}),
    note_id: plain,
    asked: "ticketnotes",
    // Its comments are a stream.
    hide: |_| {},
    beside: &[("CompanyLocations", "query", "Company locations")],
    judges: None,
    add: |_| {},
    right: ("Opportunities", "query", "Opportunities"),
    edits: &[
        (Stream::Companies, "phone", "+1 555 0100"),
        (Stream::Contacts, "title", "Head of it"),
        (Stream::Tickets, "title", "Edited"),
        (Stream::Opportunities, "title", "Edited"),
    ],
};
