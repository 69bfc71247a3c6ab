//! The setup wizard of an integration: where it stands, and what leaving a step does.
//!
//! Credentials are saved by [`crate::connect`] with [`Start::AfterWizard`](crate::connect::Start). From then on the
//! furthest step reached is a column of the integration, so that the wizard goes on there after a restart and for every
//! administrator. Leaving the Sync step for the first time starts the first run and arms the schedule; whoever opens a
//! completed setup again changes settings and nothing else.

mod check;

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::permission::RoleKind;
use domain::provider;
use domain::run::{RunState, Trigger};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use serde_json::json;
use store::audit::Actor;
use store::integrations::{self, Integration};
use store::{Tx, reference_items, roles, runs};

pub(crate) use check::lost_statuses;
pub use check::{SettingsProblem, check, gone};

use crate::connect::{ActionOutcome, MissingRight, SettingsOutcome, message};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request::{self, RequestOutcome, RunMode, RunRef};
use crate::run_plan::Wanted;
use crate::settings::{self, Put};
use crate::{audit, schedule};

/// Where a provider's setup stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The integration; `None` before its first connection.
    pub integration: Option<Integration>,
    /// The furthest step that was reached. Every step up to it may be shown.
    pub step: SetupStep,
    /// When the wizard was completed.
    pub completed_at: Option<UtcMillis>,
}

/// Where a provider's setup stands.
///
/// # Errors
/// As any statement.
pub async fn find(engine: &Engine, provider: &str) -> Result<Setup> {
    let all = integrations::list_integrations(engine.store()).await?;
    let integration = all.into_iter().find(|one| one.provider == provider);
    let connected = integration.as_ref().filter(|one| one.has_credentials());
    Ok(Setup {
        step: connected.map_or(SetupStep::Connect, |one| one.setup_step),
        completed_at: connected.and_then(|one| one.setup_completed_at),
        integration,
    })
}

/// What leaving the Sync step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveSync {
    /// What became of the settings. On a conflict or a refusal nothing was done.
    pub settings: SettingsOutcome,
    /// What became of the run: `Joined` and `Recent` when the same was started within two minutes (rule P12); `None`
    /// when nothing was done.
    pub run: Option<RequestOutcome>,
}

impl LeaveSync {
    const fn nothing(settings: SettingsOutcome) -> Self {
        Self {
            settings,
            run: None,
        }
    }
}

/// Leaves the Sync step: saves the settings, starts the run they need and, the first time, a full one and the schedule,
/// in one commit.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn leave_sync(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    expected_revision: i64,
    settings: IntegrationSettings,
) -> Result<LeaveSync> {
    let problems = problems(engine, id, SetupStep::Sync, &settings).await?;
    let mut tx = engine.store().begin().await?;
    let before = lock(&mut tx, id).await?;
    if !before.has_credentials() {
        return Ok(LeaveSync {
            settings: SettingsOutcome::Unchanged,
            run: Some(RequestOutcome::NotConnected),
        });
    }
    if let Some(outcome) = refused(&before, expected_revision, &settings, problems) {
        return Ok(LeaveSync::nothing(outcome));
    }
    let first = !before.is_armed();
    reach(&mut tx, actor, &before, SetupStep::Configure).await?;
    let put = settings::put(engine, &mut tx, actor, &before, expected_revision, settings).await?;
    let (integration, saved) = match put {
        Put::Conflict => return Ok(LeaveSync::nothing(SettingsOutcome::Conflict)),
        Put::Unchanged => (find_in(&mut tx, id).await?, None),
        Put::Saved(saved) => (saved.integration.clone(), Some(saved)),
    };
    if first {
        schedule::arm(engine, &mut tx, &integration).await?;
    }
    let needed = match &saved {
        Some(saved) if !first => saved.ask(engine, &mut tx, actor).await?,
        _ => None,
    };
    let run = match needed.clone() {
        Some(asked) => asked,
        None => ask_again(engine, &mut tx, actor, &integration, first).await?,
    };
    match &run {
        RequestOutcome::Started(run)
        | RequestOutcome::Joined(run)
        | RequestOutcome::Queued { behind: run } => {
            integrations::update_setup_run(&mut tx, id, &run.uuid).await?;
        }
        _ => {}
    }
    tx.commit().await?;
    Ok(LeaveSync {
        settings: saved.map_or(SettingsOutcome::Unchanged, |saved| {
            saved.outcome(needed.as_ref().or(first.then_some(&run)))
        }),
        run: Some(run),
    })
}

