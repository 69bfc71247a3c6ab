//! Filters and sorts of the ticket list, and the texts they lead to.
//!
//! One filter leads: it chooses the index. The others are conditions on the rows of its range, nullable and always
//! bound, so that every combination of filters is one of a fixed number of texts. Each index has the columns of all
//! filters, so the conditions are decided inside of it.

use std::sync::LazyLock;

use domain::id::{IntegrationId, PublicId};

use crate::composed::{DIRECTIONS, POSTGRES, PerEngine, SQLITE, count, keep, keys_below};
use crate::db::Engine;
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
    /// Only of no technician; `technician` counts for nothing then.
    pub unassigned: bool,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Lead {
    All,
    Company,
    Technician,
    /// Those of no technician.
    Nobody,
    Status,
    Priority,
    Queue,
}

/// Number of leads.
const LEADS: usize = 7;

impl Lead {
    pub(super) const ALL: [Self; LEADS] = [
        Self::All,
        Self::Company,
        Self::Technician,
        Self::Nobody,
        Self::Status,
        Self::Priority,
        Self::Queue,
    ];

    /// The column the lead narrows.
    const fn column(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Company => Some("t.company_external_id"),
            Self::Technician | Self::Nobody => Some("t.technician_external_id"),
            Self::Status => Some("t.status_id"),
            Self::Priority => Some("t.priority_id"),
            Self::Queue => Some("t.queue_id"),
        }
    }

    /// The index it chooses.
    const fn index(self, sort: TicketSort) -> &'static str {
        match (self, sort) {
            (Self::All, TicketSort::Updated) => "ticket_by_update",
            (Self::All, TicketSort::Created) => "ticket_by_creation",
            (Self::Company, _) => "ticket_by_company_update",
            (Self::Technician | Self::Nobody, _) => "ticket_by_technician",
            (Self::Status, _) => "ticket_by_status",
            (Self::Priority, _) => "ticket_by_priority",
            (Self::Queue, _) => "ticket_by_queue",
        }
    }
}

/// One text per lead, sort and direction.
pub(super) struct Texts {
    /// By lead, sort and direction.
    keys: [[[PerEngine; 2]; 2]; LEADS],
    /// By direction.
    walks: [PerEngine; 2],
    /// By lead.
    counts: [PerEngine; LEADS],
    /// By lead, for a viewer without limits and no filter but the lead.
    plain_counts: [PerEngine; LEADS],
    kept: Vec<&'static Statement>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut kept = Vec::new();
    // SQLite is told the index, so that nothing it believes about the tables leads it elsewhere.
    let mut add = |name: String, index: &str, compose: &dyn Fn(&str) -> String| {
        let lite = compose(&format!("ticket t INDEXED BY {index}"));
        let statements = [
            keep(name.clone(), lite, SQLITE),
            keep(name, compose("ticket t"), POSTGRES),
        ];
        kept.extend(statements);
        PerEngine {
            lite: statements[0].sql,
            pg: statements[1].sql,
        }
    };
    let keys = Lead::ALL.map(|lead| {
        TicketSort::ALL.map(|sort| {
            DIRECTIONS.map(|direction| {
                let compose = |from: &str| {
                    keys_below(
                        from,
                        &condition(lead),
                        "t",
                        missing(lead, sort),
                        sort_key(lead, sort),
                        direction,
                        ["$12", "$13", "$10"],
                    )
                };
                add(
                    format!("store::tickets::keys_{lead:?}_{sort:?}_{direction:?}"),
                    lead.index(sort),
                    &compose,
                )
            })
        })
    });
    let walks = DIRECTIONS.map(|direction| {
        add(
            format!("store::tickets::walk_{direction:?}"),
            Lead::All.index(TicketSort::Created),
            &|from| walk(from, direction),
        )
    });
    let counts = Lead::ALL.map(|lead| {
        add(
            format!("store::tickets::count_{lead:?}"),
            lead.index(TicketSort::Created),
            &|from| count(from, &condition(lead), "$10"),
        )
    });
    let plain_counts = Lead::ALL.map(|lead| {
        add(
            format!("store::tickets::count_plain_{lead:?}"),
            lead.index(TicketSort::Updated),
            &|from| count(from, &plain_condition(lead), "$5"),
        )
    });
    Texts {
        keys,
        walks,
        counts,
        plain_counts,
        kept,
    }
});

/// What a lead's keys are sorted by.
///
/// A filter's tickets by creation have no index of their own: each such index costs a first sync a twentieth of its
/// speed. They are read from the lead's index by change, which has the instants of creation, and sorted; hence the
/// expression, which no index has. That is for few of them; many lie all over the list of all tickets, and a page of
/// them is soon found there ([`walk_text`]).
const fn sort_key(lead: Lead, sort: TicketSort) -> &'static str {
    match (lead, sort) {
        (Lead::All, TicketSort::Created) => "t.created_at",
        (_, TicketSort::Created) => "(t.created_at + 0)",
        (_, TicketSort::Updated) => "t.updated_at",
    }
}

