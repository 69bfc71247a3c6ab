//! A vendor's companies as an administrator imports them: each with the company here it stands for, if any, and with
//! the one of the same name it may belong to. Tens of thousands of them, so the list is one range of one index.

pub(crate) mod link;

use domain::clock::UtcMillis;
use domain::id::{CompanyId, IntegrationId, PublicId};

use crate::db::Db;
use crate::decode::{flag, instant, optional, optional_public_id, plain};
use crate::error::Result;
use crate::listing::{COUNTED, Count, Direction, Listing, PageKey, Place, TextPlace, Walk};
use crate::open::Store;
use crate::quick_match::{Found, places};
use crate::text_search::patterns;
use crate::tx::Tx;

pub use link::{find_company_name, find_target_in, link_company_in, unlink_company_in};

/// Which companies to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyImportQuery {
    /// Of this integration.
    pub integration: IntegrationId,
    /// Only those whose name has these words.
    pub search: Option<String>,
    /// Only those that stand for no company here.
    pub unlinked_only: bool,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// Rows of a page; 500 at most.
    pub limit: u32,
}

/// A company here, as far as the import names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCompany {
    /// Row id.
    pub id: CompanyId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// Whether it was removed here.
    pub removed: bool,
    /// Whether a person removed it for good.
    pub blocked: bool,
}

/// A vendor's company in the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyImportRow {
    /// Row id.
    pub id: i64,
    /// The integration it comes from.
    pub integration: IntegrationId,
    /// The vendor's id.
    pub external_id: String,
    /// Name there.
    pub name: String,
    /// City.
    pub city: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Web site.
    pub website: Option<String>,
    /// Whether the vendor has it switched on.
    pub active: bool,
    /// Whether the vendor still has it.
    pub present: bool,
    /// The vendor's id of its type.
    pub type_id: Option<String>,
    /// Those of its further types.
    pub other_type_ids: Vec<String>,
    /// The vendor's id of its status.
    pub status_id: Option<String>,
    /// What the type is called.
    pub type_label: Option<String>,
    /// When it was last stored by a sync.
    pub stored_at: UtcMillis,
    /// The company here it stands for.
    pub company: Option<ImportCompany>,
    /// How that came: `source` on its own, `import` by a person.
    pub link_origin: Option<String>,
    /// While it stands for none: the company here of the same name that nothing of this integration stands for. Of
    /// several with one name, here or at the vendor, it is none: only a person can tell which.
    pub same_name: Option<ImportCompany>,
    /// While it stands for none: how many companies here have its name.
    pub same_names: u64,
    /// How many companies of the vendor have its name, itself among them.
    pub twins: u64,
}

row! {
    struct Raw {
        id: i64,
        integration: IntegrationId = i64 => plain(IntegrationId),
        external_id: String,
        name: String,
        city: Option<String>,
        phone: Option<String>,
        website: Option<String>,
        active: bool = i64 => flag,
        present: bool = i64 => flag,
        type_id: Option<String>,
        other_type_ids: Vec<String> = String => crate::decode::json,
        status_id: Option<String>,
        type_label: Option<String>,
        stored_at: UtcMillis = i64 => instant,
        link_origin: Option<String>,
        company_id: Option<CompanyId> = Option<i64> => optional(CompanyId),
        company_uuid: Option<PublicId> = Option<String> => optional_public_id,
        company_name: Option<String>,
        company_removed_at: Option<i64>,
        company_removed_reason: Option<String>,
        same_id: Option<CompanyId> = Option<i64> => optional(CompanyId),
        same_uuid: Option<PublicId> = Option<String> => optional_public_id,
        same_name: Option<String>,
        same_names: i64,
        twins: i64,
    }
}

impl From<Raw> for CompanyImportRow {
    fn from(row: Raw) -> Self {
        let company = |id: Option<CompanyId>, uuid: Option<PublicId>, name: Option<String>| {
            Some(ImportCompany {
                id: id?,
                uuid: uuid?,
                name: name?,
                removed: false,
                blocked: false,
            })
        };
        Self {
            id: row.id,
            integration: row.integration,
            external_id: row.external_id,
            name: row.name,
            city: row.city,
            phone: row.phone,
            website: row.website,
            active: row.active,
            present: row.present,
            type_id: row.type_id,
            other_type_ids: row.other_type_ids,
            status_id: row.status_id,
            type_label: row.type_label,
            stored_at: row.stored_at,
            link_origin: row.link_origin,
            company: company(row.company_id, row.company_uuid, row.company_name).map(|found| {
                ImportCompany {
                    removed: row.company_removed_at.is_some(),
                    blocked: row.company_removed_reason.as_deref() == Some("blocked"),
                    ..found
                }
            }),
            same_name: company(row.same_id, row.same_uuid, row.same_name),
            same_names: row.same_names.unsigned_abs(),
            twins: row.twins.unsigned_abs(),
        }
    }
}

