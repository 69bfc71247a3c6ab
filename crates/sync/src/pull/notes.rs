//! All comments of one ticket, read and compared (rule P15): what the vendor no longer lists was deleted there.
//!
//! No run brings the comments of a ticket that does not change any more, so that a job is only over when they were read
//! or there is nothing to read: whatever else keeps them from coming, it waits.

use std::collections::{BTreeMap, HashSet};

use connectors::ErrorKind;
use connectors::limits::Urgency;
use connectors::page::Unreadable;
use domain::clock::UtcMillis;
use domain::id::{IntegrationId, StreamRunId};
use domain::job::Priority;
use domain::provider;
use domain::run::Counts;
use domain::secret::Secret;
use domain::stream::Stream;
use store::Tx;
use store::integrations::{self, Integration};
use store::jobs::{self, ClaimedJob, Settled};
use store::pages::{self, Absence, RemovedReason};
use store::set_aside::{self, NewSetAside};

use super::records::Prepared;
use super::side_lists;
use super::writer::Writer;
use crate::connect::{form, message};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::worker::Ended;
use crate::{backoff, connector, health, request};

/// Failures that are counted, for the wait; later ones wait as long as the last of these.
const COUNTED: i64 = 10;

/// Wait while nothing is connected, the credentials are refused, or a right is missing. The end of the first two brings
/// what waits forward.
const REST: i64 = UtcMillis::DAY;

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
    let interactive = claimed.priority == Priority::Interactive as i64;
    if resting(&integration, interactive, engine.now()).is_some() {
        return rest(engine, claimed, id, interactive).await;
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
        credentials.clone(),
        &integration.settings,
        urgency(claimed),
    )?;
    let page = match connection.connector.ticket_notes(ticket).await {
        Ok(page) => page,
        Err(error) => {
            if error.kind == ErrorKind::RateLimited {
                // Part of every first sync: nobody need do anything about it.
                tracing::debug!(%error, integration = %integration.uuid, ticket, "comments wait for the request limit");
            } else {
                tracing::warn!(%error, integration = %integration.uuid, ticket, "comments could not be read");
            }
            let failed = Failed {
                engine,
                claimed,
                integration: &integration,
                ticket,
            };
            return failed.by(&error, &credentials).await;
        }
    };
    let version = connection.connector.mapper_version();
    let (records, _) = Prepared::from(page.batch, version, integration.generation);
    let mut records = records.without(side_lists::unread(&page.beside));
    let here = pages::list_note_ids(engine.store(), id, ticket).await?;
    // Nobody deletes all comments of a ticket, one by one; a vendor that hides them from us answers just so.
    let emptied = page.received == 0 && here.len() > 1;
    let odd = page.oddity.is_some() || emptied;
    let doubtful = odd || !page.unreadable.is_empty();

    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    if !connector::still_concerns(&mut tx, &integration).await? {
        // Disconnected or cleared while the answer was on its way: what holds now is seen by another look.
        tx.rollback().await?;
        return Ok(Ended::Later {
            at: engine.now(),
            reason: "the integration is another one by now".to_owned(),
            failed: false,
        });
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
    for beside in &page.beside {
        health::told(&mut tx, &integration, &beside.finding).await?;
    }
    // The vendor answers, which a run that comes later need not find out.
    health::answered(&mut tx, &integration).await?;
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

/// Until when nothing is asked of a vendor for comments; `None` when it may be asked. While it does not answer, the next
/// run finds out when it does, where one is due; a person who looks at a ticket need not wait for that.
fn resting(integration: &Integration, interactive: bool, now: UtcMillis) -> Option<UtcMillis> {
    if !integration.has_credentials() || integration.refused_since.is_some() {
        return Some(now.plus(REST));
    }
    let scheduled = integration.settings.auto_sync && integration.is_armed();
    let next = integration.next_sync_at.filter(|_| scheduled);
    match (integration.outage_since, next) {
        (Some(_), Some(next)) if !interactive => {
            Some(UtcMillis(next.0.max(now.0)).plus(UtcMillis::MINUTE))
        }
        _ => None,
    }
}

/// Puts off all that waits for comments, not this job alone: none of it is worth a look before.
async fn rest(
    engine: &Engine,
    claimed: &ClaimedJob,
    id: IntegrationId,
    interactive: bool,
) -> Result<Ended> {
    let now = engine.now();
    let mut tx = engine.store().begin().await?;
    // Whoever ends the rest holds this row: what waits is brought forward before or after this, and never passed.
    let Some(integration) = integrations::lock_integration(&mut tx, id).await? else {
        return Ok(Ended::Done);
    };
    let until = resting(&integration, interactive, now);
    if let Some(until) = until {
        jobs::put_off(&mut tx, &claimed.job.serial_key(), until).await?;
    }
    put_back(tx, claimed, until.unwrap_or(now)).await
}

/// Puts this job back in the same commit.
async fn put_back(mut tx: Tx, claimed: &ClaimedJob, at: UtcMillis) -> Result<Ended> {
    if jobs::postpone(&mut tx, &claimed.lease, at).await? == Settled::Lost {
        tx.rollback().await?;
        return Ok(Ended::LeaseLost);
    }
    tx.commit().await?;
    Ok(Ended::Settled)
}

/// A look that failed.
struct Failed<'a> {
    engine: &'a Engine,
    claimed: &'a ClaimedJob,
    integration: &'a Integration,
    ticket: &'a str,
}

