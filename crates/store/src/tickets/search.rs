//! Searching tickets by number and title.

use domain::id::PublicId;
use domain::viewer::Viewer;

use super::filter::{Lead, others};
use super::{TicketFilter, TicketSort};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{Count, Place, SortKey};
use crate::open::Store;
use crate::text_search::{MATCHES, Terms};

row! {
    struct Match {
        id: i64,
        updated_at: i64,
        created_at: i64,
        number: String,
        title: String,
    }
}

/// Every match of a search, up to the bound, and how many there are.
pub(super) async fn search(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    terms: &Terms,
) -> Result<(Vec<Place>, Count)> {
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let closed = filter.closed.map(i64::from);
    let company = filter.company.as_ref().map(PublicId::as_str);
    let [status, queue, priority, technician] = others(filter, Lead::All);
    let exact: Vec<Match> = match terms.single() {
        Some((lower, upper)) => read_all!(
            store,
            MATCH_EXACT,
            all,
            identity,
            integration,
            closed,
            status,
            queue,
            priority,
            technician,
            MATCHES + 1,
            company,
            lower,
            upper
        )?,
        None => Vec::new(),
    };
    let matches: Vec<Match> = if !exact.is_empty() {
        exact
    } else if terms.is_indexed() {
        match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(closed);
                let query = query
                    .bind(status)
                    .bind(queue)
                    .bind(priority)
                    .bind(technician)
                    .bind(MATCHES + 1)
                    .bind(company);
                let (found,): (String,) = query.bind(terms.phrases()).fetch_one(r).await?;
                read_packed(&found)?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(closed);
                let query = query
                    .bind(status)
                    .bind(queue)
                    .bind(priority)
                    .bind(technician)
                    .bind(MATCHES + 1)
                    .bind(company);
                query.bind(first).bind(second).fetch_all(pool).await?
            }
        }
    } else {
        let (from, until) = terms.range();
        let (upper_from, upper_until) = (from.to_uppercase(), until.to_uppercase());
        read_all!(
            store,
            MATCH_NUMBER,
            all,
            identity,
            integration,
            closed,
            status,
            queue,
            priority,
            technician,
            MATCHES + 1,
            company,
            &from,
            &until,
            &upper_from,
            &upper_until
        )?
    };
    let cut = matches.len() as i64 > MATCHES;
    let words = |row: &Match| {
        !terms.is_indexed() || terms.matches(&format!("{} {}", row.number, row.title))
    };
    let key = |row: &Match| {
        SortKey::Number(if sort == TicketSort::Updated {
            row.updated_at
        } else {
            row.created_at
        })
    };
    let places: Vec<Place> = matches
        .iter()
        .take(MATCHES as usize)
        .filter(|row| words(row))
        .map(|row| Place {
            key: key(row),
            id: row.id,
        })
        .collect();
    let count = Count::of_search(&places, cut.then_some(true));
    Ok((places, count))
}

/// Matches as SQLite packs them: as rows, each of hundreds would wake the reader of SQLite's thread.
fn read_packed(found: &str) -> Result<Vec<Match>> {
    let rows: Vec<(i64, i64, i64, String, String)> = serde_json::from_str(found)?;
    let matches = rows.into_iter();
    let matches = matches.map(|(id, updated_at, created_at, number, title)| Match {
        id,
        updated_at,
        created_at,
        number,
        title,
    });
    let mut matches: Vec<Match> = matches.collect();
    // An aggregate promises no order, and the oldest is the one beyond the bound.
    matches.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    Ok(matches)
}

/// What every search binds; the words follow from `$11` on.
macro_rules! match_filters {
    () => {
        concat!(
            " t.absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR t.integration_id = $3) AND (CAST($4 AS BIGINT) IS NULL OR t.closed = $4)
             AND ",
            other_filters!(),
            " AND (CAST($10 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM external_company fx JOIN company fc ON fc.id = fx.company_id
                WHERE fx.integration_id = t.integration_id AND fx.external_id = t.company_external_id AND fc.uuid = $10)) AND ",
            record_viewer!("t")
        )
    };
}

statements! {
    MATCH_SQLITE for Sqlite = concat!("SELECT json_group_array(json_array(m.id, m.updated_at, m.created_at, m.number, m.title)) AS found FROM
        (SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket_search f CROSS JOIN ticket t
        WHERE f.ticket_search MATCH $11 AND t.id = f.rowid AND", match_filters!(), " ORDER BY f.rowid DESC LIMIT $9) m");
    MATCH_POSTGRES for Postgres = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE t.search_text LIKE $11 AND (CAST($12 AS TEXT) IS NULL OR t.search_text LIKE $12) AND", match_filters!(), " ORDER BY t.id DESC LIMIT $9");
    MATCH_EXACT = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE (t.number = $11 OR t.number = $12) AND", match_filters!(), " ORDER BY t.id DESC LIMIT $9");
    MATCH_NUMBER = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE ((t.number >= $11 AND t.number < $12) OR (t.number >= $13 AND t.number < $14)) AND", match_filters!(), " ORDER BY t.id DESC LIMIT $9");
}