/// Asks for the run of the Sync step when the settings need none by themselves: a full one the first time, later what
/// changed. The run that was asked for here last stands for both while it goes on and for two minutes after it ended
/// well, also when another step changed other settings meanwhile (rule P12).
async fn ask_again(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    integration: &Integration,
    first: bool,
) -> Result<RequestOutcome> {
    if !first && let Some(last) = &integration.setup_run {
        match runs::find_run_by_uuid_in(tx, last).await? {
            Some(run) if !run.state.is_over() => {
                return Ok(RequestOutcome::Joined(RunRef::to(&run)));
            }
            Some(run) if ended_well_since(&run, engine.now().plus(-request::window::WINDOW)) => {
                return Ok(RequestOutcome::Recent {
                    run: Some(run.uuid),
                });
            }
            _ => {}
        }
    }
    let mode = if first {
        RunMode::Full
    } else {
        RunMode::Incremental
    };
    let wanted = Wanted::by(Trigger::Wizard, mode);
    request::ask_in(engine, tx, integration, actor, Trigger::Wizard, wanted).await
}

fn ended_well_since(run: &runs::Run, since: UtcMillis) -> bool {
    matches!(run.state, RunState::Completed | RunState::Partial)
        && run.finished_at.is_some_and(|at| at > since)
}

/// Leaves the Configure step: saves the settings and asks for the run their change makes necessary.
///
/// # Errors
/// As [`leave_sync`].
pub async fn leave_configure(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    expected_revision: i64,
    settings: IntegrationSettings,
) -> Result<SettingsOutcome> {
    let problems = problems(engine, id, SetupStep::Configure, &settings).await?;
    let mut tx = engine.store().begin().await?;
    let before = lock(&mut tx, id).await?;
    if let Some(outcome) = refused(&before, expected_revision, &settings, problems) {
        return Ok(outcome);
    }
    if before.is_armed() {
        reach(&mut tx, actor, &before, SetupStep::Import).await?;
    }
    keep(engine, tx, actor, &before, expected_revision, settings).await
}

/// Saves what was typed in a step without leaving it (*Save & Exit*, *Back*). Before the Sync step was left this starts
/// nothing; later it asks for the run the change makes necessary.
///
/// # Errors
/// As [`leave_sync`].
pub async fn save(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    step: SetupStep,
    expected_revision: i64,
    settings: IntegrationSettings,
) -> Result<SettingsOutcome> {
    let problems = problems(engine, id, step, &settings).await?;
    let mut tx = engine.store().begin().await?;
    let before = lock(&mut tx, id).await?;
    if let Some(outcome) = refused(&before, expected_revision, &settings, problems) {
        return Ok(outcome);
    }
    keep(engine, tx, actor, &before, expected_revision, settings).await
}

/// Saves checked settings, asks for the run they need and commits.
async fn keep(
    engine: &Engine,
    mut tx: Tx,
    actor: &Actor,
    before: &Integration,
    expected_revision: i64,
    settings: IntegrationSettings,
) -> Result<SettingsOutcome> {
    let outcome =
        match settings::put(engine, &mut tx, actor, before, expected_revision, settings).await? {
            Put::Conflict => return Ok(SettingsOutcome::Conflict),
            Put::Unchanged => SettingsOutcome::Unchanged,
            Put::Saved(saved) => {
                let run = saved.ask(engine, &mut tx, actor).await?;
                saved.outcome(run.as_ref())
            }
        };
    tx.commit().await?;
    Ok(outcome)
}

