//! Records that could not be read (rule P6): tried again by id, with backoff, or at once when a person asks.

use connectors::ErrorKind;
use connectors::connector::Fetched;
use connectors::limits::Urgency;
use domain::id::{IntegrationId, SetAsideId};
use domain::job::{Job, Priority};
use domain::provider;
use serde_json::json;
use store::audit::Actor;
use store::jobs::{self, ClaimedJob};
use store::pages::{self, RemovedReason};
use store::set_aside::{self, SetAside};
use store::{Tx, integrations};

use crate::connect::form;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::pull;
use crate::worker::Ended;
use crate::{audit, backoff, connector};

/// Records asked for in one look.
const AT_ONCE: i64 = 100;
/// Attempts of a job at a vendor that does not answer properly; then the record waits as one that cannot be read.
const ATTEMPTS: i64 = 3;

/// Asks for the records that are due; called with the schedule.
pub(crate) async fn ask_due(engine: &Engine) -> Result<()> {
    let due = set_aside::list_due(engine.store(), engine.now(), AT_ONCE).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = engine.store().begin().await?;
    for record in due {
        enqueue(&mut tx, engine, &record, Priority::Low).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn enqueue(
    tx: &mut Tx,
    engine: &Engine,
    record: &SetAside,
    priority: Priority,
) -> Result<()> {
    let job = Job::RetrySetAside {
        integration: record.integration_id,
        set_aside: record.id,
    };
    jobs::enqueue(tx, &job, priority, engine.now()).await?;
    Ok(())
}

/// Tries one record, or all open ones of an integration, again at once. Answers how many.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn retry_set_aside(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    only: Option<SetAsideId>,
) -> Result<usize> {
    let store = engine.store();
    let integration = integrations::find_integration(store, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let (mut asked, mut after) = (0, None);
    loop {
        let open = match only {
            Some(_) if after.is_some() => break,
            Some(only) => {
                let found = set_aside::find_set_aside(store, only).await?;
                let open =
                    found.filter(|found| found.integration_id == id && found.resolved_at.is_none());
                open.into_iter().collect()
            }
            None => set_aside::list_open(store, id, after, AT_ONCE).await?,
        };
        let Some(last) = open.last().map(|record| record.id) else {
            break;
        };
        after = Some(last);
        let mut tx = store.begin().await?;
        for record in &open {
            enqueue(&mut tx, engine, record, Priority::Interactive).await?;
            asked += 1;
        }
        tx.commit().await?;
    }
    if asked > 0 {
        let mut tx = store.begin().await?;
        let after = json!({ "records": asked });
        audit::of_integration(
            &mut tx,
            actor,
            "integration.set_aside_retried",
            &integration,
            None,
            Some(after),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(asked)
}

/// Tries a record again.
pub(crate) async fn retry(
    engine: &Engine,
    claimed: &ClaimedJob,
    id: IntegrationId,
    record: SetAsideId,
) -> Result<Ended> {
    let store = engine.store();
    let (Some(record), Some(integration)) = (
        set_aside::find_set_aside(store, record).await?,
        integrations::find_integration(store, id).await?,
    ) else {
        return Ok(Ended::Done);
    };
    if record.resolved_at.is_some() {
        return Ok(Ended::Done);
    }
    if !integration.has_credentials() || integration.refused_since.is_some() {
        return wait(engine, &record).await;
    }
    let provider = provider::find(&integration.provider)
        .ok_or_else(|| Error::UnknownProvider(integration.provider.clone()))?;
    let credentials = form::stored(engine, id).await?;
    let connection = connector::open(
        engine,
        provider.key,
        credentials,
        &integration.settings,
        Urgency::Background,
    )?;
    let fetched = match connection
        .connector
        .fetch(record.stream, &record.external_id)
        .await
    {
        Ok(fetched) => fetched,
        Err(error) => return put_off(engine, claimed, &record, &error).await,
    };
    if let Fetched::Record(_, beside) = &fetched
        && let Err(error) = pull::side_lists::check(beside, &integration.settings.scope)
    {
        return put_off(engine, claimed, &record, &error).await;
    }
    let mut tx = store.begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    // Whatever settled the matter meanwhile knows more than this answer: a page may have brought a newer version.
    let open = match &fetched {
        Fetched::Record(..) => set_aside::resolve(&mut tx, record.id, "read").await?,
        Fetched::Gone => set_aside::resolve(&mut tx, record.id, "gone").await?,
        Fetched::Unreadable(_) => true,
    };
    if !open || !connector::still_concerns(&mut tx, &integration).await? {
        tx.rollback().await?;
        return Ok(Ended::Done);
    }
    match fetched {
        Fetched::Record(batch, beside) => {
            let version = connection.connector.mapper_version();
            let refused = pull::side_lists::unread(&beside);
            let stream = record.stream;
            pull::store_one(
                engine,
                &mut tx,
                &integration,
                stream,
                batch,
                refused,
                version,
            )
            .await?;
        }
        Fetched::Gone => {
            let ids = [record.external_id.as_str()];
            let known = pages::read_known(&mut tx, id, record.stream, &ids).await?;
            let rows: Vec<i64> = known.values().map(|row| row.id).collect();
            pages::mark_removed(
                &mut tx,
                record.stream,
                &rows,
                RemovedReason::Vendor,
                engine.now(),
            )
            .await?;
        }
        Fetched::Unreadable(again) => {
            let next = engine.now().plus(backoff::set_aside(record.attempts + 1));
            set_aside::postpone(
                &mut tx,
                record.id,
                again.field.as_deref(),
                &again.reason,
                Some(next),
            )
            .await?;
        }
    }
    tx.commit().await?;
    Ok(Ended::Done)
}

/// The vendor could not be asked. Passing trouble is the job's; what will not pass waits like a record that still
/// cannot be read, so that it is not asked for again at once.
async fn put_off(
    engine: &Engine,
    claimed: &ClaimedJob,
    record: &SetAside,
    error: &connectors::Error,
) -> Result<Ended> {
    let ended = later(engine, claimed, error);
    if matches!(ended, Ended::Done) {
        wait(engine, record).await
    } else {
        Ok(ended)
    }
}

/// What to do about a vendor's failure, as far as it is the job's business.
fn later(engine: &Engine, claimed: &ClaimedJob, error: &connectors::Error) -> Ended {
    let at = engine.now().plus(backoff::limit(error.retry_after));
    let reason = error.to_string();
    match error.kind {
        ErrorKind::RateLimited => Ended::Later {
            at,
            reason,
            failed: false,
        },
        ErrorKind::Unavailable | ErrorKind::Unexpected if claimed.attempts < ATTEMPTS => {
            Ended::Later {
                at,
                reason,
                failed: true,
            }
        }
        _ => {
            tracing::warn!(%error, "a record that was set aside could not be asked for");
            Ended::Done
        }
    }
}

/// Notes when the record is looked at again.
async fn wait(engine: &Engine, record: &SetAside) -> Result<Ended> {
    let next = engine.now().plus(backoff::set_aside(record.attempts + 1));
    let mut tx = engine.store().begin().await?;
    set_aside::postpone(
        &mut tx,
        record.id,
        record.field.as_deref(),
        &record.reason,
        Some(next),
    )
    .await?;
    tx.commit().await?;
    Ok(Ended::Done)
}
