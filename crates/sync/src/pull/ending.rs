//! How parts and runs end: well, in trouble, or because somebody gave up.

use std::collections::BTreeSet;

use connectors::ErrorKind;
use connectors::page::PermissionFinding;
use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::{IntegrationId, StreamRunId};
use domain::job::{Job, Priority};
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use store::integrations;
use store::jobs::{self, ClaimedJob};
use store::runs::{self, Run, StreamRun};
use store::{Tx, pages};

use super::part::Part;
use crate::connect::{form, message};
use crate::engine::Engine;
use crate::error::Result;
use crate::request::{self, RunMode};
use crate::worker::Ended;
use crate::{backoff, health, telemetry};

/// Attempts at an answer that cannot be understood, before the part is given up.
const ODD_ANSWERS: i64 = 3;
/// Wait between them.
const ODD_WAIT: i64 = 30 * UtcMillis::SECOND;

/// What is told about parts that were not read because the run ended early.
const NOT_READ: &str = "Not read, because the run ended before.";

/// The vendor made a part stop.
pub(super) async fn trouble(part: &mut Part<'_>, error: &connectors::Error) -> Result<Ended> {
    let engine = part.engine;
    let now = engine.now();
    let words = message::sentence(part.provider.name, error);
    tracing::warn!(integration = %part.integration.uuid, stream = part.row.stream.key(), %error, "a part of a run met trouble");
    // No hold_lease here: it would count as progress. Whatever is written below is guarded by the settling of the job.
    let requests = part.new_requests();
    let mut tx = engine.store().begin().await?;
    let present = integrations::lock_integration(&mut tx, part.integration.id).await?;
    let connected = present.is_some_and(|present| present.has_credentials());
    let replaced = error.kind == ErrorKind::AuthFailed
        && connected
        && form::stored_in(&mut tx, part.integration.id).await? != part.credentials;
    let ended = match error.kind {
        // Disconnected meanwhile: the part is over, and what the vendor said about it is no fact about anything here.
        _ if !connected => Ended::Done,
        // Refused were the ones this part was opened with; it is opened again with those that stand now.
        ErrorKind::AuthFailed if replaced => Ended::Later {
            at: now,
            reason: words,
            failed: false,
        },
        ErrorKind::RateLimited => {
            let at = now.plus(backoff::limit(error.retry_after));
            let told = format!(
                "Waiting for the vendor's request limit, a pause of {}. {words}",
                message::duration(at.since(now))
            );
            runs::update_message(&mut tx, part.row.id, Some(&told), Some(Hint::RateLimit)).await?;
            Ended::Later {
                at,
                reason: told,
                failed: false,
            }
        }
        ErrorKind::Unavailable => {
            let failures = health::outage(&mut tx, engine, &part.integration, &words).await?;
            if failures <= backoff::OUTAGE_ATTEMPTS {
                let at = now.plus(backoff::outage(failures));
                let told = again(&words, backoff::outage(failures));
                runs::update_message(&mut tx, part.row.id, Some(&told), error.hint()).await?;
                Ended::Later {
                    at,
                    reason: told,
                    failed: false,
                }
            } else {
                fail_run(engine, &mut tx, &part.run, &part.row, &words, error.hint()).await?;
                if !part.integration.settings.auto_sync {
                    // No schedule will read what waits for this run to end.
                    let at = now.plus(backoff::outage(failures));
                    request::succeed(engine, &mut tx, part.integration.id, at).await?;
                }
                Ended::Done
            }
        }
        ErrorKind::AuthFailed => {
            health::refused(&mut tx, engine, &part.integration, &words).await?;
            fail_run(engine, &mut tx, &part.run, &part.row, &words, error.hint()).await?;
            Ended::Done
        }
        ErrorKind::Unexpected if part.attempts < ODD_ANSWERS => {
            let told = again(&words, ODD_WAIT);
            runs::update_message(&mut tx, part.row.id, Some(&told), error.hint()).await?;
            Ended::Later {
                at: now.plus(ODD_WAIT),
                reason: words,
                failed: true,
            }
        }
        kind => {
            // What was deleted is found by the nightly run too, so that feeds are optional: a run without them is whole.
            let optional =
                kind == ErrorKind::PermissionDenied && part.row.stream.is_deletion_feed();
            if kind == ErrorKind::PermissionDenied {
                let integration = &part.integration;
                let area = part.provider.words.stream(part.row.stream);
                match error.right.as_deref() {
                    Some(PermissionFinding {
                        area,
                        missing: Some(right),
                        ..
                    }) => health::lacks(&mut tx, integration, area, right, !optional).await?,
                    _ => {
                        let right = &error.message;
                        health::lacks(&mut tx, integration, area, right, !optional).await?;
                    }
                }
            }
            let state = if optional {
                RunState::Completed
            } else {
                RunState::Failed
            };
            let hint = error.hint();
            runs::finish_stream_run(&mut tx, &part.row, state, None, Some(&words), hint).await?;
            advance(engine, &mut tx, &part.run).await?;
            Ended::Done
        }
    };
    runs::add_requests(&mut tx, part.row.id, requests).await?;
    // The job is settled in the transaction that says why; what a lost lease says is rolled back.
    let held = match &ended {
        Ended::Later {
            at,
            reason,
            failed: true,
        } => match jobs::retry(&mut tx, &part.lease, *at, reason).await? {
            jobs::Settled::Lost => false,
            jobs::Settled::Dead => {
                fail_part(engine, &mut tx, &part.run, &part.row, reason, error.hint()).await?;
                true
            }
            jobs::Settled::Waiting | jobs::Settled::Merged => true,
        },
        Ended::Later { at, .. } => {
            jobs::postpone(&mut tx, &part.lease, *at).await? != jobs::Settled::Lost
        }
        _ => jobs::complete(&mut tx, &part.lease).await?,
    };
    if held {
        tx.commit().await?;
        Ok(Ended::Settled)
    } else {
        tx.rollback().await?;
        Ok(Ended::LeaseLost)
    }
}

