//! Streams: the kinds of record a provider is read for, and how a run reads them.

use serde::{Deserialize, Serialize};

use crate::clock::UtcMillis;

/// A kind of record. The order of the variants is the order in which a run reads them (rule P8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Clients.
    Companies,
    /// MSP staff records (agent, member, resource).
    Technicians,
    /// People at clients.
    Contacts,
    /// Named groups of contacts.
    ContactGroups,
    /// Which contact is in which group.
    ContactGroupMembers,
    /// Tickets.
    Tickets,
    /// Comments on tickets.
    TicketNotes,
    /// Sales opportunities.
    Opportunities,
    /// Deletion feed: tickets the vendor deleted.
    DeletedTickets,
    /// Deletion feed: notes and other activity the vendor deleted, named by ticket only.
    DeletedTicketActivity,
}

impl Stream {
    /// Every stream, in reading order.
    pub const ALL: [Self; 10] = [
        Self::Companies,
        Self::Technicians,
        Self::Contacts,
        Self::ContactGroups,
        Self::ContactGroupMembers,
        Self::Tickets,
        Self::TicketNotes,
        Self::Opportunities,
        Self::DeletedTickets,
        Self::DeletedTicketActivity,
    ];

    /// The stable key used in the database, addresses and the API.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Technicians => "technicians",
            Self::Contacts => "contacts",
            Self::ContactGroups => "contact_groups",
            Self::ContactGroupMembers => "contact_group_members",
            Self::Tickets => "tickets",
            Self::TicketNotes => "ticket_notes",
            Self::Opportunities => "opportunities",
            Self::DeletedTickets => "deleted_tickets",
            Self::DeletedTicketActivity => "deleted_ticket_activity",
        }
    }

    /// The stream with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.key() == key)
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Companies => "Companies",
            Self::Technicians => "Technicians",
            Self::Contacts => "Contacts",
            Self::ContactGroups => "Contact groups",
            Self::ContactGroupMembers => "Contact group members",
            Self::Tickets => "Tickets",
            Self::TicketNotes => "Ticket notes",
            Self::Opportunities => "Opportunities",
            Self::DeletedTickets => "Deleted tickets",
            Self::DeletedTicketActivity => "Deleted ticket activity",
        }
    }

    /// Whether this stream tells about deletions of another one instead of carrying records.
    #[must_use]
    pub const fn is_deletion_feed(self) -> bool {
        matches!(self, Self::DeletedTickets | Self::DeletedTicketActivity)
    }

    /// The record type a person switches on or off to read this stream or not.
    #[must_use]
    pub const fn record_type(self) -> RecordType {
        match self {
            Self::Companies => RecordType::Companies,
            Self::Technicians
            | Self::Contacts
            | Self::ContactGroups
            | Self::ContactGroupMembers => RecordType::Users,
            Self::Tickets
            | Self::TicketNotes
            | Self::DeletedTickets
            | Self::DeletedTicketActivity => RecordType::Tickets,
            Self::Opportunities => RecordType::Opportunities,
        }
    }
}

/// What a person selects under *Sync options*: the four switches of the setup wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordType {
    /// *Sync Companies*.
    Companies,
    /// *Sync Users*: contacts, technicians and contact groups.
    Users,
    /// *Enable Ticket Sync*: tickets, notes and their deletion feeds.
    Tickets,
    /// *Enable Opportunity Sync*.
    Opportunities,
}

impl RecordType {
    /// All record types in the order the wizard shows them.
    pub const ALL: [Self; 4] = [
        Self::Users,
        Self::Companies,
        Self::Tickets,
        Self::Opportunities,
    ];

    /// The stable key used in forms and stored settings.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Users => "users",
            Self::Tickets => "tickets",
            Self::Opportunities => "opportunities",
        }
    }

    /// What is synced, in one word.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Users => "users",
            Self::Tickets => "tickets",
            Self::Opportunities => "opportunities",
        }
    }

    /// The label of the switch.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Companies => "Sync Companies",
            Self::Users => "Sync Users",
            Self::Tickets => "Enable Ticket Sync",
            Self::Opportunities => "Enable Opportunity Sync",
        }
    }
}

/// Which records a run asks a stream for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "mode")]
pub enum PullMode {
    /// Everything inside the run's coverage. With a floor, only records active since that instant
    /// (initial import switched off).
    Full {
        /// Records last active before this instant are outside the coverage.
        floor: Option<UtcMillis>,
    },
    /// What changed at or after this instant by the vendor's clock.
    Since {
        /// The watermark, overlap already subtracted.
        since: UtcMillis,
    },
}

impl PullMode {
    /// Whether this mode reads everything in its coverage.
    #[must_use]
    pub const fn is_full(self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// `full` or `incremental`, as stored and shown.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full { .. } => "full",
            Self::Since { .. } => "incremental",
        }
    }
}
