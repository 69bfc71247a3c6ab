//! Removing what is old, in small transactions that hold nobody up. The audit log is kept.

use domain::clock::UtcMillis;
use domain::id::IntegrationId;

use crate::error::Result;
use crate::open::Store;
use crate::pages;
use crate::sessions::IDLE;
use crate::two_factor::PENDING_FOR;

/// Finished jobs are kept this long.
const DONE_JOBS: i64 = UtcMillis::DAY;
/// Dead jobs are kept this long.
const DEAD_JOBS: i64 = 30 * UtcMillis::DAY;
/// Sync runs, resolved records set aside and answered questions are kept this long.
const RUNS: i64 = 90 * UtcMillis::DAY;
/// Sync runs kept per integration at most.
const RUNS_PER_INTEGRATION: i64 = 500;
/// Counted requests, expired slots and silent nodes are kept this long.
const TRACES: i64 = 2 * UtcMillis::DAY;
/// E-mails that left or were given up are kept this long.
const MAIL: i64 = 90 * UtcMillis::DAY;
/// Imports that ended are kept this long, with their reports.
const IMPORTS: i64 = 90 * UtcMillis::DAY;
/// Links are kept this long after their end, so that whoever comes late is told why.
const LINKS: i64 = 30 * UtcMillis::DAY;
/// Rows removed in one transaction.
const BATCH: i64 = 500;

/// What was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// Sessions that had ended.
    pub sessions: u64,
    /// Jobs, done or dead.
    pub jobs: u64,
    /// Sync runs.
    pub runs: u64,
    /// Everything else: windows, attempts, counted requests; marks are not counted.
    pub traces: u64,
}

/// Removes what is old at an instant.
///
/// # Errors
/// As any statement; what was removed before stays removed.
pub async fn housekeeping(store: &Store, now: UtcMillis) -> Result<Removed> {
    let mut removed = Removed {
        sessions: sweep(store, SESSIONS, now.0, now.plus(-IDLE).0).await?,
        jobs: sweep(
            store,
            FINISHED_JOBS,
            now.plus(-DONE_JOBS).0,
            now.plus(-DEAD_JOBS).0,
        )
        .await?,
        ..Removed::default()
    };
    for (statement, before) in [
        (WINDOWS, now.0),
        (ATTEMPTS, now.plus(-TRACES).0),
        (BUCKETS, now.plus(-TRACES).0),
        (SLOTS, now.plus(-TRACES).0),
        (NODES, now.plus(-TRACES).0),
        (SET_ASIDE, now.plus(-RUNS).0),
        (CANDIDATES, now.plus(-RUNS).0),
        (OLD_MAIL, now.plus(-MAIL).0),
        (IMPORT_LINES, now.plus(-IMPORTS).0),
        (OLD_IMPORTS, now.plus(-IMPORTS).0),
        (OLD_LINKS, now.plus(-LINKS).0),
        (CEREMONIES, now.0),
        (PENDING_SECRETS, now.plus(-PENDING_FOR).0),
        (QUESTIONS, now.plus(-RUNS).0),
    ] {
        removed.traces += sweep(store, statement, before, 0).await?;
    }
    let integrations: Vec<(i64,)> = read_all!(store, INTEGRATIONS)?;
    for (integration,) in integrations {
        removed.runs += sweep_runs(store, IntegrationId(integration), now).await?;
    }
    sweep_marks(store).await?;
    Ok(removed)
}

