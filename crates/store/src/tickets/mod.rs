//! Tickets for viewers: lists, one ticket, its comments.

/// Filters that do not lead. An empty technician asks for tickets that have none.
macro_rules! other_filters {
    () => {
        "(CAST($5 AS TEXT) IS NULL OR t.status_id = $5) AND (CAST($6 AS TEXT) IS NULL OR t.queue_id = $6)
     AND (CAST($7 AS TEXT) IS NULL OR t.priority_id = $7)
     AND (CAST($8 AS TEXT) IS NULL OR t.technician_external_id = $8 OR ($8 = '' AND t.technician_external_id IS NULL))"
    };
}

/// Columns of a ticket in lists.
macro_rules! ticket_columns {
    () => {
        "t.id, t.uuid, t.integration_id AS integration, i.provider, t.external_id, t.number, t.title, t.status_id, st.label AS status_label,
            t.queue_id, qu.label AS queue_label, t.priority_id, pr.label AS priority_label, t.closed,
            COALESCE(c.name, x.name) AS company_name, c.uuid AS company_uuid, TRIM(k.first_name || ' ' || k.last_name) AS contact_name,
            TRIM(w.first_name || ' ' || w.last_name) AS technician_name, t.due_at, t.created_at, t.closed_at, t.updated_at"
    };
}

/// Where those that are not the ticket's own come from.
macro_rules! ticket_joins {
    () => {
        "
        LEFT JOIN reference_item st ON st.integration_id = t.integration_id AND st.kind = 'ticket_status' AND st.external_id = t.status_id
        LEFT JOIN reference_item qu ON qu.integration_id = t.integration_id AND qu.kind = 'queue' AND qu.external_id = t.queue_id
        LEFT JOIN reference_item pr ON pr.integration_id = t.integration_id AND pr.kind = 'ticket_priority' AND pr.external_id = t.priority_id
        LEFT JOIN external_company x ON x.integration_id = t.integration_id AND x.external_id = t.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN external_contact k ON k.integration_id = t.integration_id AND k.external_id = t.contact_external_id
        LEFT JOIN technician w ON w.integration_id = t.integration_id AND w.external_id = t.technician_external_id"
    };
}

pub(crate) mod filter;
pub(crate) mod list;
pub(crate) mod notes;
pub(crate) mod row;
pub(crate) mod search;
pub(crate) mod sizes;
pub(crate) mod ticket;

pub use filter::{TicketFilter, TicketSort};
pub use list::{count_for_viewer, list_for_viewer};
pub use notes::{NotePage, NoteRow, Notes, list_notes_for_viewer, notes_for_viewer};
pub use row::TicketRow;
pub use ticket::{NamedTicket, Ticket, find_for_viewer, find_named_for_viewer};

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
