//! `portico sync`: asks for a sync and waits for it. With SQLite it does the work itself, so Portico must not be running
//! then; with PostgreSQL the workers do it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use domain::clock::{SharedClock, SystemClock};
use domain::id::RunId;
use domain::provider::{self, Words};
use domain::run::{RunState, Trigger};
use store::integrations::{Integration, list_integrations};
use store::runs;
use sync::Actor;
use sync::request::{RequestOutcome, RunMode, request_sync};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Source, logging, output, serve, stop};
use crate::app::{App, Start};

/// Arguments of `portico sync`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The integration: its provider (such as autotask), its name, or its id.
    integration: String,
    /// Read everything, not only what changed.
    #[arg(long)]
    full: bool,
}

/// Syncs; the exit status tells whether everything was read.
///
/// # Errors
/// When there is no such integration, or Portico is running on this SQLite database.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = source.load(None)?;
    logging::start(&config.log)?;
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
    .await
    .context("If Portico is running, press Resync on its page instead")?;
    let tasks = TaskTracker::new();
    if !app.config().uses_postgres() {
        app.engine().start_worker(&tasks, stop.clone());
    }
    let result = ask(&app, &arguments, &stop).await;
    stop.cancel();
    serve::finish(&app, &tasks).await;
    result
}

async fn ask(
    app: &App,
    arguments: &Arguments,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    let integration = find(app, &arguments.integration).await?;
    let mode = if arguments.full {
        RunMode::Full
    } else {
        RunMode::Incremental
    };
    let outcome = request_sync(
        app.engine(),
        &Actor::CommandLine,
        integration.id,
        Trigger::CommandLine,
        mode,
    )
    .await?;
    let run = match outcome {
        RequestOutcome::Started(run) => run.id,
        RequestOutcome::Joined(run) => {
            output::say("The same sync is running already; waiting for it.");
            run.id
        }
        RequestOutcome::Queued { behind } => {
            output::say(
                "Another sync is running; this one starts after it. Waiting for the one that runs.",
            );
            behind.id
        }
        RequestOutcome::Recent { .. } => {
            output::say("The same sync ran less than two minutes ago; nothing was started.");
            return Ok(ExitCode::SUCCESS);
        }
        RequestOutcome::NotConnected => bail!("{} is not connected", integration.name),
        RequestOutcome::SetupOpen => bail!(
            "the setup of {} is not finished: leave the Sync step of its wizard first",
            integration.name
        ),
        RequestOutcome::NothingToRead => {
            output::say("No record type is selected; there is nothing to read.");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let words = provider::find(&integration.provider).map_or(Words::PLAIN, |found| found.words);
    wait(app, run, words, stop).await
}

async fn find(app: &App, wanted: &str) -> anyhow::Result<Integration> {
    let all = list_integrations(app.store()).await?;
    let names = |all: &[Integration]| {
        all.iter()
            .map(|one| format!("{} ({})", one.provider, one.uuid))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut found: Vec<Integration> = all
        .iter()
        .filter(|one| one.provider == wanted || one.name == wanted || one.uuid.as_str() == wanted)
        .cloned()
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => bail!(
            "{wanted:?} fits several integrations; use an id: {}",
            names(&all)
        ),
        (None, _) if all.is_empty() => bail!("nothing is connected yet"),
        (None, _) => bail!(
            "there is no integration {wanted:?}; there are: {}",
            names(&all)
        ),
    }
}

async fn wait(
    app: &App,
    run: RunId,
    words: Words,
    stop: &CancellationToken,
) -> anyhow::Result<ExitCode> {
    loop {
        let Some(found) = runs::find_run(app.store(), run).await? else {
            bail!("the run was removed")
        };
        if found.state.is_over() {
            for part in runs::list_stream_runs(app.store(), run).await? {
                let counts = part.counts;
                output::say(&format!(
                    "{:<24} {:<10} fetched {}, created {}, changed {}, unchanged {}, removed {}, set aside {}",
                    words.stream(part.stream),
                    part.state.key(),
                    counts.fetched,
                    counts.created,
                    counts.changed,
                    counts.unchanged,
                    counts.removed,
                    counts.set_aside
                ));
            }
            let message = found
                .message
                .map(|message| format!(": {message}"))
                .unwrap_or_default();
            output::say(&format!("Sync {}{message}", found.state.key()));
            return Ok(if found.state == RunState::Completed {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        if tokio::time::timeout(Duration::from_millis(300), stop.cancelled())
            .await
            .is_ok()
        {
            bail!("stopped before the sync ended; it goes on at the next start");
        }
    }
}
