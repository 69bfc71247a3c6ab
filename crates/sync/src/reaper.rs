//! The reaper: brings back what a vanished worker held (rule S6), and ends runs that nobody will finish.

use std::time::Duration;

use domain::clock::UtcMillis;
use store::jobs;
use store::permits;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::error::Result;
use crate::{imports, pull};

/// How often expired leases are looked for.
const EVERY: Duration = Duration::from_secs(2);

/// How often runs are looked for whose job is dead: a node may have died between burying the job and its run.
const BURY: i64 = UtcMillis::MINUTE;

/// Looks until stopped.
pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut buried_at = engine.now();
    loop {
        if let Err(error) = engine.reap().await {
            tracing::warn!(%error, "cannot take expired leases back, trying again");
        }
        if engine.now().since(buried_at) >= BURY {
            buried_at = engine.now();
            if let Err(error) = bury_runs(&engine).await {
                tracing::warn!(%error, "cannot end runs whose job is dead, trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Engine {
    /// Takes back what vanished workers held. The worker does this by itself every other second; tests call it.
    ///
    /// # Errors
    /// As any statement.
    pub async fn reap(&self) -> Result<()> {
        permits::release_slots_of_silent(self.store(), self.now().plus(-jobs::LEASE)).await?;
        let (ready, dead) = jobs::release_expired(self.store(), self.now()).await?;
        if ready + dead > 0 {
            tracing::info!(ready, dead, "took back jobs of a worker that vanished");
        }
        if dead > 0 {
            bury_runs(self).await?;
        }
        Ok(())
    }

    /// What a worker does first at its start. On SQLite everything leased belongs to a process that is gone: we hold
    /// the file's lock. On either engine, runs whose job is dead end. Tests call it after a crash.
    ///
    /// # Errors
    /// As any statement.
    pub async fn take_back_own(&self) -> Result<()> {
        jobs::release_own(self.store()).await?;
        self.permits().take_back_own().await?;
        bury_runs(self).await
    }
}

/// Ends the parts of runs, and the imports, whose job had its last attempt.
async fn bury_runs(engine: &Engine) -> Result<()> {
    for row in jobs::list_abandoning_jobs(engine.store()).await? {
        let reason = row.last_error.unwrap_or_default();
        let mut tx = engine.store().begin().await?;
        pull::job_given_up(engine, &mut tx, &row.payload, &reason).await?;
        tx.commit().await?;
    }
    imports::bury(engine).await
}