/// Companies of a list that share what the rule of adoption looks at, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyGroup {
    /// Whether the vendor has them switched on.
    pub active: bool,
    /// Their type.
    pub type_id: Option<String>,
    /// Their further types.
    pub other_type_ids: Vec<String>,
    /// Their status.
    pub status_id: Option<String>,
    /// How many of them stand for a company here.
    pub linked: u64,
    /// How many do not.
    pub unlinked: u64,
}

row! {
    struct RawGroup {
        active: bool = i64 => flag,
        type_id: Option<String>,
        other_type_ids: Vec<String> = String => crate::decode::json,
        status_id: Option<String>,
        linked: i64,
        found: i64,
    }
}

/// A page of a vendor's companies, by name.
///
/// # Errors
/// As any statement.
pub async fn list_for_import(
    store: &Store,
    query: &CompanyImportQuery,
) -> Result<Listing<CompanyImportRow>> {
    list_among(store, query, None).await
}

/// The same with only those Quick Match has something to say about.
///
/// # Errors
/// As any statement.
pub async fn list_some_for_import(
    store: &Store,
    query: &CompanyImportQuery,
    only: &[Found],
) -> Result<Listing<CompanyImportRow>> {
    list_among(store, query, Some(only)).await
}

/// Those of these rows that can be listed, for a list of only these.
///
/// # Errors
/// As any statement.
pub async fn list_found(
    store: &Store,
    integration: IntegrationId,
    rows: &[i64],
) -> Result<Vec<Found>> {
    Ok(match store.db() {
        _ if rows.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let query = sqlx::query_as(FOUND_SQLITE).bind(integration.0);
            query
                .bind(serde_json::to_string(rows)?)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            let query = sqlx::query_as(FOUND_POSTGRES).bind(integration.0);
            query.bind(rows).fetch_all(pool).await?
        }
    })
}

async fn list_among(
    store: &Store,
    query: &CompanyImportQuery,
    only: Option<&[Found]>,
) -> Result<Listing<CompanyImportRow>> {
    let walk = Walk::new(Direction::Ascending, query.page.as_ref(), query.limit, true);
    let [a, b, c, d] = patterns(query.search.as_deref());
    let (bound, id) = walk.text_bound();
    let unlinked = i64::from(query.unlinked_only);
    let sql = [KEYS_ASCENDING, KEYS_DESCENDING][walk.read.index()];
    let (page, count) = if let Some(only) = only {
        let places = places(only, query.search.as_deref());
        let count = Count::bounded(places.len() as u64, COUNTED);
        (walk.page_of_all(places), count)
    } else {
        let places: Vec<TextPlace> = read_all!(
            store,
            sql,
            query.integration.0,
            unlinked,
            a,
            b,
            c,
            d,
            &bound,
            id,
            walk.asked()
        )?;
        let page = walk.page(places.into_iter().map(Place::from).collect());
        (page, count_rows(store, query).await?)
    };
    let rows: Vec<Raw> = match store.db() {
        _ if page.ids.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(&page.ids)?;
            sqlx::query_as(ROWS_SQLITE).bind(ids).fetch_all(r).await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(ROWS_POSTGRES)
                .bind(&page.ids)
                .fetch_all(pool)
                .await?
        }
    };
    let rows = rows.into_iter().map(CompanyImportRow::from).collect();
    Ok(page.listing(rows, |row: &CompanyImportRow| row.id, count))
}

async fn count_rows(store: &Store, query: &CompanyImportQuery) -> Result<Count> {
    let (search, only) = (query.search.as_deref(), query.unlinked_only);
    let bound = COUNTED as i64 + 1;
    let found = count_up_to(store, query.integration, search, only, bound).await?;
    Ok(Count::bounded(found, COUNTED))
}

