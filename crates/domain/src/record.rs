//! Records as a connector hands them over: the common columns of each kind, plus the vendor's further fields.
//!
//! Ids are the vendor's own, always text. A record names its parents by the vendor's id; the store keeps that
//! natural key and joins through it, so a record whose parent is not here yet needs no later repair (rule P8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::body::Body;
use crate::clock::UtcMillis;
use crate::stream::Stream;

/// Vendor fields beyond the common columns, keyed by the provider's field catalogue.
pub type Fields = BTreeMap<String, serde_json::Value>;

/// A client, as one vendor knows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CompanyRecord {
    /// The vendor's id.
    pub external_id: String,
    /// Name as the vendor shows it.
    pub name: String,
    /// Whether the vendor has it switched on.
    pub active: bool,
    /// Reference id of the company type (customer, prospect ...); the main one where a company has several.
    pub type_id: Option<String>,
    /// Reference ids of its further types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_type_ids: Vec<String>,
    /// Reference id of the company status, for vendors that have one beside *active*.
    pub status_id: Option<String>,
    /// Main phone number as typed there.
    pub phone: Option<String>,
    /// Web address as typed there.
    pub website: Option<String>,
    /// Street address, lines joined by a line break.
    pub street: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country name or code as the vendor gives it.
    pub country: Option<String>,
    /// The vendor's id of the parent company.
    pub parent_external_id: Option<String>,
    /// The vendor's id of the technician who owns the account.
    pub owner_external_id: Option<String>,
    /// When the vendor created it.
    pub created_at: Option<UtcMillis>,
    /// When it last changed or was active.
    pub updated_at: Option<UtcMillis>,
    /// Further vendor fields.
    pub fields: Fields,
}

/// A person at a client.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContactRecord {
    /// The vendor's id.
    pub external_id: String,
    /// The vendor's id of the company.
    pub company_external_id: Option<String>,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Primary e-mail as typed there; may be missing or shared by several contacts.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Whether the vendor has the contact switched on.
    pub active: bool,
    /// Whether it is the company's primary contact.
    pub primary: bool,
    /// When the vendor created it.
    pub created_at: Option<UtcMillis>,
    /// When it last changed.
    pub updated_at: Option<UtcMillis>,
    /// Further vendor fields.
    pub fields: Fields,
}

/// An MSP staff record in the vendor.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TechnicianRecord {
    /// The vendor's id.
    pub external_id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Primary e-mail.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Whether the vendor has the person switched on.
    pub active: bool,
    /// Whether this is a person who may be imported, not an API-only or service record.
    pub person: bool,
    /// Further vendor fields.
    pub fields: Fields,
}

/// A named group of contacts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContactGroupRecord {
    /// The vendor's id.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Whether it is in use.
    pub active: bool,
}

/// One contact's membership of one group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ContactGroupMemberRecord {
    /// The vendor's id of the membership.
    pub external_id: String,
    /// The vendor's id of the group.
    pub group_external_id: String,
    /// The vendor's id of the contact.
    pub contact_external_id: String,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TicketRecord {
    /// The vendor's id.
    pub external_id: String,
    /// The number people quote.
    pub number: String,
    /// One-line summary.
    pub title: String,
    /// What was asked, as received.
    pub description: Option<Body>,
    /// The vendor's id of the company.
    pub company_external_id: Option<String>,
    /// The vendor's id of the contact.
    pub contact_external_id: Option<String>,
    /// Reference id of the status.
    pub status_id: Option<String>,
    /// Reference id of the queue, board or team.
    pub queue_id: Option<String>,
    /// Reference id of the priority.
    pub priority_id: Option<String>,
    /// Reference id of the category.
    pub category_id: Option<String>,
    /// Reference id of the type.
    pub type_id: Option<String>,
    /// Reference id of where it came from.
    pub source_id: Option<String>,
    /// The vendor's id of the assigned technician.
    pub technician_external_id: Option<String>,
    /// When it is due.
    pub due_at: Option<UtcMillis>,
    /// When it was created.
    pub created_at: Option<UtcMillis>,
    /// When it was completed.
    pub closed_at: Option<UtcMillis>,
    /// When anything last happened on it.
    pub updated_at: Option<UtcMillis>,
    /// Further vendor fields.
    pub fields: Fields,
}

/// Who may read a comment. What is not known to be public is internal (design 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The client may read it.
    Public,
    /// Staff only.
    #[default]
    Internal,
}

impl Visibility {
    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }
}

/// A comment on a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketNoteRecord {
    /// The vendor's id.
    pub external_id: String,
    /// The vendor's id of the ticket.
    pub ticket_external_id: String,
    /// Title, often empty.
    pub title: String,
    /// The text as received.
    pub body: Body,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether the vendor's own automation wrote it (workflow notes); hidden unless asked for.
    pub system: bool,
    /// It is what was asked, for vendors whose tickets have no text of their own: shown as the description of its ticket
    /// instead of among the comments. At most one of a ticket, and public.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub describes: bool,
    /// The vendor's id of the contact who wrote it.
    pub contact_external_id: Option<String>,
    /// The vendor's id of the technician who wrote it.
    pub technician_external_id: Option<String>,
    /// When it was written.
    pub created_at: Option<UtcMillis>,
    /// When it last changed.
    pub updated_at: Option<UtcMillis>,
}

