//! Reads the reference data: boards with what belongs to each, and the set-up tables of companies, contacts, tickets and
//! opportunities.

use domain::record::TechnicianRecord;
use domain::reference::{ReferenceItem, ReferenceKind};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::value::RawValue;

use super::client::Client;
use super::map::{Tenant, is_set, on_board};
use super::projects;
use super::wire::{CwMember, CwValue};
use crate::error::Result;
use crate::http::decode::{Readable, Text, document};
use crate::http::send::Answer;
use crate::mapping::Record;
use crate::probe::allowed;
use crate::value::text;

/// Tables read at once; the permits hold back what the vendor does not want at once.
const AT_ONCE: usize = 3;

/// Tables of the whole tenant.
const TABLES: [(&str, ReferenceKind); 8] = [
    ("company/companies/types", ReferenceKind::CompanyType),
    ("company/companies/statuses", ReferenceKind::CompanyStatus),
    ("company/contacts/types", ReferenceKind::ContactType),
    ("service/priorities", ReferenceKind::TicketPriority),
    ("service/sources", ReferenceKind::TicketSource),
    ("service/impacts", ReferenceKind::Impact),
    // Severity is Portico's urgency.
    ("service/severities", ReferenceKind::Urgency),
    ("project/projectTypes", ReferenceKind::ProjectType),
];

/// Tables of opportunities.
const SALES: [(&str, ReferenceKind); 4] = [
    ("sales/stages", ReferenceKind::OpportunityStage),
    (
        "sales/opportunities/statuses",
        ReferenceKind::OpportunityStatus,
    ),
    ("sales/opportunities/types", ReferenceKind::OpportunityType),
    ("sales/probabilities", ReferenceKind::OpportunityProbability),
];

/// What belongs to a board.
const OF_BOARD: [(&str, ReferenceKind); 5] = [
    ("statuses", ReferenceKind::TicketStatus),
    ("types", ReferenceKind::TicketType),
    ("subtypes", ReferenceKind::SubIssueType),
    ("items", ReferenceKind::TicketItem),
    ("teams", ReferenceKind::Team),
];

/// All reference data. What belongs to an area the API member may not see is left out, not an error.
///
/// # Errors
/// As any request.
pub(super) async fn read(client: &Client) -> Result<Vec<ReferenceItem>> {
    let boards = client
        .table("service/boards", |place: usize, board: CwValue<'_>| {
            let (id, of_projects) = (board.id, is_set(board.project_flag));
            let item = to_item(ReferenceKind::Queue, None, place, board);
            (of_projects, (id, item))
        })
        .await?;
    // Boards of projects are no choice for whoever may not see their tickets.
    let projects =
        boards.iter().any(|(of_projects, _)| *of_projects) && projects::may_be_read(client).await?;
    let boards = boards.into_iter();
    let boards = boards.filter(|(of_projects, _)| projects || !of_projects);
    let boards: Vec<_> = boards.map(|(_, board)| board).collect();
    let mut items = Vec::new();
    let tables = TABLES.into_iter().chain(SALES).map(Table::of_tenant);
    items.extend(gather(client, tables.collect()).await?);
    items.extend(allowed(owners(client).await)?.unwrap_or_default());
    let mut of_boards = Vec::new();
    for (board, item) in &boards {
        of_boards.extend(OF_BOARD.map(|(name, kind)| Table {
            path: format!("service/boards/{board}/{name}"),
            kind,
            board: Some((*board, item.active)),
        }));
    }
    let of_boards = gather(client, of_boards).await?;
    let boards = boards.into_iter().map(|(_, item)| item);
    Ok(boards.chain(items).chain(of_boards).collect())
}

/// A set-up table to read.
struct Table {
    path: String,
    kind: ReferenceKind,
    /// The board it belongs to, and whether that is in use.
    board: Option<(i64, bool)>,
}

