//! Taking jobs, keeping them, and taking back what a vanished worker held.

use domain::clock::UtcMillis;
use domain::id::JobId;
use domain::job::Job;

use super::{LEASE, Lease};
use crate::db::Db;
use crate::decode::{json, plain};
use crate::error::{Result, StoreError};
use crate::open::Store;
use crate::tx::Connection;

/// A job in a worker's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Row id.
    pub id: JobId,
    /// What is to be done.
    pub job: Job,
    /// Who waits for it: the number of a `Priority`.
    pub priority: i64,
    /// How often it was claimed without progress, this time included.
    pub attempts: i64,
    /// After this many attempts it is dead.
    pub max_attempts: i64,
    /// The claim.
    pub lease: Lease,
}

row! {
    struct ClaimedRow {
        id: JobId = i64 => plain(JobId),
        payload: Job = String => json,
        priority: i64,
        attempts: i64,
        max_attempts: i64,
        lease_token: i64,
    }
}

impl From<ClaimedRow> for ClaimedJob {
    fn from(row: ClaimedRow) -> Self {
        Self {
            id: row.id,
            job: row.payload,
            priority: row.priority,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            lease: Lease {
                job: row.id,
                token: row.lease_token,
            },
        }
    }
}

/// How often a claim that lost a race for a serial key is tried again at once.
const RACES: u32 = 16;

/// Takes up to `limit` jobs that are due, whosever they are.
///
/// # Errors
/// As any statement.
pub async fn claim(store: &Store, node: &str, limit: usize) -> Result<Vec<ClaimedJob>> {
    claim_shared(store, node, limit, usize::MAX).await
}

