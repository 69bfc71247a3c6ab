//! Records that could not be read: kept by id, shown, tried again (rule P6).

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, RunId, SetAsideId, StreamRunId};
use domain::stream::Stream;

use crate::decode::{instant, optional, plain, stream};
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

row! {
    /// A record that could not be read.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SetAside {
        /// Row id.
        pub id: SetAsideId = i64 => plain(SetAsideId),
        /// The integration.
        pub integration_id: IntegrationId = i64 => plain(IntegrationId),
        /// The stream.
        pub stream: Stream = String => stream,
        /// The vendor's id of the record.
        pub external_id: String,
        /// The field, when one is known.
        pub field: Option<String>,
        /// Why, in words.
        pub reason: String,
        /// The part of a run it was last met in; 0 when no run ever met it.
        pub stream_run_id: StreamRunId = i64 => plain(StreamRunId),
        /// When it was first set aside.
        pub first_at: UtcMillis = i64 => instant,
        /// When it last could not be read.
        pub last_at: UtcMillis = i64 => instant,
        /// How often.
        pub attempts: i64,
        /// When it is tried again.
        pub next_attempt_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When the matter was closed.
        pub resolved_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// How: `read`, `gone`, or a person's word.
        pub resolution: Option<String>,
    }
}

/// A record to set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSetAside {
    /// The vendor's id.
    pub external_id: String,
    /// The field, when one is known.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
}

/// Sets records aside, or notes that they still cannot be read. One that had been resolved is open again. A look outside
/// of a run, with the part 0, leaves a record with the run that listed it.
///
/// # Errors
/// As any statement.
pub async fn upsert_set_aside(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    stream_run: StreamRunId,
    records: &[NewSetAside],
    next_attempt_at: Option<UtcMillis>,
) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let now = tx.store().now();
    let first = tx.next_ids("set_aside", records.len()).await?;
    for (id, record) in (first..).zip(records) {
        execute!(
            tx,
            UPSERT,
            id,
            integration.0,
            stream.key(),
            &record.external_id,
            record.field.as_deref(),
            &record.reason,
            stream_run.0,
            now.0,
            next_attempt_at.map(|at| at.0)
        )?;
    }
    Ok(())
}

/// One record.
///
/// # Errors
/// As any statement.
pub async fn find_set_aside(store: &Store, id: SetAsideId) -> Result<Option<SetAside>> {
    read_one!(store, FIND, id.0)
}

/// Open records of an integration, by row id after `after`.
///
/// # Errors
/// As any statement.
pub async fn list_open(
    store: &Store,
    integration: IntegrationId,
    after: Option<SetAsideId>,
    limit: i64,
) -> Result<Vec<SetAside>> {
    read_all!(
        store,
        LIST_OPEN,
        integration.0,
        after.map_or(0, |id| id.0),
        limit
    )
}

/// The same inside a transaction: as it sees them, without another connection.
///
/// # Errors
/// As any statement.
pub async fn list_open_in(
    tx: &mut Tx,
    integration: IntegrationId,
    after: Option<SetAsideId>,
    limit: i64,
) -> Result<Vec<SetAside>> {
    let after = after.map_or(0, |id| id.0);
    tx_all!(tx, LIST_OPEN, integration.0, after, limit)
}

/// Records met in one part of a run, open or not.
///
/// # Errors
/// As any statement.
pub async fn list_of_stream_run(
    store: &Store,
    integration: IntegrationId,
    stream_run: StreamRunId,
    limit: i64,
) -> Result<Vec<SetAside>> {
    read_all!(
        store,
        LIST_OF_STREAM_RUN,
        integration.0,
        stream_run.0,
        limit
    )
}

/// Up to `limit` records that a run met last, open or not, behind the record `after`.
///
/// # Errors
/// As any statement.
pub async fn list_of_run(
    store: &Store,
    run: RunId,
    after: Option<SetAsideId>,
    limit: i64,
) -> Result<Vec<SetAside>> {
    let after = after.map_or(0, |id| id.0);
    read_all!(store, LIST_OF_RUN, run.0, after, limit)
}

/// Open records whose next attempt is due, the longest overdue first. Those of an integration that is disconnected or
/// refused wait until it works again, and keep nobody else's from their turn.
///
/// # Errors
/// As any statement.
pub async fn list_due(store: &Store, now: UtcMillis, limit: i64) -> Result<Vec<SetAside>> {
    read_all!(store, LIST_DUE, now.0, limit)
}

/// How many records of an integration are open, and since when the oldest of them.
///
/// # Errors
/// As any statement.
pub async fn count_open(
    store: &Store,
    integration: IntegrationId,
) -> Result<(i64, Option<UtcMillis>)> {
    let row: Option<(i64, Option<i64>)> = read_one!(store, COUNT_OPEN, integration.0)?;
    Ok(row.map_or((0, None), |(count, oldest)| (count, oldest.map(UtcMillis))))
}

