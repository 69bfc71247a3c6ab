//! Leases and stopping (rule S6).

use std::time::Duration;

use domain::clock::UtcMillis;
use domain::job::{Job, Priority};
use domain::run::RunState;
use domain::stream::Stream;
use simulator::{Fault, FaultKind};
use store::jobs::{self, JobState};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::portal::{Kind, Portal};

on_both_engines! {
    s6_a_vanished_workers_job_runs_again_within_30_seconds,
    s6_the_reaper_brings_back_what_ran_out,
    s6_a_starting_process_takes_its_own_leases_back,
    s6_the_heartbeat_keeps_what_is_worked_on,
    s6_a_graceful_stop_gives_leases_back_at_once,
    s6_a_running_worker_reads_everything_by_itself,
    s6_a_node_without_a_worker_is_listed_and_takes_no_job,
    x1_a_running_worker_seals_with_the_newest_key_by_itself,
    x1_a_key_file_that_is_away_is_looked_for_again_in_an_hour,
    a_vendor_that_never_answers_keeps_only_its_own_work_waiting,
}

/// The disk with the key is not mounted: what runs goes on with the keys it has, and no job dies of it.
async fn x1_a_key_file_that_is_away_is_looked_for_again_in_an_hour(kind: Kind) {
    if kind == Kind::Postgres {
        return;
    }
    let portal = Portal::start(kind).await;
    let file = portal.folder().join("portico.db.key");
    std::fs::rename(&file, file.with_extension("away")).expect("moved");
    let mut tx = portal.store().begin().await.expect("begins");
    let job = jobs::enqueue(
        &mut tx,
        &Job::RotateSecrets,
        Priority::Low,
        portal.clock_now(),
    );
    let job = job.await.expect("kept").id();
    tx.commit().await.expect("committed");
    portal.idle().await;
    let row = jobs::find_job(portal.store(), job).await.expect("a read");
    let row = row.expect("the job");
    assert_eq!((row.state, row.attempts), (JobState::Done, 1), "{row:?}");
}

/// Every kind of request a vendor can be sent is due, and it answers none of them: a run, comments of a ticket, a record
/// that was set aside, reference data. Work that is not of this vendor is done all the same.
async fn a_vendor_that_never_answers_keeps_only_its_own_work_waiting(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    portal.control.set_fault(Fault::new(FaultKind::Hold));
    let ticket = portal.control.ids("Tickets")[0].to_string();
    let now = portal.clock_now();
    let mut tx = portal.store().begin().await.expect("begins");
    let record = store::set_aside::NewSetAside {
        external_id: ticket.clone(),
        field: None,
        reason: "odd".to_owned(),
    };
    let (stream, none) = (Stream::Tickets, domain::id::StreamRunId(0));
    store::set_aside::upsert_set_aside(&mut tx, id, stream, none, &[record], Some(now))
        .await
        .expect("set aside");
    for job in [
        Job::PullTicketNotes {
            integration: id,
            ticket,
        },
        Job::RefreshReferenceData { integration: id },
    ] {
        jobs::enqueue(&mut tx, &job, Priority::Interactive, now)
            .await
            .expect("kept");
    }
    tx.commit().await.expect("committed");
    let (trigger, mode) = (domain::run::Trigger::Resync, sync::request::RunMode::Full);
    sync::request::request_sync(&portal.engine, &crate::portal::ann(), id, trigger, mode)
        .await
        .expect("asked");
    sync::set_aside::retry_set_aside(&portal.engine, &crate::portal::ann(), id, None)
        .await
        .expect("asked");
    let mut tx = portal.store().begin().await.expect("begins");
    let others = jobs::enqueue(&mut tx, &Job::IndexSearch, Priority::Low, now).await;
    let others = others.expect("kept").id();
    tx.commit().await.expect("committed");

    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    let mut state = JobState::Ready;
    for _ in 0..3_000 {
        let row = jobs::find_job(portal.store(), others)
            .await
            .expect("a read");
        state = row.expect("the job").state;
        if state == JobState::Done && portal.control.held() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let held = portal.control.held();
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    portal.control.clear_faults();
    assert_eq!(
        (state, held),
        (JobState::Done, 2),
        "two of its jobs wait, and nothing else"
    );
}

/// A worker claims and is never heard of again; another node's reaper brings the job back.
async fn s6_a_vanished_workers_job_runs_again_within_30_seconds(kind: Kind) {
    let mut portal = Portal::start(kind).await;
    let id = portal.connect().await;
    let claimed = jobs::claim(portal.store(), "vanished", 1)
        .await
        .expect("a claim");
    assert_eq!(claimed.len(), 1);
    portal.idle().await;
    assert_eq!(
        portal.last_run(id).await.state,
        RunState::Waiting,
        "its lease holds"
    );
    portal.advance(16 * UtcMillis::SECOND);
    if kind == Kind::Sqlite {
        portal.restart().await;
    }
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    wait_until(&portal, id, RunState::Completed).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    portal.assert_same(id).await;
}

/// No process starts anew: the reaper alone finds what a worker lost sight of.
async fn s6_the_reaper_brings_back_what_ran_out(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    let claimed = jobs::claim(portal.store(), "vanished", 1).await;
    assert_eq!(claimed.expect("a claim").len(), 1);
    portal.engine.reap().await.expect("the reaper");
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Waiting);
    portal.advance(jobs::LEASE + UtcMillis::SECOND);
    portal.engine.reap().await.expect("the reaper");
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    portal.assert_same(id).await;
}

