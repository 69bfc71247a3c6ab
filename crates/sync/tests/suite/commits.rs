//! What one commit holds (rules P2, P5, P6), and from which moment of a run its watermark is (rule P3).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::job::Job;
use domain::run::RunState;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::pages::{self, Coverage};
use store::runs::{self, StreamRun};
use store::{Store, checkpoints, jobs, set_aside};
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};

on_both_engines! {
    p2_a_page_is_there_whole_or_not_at_all,
    p2_a_page_that_comes_after_the_lease_went_is_not_stored,
    p3_what_changes_while_pages_are_read_is_not_lost,
    p3_pages_of_a_part_that_fails_move_no_watermark,
}

/// What is stored of the tickets of a run, beside the counts.
#[derive(Debug, Clone, Copy)]
struct Stored {
    rows: i64,
    marks: i64,
    aside: i64,
}

async fn stored(store: &Store, id: IntegrationId, part: &StreamRun) -> Stored {
    let count = |number: u64| i64::try_from(number).expect("few");
    let all = Coverage::default();
    let rows = pages::count_present(store, id, Stream::Tickets, &all).await;
    let marks = pages::count_seen(store, part.id).await;
    let (aside, _) = set_aside::count_open(store, id).await.expect("a count");
    Stored {
        rows: count(rows.expect("a count")),
        marks: count(marks.expect("a count")),
        aside,
    }
}

async fn tickets(store: &Store, id: IntegrationId) -> Option<StreamRun> {
    let run = runs::active_run(store, id).await.expect("a read")?;
    let parts = runs::list_stream_runs(store, run.id).await.expect("parts");
    let part = parts
        .into_iter()
        .find(|part| part.stream == Stream::Tickets)?;
    (part.state == RunState::Running && part.phase == "pages").then_some(part)
}

/// Somebody looks at the tables all the while a run stores pages: at no moment are there records, marks or records set
/// aside without their counts, or counts without them, or another cursor for the same number of pages.
async fn p2_a_page_is_there_whole_or_not_at_all(kind: Kind) {
    let setup = Setup {
        page_size: 5,
        ..Setup::default()
    };
    let portal = Portal::with(kind, setup).await;
    // One record of each page.
    let garbled = FaultKind::GarbledRecord {
        id: None,
        field: "title".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(garbled).on_entity("Tickets"));
    let id = portal.connect().await;
    let over = Arc::new(AtomicBool::new(false));
    let (store, ended) = (portal.store().clone(), Arc::clone(&over));
    let looking = tokio::spawn(async move {
        let mut cursors: BTreeMap<i64, Option<String>> = BTreeMap::new();
        let mut looks = 0;
        while !ended.load(Ordering::Relaxed) {
            let Some(before) = tickets(&store, id).await else {
                tokio::task::yield_now().await;
                continue;
            };
            let there = stored(&store, id, &before).await;
            let Some(after) = tickets(&store, id).await else {
                continue;
            };
            looks += 1;
            let (least, most) = (before.counts, after.counts);
            for (what, least, there, most) in [
                ("records", least.created, there.rows, most.created),
                ("marks", least.fetched, there.marks, most.fetched),
                ("set aside", least.set_aside, there.aside, most.set_aside),
            ] {
                assert!(
                    (least..=most).contains(&there),
                    "{there} {what} stored, {least} to {most} counted"
                );
            }
            for part in [before, after] {
                let cursor = cursors
                    .entry(part.counts.pages)
                    .or_insert_with(|| part.cursor.clone());
                assert_eq!(
                    *cursor, part.cursor,
                    "one cursor behind {} pages",
                    part.counts.pages
                );
            }
        }
        looks
    });
    portal.idle().await;
    over.store(true, Ordering::Relaxed);
    let looks = looking.await.expect("nothing was seen half stored");
    assert!(looks > 10, "{looks} looks");
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert!(part.counts.set_aside > 5, "{part:?}");
}

/// Another node has the job and has not begun with it: the part is as open as before, and only the lease tells that the
/// page is not for this worker to store.
async fn p2_a_page_that_comes_after_the_lease_went_is_not_stored(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Tickets");
    let slow = portal.engine.clone();
    let slow = tokio::spawn(async move { slow.run_until_idle().await });
    portal.until_held().await;
    let expire = async || {
        portal.advance(20 * UtcMillis::SECOND);
        let now = portal.clock_now();
        let released = jobs::release_expired(portal.store(), now).await;
        released.expect("the reaper")
    };
    assert_eq!(expire().await, (1, 0));
    let claimed = jobs::claim(portal.store(), "node-b", 10).await;
    let theirs = claimed.expect("a claim").into_iter();
    let mut pulls = theirs.filter(|one| matches!(one.job, Job::PullStream { .. }));
    assert!(pulls.next().is_some(), "node-b has it");
    portal.control.release();
    slow.await.expect("no panic").expect("jobs run");
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!((part.counts.fetched, part.counts.pages), (0, 0), "{part:?}");
    assert!(portal.present(id, Stream::Tickets).await.is_empty());
    // Node-b is never heard of again either.
    expire().await;
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    portal.assert_same(id).await;
}

/// A ticket of the first page changes while the vendor takes its time with the second, longer than any overlap: the
/// watermark is of the moment the part began, so that the next run brings the change.
async fn p3_what_changes_while_pages_are_read_is_not_lost(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    // Behind the question for the total and the first page.
    portal.control.set_fault(
        Fault::new(FaultKind::Hold)
            .on_path("Tickets/query")
            .on_entity("Tickets")
            .after(2)
            .times(1),
    );
    let meanwhile = async {
        portal.until_held().await;
        let first = portal.control.ids("Tickets")[0];
        let change = json!({ "title": "Changed behind the first page" });
        portal.advance(UtcMillis::SECOND);
        portal.control.patch("Tickets", first, change);
        portal.advance(20 * UtcMillis::MINUTE);
        portal.control.release();
        first.to_string()
    };
    let ((), ticket) = tokio::join!(portal.idle(), meanwhile);
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    // What is shown may be as old as the beginning of the run (rule S4), and not only as its end.
    let read = checkpoints::find_checkpoint(portal.store(), id, Stream::Tickets).await;
    let began = read.expect("a read").expect("a checkpoint").last_started_at;
    let age = portal.clock_now().since(began.expect("an instant"));
    assert!(age >= 20 * UtcMillis::MINUTE, "{age}");
    let title = async || portal.tickets().await[&ticket].title.clone();
    assert_ne!(
        title().await,
        "Changed behind the first page",
        "the first page came before"
    );
    portal.sync(id, RunMode::Incremental).await;
    assert_eq!(title().await, "Changed behind the first page");
}

/// Pages were stored before the part failed: how far it got is its cursor's matter, the watermark stays.
async fn p3_pages_of_a_part_that_fails_move_no_watermark(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let watermark = async || {
        let found = checkpoints::find_checkpoint(portal.store(), id, Stream::Tickets).await;
        let checkpoint = found.expect("a read").expect("a checkpoint");
        (checkpoint.watermark, checkpoint.last_completed_at)
    };
    let before = watermark().await;
    let refused = FaultKind::Status {
        code: 404,
        body: None,
        retry_after: None,
    };
    // Behind the question for the total and two pages.
    portal.control.set_fault(
        Fault::new(refused)
            .on_path("Tickets/query")
            .on_entity("Tickets")
            .after(4),
    );
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(part.state, RunState::Failed, "{part:?}");
    assert!(part.counts.pages >= 2, "{part:?}");
    assert_eq!(watermark().await, before);
}
