//! The record tables: which stream is kept where, and with which columns.

use domain::stream::Stream;

use super::value::Kind;
use super::value::Kind::{Int, Text};

/// A table of records, one per stream that carries any.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name, which is also the name of its id sequence.
    pub(crate) name: &'static str,
    /// Whether its rows have an address of their own.
    pub(crate) uuid: bool,
    /// The record's columns, in the order `rows.rs` writes them.
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// How the instant of a record's last activity is told, for a coverage with a floor; the streams without are
    /// always read whole.
    pub(crate) activity: Option<&'static str>,
    /// Whether rows are inside or outside of the ticket sync scope.
    pub(crate) scoped: bool,
}

/// Columns before the record's own: id, perhaps uuid, integration.
pub(crate) const LEADING: &[(&str, Kind)] = &[("id", Int), ("uuid", Text), ("integration_id", Int)];
/// Columns after the record's own.
pub(crate) const TRAILING: &[(&str, Kind)] = &[
    ("content_hash", Int),
    ("absent", Int),
    ("removed_at", Int),
    ("removed_reason", Text),
    ("stored_at", Int),
];

/// Every record table.
pub(crate) static TABLES: [Table; 8] = [
    Table {
        name: "external_company",
        uuid: false,
        columns: &[
            ("external_id", Text),
            ("name", Text),
            ("name_key", Text),
            ("active", Int),
            ("type_id", Text),
            ("other_type_ids", Text),
            ("status_id", Text),
            ("phone", Text),
            ("website", Text),
            ("street", Text),
            ("city", Text),
            ("state", Text),
            ("postal_code", Text),
            ("country", Text),
            ("parent_external_id", Text),
            ("owner_external_id", Text),
            ("created_at", Int),
            ("updated_at", Int),
            ("fields", Text),
        ],
        activity: None,
        scoped: false,
    },
    Table {
        name: "technician",
        uuid: false,
        columns: &[
            ("external_id", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("name_key", Text),
            ("email", Text),
            ("email_key", Text),
            ("title", Text),
            ("active", Int),
            ("person", Int),
            ("fields", Text),
        ],
        activity: None,
        scoped: false,
    },
    Table {
        name: "external_contact",
        uuid: true,
        columns: &[
            ("external_id", Text),
            ("company_external_id", Text),
            ("first_name", Text),
            ("last_name", Text),
            ("name_key", Text),
            ("email", Text),
            ("email_key", Text),
            ("phone", Text),
            ("mobile", Text),
            ("title", Text),
            ("active", Int),
            ("is_primary", Int),
            ("created_at", Int),
            ("updated_at", Int),
            ("fields", Text),
        ],
        activity: None,
        scoped: false,
    },
    Table {
        name: "contact_group",
        uuid: false,
        columns: &[("external_id", Text), ("name", Text), ("active", Int)],
        activity: None,
        scoped: false,
    },
    Table {
        name: "contact_group_member",
        uuid: false,
        columns: &[
            ("external_id", Text),
            ("group_external_id", Text),
            ("contact_external_id", Text),
        ],
        activity: None,
        scoped: false,
    },
    Table {
        name: "ticket",
        uuid: true,
        columns: &[
            ("external_id", Text),
            ("number", Text),
            ("title", Text),
            ("description", Text),
            ("description_format", Text),
            ("company_external_id", Text),
            ("contact_external_id", Text),
            ("status_id", Text),
            ("queue_id", Text),
            ("priority_id", Text),
            ("category_id", Text),
            ("type_id", Text),
            ("source_id", Text),
            ("technician_external_id", Text),
            ("closed", Int),
            ("due_at", Int),
            ("created_at", Int),
            ("closed_at", Int),
            ("updated_at", Int),
            ("search_text", Text),
            ("fields", Text),
        ],
        activity: Some("r.updated_at"),
        scoped: true,
    },
    Table {
        name: "ticket_note",
        uuid: false,
        columns: &[
            ("external_id", Text),
            ("ticket_external_id", Text),
            ("title", Text),
            ("body", Text),
            ("body_format", Text),
            ("visibility", Text),
            ("is_system", Int),
            ("describes", Int),
            ("contact_external_id", Text),
            ("technician_external_id", Text),
            ("author", Text),
            ("created_at", Int),
            ("updated_at", Int),
        ],
        activity: Some("COALESCE(r.updated_at, r.created_at, 0)"),
        scoped: false,
    },
    Table {
        name: "opportunity",
        uuid: true,
        columns: &[
            ("external_id", Text),
            ("title", Text),
            ("title_key", Text),
            ("description", Text),
            ("description_format", Text),
            ("company_external_id", Text),
            ("contact_external_id", Text),
            ("owner_external_id", Text),
            ("stage_id", Text),
            ("status_id", Text),
            ("category_id", Text),
            ("type_id", Text),
            ("amount_cents", Int),
            ("probability", Int),
            ("projected_close_at", Int),
            ("created_at", Int),
            ("closed_at", Int),
            ("updated_at", Int),
            ("fields", Text),
        ],
        activity: Some("r.updated_at"),
        scoped: false,
    },
];

/// Where a stream's records are kept. `None` for a deletion feed, which has no records of its own.
pub(crate) const fn position(stream: Stream) -> Option<usize> {
    match stream {
        Stream::Companies => Some(0),
        Stream::Technicians => Some(1),
        Stream::Contacts => Some(2),
        Stream::ContactGroups => Some(3),
        Stream::ContactGroupMembers => Some(4),
        Stream::Tickets => Some(5),
        Stream::TicketNotes => Some(6),
        Stream::Opportunities => Some(7),
        Stream::DeletedTickets | Stream::DeletedTicketActivity => None,
    }
}

impl Table {
    /// Every column of an inserted row, in order.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = (&'static str, Kind)> + '_ {
        let leading = LEADING
            .iter()
            .filter(|(name, _)| self.uuid || *name != "uuid");
        leading.chain(self.columns).chain(TRAILING).copied()
    }
}
