//! How the reading of reference data stands: asked for, or failed with the vendor's words and tried again.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IntegrationId;

use crate::decode::{optional, optional_known};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// A reading that waits or failed; there is none after one that succeeded.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ReferenceRead {
        /// Since when somebody waits for it; a failure answers them.
        pub requested_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When it last failed.
        pub failed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// How often in a row, since it was asked for.
        pub failures: i64,
        /// The vendor's words about it.
        pub message: Option<String>,
        /// What to check.
        pub hint: Option<Hint> = Option<String> => optional_known(Hint::from_key),
        /// When it is tried again by itself.
        pub next_attempt_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl ReferenceRead {
    /// Whether it was asked for since it last failed, so that the failure is no longer the news.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.requested_at.is_some()
    }
}

/// Why a reading failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRead<'a> {
    /// The vendor's words.
    pub message: &'a str,
    /// What to check.
    pub hint: Option<Hint>,
    /// How often in a row.
    pub failures: i64,
    /// When it is tried again by itself.
    pub next_attempt_at: Option<UtcMillis>,
}

/// How the reading of an integration's reference data stands.
///
/// # Errors
/// As any statement.
pub async fn find_reference_read(
    store: &Store,
    integration: IntegrationId,
) -> Result<Option<ReferenceRead>> {
    read_one!(store, FIND, integration.0)
}

/// The same as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_reference_read_in(
    tx: &mut Tx,
    integration: IntegrationId,
) -> Result<Option<ReferenceRead>> {
    tx_one!(tx, FIND, integration.0)
}

/// Somebody asked for it: the count of failures begins anew.
///
/// # Errors
/// As any statement.
pub async fn ask(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, ASK, integration.0, now.0)?;
    tx.tell("integration", integration.0);
    Ok(())
}

/// It failed.
///
/// # Errors
/// As any statement.
pub async fn update_failed(
    tx: &mut Tx,
    integration: IntegrationId,
    failed: &FailedRead<'_>,
) -> Result<()> {
    let now = tx.store().now();
    execute!(
        tx,
        FAILED,
        integration.0,
        now.0,
        failed.failures,
        failed.message,
        failed.hint.map(Hint::key),
        failed.next_attempt_at.map(|at| at.0)
    )?;
    tx.tell("integration", integration.0);
    Ok(())
}

/// It succeeded, or concerns nobody any more.
///
/// # Errors
/// As any statement.
pub async fn remove_reference_read(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    execute!(tx, REMOVE, integration.0).map(drop)
}

statements! {
    FIND = "SELECT requested_at, failed_at, failures, message, hint, next_attempt_at FROM reference_read WHERE integration_id = $1";
    ASK = "INSERT INTO reference_read (integration_id, requested_at) VALUES ($1, $2)
        ON CONFLICT (integration_id) DO UPDATE SET requested_at = excluded.requested_at, failures = 0";
    FAILED = "INSERT INTO reference_read (integration_id, failed_at, failures, message, hint, next_attempt_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (integration_id) DO UPDATE SET requested_at = NULL, failed_at = excluded.failed_at, failures = excluded.failures,
            message = excluded.message, hint = excluded.hint, next_attempt_at = excluded.next_attempt_at";
    REMOVE = "DELETE FROM reference_read WHERE integration_id = $1";
}