impl Failed<'_> {
    /// How the job goes on.
    async fn by(
        &self,
        error: &connectors::Error,
        credentials: &BTreeMap<String, Secret>,
    ) -> Result<Ended> {
        let now = self.engine.now();
        match error.kind {
            ErrorKind::RateLimited => {
                let until = now.plus(backoff::limit(error.retry_after));
                self.limited(until).await
            }
            ErrorKind::AuthFailed => self.refused(error, credentials).await,
            ErrorKind::PermissionDenied => self.forbidden().await,
            ErrorKind::Unavailable | ErrorKind::Unexpected | ErrorKind::NotFound => {
                if error.kind == ErrorKind::NotFound && !self.is_here().await? {
                    return Ok(Ended::Done);
                }
                let wait = backoff::set_aside(self.claimed.attempts);
                Ok(Ended::Later {
                    at: now.plus(wait.max(error.retry_after.unwrap_or_default())),
                    reason: error.to_string(),
                    failed: self.claimed.attempts < COUNTED,
                })
            }
            // We asked for something that makes no sense there, and would again.
            ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Unsupported => Ok(Ended::Done),
        }
    }

    /// The request limit is used up until an instant. One tells for all that waits: each would be refused alike, and costs a
    /// claim and opened credentials. What is more urgent stays, since a part of each limit is kept for people.
    async fn limited(&self, until: UtcMillis) -> Result<Ended> {
        let (engine, claimed) = (self.engine, self.claimed);
        let mut tx = engine.store().begin().await?;
        integrations::lock_integration(&mut tx, self.integration.id).await?;
        if !connector::still_concerns(&mut tx, self.integration).await? {
            // That was the limit of an account that is gone.
            return put_back(tx, claimed, engine.now()).await;
        }
        let key = claimed.job.serial_key();
        jobs::put_off_from(&mut tx, &key, claimed.priority, until).await?;
        put_back(tx, claimed, until).await
    }

    /// The credentials are refused: that is the integration's trouble, and all that waits has it.
    async fn refused(
        &self,
        error: &connectors::Error,
        credentials: &BTreeMap<String, Secret>,
    ) -> Result<Ended> {
        let (engine, id) = (self.engine, self.integration.id);
        let mut tx = engine.store().begin().await?;
        let present = integrations::lock_integration(&mut tx, id).await?;
        let connected = present.is_some_and(|present| present.has_credentials());
        if connected && form::stored_in(&mut tx, id).await? != *credentials {
            // Refused were those of before; the ones that stand now have not been tried.
            return put_back(tx, self.claimed, engine.now()).await;
        }
        if connected {
            let provider = provider::find(&self.integration.provider);
            let name = provider.map_or(self.integration.name.as_str(), |provider| provider.name);
            let words = message::sentence(name, error);
            health::refused(&mut tx, engine, self.integration, &words).await?;
        }
        let until = engine.now().plus(REST);
        jobs::put_off(&mut tx, &self.claimed.job.serial_key(), until).await?;
        put_back(tx, self.claimed, until).await
    }

    /// A right is missing, for all tickets or for this one. What is here stays and is shown as what there is; once a day
    /// it is tried whether the right was granted.
    async fn forbidden(&self) -> Result<Ended> {
        if !self.is_here().await? {
            return Ok(Ended::Done);
        }
        let (engine, integration) = (self.engine, self.integration);
        let mut tx = engine.store().begin().await?;
        request::note_complete(&mut tx, engine, integration, self.ticket, true).await?;
        tx.tell("ticket_notes", integration.id.0);
        put_back(tx, self.claimed, engine.now().plus(REST)).await
    }

    /// Whether the ticket is one of ours still.
    async fn is_here(&self) -> Result<bool> {
        let mut tx = self.engine.store().begin().await?;
        let (id, ids) = (self.integration.id, [self.ticket]);
        let known = pages::read_known(&mut tx, id, Stream::Tickets, &ids).await?;
        tx.rollback().await?;
        let row = known.get(self.ticket);
        Ok(row.is_some_and(|row| !matches!(row.absence, Absence::Removed(_))))
    }
}
