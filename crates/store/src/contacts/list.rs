//! The list of contacts, by name.

use std::sync::LazyLock;

use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use crate::composed::{BOTH, DIRECTIONS, count, keep, keys};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{
    COUNTED, Count, Direction, Listing, Page, PageKey, Place, SortKey, TextPlace, Walk,
};
use crate::open::Store;
use crate::statement::Statement;
use crate::text_search::{MATCHES, Terms};
use crate::viewer_companies;
use crate::viewer_sql::EVERYTHING;

/// Which contacts to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactFilter {
    /// Only of this integration.
    pub integration: Option<IntegrationId>,
    /// Only of this Portico company.
    pub company: Option<PublicId>,
    /// Only those the vendor has switched on, or off.
    pub active: Option<bool>,
    /// Only those whose name or e-mail address has these words.
    pub search: Option<String>,
}

row! {
    /// A contact in a list.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ContactRow {
        /// Row id.
        pub id: i64,
        /// Id in addresses.
        pub uuid: PublicId = String => crate::decode::public_id,
        /// The integration it comes from.
        pub integration: IntegrationId = i64 => crate::decode::plain(IntegrationId),
        /// Key of that integration's provider.
        pub provider: String,
        /// The vendor's id.
        pub external_id: String,
        /// First and last name.
        pub name: String,
        /// E-mail address as typed there.
        pub email: Option<String>,
        /// Phone number.
        pub phone: Option<String>,
        /// Mobile number.
        pub mobile: Option<String>,
        /// Job title.
        pub title: Option<String>,
        /// Whether the vendor has it switched on.
        pub active: bool = i64 => crate::decode::flag,
        /// Whether it is the company's primary contact.
        pub primary: bool = i64 => crate::decode::flag,
        /// Name of the Portico company, else of the vendor's.
        pub company: Option<String>,
        /// Address of the Portico company.
        pub company_uuid: Option<PublicId> = Option<String> => crate::decode::optional_public_id,
    }
}

/// Contacts a viewer may see, at most `limit` of them (500 at most). A search looks at 500 matches.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &ContactFilter,
    direction: Direction,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<ContactRow>> {
    let walk = Walk::new(direction, page, limit, true);
    if let Some(terms) = filter.search.as_deref().and_then(Terms::parse) {
        let (places, count) = search(store, viewer, filter, &terms).await?;
        let page = walk.page_of_all(places);
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        return Ok(page.listing(rows, |row| row.id, count));
    }
    let ranges = ranges(store, viewer, filter).await?;
    let read = async {
        let page = walk_ranges(store, viewer, &ranges, &walk).await?;
        let rows = rows_by_id(store, viewer, &page.ids).await?;
        Ok((page, rows))
    };
    let ((page, rows), count) =
        futures_util::future::try_join(read, count_ranges(store, viewer, &ranges)).await?;
    Ok(page.listing(rows, |row| row.id, count))
}

/// How many contacts a viewer may see, counted up to 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &ContactFilter,
) -> Result<Count> {
    match filter.search.as_deref().and_then(Terms::parse) {
        Some(terms) => Ok(search(store, viewer, filter, &terms).await?.1),
        None => {
            let ranges = ranges(store, viewer, filter).await?;
            count_ranges(store, viewer, &ranges).await
        }
    }
}

/// The filter that chooses the index.
#[derive(Debug, Clone, Copy)]
enum Lead {
    All,
    Company,
}