impl Table {
    fn of_tenant((path, kind): (&str, ReferenceKind)) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            board: None,
        }
    }
}

/// The values of several tables, in their order.
async fn gather(client: &Client, tables: Vec<Table>) -> Result<Vec<ReferenceItem>> {
    let mut reads: Vec<BoxFuture<'_, Result<Vec<ReferenceItem>>>> = Vec::new();
    for table in tables {
        reads.push(Box::pin(read_table(client, table)));
    }
    let all: Vec<Vec<ReferenceItem>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    Ok(all.into_iter().flatten().collect())
}

async fn read_table(client: &Client, table: Table) -> Result<Vec<ReferenceItem>> {
    let Table { path, kind, board } = table;
    // Of severity and impact tickets carry the word, not the id.
    let by_word = matches!(kind, ReferenceKind::Impact | ReferenceKind::Urgency);
    let make = move |place: usize, value: CwValue<'_>| {
        let mut item = to_item(kind, board, place, value);
        if by_word {
            item.external_id.clone_from(&item.label);
        }
        item
    };
    let table = client.table(&path, make).await;
    // Of the whole tenant's tables one may be closed to the API member; what belongs to a board comes with the board.
    match board {
        None => Ok(allowed(table)?.unwrap_or_default()),
        Some(_) => table,
    }
}

/// A value of a table as reference data.
fn to_item(
    kind: ReferenceKind,
    board: Option<(i64, bool)>,
    place: usize,
    value: CwValue<'_>,
) -> ReferenceItem {
    let chance = value.probability.map(RawValue::get);
    let label = match (kind, chance) {
        (ReferenceKind::OpportunityProbability, Some(percent)) => format!("{percent} %"),
        _ => text(value.name)
            .or_else(|| text(value.description))
            .unwrap_or_else(|| value.id.to_string()),
    };
    ReferenceItem {
        kind,
        external_id: match board {
            Some((board, _)) => on_board(board, value.id),
            None => value.id.to_string(),
        },
        label,
        parent: board.map(|(board, _)| board.to_string()),
        // What belongs to a board that is out of use is no choice either.
        active: !is_set(value.inactive_flag) && board.is_none_or(|(_, used)| used),
        sort_order: value.sort_order.unwrap_or(place as i64),
        system: false,
        closes: is_set(value.closed_status) || is_set(value.closed_flag),
    }
}

/// Active people; an API member can own nothing.
async fn owners(client: &Client) -> Result<Vec<ReferenceItem>> {
    const OPERATION: &str = "list members";
    let people = |answer: &Answer| {
        let body = Text::of(&answer.body);
        let members: Readable<CwMember<'_>> = document(OPERATION, body.as_str())?;
        let tenant = Tenant::default();
        // One that cannot be read is set aside by its stream; here it is only not offered.
        let people = members.records.into_iter();
        let people = people.map(|member| member.map(&tenant).ok());
        let people: Vec<Option<TechnicianRecord>> = people.collect();
        Ok((people, members.received))
    };
    let pages = client
        .numbered(
            OPERATION,
            "system/members",
            "system/members",
            Some("id asc"),
            people,
        )
        .await?;
    let active = pages
        .into_iter()
        .flatten()
        .flatten()
        .filter(|person| person.active && person.person);
    Ok(active
        .enumerate()
        .map(|(place, person)| to_owner(person, place))
        .collect())
}

/// A member as somebody who may own an opportunity.
fn to_owner(member: TechnicianRecord, place: usize) -> ReferenceItem {
    let name = format!("{} {}", member.first_name, member.last_name);
    let name = name.trim();
    ReferenceItem {
        kind: ReferenceKind::Owner,
        label: if name.is_empty() {
            member.email.unwrap_or_else(|| member.external_id.clone())
        } else {
            name.to_owned()
        },
        external_id: member.external_id,
        parent: None,
        active: true,
        sort_order: place as i64,
        system: false,
        closes: false,
    }
}