/// What a part says while it waits for another try.
fn again(words: &str, wait: i64) -> String {
    let wait = message::duration(wait);
    format!("{words} Portico tries again after a pause of {wait}.")
}

/// The connector of a part cannot even be built: the run ends.
pub(super) async fn unusable(
    engine: &Engine,
    claimed: &ClaimedJob,
    id: StreamRunId,
    error: &connectors::Error,
) -> Result<()> {
    let mut tx = engine.store().begin().await?;
    if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
        return Ok(());
    }
    if let Job::PullStream { integration, .. } = &claimed.job {
        integrations::lock_integration(&mut tx, *integration).await?;
    }
    if let Some(part) = runs::find_stream_run_in(&mut tx, id).await?
        && let Some(run) = runs::find_run_in(&mut tx, part.run).await?
    {
        let hint = error.hint().or(Some(Hint::Credentials));
        fail_run(engine, &mut tx, &run, &part, &error.message, hint).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// One part failed; the others are still read.
async fn fail_part(
    engine: &Engine,
    tx: &mut Tx,
    run: &Run,
    part: &StreamRun,
    words: &str,
    hint: Option<Hint>,
) -> Result<()> {
    runs::finish_stream_run(tx, part, RunState::Failed, None, Some(words), hint).await?;
    advance(engine, tx, run).await
}

/// The run fails with this part; the rest is not read.
async fn fail_run(
    engine: &Engine,
    tx: &mut Tx,
    run: &Run,
    part: &StreamRun,
    words: &str,
    hint: Option<Hint>,
) -> Result<()> {
    runs::finish_stream_run(tx, part, RunState::Failed, None, Some(words), hint).await?;
    for rest in runs::list_stream_runs_in(tx, run.id).await? {
        if !rest.state.is_over() {
            runs::finish_stream_run(tx, &rest, RunState::Failed, None, Some(NOT_READ), None)
                .await?;
        }
    }
    end_run(engine, tx, run, RunState::Failed, Some(words), hint, false).await
}

/// A job had its last attempt: its part failed, for a reason of our own.
pub(crate) async fn job_given_up(
    engine: &Engine,
    tx: &mut Tx,
    job: &Job,
    reason: &str,
) -> Result<()> {
    let Job::PullStream {
        integration,
        stream_run,
        ..
    } = job
    else {
        return Ok(());
    };
    integrations::lock_integration(tx, *integration).await?;
    let Some(part) = runs::find_stream_run_in(tx, *stream_run).await? else {
        return Ok(());
    };
    if part.state.is_over() {
        return Ok(());
    }
    let Some(run) = runs::find_run_in(tx, part.run).await? else {
        return Ok(());
    };
    let words = format!("Portico gave up after several attempts: {reason}");
    fail_part(engine, tx, &run, &part, &words, None).await
}

/// Ends what is active for an integration: superseded, with a reason.
pub(crate) async fn end_active_run(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    for run in runs::supersede_runs(tx, integration).await? {
        telemetry::run(RunState::Superseded);
        tracing::info!(run = %run.uuid, "a run was superseded");
    }
    Ok(())
}

/// After a part ended: the next one's job, or the end of the run, in the same commit.
pub(super) async fn advance(engine: &Engine, tx: &mut Tx, run: &Run) -> Result<()> {
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    if let Some(next) = parts.iter().find(|part| !part.state.is_over()) {
        let job = Job::PullStream {
            integration: run.integration_id,
            stream: next.stream,
            stream_run: next.id,
        };
        jobs::enqueue(tx, &job, priority(run.trigger_key), engine.now()).await?;
        return Ok(());
    }
    let (state, message, hint) = summary(&parts);
    end_run(engine, tx, run, state, message.as_deref(), hint, true).await
}

/// State, message and hint of a run whose parts are all over: the worst speak, each by its name.
fn summary(parts: &[StreamRun]) -> (RunState, Option<String>, Option<Hint>) {
    let most = parts.iter().map(|part| weight(part.state)).max();
    let worst: Vec<&StreamRun> = parts
        .iter()
        .filter(|part| Some(weight(part.state)) == most)
        .collect();
    let all_failed = !parts.is_empty() && parts.iter().all(|part| part.state == RunState::Failed);
    let whole = parts.iter().all(|part| part.state == RunState::Completed);
    let state = if all_failed {
        RunState::Failed
    } else if whole {
        RunState::Completed
    } else {
        RunState::Partial
    };
    let told = |part: &StreamRun| {
        part.message
            .as_ref()
            .map(|words| message::ended(&format!("{}: {words}", part.stream.label())))
    };
    let words: Vec<String> = worst.iter().copied().filter_map(told).collect();
    let mut with_words = worst.iter().rev().filter(|part| part.message.is_some());
    let hint = with_words.find_map(|part| part.hint);
    (
        state,
        (!words.is_empty()).then(|| words.join(" ")),
        hint.or_else(|| worst.last().and_then(|part| part.hint)),
    )
}

/// How bad an end is, to find the worst.
const fn weight(state: RunState) -> u8 {
    match state {
        RunState::Failed => 2,
        RunState::Partial => 1,
        _ => 0,
    }
}

/// Ends a run: its row, the two-minute window, the facts of success, and a successor for wake-ups that came meanwhile
/// (rule P9). After a failure they wait for the next run instead, which reads their streams anyway.
async fn end_run(
    engine: &Engine,
    tx: &mut Tx,
    run: &Run,
    state: RunState,
    message: Option<&str>,
    hint: Option<Hint>,
    successor: bool,
) -> Result<()> {
    if !runs::finish_run(tx, run.id, state, message, hint).await? {
        return Ok(());
    }
    telemetry::run(state);
    let well = matches!(state, RunState::Completed | RunState::Partial);
    if well {
        integrations::update_success(tx, run.integration_id, true).await?;
    }
    settle_windows(engine, tx, run, well).await?;
    if well {
        jobs::enqueue(tx, &Job::IndexSearch, Priority::Low, engine.now()).await?;
    }
    if successor {
        request::succeed(engine, tx, run.integration_id, engine.now()).await?;
    }
    Ok(())
}

/// The two-minute window of a run that ended: two minutes from now on after a success, gone after a failure. A run in
/// which a stream failed was no success, whatever else was read with it: who mends the cause may ask again at once.
async fn settle_windows(engine: &Engine, tx: &mut Tx, run: &Run, well: bool) -> Result<()> {
    let mode = if run.mode == RunMode::Full.key() {
        RunMode::Full
    } else {
        RunMode::Incremental
    };
    // An incremental Resync is that of one list ([`request::request_stream`]).
    let of_list = run.trigger_key == Trigger::Resync && mode == RunMode::Incremental;
    let parts = runs::list_stream_runs_in(tx, run.id).await?;
    if !well || parts.iter().any(|part| part.state == RunState::Failed) {
        return Ok(runs::remove_windows(tx, &run.uuid).await?);
    }
    let until = engine.now().plus(request::window::WINDOW);
    if runs::keep_windows(tx, &run.uuid, until).await? > 0 {
        return Ok(());
    }
    // The run took so long that its window was cleared away meanwhile.
    let streams: BTreeSet<Stream> = parts.iter().map(|part| part.stream).collect();
    let key = request::window::key(
        run.integration_id,
        run.trigger_key,
        mode,
        of_list.then_some(&streams),
        run.settings_revision,
    );
    match key {
        Some(key) => Ok(runs::set_window(tx, &key, until, Some(&run.uuid)).await?),
        None => Ok(()),
    }
}

/// Removes a part's marks, in small commits (rule P5); what a crash leaves is swept with the housekeeping.
pub(super) async fn clear_marks(engine: &Engine, part: StreamRunId) -> Result<()> {
    loop {
        let mut tx = engine.store().begin().await?;
        let more = pages::clear_seen(&mut tx, part).await?;
        tx.commit().await?;
        if !more {
            return Ok(());
        }
    }
}

/// Order among waiting jobs.
pub(crate) const fn priority(trigger: Trigger) -> Priority {
    match trigger {
        Trigger::Connect
        | Trigger::Resync
        | Trigger::QuickSync
        | Trigger::ClearResync
        | Trigger::Wizard
        | Trigger::CommandLine
        | Trigger::SettingsChange => Priority::Interactive,
        Trigger::Schedule | Trigger::Webhook | Trigger::Retry => Priority::Normal,
        Trigger::Reconciliation => Priority::Low,
    }
}
