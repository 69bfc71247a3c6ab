//! *Clear & Resync* (rule P14): a new generation. Every stored hash differs from then on, every checkpoint counts for
//! nothing, and a full run reads everything anew. Ids, links and what is on its way stay; old rows stay visible until
//! the run completes; what the vendor no longer has is then gone.

use domain::id::IntegrationId;
use domain::run::Trigger;
use domain::stream::Stream;
use serde_json::json;
use store::audit::Actor;
use store::integrations::{self, Integration};
use store::runs::{self, Run};
use store::{Tx, checkpoints, pages};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request::{self, RequestOutcome, RunMode, RunRef};
use crate::run_plan::Wanted;
use crate::{audit, pull};

/// What *Clear & Resync* is about, to show before it is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearPreview {
    /// Tickets that are read again.
    pub tickets: u64,
    /// Notes that are read again.
    pub notes: u64,
    /// Companies whose link to a Portico company is kept.
    pub companies: u64,
    /// Contacts that are kept under their ids.
    pub contacts: u64,
}

/// Counts what it is about.
///
/// # Errors
/// As any statement.
pub async fn preview(engine: &Engine, id: IntegrationId) -> Result<ClearPreview> {
    let count = |stream| pages::count_shown(engine.store(), id, stream);
    Ok(ClearPreview {
        tickets: count(Stream::Tickets).await?,
        notes: count(Stream::TicketNotes).await?,
        companies: count(Stream::Companies).await?,
        contacts: count(Stream::Contacts).await?,
    })
}

/// Starts over. An active run is superseded, but one that starts over itself and has not stored anything yet is what was
/// asked for, and is joined.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn clear_and_resync(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
) -> Result<RequestOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    if !integration.has_credentials() {
        return Ok(RequestOutcome::NotConnected);
    }
    if !integration.is_armed() {
        return Ok(RequestOutcome::SetupOpen);
    }
    if let Some(active) = runs::active_run_in(&mut tx, id).await?
        && starts_over(&mut tx, &active, &integration).await?
    {
        request::hasten(engine, &mut tx, &active).await?;
        tx.commit().await?;
        return Ok(RequestOutcome::Joined(RunRef::to(&active)));
    }
    pull::end_active_run(&mut tx, id).await?;
    let generation = integration.generation + 1;
    integrations::set_generation(&mut tx, id, generation).await?;
    checkpoints::remove_checkpoints(&mut tx, id, None).await?;
    let cleared = integrations::find_integration_in(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let wanted = Wanted::by(Trigger::ClearResync, RunMode::Full);
    let outcome = request::ask_in(
        engine,
        &mut tx,
        &cleared,
        actor,
        Trigger::ClearResync,
        wanted,
    )
    .await?;
    if outcome == RequestOutcome::NothingToRead {
        // Nothing would ever bring the new generation.
        tx.rollback().await?;
        return Ok(outcome);
    }
    let (before, after) = (
        json!({ "generation": integration.generation }),
        json!({ "generation": generation }),
    );
    audit::of_integration(
        &mut tx,
        actor,
        "integration.clear_resync",
        &integration,
        Some(before),
        Some(after),
    )
    .await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Whether a run is a *Clear & Resync* under the present settings of which no page is stored yet: another one would read
/// nothing else.
async fn starts_over(tx: &mut Tx, run: &Run, integration: &Integration) -> Result<bool> {
    if run.trigger_key != Trigger::ClearResync
        || run.settings_revision != integration.settings_revision
    {
        return Ok(false);
    }
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    let untouched = |part: &runs::StreamRun| {
        !part.state.is_over() && part.counts.fetched == 0 && part.counts.set_aside == 0
    };
    Ok(parts.iter().all(untouched))
}
