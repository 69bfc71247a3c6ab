//! Rules of a page and a part: P1 to P4, P6, P7.

use std::path::Path;

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::job::Job;
use domain::run::RunState;
use domain::stream::{PullMode, Stream};
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::jobs::{self, JobState, Lease};
use store::{checkpoints, pages, set_aside};
use sync::request::RunMode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::portal::{Kind, Portal, START, Setup};

on_both_engines! {
    p2_a_page_and_its_cursor_commit_together,
    p2_a_worker_that_lost_its_lease_stores_nothing,
    p3_the_watermark_is_the_vendors_clock_and_moves_only_at_completion,
    p3_a_change_at_the_boundary_is_not_lost,
    p4_an_unchanged_record_costs_no_write,
    p6_an_unreadable_record_is_set_aside_and_read_later,
    p6_a_page_that_carries_it_closes_the_matter,
    p6_a_record_without_a_readable_id_is_closed_by_the_next_full_run,
    p7_at_most_one_page_is_read_ahead,
}

#[test]
fn p1_records_enter_through_one_function_only() {
    let mut callers = Vec::new();
    for folder in ["src", "../server/src", "../connectors/src"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        visit(&folder, &mut |path, text| {
            if text.contains("upsert_records(") {
                callers.push(
                    path.strip_prefix(&folder)
                        .expect("inside")
                        .display()
                        .to_string(),
                );
            }
        });
    }
    assert_eq!(callers, ["pull/writer.rs"]);
}

fn visit(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            visit(&entry, look);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            look(&entry, &std::fs::read_to_string(&entry).expect("text"));
        }
    }
}

/// The vendor stops answering after two pages of tickets: what is stored, what is counted and where the part goes on
/// agree, also for a new process; afterwards no page is asked for twice.
async fn p2_a_page_and_its_cursor_commit_together(kind: Kind) {
    let mut portal = Portal::start(kind).await;
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_path("Tickets/query")
        .on_entity("Tickets")
        .after(3),
    );
    let id = portal.connect().await;
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(part.state, RunState::Running);
    let stored = portal.present(id, Stream::Tickets).await;
    assert_eq!(
        part.counts.pages * 50,
        i64::try_from(stored.len()).expect("few"),
        "{part:?}"
    );
    assert!(
        part.counts.pages >= 1
            && part.counts.fetched == part.counts.created
            && part.counts.adds_up(),
        "{part:?}"
    );
    let seen = pages::count_seen(portal.store(), part.id)
        .await
        .expect("a count");
    assert_eq!(seen, stored.len() as u64, "marks commit with their page");
    assert!(part.cursor.is_some(), "the cursor commits with its page");

    portal.restart().await;
    portal.control.clear_faults();
    portal.control.clear_journal();
    portal.advance(UtcMillis::MINUTE);
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    let after = portal.part(&run, Stream::Tickets).await;
    let total = portal.vendor("Tickets").len();
    assert_eq!(
        after.counts.fetched,
        i64::try_from(total).expect("few"),
        "{after:?}"
    );
    assert_eq!(after.counts.repeated, 0, "no page was read twice");
    assert_eq!(
        portal.page_requests("Tickets"),
        (total - stored.len()).div_ceil(50),
        "it went on at the cursor"
    );
    portal.assert_same(id).await;
}

/// While a worker waits for a page, its lease runs out and another node takes the job: the first one's page is rolled
/// back, the second one's counts.
async fn p2_a_worker_that_lost_its_lease_stores_nothing(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Tickets");
    let slow = portal.engine.clone();
    let slow = tokio::spawn(async move { slow.run_until_idle().await });
    portal.until_held().await;
    let lease = wait_for_running(&portal, Stream::Tickets).await;
    portal.advance(20 * UtcMillis::SECOND);
    let (ready, _) = jobs::release_expired(portal.store(), portal.clock_now())
        .await
        .expect("the reaper");
    assert_eq!(ready, 1);
    let other = portal.other_node("node-b");
    other.run_until_idle().await.expect("jobs run");
    portal.control.release();
    slow.await.expect("no panic").expect("jobs run");
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    let part = portal.part(&run, Stream::Tickets).await;
    let total = i64::try_from(portal.vendor("Tickets").len()).expect("few");
    assert_eq!(
        (
            part.counts.fetched,
            part.counts.created,
            part.counts.repeated
        ),
        (total, total, 0),
        "{part:?}"
    );
    let mut tx = portal.store().begin().await.expect("a transaction");
    assert!(
        !jobs::hold_lease(&mut tx, &lease).await.expect("a look"),
        "the first lease is worth nothing"
    );
}

