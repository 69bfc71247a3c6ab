//! The list of opportunities.

use std::sync::LazyLock;

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use crate::composed::{BOTH, DIRECTIONS, count, keep, keys};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{
    COUNTED, Count, Direction, Listing, NumberPlace, Page, PageKey, Place, SortKey, TextPlace, Walk,
};
use crate::open::Store;
use crate::statement::Statement;
use crate::text_search::{MATCHES, Terms};
use crate::tickets::Labelled;
use crate::viewer_companies;

/// Which opportunities to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpportunityFilter {
    /// Only of this integration.
    pub integration: Option<IntegrationId>,
    /// Only of this Portico company.
    pub company: Option<PublicId>,
    /// Only in this stage, by the vendor's id.
    pub stage: Option<String>,
    /// Only those whose title has these words.
    pub search: Option<String>,
}

/// What a list of opportunities is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OpportunitySort {
    /// When anything last happened on it.
    #[default]
    Updated,
    /// Title.
    Title,
}

impl OpportunitySort {
    const ALL: [Self; 2] = [Self::Updated, Self::Title];

    const fn column(self) -> &'static str {
        match self {
            Self::Updated => "o.updated_at",
            Self::Title => "o.title_key",
        }
    }
}

/// An opportunity in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpportunityRow {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// The integration it comes from.
    pub integration: IntegrationId,
    /// Key of that integration's provider.
    pub provider: String,
    /// The vendor's id.
    pub external_id: String,
    /// One-line summary.
    pub title: String,
    /// Stage.
    pub stage: Option<Labelled>,
    /// Status.
    pub status: Option<Labelled>,
    /// Amount in hundredths of the currency unit.
    pub amount_cents: Option<i64>,
    /// Probability of winning, 0 to 100.
    pub probability: Option<i64>,
    /// Projected close, a date at midnight UTC.
    pub projected_close_at: Option<UtcMillis>,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
    /// Name of the technician who owns it.
    pub owner: Option<String>,
    /// When anything last happened on it.
    pub updated_at: UtcMillis,
}

row! {
    pub(super) struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        integration: IntegrationId = i64 => crate::decode::plain(IntegrationId),
        provider: String,
        external_id: String,
        title: String,
        stage_id: Option<String>,
        stage_label: Option<String>,
        status_id: Option<String>,
        status_label: Option<String>,
        amount_cents: Option<i64>,
        probability: Option<i64>,
        projected_close_at: Option<i64>,
        company: Option<String>,
        company_uuid: Option<PublicId> = Option<String> => crate::decode::optional_public_id,
        owner_name: Option<String>,
        updated_at: i64,
    }
}

impl From<Raw> for OpportunityRow {
    fn from(row: Raw) -> Self {
        Self {
            id: row.id,
            uuid: row.uuid,
            integration: row.integration,
            provider: row.provider,
            external_id: row.external_id,
            title: row.title,
            stage: Labelled::new(row.stage_id, row.stage_label),
            status: Labelled::new(row.status_id, row.status_label),
            amount_cents: row.amount_cents,
            probability: row.probability,
            projected_close_at: row.projected_close_at.map(UtcMillis),
            company: row.company,
            company_uuid: row.company_uuid,
            owner: row.owner_name.filter(|name| !name.is_empty()),
            updated_at: UtcMillis(row.updated_at),
        }
    }
}

/// Opportunities a viewer may see, at most `limit` of them (500 at most). A search looks at 500 matches.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &OpportunityFilter,
    sort: OpportunitySort,
    direction: Direction,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<OpportunityRow>> {
    let walk = Walk::new(direction, page, limit, sort == OpportunitySort::Title);
    if let Some(terms) = filter.search.as_deref().and_then(Terms::parse) {
        let (places, count) = search(store, viewer, filter, sort, &terms).await?;
        let page = walk.page_of_all(places);
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        return Ok(page.listing(rows, |row| row.id, count));
    }
    let ranges = ranges(store, viewer, filter).await?;
    let read = async {
        let page = walk_ranges(store, viewer, &ranges, sort, &walk).await?;
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        Ok((page, rows))
    };
    let ((page, rows), count) =
        futures_util::future::try_join(read, count_ranges(store, viewer, &ranges)).await?;
    Ok(page.listing(rows, |row| row.id, count))
}

/// The filter that chooses the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    All,
    Company,
    Stage,
}

