//! Tickets for viewers: lists, one ticket, its comments.

/// Filters that do not lead.
macro_rules! other_filters {
    () => {
        "(CAST($5 AS TEXT) IS NULL OR t.status_id = $5) AND (CAST($6 AS TEXT) IS NULL OR t.queue_id = $6)
     AND (CAST($7 AS TEXT) IS NULL OR t.priority_id = $7) AND (CAST($8 AS TEXT) IS NULL OR t.technician_external_id = $8)"
    };
}

pub(crate) mod filter;
pub(crate) mod list;
pub(crate) mod notes;
pub(crate) mod row;
pub(crate) mod search;
pub(crate) mod ticket;

pub use filter::{TicketFilter, TicketSort};
pub use list::{count_for_viewer, list_for_viewer};
pub use notes::{NotePage, NoteRow, Notes, list_notes_for_viewer, notes_for_viewer};
pub use row::TicketRow;
pub use ticket::{Ticket, find_for_viewer};

/// A value of reference data: what records carry, and what people read. The label is missing for a value the vendor no
/// longer lists and never did while this integration was connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The vendor's id of the value.
    pub id: String,
    /// The label people see there.
    pub label: Option<String>,
}

impl Labelled {
    pub(crate) fn new(id: Option<String>, label: Option<String>) -> Option<Self> {
        id.map(|id| Self { id, label })
    }

    /// The label, or the id where there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.id)
    }
}