/// Notes a failed attempt and when the next one is due; `None`: not by itself.
///
/// # Errors
/// As any statement.
pub async fn postpone(
    tx: &mut Tx,
    id: SetAsideId,
    field: Option<&str>,
    reason: &str,
    next_attempt_at: Option<UtcMillis>,
) -> Result<()> {
    let now = tx.store().now();
    execute!(
        tx,
        POSTPONE,
        id.0,
        field,
        reason,
        next_attempt_at.map(|at| at.0),
        now.0
    )
    .map(drop)
}

/// Closes the matter of one record.
///
/// # Errors
/// As any statement.
pub async fn resolve(tx: &mut Tx, id: SetAsideId, resolution: &str) -> Result<bool> {
    let now = tx.store().now();
    Ok(execute!(tx, RESOLVE, id.0, resolution, now.0)? == 1)
}

/// Closes the matter of those among a page's records that had been set aside: they could be read. Costs one look-up
/// while nothing is open, and one statement else.
///
/// # Errors
/// As any statement.
pub async fn resolve_read(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[&str],
) -> Result<u64> {
    let open: Option<(i64,)> = tx_one!(tx, COUNT_OPEN_OF_STREAM, integration.0, stream.key())?;
    if open.is_none_or(|row| row.0 == 0) {
        return Ok(0);
    }
    let now = tx.store().now();
    let resolved = match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query(RESOLVE_READ_SQLITE).bind(integration.0);
            let query = query
                .bind(stream.key())
                .bind(serde_json::to_string(external_ids)?);
            let done = query.bind(now.0).execute(&mut **transaction).await?;
            done.rows_affected()
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query(RESOLVE_READ_POSTGRES).bind(integration.0);
            let query = query.bind(stream.key()).bind(external_ids);
            let done = query.bind(now.0).execute(&mut **transaction).await?;
            done.rows_affected()
        }
    };
    Ok(resolved)
}

statements! {
    UPSERT = "INSERT INTO set_aside (id, integration_id, stream, external_id, field, reason, stream_run_id, first_at, last_at, next_attempt_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        ON CONFLICT (integration_id, stream, external_id) DO UPDATE SET field = excluded.field, reason = excluded.reason,
            stream_run_id = CASE WHEN excluded.stream_run_id = 0 THEN set_aside.stream_run_id ELSE excluded.stream_run_id END,
            last_at = excluded.last_at,
            first_at = CASE WHEN set_aside.resolved_at IS NULL THEN set_aside.first_at ELSE excluded.first_at END,
            attempts = CASE WHEN set_aside.resolved_at IS NULL THEN set_aside.attempts + 1 ELSE 1 END,
            next_attempt_at = CASE WHEN set_aside.resolved_at IS NULL AND set_aside.next_attempt_at IS NOT NULL
                THEN set_aside.next_attempt_at ELSE excluded.next_attempt_at END,
            resolved_at = NULL, resolution = NULL";
    FIND = "SELECT * FROM set_aside WHERE id = $1";
    LIST_OPEN = "SELECT * FROM set_aside WHERE integration_id = $1 AND resolved_at IS NULL AND id > $2 ORDER BY id LIMIT $3";
    LIST_OF_STREAM_RUN = "SELECT * FROM set_aside WHERE integration_id = $1 AND stream_run_id = $2 ORDER BY id LIMIT $3";
    LIST_OF_RUN = "SELECT s.* FROM stream_run part JOIN set_aside s ON s.integration_id = part.integration_id AND s.stream_run_id = part.id
        WHERE part.run_id = $1 AND s.id > $2 ORDER BY s.id LIMIT $3";
    LIST_DUE = "SELECT * FROM set_aside WHERE resolved_at IS NULL AND next_attempt_at <= $1
            AND integration_id IN (SELECT id FROM integration
                WHERE connected_at IS NOT NULL AND disconnected_at IS NULL AND refused_since IS NULL)
        ORDER BY next_attempt_at, id LIMIT $2";
    COUNT_OPEN = "SELECT count(*) AS found, min(first_at) AS oldest FROM set_aside WHERE integration_id = $1 AND resolved_at IS NULL";
    COUNT_OPEN_OF_STREAM = "SELECT count(*) AS found FROM set_aside WHERE integration_id = $1 AND stream = $2 AND resolved_at IS NULL";
    POSTPONE = "UPDATE set_aside SET field = $2, reason = $3, next_attempt_at = $4, last_at = $5, attempts = attempts + 1
        WHERE id = $1 AND resolved_at IS NULL";
    RESOLVE = "UPDATE set_aside SET resolved_at = $3, resolution = $2, next_attempt_at = NULL WHERE id = $1 AND resolved_at IS NULL";
    RESOLVE_READ_SQLITE for Sqlite = "UPDATE set_aside SET resolved_at = $4, resolution = 'read', next_attempt_at = NULL
        WHERE integration_id = $1 AND stream = $2 AND external_id IN (SELECT value FROM json_each($3)) AND resolved_at IS NULL";
    RESOLVE_READ_POSTGRES for Postgres = "UPDATE set_aside SET resolved_at = $4, resolution = 'read', next_attempt_at = NULL
        WHERE integration_id = $1 AND stream = $2 AND external_id = ANY(CAST($3 AS TEXT[])) AND resolved_at IS NULL";
}
