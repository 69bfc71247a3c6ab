//! One installation seen through the library, between two lives of the server: connecting, asking for runs, reading
//! what runs did.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::clock::{SystemClock, UtcMillis};
use domain::id::{IntegrationId, RunId};
use domain::job::Priority;
use domain::run::{Counts, RunState, Trigger};
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use store::audit::Actor;
use store::jobs::{self, JobState};
use store::runs::{self, Run, StreamRun};
use store::{Store, integrations};
use sync::connect::{self, ConnectOutcome, Start};
use sync::request::{self, RequestOutcome, RunMode};
use sync::{Engine, EngineConfig};

use crate::credentials;
use crate::place::Place;
use crate::sandbox::Address;

/// Until slots that are no longer used are given back.
const SLOTS: Duration = Duration::from_millis(200);
/// Jobs looked at.
const JOBS: i64 = 10_000;

/// An open installation. On SQLite no server may run on it meanwhile.
pub struct Installation {
    engine: Engine,
    /// The connected integration.
    pub integration: IntegrationId,
}

impl Installation {
    /// Connects a new installation to the sandbox and closes it again; the first run waits for a server.
    pub async fn connect(place: &Place, sandbox: &Address) -> Result<IntegrationId> {
        let engine = engine(place.open().await?, sandbox);
        let form = credentials::form(&sandbox.vendor);
        // Nothing starts by itself while something is measured.
        let settings = IntegrationSettings {
            auto_sync: false,
            company_source: true,
            ..IntegrationSettings::default()
        };
        let outcome = connect::connect(
            &engine,
            &Actor::CommandLine,
            &sandbox.vendor,
            &form,
            Some(settings),
            Start::Now,
        )
        .await?;
        // Trying the connection took slots of the vendor's; they are given back beside us.
        tokio::time::sleep(SLOTS).await;
        engine.store().close().await;
        match outcome {
            ConnectOutcome::Connected { integration, .. } => Ok(integration),
            ConnectOutcome::Refused(refusal) => bail!("connecting was refused: {refusal:?}"),
        }
    }

    /// Opens an installation that is connected.
    pub async fn open(place: &Place, sandbox: &Address) -> Result<Self> {
        let engine = engine(place.open().await?, sandbox);
        let all = integrations::list_integrations(engine.store()).await?;
        let integration = all.first().context("nothing is connected")?.id;
        Ok(Self {
            engine,
            integration,
        })
    }

    /// The store.
    pub fn store(&self) -> &Store {
        self.engine.store()
    }

    /// The engine over it.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Asks for a run that no two-minute window applies to; `None` when one that will do waits or runs already.
    pub async fn ask(&self, trigger: Trigger, mode: RunMode) -> Result<Option<RunId>> {
        let outcome = request::request_sync(
            &self.engine,
            &Actor::System,
            self.integration,
            trigger,
            mode,
        )
        .await?;
        match outcome {
            RequestOutcome::Started(run) => Ok(Some(run.id)),
            RequestOutcome::Joined(_) | RequestOutcome::Queued { .. } => Ok(None),
            other => bail!("a run was asked for, and the answer was {other:?}"),
        }
    }

    /// Lets the waits of waiting jobs be over, as if time had passed.
    pub async fn hurry(&self) -> Result<()> {
        let now = self.store().now();
        let waiting = jobs::list_jobs(self.store(), JobState::Ready, JOBS).await?;
        let mut tx = self.store().begin().await?;
        for job in waiting.iter().filter(|job| job.run_at > now) {
            jobs::enqueue(&mut tx, &job.payload, Priority::Low, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Closes it, so that a server can start.
    pub async fn close(self) {
        self.engine.store().close().await;
    }
}

fn engine(store: Store, sandbox: &Address) -> Engine {
    let mut config = EngineConfig::new("bench");
    config.base_urls = [(sandbox.vendor.clone(), sandbox.url.clone())].into();
    Engine::new(store, Arc::new(SystemClock), config)
}

/// The newest run.
pub async fn last_run(store: &Store, integration: IntegrationId) -> Result<Run> {
    let newest = runs::list_runs(store, integration, None, 1).await?;
    newest.into_iter().next().context("there is no run")
}

/// What one run did.
pub struct Report {
    /// The run.
    pub run: Run,
    /// Its streams.
    pub streams: Vec<StreamRun>,
}

impl Report {
    /// Reads it.
    pub async fn of(store: &Store, run: Run) -> Result<Self> {
        let streams = runs::list_stream_runs(store, run.id).await?;
        Ok(Self { run, streams })
    }

    /// Seconds from its first page to its last commit.
    pub fn seconds(&self) -> f64 {
        seconds(self.run.started_at, self.run.finished_at)
    }

    /// The counts of all streams.
    pub fn counts(&self) -> Counts {
        self.streams
            .iter()
            .fold(Counts::default(), |sum, part| sum.plus(part.counts))
    }

    /// One stream's part.
    pub fn stream(&self, stream: Stream) -> Option<&StreamRun> {
        self.streams.iter().find(|part| part.stream == stream)
    }

    /// Fails unless everything was read.
    pub fn check_completed(&self) -> Result<()> {
        if self.run.state != RunState::Completed {
            bail!("the run ended {:?}: {:?}", self.run.state, self.run.message);
        }
        for part in &self.streams {
            if !part.counts.adds_up() {
                bail!(
                    "the counts of {} do not add up: {:?}",
                    part.stream.key(),
                    part.counts
                );
            }
        }
        Ok(())
    }
}

/// Seconds a part took, and records a second.
pub fn pace(part: &StreamRun) -> (f64, f64) {
    let seconds = seconds(part.started_at, part.finished_at);
    (seconds, part.counts.fetched as f64 / seconds.max(1e-3))
}

fn seconds(from: Option<UtcMillis>, to: Option<UtcMillis>) -> f64 {
    match (from, to) {
        (Some(from), Some(to)) => to.since(from) as f64 / 1_000.0,
        _ => 0.0,
    }
}
