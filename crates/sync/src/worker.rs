//! The worker: takes jobs and runs them, so that everything that must happen does, and nothing happens twice.
//!
//! # Why jobs are rows
//!
//! A job is a row that commits together with what made it necessary: a run and its first part, the end of one part
//! and the next. Whatever dies in between leaves either both or neither. A worker is only a pair of hands; any number
//! of them, on any number of nodes, take what is ready.
//!
//! # Rules
//!
//! * **Lease** (rule S6). Taking a job gives a lease of 15 seconds with a token. One heartbeat per node extends all of
//!   its leases every 5 seconds; the reaper, on every node, returns what ran out every 2 seconds. On SQLite a process
//!   that starts holds the file's lock, so whatever is leased is a dead process's and is taken back at once.
//! * **Fence** (rule P2). Every commit a job makes checks first, in the same transaction, that the lease is still
//!   its own. A worker that was paused for a minute finds its token stale and stops without a trace; its page is
//!   rolled back. The lease decides who works, the fence decides whose work counts.
//! * **Serial key** (rule P9). Two jobs with the same serial key never run at once: a unique index, not a convention.
//! * **Every loop ends quickly.** A cancelled job is dropped at its next await; open transactions roll back, requests
//!   are abandoned, and the lease is given back with `run_at = now`, so that a restart costs nothing.
//! * **No vendor slows another.** Each integration has hands of its own, and so has each kind of work that belongs to
//!   none, such as mail: any number of vendors that hang in every request keep nobody else waiting.
//! * **A long wait is no work.** When a vendor asks to wait longer than a few seconds, the job goes back to the table
//!   with the instant it may come again (rule S5), and the hands are free for another integration.
//!
//! # What was rejected
//!
//! * One task per integration that lives for ever: state in memory, invisible, and a second scheduler for its errors.
//! * Retries by sleeping inside a job: a restart forgets them, and the sync log shows a run that does nothing.
//! * Catching a worker's death by process supervision only: a paused virtual machine is not dead.

use std::time::Duration;

use domain::clock::UtcMillis;
use domain::job::Job;
use futures_util::FutureExt;
use store::jobs::{self, ClaimedJob, Settled};
use store::{Tx, nodes};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::engine::Engine;
use crate::error::Result;
use crate::{
    auto_import, backoff, imports, mail, pull, reaper, reference_data, removal_question, schedule,
    set_aside, telemetry, upkeep,
};

/// How often a node says that it lives and extends its leases.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How often resting slots are looked at.
const REST: Duration = Duration::from_secs(1);

/// Jobs of a node at once, whosever they are: far more than the integrations of an MSP have together.
const AT_ONCE: usize = 64;

/// Failures of our own in a row, without progress between them, after which a job is given up.
const ATTEMPTS: i64 = 5;

/// How a job ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Done; its row is still to be settled.
    Done,
    /// Done, and settled in the commit that finished it.
    Settled,
    /// To be tried again at an instant; `failed` says whether that counts as a failure.
    Later {
        /// When.
        at: UtcMillis,
        /// Why.
        reason: String,
        /// Whether it counts.
        failed: bool,
    },
    /// Another worker has it.
    LeaseLost,
}

impl Engine {
    /// Starts the worker, the heartbeat, the schedule and the reaper of this node. They stop when `stop` is
    /// cancelled; wait for `tasks` to see the last lease given back.
    pub fn start_worker(&self, tasks: &TaskTracker, stop: CancellationToken) {
        self.permits().heartbeat_runs();
        tasks.spawn(heartbeat(self.clone(), true, stop.clone()));
        tasks.spawn(give_back_rested(self.clone(), stop.clone()));
        tasks.spawn(reaper::run(self.clone(), stop.clone()));
        tasks.spawn(schedule::run(self.clone(), stop.clone()));
        tasks.spawn(work(self.clone(), stop));
    }

    /// Starts the heartbeat of a node that takes no jobs, so that whoever looks at the nodes sees this one too. It stops when
    /// `stop` is cancelled; wait for `tasks` to see the node leave the list.
    pub fn start_heartbeat(&self, tasks: &TaskTracker, stop: CancellationToken) {
        tasks.spawn(heartbeat(self.clone(), false, stop));
    }

    /// Runs every job that is ready, and those they make ready, until none is. For tests and one-shot commands: the
    /// schedule is not looked at, and time does not pass by itself. Answers how many jobs ran.
    ///
    /// # Errors
    /// When the store fails between jobs.
    pub async fn run_until_idle(&self) -> Result<usize> {
        let mut ran = 0;
        loop {
            let claimed = jobs::claim(self.store(), &self.config().node, 1).await?;
            if claimed.is_empty() {
                return Ok(ran);
            }
            for job in claimed {
                run_job(self, job, &CancellationToken::new()).await;
                ran += 1;
            }
        }
    }
}

