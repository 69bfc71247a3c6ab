//! The bulk path: what is stored, kept, marked and found again.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::StreamRunId;
use domain::record::{
    Batch, ContactGroupMemberRecord, ContactGroupRecord, ExternalRecord, OpportunityRecord,
    TechnicianRecord, Visibility,
};
use domain::stream::Stream;
use store::pages::{
    Absence, Coverage, Deleted, RecordMark, RemovedReason, UpsertCounts, clear_seen, count_present,
    count_seen, find_ticket_by_number, insert_seen, list_note_ids, list_scope_columns,
    mark_removed, read_known, read_known_before, remove_deleted, update_absent, update_closed,
    upsert_records,
};

use crate::harness::{both, integration};
use crate::records::{company, contact, note, number, store_page, store_tickets, ticket};

#[test]
fn the_same_page_twice_writes_once() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let tickets: Vec<_> = (0..617)
            .map(|number| ticket(&number.to_string(), "1", i64::from(number)))
            .collect();
        let counts = store_tickets(&store, at, &tickets).await;
        assert_eq!(
            counts,
            UpsertCounts {
                created: 617,
                changed: 0,
                repeated: 0
            }
        );
        assert_eq!(
            store_tickets(&store, at, &tickets).await,
            UpsertCounts::default()
        );
        let mut changed = tickets.clone();
        changed[3].title = "Another".into();
        assert_eq!(
            store_tickets(&store, at, &changed).await,
            UpsertCounts {
                created: 0,
                changed: 1,
                repeated: 0
            }
        );
        assert_eq!(number(&home, "SELECT count(*) FROM ticket").await, 617);
        assert_eq!(
            number(&home, "SELECT count(DISTINCT uuid) FROM ticket").await,
            617
        );
        assert_eq!(
            number(&home, "SELECT count(*) FROM ticket WHERE title = 'Another'").await,
            1
        );
        store.close().await;
    });
}

#[test]
fn every_kind_of_record_is_stored() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let created = UpsertCounts {
            created: 1,
            ..UpsertCounts::default()
        };
        let here = Absence::Present;
        let technician = TechnicianRecord {
            external_id: "1".into(),
            person: true,
            ..TechnicianRecord::default()
        };
        let group = ContactGroupRecord {
            external_id: "1".into(),
            name: "VIP".into(),
            active: true,
        };
        let member = ContactGroupMemberRecord {
            external_id: "1".into(),
            group_external_id: "1".into(),
            contact_external_id: "1".into(),
        };
        let opportunity = OpportunityRecord {
            external_id: "1".into(),
            title: "Sale".into(),
            ..OpportunityRecord::default()
        };
        assert_eq!(
            store_page(&store, at, &[company("1", "One")], Batch::Companies, here).await,
            created
        );
        assert_eq!(
            store_page(&store, at, &[technician], Batch::Technicians, here).await,
            created
        );
        assert_eq!(
            store_page(
                &store,
                at,
                &[contact("1", "1", "Ann", "Lee")],
                Batch::Contacts,
                here
            )
            .await,
            created
        );
        assert_eq!(
            store_page(&store, at, &[group], Batch::ContactGroups, here).await,
            created
        );
        assert_eq!(
            store_page(&store, at, &[member], Batch::ContactGroupMembers, here).await,
            created
        );
        assert_eq!(
            store_page(&store, at, &[ticket("1", "1", 1)], Batch::Tickets, here).await,
            created
        );
        assert_eq!(
            store_page(
                &store,
                at,
                &[note("1", "1", Visibility::Public, false)],
                Batch::TicketNotes,
                here
            )
            .await,
            created
        );
        assert_eq!(
            store_page(&store, at, &[opportunity], Batch::Opportunities, here).await,
            created
        );
        for stream in Stream::ALL
            .into_iter()
            .filter(|stream| !stream.is_deletion_feed())
        {
            let known = read_known_before(&store, at, stream, &["1", "2"])
                .await
                .unwrap();
            assert_eq!(known.len(), 1, "{stream:?}");
            assert_eq!(
                count_present(&store, at, stream, &Coverage::default())
                    .await
                    .unwrap(),
                1,
                "{stream:?}"
            );
        }
        assert!(
            read_known_before(&store, at, Stream::DeletedTickets, &["1"])
                .await
                .is_err()
        );
        store.close().await;
    });
}

