//! Wake-ups that came while a run was on: they say *go again* and are never lost (rule P9).

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::run::Trigger;
use domain::stream::Stream;

use crate::decode::{instant, known, stream};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// One stream that is to be read again.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WakeUp {
        /// The stream.
        pub stream: Stream = String => stream,
        /// What woke it first.
        pub trigger_key: Trigger = String => known(Trigger::from_key),
        /// Since when it waits.
        pub at: UtcMillis = i64 => instant,
        /// Who asked, when a person did.
        pub requested_by: Option<String>,
    }
}

/// Leaves a wake-up; the oldest one of a stream stays, but a trigger that means *read it whole* takes the place of one
/// that does not, with who asked for it. Of a person who asked the name stays when others ask as well.
///
/// # Errors
/// As any statement.
pub async fn put_wake_up(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    trigger: Trigger,
    requested_by: Option<&str>,
) -> Result<()> {
    let now = tx.store().now();
    let (stream, trigger) = (stream.key(), trigger.key());
    execute!(tx, PUT, integration.0, stream, trigger, now.0, requested_by).map(drop)
}

/// Takes all wake-ups of an integration: they are gone when the transaction commits.
///
/// # Errors
/// As any statement.
pub async fn take_wake_ups(tx: &mut Tx, integration: IntegrationId) -> Result<Vec<WakeUp>> {
    let mut taken: Vec<WakeUp> = tx_all!(tx, TAKE, integration.0)?;
    taken.sort_by_key(|wake_up| wake_up.stream);
    Ok(taken)
}

/// Looks at the wake-ups of an integration, oldest first.
///
/// # Errors
/// As any statement.
pub async fn list_wake_ups(store: &Store, integration: IntegrationId) -> Result<Vec<WakeUp>> {
    read_all!(store, LIST, integration.0)
}

statements! {
    PUT = "INSERT INTO wake_up (integration_id, stream, trigger_key, at, requested_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (integration_id, stream) DO UPDATE SET
            trigger_key = CASE WHEN excluded.trigger_key IN ('resync', 'settings_change', 'reconciliation', 'connect', 'clear_resync')
                THEN excluded.trigger_key ELSE wake_up.trigger_key END,
            requested_by = CASE WHEN excluded.trigger_key IN ('resync', 'settings_change', 'reconciliation', 'connect', 'clear_resync')
                THEN COALESCE(excluded.requested_by, wake_up.requested_by) ELSE COALESCE(wake_up.requested_by, excluded.requested_by) END";
    TAKE = "DELETE FROM wake_up WHERE integration_id = $1 RETURNING stream, trigger_key, at, requested_by";
    LIST = "SELECT stream, trigger_key, at, requested_by FROM wake_up WHERE integration_id = $1 ORDER BY at, stream";
}
