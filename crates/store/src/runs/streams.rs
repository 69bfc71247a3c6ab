//! One stream's part of a run: where it is, and what it counted.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::{IntegrationId, RunId, StreamRunId};
use domain::run::{Counts, RunState};
use domain::stream::{PullMode, Stream};

use crate::decode::{json, known, optional, optional_flag, optional_known, plain, stream};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// Oddities kept per stream; a vendor that misbehaves on every page says the same every time.
const ODDITIES: usize = 50;

row! {
    struct StreamRunRow {
        id: StreamRunId = i64 => plain(StreamRunId),
        run_id: RunId = i64 => plain(RunId),
        integration_id: IntegrationId = i64 => plain(IntegrationId),
        stream: Stream = String => stream,
        mode: String,
        since: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        floor_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        state: RunState = String => known(RunState::from_key),
        cursor: Option<String>,
        phase: String,
        next_watermark: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        stamp_lag: Option<i64>,
        fetched: i64,
        created: i64,
        changed: i64,
        unchanged: i64,
        out_of_scope: i64,
        set_aside: i64,
        removed: i64,
        repeated: i64,
        pages: i64,
        requests: i64,
        total_before: Option<i64>,
        total_after: Option<i64>,
        verified: Option<bool> = Option<i64> => optional_flag,
        started_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        finished_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        progress_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        message: Option<String>,
        hint: Option<Hint> = Option<String> => optional_known(Hint::from_key),
        oddities: Vec<String> = String => json,
    }
}

/// One stream's part of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRun {
    /// Row id.
    pub id: StreamRunId,
    /// The run.
    pub run: RunId,
    /// The integration.
    pub integration: IntegrationId,
    /// The stream.
    pub stream: Stream,
    /// Everything, or changes since an instant.
    pub mode: PullMode,
    /// State.
    pub state: RunState,
    /// Where the next page begins; `None` at the beginning, and after the last page.
    pub cursor: Option<String>,
    /// What it is at: `pages`, then whatever the sync crate names.
    pub phase: String,
    /// The watermark this part sets when it completes, but for the lag of the stamps.
    pub next_watermark: Option<UtcMillis>,
    /// How far the stamps of the changes it met lag behind the vendor's clock at most, in milliseconds.
    pub stamp_lag: Option<i64>,
    /// What it counted so far.
    pub counts: Counts,
    /// The vendor's own total before the first page.
    pub total_before: Option<i64>,
    /// The vendor's own total after the last page.
    pub total_after: Option<i64>,
    /// Whether distinct count and total agree; `None`: not verified.
    pub verified: Option<bool>,
    /// When a worker began.
    pub started_at: Option<UtcMillis>,
    /// When it ended.
    pub finished_at: Option<UtcMillis>,
    /// When a page was last stored.
    pub progress_at: Option<UtcMillis>,
    /// What there is to say.
    pub message: Option<String>,
    /// What to check.
    pub hint: Option<Hint>,
    /// What was noticed and not trusted (rule P10).
    pub oddities: Vec<String>,
}

impl From<StreamRunRow> for StreamRun {
    fn from(row: StreamRunRow) -> Self {
        let mode = match row.since {
            Some(since) if row.mode == "incremental" => PullMode::Since { since },
            _ => PullMode::Full {
                floor: row.floor_at,
            },
        };
        let counts = Counts {
            fetched: row.fetched,
            created: row.created,
            changed: row.changed,
            unchanged: row.unchanged,
            out_of_scope: row.out_of_scope,
            set_aside: row.set_aside,
            removed: row.removed,
            repeated: row.repeated,
            pages: row.pages,
            requests: row.requests,
        };
        Self {
            id: row.id,
            run: row.run_id,
            integration: row.integration_id,
            stream: row.stream,
            mode,
            state: row.state,
            cursor: row.cursor,
            phase: row.phase,
            next_watermark: row.next_watermark,
            stamp_lag: row.stamp_lag,
            counts,
            total_before: row.total_before,
            total_after: row.total_after,
            verified: row.verified,
            started_at: row.started_at,
            finished_at: row.finished_at,
            progress_at: row.progress_at,
            message: row.message,
            hint: row.hint,
            oddities: row.oddities,
        }
    }
}

/// What one commit adds to a stream's part of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamProgress {
    /// Where the next page begins; written as it is, also when `None`.
    pub cursor: Option<String>,
    /// What it is at from now on.
    pub phase: String,
    /// Added to the counts.
    pub counts: Counts,
    /// Appended, unless the same was noticed before.
    pub oddities: Vec<String>,
    /// The watermark to set at completion; `None` leaves it.
    pub next_watermark: Option<UtcMillis>,
    /// How far the stamps of a page's changes lag behind the vendor's clock at most; the smallest of a part is kept.
    pub stamp_lag: Option<i64>,
}