/// Waits until the job of a stream is running and answers its first lease.
async fn wait_for_running(portal: &Portal, stream: Stream) -> Lease {
    for _ in 0..6_000 {
        let running = jobs::list_jobs(portal.store(), JobState::Running, 10)
            .await
            .expect("jobs");
        let found = running
            .iter()
            .find(|job| matches!(job.payload, Job::PullStream { stream: of, .. } if of == stream));
        if let Some(job) = found {
            return Lease {
                job: job.id,
                token: 1,
            };
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the job of {stream:?} did not start");
}

/// Our clock is ten minutes ahead of the vendor's.
async fn p3_the_watermark_is_the_vendors_clock_and_moves_only_at_completion(kind: Kind) {
    let portal = Portal::with(
        kind,
        Setup {
            ahead: 10 * UtcMillis::MINUTE,
            ..Setup::default()
        },
    )
    .await;
    // What changed this moment tells that stamps and answers are of one clock.
    for (entity, field) in [("Tickets", "title"), ("Contacts", "title")] {
        let one = portal.control.ids(entity)[2];
        let now = json!({ field: "Just now" });
        portal.control.patch(entity, one, now);
    }
    let id = portal.connected().await;
    let overlap = 5 * UtcMillis::MINUTE;
    let store = portal.store().clone();
    let watermark = |stream| {
        let store = store.clone();
        async move {
            let found = checkpoints::find_checkpoint(&store, id, stream)
                .await
                .expect("a read");
            found.and_then(|checkpoint| checkpoint.watermark)
        }
    };
    let first = watermark(Stream::Tickets).await.expect("a watermark");
    assert!(
        first >= START.plus(-overlap - UtcMillis::SECOND)
            && first <= START.plus(UtcMillis::MINUTE - overlap),
        "{first}"
    );

    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 404,
            body: None,
            retry_after: None,
        })
        .on_path("Tickets/query")
        .on_entity("Tickets")
        .after(0),
    );
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(
        portal.part(&run, Stream::Tickets).await.state,
        RunState::Failed
    );
    assert_eq!(
        watermark(Stream::Tickets).await,
        Some(first),
        "a failed part leaves it alone"
    );
    assert!(
        watermark(Stream::Contacts).await > Some(first),
        "others go on"
    );

    portal.control.clear_faults();
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(
        part.mode,
        PullMode::Since { since: first },
        "it asks from where certainty ended"
    );
    assert!(watermark(Stream::Tickets).await > Some(first));
}

/// A ticket changes in the very second the watermark names.
async fn p3_a_change_at_the_boundary_is_not_lost(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let ticket = portal.control.ids("Tickets")[3];
    portal.control.patch(
        "Tickets",
        ticket,
        json!({ "title": "Changed at the boundary" }),
    );
    let run = portal.sync(id, RunMode::Incremental).await;
    assert!(portal.part(&run, Stream::Tickets).await.counts.changed >= 1);
    // Nothing moved meanwhile, and what lies inside the overlap is read again without being written again.
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(portal.part(&run, Stream::Tickets).await.counts.changed, 0);
    portal.assert_equal(id).await;
}

async fn p4_an_unchanged_record_costs_no_write(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.tickets_written().await;
    portal.advance(UtcMillis::HOUR);
    let run = portal.sync(id, RunMode::Full).await;
    for part in portal
        .parts(&run)
        .await
        .iter()
        .filter(|part| !part.stream.is_deletion_feed())
    {
        assert!(
            part.counts.fetched > 0
                || part.stream == Stream::ContactGroups
                || part.stream == Stream::ContactGroupMembers
        );
        assert_eq!(
            part.counts.unchanged, part.counts.fetched,
            "{:?}",
            part.stream
        );
    }
    assert_eq!(
        portal.tickets_written().await,
        before,
        "no ticket row was written"
    );
}

