//! Looking at jobs: for doctor, metrics and tests.

use domain::clock::UtcMillis;
use domain::id::JobId;
use domain::job::Job;

use crate::decode::{instant, json, optional, plain};
use crate::error::Result;
use crate::open::Store;

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waiting for its time or for a worker.
    Ready,
    /// In a worker's hands.
    Running,
    /// Finished.
    Done,
    /// Given up.
    Dead,
}

impl JobState {
    const fn number(self) -> i64 {
        match self {
            Self::Ready => 0,
            Self::Running => 1,
            Self::Done => 2,
            Self::Dead => 3,
        }
    }

    const fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Ready,
            1 => Self::Running,
            2 => Self::Done,
            _ => Self::Dead,
        }
    }
}

row! {
    /// A job as stored.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct JobRow {
        /// Row id.
        pub id: JobId = i64 => plain(JobId),
        /// What is to be done.
        pub payload: Job = String => json,
        /// State.
        pub state: JobState = i64 => plain(JobState::from_number),
        /// Lower is taken first.
        pub priority: i64,
        /// Not before.
        pub run_at: UtcMillis = i64 => instant,
        /// Claims without progress.
        pub attempts: i64,
        /// The node that has it.
        pub lease_by: Option<String>,
        /// Until when.
        pub lease_until: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// What last went wrong.
        pub last_error: Option<String>,
        /// When it was enqueued.
        pub created_at: UtcMillis = i64 => instant,
        /// When it ended.
        pub finished_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting and due.
    pub due: i64,
    /// Waiting for a later instant.
    pub later: i64,
    /// Running.
    pub running: i64,
    /// Running, but the lease ran out.
    pub expired: i64,
    /// Given up.
    pub dead: i64,
    /// When the oldest due job should have run.
    pub oldest_due: Option<UtcMillis>,
}

row! {
    struct CountRow {
        due: i64,
        later: i64,
        running: i64,
        expired: i64,
        dead: i64,
        oldest_due: Option<i64>,
    }
}

/// One job.
///
/// # Errors
/// As any statement.
pub async fn find_job(store: &Store, id: JobId) -> Result<Option<JobRow>> {
    read_one!(store, FIND, id.0)
}

/// Jobs of one state, in the order they are taken in; finished ones newest first.
///
/// # Errors
/// As any statement.
pub async fn list_jobs(store: &Store, state: JobState, limit: i64) -> Result<Vec<JobRow>> {
    match state {
        JobState::Ready | JobState::Running => read_all!(store, LIST_OPEN, state.number(), limit),
        JobState::Done | JobState::Dead => read_all!(store, LIST_FINISHED, state.number(), limit),
    }
}

/// Jobs that were given up and leave a part of a run behind that nobody will finish; all of them.
///
/// # Errors
/// As any statement.
pub async fn list_abandoning_jobs(store: &Store) -> Result<Vec<JobRow>> {
    read_all!(store, LIST_ABANDONING)
}

/// Counts jobs that are not done.
///
/// # Errors
/// As any statement.
pub async fn count_jobs(store: &Store) -> Result<JobCounts> {
    let row: Option<CountRow> = read_one!(store, COUNT, store.now().0)?;
    Ok(row.map_or_else(JobCounts::default, |row| JobCounts {
        due: row.due,
        later: row.later,
        running: row.running,
        expired: row.expired,
        dead: row.dead,
        oldest_due: row.oldest_due.map(UtcMillis),
    }))
}

statements! {
    FIND = "SELECT id, payload, state, priority, run_at, attempts, lease_by, lease_until, last_error, created_at, finished_at
        FROM job WHERE id = $1";
    LIST_OPEN = "SELECT id, payload, state, priority, run_at, attempts, lease_by, lease_until, last_error, created_at, finished_at
        FROM job WHERE state = $1 ORDER BY priority, run_at, id LIMIT $2";
    LIST_FINISHED = "SELECT id, payload, state, priority, run_at, attempts, lease_by, lease_until, last_error, created_at, finished_at
        FROM job WHERE state = $1 ORDER BY finished_at DESC, id DESC LIMIT $2";
    LIST_ABANDONING = "SELECT job.id, job.payload, job.state, job.priority, job.run_at, job.attempts, job.lease_by, job.lease_until, job.last_error,
            job.created_at, job.finished_at
        FROM job JOIN stream_run ON job.unique_key = 'pull:' || CAST(stream_run.integration_id AS TEXT) || ':' || stream_run.stream
            || ':' || CAST(stream_run.id AS TEXT)
        JOIN sync_run ON sync_run.id = stream_run.run_id
        WHERE job.kind = 'pull_stream' AND job.state = 3 AND sync_run.state IN ('waiting', 'running')
            AND stream_run.state IN ('waiting', 'running')
        ORDER BY job.id";
    COUNT = "SELECT
            (SELECT count(*) FROM job WHERE state = 0 AND run_at <= $1) AS due,
            (SELECT count(*) FROM job WHERE state = 0 AND run_at > $1) AS later,
            (SELECT count(*) FROM job WHERE state = 1) AS running,
            (SELECT count(*) FROM job WHERE state = 1 AND lease_until < $1) AS expired,
            (SELECT count(*) FROM job WHERE state = 3) AS dead,
            (SELECT min(run_at) FROM job WHERE state = 0 AND run_at <= $1) AS oldest_due";
}