impl StreamProgress {
    /// Progress that counts nothing yet and goes on at a cursor, in a phase.
    #[must_use]
    pub fn at(cursor: Option<String>, phase: impl Into<String>) -> Self {
        Self {
            cursor,
            phase: phase.into(),
            counts: Counts::default(),
            oddities: Vec::new(),
            next_watermark: None,
            stamp_lag: None,
        }
    }
}

pub(super) async fn insert_stream_runs(
    tx: &mut Tx,
    run: RunId,
    integration: IntegrationId,
    streams: &[(Stream, PullMode)],
) -> Result<()> {
    if streams.is_empty() {
        return Ok(());
    }
    let first = tx.next_ids("stream_run", streams.len()).await?;
    for ((id, position), (stream, mode)) in (first..).zip(0_i64..).zip(streams) {
        let (since, floor) = match mode {
            PullMode::Full { floor } => (None, floor.map(|at| at.0)),
            PullMode::Since { since } => (Some(since.0), None),
        };
        execute!(
            tx,
            INSERT,
            id,
            run.0,
            integration.0,
            stream.key(),
            position,
            mode.key(),
            since,
            floor,
            RunState::Waiting.key()
        )?;
    }
    Ok(())
}

/// One part.
///
/// # Errors
/// As any statement.
pub async fn find_stream_run(store: &Store, id: StreamRunId) -> Result<Option<StreamRun>> {
    let row: Option<StreamRunRow> = read_one!(store, FIND, id.0)?;
    Ok(row.map(StreamRun::from))
}

/// One part as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_stream_run_in(tx: &mut Tx, id: StreamRunId) -> Result<Option<StreamRun>> {
    let row: Option<StreamRunRow> = tx_one!(tx, FIND, id.0)?;
    Ok(row.map(StreamRun::from))
}

/// The parts of a run in reading order.
///
/// # Errors
/// As any statement.
pub async fn list_stream_runs(store: &Store, run: RunId) -> Result<Vec<StreamRun>> {
    let rows: Vec<StreamRunRow> = read_all!(store, LIST, run.0)?;
    Ok(rows.into_iter().map(StreamRun::from).collect())
}

/// The same as this transaction sees them.
///
/// # Errors
/// As any statement.
pub async fn list_stream_runs_in(tx: &mut Tx, run: RunId) -> Result<Vec<StreamRun>> {
    let rows: Vec<StreamRunRow> = tx_all!(tx, LIST, run.0)?;
    Ok(rows.into_iter().map(StreamRun::from).collect())
}

/// A worker began; `false` when the part has ended, for example superseded.
///
/// # Errors
/// As any statement.
pub async fn start_stream_run(tx: &mut Tx, part: &StreamRun) -> Result<bool> {
    let now = tx.store().now();
    let started = execute!(tx, START, part.id.0, now.0)? == 1;
    tx.tell("run", part.run.0);
    Ok(started)
}

/// Adds what a page brought, and withdraws what was said about waiting; `false` when the part is not running any more, and then the page must be rolled back.
///
/// # Errors
/// As any statement.
pub async fn save_progress(
    tx: &mut Tx,
    part: StreamRunId,
    progress: &StreamProgress,
) -> Result<bool> {
    let now = tx.store().now();
    let counts = &progress.counts;
    let saved: Option<(i64, String)> = tx_one!(
        tx,
        PROGRESS,
        part.0,
        progress.cursor.as_deref(),
        &progress.phase,
        counts.fetched,
        counts.created,
        counts.changed,
        counts.unchanged,
        counts.out_of_scope,
        counts.set_aside,
        counts.removed,
        counts.repeated,
        counts.pages,
        counts.requests,
        progress.next_watermark.map(|at| at.0),
        now.0,
        progress.stamp_lag
    )?;
    let Some((run, oddities)) = saved else {
        return Ok(false);
    };
    let mut noticed: Vec<String> = serde_json::from_str(&oddities)?;
    let before = noticed.len();
    for oddity in &progress.oddities {
        if noticed.len() < ODDITIES && !noticed.contains(oddity) {
            noticed.push(oddity.clone());
        }
    }
    if noticed.len() > before {
        execute!(tx, NOTICE, part.0, serde_json::to_string(&noticed)?)?;
    }
    tx.tell("run", run);
    Ok(true)
}