#[test]
fn of_two_records_with_one_id_the_later_wins() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let mut later = ticket("7", "1", 5);
        later.title = "later".into();
        let counts = store_tickets(
            &store,
            at,
            &[ticket("7", "1", 4), ticket("8", "1", 4), later],
        )
        .await;
        assert_eq!(
            counts,
            UpsertCounts {
                created: 2,
                changed: 0,
                repeated: 1
            }
        );
        assert_eq!(
            number(&home, "SELECT count(*) FROM ticket WHERE title = 'later'").await,
            1
        );
        let mut tx = store.begin().await.unwrap();
        let wrong = upsert_records(
            &mut tx,
            at,
            &Batch::Tickets(vec![ticket("9", "1", 1)]),
            &[],
            UtcMillis(1),
        )
        .await;
        assert!(wrong.is_err(), "one mark per record");
        drop(tx);
        store.close().await;
    });
}

#[test]
fn a_record_that_reappears_is_the_same_row() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_tickets(&store, at, &[ticket("7", "1", 5), ticket("8", "1", 5)]).await;
        let known = read_known_before(&store, at, Stream::Tickets, &["7"])
            .await
            .unwrap()["7"];
        let before = number(&home, "SELECT max(id) FROM ticket WHERE external_id = '7'").await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            mark_removed(
                &mut tx,
                Stream::Tickets,
                &[known.id],
                RemovedReason::Vendor,
                UtcMillis(9)
            )
            .await
            .unwrap(),
            1
        );
        assert_eq!(
            mark_removed(
                &mut tx,
                Stream::Tickets,
                &[known.id],
                RemovedReason::Vendor,
                UtcMillis(10)
            )
            .await
            .unwrap(),
            0
        );
        tx.commit().await.unwrap();
        let removed = read_known_before(&store, at, Stream::Tickets, &["7"])
            .await
            .unwrap()["7"];
        assert_eq!(removed.absence, Absence::Removed(RemovedReason::Vendor));
        assert_eq!(
            number(
                &home,
                "SELECT removed_at FROM ticket WHERE external_id = '7'"
            )
            .await,
            9
        );
        assert_eq!(
            store_tickets(&store, at, &[ticket("7", "1", 6)])
                .await
                .changed,
            1
        );
        let again = read_known_before(&store, at, Stream::Tickets, &["7"])
            .await
            .unwrap()["7"];
        assert_eq!((again.id, again.absence), (known.id, Absence::Present));
        assert_eq!(
            number(&home, "SELECT max(id) FROM ticket WHERE external_id = '7'").await,
            before
        );
        assert_eq!(number(&home, "SELECT count(*) FROM ticket WHERE removed_at IS NOT NULL OR removed_reason IS NOT NULL").await, 0);

        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            update_absent(
                &mut tx,
                Stream::Tickets,
                &[known.id],
                Absence::OutOfScope,
                UtcMillis(11)
            )
            .await
            .unwrap(),
            1
        );
        let out = read_known(&mut tx, at, Stream::Tickets, &["7"])
            .await
            .unwrap()["7"];
        assert_eq!(out.absence, Absence::OutOfScope);
        assert_eq!(
            update_absent(
                &mut tx,
                Stream::Tickets,
                &[known.id],
                Absence::Present,
                UtcMillis(12)
            )
            .await
            .unwrap(),
            1
        );
        tx.commit().await.unwrap();
        store.close().await;
    });
}

#[test]
fn an_address_stays_when_a_row_changes() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let staff = domain::viewer::Viewer::ApiKey(1);
        store_tickets(&store, at, &[ticket("7", "1", 5)]).await;
        let before = crate::lists::all_tickets(&store, &staff).await.remove(0);
        store_tickets(&store, at, &[ticket("7", "2", 6)]).await;
        let after = crate::lists::all_tickets(&store, &staff).await.remove(0);
        assert_eq!((before.id, &before.uuid), (after.id, &after.uuid));
        assert_ne!(before.updated_at, after.updated_at);
        store.close().await;
    });
}