/// A sales opportunity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OpportunityRecord {
    /// The vendor's id.
    pub external_id: String,
    /// One-line summary.
    pub title: String,
    /// Longer text, as received.
    pub description: Option<Body>,
    /// The vendor's id of the company.
    pub company_external_id: Option<String>,
    /// The vendor's id of the contact.
    pub contact_external_id: Option<String>,
    /// The vendor's id of the technician who owns it.
    pub owner_external_id: Option<String>,
    /// Reference id of the stage.
    pub stage_id: Option<String>,
    /// Reference id of the status.
    pub status_id: Option<String>,
    /// Reference id of the category.
    pub category_id: Option<String>,
    /// Reference id of the type.
    pub type_id: Option<String>,
    /// Amount in hundredths of the currency unit.
    pub amount_cents: Option<i64>,
    /// Probability of winning, 0 to 100.
    pub probability: Option<i64>,
    /// Projected close, as the midnight UTC of that date (a date, never shifted into a zone).
    pub projected_close_at: Option<UtcMillis>,
    /// When it was created.
    pub created_at: Option<UtcMillis>,
    /// When it was won, lost or closed.
    pub closed_at: Option<UtcMillis>,
    /// When anything last happened on it.
    pub updated_at: Option<UtcMillis>,
    /// Further vendor fields.
    pub fields: Fields,
}

/// One entry of a deletion feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionRecord {
    /// The feed entry's own id, or a stable substitute.
    pub external_id: String,
    /// The vendor's id of the ticket the entry is about, when the feed carries it.
    pub ticket_external_id: Option<String>,
    /// The ticket's number, when only that is told.
    pub ticket_number: Option<String>,
    /// When the vendor deleted it.
    pub deleted_at: Option<UtcMillis>,
}

/// Room for the text of most records, in bytes.
const USUAL_TEXT: usize = 2_048;

/// What every kind of record has.
pub trait ExternalRecord: Serialize + Send + Sync {
    /// The stream records of this kind belong to.
    const STREAM: Stream;

    /// The vendor's id.
    fn external_id(&self) -> &str;

    /// A hash of all mapped fields (rule P4). The mapper's version and the integration's generation are mixed
    /// in, so that a better mapper, or *Clear & Resync* (rule P14), makes every stored hash differ without
    /// touching a row.
    fn content_hash(&self, mapper_version: u32, generation: i64) -> i64 {
        let seed = generation.cast_unsigned() ^ (u64::from(mapper_version) << 48);
        // Put together first: handing the hasher the many small parts of the text costs more than hashing it.
        let mut text = Vec::with_capacity(USUAL_TEXT);
        // The record types serialise without error: maps have text keys.
        let _infallible = serde_json::to_writer(&mut text, self);
        xxh3_64_with_seed(&text, seed).cast_signed()
    }
}

macro_rules! external_records {
    ($($record:ident => $stream:ident),* $(,)?) => {$(
        impl ExternalRecord for $record {
            const STREAM: Stream = Stream::$stream;

            fn external_id(&self) -> &str {
                &self.external_id
            }
        }
    )*};
}

external_records! {
    CompanyRecord => Companies,
    ContactRecord => Contacts,
    TechnicianRecord => Technicians,
    ContactGroupRecord => ContactGroups,
    ContactGroupMemberRecord => ContactGroupMembers,
    TicketRecord => Tickets,
    TicketNoteRecord => TicketNotes,
    OpportunityRecord => Opportunities,
}

/// The records of one page, all of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Batch {
    /// Companies.
    Companies(Vec<CompanyRecord>),
    /// Technicians.
    Technicians(Vec<TechnicianRecord>),
    /// Contacts.
    Contacts(Vec<ContactRecord>),
    /// Contact groups.
    ContactGroups(Vec<ContactGroupRecord>),
    /// Memberships of contact groups.
    ContactGroupMembers(Vec<ContactGroupMemberRecord>),
    /// Tickets.
    Tickets(Vec<TicketRecord>),
    /// Ticket notes.
    TicketNotes(Vec<TicketNoteRecord>),
    /// Opportunities.
    Opportunities(Vec<OpportunityRecord>),
    /// Entries of a deletion feed.
    Deletions(Vec<DeletionRecord>),
}

impl Batch {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Companies(records) => records.len(),
            Self::Technicians(records) => records.len(),
            Self::Contacts(records) => records.len(),
            Self::ContactGroups(records) => records.len(),
            Self::ContactGroupMembers(records) => records.len(),
            Self::Tickets(records) => records.len(),
            Self::TicketNotes(records) => records.len(),
            Self::Opportunities(records) => records.len(),
            Self::Deletions(records) => records.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When each record last changed, as the vendor stamped it; kinds that are never listed by change have no stamps.
    #[must_use]
    pub fn changes(&self) -> Vec<UtcMillis> {
        match self {
            Self::Companies(records) => records.iter().filter_map(|one| one.updated_at).collect(),
            Self::Contacts(records) => records.iter().filter_map(|one| one.updated_at).collect(),
            Self::Tickets(records) => records.iter().filter_map(|one| one.updated_at).collect(),
            Self::TicketNotes(records) => records.iter().filter_map(|one| one.updated_at).collect(),
            Self::Opportunities(records) => {
                records.iter().filter_map(|one| one.updated_at).collect()
            }
            Self::Deletions(records) => records.iter().filter_map(|one| one.deleted_at).collect(),
            Self::Technicians(_) | Self::ContactGroups(_) | Self::ContactGroupMembers(_) => {
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_sees_every_field_the_mapper_and_the_generation() {
        let base = TicketRecord {
            external_id: "1".into(),
            title: "Printer".into(),
            ..TicketRecord::default()
        };
        let hash = base.content_hash(1, 0);
        assert_eq!(
            hash,
            base.clone().content_hash(1, 0),
            "equal records hash alike"
        );
        let mut other = base.clone();
        other.fields.insert("udf".into(), serde_json::json!("Gold"));
        assert_ne!(hash, other.content_hash(1, 0), "vendor fields count");
        assert_ne!(hash, base.content_hash(2, 0), "the mapper's version counts");
        assert_ne!(hash, base.content_hash(1, 1), "the generation counts");
    }
}