/// Its lease has not run out, and time stands still. On PostgreSQL another node may hold it, so that it has to.
async fn s6_a_starting_process_takes_its_own_leases_back(kind: Kind) {
    if kind == Kind::Postgres {
        return;
    }
    let mut portal = Portal::start(kind).await;
    let id = portal.connect().await;
    let claimed = jobs::claim(portal.store(), "the process before", 1).await;
    assert_eq!(claimed.expect("a claim").len(), 1);
    portal.restart().await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    wait_until(&portal, id, RunState::Completed).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

/// The vendor takes longer with a page than a lease lasts.
async fn s6_the_heartbeat_keeps_what_is_worked_on(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Tickets");
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    portal.until_held().await;
    for _ in 0..2 {
        portal.advance(jobs::LEASE - UtcMillis::SECOND);
        let wanted = portal.clock_now().plus(jobs::LEASE - UtcMillis::SECOND);
        let mut kept = false;
        for _ in 0..3_000 {
            let running = jobs::list_jobs(portal.store(), JobState::Running, 5).await;
            let running = running.expect("jobs");
            let pull = running
                .iter()
                .find(|job| job.payload.kind() == "pull_stream");
            let until = pull.expect("it is worked on").lease_until;
            kept = until.is_some_and(|until| until >= wanted);
            if kept {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(kept, "a heartbeat extends its lease");
    }
    portal.control.release();
    wait_until(&portal, id, RunState::Completed).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
}

/// On SQLite a starting process takes leases back without waiting for them to run out; on PostgreSQL the stopped node
/// gave them back itself.
async fn s6_a_graceful_stop_gives_leases_back_at_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.control.set_fault(
        Fault::new(FaultKind::Delay { ms: 20_000 })
            .on_entity("Tickets")
            .on_path("Tickets/query"),
    );
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    for _ in 0..6_000 {
        let running = jobs::list_jobs(portal.store(), JobState::Running, 5)
            .await
            .expect("jobs");
        if running
            .iter()
            .any(|job| job.payload.serial_key().ends_with(":tickets"))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.cancel();
    tasks.close();
    let stopped = tokio::time::timeout(Duration::from_secs(5), tasks.wait()).await;
    assert!(stopped.is_ok(), "every loop stops quickly");
    assert!(
        jobs::list_jobs(portal.store(), JobState::Running, 5)
            .await
            .expect("jobs")
            .is_empty()
    );
    let waiting = jobs::list_jobs(portal.store(), JobState::Ready, 5)
        .await
        .expect("jobs");
    let job = waiting
        .iter()
        .find(|job| job.payload.kind() == "pull_stream")
        .expect("the job waits");
    assert!(job.run_at <= portal.clock_now(), "ready at once");
    portal.control.clear_faults();
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    portal.assert_same(id).await;
}

/// A rotation that was broken off before it sealed anything is finished without anybody asking. On PostgreSQL the ring
/// of these tests is no file, and nothing differs.
async fn x1_a_running_worker_seals_with_the_newest_key_by_itself(kind: Kind) {
    if kind == Kind::Postgres {
        return;
    }
    let mut portal = Portal::start(kind).await;
    portal.connect().await;
    let file = portal.folder().join("portico.db.key");
    let new = store::key_ring::add_key(&file).expect("a key");
    portal.restart().await;
    let sealed = || async {
        store::secrets::count_by_key(portal.store())
            .await
            .expect("counts")
    };
    let before = sealed().await;
    assert!(
        !before.contains_key(&new) && before.len() == 1,
        "{before:?}"
    );
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    for _ in 0..6_000 {
        if sealed().await.keys().eq([&new]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert!(sealed().await.keys().eq([&new]), "{:?}", sealed().await);
}

async fn s6_a_running_worker_reads_everything_by_itself(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    let id = portal.connect().await;
    wait_until(&portal, id, RunState::Completed).await;
    let nodes = store::nodes::list_nodes(portal.store())
        .await
        .expect("nodes");
    assert_eq!(nodes.len(), 1);
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert!(
        store::nodes::list_nodes(portal.store())
            .await
            .expect("nodes")
            .is_empty()
    );
    portal.assert_equal(id).await;
    let run = portal.last_run(id).await;
    assert!(portal.part(&run, Stream::Tickets).await.counts.pages > 1);
}

async fn s6_a_node_without_a_worker_is_listed_and_takes_no_job(kind: Kind) {
    let portal = Portal::start(kind).await;
    let now = portal.clock_now();
    let mut tx = portal.store().begin().await.expect("begins");
    let job = jobs::enqueue(&mut tx, &Job::IndexSearch, Priority::Low, now).await;
    let job = job.expect("kept").id();
    tx.commit().await.expect("committed");
    let nodes = async || {
        let nodes = store::nodes::list_nodes(portal.store()).await;
        nodes.expect("nodes").len()
    };
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_heartbeat(&tasks, stop.clone());
    for _ in 0..3_000 {
        if nodes().await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(nodes().await, 1);
    let works = store::nodes::has_worker(portal.store(), now.plus(-UtcMillis::SECOND)).await;
    assert!(
        !works.expect("a read"),
        "nobody waits for it to do anything"
    );
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    assert_eq!(nodes().await, 0, "it left");
    let row = jobs::find_job(portal.store(), job).await.expect("a read");
    let row = row.expect("the job");
    assert_eq!((row.state, row.attempts), (JobState::Ready, 0), "{row:?}");
}

async fn wait_until(portal: &Portal, id: domain::id::IntegrationId, state: RunState) {
    for _ in 0..3_000 {
        if portal.last_run(id).await.state == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let run = portal.last_run(id).await;
    panic!("the run is {:?}: {:?}", run.state, portal.parts(&run).await);
}