/// How many companies of a search stand for none here: what a tick for all selects.
///
/// # Errors
/// As any statement.
pub async fn count_unlinked(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<u64> {
    count_up_to(store, integration, search, true, i64::MAX).await
}

async fn count_up_to(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
    unlinked_only: bool,
    bound: i64,
) -> Result<u64> {
    let [a, b, c, d] = patterns(search);
    let (integration, unlinked) = (integration.0, i64::from(unlinked_only));
    let row: Option<(i64,)> = read_one!(store, COUNT, integration, unlinked, a, b, c, d, bound)?;
    Ok(row.map_or(0, |row| row.0.unsigned_abs()))
}

/// The companies of a search, counted by what the rule of adoption looks at.
///
/// # Errors
/// As any statement.
pub async fn count_groups(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<Vec<CompanyGroup>> {
    let [a, b, c, d] = patterns(search);
    let rows: Vec<RawGroup> = read_all!(store, GROUPS, integration.0, 0_i64, a, b, c, d)?;
    Ok(rows
        .into_iter()
        .map(|row| CompanyGroup {
            active: row.active,
            type_id: row.type_id,
            other_type_ids: row.other_type_ids,
            status_id: row.status_id,
            linked: row.linked.unsigned_abs(),
            unlinked: (row.found - row.linked).unsigned_abs(),
        })
        .collect())
}

/// How many companies of a search stand for one that a person removed here for good.
///
/// # Errors
/// As any statement.
pub async fn count_blocked(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<u64> {
    let [a, b, c, d] = patterns(search);
    let row: Option<(i64,)> = read_one!(store, BLOCKED, integration.0, 0_i64, a, b, c, d)?;
    Ok(row.map_or(0, |row| row.0.unsigned_abs()))
}

row! {
    /// A company that stands for none here.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Unlinked {
        /// Row id.
        pub id: i64,
        /// What the list is sorted by.
        pub sort_key: String,
        /// The only company here of the same name, if nothing of this integration stands for it.
        pub same_name: Option<PublicId> = Option<String> => optional_public_id,
        /// Whether several here have its name and one of them waits for a company of this integration: only a person can
        /// tell which.
        pub tied: bool = i64 => flag,
    }
}

/// All companies of a search that stand for no company here, by name: what a tick for all selects.
///
/// # Errors
/// As any statement.
pub async fn list_unlinked(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<Vec<Unlinked>> {
    let [a, b, c, d] = patterns(search);
    read_all!(store, UNLINKED, integration.0, 1_i64, a, b, c, d)
}

/// Those of these rows that stand for a company here by now, such as one that was linked after it was selected.
///
/// # Errors
/// As any statement.
pub async fn list_linked_among(store: &Store, rows: &[i64]) -> Result<Vec<i64>> {
    let found: Vec<(i64,)> = match store.db() {
        _ if rows.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let rows = serde_json::to_string(rows)?;
            sqlx::query_as(LINKED_SQLITE)
                .bind(rows)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(LINKED_POSTGRES)
                .bind(rows)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// One company, to look at.
///
/// # Errors
/// As any statement.
pub async fn find_for_import(store: &Store, external: i64) -> Result<Option<CompanyImportRow>> {
    let found: Option<Raw> = read_one!(store, FIND, external)?;
    Ok(found.map(CompanyImportRow::from))
}

/// One company as it is now, on both engines kept so until the commit.
///
/// # Errors
/// As any statement.
pub async fn find_for_import_in(tx: &mut Tx, external: i64) -> Result<Option<CompanyImportRow>> {
    execute!(tx, LOCK, external)?;
    let found: Option<Raw> = tx_one!(tx, FIND, external)?;
    Ok(found.map(CompanyImportRow::from))
}

/// What is listed, and the words of a search.
macro_rules! listed {
    () => {
        concat!("x.integration_id = $1 AND ", listed_beside!())
    };
}

/// The same without the integration.
macro_rules! listed_beside {
    () => {
        "x.absent = 0 AND (CAST($2 AS BIGINT) = 0 OR x.company_id IS NULL)
         AND (CAST($3 AS TEXT) IS NULL OR x.name_key LIKE $3 ESCAPE '\\') AND (CAST($4 AS TEXT) IS NULL OR x.name_key LIKE $4 ESCAPE '\\')
         AND (CAST($5 AS TEXT) IS NULL OR x.name_key LIKE $5 ESCAPE '\\') AND (CAST($6 AS TEXT) IS NULL OR x.name_key LIKE $6 ESCAPE '\\')"
    };
}

macro_rules! import_keys {
    ($than:literal, $order:literal) => {
        concat!(
            "SELECT x.id AS id, x.name_key AS sort_key FROM external_company x WHERE ",
            listed!(),
            " AND (x.name_key, x.id) ",
            $than,
            " ($7, $8) ORDER BY x.name_key ",
            $order,
            ", x.id ",
            $order,
            " LIMIT $9"
        )
    };
}

/// Whether nothing of the integration stands for a company `n`.
macro_rules! free {
    () => {
        "NOT EXISTS (SELECT 1 FROM external_company o WHERE o.company_id = n.id AND o.integration_id = x.integration_id AND +o.absent = 0)"
    };
}

/// The company of the same name, unless there are several, here or at the vendor, or something of this integration stands
/// for it. For `+` see
/// `quick_match`.
macro_rules! same_name {
    () => {
        concat!("(SELECT n.id FROM company n WHERE n.name_key = x.name_key AND n.removed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM company t WHERE t.name_key = x.name_key AND t.removed_at IS NULL AND t.id <> n.id)
            AND NOT EXISTS (SELECT 1 FROM external_company y WHERE y.integration_id = x.integration_id AND y.name_key = x.name_key AND y.absent = 0 AND y.id <> x.id)
            AND ", free!(), ")")
    };
}

macro_rules! import_row {
    ($from:literal) => {
        concat!("SELECT x.id, x.integration_id AS integration, x.external_id, x.name, x.city, x.phone, x.website, x.active,
            CASE WHEN x.absent = 0 THEN CAST(1 AS BIGINT) ELSE 0 END AS present, x.type_id, x.other_type_ids, x.status_id, ty.label AS type_label, x.stored_at, x.link_origin,
            c.id AS company_id, c.uuid AS company_uuid, c.name AS company_name, c.removed_at AS company_removed_at,
            c.removed_reason AS company_removed_reason, s.id AS same_id, s.uuid AS same_uuid, s.name AS same_name,
            CASE WHEN x.company_id IS NULL THEN (SELECT count(*) FROM company n WHERE n.name_key = x.name_key AND n.removed_at IS NULL) ELSE 0 END AS same_names,
            (SELECT count(*) FROM external_company y WHERE y.integration_id = x.integration_id AND y.name_key = x.name_key AND y.absent = 0) AS twins
        FROM ", $from, " LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN reference_item ty ON ty.integration_id = x.integration_id AND ty.kind = 'company_type' AND ty.external_id = x.type_id
        LEFT JOIN company s ON x.company_id IS NULL AND s.id = ", same_name!(), " WHERE ")
    };
}

statements! {
    FOUND_SQLITE for Sqlite = "SELECT w.id, w.name_key AS sort_key, w.name_key AS searched FROM json_each($2) f
        CROSS JOIN external_company w NOT INDEXED WHERE w.id = f.value AND w.integration_id = $1 AND w.absent = 0";
    FOUND_POSTGRES for Postgres = "SELECT w.id, w.name_key AS sort_key, w.name_key AS searched FROM external_company w
        WHERE w.id = ANY(CAST($2 AS BIGINT[])) AND w.integration_id = $1 AND w.absent = 0";
    KEYS_ASCENDING = import_keys!(">", "ASC");
    KEYS_DESCENDING = import_keys!("<", "DESC");
    COUNT = concat!("SELECT count(*) AS found FROM (SELECT 1 FROM external_company x WHERE ", listed!(), " LIMIT $7) n");
    // In the order of external_company_by_rule, so that nothing is sorted.
    GROUPS = concat!("SELECT x.active, x.type_id, x.other_type_ids, x.status_id, count(x.company_id) AS linked, count(*) AS found
        FROM external_company x WHERE ", listed!(), " GROUP BY x.active, x.type_id, x.other_type_ids, x.status_id");
    // Begins with the removed companies, which are few. The plus keeps SQLite from walking all of a tool's for each of them.
    BLOCKED = concat!("SELECT count(*) AS found FROM company n CROSS JOIN external_company x
        WHERE n.removed_at IS NOT NULL AND n.removed_reason = 'blocked' AND x.company_id = n.id AND +x.integration_id = $1 AND ", listed_beside!());
    UNLINKED = concat!("SELECT x.id, x.name_key AS sort_key, s.uuid AS same_name,
            CASE WHEN s.id IS NULL AND EXISTS (SELECT 1 FROM company n WHERE n.name_key = x.name_key AND n.removed_at IS NULL AND ", free!(), ")
                THEN CAST(1 AS BIGINT) ELSE 0 END AS tied FROM external_company x LEFT JOIN company s ON s.id = ", same_name!(), " WHERE ", listed!(), " ORDER BY x.name_key, x.id");
    ROWS_SQLITE for Sqlite = concat!(import_row!("json_each($1) f CROSS JOIN external_company x NOT INDEXED"), "x.id = f.value");
    ROWS_POSTGRES for Postgres = concat!(import_row!("external_company x"), "x.id = ANY(CAST($1 AS BIGINT[]))");
    LINKED_SQLITE for Sqlite = "SELECT x.id FROM json_each($1) f CROSS JOIN external_company x ON x.id = f.value
        CROSS JOIN company c ON c.id = x.company_id WHERE c.removed_at IS NULL";
    LINKED_POSTGRES for Postgres = "SELECT x.id FROM external_company x JOIN company c ON c.id = x.company_id
        WHERE c.removed_at IS NULL AND x.id = ANY(CAST($1 AS BIGINT[]))";
    FIND = concat!(import_row!("external_company x"), "x.id = $1");
    LOCK = "UPDATE external_company SET absent = absent WHERE id = $1";
}
