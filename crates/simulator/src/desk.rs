//! What people do at a vendor, in its own words: the records they change, create and delete, and how a ticket looks
//! there. For series of changes that treat all vendors alike; each vendor's folder has its own.

use serde_json::Value;

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
#[derive(Clone, Copy, Debug)]
pub struct Desk {
    /// The vendor's names of the kinds it has.
    pub entities: &'static [(Kind, &'static str)],
    /// What a new contact hangs on; elsewhere it is a company.
    pub contact_parent: Option<&'static str>,
    /// Kinds whose deletion an incremental run finds, by a feed or because the ticket moved too; only a full run finds
    /// the others.
    pub told: &'static [Kind],
    /// Kinds that are read whole: an incremental run need not look at them.
    pub read_whole: &'static [Kind],
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

/// What a list shows of a ticket.
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
pub fn text(record: &Value, place: &str) -> String {
    match record.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A title as the change of this number makes it.
pub fn changed(n: u64) -> String {
    format!("Changed {n}: d\u{e9}j\u{e0} vu \u{1f5a8}")
}