/// Takes up to `limit` jobs that are due, of one integration no more than make up `share` with those this node runs
/// already, and as many of each kind that belongs to none: a vendor, or a mail server, that accepts everything and
/// answers nothing keeps only its own jobs waiting.
///
/// PostgreSQL takes one job a statement: two claims that each held one serial key and wanted the other's would wait
/// for each other for ever.
///
/// # Errors
/// As any statement.
pub async fn claim_shared(
    store: &Store,
    node: &str,
    limit: usize,
    share: usize,
) -> Result<Vec<ClaimedJob>> {
    let mut claimed = Vec::new();
    if limit == 0 {
        return Ok(claimed);
    }
    let now = store.now();
    let until = now.plus(LEASE);
    let share = i64::try_from(share).unwrap_or(i64::MAX);
    match store.db() {
        Db::Lite { r, .. } => {
            // An idle worker asks the readers first and leaves the one writer alone.
            let due: (i64,) = sqlx::query_as(IS_DUE).bind(now.0).fetch_one(r).await?;
            if due.0 == 0 {
                return Ok(claimed);
            }
            let mut tx = store.begin().await?;
            while claimed.len() < limit {
                let taken: Option<ClaimedRow> =
                    tx_one!(tx, CLAIM_SQLITE, now.0, node, until.0, share)?;
                let Some(row) = taken else { break };
                claimed.push(row.into());
            }
            tx.commit().await?;
        }
        Db::Pg(pool) => {
            let mut races = 0;
            while claimed.len() < limit {
                let taken: sqlx::Result<Option<ClaimedRow>> = sqlx::query_as(CLAIM_POSTGRES)
                    .bind(now.0)
                    .bind(node)
                    .bind(until.0)
                    .bind(share)
                    .fetch_optional(pool)
                    .await;
                match taken.map_err(StoreError::from) {
                    Ok(Some(row)) => claimed.push(row.into()),
                    Ok(None) => break,
                    // Another node started a job with the same serial key in this instant.
                    Err(error) if error.is_conflict() && races < RACES => races += 1,
                    Err(error) if error.is_conflict() => break,
                    // What was taken before is in our hands: it must be worked on, or nobody would.
                    Err(error) if !claimed.is_empty() => {
                        tracing::warn!(%error, "cannot take more jobs for now");
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
    Ok(claimed)
}

/// Tells that a node lives: extends all of its leases, and notes the instant. Answers how many leases it holds.
///
/// # Errors
/// As any statement.
pub async fn heartbeat(store: &Store, node: &str) -> Result<u64> {
    let mut tx = store.begin().await?;
    let now = store.now();
    execute!(tx, NODE_LIVES, node, now.0)?;
    let held = execute!(tx, EXTEND, node, now.plus(LEASE).0)?;
    tx.commit().await?;
    Ok(held)
}

/// The same for the jobs a node says it works on, and only those: one that it lost sight of (a claim whose answer never
/// arrived, an end that could not be stored) runs out and is taken back like a dead node's (rule S6).
///
/// # Errors
/// As any statement.
pub async fn heartbeat_of(store: &Store, node: &str, held: &[JobId]) -> Result<u64> {
    let mut tx = store.begin().await?;
    let now = store.now();
    execute!(tx, NODE_LIVES, node, now.0)?;
    let ids: Vec<i64> = held.iter().map(|job| job.0).collect();
    let until = now.plus(LEASE).0;
    let extended = match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query(EXTEND_SQLITE).bind(node).bind(until);
            let query = query.bind(serde_json::to_string(&ids)?);
            query.execute(&mut **transaction).await?.rows_affected()
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query(EXTEND_POSTGRES).bind(node).bind(until);
            query
                .bind(&ids)
                .execute(&mut **transaction)
                .await?
                .rows_affected()
        }
    };
    tx.commit().await?;
    Ok(extended)
}

/// Takes back jobs whose lease ran out. Answers how many are ready again and how many are dead.
///
/// # Errors
/// As any statement.
pub async fn release_expired(store: &Store, now: UtcMillis) -> Result<(u64, u64)> {
    let expired: Vec<(i64, i64, i64)> = read_all!(store, LIST_EXPIRED, now.0)?;
    release(
        store,
        &expired,
        now,
        "the worker vanished before it finished",
    )
    .await
}

/// SQLite at start: whoever holds the file lock is alone, so every running job was left behind by a process that is
/// gone. Answers how many are ready again and how many are dead. Does nothing on PostgreSQL.
///
/// # Errors
/// As any statement.
pub async fn release_own(store: &Store) -> Result<(u64, u64)> {
    if matches!(store.db(), Db::Pg(_)) {
        return Ok((0, 0));
    }
    let running: Vec<(i64, i64, i64)> = read_all!(store, LIST_RUNNING)?;
    release(
        store,
        &running,
        store.now(),
        "Portico was stopped before it finished",
    )
    .await
}

async fn release(
    store: &Store,
    leases: &[(i64, i64, i64)],
    now: UtcMillis,
    reason: &str,
) -> Result<(u64, u64)> {
    let (mut ready, mut dead) = (0, 0);
    for (id, token, until) in leases {
        // One transaction for each: a heartbeat that extends many leases at once never waits for us in a circle.
        let mut tx = store.begin().await?;
        // Guarded by what was read, so that a lease extended meanwhile stays.
        let buried = execute!(tx, BURY, *id, *token, *until, now.0, reason)?;
        dead += buried;
        if buried == 0 {
            let released = execute!(tx, RELEASE, *id, *token, *until, now.0, reason)?;
            ready += released;
            if released == 0 {
                // The same is waiting already, or somebody else was faster.
                execute!(tx, YIELD, *id, *token, *until, now.0, reason)?;
            }
        }
        tx.tell("job", *id);
        tx.commit().await?;
    }
    Ok((ready, dead))
}

statements! {
    IS_DUE = "SELECT count(*) AS found FROM (SELECT 1 AS one FROM job WHERE state = 0 AND run_at <= $1 LIMIT 1) AS due";
    CLAIM_SQLITE for Sqlite = "UPDATE job SET state = 1, lease_by = $2, lease_until = $3, lease_token = lease_token + 1, attempts = attempts + 1
        WHERE id = (SELECT waiting.id FROM job AS waiting WHERE waiting.state = 0 AND waiting.run_at <= $1
            AND NOT EXISTS (SELECT 1 FROM job AS running WHERE running.state = 1 AND running.serial_key = waiting.serial_key)
            AND COALESCE(CAST(waiting.integration_id AS TEXT), waiting.kind) NOT IN (SELECT COALESCE(CAST(busy.integration_id AS TEXT), busy.kind)
                FROM job AS busy WHERE busy.state = 1 AND busy.lease_by = $2 GROUP BY 1 HAVING count(*) >= $4)
            ORDER BY waiting.priority, waiting.run_at, waiting.id LIMIT 1)
        RETURNING id, payload, priority, attempts, max_attempts, lease_token";
    CLAIM_POSTGRES for Postgres = "UPDATE job SET state = 1, lease_by = $2, lease_until = $3, lease_token = lease_token + 1, attempts = attempts + 1
        WHERE id = (SELECT waiting.id FROM job AS waiting WHERE waiting.state = 0 AND waiting.run_at <= $1
            AND NOT EXISTS (SELECT 1 FROM job AS running WHERE running.state = 1 AND running.serial_key = waiting.serial_key)
            AND COALESCE(CAST(waiting.integration_id AS TEXT), waiting.kind) NOT IN (SELECT COALESCE(CAST(busy.integration_id AS TEXT), busy.kind)
                FROM job AS busy WHERE busy.state = 1 AND busy.lease_by = $2 GROUP BY 1 HAVING count(*) >= $4)
            ORDER BY waiting.priority, waiting.run_at, waiting.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, payload, priority, attempts, max_attempts, lease_token";
    NODE_LIVES = "UPDATE node SET heartbeat_at = $2 WHERE id = $1";
    EXTEND = "UPDATE job SET lease_until = $2 WHERE state = 1 AND lease_by = $1";
    EXTEND_SQLITE for Sqlite = "UPDATE job SET lease_until = $2 WHERE state = 1 AND lease_by = $1 AND id IN (SELECT value FROM json_each($3))";
    EXTEND_POSTGRES for Postgres = "UPDATE job SET lease_until = $2 WHERE state = 1 AND lease_by = $1 AND id = ANY(CAST($3 AS BIGINT[]))";
    LIST_EXPIRED = "SELECT id, lease_token, lease_until FROM job WHERE state = 1 AND lease_until < $1 ORDER BY id LIMIT 200";
    LIST_RUNNING = "SELECT id, lease_token, lease_until FROM job WHERE state = 1 ORDER BY id";
    RELEASE = "UPDATE job SET state = 0, lease_by = NULL, lease_until = NULL, run_at = $4, last_error = $5
        WHERE id = $1 AND lease_token = $2 AND lease_until = $3 AND state = 1
            AND NOT EXISTS (SELECT 1 FROM job AS waiting WHERE waiting.state = 0 AND waiting.unique_key = job.unique_key)";
    YIELD = "UPDATE job SET state = 2, lease_by = NULL, lease_until = NULL, finished_at = $4, last_error = $5
        WHERE id = $1 AND lease_token = $2 AND lease_until = $3 AND state = 1";
    BURY = "UPDATE job SET state = 3, lease_by = NULL, lease_until = NULL, finished_at = $4, last_error = $5
        WHERE id = $1 AND lease_token = $2 AND lease_until = $3 AND state = 1 AND attempts >= max_attempts";
}
