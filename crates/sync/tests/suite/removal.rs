//! Rules of removal: P5, P11, P14, and comments: P15.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IntegrationId;
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::removal_questions::{self, RemovalQuestion};
use store::{audit, pages};
use sync::clear_resync;
use sync::removal_question::{AnswerOutcome, answer_removal};
use sync::request::{NotesState, RequestOutcome, RunMode, notes_state, request_notes};

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    p5_only_a_complete_full_run_marks_what_it_did_not_see,
    p5_a_deletion_feed_removes_tickets_with_their_notes,
    p5_a_removed_record_that_reappears_is_the_same_row,
    p11_a_mass_removal_asks_first,
    p11_a_refused_question_keeps_and_a_full_run_replaces_it,
    p11_a_full_run_that_need_not_ask_settles_the_question,
    p14_clear_and_resync_starts_a_generation_and_asks_nothing,
    p15_notes_are_loaded_when_somebody_looks,
    p15_a_note_deleted_at_the_vendor_goes,
}

async fn p5_only_a_complete_full_run_marks_what_it_did_not_see(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let gone = portal.control.ids("Contacts")[7];
    portal.control.delete("Contacts", gone);
    let gone = gone.to_string();
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(
        run.state,
        RunState::Completed,
        "and asks nothing: {:?}",
        run.message
    );
    assert!(
        portal.present(id, Stream::Contacts).await.contains(&gone),
        "an incremental run says nothing about absence"
    );

    // A full run that ends early removes nothing.
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 404,
            body: None,
            retry_after: None,
        })
        .on_entity("Contacts")
        .on_path("Contacts/query")
        .after(1),
    );
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (part.state, part.counts.removed),
        (RunState::Failed, 0),
        "{part:?}"
    );
    assert!(portal.present(id, Stream::Contacts).await.contains(&gone));

    portal.control.clear_faults();
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (part.state, part.counts.removed),
        (RunState::Completed, 1),
        "{part:?}"
    );
    assert_eq!(
        pages::count_seen(portal.store(), part.id)
            .await
            .expect("a count"),
        0,
        "marks are cleared when the run ends"
    );
    portal.assert_equal(id).await;
}

async fn p5_a_deletion_feed_removes_tickets_with_their_notes(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let all = portal.control.ids("Tickets");
    // More than the mass-removal guard lets pass: the feed is the vendor's own word.
    for ticket in all.iter().take(all.len() / 2) {
        portal.control.delete("Tickets", *ticket);
    }
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    let part = portal.part(&run, Stream::DeletedTickets).await;
    assert_eq!(
        part.counts.removed,
        i64::try_from(all.len() / 2).expect("few"),
        "{part:?}"
    );
    assert!(part.counts.adds_up(), "{part:?}");
    assert_eq!(
        portal.present(id, Stream::Tickets).await,
        portal.vendor("Tickets")
    );
    assert!(
        removal_questions::list_open(portal.store(), id)
            .await
            .expect("a list")
            .is_empty()
    );
}

async fn p5_a_removed_record_that_reappears_is_the_same_row(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let ticket = portal.control.ids("Tickets")[4].to_string();
    let before = portal.tickets().await.remove(&ticket).expect("listed");
    let mut tx = portal.store().begin().await.expect("a transaction");
    let gone = pages::mark_removed(
        &mut tx,
        Stream::Tickets,
        &[before.id],
        pages::RemovedReason::Vendor,
        portal.clock_now(),
    )
    .await;
    assert_eq!(gone.expect("a mark"), 1);
    tx.commit().await.expect("a commit");
    assert!(!portal.tickets().await.contains_key(&ticket));
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(
        portal.part(&run, Stream::Tickets).await.counts.changed,
        1,
        "it is back"
    );
    let after = portal.tickets().await.remove(&ticket).expect("listed");
    assert_eq!((after.id, after.uuid), (before.id, before.uuid));
}

/// Deletes a quarter of the contacts and reads all of them.
async fn lose_a_quarter(portal: &Portal, id: IntegrationId) -> (Vec<String>, RemovalQuestion) {
    let all = portal.control.ids("Contacts");
    let gone: Vec<i64> = all.iter().copied().step_by(4).collect();
    assert!(gone.len() > 10, "more than ten");
    for contact in &gone {
        portal.control.delete("Contacts", *contact);
    }
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(
        (run.state, run.hint),
        (RunState::Partial, Some(Hint::RemovalQuestion)),
        "{:?}",
        run.message
    );
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!((part.state, part.counts.removed), (RunState::Partial, 0));
    assert_eq!(
        portal.present(id, Stream::Contacts).await.len(),
        all.len(),
        "nothing was removed"
    );
    let mut open = removal_questions::list_open(portal.store(), id)
        .await
        .expect("a list");
    let question = open.pop().expect("a question");
    assert!(open.is_empty());
    assert_eq!(question.missing, i64::try_from(gone.len()).expect("few"));
    assert_eq!(question.present, i64::try_from(all.len()).expect("few"));
    (gone.iter().map(ToString::to_string).collect(), question)
}

async fn p11_a_mass_removal_asks_first(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let (_gone, question) = lose_a_quarter(&portal, id).await;
    assert!(!question.sample.is_empty());
    let answered = answer_removal(&portal.engine, &ann(), &question.uuid, true)
        .await
        .expect("an answer");
    assert_eq!(answered, AnswerOutcome::Done);
    portal.idle().await;
    assert_eq!(
        portal.present(id, Stream::Contacts).await,
        portal.vendor("Contacts")
    );
    let again = answer_removal(&portal.engine, &ann(), &question.uuid, false)
        .await
        .expect("an answer");
    assert_eq!(again, AnswerOutcome::AlreadyAnswered);
}

