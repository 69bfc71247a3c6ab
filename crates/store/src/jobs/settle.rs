//! Ending a job, or putting it back, under its lease.

use domain::clock::UtcMillis;
use domain::id::JobId;

use super::{LEASE, Lease};
use crate::error::Result;
use crate::tx::Tx;

/// What became of a job that did not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It waits again.
    Waiting,
    /// The same was waiting already and stands for it.
    Merged,
    /// It had its last attempt.
    Dead,
    /// The lease was lost; somebody else has it.
    Lost,
}

/// Checks in the caller's transaction that the lease is still held, extends it, and notes that progress was made
/// (attempts count from one again). `false`: somebody else has the job; roll back.
///
/// # Errors
/// As any statement.
pub async fn hold_lease(tx: &mut Tx, lease: &Lease) -> Result<bool> {
    let until = tx.store().now().plus(LEASE);
    Ok(execute!(tx, HOLD, lease.job.0, lease.token, until.0)? == 1)
}

/// The job is done; `false` when the lease was lost, and then what the caller did must be rolled back.
///
/// # Errors
/// As any statement.
pub async fn complete(tx: &mut Tx, lease: &Lease) -> Result<bool> {
    let now = tx.store().now();
    let done = execute!(
        tx,
        FINISH,
        lease.job.0,
        lease.token,
        2_i64,
        None::<&str>,
        now.0
    )? == 1;
    if done {
        // Somebody may wait for the serial key.
        tx.tell("job", lease.job.0);
    }
    Ok(done)
}

/// The job failed and waits until `run_at`, or is dead after its last attempt.
///
/// # Errors
/// As any statement.
pub async fn retry(tx: &mut Tx, lease: &Lease, run_at: UtcMillis, error: &str) -> Result<Settled> {
    let now = tx.store().now();
    if execute!(tx, LAST_ATTEMPT, lease.job.0, lease.token, error, now.0)? == 1 {
        tx.tell("job", lease.job.0);
        return Ok(Settled::Dead);
    }
    put_back(tx, lease, run_at, Some(error), 0).await
}

/// The job has to wait for no fault of its own (a limit, a shutdown): the attempt does not count.
///
/// # Errors
/// As any statement.
pub async fn postpone(tx: &mut Tx, lease: &Lease, run_at: UtcMillis) -> Result<Settled> {
    put_back(tx, lease, run_at, None, 1).await
}

async fn put_back(
    tx: &mut Tx,
    lease: &Lease,
    run_at: UtcMillis,
    error: Option<&str>,
    uncounted: i64,
) -> Result<Settled> {
    let now = tx.store().now();
    tx.tell("job", lease.job.0);
    if execute!(
        tx,
        PUT_BACK,
        lease.job.0,
        lease.token,
        run_at.0,
        error,
        uncounted
    )? == 1
    {
        return Ok(Settled::Waiting);
    }
    let merged = execute!(tx, FINISH, lease.job.0, lease.token, 2_i64, error, now.0)? == 1;
    Ok(if merged {
        Settled::Merged
    } else {
        Settled::Lost
    })
}

/// The job can never succeed.
///
/// # Errors
/// As any statement.
pub async fn give_up(tx: &mut Tx, lease: &Lease, error: &str) -> Result<bool> {
    let now = tx.store().now();
    let buried = execute!(
        tx,
        FINISH,
        lease.job.0,
        lease.token,
        3_i64,
        Some(error),
        now.0
    )? == 1;
    tx.tell("job", lease.job.0);
    Ok(buried)
}

/// Puts a dead job back to work; `false` when it is not dead, or the same waits already.
///
/// # Errors
/// As any statement.
pub async fn revive(tx: &mut Tx, job: JobId) -> Result<bool> {
    let now = tx.store().now();
    let revived = execute!(tx, REVIVE, job.0, now.0)? == 1;
    if revived {
        tx.tell("job", job.0);
    }
    Ok(revived)
}

statements! {
    HOLD = "UPDATE job SET lease_until = $3, attempts = 1 WHERE id = $1 AND lease_token = $2 AND state = 1";
    FINISH = "UPDATE job SET state = $3, lease_by = NULL, lease_until = NULL, finished_at = $5, last_error = COALESCE($4, last_error)
        WHERE id = $1 AND lease_token = $2 AND state = 1";
    LAST_ATTEMPT = "UPDATE job SET state = 3, lease_by = NULL, lease_until = NULL, finished_at = $4, last_error = $3
        WHERE id = $1 AND lease_token = $2 AND state = 1 AND attempts >= max_attempts";
    PUT_BACK = "UPDATE job SET state = 0, lease_by = NULL, lease_until = NULL, run_at = $3, last_error = COALESCE($4, last_error),
            attempts = CASE WHEN attempts > $5 THEN attempts - $5 ELSE 0 END
        WHERE id = $1 AND lease_token = $2 AND state = 1
            AND NOT EXISTS (SELECT 1 FROM job AS waiting WHERE waiting.state = 0 AND waiting.unique_key = job.unique_key)";
    REVIVE = "UPDATE job SET state = 0, attempts = 0, run_at = $2, finished_at = NULL WHERE id = $1 AND state = 3
        AND NOT EXISTS (SELECT 1 FROM job AS waiting WHERE waiting.state = 0 AND waiting.unique_key = job.unique_key)";
}
