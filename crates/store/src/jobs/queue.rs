//! All jobs that wait under one serial key: put off, brought forward, withdrawn.

use domain::clock::UtcMillis;
use domain::job::Priority;

use crate::error::Result;
use crate::tx::{Connection, Tx};

/// Puts off what waits under a serial key: none of it is taken before `until`. Answers how many jobs that concerned; one
/// that somebody is just writing may be left out.
///
/// # Errors
/// As any statement.
pub async fn put_off(tx: &mut Tx, serial_key: &str, until: UtcMillis) -> Result<u64> {
    put_off_from(tx, serial_key, Priority::Interactive as i64, until).await
}

/// The same for what is as urgent as `priority` or less; what is more urgent stays.
///
/// # Errors
/// As any statement.
pub async fn put_off_from(
    tx: &mut Tx,
    serial_key: &str,
    priority: i64,
    until: UtcMillis,
) -> Result<u64> {
    Ok(match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query(PUT_OFF_SQLITE).bind(serial_key).bind(until.0);
            let query = query.bind(priority);
            query.execute(&mut **transaction).await?.rows_affected()
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query(PUT_OFF_POSTGRES).bind(serial_key).bind(until.0);
            let query = query.bind(priority);
            query.execute(&mut **transaction).await?.rows_affected()
        }
    })
}

/// Brings forward what waits under a serial key: all of it is due now. Answers how many jobs that concerned; one that
/// somebody is just writing may be left out.
///
/// # Errors
/// As any statement.
pub async fn bring_forward(tx: &mut Tx, serial_key: &str) -> Result<u64> {
    let now = tx.store().now();
    let brought = match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query(BRING_SQLITE).bind(serial_key).bind(now.0);
            query.execute(&mut **transaction).await?.rows_affected()
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query(BRING_POSTGRES).bind(serial_key).bind(now.0);
            query.execute(&mut **transaction).await?.rows_affected()
        }
    };
    if brought > 0 {
        // Any of them; the word is only that there is work.
        tx.tell("job", 0);
    }
    Ok(brought)
}

/// Withdraws up to `limit` of what waits under a serial key; answers how many.
///
/// # Errors
/// As any statement.
pub async fn withdraw_batch(tx: &mut Tx, serial_key: &str, limit: i64) -> Result<u64> {
    execute!(tx, WITHDRAW_BATCH, serial_key, limit)
}

statements! {
    PUT_OFF_SQLITE for Sqlite = "UPDATE job SET run_at = $2 WHERE state = 0 AND serial_key = $1 AND run_at < $2 AND priority >= $3";
    // Two who write many jobs in different orders would wait for each other for ever.
    PUT_OFF_POSTGRES for Postgres = "UPDATE job SET run_at = $2 WHERE id IN
        (SELECT id FROM job WHERE state = 0 AND serial_key = $1 AND run_at < $2 AND priority >= $3 FOR UPDATE SKIP LOCKED)";
    BRING_SQLITE for Sqlite = "UPDATE job SET run_at = $2 WHERE state = 0 AND serial_key = $1 AND run_at > $2";
    BRING_POSTGRES for Postgres = "UPDATE job SET run_at = $2 WHERE id IN
        (SELECT id FROM job WHERE state = 0 AND serial_key = $1 AND run_at > $2 FOR UPDATE SKIP LOCKED)";
    WITHDRAW_BATCH = "WITH old AS MATERIALIZED (SELECT id FROM job WHERE state = 0 AND serial_key = $1 LIMIT $2) DELETE FROM job WHERE id IN (SELECT id FROM old)";
}
