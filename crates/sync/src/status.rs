//! What a card says about an integration (rules S2, S4): status, trouble, freshness, what is due, what waits for a
//! person.

use domain::capability::Turns;
use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IntegrationId;
use domain::provider::{self, Provider};
use domain::run::RunState;
use domain::status::{self, DerivedStatus};
use domain::stream::Stream;
use store::integrations::{self, Integration};
use store::pages::count_shown;
use store::reference_reads::{self, ReferenceRead};
use store::removal_questions::{self, RemovalQuestion};
use store::runs::{self, Run};
use store::{Store, checkpoints, set_aside};

use crate::connect::MissingRight;
use crate::engine::Engine;
use crate::error::Result;

/// Everything a card shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The integration's row.
    pub integration: Integration,
    /// Its provider; `None` when this version does not know it.
    pub provider: Option<&'static Provider>,
    /// Status and warning.
    pub status: DerivedStatus,
    /// What is wrong, when something is.
    pub trouble: Option<Trouble>,
    /// When a run last ended well.
    pub last_sync_at: Option<UtcMillis>,
    /// How old what is shown may be at most; `None` before the first complete run.
    pub freshness: Option<Freshness>,
    /// When everything was last read whole.
    pub last_reconciliation_at: Option<UtcMillis>,
    /// When auto-sync is due.
    pub next_sync_at: Option<UtcMillis>,
    /// The run that waits or runs.
    pub active_run: Option<Run>,
    /// The run that ended last.
    pub last_run: Option<Run>,
    /// Rights that are missing.
    pub missing_rights: Vec<MissingRight>,
    /// Mass-removal questions that wait for a person.
    pub questions: Vec<RemovalQuestion>,
    /// Records set aside.
    pub set_aside: i64,
    /// How the reading of reference data stands, while it waits or after it failed.
    pub reference_read: Option<ReferenceRead>,
    /// Streams the vendor filters by change, deletion feeds apart: what the freshness is about.
    pub by_change: Vec<Stream>,
    /// Streams it cannot.
    pub slow_streams: Vec<SlowStream>,
    /// What is read by turns, and after how many nights each record has had its own; only where that takes several.
    pub turns: Vec<(Turns, u64)>,
}

/// A stream the vendor cannot filter by change, so that it is read whole at a pace of its own (rule S1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowStream {
    /// The stream.
    pub stream: Stream,
    /// How often it is read, in milliseconds.
    pub cadence: i64,
    /// How old it may be at most, in milliseconds; `None` before it was read.
    pub at_most: Option<i64>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Since when.
    pub since: UtcMillis,
    /// The vendor's words.
    pub message: String,
    /// What to check.
    pub hint: Hint,
    /// When it is tried again by itself.
    pub next_attempt_at: Option<UtcMillis>,
}

/// An upper bound of how far what is shown lags behind the vendor (rule S4). Lists that the vendor cannot filter by change
/// are read at a slower pace of their own, which the card states; they count once they are behind even that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// The bound, in milliseconds.
    pub at_most: i64,
    /// The stream that is furthest behind.
    pub stream: Stream,
    /// Since when a wake-up waits, if one does.
    pub waiting_since: Option<UtcMillis>,
    /// Since when a record is set aside, if one is.
    pub set_aside_since: Option<UtcMillis>,
}

/// Everything about one integration; `None` when there is none.
///
/// # Errors
/// As any statement.
pub async fn overview(engine: &Engine, id: IntegrationId) -> Result<Option<Overview>> {
    match integrations::find_integration(engine.store(), id).await? {
        Some(integration) => Ok(Some(of(engine, integration).await?)),
        None => Ok(None),
    }
}

/// The same for all integrations.
///
/// # Errors
/// As any statement.
pub async fn overviews(engine: &Engine) -> Result<Vec<Overview>> {
    let mut all = Vec::new();
    for integration in integrations::list_integrations(engine.store()).await? {
        all.push(of(engine, integration).await?);
    }
    Ok(all)
}

