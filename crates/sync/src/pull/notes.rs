//! All comments of one ticket, read and compared (rule P15): what the vendor no longer lists was deleted there.

use std::collections::HashSet;

use connectors::ErrorKind;
use connectors::limits::Urgency;
use connectors::page::Unreadable;
use domain::clock::UtcMillis;
use domain::id::{IntegrationId, StreamRunId};
use domain::job::Priority;
use domain::provider;
use domain::run::Counts;
use domain::stream::Stream;
use store::Tx;
use store::integrations;
use store::jobs::{self, ClaimedJob};
use store::pages::{self, RemovedReason};
use store::set_aside::{self, NewSetAside};

use super::records::Prepared;
use super::writer::Writer;
use crate::backoff;
use crate::connect::form;
use crate::connector;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request;
use crate::worker::Ended;

/// Attempts at an answer that is no passing trouble.
const ATTEMPTS: i64 = 3;

/// Reads the comments of one ticket.
pub(crate) async fn of_ticket(
    engine: &Engine,
    claimed: &ClaimedJob,
    id: IntegrationId,
    ticket: &str,
) -> Result<Ended> {
    let Some(integration) = integrations::find_integration(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    if !integration.has_credentials() || integration.refused_since.is_some() {
        return Ok(Ended::Done);
    }
    let provider = provider::find(&integration.provider)
        .ok_or_else(|| Error::UnknownProvider(integration.provider.clone()))?;
    let by_id = provider
        .capability
        .stream(Stream::TicketNotes)
        .is_some_and(|stream| stream.by_id);
    let credentials = form::stored(engine, id).await?;
    let connection = connector::open(
        engine,
        provider.key,
        credentials,
        &integration.settings,
        urgency(claimed),
    )?;
    let page = match connection.connector.ticket_notes(ticket).await {
        Ok(page) => page,
        Err(error) => return Ok(later(engine, claimed, &error)),
    };
    let version = connection.connector.mapper_version();
    let (mut records, _) = Prepared::from(page.batch, version, integration.generation);
    let doubtful = page.oddity.is_some() || !page.unreadable.is_empty();
    let here = pages::list_note_ids(engine.store(), id, ticket).await?;

    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    if !connector::still_concerns(&mut tx, &integration).await? {
        tx.rollback().await?;
        return Ok(Ended::Done);
    }
    let ids = records.ids.clone();
    let writer = Writer {
        engine,
        integration: &integration,
        stream: Stream::TicketNotes,
        adopt_all: false,
    };
    writer
        .write(&mut tx, &mut records, &mut Counts::default())
        .await?;
    let present: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let gone: Vec<i64> = here
        .iter()
        .filter(|row| !present.contains(row.external_id.as_str()))
        .map(|row| row.id)
        .collect();
    if !doubtful {
        pages::mark_removed(
            &mut tx,
            Stream::TicketNotes,
            &gone,
            RemovedReason::Vendor,
            engine.now(),
        )
        .await?;
    }
    put_aside(&mut tx, engine, id, by_id, &page.unreadable).await?;
    let odd = page.oddity.is_some();
    request::note_complete(&mut tx, engine, &integration, ticket, odd).await?;
    tx.tell("ticket_notes", id.0);
    tx.commit().await?;
    Ok(Ended::Done)
}

/// Sets aside comments that could not be read (rule P6); the part of a run they would belong to is none.
async fn put_aside(
    tx: &mut Tx,
    engine: &Engine,
    integration: IntegrationId,
    by_id: bool,
    unreadable: &[Unreadable],
) -> Result<()> {
    let named = unreadable
        .iter()
        .filter(|record| !record.external_id.is_empty());
    let records: Vec<NewSetAside> = named
        .map(|record| NewSetAside {
            external_id: record.external_id.clone(),
            field: record.field.clone(),
            reason: record.reason.clone(),
        })
        .collect();
    let again = by_id.then(|| engine.now().plus(backoff::set_aside(1)));
    let (stream, none) = (Stream::TicketNotes, StreamRunId(0));
    Ok(set_aside::upsert_set_aside(tx, integration, stream, none, &records, again).await?)
}

/// Whether a person waits for a job.
pub(crate) const fn urgency(claimed: &ClaimedJob) -> Urgency {
    if claimed.priority == Priority::Interactive as i64 {
        Urgency::Person
    } else {
        Urgency::Background
    }
}

/// What to do about a vendor's failure. The stream of comments will bring what is missing, so this never insists.
pub(crate) fn later(engine: &Engine, claimed: &ClaimedJob, error: &connectors::Error) -> Ended {
    let wait = error
        .retry_after
        .unwrap_or(UtcMillis::MINUTE)
        .max(UtcMillis::SECOND);
    let at = engine.now().plus(wait);
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
            tracing::warn!(%error, kind = claimed.job.kind(), "given up; the next run brings it");
            Ended::Done
        }
    }
}
