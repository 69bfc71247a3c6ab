//! Doubt about what seems to be missing (rules P5, P10, P11), and rights that are optional (S2).

use domain::clock::UtcMillis;
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::set_aside::{self, NewSetAside};
use store::{pages, removal_questions};
use sync::removal_question::answer_removal;
use sync::request::{RunMode, request_sync};
use sync::set_aside::retry_set_aside;

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    p5_a_record_without_a_readable_id_may_be_any_that_seems_missing,
    p5_totals_that_moved_prove_nothing,
    p5_a_candidate_that_is_seen_again_is_none_any_more,
    p11_a_question_calls_records_by_their_names,
    s2_a_missing_right_for_deletions_leaves_the_run_whole,
}

async fn p5_a_record_without_a_readable_id_may_be_any_that_seems_missing(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.present(id, Stream::Contacts).await;
    let garbled = FaultKind::GarbledRecord {
        id: Some(portal.control.ids("Contacts")[5]),
        field: "id".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(garbled).on_entity("Contacts"));
    let run = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (part.state, part.counts.set_aside, part.counts.removed),
        (RunState::Partial, 1, 0),
        "{part:?}"
    );
    assert_eq!(portal.present(id, Stream::Contacts).await, before);
    portal.control.clear_faults();
    portal.sync(id, RunMode::Full).await;
    portal.assert_equal(id).await;
}

/// Between the last page and the vendor's total a contact is created there, and stored here by another way.
async fn p5_totals_that_moved_prove_nothing(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_path("Contacts/query/count")
        .after(1),
    );
    portal.advance(3 * UtcMillis::MINUTE);
    request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("a request");
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(
        (part.state, part.phase.as_str()),
        (RunState::Running, "judge"),
        "{part:?}"
    );
    let company = portal.control.ids("Companies")[1];
    let fields = json!({ "companyID": company, "firstName": "Nora", "lastName": "New" });
    let new = portal.control.create("Contacts", fields).to_string();
    let aside = NewSetAside {
        external_id: new.clone(),
        field: None,
        reason: "a test".to_owned(),
    };
    let mut tx = portal.store().begin().await.expect("a transaction");
    set_aside::upsert_set_aside(&mut tx, id, Stream::Contacts, part.id, &[aside], None)
        .await
        .expect("set aside");
    tx.commit().await.expect("a commit");
    retry_set_aside(&portal.engine, &ann(), id, None)
        .await
        .expect("a retry");
    portal.idle().await;
    assert!(portal.present(id, Stream::Contacts).await.contains(&new));
    portal.control.clear_faults();
    portal.advance(2 * UtcMillis::MINUTE);
    portal.idle().await;
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Contacts).await;
    assert_eq!(run.state, RunState::Completed, "{part:?}");
    assert_ne!(part.total_before, part.total_after, "{part:?}");
    assert_eq!(part.counts.removed, 0, "{part:?}");
    portal.assert_equal(id).await;
}

async fn p5_a_candidate_that_is_seen_again_is_none_any_more(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let all = portal.control.ids("Contacts");
    for contact in all.iter().copied().step_by(4) {
        portal.control.delete("Contacts", contact);
    }
    portal.sync(id, RunMode::Full).await;
    let mut open = removal_questions::list_open(portal.store(), id)
        .await
        .expect("a list");
    let question = open.pop().expect("a question");
    // One that the vendor has after all.
    let back = all[1].to_string();
    let mut tx = portal.store().begin().await.expect("a transaction");
    removal_questions::add_candidates(&mut tx, question.id, std::slice::from_ref(&back))
        .await
        .expect("a candidate");
    tx.commit().await.expect("a commit");
    portal
        .control
        .patch("Contacts", all[1], json!({ "lastName": "Returned" }));
    portal.sync(id, RunMode::Incremental).await;
    let candidates = removal_questions::list_candidates(portal.store(), question.id, None, 500)
        .await
        .expect("candidates");
    assert!(!candidates.is_empty() && !candidates.contains(&back));
    answer_removal(&portal.engine, &ann(), &question.uuid, true)
        .await
        .expect("an answer");
    portal.idle().await;
    portal.assert_same(id).await;
}

async fn p11_a_question_calls_records_by_their_names(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let mut named = std::collections::BTreeMap::new();
    for (entity, words) in [
        ("Contacts", ["firstName", "lastName"]),
        ("Tickets", ["ticketNumber", "title"]),
    ] {
        for record in portal.control.ids(entity).into_iter().step_by(3) {
            let shown = portal.control.get(entity, record).expect("a record");
            let label = words.map(|word| shown[word].as_str().unwrap_or_default().trim());
            named.insert((entity, record.to_string()), label.join(" "));
            portal.control.delete(entity, record);
        }
    }
    portal.sync(id, RunMode::Full).await;
    let open = removal_questions::list_open(portal.store(), id)
        .await
        .expect("a list");
    assert!(!open.is_empty());
    for question in open {
        let entity = match question.stream {
            Stream::Contacts => "Contacts",
            Stream::Tickets => "Tickets",
            _ => continue,
        };
        for missing in question.sample {
            let expected = &named[&(entity, missing.external_id.clone())];
            assert_eq!(&missing.label, expected, "{entity}");
        }
    }
    // Every stream has its own statement.
    let mut tx = portal.store().begin().await.expect("a transaction");
    for stream in Stream::ALL {
        if stream.is_deletion_feed() {
            continue;
        }
        let some = portal.present(id, stream).await.into_iter().next();
        let label = pages::find_label(&mut tx, id, stream, &some.expect("a record"))
            .await
            .expect("a read");
        assert!(label.is_some(), "{stream:?}");
    }
}

async fn s2_a_missing_right_for_deletions_leaves_the_run_whole(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal
        .control
        .set_security("DeletedTicketLogs", "query", "None");
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::DeletedTickets).await;
    assert_eq!(
        (run.state, part.state),
        (RunState::Completed, RunState::Completed),
        "{part:?}"
    );
    assert!(part.message.is_some(), "it says what is missing");
    let missing = portal.integration(id).await.missing_permissions;
    assert!(
        missing
            .iter()
            .any(|right| right.area == Stream::DeletedTickets.label() && !right.required),
        "{missing:?}"
    );
    portal
        .control
        .set_security("DeletedTicketLogs", "query", "All");
    portal.sync(id, RunMode::Incremental).await;
    let missing = portal.integration(id).await.missing_permissions;
    assert!(missing.is_empty(), "{missing:?}");
}