async fn of(engine: &Engine, integration: Integration) -> Result<Overview> {
    let (store, now, id) = (engine.store(), engine.now(), integration.id);
    let provider = provider::find(&integration.provider);
    let active_run = runs::active_run(store, id).await?;
    let recent = runs::list_runs(store, id, None, 10).await?;
    let running = active_run
        .as_ref()
        .is_some_and(|run| run.state == RunState::Running);
    let checkpoints: Vec<_> = checkpoints::list_checkpoints(store, id)
        .await?
        .into_iter()
        .filter(|checkpoint| {
            checkpoint.generation == integration.generation
                && integration.settings.reads(checkpoint.stream)
        })
        .collect();
    let (set_aside, set_aside_since) = set_aside::count_open(store, id).await?;
    let waiting_since = runs::list_wake_ups(store, id)
        .await?
        .first()
        .map(|wake_up| wake_up.at);
    let capability = provider.map(|provider| &provider.capability);
    let read: Vec<Stream> = capability
        .map(|capability| {
            capability
                .streams
                .iter()
                .map(|stream| stream.stream)
                .filter(|stream| integration.settings.reads(*stream))
                .collect()
        })
        .unwrap_or_default();
    let starts: Vec<Started> = read
        .iter()
        .map(|stream| {
            let found = checkpoints
                .iter()
                .find(|checkpoint| checkpoint.stream == *stream);
            let claimed = capability.and_then(|capability| capability.stream(*stream));
            let slow = claimed.filter(|claimed| !claimed.incremental && !stream.is_deletion_feed());
            Started {
                stream: *stream,
                at: found.and_then(|checkpoint| checkpoint.last_started_at),
                cadence: slow.map(|slow| slow.full_cadence),
            }
        })
        .collect();
    let last_reconciliation_at = checkpoints
        .iter()
        .filter(|checkpoint| !checkpoint.stream.is_deletion_feed())
        .map(|checkpoint| checkpoint.full_completed_at)
        .min()
        .flatten();
    let slow_streams = starts.iter().filter_map(|started| {
        Some(SlowStream {
            stream: started.stream,
            cadence: started.cadence?,
            at_most: started.at.map(|at| now.since(at)),
        })
    });
    let by_change = starts
        .iter()
        .filter(|started| started.cadence.is_none() && !started.stream.is_deletion_feed());
    let mut turns = Vec::new();
    for stream in &read {
        let claimed = capability.and_then(|capability| capability.stream(*stream));
        if let Some(by_turns) = claimed.and_then(|claimed| claimed.turns) {
            let records = count_shown(store, id, *stream).await?;
            turns.push((by_turns, by_turns.nights(records)));
        }
    }
    turns.retain(|(_, nights)| *nights > 1);
    let trouble = trouble(store, &integration, &recent).await?;
    Ok(Overview {
        turns,
        provider,
        status: status::derive(
            integration.status_facts(running || active_run.is_some()),
            now,
        ),
        trouble,
        last_sync_at: integration.last_success_at,
        freshness: freshness(now, &starts, waiting_since, set_aside_since),
        last_reconciliation_at,
        next_sync_at: integration
            .next_sync_at
            .filter(|_| integration.settings.auto_sync),
        last_run: recent.into_iter().find(|run| run.state.is_over()),
        active_run,
        missing_rights: integration
            .missing_permissions
            .iter()
            .map(MissingRight::from)
            .collect(),
        questions: removal_questions::list_open(store, id).await?,
        set_aside,
        reference_read: if integration.has_credentials() {
            reference_reads::find_reference_read(store, id).await?
        } else {
            None
        },
        by_change: by_change.map(|started| started.stream).collect(),
        slow_streams: slow_streams.collect(),
        integration,
    })
}

async fn trouble(
    store: &Store,
    integration: &Integration,
    recent: &[Run],
) -> Result<Option<Trouble>> {
    if let Some(since) = integration.refused_since {
        return Ok(Some(Trouble {
            since,
            message: integration.refused_message.clone().unwrap_or_default(),
            hint: Hint::Credentials,
            next_attempt_at: integration.next_probe_at,
        }));
    }
    let Some(since) = integration.outage_since else {
        return Ok(None);
    };
    let message = integration.outage_message.clone().unwrap_or_default();
    let hint = outage_hint(store, recent, &message).await?;
    Ok(Some(Trouble {
        since,
        message,
        hint: hint.unwrap_or(Hint::Network),
        next_attempt_at: integration
            .next_sync_at
            .filter(|_| integration.settings.auto_sync),
    }))
}

