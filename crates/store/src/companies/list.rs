//! The list of companies.
//!
//! Walked by name or creation; where a search, a viewer's memberships or an integration leave few companies, those are
//! read whole instead, since they may lie anywhere in the list.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::clock::UtcMillis;
use domain::id::{CompanyId, IntegrationId, PublicId};
use domain::viewer::Viewer;

use super::few::few;
use crate::composed::{BOTH, DIRECTIONS, count, keep, keys};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{
    COUNTED, Count, Direction, Listing, NumberPlace, Page, PageKey, Place, TextPlace, Walk,
};
use crate::open::Store;
use crate::statement::Statement;
use crate::viewer_sql::EVERYTHING;

/// Which companies to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompanyFilter {
    /// Only those linked to a company of this integration.
    pub integration: Option<IntegrationId>,
    /// Those that were removed, instead of those that are there.
    pub removed: bool,
    /// Only those whose name has these words.
    pub search: Option<String>,
}

/// What a list of companies is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CompanySort {
    /// Name.
    #[default]
    Name,
    /// When it came to Portico.
    Created,
}

impl CompanySort {
    const ALL: [Self; 2] = [Self::Name, Self::Created];

    const fn column(self) -> &'static str {
        match self {
            Self::Name => "c.name_key",
            Self::Created => "c.created_at",
        }
    }
}

/// A vendor's company that is linked to a Portico company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyLink {
    /// The integration.
    pub integration: IntegrationId,
    /// Key of its provider.
    pub provider: String,
    /// The vendor's id.
    pub external_id: String,
    /// Its name there.
    pub name: String,
    /// Whether the vendor no longer has it.
    pub removed: bool,
}

impl From<RawLink> for CompanyLink {
    fn from(link: RawLink) -> Self {
        Self {
            integration: IntegrationId(link.integration_id),
            provider: link.provider,
            external_id: link.external_id,
            name: link.name,
            removed: link.absent != 0,
        }
    }
}

/// A company in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// Row id.
    pub id: CompanyId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// When it came to Portico.
    pub created_at: UtcMillis,
    /// When it was removed.
    pub removed_at: Option<UtcMillis>,
    /// City, from the primary integration, else from another.
    pub city: String,
    /// Phone, from the primary integration, else from another.
    pub phone: String,
    /// Web site, likewise.
    pub website: String,
    /// The vendors' companies it stands for, by provider.
    pub links: Vec<CompanyLink>,
}

row! {
    struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        name: String,
        created_at: i64,
        removed_at: Option<i64>,
    }
}

row! {
    struct RawLink {
        company_id: i64,
        integration_id: i64,
        provider: String,
        external_id: String,
        name: String,
        absent: i64,
        city: Option<String>,
        phone: Option<String>,
        website: Option<String>,
        leads: i64,
    }
}

/// The company's own value of a field (design 3): the primary integration's, else another's; what a vendor no longer
/// has comes last.
fn value_of(links: &[RawLink], field: impl Fn(&RawLink) -> Option<&String>) -> String {
    links
        .iter()
        .filter_map(|link| Some((link, field(link)?)))
        .filter(|(_, value)| !value.trim().is_empty())
        .min_by_key(|(link, _)| (link.absent != 0, link.leads == 0))
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// Companies a viewer may see, at most `limit` of them (500 at most). A search looks at 500 matches.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &CompanyFilter,
    sort: CompanySort,
    direction: Direction,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<CompanyRow>> {
    let walk = Walk::new(direction, page, limit, sort == CompanySort::Name);
    if let Some((places, count)) = few(store, viewer, filter, sort).await? {
        let page = walk.page_of_all(places);
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        return Ok(page.listing(rows, |row| row.id.0, count));
    }
    let read = async {
        let page = walk_all(store, viewer, filter, sort, &walk).await?;
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        Ok((page, rows))
    };
    let ((page, rows), count) =
        futures_util::future::try_join(read, count_all(store, viewer, filter)).await?;
    Ok(page.listing(rows, |row| row.id.0, count))
}

/// How many companies a viewer may see, counted up to 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &CompanyFilter,
) -> Result<Count> {
    match few(store, viewer, filter, CompanySort::Name).await? {
        Some((_, count)) => Ok(count),
        None => count_all(store, viewer, filter).await,
    }
}

