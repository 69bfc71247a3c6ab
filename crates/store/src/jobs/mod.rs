//! Jobs: durable background work, claimed under leases (design 4, S6).
//!
//! A job is ready, running, done or dead. A claim takes the ready job that is due, of the lowest priority number first,
//! and whose serial key nobody is running; it counts an attempt and hands out a lease with a new token. Whatever the
//! worker then wants to commit, it commits together with [`hold_lease`], which fails once the lease was given to
//! somebody else: a worker that was away too long cannot store a page (rule P2). Two unique indexes make certain what
//! the claim asks for: at most one waiting job per unique key, at most one running job per serial key (rule P9).
//! A worker may say how many jobs of one integration it wants in its hands, so that a vendor that never answers does not
//! take all of them.
//!
//! A lease lasts 15 s. Each node extends those of the jobs it works on every 5 s with one statement, and any node
//! releases those that ran out. Enqueueing takes the caller's transaction: a change that is rolled back leaves no job (rule W1).

pub(crate) mod claim;
pub(crate) mod listing;
pub(crate) mod queue;
pub(crate) mod settle;

use domain::clock::UtcMillis;
use domain::id::JobId;
use domain::job::{Job, Priority};

pub use claim::{
    ClaimedJob, claim, claim_shared, heartbeat, heartbeat_of, release_expired, release_own,
};
pub use listing::{
    JobCounts, JobRow, JobState, count_jobs, find_job, list_abandoning_jobs, list_jobs,
};
pub use queue::{bring_forward, put_off, put_off_from, withdraw_batch};
pub use settle::{Settled, complete, give_up, hold_lease, postpone, retry, revive};

use crate::error::{ErrorKind, Result, StoreError};
use crate::tx::Tx;

/// How long a lease lasts without a heartbeat.
pub const LEASE: i64 = 15 * UtcMillis::SECOND;
/// How often a node extends its leases.
pub const HEARTBEAT: i64 = 5 * UtcMillis::SECOND;
/// How often expired leases are looked for.
pub const REAPER: i64 = 2 * UtcMillis::SECOND;
/// Claims without progress after which a job is dead.
pub const MAX_ATTEMPTS: i64 = 20;

/// A worker's claim on a running job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// Grows with each claim, so that an older holder is told apart.
    pub token: i64,
}

/// What became of a request to enqueue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// A new job waits.
    New(JobId),
    /// One with the same unique key waits already; it now runs as early and as urgently as either asked for.
    AlreadyWaiting(JobId),
}

impl Enqueued {
    /// The job that waits.
    #[must_use]
    pub const fn id(self) -> JobId {
        match self {
            Self::New(id) | Self::AlreadyWaiting(id) => id,
        }
    }
}

/// Enqueues a job as a part of the caller's transaction.
///
/// # Errors
/// As any statement.
pub async fn enqueue(
    tx: &mut Tx,
    job: &Job,
    priority: Priority,
    run_at: UtcMillis,
) -> Result<Enqueued> {
    let id = tx.next_id("job").await?;
    let now = tx.store().now();
    let payload = serde_json::to_string(job)?;
    let kept: Option<(i64,)> = tx_one!(
        tx,
        ENQUEUE,
        id,
        job.kind(),
        &payload,
        priority as i64,
        run_at.0,
        MAX_ATTEMPTS,
        job.unique_key(),
        job.serial_key(),
        now.0,
        job.integration().map(|integration| integration.0)
    )?;
    let kept = kept
        .ok_or_else(|| StoreError::new(ErrorKind::Unexpected, "a job was not kept"))?
        .0;
    tx.tell("job", kept);
    Ok(if kept == id {
        Enqueued::New(JobId(id))
    } else {
        Enqueued::AlreadyWaiting(JobId(kept))
    })
}

/// Withdraws a waiting job by its unique key; answers whether one waited.
///
/// # Errors
/// As any statement.
pub async fn withdraw(tx: &mut Tx, unique_key: &str) -> Result<bool> {
    Ok(execute!(tx, WITHDRAW, unique_key)? > 0)
}

statements! {
    ENQUEUE = "INSERT INTO job (id, kind, payload, state, priority, run_at, max_attempts, unique_key, serial_key, created_at, integration_id)
        VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (unique_key) WHERE state = 0 DO UPDATE SET
            run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END,
            priority = CASE WHEN excluded.priority < job.priority THEN excluded.priority ELSE job.priority END
        RETURNING id";
    WITHDRAW = "DELETE FROM job WHERE unique_key = $1 AND state = 0";
}
