//! What a connector is asked for and what it answers, one page at a time.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::scope::Scope;
use domain::side_list::SideList;
use domain::stream::{PullMode, Stream};
use serde::{Deserialize, Serialize};

/// Where the next page begins. Opaque to everybody but the connector; stored as text, survives a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest<'a> {
    /// The stream.
    pub stream: Stream,
    /// Everything, or what changed.
    pub mode: PullMode,
    /// Where to go on; `None` at the start.
    pub cursor: Option<&'a Cursor>,
    /// The scope a full run may narrow its question by. Incremental runs must not use it (rule P13): a record
    /// that leaves the scope has to be seen.
    pub scope: &'a Scope,
    /// Records asked for.
    pub page_size: u32,
}

/// A record of a page that could not be read (rule P6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The vendor's id; empty when even that could not be read.
    pub external_id: String,
    /// The field, when one is known.
    pub field: Option<String>,
    /// Why, in words.
    pub reason: String,
}

/// One page of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The records that could be read, without repeats inside the page (the last one wins).
    pub batch: Batch,
    /// The ones that could not.
    pub unreadable: Vec<Unreadable>,
    /// How many records came more than once inside this page.
    pub repeated: u32,
    /// Records in the answer as it arrived, repeats and unreadable ones included.
    pub received: u32,
    /// Where the next page begins; `None` when this was the last one.
    pub next: Option<Cursor>,
    /// The vendor's clock when it answered, from the `Date` header.
    pub vendor_time: Option<UtcMillis>,
    /// Anything about the page that must not be trusted: it repeats, is capped smaller than asked, or ends
    /// although more was announced (rule P10). In words, for the sync log.
    pub oddity: Option<String>,
    /// Rights the answer showed to be there or to be missing, of areas that are a part of this list. With one missing,
    /// records may exist that the list does not have, so nothing may be taken for gone.
    pub findings: Vec<PermissionFinding>,
    /// What lists beside this one showed, of which its records take a part.
    pub beside: Vec<Beside>,
}

/// What a list beside the one that was asked for showed: whether it may be read, and which part of the records stands in
/// it. When it was not, the records came without that part, which says nothing about what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The list.
    pub list: SideList,
    /// The right to it.
    pub finding: PermissionFinding,
    /// Whether it was read. It is not where the right is missing, nor where it would keep a person waiting.
    pub read: bool,
    /// Ids of records it was not asked about, or did not tell of, although it was read for others or they did without: it is
    /// not their turn, or only these lack what it tells.
    pub passed_over: BTreeSet<String>,
}

impl Page {
    /// A page of these records and nothing else.
    #[must_use]
    pub fn of(batch: Batch) -> Self {
        Self {
            received: u32::try_from(batch.len()).unwrap_or(u32::MAX),
            batch,
            unreadable: Vec::new(),
            repeated: 0,
            next: None,
            vendor_time: None,
            oddity: None,
            findings: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// This page and the one after it as one, for lists that are read whole. A repeated id is not looked for.
    #[must_use]
    pub fn joined(self, after: Self) -> Self {
        let batch = match (self.batch, after.batch) {
            (Batch::TicketNotes(mut first), Batch::TicketNotes(second)) => {
                first.extend(second);
                Batch::TicketNotes(first)
            }
            (first, _) => first,
        };
        let mut unreadable = self.unreadable;
        unreadable.extend(after.unreadable);
        let mut findings = self.findings;
        findings.extend(after.findings);
        let mut beside = self.beside;
        beside.extend(after.beside);
        Self {
            batch,
            unreadable,
            repeated: self.repeated + after.repeated,
            received: self.received.saturating_add(after.received),
            next: None,
            vendor_time: self.vendor_time.or(after.vendor_time),
            oddity: self.oddity.or(after.oddity),
            findings,
            beside,
        }
    }
}

/// One further request a test of the connection made, and what it showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionFinding {
    /// What is read or written, in the vendor's words: *Tickets*, *Contacts*.
    pub area: String,
    /// The right that is missing, in the words of the vendor's own screens; `None` when granted.
    pub missing: Option<String>,
    /// Whether syncing needs it.
    pub required: bool,
}

/// Outcome of *Test Connection*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionReport {
    /// Who we are there: zone, account or tenant, for the person to recognise.
    pub account: String,
    /// Address of the vendor's own user interface, for deep links.
    pub web_url: Option<String>,
    /// What each area showed.
    pub permissions: Vec<PermissionFinding>,
}

impl ConnectionReport {
    /// The required rights that are missing.
    pub fn missing_required(&self) -> impl Iterator<Item = &PermissionFinding> {
        self.permissions
            .iter()
            .filter(|finding| finding.required && finding.missing.is_some())
    }
}