#[test]
fn marks_count_what_is_new_to_a_run() {
    both(async |home| {
        let store = home.open().await;
        let (run, other) = (StreamRunId(1), StreamRunId(2));
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            insert_seen(&mut tx, run, &["1", "2", "3", "3"])
                .await
                .unwrap(),
            3
        );
        assert_eq!(insert_seen(&mut tx, run, &["3", "4"]).await.unwrap(), 1);
        assert_eq!(insert_seen(&mut tx, other, &["3"]).await.unwrap(), 1);
        assert_eq!(insert_seen(&mut tx, other, &[]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(count_seen(&store, run).await.unwrap(), 4);
        let mut tx = store.begin().await.unwrap();
        assert!(!clear_seen(&mut tx, run).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(
            (
                count_seen(&store, run).await.unwrap(),
                count_seen(&store, other).await.unwrap()
            ),
            (0, 1)
        );
        store.close().await;
    });
}

#[test]
fn a_deletion_feed_takes_tickets_with_their_notes() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_tickets(&store, at, &[ticket("1", "1", 1), ticket("2", "1", 1)]).await;
        let notes = [("1", "1"), ("2", "1"), ("3", "2")]
            .map(|(id, ticket)| note(id, ticket, Visibility::Public, false));
        store_page(&store, at, &notes, Batch::TicketNotes, Absence::Present).await;
        assert_eq!(list_note_ids(&store, at, "1").await.unwrap().len(), 2);
        let mut tx = store.begin().await.unwrap();
        let first = find_ticket_by_number(&mut tx, at, "T1").await.unwrap();
        assert_eq!(first.as_deref(), Some("1"));
        assert_eq!(
            find_ticket_by_number(&mut tx, at, "T9").await.unwrap(),
            None
        );
        let gone = remove_deleted(&mut tx, at, &["1", "unknown"], UtcMillis(5))
            .await
            .unwrap();
        assert_eq!(
            gone,
            Deleted {
                tickets: 1,
                notes: 2
            }
        );
        assert_eq!(
            remove_deleted(&mut tx, at, &["1"], UtcMillis(6))
                .await
                .unwrap(),
            Deleted::default()
        );
        tx.commit().await.unwrap();
        assert!(list_note_ids(&store, at, "1").await.unwrap().is_empty());
        assert_eq!(list_note_ids(&store, at, "2").await.unwrap().len(), 1);
        store.close().await;
    });
}

#[test]
fn settings_are_applied_to_stored_tickets() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let mut tickets: Vec<_> = (1..=4)
            .map(|number| ticket(&number.to_string(), "1", 1))
            .collect();
        tickets[0].status_id = Some("5".into());
        tickets[1].closed_at = Some(UtcMillis(3));
        tickets[2].status_id = None;
        store_tickets(&store, at, &tickets).await;
        let rows = list_scope_columns(&store, at, 0, 3).await.unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(
            (rows[0].status_id.as_deref(), rows[0].queue_id.as_deref()),
            (Some("5"), Some("8"))
        );
        let rest = list_scope_columns(&store, at, rows[2].id, 3).await.unwrap();
        assert_eq!(rest.len(), 1);
        let closed = async |statuses: &[&str], by_completion| {
            let statuses: BTreeSet<String> = statuses.iter().map(ToString::to_string).collect();
            let mut after = Some(0);
            while let Some(from) = after {
                let mut tx = store.begin().await.unwrap();
                let next = update_closed(&mut tx, at, &statuses, by_completion, from);
                after = next.await.unwrap();
                tx.commit().await.unwrap();
            }
            number(
                &home,
                "SELECT CAST(sum(closed * CAST(external_id AS BIGINT)) AS BIGINT) FROM ticket",
            )
            .await
        };
        let completed = async || {
            let staff = domain::viewer::Viewer::ApiKey(1);
            let mut tickets = crate::lists::all_tickets(&store, &staff).await;
            tickets.retain(|ticket| ticket.closed_at.is_some());
            tickets.len()
        };
        assert_eq!(closed(&["5"], true).await, 1 + 2);
        assert_eq!(closed(&["1"], true).await, 2 + 4);
        assert_eq!(closed(&[], true).await, 2);
        assert_eq!(completed().await, 1);
        assert_eq!(closed(&["5"], false).await, 1, "the statuses alone");
        assert_eq!(completed().await, 0, "it was opened again");
        store.close().await;
    });
}

#[test]
fn texts_are_stored_verbatim() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let texts = [
            "x".repeat(300),
            "🚀 naïve 漢字 \u{202e}".into(),
            "<script>alert('1')</script> & \"quoted\" \\ %_".into(),
        ];
        for (index, text) in texts.iter().enumerate() {
            let mut ticket = ticket(&index.to_string(), "1", 1);
            ticket.title.clone_from(text);
            ticket.fields.insert(text.clone(), serde_json::json!(text));
            store_tickets(&store, at, &[ticket]).await;
            let staff = domain::viewer::Viewer::ApiKey(1);
            let listed = crate::lists::all_tickets(&store, &staff).await;
            let found = store::tickets::find_for_viewer(&store, &staff, &listed[index].uuid)
                .await
                .unwrap()
                .unwrap();
            assert_eq!(&found.row.title, text);
            assert_eq!(
                (&found.fields[0].key, &found.fields[0].value),
                (text, &serde_json::json!(text))
            );
        }
        let hash = ticket("1", "1", 1).content_hash(1, 1);
        let mark = RecordMark {
            hash,
            ..RecordMark::default()
        };
        let mut tx = store.begin().await.unwrap();
        let later = ticket("again", "1", 1);
        upsert_records(
            &mut tx,
            at,
            &Batch::Tickets(vec![later]),
            &[mark],
            UtcMillis(1),
        )
        .await
        .unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(
            number(&home, "SELECT count(*) FROM ticket").await,
            3,
            "what is rolled back is not there"
        );
        store.close().await;
    });
}
