//! What people do at each vendor, in the vendor's own words: the records they change, create and delete, and how a
//! ticket looks there.

use serde_json::{Value, json};

/// A kind of record people work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A client.
    Company,
    /// A person there.
    Contact,
    /// A ticket.
    Ticket,
    /// A comment on one.
    Note,
    /// An opportunity.
    Opportunity,
}

/// Every kind.
pub const KINDS: [Kind; 5] = [
    Kind::Company,
    Kind::Contact,
    Kind::Ticket,
    Kind::Note,
    Kind::Opportunity,
];

/// A vendor's desk.
pub struct Desk {
    /// The vendor's names of the kinds it has.
    entities: &'static [(Kind, &'static str)],
    /// What a new contact hangs on; elsewhere it is a company.
    contact_parent: Option<&'static str>,
    /// Kinds whose deletion an incremental run finds, by a feed or because the ticket moved too; only a full run finds
    /// the others.
    told: &'static [Kind],
    /// Kinds that are read whole: an incremental run need not look at them.
    read_whole: &'static [Kind],
    /// A field of tickets that cannot be read when it has the wrong type.
    pub strict_field: &'static str,
    /// For vendors whose comments are read ticket by ticket: the field of a comment that names its ticket. Nobody says
    /// whether a corrected or deleted comment alone moves its ticket, so people here work on the ticket as well.
    pub ticket_of_note: Option<&'static str>,
    /// Fields that a person changes.
    pub patch: fn(Kind, u64) -> Value,
    /// Fields of a new record below a parent.
    pub create: fn(Kind, i64, u64) -> Value,
    /// What the list must show of a ticket, by its column.
    pub shown: fn(&Value) -> Vec<(Column, String)>,
}

/// A column of the ticket list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Number.
    Number,
    /// Title.
    Title,
    /// Id of the status.
    Status,
    /// Id of the queue, board or team.
    Queue,
    /// Id of the priority.
    Priority,
}

impl Desk {
    /// The desk at a vendor.
    pub fn at(vendor: &str) -> &'static Self {
        match vendor {
            "connectwise_psa" => &CONNECTWISE_PSA,
            "halo_psa" => &HALO_PSA,
            "syncro" => &SYNCRO,
            _ => &AUTOTASK,
        }
    }

    /// The vendor's name of a kind, if it has the kind.
    pub fn entity(&self, kind: Kind) -> Option<&'static str> {
        let found = self.entities.iter().find(|(of, _)| *of == kind);
        found.map(|(_, entity)| *entity)
    }

    /// The vendor's name of the kind that a new record of a kind hangs on.
    pub fn parent(&self, kind: Kind) -> Option<&'static str> {
        match kind {
            Kind::Company => None,
            Kind::Note => self.entity(Kind::Ticket),
            Kind::Contact if self.contact_parent.is_some() => self.contact_parent,
            Kind::Contact | Kind::Ticket | Kind::Opportunity => self.entity(Kind::Company),
        }
    }

    /// Whether an incremental run finds that a record of a kind was deleted.
    pub fn tells(&self, kind: Kind) -> bool {
        self.told.contains(&kind)
    }

    /// Whether only a full run is sure to look at records of a kind.
    pub fn reads_whole(&self, kind: Kind) -> bool {
        self.read_whole.contains(&kind)
    }

    /// The vendor's names of everything here.
    pub fn all_entities(&self) -> impl Iterator<Item = &'static str> {
        let listed = self.entities.iter().map(|(_, entity)| *entity);
        listed.chain(self.contact_parent)
    }
}

/// The value at a place as text.
fn text(record: &Value, place: &str) -> String {
    match record.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn changed(n: u64) -> String {
    format!("Changed {n}: d\u{e9}j\u{e0} vu \u{1f5a8}")
}

const AUTOTASK: Desk = Desk {
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

const CONNECTWISE_PSA: Desk = Desk {
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

const HALO_PSA: Desk = Desk {
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

const SYNCRO: Desk = Desk {
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
