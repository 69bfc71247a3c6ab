//! Filters and sorts of the ticket list, and the texts they lead to.
//!
//! One filter leads: it chooses the index. The others are conditions on the rows of its range, nullable and always
//! bound, so that every combination of filters is one of a fixed number of texts.

use std::sync::LazyLock;

use domain::id::{IntegrationId, PublicId};

use crate::composed::{BOTH, DIRECTIONS, count, keep, keys};
use crate::listing::Direction;
use crate::statement::Statement;
use crate::viewer_sql::EVERYTHING;

/// Which tickets to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketFilter {
    /// Only of this integration.
    pub integration: Option<IntegrationId>,
    /// Only of this Portico company.
    pub company: Option<PublicId>,
    /// Only in this status, by the vendor's id.
    pub status: Option<String>,
    /// Only in this queue, by the vendor's id.
    pub queue: Option<String>,
    /// Only of this priority, by the vendor's id.
    pub priority: Option<String>,
    /// Only of this technician, by the vendor's id.
    pub technician: Option<String>,
    /// Only closed or only open ones.
    pub closed: Option<bool>,
    /// Only those whose number or title has these words.
    pub search: Option<String>,
}

/// What a ticket list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TicketSort {
    /// When anything last happened on it.
    #[default]
    Updated,
    /// When it was created.
    Created,
}

impl TicketSort {
    const ALL: [Self; 2] = [Self::Updated, Self::Created];
}

/// The filter that chooses the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    All,
    Company,
    Technician,
    Status,
    Priority,
    Queue,
    /// A company with more tickets than are counted, sorted by creation.
    LargeCompany,
}

impl Lead {
    pub(super) const ALL: [Self; 7] = [
        Self::All,
        Self::Company,
        Self::Technician,
        Self::Status,
        Self::Priority,
        Self::Queue,
        Self::LargeCompany,
    ];

    /// What the lead's value is compared with.
    const fn column(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Company => Some("t.company_external_id"),
            Self::Technician => Some("t.technician_external_id"),
            Self::Status => Some("t.status_id"),
            Self::Priority => Some("t.priority_id"),
            Self::Queue => Some("t.queue_id"),
            // An expression, so that no index by company is chosen.
            Self::LargeCompany => Some("(t.company_external_id || '')"),
        }
    }
}

/// One text per lead, sort and direction.
pub(super) struct Texts {
    /// By lead, sort and direction.
    keys: [[[&'static str; 2]; 2]; 7],
    /// By lead.
    counts: [&'static str; 7],
    /// By lead, for a viewer without limits and no filter but the lead.
    plain_counts: [&'static str; 7],
    kept: Vec<&'static Statement>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut kept = Vec::new();
    let mut add = |name: String, sql: String| {
        let statement = keep(name, sql, BOTH);
        kept.push(statement);
        statement.sql
    };
    let keys = Lead::ALL.map(|lead| {
        TicketSort::ALL.map(|sort| {
            DIRECTIONS.map(|direction| {
                let sql = keys(
                    "ticket t",
                    &condition(lead),
                    "t",
                    sort_key(lead, sort),
                    direction,
                    ["$11", "$12", "$9"],
                );
                add(
                    format!("store::tickets::keys_{lead:?}_{sort:?}_{direction:?}"),
                    sql,
                )
            })
        })
    });
    let counts = Lead::ALL.map(|lead| {
        add(
            format!("store::tickets::count_{lead:?}"),
            count("ticket t", &condition(lead), "$9"),
        )
    });
    let plain_counts = Lead::ALL.map(|lead| {
        add(
            format!("store::tickets::count_plain_{lead:?}"),
            count("ticket t", &plain_condition(lead), "$5"),
        )
    });
    Texts {
        keys,
        counts,
        plain_counts,
        kept,
    }
});

/// What a lead's keys are sorted by.
///
/// A company's tickets by creation have no index of their own: it would cost every page of a first sync some three
/// hundred pages of the database, a quarter of all it writes. Of a company with at most 10,000 tickets all instants of
/// creation are read from the index by change, which has them, and sorted; hence the expression, which no index has.
/// A company with more tickets has them all over the list of all tickets, and its pages are found there
/// ([`Lead::LargeCompany`]).
const fn sort_key(lead: Lead, sort: TicketSort) -> &'static str {
    match (lead, sort) {
        (Lead::Company, TicketSort::Created) => "(t.created_at + 0)",
        (_, TicketSort::Created) => "t.created_at",
        (_, TicketSort::Updated) => "t.updated_at",
    }
}

/// A range of an index, narrowed by the other filters. Every lead takes the same parameters: viewer `$1` and `$2`,
/// integration `$3`, closed `$4`, other filters `$5` to `$8`, rows `$9`, the lead's value `$10`, a bound `$11`, `$12`.
fn condition(lead: Lead) -> String {
    let viewer = if lead == Lead::Company {
        external_company_viewer!("$10")
    } else {
        record_viewer!("t")
    };
    format!(
        "{} AND {} AND {viewer}",
        range(lead, "$10"),
        other_filters!()
    )
}

/// The range alone, which an index answers without a look at the rows: viewer `$1` and `$2`, integration `$3`, closed
/// `$4`, rows `$5`, the lead's value `$6`.
fn plain_condition(lead: Lead) -> String {
    let viewer = if lead == Lead::Company {
        external_company_viewer!("$6")
    } else {
        EVERYTHING
    };
    format!("{} AND {viewer}", range(lead, "$6"))
}

fn range(lead: Lead, value: &str) -> String {
    let led = match lead.column() {
        Some(column) => format!("{column} = {value}"),
        None => format!("CAST({value} AS TEXT) IS NULL"),
    };
    format!("t.absent = 0 AND t.integration_id = $3 AND {led} AND t.closed = $4")
}

pub(super) fn keys_text(lead: Lead, sort: TicketSort, direction: Direction) -> &'static str {
    TEXTS.keys[lead as usize][sort as usize][direction.index()]
}

pub(super) fn count_text(lead: Lead) -> &'static str {
    TEXTS.counts[lead as usize]
}

/// The text that counts a range nothing else narrows.
pub(super) fn plain_count_text(lead: Lead) -> &'static str {
    TEXTS.plain_counts[lead as usize]
}

/// Every text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &TEXTS.kept
}

/// Filters that do not lead; the leading one is bound by its range.
pub(super) fn others(filter: &TicketFilter, lead: Lead) -> [Option<&str>; 4] {
    [
        filter.status.as_deref().filter(|_| lead != Lead::Status),
        filter.queue.as_deref().filter(|_| lead != Lead::Queue),
        filter
            .priority
            .as_deref()
            .filter(|_| lead != Lead::Priority),
        filter
            .technician
            .as_deref()
            .filter(|_| lead != Lead::Technician),
    ]
}
