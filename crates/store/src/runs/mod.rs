//! Sync runs: one row a person can read, and one for each stream of it (rule S3).

pub(crate) mod streams;
pub(crate) mod wake_ups;
pub(crate) mod windows;

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::{IntegrationId, PublicId, RunId, StreamRunId};
use domain::run::{RunState, Trigger};
use domain::stream::{PullMode, Stream};

pub use streams::{
    StreamProgress, StreamRun, add_requests, find_stream_run, find_stream_run_in,
    finish_stream_run, list_stream_runs, list_stream_runs_in, save_progress, start_anew,
    start_stream_run, update_message, update_totals,
};
pub use wake_ups::{WakeUp, list_wake_ups, put_wake_up, take_wake_ups};
pub use windows::{
    WindowOutcome, find_window, keep_windows, open_window, remove_window, remove_windows,
    set_window, window_key,
};

use crate::decode::{instant, known, optional, optional_known, plain, public_id};
use crate::error::{ErrorKind, Result, StoreError};
use crate::integrations::lock_integration;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// One sync run.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Run {
        /// Row id; grows with time.
        pub id: RunId = i64 => plain(RunId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// The integration.
        pub integration_id: IntegrationId = i64 => plain(IntegrationId),
        /// What woke it.
        pub trigger_key: Trigger = String => known(Trigger::from_key),
        /// Who asked, when a person did.
        pub requested_by: Option<String>,
        /// `full` or `incremental`.
        pub mode: String,
        /// State.
        pub state: RunState = String => known(RunState::from_key),
        /// Revision of the settings it runs under.
        pub settings_revision: i64,
        /// Generation it runs in.
        pub generation: i64,
        /// When it was asked for.
        pub requested_at: UtcMillis = i64 => instant,
        /// When a worker began.
        pub started_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When it ended.
        pub finished_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// What there is to say, in the vendor's words where it is the vendor's.
        pub message: Option<String>,
        /// What to check.
        pub hint: Option<Hint> = Option<String> => optional_known(Hint::from_key),
    }
}

/// A run to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The integration.
    pub integration: IntegrationId,
    /// What woke it.
    pub trigger: Trigger,
    /// Who asked.
    pub requested_by: Option<String>,
    /// `full` or `incremental`, as shown.
    pub mode: &'static str,
    /// Revision of the settings.
    pub settings_revision: i64,
    /// Generation.
    pub generation: i64,
    /// The streams in reading order.
    pub streams: Vec<(Stream, PullMode)>,
}

/// Keeps a run that waits, with its streams.
///
/// # Errors
/// `Conflict` on `sync_run_active` while the integration has a run that waits or runs: end that one first
/// ([`supersede_runs`]) or join it ([`active_run_in`]).
pub async fn insert_run(tx: &mut Tx, new: &NewRun) -> Result<Run> {
    if active_run_in(tx, new.integration).await?.is_some() {
        return Err(StoreError::new(
            ErrorKind::Conflict {
                constraint: "sync_run_active".to_owned(),
            },
            "this integration has a run that has not ended",
        ));
    }
    let now = tx.store().now();
    let id = tx.next_id("sync_run").await?;
    let uuid = PublicId::new(now);
    execute!(
        tx,
        INSERT,
        id,
        uuid.as_str(),
        new.integration.0,
        new.trigger.key(),
        new.requested_by.as_deref(),
        new.mode,
        RunState::Waiting.key(),
        new.settings_revision,
        new.generation,
        now.0
    )?;
    streams::insert_stream_runs(tx, RunId(id), new.integration, &new.streams).await?;
    tx.tell("run", id);
    find_run_in(tx, RunId(id)).await?.ok_or_else(|| {
        StoreError::new(
            ErrorKind::Unexpected,
            "a run vanished while it was being written",
        )
    })
}

/// One run.
///
/// # Errors
/// As any statement.
pub async fn find_run(store: &Store, id: RunId) -> Result<Option<Run>> {
    read_one!(store, FIND, id.0)
}

/// One run as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_run_in(tx: &mut Tx, id: RunId) -> Result<Option<Run>> {
    tx_one!(tx, FIND, id.0)
}

