//! Reference data: boards, queues, statuses, priorities, types. Read with the connection, nightly, and with
//! *Sync PSA Data*.

use std::collections::BTreeMap;
use std::sync::Arc;

use connectors::page::PermissionFinding;
use connectors::{Connector, ErrorKind};
use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use domain::provider;
use domain::secret::Secret;
use store::audit::Actor;
use store::integrations::Integration;
use store::jobs::{self, ClaimedJob, Settled};
use store::reference_reads::{self, FailedRead};
use store::{Tx, integrations, reference_items};

use crate::connect::{ActionOutcome, form, message};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::worker::Ended;
use crate::{audit, backoff, connector, health, pull};

/// Failures in a row after which only the nightly run or a person asks again.
const ATTEMPTS: i64 = 10;

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
    reference_reads::ask(&mut tx, id).await?;
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

/// Reads it. What goes wrong is stored in the vendor's words, for the page that asked, and tried again with backoff
/// where that can help.
pub(crate) async fn run(engine: &Engine, claimed: &ClaimedJob, id: IntegrationId) -> Result<Ended> {
    let Some(integration) = integrations::find_integration(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    if !integration.has_credentials() {
        return Ok(Ended::Done);
    }
    if integration.refused_since.is_some() {
        return refused_already(engine, claimed, &integration).await;
    }
    let credentials = form::stored(engine, id).await?;
    let connection = connector::open(
        engine,
        &integration.provider,
        credentials.clone(),
        &integration.settings,
        pull::notes::urgency(claimed),
    )?;
    let items = match connection.connector.reference_data().await {
        Ok(items) => items,
        Err(error) => return failed(engine, claimed, &integration, &credentials, &error).await,
    };
    let rights = look_at_rights(&connection.connector, &integration).await;
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
    for finding in &rights {
        health::told(&mut tx, &integration, finding).await?;
    }
    tx.commit().await?;
    Ok(Ended::Done)
}

/// What the credentials may do now, where a right was missing: not every right has a stream of records that tells when
/// it was granted. Nothing when the vendor does not say.
async fn look_at_rights(
    connector: &Arc<dyn Connector>,
    integration: &Integration,
) -> Vec<PermissionFinding> {
    if integration.missing_permissions.is_empty() {
        return Vec::new();
    }
    match connector.test_connection().await {
        Ok(report) => report.permissions,
        Err(error) => {
            tracing::info!(integration = %integration.uuid, %error, "rights could not be looked at");
            Vec::new()
        }
    }
}

/// The credentials were refused before: nothing is asked of the vendor, and whoever waits is told why.
async fn refused_already(
    engine: &Engine,
    claimed: &ClaimedJob,
    integration: &Integration,
) -> Result<Ended> {
    let mut tx = engine.store().begin().await?;
    let failed = FailedRead {
        message: integration.refused_message.as_deref().unwrap_or_default(),
        hint: Some(Hint::Credentials),
        failures: 1,
        next_attempt_at: None,
    };
    reference_reads::update_failed(&mut tx, integration.id, &failed).await?;
    settle(tx, claimed, Ended::Done).await
}

/// Writes down what the vendor said and when it is asked again, and settles the job in the same commit.
async fn failed(
    engine: &Engine,
    claimed: &ClaimedJob,
    integration: &Integration,
    credentials: &BTreeMap<String, Secret>,
    error: &connectors::Error,
) -> Result<Ended> {
    let (now, id) = (engine.now(), integration.id);
    let provider = provider::find(&integration.provider)
        .map_or(integration.provider.as_str(), |provider| provider.name);
    let words = message::sentence(provider, error);
    tracing::warn!(integration = %integration.uuid, %error, "reference data could not be read");
    let mut tx = engine.store().begin().await?;
    let present = integrations::lock_integration(&mut tx, id).await?;
    if !present.is_some_and(|present| present.has_credentials()) {
        return settle(tx, claimed, Ended::Done).await;
    }
    if error.kind == ErrorKind::AuthFailed {
        if form::stored_in(&mut tx, id).await? != *credentials {
            // Refused were those of before; the ones that stand now have not been tried.
            let again = later(now, words);
            return settle(tx, claimed, again).await;
        }
        health::refused(&mut tx, engine, integration, &words).await?;
    }
    let before = reference_reads::find_reference_read_in(&mut tx, id).await?;
    let failures = before.map_or(0, |read| read.failures);
    let (failures, wait) = next(error, failures);
    let next_attempt_at = wait.map(|wait| now.plus(wait));
    let failed = FailedRead {
        message: &words,
        hint: error.hint(),
        failures,
        next_attempt_at,
    };
    reference_reads::update_failed(&mut tx, id, &failed).await?;
    let ended = next_attempt_at.map_or(Ended::Done, |at| later(at, words));
    settle(tx, claimed, ended).await
}

const fn later(at: UtcMillis, reason: String) -> Ended {
    Ended::Later {
        at,
        reason,
        failed: false,
    }
}

/// How often it has failed now, and how long to wait; `None` when trying again by itself cannot help. Pure.
fn next(error: &connectors::Error, failures: i64) -> (i64, Option<i64>) {
    match error.kind {
        // The vendor says when, and nothing is wrong.
        ErrorKind::RateLimited => (failures, Some(backoff::limit(error.retry_after))),
        ErrorKind::Unavailable | ErrorKind::Unexpected => {
            let failures = failures + 1;
            let again = failures < ATTEMPTS;
            (failures, again.then(|| backoff::outage(failures)))
        }
        _ => (failures + 1, None),
    }
}

/// Settles the job together with what is written; when the lease was lost, nothing is.
async fn settle(mut tx: Tx, claimed: &ClaimedJob, ended: Ended) -> Result<Ended> {
    let held = match &ended {
        Ended::Later { at, .. } => {
            jobs::postpone(&mut tx, &claimed.lease, *at).await? != Settled::Lost
        }
        _ => jobs::complete(&mut tx, &claimed.lease).await?,
    };
    if held {
        tx.commit().await?;
        Ok(Ended::Settled)
    } else {
        tx.rollback().await?;
        Ok(Ended::LeaseLost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_backs_off_and_stops_where_trying_cannot_help() {
        let error = |kind| connectors::Error::new(kind, "reference data", "words");
        let minutes = |failures| {
            next(&error(ErrorKind::Unavailable), failures)
                .1
                .map(|wait| wait / UtcMillis::MINUTE)
        };
        assert_eq!(
            [0, 1, 2, 5, 8].map(minutes),
            [Some(1), Some(2), Some(5), Some(30), Some(30)]
        );
        assert_eq!(minutes(ATTEMPTS - 1), None, "the nightly run asks again");
        assert_eq!(next(&error(ErrorKind::PermissionDenied), 0), (1, None));
        let limited = error(ErrorKind::RateLimited).with_retry_after(Some(90_000));
        assert_eq!(
            next(&limited, 3),
            (3, Some(90_000)),
            "a limit is no failure"
        );
    }
}
