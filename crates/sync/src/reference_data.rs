//! Reference data: boards, queues, statuses, priorities, types. Read with the connection, nightly, and with
//! *Sync PSA Data*.

use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use store::audit::Actor;
use store::jobs::{self, ClaimedJob};
use store::{integrations, reference_items};

use crate::connect::{ActionOutcome, form};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::worker::Ended;
use crate::{audit, connector, pull};

/// Asks for it to be read again.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn refresh_reference_data(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
) -> Result<ActionOutcome> {
    let mut tx = engine.store().begin().await?;
    let integration = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    if !integration.has_credentials() {
        return Ok(ActionOutcome::NotConnected);
    }
    let job = Job::RefreshReferenceData { integration: id };
    jobs::enqueue(&mut tx, &job, Priority::Interactive, engine.now()).await?;
    audit::of_integration(
        &mut tx,
        actor,
        "integration.reference_data",
        &integration,
        None,
        None,
    )
    .await?;
    tx.commit().await?;
    Ok(ActionOutcome::Done)
}

/// Reads it.
pub(crate) async fn run(engine: &Engine, claimed: &ClaimedJob, id: IntegrationId) -> Result<Ended> {
    let Some(integration) = integrations::find_integration(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    if !integration.has_credentials() || integration.refused_since.is_some() {
        return Ok(Ended::Done);
    }
    let credentials = form::stored(engine, id).await?;
    let connection = connector::open(
        engine,
        &integration.provider,
        credentials,
        &integration.settings,
        pull::notes::urgency(claimed),
    )?;
    let items = match connection.connector.reference_data().await {
        Ok(items) => items,
        Err(error) => return Ok(pull::notes::later(engine, claimed, &error)),
    };
    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    if !connector::still_concerns(&mut tx, &integration).await? {
        tx.rollback().await?;
        return Ok(Ended::Done);
    }
    reference_items::replace_reference_items(&mut tx, id, &items).await?;
    integrations::update_reference_data_at(&mut tx, id, engine.now()).await?;
    tx.commit().await?;
    Ok(Ended::Done)
}
