//! Marks of what a full run has seen (rule P5), and of what a run has met before.

use domain::id::StreamRunId;

use super::value::json_list;
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

/// Marks records as seen by a run and answers how many were not marked before: less than given when the page repeats
/// records of an earlier one (rule P10). The same id twice in one call counts once.
///
/// # Errors
/// As any statement.
pub async fn insert_seen(
    tx: &mut Tx,
    stream_run: StreamRunId,
    external_ids: &[&str],
) -> Result<u64> {
    if external_ids.is_empty() {
        return Ok(0);
    }
    let done = match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = json_list(external_ids)?;
            sqlx::query(INSERT_SEEN_SQLITE)
                .bind(stream_run.0)
                .bind(ids)
                .execute(&mut **transaction)
                .await?
                .rows_affected()
        }
        Connection::Pg(transaction) => sqlx::query(INSERT_SEEN_POSTGRES)
            .bind(stream_run.0)
            .bind(external_ids)
            .execute(&mut **transaction)
            .await?
            .rows_affected(),
    };
    Ok(done)
}

/// How many different records a run has seen.
///
/// # Errors
/// As any statement.
pub async fn count_seen(store: &Store, stream_run: StreamRunId) -> Result<u64> {
    let found: Option<(i64,)> = read_one!(store, COUNT_SEEN, stream_run.0)?;
    Ok(found.map_or(0, |row| row.0.unsigned_abs()))
}

/// How many of them have an id that begins with a text.
///
/// # Errors
/// As any statement.
pub async fn count_seen_beginning(
    store: &Store,
    stream_run: StreamRunId,
    with: &str,
) -> Result<u64> {
    let found: Option<(i64,)> = read_one!(store, COUNT_SEEN_BEGINNING, stream_run.0, with)?;
    Ok(found.map_or(0, |row| row.0.unsigned_abs()))
}

/// Runs that no longer read and left marks, as a crash in mid-end does.
///
/// # Errors
/// As any statement.
pub async fn list_orphaned_seen(store: &Store) -> Result<Vec<StreamRunId>> {
    let rows: Vec<(i64,)> = read_all!(store, ORPHANS)?;
    Ok(rows.into_iter().map(|row| StreamRunId(row.0)).collect())
}

/// Removes the marks of a run that ended or was superseded. Done in parts so that nobody waits long: answers whether
/// some are left.
///
/// A part is a range of ids, not a list of them: PostgreSQL, which knows nothing yet of a run that began a moment ago,
/// takes it for empty and would read the whole list again for each of its marks.
///
/// # Errors
/// As any statement.
pub async fn clear_seen(tx: &mut Tx, stream_run: StreamRunId) -> Result<bool> {
    // The id at this place goes as well.
    let removed = execute!(tx, CLEAR_SEEN, stream_run.0, CLEARED_AT_ONCE - 1)?;
    Ok(i64::try_from(removed).unwrap_or(i64::MAX) >= CLEARED_AT_ONCE)
}

const CLEARED_AT_ONCE: i64 = 20_000;

statements! {
    INSERT_SEEN_SQLITE for Sqlite = "INSERT INTO seen_mark (stream_run_id, external_id) SELECT $1, value FROM json_each($2) WHERE true
        ON CONFLICT (stream_run_id, external_id) DO NOTHING";
    INSERT_SEEN_POSTGRES for Postgres = "INSERT INTO seen_mark (stream_run_id, external_id) SELECT $1, unnest(CAST($2 AS TEXT[]))
        ON CONFLICT (stream_run_id, external_id) DO NOTHING";
    COUNT_SEEN = "SELECT count(*) AS found FROM seen_mark WHERE stream_run_id = $1";
    COUNT_SEEN_BEGINNING = "SELECT count(*) AS found FROM seen_mark WHERE stream_run_id = $1
        AND substr(external_id, 1, length(CAST($2 AS TEXT))) = $2";
    CLEAR_SEEN = "DELETE FROM seen_mark WHERE stream_run_id = $1 AND external_id <= COALESCE(
        (SELECT external_id FROM seen_mark WHERE stream_run_id = $1 ORDER BY external_id LIMIT 1 OFFSET $2),
        (SELECT max(external_id) FROM seen_mark WHERE stream_run_id = $1))";
    ORPHANS = "SELECT DISTINCT mark.stream_run_id FROM seen_mark AS mark WHERE NOT EXISTS
        (SELECT 1 FROM stream_run WHERE stream_run.id = mark.stream_run_id AND stream_run.state IN ('waiting', 'running'))";
}