struct Texts {
    /// By sort and direction; companies that are there, then those that were removed.
    keys: [[[&'static str; 2]; 2]; 2],
    counts: [&'static str; 2],
    /// For a viewer without limits and without a filter.
    plain_counts: [&'static str; 2],
    kept: Vec<&'static Statement>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut kept = Vec::new();
    let mut add = |name: String, sql: String| {
        let statement = keep(name, sql, BOTH);
        kept.push(statement);
        statement.sql
    };
    let states = [
        ("present", "c.removed_at IS NULL"),
        ("removed", "c.removed_at IS NOT NULL"),
    ];
    let condition = |state: &str| format!("{state} AND {INTEGRATION} AND {}", company_viewer!("c"));
    let keys = states.map(|(name, state)| {
        CompanySort::ALL.map(|sort| {
            DIRECTIONS.map(|direction| {
                let sql = keys(
                    "company c",
                    &condition(state),
                    "c",
                    sort.column(),
                    direction,
                    ["$5", "$6", "$4"],
                );
                add(
                    format!("store::companies::keys_{name}_{sort:?}_{direction:?}"),
                    sql,
                )
            })
        })
    });
    let counts = states.map(|(name, state)| {
        add(
            format!("store::companies::count_{name}"),
            count("company c", &condition(state), "$4"),
        )
    });
    let plain = |state: &str| format!("{state} AND {EVERYTHING}");
    let plain_counts = states.map(|(name, state)| {
        add(
            format!("store::companies::count_plain_{name}"),
            count("company c", &plain(state), "$3"),
        )
    });
    Texts {
        keys,
        counts,
        plain_counts,
        kept,
    }
});

const INTEGRATION: &str = "(CAST($3 AS BIGINT) IS NULL OR EXISTS
    (SELECT 1 FROM external_company fx WHERE fx.company_id = c.id AND fx.integration_id = $3))";

/// Every composed text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &TEXTS.kept
}

async fn walk_all(
    store: &Store,
    viewer: &Viewer,
    filter: &CompanyFilter,
    sort: CompanySort,
    walk: &Walk,
) -> Result<Page> {
    let text = TEXTS.keys[usize::from(filter.removed)][sort as usize][walk.read.index()];
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let places: Vec<Place> = if sort == CompanySort::Name {
        let (bound, bound_id) = walk.text_bound();
        let rows: Vec<TextPlace> = read_all!(
            store,
            text,
            all,
            identity,
            integration,
            walk.asked(),
            &bound,
            bound_id
        )?;
        rows.into_iter().map(Place::from).collect()
    } else {
        let (bound, bound_id) = walk.number_bound();
        let rows: Vec<NumberPlace> = read_all!(
            store,
            text,
            all,
            identity,
            integration,
            walk.asked(),
            bound,
            bound_id
        )?;
        rows.into_iter().map(Place::from).collect()
    };
    Ok(walk.page(places))
}

async fn count_all(store: &Store, viewer: &Viewer, filter: &CompanyFilter) -> Result<Count> {
    let (all, identity) = viewer.bind();
    let bound = COUNTED as i64 + 1;
    let row: Option<(i64,)> = match filter.integration {
        None if all == 1 => read_one!(
            store,
            TEXTS.plain_counts[usize::from(filter.removed)],
            all,
            identity,
            bound
        )?,
        // All that are linked, without the removed ones, which are few: so the links alone are counted.
        Some(integration) if all == 1 && !filter.removed => {
            let removed: Option<(i64,)> =
                read_one!(store, TEXTS.counts[1], all, identity, integration.0, bound)?;
            let removed = removed.map_or(0, |row| row.0);
            let linked: Option<(i64,)> =
                read_one!(store, COUNT_LINKED, integration.0, bound + removed)?;
            linked.map(|row| (row.0 - removed,))
        }
        integration => {
            let text = TEXTS.counts[usize::from(filter.removed)];
            read_one!(
                store,
                text,
                all,
                identity,
                integration.map(|id| id.0),
                bound
            )?
        }
    };
    Ok(Count::bounded(
        row.map_or(0, |row| row.0.unsigned_abs()),
        COUNTED,
    ))
}

pub(crate) async fn rows_by_id(
    store: &Store,
    viewer: &Viewer,
    ids: &[i64],
) -> Result<Vec<CompanyRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    let (rows, links): (Vec<Raw>, Vec<RawLink>) = match store.db() {
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(ids)?;
            (
                sqlx::query_as(ROWS_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(&ids)
                    .fetch_all(r)
                    .await?,
                sqlx::query_as(LINKS_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(&ids)
                    .fetch_all(r)
                    .await?,
            )
        }
        Db::Pg(pool) => (
            sqlx::query_as(ROWS_POSTGRES)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(pool)
                .await?,
            sqlx::query_as(LINKS_POSTGRES)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(pool)
                .await?,
        ),
    };
    let mut by_company: HashMap<i64, Vec<RawLink>> = HashMap::new();
    for link in links {
        by_company.entry(link.company_id).or_default().push(link);
    }
    let row = |row: Raw| {
        let links = by_company.remove(&row.id).unwrap_or_default();
        CompanyRow {
            id: CompanyId(row.id),
            uuid: row.uuid,
            name: row.name,
            created_at: UtcMillis(row.created_at),
            removed_at: row.removed_at.map(UtcMillis),
            city: value_of(&links, |link| link.city.as_ref()),
            phone: value_of(&links, |link| link.phone.as_ref()),
            website: value_of(&links, |link| link.website.as_ref()),
            links: links.into_iter().map(CompanyLink::from).collect(),
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

macro_rules! company_link {
    ($from:literal) => {
        concat!(
            "SELECT x.company_id, x.integration_id, i.provider, x.external_id, x.name, x.absent, x.city, x.phone, x.website,
            CASE WHEN x.integration_id = c.primary_integration_id THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS leads
        FROM ",
            $from,
            " WHERE "
        )
    };
}

statements! {
    ROWS_SQLITE for Sqlite = concat!("SELECT c.id, c.uuid, c.name, c.created_at, c.removed_at FROM json_each($3) f CROSS JOIN company c NOT INDEXED
        WHERE c.id = f.value AND ", company_viewer!("c"));
    ROWS_POSTGRES for Postgres = concat!("SELECT c.id, c.uuid, c.name, c.created_at, c.removed_at FROM company c
        WHERE c.id = ANY(CAST($3 AS BIGINT[])) AND ", company_viewer!("c"));
    LINKS_SQLITE for Sqlite = concat!(company_link!("json_each($3) f CROSS JOIN company c NOT INDEXED CROSS JOIN external_company x ON x.company_id = c.id
        CROSS JOIN integration i ON i.id = x.integration_id"), "c.id = f.value AND ", company_viewer!("c"),
        " ORDER BY i.provider, x.name_key, x.id");
    LINKS_POSTGRES for Postgres = concat!(company_link!("company c JOIN external_company x ON x.company_id = c.id JOIN integration i ON i.id = x.integration_id"), "c.id = ANY(CAST($3 AS BIGINT[])) AND ", company_viewer!("c"),
        " ORDER BY i.provider, x.name_key, x.id");
    COUNT_LINKED = "SELECT count(*) AS found FROM
        (SELECT DISTINCT x.company_id FROM external_company x WHERE x.integration_id = $1 AND x.company_id IS NOT NULL LIMIT $2) counted";
}
