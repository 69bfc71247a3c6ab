//! Upkeep that is nobody's in particular: the search index, sealing with the newest key, sweeping old rows.

use store::{ErrorKind, housekeeping, secrets, text_search, vacuum};

use crate::engine::Engine;
use crate::error::Result;
use crate::worker::Ended;

/// Rows per table indexed in one commit.
const INDEXED: i64 = 500;
/// Secrets sealed again in one commit.
const SEALED: i64 = 100;

/// Brings the text search index up to date, in small commits that let others write in between; PostgreSQL, which has
/// its index in the table, is made to look after tables that grew.
pub(crate) async fn index_search(engine: &Engine) -> Result<Ended> {
    let grown = vacuum::vacuum_grown(engine.store()).await?;
    if !grown.is_empty() {
        tracing::info!(tables = grown.join(", "), "vacuumed tables that grew");
    }
    while text_search::index_pending(engine.store(), INDEXED).await? {
        tokio::task::yield_now().await;
    }
    Ok(Ended::Done)
}

/// Seals what an older key sealed with the one that seals now (rule X1): what a rotation that was broken off left, and what
/// a node sealed that had not read the new key yet. A key file that lacks a key or cannot be read now (its disk is not
/// mounted, this node has none) is left to the next hour: nothing of it is a reason to try again sooner.
pub(crate) async fn rotate_secrets(engine: &Engine) -> Result<Ended> {
    match seal_again(engine).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            "the key file of this node lacks a key of the database; see portico doctor"
        ),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::KeyMissing { .. } | ErrorKind::Configuration | ErrorKind::Corrupt
            ) =>
        {
            tracing::warn!(%error, "nothing was sealed again; see portico doctor");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Ended::Done)
}

/// Seals again what an older key sealed; `false` when the file lacks a key.
async fn seal_again(engine: &Engine) -> store::Result<bool> {
    if !secrets::may_rotate(engine.store()).await? {
        return Ok(false);
    }
    while secrets::rotate_batch(engine.store(), SEALED).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(true)
}

/// Removes what is old.
pub(crate) async fn housekeeping(engine: &Engine) -> Result<Ended> {
    let removed = housekeeping::housekeeping(engine.store(), engine.now()).await?;
    tracing::debug!(?removed, "swept old rows");
    Ok(Ended::Done)
}