/// The required rights that are missing for what is chosen to be synced: a setup is not completed before they are granted,
/// or what needs them is switched off. None once a setup was completed: what is missing later is told, and nothing is taken
/// back.
#[must_use]
pub fn blocking_rights(integration: &Integration) -> Vec<MissingRight> {
    if integration.setup_step >= SetupStep::Complete {
        return Vec::new();
    }
    let provider = provider::find(&integration.provider);
    let chosen = &integration.settings.record_types;
    let needed = |area: &str| {
        provider.is_none_or(|provider| chosen.contains(&provider.record_type_of(area)))
    };
    let missing = integration.missing_permissions.iter();
    missing
        .filter(|missing| missing.required && needed(&missing.area))
        .map(MissingRight::from)
        .collect()
}

/// *Complete Setup*. Completing twice is completing once. Refused while [`blocking_rights`] are missing.
///
/// # Errors
/// As [`leave_sync`].
pub async fn complete(engine: &Engine, actor: &Actor, id: IntegrationId) -> Result<ActionOutcome> {
    let mut tx = engine.store().begin().await?;
    let before = lock(&mut tx, id).await?;
    if !before.has_credentials() {
        return Ok(ActionOutcome::NotConnected);
    }
    if !before.is_armed() {
        return Ok(ActionOutcome::Refused(message::plain(
            "Choose what to sync first: the Sync step was not left yet.",
        )));
    }
    let missing = blocking_rights(&before);
    if !missing.is_empty() {
        let named: Vec<String> = missing
            .iter()
            .map(|right| format!("{} ({})", right.area, right.right))
            .collect();
        return Ok(ActionOutcome::Refused(message::plain(format!(
            "Rights are missing that what is synced needs: {}. Grant them, then choose Next in the step Connect, or switch off \
             what needs them in the step Sync.",
            named.join("; ")
        ))));
    }
    reach(&mut tx, actor, &before, SetupStep::Complete).await?;
    tx.commit().await?;
    Ok(ActionOutcome::Done)
}

/// Moves a setup on to a step, never back.
async fn reach(tx: &mut Tx, actor: &Actor, before: &Integration, step: SetupStep) -> Result<()> {
    if before.setup_step >= step {
        return Ok(());
    }
    integrations::update_setup_step(tx, before.id, step).await?;
    let (was, is) = (before.setup_step.key(), step.key());
    audit::of_integration(
        tx,
        actor,
        "integration.setup",
        before,
        Some(json!({ "step": was })),
        Some(json!({ "step": is })),
    )
    .await
}

/// What is wrong with the fields of one step. Read before a transaction is open: nobody who holds one connection may
/// wait for another.
async fn problems(
    engine: &Engine,
    id: IntegrationId,
    step: SetupStep,
    settings: &IntegrationSettings,
) -> Result<Vec<SettingsProblem>> {
    let store = engine.store();
    let items = reference_items::list_with_owners(store, id).await?;
    let company_roles: Vec<PublicId> = roles::list_roles(store, RoleKind::Company)
        .await?
        .into_iter()
        .map(|role| role.uuid)
        .collect();
    let mut problems = check(settings, &items, &company_roles);
    problems.retain(|problem| problem.step == step);
    Ok(problems)
}

/// Why settings are not saved: somebody else was faster, or a value cannot be.
fn refused(
    before: &Integration,
    expected_revision: i64,
    settings: &IntegrationSettings,
    problems: Vec<SettingsProblem>,
) -> Option<SettingsOutcome> {
    if before.settings != *settings && before.settings_revision != expected_revision {
        return Some(SettingsOutcome::Conflict);
    }
    (!problems.is_empty()).then_some(SettingsOutcome::Refused(problems))
}

async fn lock(tx: &mut Tx, id: IntegrationId) -> Result<Integration> {
    integrations::lock_integration(tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))
}

async fn find_in(tx: &mut Tx, id: IntegrationId) -> Result<Integration> {
    integrations::find_integration_in(tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))
}