struct Texts {
    keys: [[&'static str; 2]; 2],
    counts: [&'static str; 2],
    /// For a viewer without limits and no filter but company and active.
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
    let leads = [Lead::All, Lead::Company];
    let keys = leads.map(|lead| {
        DIRECTIONS.map(|direction| {
            let sql = keys(
                "external_contact k",
                &condition(lead),
                "k",
                "k.name_key",
                direction,
                ["$7", "$8", "$5"],
            );
            add(format!("store::contacts::keys_{lead:?}_{direction:?}"), sql)
        })
    });
    let counts = leads.map(|lead| {
        add(
            format!("store::contacts::count_{lead:?}"),
            count("external_contact k", &condition(lead), "$5"),
        )
    });
    let plain_counts = leads.map(|lead| {
        add(
            format!("store::contacts::count_plain_{lead:?}"),
            count("external_contact k", &plain_condition(lead), "$5"),
        )
    });
    Texts {
        keys,
        counts,
        plain_counts,
        kept,
    }
});

fn condition(lead: Lead) -> String {
    let led = match lead {
        Lead::All => {
            "(CAST($3 AS BIGINT) IS NULL OR k.integration_id = $3) AND CAST($6 AS TEXT) IS NULL"
        }
        Lead::Company => "k.integration_id = $3 AND k.company_external_id = $6",
    };
    let viewer = if matches!(lead, Lead::Company) {
        external_company_viewer!("$6")
    } else {
        record_viewer!("k")
    };
    format!("k.absent = 0 AND {led} AND k.active = $4 AND {viewer}")
}

/// What an index answers without a look at the rows.
fn plain_condition(lead: Lead) -> String {
    let (led, viewer) = match lead {
        Lead::All => (
            "CAST($3 AS BIGINT) IS NULL AND CAST($6 AS TEXT) IS NULL",
            EVERYTHING,
        ),
        Lead::Company => (
            "k.integration_id = $3 AND k.company_external_id = $6",
            external_company_viewer!("$6"),
        ),
    };
    format!("k.absent = 0 AND {led} AND k.active = $4 AND {viewer}")
}

/// Every composed text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &TEXTS.kept
}

struct Ranges {
    lead: Lead,
    /// Integration and external company; for all contacts the integration of the filter, if any.
    starts: Vec<(Option<i64>, Option<String>)>,
    active: &'static [i64],
}

impl Ranges {
    fn each(&self) -> impl Iterator<Item = (Option<i64>, Option<&str>, i64)> {
        self.starts.iter().flat_map(|(integration, company)| {
            self.active
                .iter()
                .map(|active| (*integration, company.as_deref(), *active))
        })
    }
}

async fn ranges(store: &Store, viewer: &Viewer, filter: &ContactFilter) -> Result<Ranges> {
    let active: &[i64] = match filter.active {
        Some(true) => &[1],
        Some(false) => &[0],
        None => &[0, 1],
    };
    Ok(
        match viewer_companies::limited_to(
            store,
            viewer,
            filter.company.as_ref(),
            filter.integration,
        )
        .await?
        {
            Some(externals) => {
                let starts = externals
                    .into_iter()
                    .map(|(integration, id)| (Some(integration), Some(id)))
                    .collect();
                Ranges {
                    lead: Lead::Company,
                    starts,
                    active,
                }
            }
            None => Ranges {
                lead: Lead::All,
                starts: vec![(filter.integration.map(|id| id.0), None)],
                active,
            },
        },
    )
}

async fn walk_ranges(store: &Store, viewer: &Viewer, ranges: &Ranges, walk: &Walk) -> Result<Page> {
    let text = TEXTS.keys[ranges.lead as usize][walk.read.index()];
    let (all, identity) = viewer.bind();
    let (bound, bound_id) = walk.text_bound();
    let mut places = Vec::new();
    for (integration, company, active) in ranges.each() {
        let rows: Vec<TextPlace> = read_all!(
            store,
            text,
            all,
            identity,
            integration,
            active,
            walk.asked(),
            company,
            &bound,
            bound_id
        )?;
        places.extend(rows.into_iter().map(Place::from));
    }
    Ok(walk.page(places))
}

async fn count_ranges(store: &Store, viewer: &Viewer, ranges: &Ranges) -> Result<Count> {
    let (all, identity) = viewer.bind();
    let plain = match ranges.lead {
        Lead::All => {
            all == 1
                && ranges
                    .starts
                    .iter()
                    .all(|(integration, _)| integration.is_none())
        }
        Lead::Company => true,
    };
    let text = if plain {
        TEXTS.plain_counts
    } else {
        TEXTS.counts
    }[ranges.lead as usize];
    let mut found: u64 = 0;
    for (integration, company, active) in ranges.each() {
        let left = (COUNTED + 1).saturating_sub(found);
        if left == 0 {
            break;
        }
        let row: Option<(i64,)> = read_one!(
            store,
            text,
            all,
            identity,
            integration,
            active,
            left as i64,
            company
        )?;
        found += row.map_or(0, |row| row.0.unsigned_abs());
    }
    Ok(Count::bounded(found, COUNTED))
}

row! {
    struct Match {
        id: i64,
        name_key: String,
        email_key: Option<String>,
    }
}

async fn search(
    store: &Store,
    viewer: &Viewer,
    filter: &ContactFilter,
    terms: &Terms,
) -> Result<(Vec<Place>, Count)> {
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let active = filter.active.map(i64::from);
    let company = filter.company.as_ref().map(PublicId::as_str);
    let matches: Vec<Match> = if terms.is_indexed() {
        match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(active)
                    .bind(MATCHES + 1);
                let query = query.bind(company).bind(terms.phrases());
                let (found,): (String,) = query.fetch_one(r).await?;
                read_packed(&found)?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(active)
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
            active,
            MATCHES + 1,
            company,
            &from,
            &until
        )?
    };
    let cut = matches.len() as i64 > MATCHES;
    let words = |row: &Match| {
        !terms.is_indexed()
            || terms.matches(&format!(
                "{} {}",
                row.name_key,
                row.email_key.as_deref().unwrap_or_default()
            ))
    };
    let places: Vec<Place> = matches
        .into_iter()
        .take(MATCHES as usize)
        .filter(words)
        .map(|row| Place {
            key: SortKey::Text(row.name_key),
            id: row.id,
        })
        .collect();
    let count = Count::of_search(&places, cut.then(|| terms.is_indexed()));
    Ok((places, count))
}