/// The column that is `NULL` in all of a lead's range, where its rows come in the order of the index.
const fn missing(lead: Lead, sort: TicketSort) -> Option<&'static str> {
    match (lead, sort) {
        (Lead::Nobody, TicketSort::Updated) => lead.column(),
        _ => None,
    }
}

/// Filters beside the lead: those of every list, and the company by the vendor's id.
macro_rules! beside_filters {
    () => {
        concat!(
            other_filters!(),
            " AND (CAST($9 AS TEXT) IS NULL OR t.company_external_id = $9)"
        )
    };
}

/// A range of an index, narrowed by the other filters. Every lead takes the same parameters: viewer `$1` and `$2`,
/// integration `$3`, closed `$4`, other filters `$5` to `$9`, rows `$10`, the lead's value `$11`, a bound `$12`, `$13`.
fn condition(lead: Lead) -> String {
    let viewer = if lead == Lead::Company {
        external_company_viewer!("$11")
    } else {
        record_viewer!("t")
    };
    format!(
        "{} AND {} AND {viewer}",
        range(lead, "$11"),
        beside_filters!()
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
        // Its value is bound like every lead's.
        Some(column) if lead == Lead::Nobody => {
            format!("{column} IS NULL AND CAST({value} AS TEXT) = '{NOBODY}'")
        }
        Some(column) => format!("{column} = {value}"),
        None => format!("CAST({value} AS TEXT) IS NULL"),
    };
    format!("t.absent = 0 AND t.integration_id = $3 AND {led} AND t.closed = $4")
}

/// The keys of a page by creation, looked for among the next `$13` tickets of all: viewer `$1` and `$2`, integration
/// `$3`, closed `$4`, filters `$5` to `$9`, rows `$10`, a bound `$11`, `$12`. Everything asked for is in the index.
fn walk(from: &str, direction: Direction) -> String {
    let (than, order) = match direction {
        Direction::Ascending => (">", "ASC"),
        Direction::Descending => ("<", "DESC"),
    };
    format!(
        "SELECT t.id AS id, t.created_at AS sort_key FROM
            (SELECT t.id, t.created_at, t.integration_id, t.company_external_id, t.status_id, t.queue_id, t.priority_id, t.technician_external_id
             FROM {from} WHERE t.absent = 0 AND t.integration_id = $3 AND t.closed = $4 AND (t.created_at, t.id) {than} ($11, $12)
             ORDER BY t.created_at {order}, t.id {order} LIMIT $13) t
         WHERE {} AND {} ORDER BY t.created_at {order}, t.id {order} LIMIT $10",
        beside_filters!(),
        record_viewer!("t")
    )
}

/// The text that looks for a page by creation among the next tickets of all.
pub(super) fn walk_text(engine: Engine, direction: Direction) -> &'static str {
    TEXTS.walks[direction.index()].on(engine)
}

pub(super) fn keys_text(
    engine: Engine,
    lead: Lead,
    sort: TicketSort,
    direction: Direction,
) -> &'static str {
    TEXTS.keys[lead as usize][sort as usize][direction.index()].on(engine)
}

pub(super) fn count_text(engine: Engine, lead: Lead) -> &'static str {
    TEXTS.counts[lead as usize].on(engine)
}

/// The text that counts a range nothing else narrows.
pub(super) fn plain_count_text(engine: Engine, lead: Lead) -> &'static str {
    TEXTS.plain_counts[lead as usize].on(engine)
}

/// Every text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &TEXTS.kept
}

/// What is bound as the technician of tickets that have none, also in `other_filters`: no vendor's id is empty.
const NOBODY: &str = "";

/// The value of the filter that leads; for a company its address.
pub(super) fn led(filter: &TicketFilter, lead: Lead) -> Option<&str> {
    match lead {
        Lead::All => None,
        Lead::Company => filter.company.as_ref().map(PublicId::as_str),
        Lead::Technician => filter.technician.as_deref().filter(|_| !filter.unassigned),
        Lead::Nobody => filter.unassigned.then_some(NOBODY),
        Lead::Status => filter.status.as_deref(),
        Lead::Priority => filter.priority.as_deref(),
        Lead::Queue => filter.queue.as_deref(),
    }
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
        led(filter, Lead::Nobody)
            .or(filter.technician.as_deref())
            .filter(|_| !matches!(lead, Lead::Technician | Lead::Nobody)),
    ]
}
