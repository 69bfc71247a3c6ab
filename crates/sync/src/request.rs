//! Asking for a run: by a person, the schedule, a webhook or a change of settings (rules P9, P12).
//!
//! An integration has at most one active run. What is asked for meanwhile joins it when it is the same, or leaves a
//! wake-up per stream that becomes a successor in the commit that ends the active run, so that nothing is lost.

mod notes;
pub mod window;

use std::collections::{BTreeMap, BTreeSet};

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId, RunId};
use domain::job::{Job, Priority};
use domain::provider;
use domain::run::Trigger;
use domain::stream::{PullMode, Stream};
use store::audit::Actor;
use store::integrations::{self, Integration};
use store::runs::{self, NewRun, Run, WindowOutcome};
use store::{Tx, checkpoints, jobs};

pub use notes::{NotesState, notes_state, request_notes};
pub(crate) use notes::{NotesWhen, note_complete, notes_key, read_notes_again, resume_notes};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::pull;
use crate::run_plan::{self, Facts, Progress, Wanted};
use window::{Active, WhileActive};

/// Everything, or what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// Everything.
    Full,
    /// What changed since the watermark.
    Incremental,
}

impl RunMode {
    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
        }
    }
}

/// A run, to link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRef {
    /// Row id.
    pub id: RunId,
    /// Id in addresses.
    pub uuid: PublicId,
}

impl RunRef {
    pub(crate) fn to(run: &Run) -> Self {
        Self {
            id: run.id,
            uuid: run.uuid.clone(),
        }
    }
}

