//! What a vendor's own limits cost: the first sync against a sandbox that has them, until the first page of tickets can be
//! looked at and until every comment is here.
//!
//! Hours at a vendor's pace would be hours of measuring, so the clocks of Portico and of the sandbox run twenty times as
//! fast as ours, and every answer takes what would be 300 ms on them. Jobs run one after the other.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use domain::clock::{Clock, ManualClock, SharedClock, UtcMillis};
use domain::id::IdentityId;
use domain::settings::IntegrationSettings;
use domain::viewer::Viewer;
use simulator::{Control, Fault, FaultKind, StandConfig, WorldConfig};
use store::audit::Actor;
use store::jobs::{self, JobState};
use store::listing::Direction;
use store::tickets::{self, TicketFilter, TicketSort};
use store::{Store, runs};
use sync::connect::{self, ConnectOutcome, Start};
use sync::{Engine, EngineConfig};

use crate::credentials;
use crate::workplace::Workplace;

/// How much faster than ours the clocks run.
const SPEED: i64 = 20;
/// What an answer takes by those clocks, in milliseconds.
const ANSWER: u64 = 300;
/// Tickets at the vendor.
const TICKETS: u32 = 400;
/// Rows of the first page of the ticket list.
const PAGE: u32 = 50;
const TICK: Duration = Duration::from_millis(2);
/// How long it may take by our clock.
const PATIENCE: Duration = Duration::from_secs(600);
const JOBS: i64 = 100;

/// What the limits cost.
#[derive(Debug, Clone, Copy)]
pub struct RealLimits {
    /// Tickets at the vendor.
    pub tickets: u32,
    /// Seconds until the first page of tickets can be looked at, and requests until then.
    pub first_page: (f64, u64),
    /// Seconds until everything is here, comments included, and requests until then.
    pub everything: (f64, u64),
}

/// Measures a vendor.
pub async fn measure(workplace: &Workplace, vendor: &str) -> Result<RealLimits> {
    let start = UtcMillis(1_790_000_000_000);
    let world = WorldConfig {
        tickets: TICKETS,
        ..WorldConfig::default()
    };
    let config = StandConfig {
        world,
        clock_start_ms: Some(start.0),
        ..StandConfig::default()
    };
    let sandbox = simulator::start_vendor(vendor, config).await?;
    let control = sandbox.control().clone();
    control.set_fault(Fault::new(FaultKind::Delay {
        ms: ANSWER / SPEED.unsigned_abs(),
    }));
    let clock = ManualClock::starting_at(start);
    let ticking = tokio::spawn(tick(Arc::clone(&clock), control.clone()));
    let place = workplace.place(crate::place::Engine::Sqlite)?;
    let store = place.open_at(Arc::clone(&clock) as SharedClock).await?;
    let mut config = EngineConfig::new("bench");
    config.base_urls = [(vendor.to_owned(), sandbox.base_url())].into();
    let engine = Engine::new(store, Arc::clone(&clock) as SharedClock, config);
    let measured =
        tokio::time::timeout(PATIENCE, first_sync(&engine, &clock, &control, vendor)).await;
    ticking.abort();
    engine.store().close().await;
    sandbox.stop().await;
    measured.context("the first sync at the vendor's limits took too long")?
}

async fn tick(clock: Arc<ManualClock>, control: Control) {
    let mut before = tokio::time::Instant::now();
    loop {
        tokio::time::sleep(TICK).await;
        let now = tokio::time::Instant::now();
        let passed = i64::try_from((now - before).as_millis()).unwrap_or(0);
        before += Duration::from_millis(passed.unsigned_abs());
        clock.advance(passed * SPEED);
        control.advance_clock(passed * SPEED);
    }
}

async fn first_sync(
    engine: &Engine,
    clock: &ManualClock,
    control: &Control,
    vendor: &str,
) -> Result<RealLimits> {
    let begin = clock.now();
    let elapsed = || {
        (
            clock.now().since(begin) as f64 / 1_000.0,
            control.stats().request_count,
        )
    };
    let settings = IntegrationSettings {
        auto_sync: false,
        company_source: true,
        ..IntegrationSettings::default()
    };
    let form = credentials::form(vendor);
    let actor = Actor::CommandLine;
    let outcome =
        connect::connect(engine, &actor, vendor, &form, Some(settings), Start::Now).await?;
    let ConnectOutcome::Connected { integration, .. } = outcome else {
        bail!("connecting was refused: {outcome:?}");
    };
    let working = {
        let engine = engine.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = engine.run_until_idle().await {
                    return error;
                }
                tokio::time::sleep(TICK).await;
            }
        })
    };
    let mut first_page = None;
    loop {
        if working.is_finished() {
            bail!("the worker ended: {}", working.await?);
        }
        if first_page.is_none() && shows_a_page(engine.store()).await? {
            first_page = Some(elapsed());
        }
        let over = runs::active_run(engine.store(), integration)
            .await?
            .is_none();
        if over && notes_waiting(engine.store()).await? == 0 {
            break;
        }
        tokio::time::sleep(TICK).await;
    }
    let everything = elapsed();
    working.abort();
    Ok(RealLimits {
        tickets: TICKETS,
        first_page: first_page.context("no page of tickets came")?,
        everything,
    })
}

async fn shows_a_page(store: &Store) -> Result<bool> {
    let viewer = Viewer::Staff(IdentityId(0));
    let filter = TicketFilter::default();
    let (sort, direction) = (TicketSort::Created, Direction::Descending);
    let listing =
        tickets::list_for_viewer(store, &viewer, &filter, sort, direction, None, PAGE).await?;
    Ok(listing.rows.len() >= PAGE as usize)
}

/// Tickets whose comments are still to be read.
async fn notes_waiting(store: &Store) -> Result<usize> {
    let mut waiting = 0;
    for state in [JobState::Ready, JobState::Running] {
        let jobs = jobs::list_jobs(store, state, JOBS).await?;
        let notes = jobs
            .iter()
            .filter(|job| job.payload.kind() == "pull_ticket_notes");
        waiting += notes.count();
    }
    Ok(waiting)
}
