//! The sign-in limiter, on all nodes and across restarts.
//!
//! Failures are counted per subject: an account by its e-mail key, and a network address. The first few are free, then
//! each doubles the pause, up to a quarter of an hour. A pause never locks an account for good, since then anybody
//! could lock anybody out.

use domain::clock::UtcMillis;

use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// Failures are forgotten this long after the first of a series, or after its last pause.
const SERIES: i64 = UtcMillis::HOUR;
/// The first pause.
const FIRST_PAUSE: i64 = 15 * UtcMillis::SECOND;
/// The longest pause.
const LONGEST_PAUSE: i64 = 15 * UtcMillis::MINUTE;

/// What is limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One account, by the normal form of its e-mail.
    Account(String),
    /// One network address.
    Address(String),
}

impl Subject {
    fn key(&self) -> String {
        match self {
            Self::Account(email_key) => format!("account:{email_key}"),
            Self::Address(address) => format!("address:{address}"),
        }
    }

    /// Many people may sign in from one office.
    const fn free(&self) -> i64 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 30,
        }
    }
}

/// Whether an attempt may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Go on.
    Allowed,
    /// Not before this instant; the password is not even looked at.
    Blocked(UtcMillis),
}

/// Counts an attempt as failed *before* the password is looked at, so that many attempts at once are all counted;
/// [`clear`] takes it back when it was right. A blocked attempt is not counted.
///
/// # Errors
/// As any statement.
pub async fn record_failure(tx: &mut Tx, subject: &Subject) -> Result<Attempt> {
    let now = tx.store().now();
    let key = subject.key();
    let counted: Option<(i64, i64)> = tx_one!(tx, COUNT, &key, now.0, now.plus(-SERIES).0)?;
    let Some((failures, _)) = counted else {
        let blocked: Option<(i64,)> = tx_one!(tx, FIND, &key, now.0)?;
        return Ok(Attempt::Blocked(
            blocked.map_or(now, |row| UtcMillis(row.0)),
        ));
    };
    let over = failures - subject.free();
    if over >= 0 {
        let pause = FIRST_PAUSE
            .saturating_mul(
                1_i64
                    .checked_shl(u32::try_from(over).unwrap_or(u32::MAX).min(20))
                    .unwrap_or(1),
            )
            .min(LONGEST_PAUSE);
        execute!(tx, BLOCK, &key, now.plus(pause).0)?;
    }
    Ok(Attempt::Allowed)
}

/// The attempt was right: the subject starts afresh.
///
/// # Errors
/// As any statement.
pub async fn clear(tx: &mut Tx, subject: &Subject) -> Result<()> {
    execute!(tx, REMOVE, subject.key()).map(drop)
}

/// One attempt of many was right: only that one is taken back, so that a right password does not forgive the wrong ones
/// before it.
///
/// # Errors
/// As any statement.
pub async fn take_back(tx: &mut Tx, subject: &Subject) -> Result<()> {
    execute!(tx, TAKE_BACK, subject.key(), subject.free()).map(drop)
}

/// Until when a subject is blocked, if it is.
///
/// # Errors
/// As any statement.
pub async fn blocked_until(store: &Store, subject: &Subject) -> Result<Option<UtcMillis>> {
    let found: Option<(i64,)> = read_one!(store, FIND, subject.key(), store.now().0)?;
    Ok(found.map(|row| UtcMillis(row.0)))
}

statements! {
    COUNT = "INSERT INTO sign_in_attempt (subject, failures, first_at, blocked_until) VALUES ($1, 1, $2, 0)
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN sign_in_attempt.first_at <= $3 AND sign_in_attempt.blocked_until <= $3 THEN 1 ELSE sign_in_attempt.failures + 1 END,
            first_at = CASE WHEN sign_in_attempt.first_at <= $3 AND sign_in_attempt.blocked_until <= $3 THEN $2 ELSE sign_in_attempt.first_at END
            WHERE sign_in_attempt.blocked_until <= $2
        RETURNING failures, first_at";
    FIND = "SELECT blocked_until FROM sign_in_attempt WHERE subject = $1 AND blocked_until > $2";
    BLOCK = "UPDATE sign_in_attempt SET blocked_until = $2 WHERE subject = $1";
    TAKE_BACK = "UPDATE sign_in_attempt SET failures = failures - 1, blocked_until = CASE WHEN failures <= $2 THEN 0 ELSE blocked_until END
        WHERE subject = $1 AND failures > 0";
    REMOVE = "DELETE FROM sign_in_attempt WHERE subject = $1";
}