/// A person asks for what waits after an outage: it is tried at once. A part that is being read is not disturbed, and a
/// limit of the vendor that still holds is found out by the permit, without a request.
pub(crate) async fn hasten(engine: &Engine, tx: &mut Tx, run: &Run) -> Result<()> {
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    if let Some(part) = parts.iter().find(|part| !part.state.is_over()) {
        let job = Job::PullStream {
            integration: run.integration_id,
            stream: part.stream,
            stream_run: part.id,
        };
        jobs::enqueue(tx, &job, Priority::Interactive, engine.now()).await?;
    }
    Ok(())
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestOutcome {
    /// A run waits for a worker.
    Started(RunRef),
    /// The same is running already.
    Joined(RunRef),
    /// It starts when the active run has ended.
    Queued {
        /// The active run.
        behind: RunRef,
    },
    /// The same ran within two minutes; nothing was started.
    Recent {
        /// That run.
        run: Option<PublicId>,
    },
    /// There are no credentials, or the vendor refuses them.
    NotConnected,
    /// The Sync step of the setup wizard was not left yet; leaving it starts the first run.
    SetupOpen,
    /// No record type is selected, or nothing is due.
    NothingToRead,
}

/// Asks for a sync.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn request_sync(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    trigger: Trigger,
    mode: RunMode,
) -> Result<RequestOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let outcome = ask_in(
        engine,
        &mut tx,
        &integration,
        actor,
        trigger,
        Wanted::by(trigger, mode),
    )
    .await?;
    // *Resync* is what a person is told to press who granted a right; those no stream needs are looked at with the lists.
    let begins = matches!(
        outcome,
        RequestOutcome::Started(_) | RequestOutcome::Queued { .. }
    );
    if mode == RunMode::Full && begins && lacks_beside(&integration) {
        let job = Job::RefreshReferenceData { integration: id };
        jobs::enqueue(&mut tx, &job, Priority::Interactive, engine.now()).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

/// Whether a right is missing that the streams of a run do not look at by being read themselves.
fn lacks_beside(integration: &Integration) -> bool {
    let provider = provider::find(&integration.provider);
    let read = |area: &str| {
        provider.is_some_and(|provider| {
            let mut streams = provider.capability.streams.iter().map(|one| one.stream);
            streams.any(|stream| {
                integration.settings.reads(stream) && provider.words.stream(stream) == area
            })
        })
    };
    let mut missing = integration.missing_permissions.iter();
    missing.any(|missing| !read(&missing.area))
}

/// Asks, for a person who looks at the list of one stream, for what changed in it; the whole of it where the vendor cannot
/// tell what changed. A sync that reads it is joined, and within two minutes it is not read twice.
///
/// # Errors
/// As [`request_sync`].
pub async fn request_stream(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    stream: Stream,
) -> Result<RequestOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let wanted = Wanted {
        mode: RunMode::Incremental,
        streams: Some([stream].into()),
        // Named, so that it is not left out because its cadence is not due.
        whole: provider::find(&integration.provider)
            .and_then(|provider| provider.capability.stream(stream))
            .filter(|capability| !capability.incremental)
            .map(|capability| capability.stream)
            .into_iter()
            .collect(),
    };
    let trigger = Trigger::Resync;
    let outcome = ask_in(engine, &mut tx, &integration, actor, trigger, wanted).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Asks for some streams because something changed there (a webhook): never dropped, never windowed.
///
/// # Errors
/// As [`request_sync`].
pub async fn wake(
    engine: &Engine,
    id: IntegrationId,
    streams: BTreeSet<Stream>,
    trigger: Trigger,
) -> Result<RequestOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let wanted = Wanted {
        mode: RunMode::Incremental,
        streams: Some(streams),
        whole: BTreeSet::new(),
    };
    let outcome = ask_in(
        engine,
        &mut tx,
        &integration,
        &Actor::System,
        trigger,
        wanted,
    )
    .await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The same inside a transaction that holds the integration's lock.
pub(crate) async fn ask_in(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    actor: &Actor,
    trigger: Trigger,
    mut wanted: Wanted,
) -> Result<RequestOutcome> {
    if !integration.has_credentials() {
        return Ok(RequestOutcome::NotConnected);
    }
    if !integration.is_armed() {
        return Ok(RequestOutcome::SetupOpen);
    }
    if let Some(active) = runs::active_run_in(tx, integration.id).await? {
        let plan = plan(engine, tx, integration, &wanted).await?;
        let streams: BTreeSet<Stream> = plan.iter().map(|(stream, _)| *stream).collect();
        let facts = describe(tx, &active).await?;
        match window::while_active(
            &facts,
            trigger,
            wanted.mode,
            &streams,
            integration.settings_revision,
        ) {
            WhileActive::Join => {
                if trigger.is_windowed() {
                    hasten(engine, tx, &active).await?;
                }
                return Ok(RequestOutcome::Joined(RunRef::to(&active)));
            }
            WhileActive::Queue => {
                // Who asks by hand does not wait out the pause of a run that an outage holds up.
                if trigger.is_windowed() {
                    hasten(engine, tx, &active).await?;
                }
                let who = asker(actor);
                for stream in streams {
                    let whole = wanted.mode == RunMode::Full || wanted.whole.contains(&stream);
                    let trigger = wake_trigger(trigger, whole);
                    runs::put_wake_up(tx, integration.id, stream, trigger, who.as_deref()).await?;
                }
                return Ok(RequestOutcome::Queued {
                    behind: RunRef::to(&active),
                });
            }
            WhileActive::Supersede => pull::end_active_run(tx, integration.id).await?,
        }
    }
    let mode = wanted.mode;
    let window = window::key(
        integration.id,
        trigger,
        mode,
        wanted.streams.as_ref(),
        integration.settings_revision,
    );
    if let Some(key) = &window {
        let until = engine.now().plus(window::WINDOW);
        if let WindowOutcome::Closed { run_uuid } = runs::open_window(tx, key, until, None).await? {
            return Ok(RequestOutcome::Recent { run: run_uuid });
        }
    }
    let woken = absorb_wake_ups(tx, integration.id, &mut wanted).await?;
    let plan = plan(engine, tx, integration, &wanted).await?;
    if plan.is_empty() {
        if let Some(key) = &window {
            runs::remove_window(tx, key).await?;
        }
        return Ok(RequestOutcome::NothingToRead);
    }
    let now = engine.now();
    let who = asker(actor).or_else(|| woken.and_then(|woken| woken.requested_by));
    let run = insert(tx, integration, who, trigger, mode, plan, now).await?;
    if let Some(key) = &window {
        runs::set_window(tx, key, engine.now().plus(window::WINDOW), Some(&run.uuid)).await?;
    }
    Ok(RequestOutcome::Started(RunRef::to(&run)))
}

/// Starts the successor of a run that ended, when wake-ups came meanwhile (rule P9); it begins at `at`.
pub(crate) async fn succeed(
    engine: &Engine,
    tx: &mut Tx,
    id: IntegrationId,
    at: UtcMillis,
) -> Result<()> {
    let Some(integration) = integrations::find_integration_in(tx, id).await? else {
        return Ok(());
    };
    if !integration.is_armed() {
        return Ok(());
    }
    let mut wanted = Wanted {
        mode: RunMode::Incremental,
        streams: Some(BTreeSet::new()),
        whole: BTreeSet::new(),
    };
    let Some(woken) = absorb_wake_ups(tx, id, &mut wanted).await? else {
        return Ok(());
    };
    let plan = plan(engine, tx, &integration, &wanted).await?;
    if plan.is_empty() {
        return Ok(());
    }
    let mode = if wanted.whole.is_empty() {
        RunMode::Incremental
    } else {
        RunMode::Full
    };
    let (who, trigger) = (woken.requested_by, woken.trigger);
    insert(tx, &integration, who, trigger, mode, plan, at).await?;
    Ok(())
}

/// What woke a run.
struct Woken {
    /// What woke it first.
    trigger: Trigger,
    /// Who asked, when a person did.
    requested_by: Option<String>,
}

/// Adds waiting wake-ups to what is wanted; they are gone when the transaction commits. Answers what woke first.
async fn absorb_wake_ups(
    tx: &mut Tx,
    id: IntegrationId,
    wanted: &mut Wanted,
) -> Result<Option<Woken>> {
    let mut wake_ups = runs::take_wake_ups(tx, id).await?;
    wake_ups.sort_by_key(|wake_up| (!is_whole(wake_up.trigger_key), wake_up.at));
    let first = wake_ups.first().map(|first| Woken {
        trigger: first.trigger_key,
        requested_by: wake_ups
            .iter()
            .find_map(|wake_up| wake_up.requested_by.clone()),
    });
    for wake_up in wake_ups {
        if let Some(streams) = &mut wanted.streams {
            streams.insert(wake_up.stream);
        }
        if is_whole(wake_up.trigger_key) {
            wanted.whole.insert(wake_up.stream);
        }
    }
    Ok(first)
}

/// Triggers that, left as a wake-up, mean that the stream is to be read whole. The store keeps one of these when both
/// kinds meet.
const fn is_whole(trigger: Trigger) -> bool {
    matches!(
        trigger,
        Trigger::Resync
            | Trigger::SettingsChange
            | Trigger::Reconciliation
            | Trigger::Connect
            | Trigger::ClearResync
    )
}

/// The trigger to leave as a wake-up: its own when that says how to read, else the nearest that does.
const fn wake_trigger(trigger: Trigger, whole: bool) -> Trigger {
    match (whole, is_whole(trigger)) {
        (true, false) => Trigger::Resync,
        (false, true) => Trigger::QuickSync,
        _ => trigger,
    }
}

/// Who asked, when a person did.
fn asker(actor: &Actor) -> Option<String> {
    (*actor != Actor::System).then(|| actor.label().to_owned())
}

async fn describe(tx: &mut Tx, run: &Run) -> Result<Active> {
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    Ok(Active {
        trigger: run.trigger_key,
        mode: if run.mode == RunMode::Full.key() {
            RunMode::Full
        } else {
            RunMode::Incremental
        },
        streams: parts.iter().map(|part| part.stream).collect(),
        ahead: parts
            .iter()
            .filter(|part| part.started_at.is_none() && !part.state.is_over())
            .map(|part| part.stream)
            .collect(),
        settings_revision: run.settings_revision,
    })
}

async fn plan(
    engine: &Engine,
    tx: &mut Tx,
    integration: &Integration,
    wanted: &Wanted,
) -> Result<Vec<(Stream, PullMode)>> {
    let provider = provider::find(&integration.provider)
        .ok_or_else(|| Error::UnknownProvider(integration.provider.clone()))?;
    let mut progress = BTreeMap::new();
    for capability in provider.capability.streams {
        let found = checkpoints::find_checkpoint_in(tx, integration.id, capability.stream).await?;
        if let Some(found) = found.filter(|found| found.generation == integration.generation) {
            progress.insert(
                capability.stream,
                Progress {
                    watermark: found.watermark,
                    last_completed_at: found.last_completed_at,
                },
            );
        }
    }
    let facts = Facts {
        capability: &provider.capability,
        settings: &integration.settings,
        progress: &progress,
        connected_at: integration.connected_at.unwrap_or(UtcMillis(0)),
        now: engine.now(),
    };
    Ok(run_plan::plan(&facts, wanted)
        .into_iter()
        .map(|planned| (planned.stream, planned.mode))
        .collect())
}

/// Keeps a run and the job of its first part, in one commit.
async fn insert(
    tx: &mut Tx,
    integration: &Integration,
    requested_by: Option<String>,
    trigger: Trigger,
    mode: RunMode,
    streams: Vec<(Stream, PullMode)>,
    at: UtcMillis,
) -> Result<Run> {
    let new = NewRun {
        integration: integration.id,
        trigger,
        requested_by,
        mode: mode.key(),
        settings_revision: integration.settings_revision,
        generation: integration.generation,
        streams,
    };
    let run = runs::insert_run(tx, &new).await?;
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    if let Some(first) = parts.first() {
        let job = Job::PullStream {
            integration: integration.id,
            stream: first.stream,
            stream_run: first.id,
        };
        jobs::enqueue(tx, &job, pull::priority(trigger), at).await?;
    }
    tracing::info!(run = %run.uuid, trigger = trigger.key(), mode = mode.key(), "a run was asked for");
    Ok(run)
}
