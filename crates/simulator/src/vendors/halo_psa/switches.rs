//! What differs between instances, or is not documented and may be either way. It stands in the record of the kind
//! `instanceinfo`, in fields that the API does not show; a control call changes it like any other record.

use crate::records::base::Base;
use crate::records::fields::{flag, number};
use crate::state::Record;

/// The instance as it is now.
pub struct Switches {
    /// Whether a write may be one object where a list is asked for.
    pub lenient: bool,
    /// Most rows in a page of tickets, sales and projects; more are asked for in vain, without a word.
    pub ticket_cap: usize,
    /// Most rows in a page of anything else.
    pub list_cap: usize,
    /// Rows when a client neither pages nor counts.
    pub usual_rows: usize,
    /// Whether all lists come without the object around them, and so without a count; no release is documented to do so.
    pub bare_lists: bool,
    /// Further attempts for a webhook that was not taken.
    pub webhook_retries: u32,
    /// Whether a new action is no change of its ticket, which is not documented.
    pub quiet_actions: bool,
    /// Whether lists of tickets leave out closed ones unless they are asked for; no release is documented to do so.
    pub open_lists: bool,
}

impl Switches {
    /// Reads the instance's record.
    pub fn read(base: Base<'_>) -> Self {
        let at = base.catalogue.find("instanceinfo");
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
        let retries = number(record, "webhook_retries").unwrap_or(0);
        Self {
            lenient: flag(record, "lenient"),
            ticket_cap: count("ticket_cap", 100),
            list_cap: count("list_cap", 1_000),
            usual_rows: count("usual_rows", 50),
            bare_lists: flag(record, "bare_lists"),
            webhook_retries: u32::try_from(retries).unwrap_or(0),
            quiet_actions: flag(record, "quiet_actions"),
            open_lists: flag(record, "open_lists"),
        }
    }
}
