//! How far each stream is known to be complete (rule P3).

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::stream::Stream;

use crate::decode::{optional, optional_flag, plain, stream};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// Progress of one stream across runs.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Checkpoint {
        /// The integration.
        pub integration_id: IntegrationId = i64 => plain(IntegrationId),
        /// The stream.
        pub stream: Stream = String => stream,
        /// The generation it belongs to; one of an older generation counts for nothing.
        pub generation: i64,
        /// Known complete up to this instant of the vendor's clock.
        pub watermark: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When a full run last completed.
        pub full_completed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When any run last completed.
        pub last_completed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When that run started: what freshness is measured from (rule S4).
        pub last_started_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// Whether the last full run agreed with the vendor's total.
        pub verified: Option<bool> = Option<i64> => optional_flag,
        /// How far the stamps of changes lag behind the vendor's clock at most, in milliseconds; `None` before a stamp told.
        pub stamp_lag: Option<i64>,
    }
}

impl Checkpoint {
    /// Of a stream that no run of the generation has completed.
    #[must_use]
    pub const fn unread(integration_id: IntegrationId, stream: Stream, generation: i64) -> Self {
        Self {
            integration_id,
            stream,
            generation,
            watermark: None,
            full_completed_at: None,
            last_completed_at: None,
            last_started_at: None,
            verified: None,
            stamp_lag: None,
        }
    }
}

/// One checkpoint.
///
/// # Errors
/// As any statement.
pub async fn find_checkpoint(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
) -> Result<Option<Checkpoint>> {
    read_one!(store, FIND, integration.0, stream.key())
}

/// One checkpoint as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_checkpoint_in(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
) -> Result<Option<Checkpoint>> {
    tx_one!(tx, FIND, integration.0, stream.key())
}

/// All checkpoints of an integration.
///
/// # Errors
/// As any statement.
pub async fn list_checkpoints(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<Checkpoint>> {
    let mut found: Vec<Checkpoint> = read_all!(store, LIST, integration.0)?;
    found.sort_by_key(|checkpoint| checkpoint.stream);
    Ok(found)
}

/// Keeps a checkpoint.
///
/// # Errors
/// As any statement.
pub async fn upsert_checkpoint(tx: &mut Tx, checkpoint: &Checkpoint) -> Result<()> {
    let millis = |at: Option<UtcMillis>| at.map(|at| at.0);
    execute!(
        tx,
        UPSERT,
        checkpoint.integration_id.0,
        checkpoint.stream.key(),
        checkpoint.generation,
        millis(checkpoint.watermark),
        millis(checkpoint.full_completed_at),
        millis(checkpoint.last_completed_at),
        millis(checkpoint.last_started_at),
        checkpoint.verified.map(i64::from),
        checkpoint.stamp_lag
    )
    .map(drop)
}

/// Forgets one stream's checkpoint, or all of an integration: the next run is a full one.
///
/// # Errors
/// As any statement.
pub async fn remove_checkpoints(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Option<Stream>,
) -> Result<()> {
    execute!(tx, REMOVE, integration.0, stream.map(Stream::key)).map(drop)
}

statements! {
    FIND = "SELECT * FROM checkpoint WHERE integration_id = $1 AND stream = $2";
    LIST = "SELECT * FROM checkpoint WHERE integration_id = $1";
    UPSERT = "INSERT INTO checkpoint (integration_id, stream, generation, watermark, full_completed_at, last_completed_at, last_started_at, verified, stamp_lag)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (integration_id, stream) DO UPDATE SET generation = excluded.generation, watermark = excluded.watermark,
            full_completed_at = excluded.full_completed_at, last_completed_at = excluded.last_completed_at,
            last_started_at = excluded.last_started_at, verified = excluded.verified, stamp_lag = excluded.stamp_lag";
    REMOVE = "DELETE FROM checkpoint WHERE integration_id = $1 AND (CAST($2 AS TEXT) IS NULL OR stream = $2)";
}
