//! All comments of one ticket, read and compared (rule P15): what the vendor no longer lists was deleted there.

use std::collections::HashSet;

use connectors::ErrorKind;
use connectors::limits::Urgency;
use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::job::Priority;
use domain::provider;
use domain::run::Counts;
use domain::stream::Stream;
use store::integrations;
use store::jobs::{self, ClaimedJob};
use store::pages::{self, RemovedReason};

use super::records::Prepared;
use super::writer::Writer;
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
    let credentials = form::stored(engine, id).await?;
    let connection = connector::open(
        engine,
        provider.key,
        credentials,
        &integration.settings,
        if claimed.priority == Priority::Interactive as i64 {
            Urgency::Person
        } else {
            Urgency::Background
        },
    )?;
    let page = match connection.connector.ticket_notes(ticket).await {
        Ok(page) => page,
        Err(error) => return Ok(later(engine, claimed, &error)),
    };
    let version = connection.connector.mapper_version();
    let (mut records, _) = Prepared::from(page.batch, version, integration.generation);
    let doubtful = page.oddity.is_some() || !page.unreadable.is_empty();

    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    // Disconnected or cleared while the vendor answered: what it said concerns nothing we hold any more.
    let present = integrations::find_integration_in(&mut tx, id).await?;
    if !present.is_some_and(|now| now.has_credentials() && now.generation == integration.generation) {
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
    let here = pages::list_note_ids(engine.store(), id, ticket).await?;
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
    request::note_complete(&mut tx, engine, &integration, ticket).await?;
    tx.tell("ticket_notes", id.0);
    tx.commit().await?;
    Ok(Ended::Done)
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
