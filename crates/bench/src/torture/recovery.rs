//! After a kill: the server comes back, finishes what was interrupted, reads once more, and everything is looked at.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use domain::clock::UtcMillis;
use domain::id::{IntegrationId, JobId};
use domain::run::{RunState, Trigger};
use store::jobs::{JobState, count_jobs, list_jobs};
use store::runs::{active_run, list_runs, list_stream_runs};
use store::{Store, checkpoints, integrations, set_aside};
use sync::request::RunMode;

use super::compare::{Comparison, compare};
use crate::installation::{Installation, Report};
use crate::place::Place;
use crate::product::Product;
use crate::sandbox::Sandbox;
use crate::sync_bench::phase::wait_until_idle;

/// Every job is runnable again within this time after a crash (rule S6).
const RUNNABLE: Duration = Duration::from_secs(30);
/// How long finishing may take, waits for limits of the vendor included.
const PATIENCE: Duration = Duration::from_secs(180);
/// Runs whose counts are looked at again.
const RUNS: i64 = 20;
const JOBS: i64 = 1_000;

/// What recovery took and found.
pub struct Recovery {
    /// What the kill met: the stream that was being read and how far it had come.
    pub met: Option<String>,
    /// Until no job was held by the dead server.
    pub takeover: Duration,
    /// Until everything was read.
    pub reading: Duration,
    /// How the last run read.
    pub mode: RunMode,
    /// What was compared.
    pub comparison: Comparison,
}

/// Brings an installation back and compares. `whole` asks for a full run, because only that can find what happened.
pub async fn recover(
    portico: &std::path::Path,
    place: &Place,
    sandbox: &Sandbox,
    integration: IntegrationId,
    whole: bool,
) -> Result<Recovery> {
    let address = sandbox.address();
    let installation = Installation::open(place, &address).await?;
    let held = held_jobs(installation.store()).await?;
    let met = if held.is_empty() {
        None
    } else {
        interrupted(installation.store(), integration).await?
    };
    installation.hurry().await?;
    installation.close().await;

    let start = Instant::now();
    let mut product = Product::start(portico, place, &address).await?;
    let store = place.look().await?;
    let takeover = wait_for_takeover(&store, &mut product, &held, start).await?;
    wait_until_idle(&store, &mut product, integration, PATIENCE).await?;
    store.close().await;
    product.stop().await?;

    let installation = Installation::open(place, &address).await?;
    let whole = whole || needs_whole(installation.store(), integration).await?;
    let (trigger, mode) = match whole {
        true => (Trigger::Reconciliation, RunMode::Full),
        false => (Trigger::Schedule, RunMode::Incremental),
    };
    let asked = installation
        .ask(trigger, mode)
        .await?
        .context("a run is still active")?;
    installation.close().await;
    let mut product = Product::start(portico, place, &address).await?;
    let store = place.look().await?;
    wait_until_idle(&store, &mut product, integration, PATIENCE).await?;
    let idle_at = store.now();
    store.close().await;
    product.stop().await?;

    let reading = start.elapsed();
    let installation = Installation::open(place, &address).await?;
    let mut comparison = compare(&installation, sandbox).await?;
    let store = installation.store();
    let last = store::runs::find_run(store, asked)
        .await?
        .context("the run is gone")?;
    if last.state != RunState::Completed {
        comparison.mismatches.push(format!(
            "the last run ended {:?}: {:?}",
            last.state, last.message
        ));
    }
    look_at_rows(store, integration, idle_at, &mut comparison).await?;
    installation.close().await;
    Ok(Recovery {
        met,
        takeover,
        reading,
        mode,
        comparison,
    })
}

/// The part of a run that was being worked on.
async fn interrupted(store: &Store, integration: IntegrationId) -> Result<Option<String>> {
    let Some(run) = active_run(store, integration).await? else {
        return Ok(None);
    };
    let parts = list_stream_runs(store, run.id).await?;
    let part = parts
        .into_iter()
        .find(|part| part.state == RunState::Running);
    Ok(part.map(|part| {
        let phase = match part.phase.as_str() {
            "pages" => String::new(),
            other => format!(", {other}"),
        };
        format!(
            "{} after {} pages{phase}",
            part.stream.key(),
            part.counts.pages
        )
    }))
}

/// Jobs the dead server held, with its name.
async fn held_jobs(store: &Store) -> Result<Vec<(JobId, Option<String>)>> {
    let running = list_jobs(store, JobState::Running, JOBS).await?;
    Ok(running
        .into_iter()
        .map(|job| (job.id, job.lease_by))
        .collect())
}

async fn wait_for_takeover(
    store: &Store,
    product: &mut Product,
    held: &[(JobId, Option<String>)],
    start: Instant,
) -> Result<Duration> {
    loop {
        product.process().check_alive()?;
        let still = held_jobs(store)
            .await?
            .into_iter()
            .filter(|job| held.contains(job))
            .count();
        if still == 0 {
            return Ok(start.elapsed());
        }
        if start.elapsed() > RUNNABLE {
            bail!("{still} jobs are still held by the dead server after {RUNNABLE:?}");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Records that were set aside, and streams that were never read whole in this generation, are found by a full run.
async fn needs_whole(store: &Store, integration: IntegrationId) -> Result<bool> {
    let (aside, _) = set_aside::count_open(store, integration).await?;
    let row = integrations::find_integration(store, integration)
        .await?
        .context("the integration is gone")?;
    let known = checkpoints::list_checkpoints(store, integration).await?;
    let read = known
        .iter()
        .filter(|one| one.generation == row.generation && one.last_completed_at.is_some());
    let provider = domain::provider::find(&row.provider).context("an unknown provider")?;
    Ok(aside > 0 || read.count() < provider.capability.streams.len())
}

/// What must hold whatever happened: counts add up, nothing is left running, nothing is set aside. A job may have come due
/// after the server was idle, while it was being stopped and its records were compared: an attempt that waits for its turn.
async fn look_at_rows(
    store: &Store,
    integration: IntegrationId,
    idle_at: UtcMillis,
    comparison: &mut Comparison,
) -> Result<()> {
    let mut notes = Vec::new();
    for run in list_runs(store, integration, None, RUNS).await? {
        let report = Report::of(store, run).await?;
        let uuid = &report.run.uuid;
        if !report.run.state.is_over() {
            notes.push(format!("run {uuid} is still {:?}", report.run.state));
        }
        for part in &report.streams {
            if !part.counts.adds_up() {
                notes.push(format!(
                    "run {uuid}: counts of {} do not add up: {:?}",
                    part.stream.key(),
                    part.counts
                ));
            }
            if report.run.state.is_over() && !part.state.is_over() {
                notes.push(format!(
                    "run {uuid} is over and its {} is {:?}",
                    part.stream.key(),
                    part.state
                ));
            }
        }
    }
    let jobs = count_jobs(store).await?;
    let overdue = jobs.oldest_due.is_some_and(|due| due <= idle_at);
    if jobs.running > 0 || jobs.dead > 0 || overdue {
        notes.push(format!("jobs are left over: {jobs:?}"));
    }
    let (aside, _) = set_aside::count_open(store, integration).await?;
    if aside > 0 {
        notes.push(format!("{aside} records are still set aside"));
    }
    comparison.mismatches.extend(notes);
    Ok(())
}