/// One run by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_run_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Run>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// The run that one stream's part belongs to.
///
/// # Errors
/// As any statement.
pub async fn find_run_of_stream_run(store: &Store, part: StreamRunId) -> Result<Option<Run>> {
    read_one!(store, FIND_OF_STREAM_RUN, part.0)
}

/// One run by its id in addresses, as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_run_by_uuid_in(tx: &mut Tx, uuid: &PublicId) -> Result<Option<Run>> {
    tx_one!(tx, FIND_BY_UUID, uuid.as_str())
}

/// Up to `limit` runs of an integration, newest first, older than `before`.
///
/// # Errors
/// As any statement.
pub async fn list_runs(
    store: &Store,
    integration: IntegrationId,
    before: Option<RunId>,
    limit: i64,
) -> Result<Vec<Run>> {
    read_all!(
        store,
        LIST,
        integration.0,
        before.map_or(i64::MAX, |id| id.0),
        limit
    )
}

/// The run that waits or runs, if any.
///
/// # Errors
/// As any statement.
pub async fn active_run(store: &Store, integration: IntegrationId) -> Result<Option<Run>> {
    read_one!(store, ACTIVE, integration.0)
}

/// The same, holding the integration until the transaction ends, so that nobody starts a run meanwhile.
///
/// # Errors
/// As any statement.
pub async fn active_run_in(tx: &mut Tx, integration: IntegrationId) -> Result<Option<Run>> {
    lock_integration(tx, integration).await?;
    tx_one!(tx, ACTIVE, integration.0)
}

/// The newest run that ended in one of the two good ways, with everything read or with something held back.
///
/// # Errors
/// As any statement.
pub async fn latest_finished_run(store: &Store, integration: IntegrationId) -> Result<Option<Run>> {
    read_one!(store, LATEST_FINISHED, integration.0)
}

/// A worker began; does nothing when one did before.
///
/// # Errors
/// As any statement.
pub async fn start_run(tx: &mut Tx, run: RunId) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, START, run.0, now.0)?;
    tx.tell("run", run.0);
    Ok(())
}

/// Ends a run; `false` when it had ended before.
///
/// # Errors
/// As any statement.
pub async fn finish_run(
    tx: &mut Tx,
    run: RunId,
    state: RunState,
    message: Option<&str>,
    hint: Option<Hint>,
) -> Result<bool> {
    let now = tx.store().now();
    let ended = execute!(
        tx,
        FINISH,
        run.0,
        state.key(),
        message,
        hint.map(Hint::key),
        now.0
    )? == 1;
    tx.tell("run", run.0);
    Ok(ended)
}

/// Ends every run of an integration that has not ended, and its streams, as superseded. Answers the runs.
///
/// # Errors
/// As any statement.
pub async fn supersede_runs(tx: &mut Tx, integration: IntegrationId) -> Result<Vec<Run>> {
    let mut ended = Vec::new();
    while let Some(run) = active_run_in(tx, integration).await? {
        let now = tx.store().now();
        execute!(tx, streams::SUPERSEDE, run.id.0, now.0)?;
        finish_run(tx, run.id, RunState::Superseded, None, None).await?;
        ended.push(run);
    }
    Ok(ended)
}

statements! {
    INSERT = "INSERT INTO sync_run (id, uuid, integration_id, trigger_key, requested_by, mode, state, settings_revision, generation, requested_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIND = "SELECT * FROM sync_run WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM sync_run WHERE uuid = $1";
    FIND_OF_STREAM_RUN = "SELECT r.* FROM sync_run r JOIN stream_run s ON s.run_id = r.id WHERE s.id = $1";
    LIST = "SELECT * FROM sync_run WHERE integration_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    ACTIVE = "SELECT * FROM sync_run WHERE integration_id = $1 AND state IN ('waiting', 'running') ORDER BY id LIMIT 1";
    LATEST_FINISHED = "SELECT * FROM sync_run WHERE integration_id = $1 AND state IN ('completed', 'partial') ORDER BY id DESC LIMIT 1";
    START = "UPDATE sync_run SET state = 'running', started_at = COALESCE(started_at, $2) WHERE id = $1 AND state = 'waiting'";
    FINISH = "UPDATE sync_run SET state = $2, message = $3, hint = $4, finished_at = $5 WHERE id = $1 AND state IN ('waiting', 'running')";
}