async fn p6_an_unreadable_record_is_set_aside_and_read_later(kind: Kind) {
    let portal = Portal::start(kind).await;
    let ticket = portal.control.ids("Tickets")[10];
    portal.control.set_fault(
        Fault::new(FaultKind::GarbledRecord {
            id: Some(ticket),
            field: "title".to_owned(),
        })
        .on_entity("Tickets"),
    );
    let id = portal.connect().await;
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(
        (part.state, part.hint),
        (RunState::Partial, Some(Hint::SetAside)),
        "{:?}",
        part.message
    );
    assert_eq!(part.counts.set_aside, 1);
    assert!(part.counts.adds_up());
    let total = i64::try_from(portal.vendor("Tickets").len()).expect("few");
    assert_eq!(part.counts.fetched, total, "the others of its page went on");
    let checkpoint = checkpoints::find_checkpoint(portal.store(), id, Stream::Tickets)
        .await
        .expect("a read");
    assert!(
        checkpoint.is_some_and(|checkpoint| checkpoint.watermark.is_some()),
        "the watermark may pass"
    );
    let open = set_aside::list_open(portal.store(), id, None, 10)
        .await
        .expect("a list");
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].external_id.as_str(), open[0].field.as_deref()),
        (ticket.to_string().as_str(), Some("title"))
    );

    // Still unreadable after a minute: twice the wait. Then the vendor mends it.
    portal.advance(UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("the schedule");
    portal.idle().await;
    let open = set_aside::list_open(portal.store(), id, None, 10)
        .await
        .expect("a list");
    assert_eq!(open[0].attempts, 2);
    assert_eq!(
        open[0].next_attempt_at,
        Some(portal.clock_now().plus(2 * UtcMillis::MINUTE))
    );
    portal.control.clear_faults();
    portal.advance(2 * UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("the schedule");
    portal.idle().await;
    assert!(
        set_aside::list_open(portal.store(), id, None, 10)
            .await
            .expect("a list")
            .is_empty()
    );
    portal.assert_same(id).await;
}

/// The vendor mends it before it is tried again: the next page with it settles the matter.
async fn p6_a_page_that_carries_it_closes_the_matter(kind: Kind) {
    let portal = Portal::start(kind).await;
    let ticket = portal.control.ids("Tickets")[10];
    let garbled = FaultKind::GarbledRecord {
        id: Some(ticket),
        field: "title".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(garbled).on_entity("Tickets"));
    let id = portal.connect().await;
    portal.idle().await;
    let open = set_aside::list_open(portal.store(), id, None, 10).await;
    let aside = open.expect("a list").remove(0).id;
    portal.control.clear_faults();
    let mended = json!({ "title": "Mended" });
    portal.control.patch("Tickets", ticket, mended);
    portal.sync(id, RunMode::Incremental).await;
    let found = set_aside::find_set_aside(portal.store(), aside).await;
    let found = found.expect("a read").expect("the record");
    assert_eq!(found.resolution.as_deref(), Some("read"), "{found:?}");
    portal.assert_same(id).await;
}

async fn p6_a_record_without_a_readable_id_is_closed_by_the_next_full_run(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    let ticket = portal.control.ids("Tickets")[10];
    let garbled = FaultKind::GarbledRecord {
        id: Some(ticket),
        field: "id".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(garbled).on_entity("Tickets"));
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(
        (part.state, part.counts.set_aside),
        (RunState::Partial, 1),
        "{part:?}"
    );
    assert!(part.counts.adds_up(), "{part:?}");
    // There is nothing to ask the vendor for, so it is not asked.
    portal.advance(UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("the schedule");
    portal.idle().await;
    let open = set_aside::list_open(portal.store(), id, None, 10)
        .await
        .expect("a list");
    assert!(
        open[0]
            .next_attempt_at
            .is_none_or(|at| at > portal.clock_now()),
        "{open:?}"
    );
    portal.control.clear_faults();
    portal.sync(id, RunMode::Full).await;
    let open = set_aside::list_open(portal.store(), id, None, 10)
        .await
        .expect("a list");
    assert!(open.is_empty(), "{open:?}");
    portal.assert_same(id).await;
}

/// The storing of pages stands still: the vendor is asked for one page more than is in hand, and not for a third.
async fn p7_at_most_one_page_is_read_ahead(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Tickets");
    // With a heartbeat, permits and slots are at hand, so that the look-ahead needs no write of its own.
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    portal.engine.start_worker(&tasks, stop.clone());
    let lease = wait_for_running(&portal, Stream::Tickets).await;
    portal.until_held().await;
    portal.control.clear_journal();
    let mut tx = portal.store().begin().await.expect("a transaction");
    assert!(
        jobs::hold_lease(&mut tx, &lease).await.expect("a look"),
        "the job's row is locked"
    );
    portal.control.release();
    // SQLite has one writer: where the permits leased at once happen to be used up, the look-ahead waits for it too.
    let (least, patience) = match kind {
        Kind::Postgres => (2, 3_000),
        Kind::Sqlite => (1, 300),
    };
    for _ in 0..patience {
        if portal.page_requests("Tickets") >= 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let asked = portal.page_requests("Tickets");
    assert!(
        (least..=2).contains(&asked),
        "one page in hand, one on its way: {asked}"
    );
    tx.rollback().await.expect("a rollback");
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
}
