//! One life of the server: from its start to the end of the run that waited for it.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use domain::id::IntegrationId;
use store::{Store, jobs, runs};

use crate::installation::{Report, last_run};
use crate::place::Place;
use crate::product::Product;
use crate::sandbox::Sandbox;
use crate::workplace::Workplace;

/// How often is looked whether the run has ended; seldom enough to cost nothing.
const LOOK: Duration = Duration::from_millis(250);
/// How long a run may take.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// What one life did and took.
pub struct Phase {
    /// The run.
    pub report: Report,
    /// The most memory the server had resident, in MB, search index included.
    pub peak_rss_mb: f64,
    /// The same until the run ended, before the search index was brought up to date.
    pub peak_rss_of_run_mb: f64,
    /// Processor seconds of the server.
    pub cpu_seconds: f64,
    /// Processor seconds of the sandbox meanwhile.
    pub sandbox_cpu_seconds: f64,
}

/// Starts a server, waits until the newest run is over and no job is left, and stops it.
pub async fn run_server(
    workplace: &Workplace,
    place: &Place,
    sandbox: &Sandbox,
    integration: IntegrationId,
) -> Result<Phase> {
    let sandbox_before = sandbox.stats().await?.cpu_seconds;
    let mut product = Product::start(workplace.portico(), place, &sandbox.address()).await?;
    let store = place.look().await?;
    while runs::active_run(&store, integration).await?.is_some() {
        product.process().check_alive()?;
        tokio::time::sleep(LOOK).await;
    }
    let peak_rss_of_run_mb = product.process().peak_rss_mb()?;
    wait_until_idle(&store, &mut product, integration, PATIENCE).await?;
    let report = Report::of(&store, last_run(&store, integration).await?).await?;
    store.close().await;
    let phase = Phase {
        report,
        peak_rss_of_run_mb,
        peak_rss_mb: product.process().peak_rss_mb()?,
        cpu_seconds: product.process().cpu_seconds()?,
        sandbox_cpu_seconds: sandbox.stats().await?.cpu_seconds - sandbox_before,
    };
    product.stop().await?;
    Ok(phase)
}

/// Waits until no run is active and no job is due or running.
pub async fn wait_until_idle(
    store: &Store,
    product: &mut Product,
    integration: IntegrationId,
    patience: Duration,
) -> Result<()> {
    let start = Instant::now();
    loop {
        product.process().check_alive()?;
        let jobs = jobs::count_jobs(store).await?;
        let idle = jobs.due == 0 && jobs.running == 0;
        if idle && runs::active_run(store, integration).await?.is_none() {
            return Ok(());
        }
        if start.elapsed() > patience {
            bail!("the server is not idle after {patience:?}: {jobs:?}");
        }
        tokio::time::sleep(LOOK).await;
    }
}
