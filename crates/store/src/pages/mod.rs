//! The bulk path: a page of records on its way into the database, and what a run needs to know about its table.
//!
//! A page goes like this, all in one transaction (rule P2): [`read_known`] tells which records are here already and
//! with which hash; the caller drops those that are equal (rule P4), decides about scope, and hands the rest to
//! [`upsert_records`]; [`insert_seen`] marks everything the page named (rule P5). After a full run [`list_unseen`] names
//! what the run did not see inside its coverage.
//!
//! Texts arrive without NUL, which PostgreSQL refuses: connectors remove it at the vendor boundary. Everything else is
//! stored verbatim. Statements of this module have one text per engine: multi-row `VALUES` on SQLite, `UNNEST` of typed
//! arrays on PostgreSQL (`sql.rs`).

pub(crate) mod absence;
pub(crate) mod coverage;
mod known;
pub(crate) mod labels;
pub(crate) mod namesakes;
pub(crate) mod parts;
mod rows;
pub(crate) mod scope;
pub(crate) mod seen;
pub(crate) mod shown;
pub(crate) mod sql;
pub(crate) mod table;
mod upsert;
mod value;

use domain::clock::UtcMillis;

pub use absence::{
    Deleted, find_ticket_by_number, list_note_ids, mark_removed, remove_deleted, update_absent,
};
pub use coverage::{Coverage, Unseen, count_present, count_written_since, list_unseen};
pub use known::{Known, read_known, read_known_before};
pub use labels::find_label;
pub use namesakes::{Namesake, list_namesakes};
pub use parts::{ContactFields, list_contact_fields, read_parts};
pub use scope::{ScopeRow, list_scope_columns, update_closed};
pub use seen::{clear_seen, count_seen, count_seen_beginning, insert_seen, list_orphaned_seen};
pub use shown::count_shown;
pub use upsert::{UpsertCounts, upsert_records};

/// Why a row is marked as removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemovedReason {
    /// The vendor no longer has it.
    Vendor,
    /// It left the sync scope.
    Scope,
    /// *Clear & Resync* or *Delete data*.
    Cleared,
    /// A person removed it, and it is not to come back on its own.
    Blocked,
}

impl RemovedReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Vendor, Self::Scope, Self::Cleared, Self::Blocked];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Vendor => "vendor",
            Self::Scope => "scope",
            Self::Cleared => "cleared",
            Self::Blocked => "blocked",
        }
    }

    /// The reason with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.key() == key)
    }
}

/// Whether a row is shown, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Absence {
    /// It is shown.
    #[default]
    Present,
    /// It is gone, and comes back as the same row when the vendor sends it again.
    Removed(RemovedReason),
    /// The vendor has it, the sync scope does not (rule P13).
    OutOfScope,
}

impl Absence {
    /// The values of the columns `absent` and `removed_reason`.
    pub(crate) const fn columns(self) -> (i64, Option<&'static str>) {
        match self {
            Self::Present => (0, None),
            Self::Removed(reason) => (1, Some(reason.key())),
            Self::OutOfScope => (2, Some(RemovedReason::Scope.key())),
        }
    }

    /// The value of the column `removed_at`.
    pub(crate) fn since(self, now: UtcMillis) -> Option<i64> {
        (self != Self::Present).then_some(now.0)
    }

    pub(crate) fn from_columns(absent: i64, reason: Option<&str>) -> Self {
        match absent {
            0 => Self::Present,
            2 => Self::OutOfScope,
            _ => Self::Removed(
                reason
                    .and_then(RemovedReason::from_key)
                    .unwrap_or(RemovedReason::Vendor),
            ),
        }
    }
}

/// What the store must know about a record beside the record itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordMark {
    /// Its content hash.
    pub hash: i64,
    /// Its row id when [`read_known`] found it, which makes it *changed* and not *created*.
    pub known: Option<i64>,
    /// Whether it is to be shown.
    pub absence: Absence,
    /// Tickets: whether it counts as closed. Other kinds ignore it.
    pub closed: bool,
}