/// Takes jobs until stopped.
async fn work(engine: Engine, stop: CancellationToken) {
    let mut changed = engine.store().changed();
    let mut running: JoinSet<()> = JoinSet::new();
    let share = engine.config().concurrency.max(1);
    take_back_own(&engine).await;
    while !stop.is_cancelled() {
        let free = AT_ONCE.saturating_sub(running.len());
        if free > 0 {
            let node = &engine.config().node;
            match jobs::claim_shared(engine.store(), node, free, share).await {
                Ok(claimed) => {
                    let took_all = claimed.len() == free;
                    for job in claimed {
                        let (engine, stop) = (engine.clone(), stop.clone());
                        running.spawn(async move { run_job(&engine, job, &stop).await });
                    }
                    if took_all && running.len() < AT_ONCE {
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "cannot take jobs, trying again"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_ended) = running.join_next() => {}
            () = woken(&mut changed) => {}
            () = tokio::time::sleep(engine.config().poll) => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Waits for word of a new job.
async fn woken(changed: &mut tokio::sync::broadcast::Receiver<store::Change>) {
    use tokio::sync::broadcast::error::RecvError;
    loop {
        match changed.recv().await {
            Ok(change) if change.topic == "job" => return,
            Ok(_) => {}
            // Some were missed: look.
            Err(RecvError::Lagged(_)) => return,
            // The store is closing; the poll goes on until we are stopped.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// On SQLite everything leased belongs to a process that is gone: we hold the file's lock (rule S6).
async fn take_back_own(engine: &Engine) {
    if let Err(error) = engine.take_back_own().await {
        tracing::warn!(%error, "cannot take old leases back; they run out by themselves");
    }
}

async fn heartbeat(engine: Engine, works: bool, stop: CancellationToken) {
    if let Err(error) = announce(&engine, works).await {
        tracing::warn!(%error, "cannot announce this node");
    }
    loop {
        if let Err(error) = beat(&engine).await {
            tracing::warn!(%error, "heartbeat failed; leases run out if this goes on");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(HEARTBEAT) => {}
        }
    }
    if let Err(error) = engine.permits().give_back_all().await {
        tracing::debug!(%error, "slots are given back by their lease instead");
    }
    if let Err(error) = leave(&engine).await {
        tracing::debug!(%error, "this node stays listed until it is swept");
    }
}

/// Other nodes wait for slots that only rest here, so they are looked at more often than the heart beats.
async fn give_back_rested(engine: Engine, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(REST) => {}
        }
        if let Err(error) = engine.permits().give_back_rested().await {
            tracing::debug!(%error, "slots are given back by their lease instead");
        }
    }
}

async fn announce(engine: &Engine, works: bool) -> Result<()> {
    let config = engine.config();
    let mut tx = engine.store().begin().await?;
    let (id, address) = (&config.node, &config.address);
    nodes::upsert_node(&mut tx, id, address, &config.version, works).await?;
    tx.commit().await?;
    Ok(())
}

async fn leave(engine: &Engine) -> Result<()> {
    let mut tx = engine.store().begin().await?;
    nodes::remove_node(&mut tx, &engine.config().node).await?;
    tx.commit().await?;
    Ok(())
}

async fn beat(engine: &Engine) -> Result<()> {
    let config = engine.config();
    jobs::heartbeat_of(engine.store(), &config.node, &engine.held_jobs()).await?;
    engine.permits().keep().await?;
    Ok(())
}

/// Runs one job and settles it. A panic inside is caught: it is one job's trouble.
async fn run_job(engine: &Engine, claimed: ClaimedJob, stop: &CancellationToken) {
    let kind = claimed.job.kind();
    let _held = engine.hold_job(claimed.id);
    let work = std::panic::AssertUnwindSafe(dispatch(engine, &claimed)).catch_unwind();
    let ended = tokio::select! {
        biased;
        () = stop.cancelled() => None,
        ended = work => Some(ended),
    };
    let outcome = match ended {
        None => give_back(engine, &claimed).await,
        Some(Ok(Ok(ended))) => settle(engine, &claimed, ended).await,
        Some(Ok(Err(error))) => {
            fail(engine, &claimed, &error.to_string(), error.is_temporary()).await
        }
        Some(Err(_panic)) => {
            fail(engine, &claimed, "the worker broke off; see the log", false).await
        }
    };
    match outcome {
        Ok(outcome) => telemetry::job(kind, outcome),
        // The lease runs out and the reaper brings the job back.
        Err(error) => tracing::warn!(%error, kind, "cannot settle a job"),
    }
}

/// What each job does.
async fn dispatch(engine: &Engine, claimed: &ClaimedJob) -> Result<Ended> {
    match &claimed.job {
        Job::PullStream { stream_run, .. } => pull::stream(engine, claimed, *stream_run).await,
        Job::PullTicketNotes {
            integration,
            ticket,
        } => pull::notes::of_ticket(engine, claimed, *integration, ticket).await,
        Job::RetrySetAside {
            integration,
            set_aside,
        } => set_aside::retry(engine, claimed, *integration, *set_aside).await,
        Job::ApplyRemoval {
            integration,
            question,
        } => removal_question::apply(engine, claimed, *integration, *question).await,
        Job::RefreshReferenceData { integration } => {
            reference_data::run(engine, claimed, *integration).await
        }
        Job::ProbeConnection { integration } => schedule::probe(engine, *integration).await,
        Job::SendMail { mail } => mail::send(engine, *mail).await,
        Job::ImportContacts { integration } => {
            auto_import::run(engine, claimed, *integration).await
        }
        Job::Import { import } => imports::run(engine, claimed, *import).await,
        Job::IndexSearch => upkeep::index_search(engine).await,
        Job::RotateSecrets => upkeep::rotate_secrets(engine).await,
        Job::Housekeeping => upkeep::housekeeping(engine).await,
    }
}

/// Settles a job that came back; answers the word for the metric.
async fn settle(engine: &Engine, claimed: &ClaimedJob, ended: Ended) -> Result<&'static str> {
    let mut tx = engine.store().begin().await?;
    let settled = match ended {
        Ended::Settled => return Ok("done"),
        // The part may have been superseded while the lease is still ours: the serial key is let go of, or the run
        // that superseded it could never begin. Somebody else's lease has another token and is not touched.
        Ended::LeaseLost => {
            let held = jobs::complete(&mut tx, &claimed.lease).await?;
            tx.commit().await?;
            return Ok(if held { "superseded" } else { "lease_lost" });
        }
        Ended::Done => {
            let held = jobs::complete(&mut tx, &claimed.lease).await?;
            tx.commit().await?;
            return Ok(if held { "done" } else { "lease_lost" });
        }
        Ended::Later {
            at,
            reason,
            failed: true,
        } => jobs::retry(&mut tx, &claimed.lease, at, &reason).await?,
        Ended::Later { at, .. } => jobs::postpone(&mut tx, &claimed.lease, at).await?,
    };
    after_put_back(engine, tx, claimed, settled, "the last attempt failed").await
}

/// A graceful stop gives the lease back, ready at once (rule S6).
async fn give_back(engine: &Engine, claimed: &ClaimedJob) -> Result<&'static str> {
    let mut tx = engine.store().begin().await?;
    jobs::postpone(&mut tx, &claimed.lease, engine.now()).await?;
    tx.commit().await?;
    Ok("given_back")
}

/// A failure of our own: tried again with backoff, dead after its last attempt. A database that does not answer is
/// no attempt.
async fn fail(
    engine: &Engine,
    claimed: &ClaimedJob,
    reason: &str,
    temporary: bool,
) -> Result<&'static str> {
    tracing::error!(
        kind = claimed.job.kind(),
        attempts = claimed.attempts,
        reason,
        "a job failed"
    );
    let at = engine.now().plus(backoff::internal(claimed.attempts));
    let mut tx = engine.store().begin().await?;
    let settled = if temporary {
        jobs::postpone(&mut tx, &claimed.lease, at).await?
    } else if claimed.attempts >= ATTEMPTS {
        if jobs::give_up(&mut tx, &claimed.lease, reason).await? {
            Settled::Dead
        } else {
            Settled::Lost
        }
    } else {
        jobs::retry(&mut tx, &claimed.lease, at, reason).await?
    };
    after_put_back(engine, tx, claimed, settled, reason).await
}

/// Commits; a job that is dead takes its part of a run with it.
async fn after_put_back(
    engine: &Engine,
    mut tx: Tx,
    claimed: &ClaimedJob,
    settled: Settled,
    reason: &str,
) -> Result<&'static str> {
    if settled == Settled::Dead {
        match &claimed.job {
            Job::Import { import } => imports::given_up(engine, &mut tx, *import).await?,
            job => pull::job_given_up(engine, &mut tx, job, reason).await?,
        }
    }
    tx.commit().await?;
    Ok(match settled {
        Settled::Waiting => "later",
        Settled::Merged => "merged",
        Settled::Dead => "dead",
        Settled::Lost => "lease_lost",
    })
}
