//! `portico worker`: background work without web pages, beside other nodes on PostgreSQL.

use std::sync::Arc;

use anyhow::bail;
use domain::clock::{SharedClock, SystemClock};
use tokio_util::task::TaskTracker;

use super::{Source, logging, serve, stop};
use crate::app::{App, Start};

/// Works until a signal comes.
///
/// # Errors
/// When Portico cannot start.
pub async fn run(source: &Source) -> anyhow::Result<()> {
    let config = source.load(None)?;
    logging::start(&config.log)?;
    if !config.uses_postgres() {
        bail!(
            "A separate worker needs PostgreSQL: with SQLite, one process does everything. Use portico serve."
        );
    }
    let stop = stop::on_signal()?;
    let clock: SharedClock = Arc::new(SystemClock);
    let app = App::open(
        config,
        clock,
        Start {
            stop: stop.clone(),
            ..Start::default()
        },
    )
    .await?;
    let tasks = TaskTracker::new();
    app.engine().start_worker(&tasks, stop.clone());
    tracing::info!("working");
    stop.cancelled().await;
    serve::finish(&app, &tasks).await;
    tracing::info!("stopped");
    Ok(())
}
