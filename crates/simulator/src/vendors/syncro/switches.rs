//! The account record: what differs between accounts, or is not documented and may be either way.
//! A control call changes it like any other record.

use crate::records::base::Base;
use crate::records::fields::{flag, number, text};
use crate::state::Record;

/// The account as it is now.
pub struct Switches {
    /// Name of the time zone.
    pub time_zone: String,
    /// Its distance from UTC.
    pub time_offset: String,
    /// Tickets in a page: 50 as seen, 25 as documented.
    pub tickets_per_page: usize,
    /// Comments sent with a single ticket.
    pub detail_comments: usize,
    /// Whether lists of tickets still send all comments when asked to.
    pub all_comments: bool,
    /// Whether pages have the account's own size, whatever is asked for.
    pub own_pages: bool,
    /// Whether lists come without `meta`.
    pub no_meta: bool,
    /// Whether a status must be one of the settings.
    pub strict_statuses: bool,
    /// Whether a refusal for too many requests says when to come back.
    pub retry_after: bool,
    /// Minutes from UTC in which times are sent; 0 sends them as UTC.
    pub stamp_offset_minutes: i64,
    /// The only customer that the token's owner may see.
    pub only_customer: Option<i64>,
    /// Whether a new ticket needs a type.
    pub require_ticket_type: bool,
}

impl Switches {
    /// Reads the account record.
    pub fn read(base: Base<'_>) -> Self {
        let at = base.catalogue.find("account");
        let record = at
            .and_then(|at| Some(base.find(at, 1)?.to_record(base.schema(at))))
            .unwrap_or_default();
        Self::of(&record)
    }

    fn of(record: &Record) -> Self {
        let count = |name: &str, usual: usize| {
            number(record, name)
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| *n > 0)
                .unwrap_or(usual)
        };
        Self {
            time_zone: text(record, "time_zone").to_owned(),
            time_offset: text(record, "time_offset").to_owned(),
            tickets_per_page: count("tickets_per_page", 50),
            detail_comments: count("detail_comments", 25),
            all_comments: flag(record, "all_comments"),
            own_pages: flag(record, "own_pages"),
            no_meta: flag(record, "no_meta"),
            strict_statuses: flag(record, "strict_statuses"),
            retry_after: flag(record, "retry_after"),
            stamp_offset_minutes: number(record, "stamp_offset_minutes").unwrap_or(0),
            only_customer: number(record, "only_customer"),
            require_ticket_type: flag(record, "require_ticket_type"),
        }
    }
}