/// Sets a part back to its beginning, as if no page of it had come; the requests stay counted. `false` when it is not
/// running any more.
///
/// # Errors
/// As any statement.
pub async fn start_anew(tx: &mut Tx, part: StreamRunId) -> Result<bool> {
    Ok(execute!(tx, START_ANEW, part.0)? == 1)
}

/// Notes the vendor's own totals; `None` leaves what is there.
///
/// # Errors
/// As any statement.
pub async fn update_totals(
    tx: &mut Tx,
    part: StreamRunId,
    before: Option<i64>,
    after: Option<i64>,
) -> Result<()> {
    execute!(tx, TOTALS, part.0, before, after).map(drop)
}

/// Says what a part is waiting for, or that it waits no longer.
///
/// # Errors
/// As any statement.
pub async fn update_message(
    tx: &mut Tx,
    part: StreamRunId,
    message: Option<&str>,
    hint: Option<Hint>,
) -> Result<()> {
    let run: Option<(i64,)> = tx_one!(tx, MESSAGE, part.0, message, hint.map(Hint::key))?;
    if let Some((run,)) = run {
        tx.tell("run", run);
    }
    Ok(())
}

/// Adds requests that brought no page to a part's count.
///
/// # Errors
/// As any statement.
pub async fn add_requests(tx: &mut Tx, part: StreamRunId, requests: i64) -> Result<()> {
    if requests == 0 {
        return Ok(());
    }
    execute!(tx, ADD_REQUESTS, part.0, requests).map(drop)
}

/// Ends a part; `false` when it had ended before.
///
/// # Errors
/// As any statement.
pub async fn finish_stream_run(
    tx: &mut Tx,
    part: &StreamRun,
    state: RunState,
    verified: Option<bool>,
    message: Option<&str>,
    hint: Option<Hint>,
) -> Result<bool> {
    let now = tx.store().now();
    let ended = execute!(
        tx,
        FINISH,
        part.id.0,
        state.key(),
        verified.map(i64::from),
        message,
        hint.map(Hint::key),
        now.0
    )? == 1;
    tx.tell("run", part.run.0);
    Ok(ended)
}

statements! {
    INSERT = "INSERT INTO stream_run (id, run_id, integration_id, stream, position, mode, since, floor_at, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND = "SELECT * FROM stream_run WHERE id = $1";
    LIST = "SELECT * FROM stream_run WHERE run_id = $1 ORDER BY position";
    START = "UPDATE stream_run SET state = 'running', started_at = COALESCE(started_at, $2) WHERE id = $1 AND state IN ('waiting', 'running')";
    PROGRESS = "UPDATE stream_run SET cursor = $2, phase = $3, fetched = fetched + $4, created = created + $5, changed = changed + $6,
            unchanged = unchanged + $7, out_of_scope = out_of_scope + $8, set_aside = set_aside + $9, removed = removed + $10,
            repeated = repeated + $11, pages = pages + $12, requests = requests + $13,
            next_watermark = COALESCE($14, next_watermark), progress_at = $15, message = NULL, hint = NULL,
            stamp_lag = CASE WHEN CAST($16 AS BIGINT) < COALESCE(stamp_lag, CAST($16 AS BIGINT) + 1) THEN $16 ELSE stamp_lag END
        WHERE id = $1 AND state IN ('waiting', 'running') RETURNING run_id, oddities";
    START_ANEW = "UPDATE stream_run SET cursor = NULL, fetched = 0, created = 0, changed = 0, unchanged = 0, out_of_scope = 0, set_aside = 0,
            removed = 0, repeated = 0, pages = 0, next_watermark = NULL, stamp_lag = NULL, total_before = NULL, oddities = '[]'
        WHERE id = $1 AND state IN ('waiting', 'running')";
    NOTICE = "UPDATE stream_run SET oddities = $2 WHERE id = $1";
    TOTALS = "UPDATE stream_run SET total_before = COALESCE($2, total_before), total_after = COALESCE($3, total_after) WHERE id = $1";
    MESSAGE = "UPDATE stream_run SET message = $2, hint = $3 WHERE id = $1 AND state IN ('waiting', 'running') RETURNING run_id";
    ADD_REQUESTS = "UPDATE stream_run SET requests = requests + $2 WHERE id = $1";
    FINISH = "UPDATE stream_run SET state = $2, verified = $3, message = $4, hint = $5, finished_at = $6
        WHERE id = $1 AND state IN ('waiting', 'running')";
    SUPERSEDE = "UPDATE stream_run SET state = 'superseded', finished_at = $2 WHERE run_id = $1 AND state IN ('waiting', 'running')";
}