struct Texts {
    keys: [[[&'static str; 2]; 2]; 3],
    counts: [&'static str; 3],
    kept: Vec<&'static Statement>,
}

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut kept = Vec::new();
    let mut add = |name: String, sql: String| {
        let statement = keep(name, sql, BOTH);
        kept.push(statement);
        statement.sql
    };
    let leads = [Lead::All, Lead::Company, Lead::Stage];
    let keys = leads.map(|lead| {
        OpportunitySort::ALL.map(|sort| {
            DIRECTIONS.map(|direction| {
                let sql = keys(
                    "opportunity o",
                    &condition(lead),
                    "o",
                    sort.column(),
                    direction,
                    ["$7", "$8", "$5"],
                );
                add(
                    format!("store::opportunities::keys_{lead:?}_{sort:?}_{direction:?}"),
                    sql,
                )
            })
        })
    });
    let counts = leads.map(|lead| {
        add(
            format!("store::opportunities::count_{lead:?}"),
            count("opportunity o", &condition(lead), "$5"),
        )
    });
    Texts { keys, counts, kept }
});

fn condition(lead: Lead) -> String {
    let led = match lead {
        Lead::All => {
            "(CAST($3 AS BIGINT) IS NULL OR o.integration_id = $3) AND CAST($6 AS TEXT) IS NULL"
        }
        Lead::Company => "o.integration_id = $3 AND o.company_external_id = $6",
        Lead::Stage => "o.integration_id = $3 AND o.stage_id = $6",
    };
    let viewer = if lead == Lead::Company {
        external_company_viewer!("$6")
    } else {
        record_viewer!("o")
    };
    format!("o.absent = 0 AND {led} AND (CAST($4 AS TEXT) IS NULL OR o.stage_id = $4) AND {viewer}")
}

/// Every composed text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &TEXTS.kept
}

struct Ranges {
    lead: Lead,
    starts: Vec<(Option<i64>, Option<String>)>,
    /// The stage, unless it leads.
    stage: Option<String>,
}

async fn ranges(store: &Store, viewer: &Viewer, filter: &OpportunityFilter) -> Result<Ranges> {
    if let Some(externals) =
        viewer_companies::limited_to(store, viewer, filter.company.as_ref(), filter.integration)
            .await?
    {
        let starts = externals
            .into_iter()
            .map(|(integration, id)| (Some(integration), Some(id)))
            .collect();
        return Ok(Ranges {
            lead: Lead::Company,
            starts,
            stage: filter.stage.clone(),
        });
    }
    if filter.stage.is_some() {
        let integrations = viewer_companies::integrations(store, filter.integration).await?;
        let starts = integrations
            .into_iter()
            .map(|id| (Some(id), filter.stage.clone()))
            .collect();
        return Ok(Ranges {
            lead: Lead::Stage,
            starts,
            stage: None,
        });
    }
    Ok(Ranges {
        lead: Lead::All,
        starts: vec![(filter.integration.map(|id| id.0), None)],
        stage: None,
    })
}

async fn walk_ranges(
    store: &Store,
    viewer: &Viewer,
    ranges: &Ranges,
    sort: OpportunitySort,
    walk: &Walk,
) -> Result<Page> {
    let text = TEXTS.keys[ranges.lead as usize][sort as usize][walk.read.index()];
    let (all, identity) = viewer.bind();
    let stage = ranges.stage.as_deref();
    let mut places: Vec<Place> = Vec::new();
    for (integration, value) in &ranges.starts {
        let value = value.as_deref();
        if sort == OpportunitySort::Title {
            let (bound, bound_id) = walk.text_bound();
            let rows: Vec<TextPlace> = read_all!(
                store,
                text,
                all,
                identity,
                *integration,
                stage,
                walk.asked(),
                value,
                &bound,
                bound_id
            )?;
            places.extend(rows.into_iter().map(Place::from));
        } else {
            let (bound, bound_id) = walk.number_bound();
            let rows: Vec<NumberPlace> = read_all!(
                store,
                text,
                all,
                identity,
                *integration,
                stage,
                walk.asked(),
                value,
                bound,
                bound_id
            )?;
            places.extend(rows.into_iter().map(Place::from));
        }
    }
    Ok(walk.page(places))
}

async fn count_ranges(store: &Store, viewer: &Viewer, ranges: &Ranges) -> Result<Count> {
    let text = TEXTS.counts[ranges.lead as usize];
    let (all, identity) = viewer.bind();
    let mut found: u64 = 0;
    for (integration, value) in &ranges.starts {
        let left = (COUNTED + 1).saturating_sub(found);
        if left == 0 {
            break;
        }
        let row: Option<(i64,)> = read_one!(
            store,
            text,
            all,
            identity,
            *integration,
            ranges.stage.as_deref(),
            left as i64,
            value.as_deref()
        )?;
        found += row.map_or(0, |row| row.0.unsigned_abs());
    }
    Ok(Count::bounded(found, COUNTED))
}

row! {
    struct Match {
        id: i64,
        title_key: String,
        updated_at: i64,
    }
}

async fn search(
    store: &Store,
    viewer: &Viewer,
    filter: &OpportunityFilter,
    sort: OpportunitySort,
    terms: &Terms,
) -> Result<(Vec<Place>, Count)> {
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let stage = filter.stage.as_deref();
    let company = filter.company.as_ref().map(PublicId::as_str);
    let matches: Vec<Match> = if terms.is_indexed() {
        match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(stage)
                    .bind(MATCHES + 1);
                query
                    .bind(company)
                    .bind(terms.phrases())
                    .fetch_all(r)
                    .await?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(stage)
                    .bind(MATCHES + 1);
                query
                    .bind(company)
                    .bind(first)
                    .bind(second)
                    .fetch_all(pool)
                    .await?
            }
        }
    } else {
        let (from, until) = terms.range();
        read_all!(
            store,
            MATCH_KEY,
            all,
            identity,
            integration,
            stage,
            MATCHES + 1,
            company,
            &from,
            &until
        )?
    };
    let cut = matches.len() as i64 > MATCHES;
    let place = |row: Match| Place {
        key: if sort == OpportunitySort::Title {
            SortKey::Text(row.title_key)
        } else {
            SortKey::Number(row.updated_at)
        },
        id: row.id,
    };
    let words = |row: &Match| !terms.is_indexed() || terms.matches(&row.title_key);
    let places: Vec<Place> = matches
        .into_iter()
        .take(MATCHES as usize)
        .filter(words)
        .map(place)
        .collect();
    let count = Count::of_search(&places, cut.then(|| terms.is_indexed()));
    Ok((places, count))
}

