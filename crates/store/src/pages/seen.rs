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

/// Removes the marks of a run that ended or was superseded. Done in parts so that nobody waits long: answers whether
/// some are left.
///
/// # Errors
/// As any statement.
pub async fn clear_seen(tx: &mut Tx, stream_run: StreamRunId) -> Result<bool> {
    let removed = execute!(tx, CLEAR_SEEN, stream_run.0, CLEARED_AT_ONCE)?;
    Ok(i64::try_from(removed).unwrap_or(i64::MAX) >= CLEARED_AT_ONCE)
}

const CLEARED_AT_ONCE: i64 = 20_000;

statements! {
    INSERT_SEEN_SQLITE for Sqlite = "INSERT INTO seen_mark (stream_run_id, external_id) SELECT $1, value FROM json_each($2) WHERE true
        ON CONFLICT (stream_run_id, external_id) DO NOTHING";
    INSERT_SEEN_POSTGRES for Postgres = "INSERT INTO seen_mark (stream_run_id, external_id) SELECT $1, unnest(CAST($2 AS TEXT[]))
        ON CONFLICT (stream_run_id, external_id) DO NOTHING";
    COUNT_SEEN = "SELECT count(*) AS found FROM seen_mark WHERE stream_run_id = $1";
    CLEAR_SEEN = "DELETE FROM seen_mark WHERE stream_run_id = $1 AND external_id IN
        (SELECT external_id FROM seen_mark WHERE stream_run_id = $1 LIMIT $2)";
}