/// What to check in an outage, as the newest part tells it that met it: a vendor that answers with errors is no matter of
/// the network. The part's words go on with when it is tried again. `None` once no run is left that met it.
async fn outage_hint(store: &Store, recent: &[Run], message: &str) -> Result<Option<Hint>> {
    for run in recent {
        let parts = runs::list_stream_runs(store, run.id).await?;
        let met = parts.into_iter().find(|part| {
            let told = part.message.as_deref();
            told.is_some_and(|told| told.starts_with(message))
        });
        if let Some(part) = met {
            return Ok(part.hint);
        }
    }
    Ok(None)
}

/// When the last completed pull of a stream began.
#[derive(Debug, Clone, Copy)]
struct Started {
    stream: Stream,
    at: Option<UtcMillis>,
    /// How often it is read, for one that the vendor cannot filter by change.
    cadence: Option<i64>,
}

/// The bound: now minus the start of the last completed pull of the stream that is furthest behind, and not less than
/// the age of the oldest wake-up or record set aside that still waits. `None` while a stream was never read. A stream with
/// a slower pace counts when a turn of its own was missed, or when there is no other. Pure.
fn freshness(
    now: UtcMillis,
    starts: &[Started],
    waiting_since: Option<UtcMillis>,
    set_aside_since: Option<UtcMillis>,
) -> Option<Freshness> {
    let (mut by_change, mut all) = (Vec::new(), Vec::new());
    for Started {
        stream,
        at,
        cadence,
    } in starts
    {
        // The right to a deletion feed is optional: without it the nightly run finds what was deleted, and the other
        // streams still have a bound.
        if at.is_none() && stream.is_deletion_feed() {
            continue;
        }
        let at = (*at)?;
        all.push((at, *stream));
        if cadence.is_none_or(|cadence| now.since(at) > 2 * cadence) {
            by_change.push((at, *stream));
        }
    }
    let furthest = by_change.into_iter().min().or(all.into_iter().min());
    let (start, stream) = furthest?;
    let since = [Some(start), waiting_since, set_aside_since]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(start);
    Some(Freshness {
        at_most: now.since(since),
        stream,
        waiting_since,
        set_aside_since,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_freshness_is_an_upper_bound() {
        let at = |minute: i64| UtcMillis(minute * UtcMillis::MINUTE);
        let started = |stream, at, cadence| Started {
            stream,
            at,
            cadence,
        };
        let starts = [
            started(Stream::Companies, Some(at(50)), None),
            started(Stream::Tickets, Some(at(55)), None),
        ];
        let bound = |waiting, aside| {
            freshness(at(60), &starts, waiting, aside)
                .map(|fresh| fresh.at_most / UtcMillis::MINUTE)
        };
        assert_eq!(bound(None, None), Some(10), "the stream furthest behind");
        assert_eq!(
            bound(Some(at(58)), None),
            Some(10),
            "a younger wake-up adds nothing"
        );
        assert_eq!(bound(Some(at(40)), None), Some(20));
        assert_eq!(bound(Some(at(40)), Some(at(30))), Some(30));
        let never = [
            started(Stream::Companies, Some(at(50)), None),
            started(Stream::Tickets, None, None),
        ];
        assert_eq!(freshness(at(60), &never, None, None), None);
        let no_feed = [
            started(Stream::Tickets, Some(at(50)), None),
            started(Stream::DeletedTickets, None, None),
        ];
        let bound = freshness(at(60), &no_feed, None, None).map(|fresh| fresh.at_most);
        assert_eq!(bound, Some(10 * UtcMillis::MINUTE));
        let paced = |cadence: i64, others: &[Started]| {
            let slow = started(Stream::Technicians, Some(at(-60)), Some(cadence));
            let all: Vec<Started> = others.iter().copied().chain([slow]).collect();
            freshness(at(60), &all, None, None).map(|fresh| fresh.at_most / UtcMillis::MINUTE)
        };
        assert_eq!(paced(UtcMillis::DAY, &starts), Some(10), "at its own pace");
        assert_eq!(
            paced(30 * UtcMillis::MINUTE, &starts),
            Some(120),
            "turns missed"
        );
        assert_eq!(
            paced(UtcMillis::DAY, &[]),
            Some(120),
            "nothing else is read"
        );
    }
}
