//! Order and completeness: P8 and P10.

use domain::hint::Hint;
use domain::run::{Counts, RunState};
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::checkpoints;
use sync::request::RunMode;

use crate::portal::{Kind, Portal};

on_both_engines! {
    p8_companies_come_before_contacts_before_tickets,
    p8_a_record_whose_parent_is_missing_is_kept,
    p10_counts_add_up_and_totals_verify,
    p10_odd_pages_are_noticed,
    p10_what_an_earlier_page_brought_is_counted_once,
    p10_a_total_that_shrinks_is_not_trusted,
    p10_fewer_than_the_vendor_counts_leaves_everything_open,
}

async fn p8_companies_come_before_contacts_before_tickets(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.control.clear_journal();
    portal.idle().await;
    let journal = portal.control.journal();
    let at = |entity: &str, last: bool| {
        let mut pages = journal
            .iter()
            .filter(|entry| entry.path.to_lowercase().ends_with("/query"))
            .filter(|entry| entry.entity.as_deref() == Some(entity))
            .map(|entry| entry.sequence);
        if last {
            pages.next_back()
        } else {
            pages.next()
        }
        .expect("asked for")
    };
    assert!(at("Companies", true) < at("Contacts", false));
    assert!(at("Contacts", true) < at("Tickets", false));
    assert!(at("Tickets", true) < at("TicketNotes", false));
    portal.assert_equal(id).await;
}

/// Companies may not be read at first: contacts and tickets are kept, and belong to their company once it arrives.
async fn p8_a_record_whose_parent_is_missing_is_kept(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.control.set_security("Companies", "query", "None");
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(
        portal.part(&run, Stream::Companies).await.state,
        RunState::Failed
    );
    assert!(portal.present(id, Stream::Companies).await.is_empty());
    assert_eq!(
        portal.present(id, Stream::Contacts).await,
        portal.vendor("Contacts")
    );
    assert_eq!(
        portal.present(id, Stream::Tickets).await,
        portal.vendor("Tickets")
    );
    portal.control.set_security("Companies", "query", "All");
    portal.sync(id, RunMode::Incremental).await;
    portal.assert_equal(id).await;
}

async fn p10_counts_add_up_and_totals_verify(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let run = portal.last_run(id).await;
    for part in portal.parts(&run).await {
        assert!(part.counts.adds_up(), "{part:?}");
        if part.mode.is_full() {
            assert_eq!(part.verified, Some(true), "{part:?}");
            assert_eq!(part.total_before, Some(part.counts.fetched), "{part:?}");
            assert_eq!(part.total_before, part.total_after, "{part:?}");
        }
    }
    let all = portal
        .parts(&run)
        .await
        .iter()
        .fold(Counts::default(), |sum, part| sum.plus(part.counts));
    assert!(all.requests > 0 && all.pages > 0);
    let again = portal.sync(id, RunMode::Full).await;
    for part in portal.parts(&again).await {
        assert!(part.counts.adds_up(), "{part:?}");
    }
}

/// One page is capped smaller than asked, another carries a record twice.
async fn p10_odd_pages_are_noticed(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    // The question for the total is no page, and uses up neither.
    portal.control.set_fault(
        Fault::new(FaultKind::CapPage { max: 20 })
            .on_entity("Tickets")
            .on_path("Tickets/query")
            .times(1),
    );
    portal.control.set_fault(
        Fault::new(FaultKind::DuplicateRecord)
            .on_entity("Contacts")
            .on_path("Contacts/query")
            .times(1),
    );
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert!(
        part.oddities
            .iter()
            .any(|oddity| oddity.starts_with("A page held 20 records although 50")),
        "{part:?}"
    );
    // Every record arrived nevertheless, and the totals prove it.
    let total = i64::try_from(portal.vendor("Tickets").len()).expect("few");
    assert_eq!(
        (part.counts.fetched, part.verified, part.state),
        (total, Some(true), RunState::Completed),
        "{part:?}"
    );
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (part.counts.repeated, part.hint),
        (1, Some(Hint::Duplicates)),
        "{part:?}"
    );
    assert!(part.counts.adds_up(), "{part:?}");
    portal.assert_same(id).await;
}

/// Three records of the first page are marked as seen before, as if an earlier page had brought them.
async fn p10_what_an_earlier_page_brought_is_counted_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Contacts");
    let before = async {
        portal.until_held().await;
        let run = portal.last_run(id).await;
        let part = portal.part(&run, Stream::Contacts).await;
        let ids = portal.vendor("Contacts");
        let ids: Vec<&str> = ids.iter().map(String::as_str).take(3).collect();
        let mut tx = portal.store().begin().await.expect("a transaction");
        let marked = store::pages::insert_seen(&mut tx, part.id, &ids).await;
        assert_eq!(marked.expect("marked"), 3);
        tx.commit().await.expect("a commit");
        portal.control.release();
    };
    tokio::join!(portal.idle(), before);
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Contacts).await;
    let total = i64::try_from(portal.vendor("Contacts").len()).expect("few");
    assert_eq!(
        (part.counts.fetched, part.counts.repeated),
        (total - 3, 3),
        "{part:?}"
    );
    assert!(part.counts.adds_up(), "{part:?}");
    assert!(
        part.oddities
            .iter()
            .any(|oddity| oddity.contains("came again")),
        "{part:?}"
    );
    portal.assert_same(id).await;
}

async fn p10_a_total_that_shrinks_is_not_trusted(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal
        .control
        .set_fault(Fault::new(FaultKind::ShrinkTotal { by: 3 }).on_entity("Contacts"));
    let gone = portal.control.ids("Contacts")[5];
    portal.control.delete("Contacts", gone);
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        part.verified, None,
        "more than the total is no proof: {part:?}"
    );
    // Unproven, so the vendor was asked about the one candidate by id.
    assert_eq!(part.counts.removed, 1);
    assert!(
        !portal
            .present(id, Stream::Contacts)
            .await
            .contains(&gone.to_string())
    );
}

/// The vendor counts more tickets than it sends. Of a run that reads everything that is enough to doubt it, of one that
/// reads changes only together with an odd page: nothing is removed, and the next run asks from where certainty ended.
async fn p10_fewer_than_the_vendor_counts_leaves_everything_open(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let watermark = async || {
        let found = checkpoints::find_checkpoint(portal.store(), id, Stream::Tickets).await;
        found.expect("a read").expect("a checkpoint").watermark
    };
    let before = watermark().await;
    let more = FaultKind::Status {
        code: 200,
        body: Some(json!({ "queryCount": 5_000 })),
        retry_after: None,
    };
    portal
        .control
        .set_fault(Fault::new(more).on_path("Tickets/query/count"));
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(
        (part.state, part.verified, part.counts.removed),
        (RunState::Partial, Some(false), 0),
        "{part:?}"
    );
    assert_eq!(watermark().await, before, "of a full run");

    for ticket in portal.control.ids("Tickets").into_iter().take(3) {
        let touched = json!({ "title": "Touched" });
        portal.control.patch("Tickets", ticket, touched);
    }
    portal.control.set_fault(
        Fault::new(FaultKind::CapPage { max: 1 })
            .on_entity("Tickets")
            .on_path("Tickets/query"),
    );
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(part.state, RunState::Partial, "{part:?}");
    assert_eq!(watermark().await, before, "of an incremental run");

    portal.control.clear_faults();
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    assert!(watermark().await > before);
    portal.assert_equal(id).await;
}