async fn p11_a_refused_question_keeps_and_a_full_run_replaces_it(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.present(id, Stream::Contacts).await;
    let (_gone, question) = lose_a_quarter(&portal, id).await;
    let answered = answer_removal(&portal.engine, &ann(), &question.uuid, false)
        .await
        .expect("an answer");
    assert_eq!(answered, AnswerOutcome::Done);
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::Contacts).await, before, "kept");

    portal.sync(id, RunMode::Full).await;
    let open = removal_questions::list_open(portal.store(), id)
        .await
        .expect("a list");
    assert_eq!(open.len(), 1, "asked again");
    portal.sync(id, RunMode::Full).await;
    let newer = removal_questions::list_open(portal.store(), id)
        .await
        .expect("a list");
    assert_eq!(newer.len(), 1, "one question at a time");
    assert_ne!(
        newer[0].uuid, open[0].uuid,
        "the newer full run's takes its place"
    );
    let late = answer_removal(&portal.engine, &ann(), &open[0].uuid, true)
        .await
        .expect("an answer");
    assert_eq!(late, AnswerOutcome::AlreadyAnswered);
}

/// With more contacts the same loss is a smaller share: the next full run marks what is gone, and nobody is asked any more.
async fn p11_a_full_run_that_need_not_ask_settles_the_question(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let (gone, question) = lose_a_quarter(&portal, id).await;
    let company = portal.control.ids("Companies")[1];
    for number in 0..gone.len() * 3 {
        let name = format!("New{number}");
        let fields = json!({ "companyID": company, "firstName": "Nora", "lastName": name });
        portal.control.create("Contacts", fields);
    }
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    portal.assert_same(id).await;
    let open = removal_questions::list_open(portal.store(), id).await;
    assert!(open.expect("a list").is_empty());
    let late = answer_removal(&portal.engine, &ann(), &question.uuid, true).await;
    assert_eq!(late.expect("an answer"), AnswerOutcome::AlreadyAnswered);
}

async fn p14_clear_and_resync_starts_a_generation_and_asks_nothing(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.tickets().await;
    let preview = clear_resync::preview(&portal.engine, id)
        .await
        .expect("a preview");
    assert_eq!(preview.tickets, before.len() as u64);
    let all = portal.control.ids("Contacts");
    for contact in all.iter().step_by(3) {
        portal.control.delete("Contacts", *contact);
    }
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_entity("Tickets")
        .on_path("Tickets/query")
        .after(2),
    );
    let outcome = clear_resync::clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("a request");
    assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
    portal.idle().await;
    assert_eq!(
        portal.tickets().await.len(),
        before.len(),
        "old rows stay visible until it completes"
    );
    portal.control.clear_faults();
    portal.advance(UtcMillis::MINUTE);
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.state, run.trigger_key),
        (RunState::Completed, Trigger::ClearResync),
        "{:?}",
        run.message
    );
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(
        part.counts.changed, part.counts.fetched,
        "every hash was reset"
    );
    assert!(
        removal_questions::list_open(portal.store(), id)
            .await
            .expect("a list")
            .is_empty(),
        "nothing is asked"
    );
    let after = portal.tickets().await;
    for (external_id, row) in &before {
        assert_eq!(
            after.get(external_id).map(|after| &after.uuid),
            Some(&row.uuid),
            "ids stay"
        );
    }
    portal.assert_equal(id).await;
    let entries = audit::list_entries(portal.store(), None, 50)
        .await
        .expect("the log");
    assert!(
        entries
            .iter()
            .any(|entry| entry.action == "integration.clear_resync")
    );
}

/// The first run waits for the vendor; somebody opens a ticket meanwhile.
async fn p15_notes_are_loaded_when_somebody_looks(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_entity("Companies")
        .on_path("Companies/query"),
    );
    portal.idle().await;
    let note = portal.control.ids("TicketNotes")[0];
    let ticket = portal.control.get("TicketNotes", note).expect("a note")["ticketID"].to_string();
    assert_eq!(
        notes_state(&portal.engine, id, &ticket)
            .await
            .expect("a state"),
        NotesState::Loading
    );
    assert_eq!(
        request_notes(&portal.engine, id, &ticket)
            .await
            .expect("a state"),
        NotesState::Loading
    );
    portal.idle().await;
    assert_eq!(
        notes_state(&portal.engine, id, &ticket)
            .await
            .expect("a state"),
        NotesState::Complete
    );
    let here = portal.present(id, Stream::TicketNotes).await;
    let of_ticket = portal
        .control
        .ids("TicketNotes")
        .into_iter()
        .filter(|note| {
            portal
                .control
                .get("TicketNotes", *note)
                .is_some_and(|note| note["ticketID"].as_i64() == ticket.parse().ok())
        });
    let of_ticket: std::collections::BTreeSet<String> =
        of_ticket.map(|note| note.to_string()).collect();
    assert_eq!(here, of_ticket);
    portal.control.clear_faults();
    portal.advance(UtcMillis::MINUTE);
    portal.idle().await;
    portal.assert_equal(id).await;
}

async fn p15_a_note_deleted_at_the_vendor_goes(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let note = portal.control.ids("TicketNotes")[2];
    portal.control.delete("TicketNotes", note);
    portal.sync(id, RunMode::Incremental).await;
    assert!(
        !portal
            .present(id, Stream::TicketNotes)
            .await
            .contains(&note.to_string())
    );
    assert_eq!(
        portal.present(id, Stream::TicketNotes).await,
        portal.vendor("TicketNotes")
    );
}