/// Matches as SQLite packs them, as those of tickets: hundreds of rows would each wake the reader of SQLite's thread.
fn read_packed(found: &str) -> Result<Vec<Match>> {
    let rows: Vec<(i64, String, Option<String>)> = serde_json::from_str(found)?;
    let mut matches: Vec<Match> = rows
        .into_iter()
        .map(|(id, name_key, email_key)| Match {
            id,
            name_key,
            email_key,
        })
        .collect();
    // An aggregate promises no order, and the oldest is the one beyond the bound.
    matches.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    Ok(matches)
}

async fn rows_by_id(store: &Store, viewer: &Viewer, ids: &[i64]) -> Result<Vec<ContactRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    Ok(match store.db() {
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
    })
}

macro_rules! contact_row {
    ($from:literal) => {
        concat!(
            "SELECT ",
            contact_columns!(),
            " FROM ",
            $from,
            contact_joins!(),
            " WHERE k.absent = 0"
        )
    };
}

/// What every search binds; the words follow from `$7` on.
macro_rules! match_filters {
    () => {
        concat!(
            " k.absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR k.integration_id = $3) AND (CAST($4 AS BIGINT) IS NULL OR k.active = $4)
             AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM external_company fx JOIN company fc ON fc.id = fx.company_id
                WHERE fx.integration_id = k.integration_id AND fx.external_id = k.company_external_id AND fc.uuid = $6)) AND ",
            record_viewer!("k")
        )
    };
}

statements! {
    ROWS_SQLITE for Sqlite = concat!(contact_row!("json_each($3) f CROSS JOIN external_contact k NOT INDEXED CROSS JOIN integration i ON i.id = k.integration_id"), " AND k.id = f.value AND ", record_viewer!("k"));
    ROWS_POSTGRES for Postgres = concat!(contact_row!("external_contact k JOIN integration i ON i.id = k.integration_id"), " AND k.id = ANY(CAST($3 AS BIGINT[])) AND ", record_viewer!("k"));
    MATCH_SQLITE for Sqlite = concat!("SELECT json_group_array(json_array(m.id, m.name_key, m.email_key)) AS found FROM
        (SELECT k.id, k.name_key, k.email_key FROM external_contact_search f CROSS JOIN external_contact k
        WHERE f.external_contact_search MATCH $7 AND k.id = f.rowid AND", match_filters!(), " ORDER BY f.rowid DESC LIMIT $5) m");
    MATCH_POSTGRES for Postgres = concat!("SELECT k.id, k.name_key, k.email_key FROM external_contact k
        WHERE (k.name_key || ' ' || COALESCE(k.email_key, '')) LIKE $7
        AND (CAST($8 AS TEXT) IS NULL OR (k.name_key || ' ' || COALESCE(k.email_key, '')) LIKE $8) AND", match_filters!(), " ORDER BY k.id DESC LIMIT $5");
    MATCH_KEY = concat!("SELECT k.id, k.name_key, k.email_key FROM external_contact k
        WHERE ((k.name_key >= $7 AND k.name_key < $8) OR (k.email_key >= $7 AND k.email_key < $8)) AND", match_filters!(), " LIMIT $5");
}