async fn rows_by_id(store: &Store, viewer: &Viewer, ids: &[i64]) -> Result<Vec<OpportunityRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    let rows: Vec<Raw> = match store.db() {
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(ids)?;
            sqlx::query_as(ROWS_SQLITE)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(ROWS_POSTGRES)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(rows.into_iter().map(OpportunityRow::from).collect())
}

macro_rules! opportunity_row {
    ($from:literal) => {
        concat!(
            "SELECT ",
            opportunity_columns!(),
            " FROM ",
            $from,
            opportunity_joins!(),
            " WHERE o.absent = 0"
        )
    };
}

/// What every search binds; the words follow from `$7` on.
macro_rules! match_filters {
    () => {
        concat!(
            " o.absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR o.integration_id = $3) AND (CAST($4 AS TEXT) IS NULL OR o.stage_id = $4)
             AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM external_company fx JOIN company fc ON fc.id = fx.company_id
                WHERE fx.integration_id = o.integration_id AND fx.external_id = o.company_external_id AND fc.uuid = $6)) AND ",
            record_viewer!("o")
        )
    };
}

statements! {
    ROWS_SQLITE for Sqlite = concat!(opportunity_row!("json_each($3) f CROSS JOIN opportunity o NOT INDEXED CROSS JOIN integration i ON i.id = o.integration_id"), " AND o.id = f.value AND ", record_viewer!("o"));
    ROWS_POSTGRES for Postgres = concat!(opportunity_row!("opportunity o JOIN integration i ON i.id = o.integration_id"), " AND o.id = ANY(CAST($3 AS BIGINT[])) AND ", record_viewer!("o"));
    MATCH_SQLITE for Sqlite = concat!("SELECT o.id, o.title_key, o.updated_at FROM opportunity_search f CROSS JOIN opportunity o
        WHERE f.opportunity_search MATCH $7 AND o.id = f.rowid AND", match_filters!(), " ORDER BY f.rowid DESC LIMIT $5");
    MATCH_POSTGRES for Postgres = concat!("SELECT o.id, o.title_key, o.updated_at FROM opportunity o
        WHERE o.title_key LIKE $7 AND (CAST($8 AS TEXT) IS NULL OR o.title_key LIKE $8) AND", match_filters!(), " ORDER BY o.id DESC LIMIT $5");
    MATCH_KEY = concat!("SELECT o.id, o.title_key, o.updated_at FROM opportunity o
        WHERE o.title_key >= $7 AND o.title_key < $8 AND", match_filters!(), " LIMIT $5");
}
