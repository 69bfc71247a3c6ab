//! Companies of which there are few: those of a search, of a member, of an integration that has not many. They are read
//! whole, since they may lie anywhere in the list.

use domain::viewer::Viewer;

use super::list::{COUNT_LINKED, CompanyFilter, CompanySort};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{Count, Place, SortKey};
use crate::open::Store;
use crate::text_search::{MATCHES, Terms};

row! {
    struct Match {
        id: i64,
        name_key: String,
        created_at: i64,
    }
}

/// Companies of a search, a member or an integration, when there are few enough to be read whole; a search always is.
pub(super) async fn few(
    store: &Store,
    viewer: &Viewer,
    filter: &CompanyFilter,
    sort: CompanySort,
) -> Result<Option<(Vec<Place>, Count)>> {
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let removed = i64::from(filter.removed);
    let terms = filter.search.as_deref().and_then(Terms::parse);
    let matches: Vec<Match> = match &terms {
        Some(terms) if terms.is_indexed() => match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(MATCHES + 1)
                    .bind(removed);
                query.bind(terms.phrases()).fetch_all(r).await?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(MATCHES + 1)
                    .bind(removed);
                query.bind(first).bind(second).fetch_all(pool).await?
            }
        },
        Some(terms) => {
            let (from, until) = terms.range();
            read_all!(
                store,
                MATCH_KEY,
                all,
                identity,
                integration,
                MATCHES + 1,
                removed,
                &from,
                &until
            )?
        }
        None if all != 1 => read_all!(
            store,
            OF_MEMBER,
            all,
            identity,
            integration,
            MATCHES + 1,
            removed
        )?,
        None => {
            let linked: Option<(i64,)> = match integration {
                Some(integration) => read_one!(store, COUNT_LINKED, integration, MATCHES + 1)?,
                None => None,
            };
            if linked.is_none_or(|linked| linked.0 > MATCHES) {
                return Ok(None);
            }
            read_all!(
                store,
                OF_INTEGRATION,
                all,
                identity,
                integration,
                MATCHES + 1,
                removed
            )?
        }
    };
    let cut = matches.len() as i64 > MATCHES;
    if cut && terms.is_none() {
        return Ok(None);
    }
    let words = |row: &Match| {
        terms
            .as_ref()
            .is_none_or(|terms| !terms.is_indexed() || terms.matches(&row.name_key))
    };
    let place = |row: Match| Place {
        key: if sort == CompanySort::Name {
            SortKey::Text(row.name_key)
        } else {
            SortKey::Number(row.created_at)
        },
        id: row.id,
    };
    let places: Vec<Place> = matches
        .into_iter()
        .take(MATCHES as usize)
        .filter(words)
        .map(place)
        .collect();
    let newest = terms.as_ref().is_some_and(Terms::is_indexed);
    let count = Count::of_search(&places, cut.then_some(newest));
    Ok(Some((places, count)))
}

/// What every list of few companies carries: viewer, integration `$3`, removed `$5`; the words follow from `$6` on.
macro_rules! match_filters {
    () => {
        concat!(
            " (CASE WHEN c.removed_at IS NULL THEN 0 ELSE 1 END) = $5 AND (CAST($3 AS BIGINT) IS NULL OR EXISTS
            (SELECT 1 FROM external_company fx WHERE fx.company_id = c.id AND fx.integration_id = $3)) AND ",
            company_viewer!("c")
        )
    };
}

statements! {
    MATCH_SQLITE for Sqlite = concat!("SELECT c.id, c.name_key, c.created_at FROM company_search f CROSS JOIN company c
        WHERE f.company_search MATCH $6 AND c.id = f.rowid AND", match_filters!(), " ORDER BY f.rowid DESC LIMIT $4");
    MATCH_POSTGRES for Postgres = concat!("SELECT c.id, c.name_key, c.created_at FROM company c
        WHERE c.name_key LIKE $6 AND (CAST($7 AS TEXT) IS NULL OR c.name_key LIKE $7) AND", match_filters!(), " ORDER BY c.id DESC LIMIT $4");
    MATCH_KEY = concat!("SELECT c.id, c.name_key, c.created_at FROM company c WHERE c.name_key >= $6 AND c.name_key < $7 AND", match_filters!(), " LIMIT $4");
    OF_MEMBER = concat!("SELECT c.id, c.name_key, c.created_at FROM company_membership m JOIN company c ON c.id = m.company_id
        WHERE m.identity_id = $2 AND", match_filters!(), " LIMIT $4");
    OF_INTEGRATION = concat!("SELECT DISTINCT c.id, c.name_key, c.created_at FROM external_company x JOIN company c ON c.id = x.company_id
        WHERE x.integration_id = $3 AND x.company_id IS NOT NULL AND", match_filters!(), " LIMIT $4");
}