/// Removes what ended runs have left of their marks (rule P5).
async fn sweep_marks(store: &Store) -> Result<()> {
    for run in pages::list_orphaned_seen(store).await? {
        loop {
            let mut tx = store.begin().await?;
            let more = pages::clear_seen(&mut tx, run).await?;
            tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

/// Executes a batch statement until it removes nothing more.
async fn sweep(store: &Store, statement: &'static str, first: i64, second: i64) -> Result<u64> {
    let mut total = 0;
    loop {
        let mut tx = store.begin().await?;
        let gone = execute!(tx, statement, first, second, BATCH)?;
        tx.commit().await?;
        total += gone;
        if gone < BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}

async fn sweep_runs(store: &Store, integration: IntegrationId, now: UtcMillis) -> Result<u64> {
    let mut total = 0;
    loop {
        let mut tx = store.begin().await?;
        let old: Vec<(i64,)> = tx_all!(
            tx,
            OLD_RUNS,
            integration.0,
            now.plus(-RUNS).0,
            RUNS_PER_INTEGRATION,
            BATCH
        )?;
        for (run,) in &old {
            execute!(tx, STREAM_RUNS_OF, *run)?;
            execute!(tx, RUN, *run)?;
        }
        tx.commit().await?;
        total += old.len() as u64;
        if old.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(total);
        }
    }
}

// The rows to go are listed once (MATERIALIZED): without that PostgreSQL, when it takes a table that just grew for nearly
// empty, reads the list again for each row of the table.
//
// Every batch statement takes two instants and a number of rows, so that one function runs them all; the cast lets a
// statement that needs only one of the instants name the other.
statements! {
    SESSIONS = "WITH old AS MATERIALIZED
            (SELECT token_hash FROM session WHERE expires_at <= $1 OR last_seen_at <= $2 LIMIT $3)
        DELETE FROM session WHERE token_hash IN (SELECT token_hash FROM old)";
    FINISHED_JOBS = "WITH old AS MATERIALIZED
            (SELECT id FROM job WHERE (state = 2 AND finished_at <= $1) OR (state = 3 AND finished_at <= $2) LIMIT $3)
        DELETE FROM job WHERE id IN (SELECT id FROM old)";
    WINDOWS = "WITH old AS MATERIALIZED
            (SELECT key FROM request_window WHERE until <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM request_window WHERE key IN (SELECT key FROM old)";
    ATTEMPTS = "WITH old AS MATERIALIZED
            (SELECT subject FROM sign_in_attempt WHERE first_at <= $1 AND blocked_until <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM sign_in_attempt WHERE subject IN (SELECT subject FROM old)";
    BUCKETS = "WITH old AS MATERIALIZED
            (SELECT limit_key, starts_at FROM permit_bucket WHERE starts_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM permit_bucket WHERE (limit_key, starts_at) IN (SELECT limit_key, starts_at FROM old)";
    SLOTS = "WITH old AS MATERIALIZED
            (SELECT limit_key, slot FROM permit_slot WHERE lease_until <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM permit_slot WHERE (limit_key, slot) IN (SELECT limit_key, slot FROM old)";
    NODES = "WITH old AS MATERIALIZED
            (SELECT id FROM node WHERE heartbeat_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM node WHERE id IN (SELECT id FROM old)";
    SET_ASIDE = "WITH old AS MATERIALIZED
            (SELECT id FROM set_aside WHERE resolved_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM set_aside WHERE id IN (SELECT id FROM old)";
    CANDIDATES = "WITH old AS MATERIALIZED
            (SELECT candidate.question_id, candidate.external_id FROM removal_candidate AS candidate
                JOIN removal_question AS question ON question.id = candidate.question_id
                WHERE question.state <> 'open' AND question.answered_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM removal_candidate WHERE (question_id, external_id) IN (SELECT question_id, external_id FROM old)";
    QUESTIONS = "WITH old AS MATERIALIZED
            (SELECT id FROM removal_question WHERE state <> 'open' AND answered_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM removal_question WHERE id IN (SELECT id FROM old)";
    OLD_MAIL = "WITH old AS MATERIALIZED
            (SELECT id FROM mail WHERE finished_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM mail WHERE id IN (SELECT id FROM old)";
    OLD_LINKS = "WITH old AS MATERIALIZED
            (SELECT token_hash FROM account_link WHERE expires_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM account_link WHERE token_hash IN (SELECT token_hash FROM old)";
    CEREMONIES = "WITH old AS MATERIALIZED
            (SELECT token_hash FROM ceremony WHERE expires_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM ceremony WHERE token_hash IN (SELECT token_hash FROM old)";
    PENDING_SECRETS = "WITH old AS MATERIALIZED
            (SELECT owner, name FROM secret WHERE name >= 'totp_pending' AND name < 'totp_pendinh' AND updated_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM secret WHERE (owner, name) IN (SELECT owner, name FROM old)";
    IMPORT_LINES = "WITH old AS MATERIALIZED
            (SELECT line.import_id, line.line_number FROM import_line AS line JOIN import ON import.id = line.import_id
                WHERE import.finished_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM import_line WHERE (import_id, line_number) IN (SELECT import_id, line_number FROM old)";
    OLD_IMPORTS = "WITH old AS MATERIALIZED
            (SELECT id FROM import WHERE finished_at <= $1 AND CAST($2 AS BIGINT) = 0 LIMIT $3)
        DELETE FROM import WHERE id IN (SELECT id FROM old)";
    INTEGRATIONS = "SELECT id FROM integration ORDER BY id";
    OLD_RUNS = "SELECT run.id FROM sync_run AS run WHERE run.integration_id = $1 AND run.state NOT IN ('waiting', 'running')
            AND run.id < (SELECT max(newest.id) FROM sync_run AS newest WHERE newest.integration_id = $1)
            AND (run.finished_at <= $2
                OR run.id <= COALESCE((SELECT kept.id FROM sync_run AS kept WHERE kept.integration_id = $1 ORDER BY kept.id DESC LIMIT 1 OFFSET $3), 0))
        ORDER BY run.id LIMIT $4";
    STREAM_RUNS_OF = "DELETE FROM stream_run WHERE run_id = $1";
    RUN = "DELETE FROM sync_run WHERE id = $1";
}
