//! What outlives a run: checkpoints, and records that could not be read.

use domain::clock::UtcMillis;
use domain::id::StreamRunId;
use domain::stream::Stream;
use store::checkpoints::{
    Checkpoint, find_checkpoint, list_checkpoints, remove_checkpoints, upsert_checkpoint,
};
use store::integrations::{update_connected, update_disconnected, update_refused};
use store::set_aside::{self, NewSetAside, count_open, list_due, resolve_read, upsert_set_aside};

use crate::harness::{both, integration};

#[test]
fn checkpoints_round_trip() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut checkpoint = Checkpoint {
            integration_id: id,
            stream: Stream::Tickets,
            generation: 1,
            watermark: Some(UtcMillis(1)),
            full_completed_at: None,
            last_completed_at: Some(UtcMillis(3)),
            last_started_at: None,
            verified: Some(false),
            stamp_lag: Some(60_000),
        };
        let mut tx = store.begin().await.unwrap();
        upsert_checkpoint(&mut tx, &checkpoint).await.unwrap();
        checkpoint.watermark = None;
        checkpoint.verified = None;
        checkpoint.stamp_lag = None;
        upsert_checkpoint(&mut tx, &checkpoint).await.unwrap();
        upsert_checkpoint(
            &mut tx,
            &Checkpoint {
                stream: Stream::Companies,
                ..checkpoint.clone()
            },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_checkpoint(&store, id, Stream::Tickets).await.unwrap(),
            Some(checkpoint)
        );
        let mut tx = store.begin().await.unwrap();
        remove_checkpoints(&mut tx, id, Some(Stream::Tickets))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list_checkpoints(&store, id).await.unwrap().len(), 1);
        let mut tx = store.begin().await.unwrap();
        remove_checkpoints(&mut tx, id, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list_checkpoints(&store, id).await.unwrap(), []);
    });
}

#[test]
fn records_set_aside_stay_open_until_they_are_read() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let record = |external_id: &str| NewSetAside {
            external_id: external_id.into(),
            field: Some("createDate".into()),
            reason: "no date".into(),
        };
        let due = store.now().plus(60_000);
        let part = domain::id::StreamRunId(1);
        let mut tx = store.begin().await.unwrap();
        update_connected(&mut tx, id, "a", None, &[], store.now())
            .await
            .unwrap();
        upsert_set_aside(
            &mut tx,
            id,
            Stream::Tickets,
            part,
            &[record("1"), record("2")],
            Some(due),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        home.clock.advance(30_000);
        let mut tx = store.begin().await.unwrap();
        upsert_set_aside(
            &mut tx,
            id,
            Stream::Tickets,
            part,
            &[record("1")],
            Some(due.plus(99)),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let open = set_aside::list_open(&store, id, None, 10).await.unwrap();
        assert_eq!(open.len(), 2);
        assert_eq!(
            (open[0].attempts, open[0].first_at, open[0].next_attempt_at),
            (2, store.now().plus(-30_000), Some(due)),
            "still due as before"
        );
        assert_eq!(
            count_open(&store, id).await.unwrap(),
            (2, Some(store.now().plus(-30_000)))
        );
        assert_eq!(list_due(&store, due, 10).await.unwrap().len(), 2);

        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            resolve_read(&mut tx, id, Stream::Companies, &["1"])
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            resolve_read(&mut tx, id, Stream::Tickets, &["1", "77"])
                .await
                .unwrap(),
            1
        );
        set_aside::postpone(&mut tx, open[1].id, None, "still", None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list_due(&store, due, 10).await.unwrap(), []);
        assert_eq!(
            set_aside::find_set_aside(&store, open[0].id)
                .await
                .unwrap()
                .unwrap()
                .resolution
                .as_deref(),
            Some("read")
        );

        let mut tx = store.begin().await.unwrap();
        upsert_set_aside(
            &mut tx,
            id,
            Stream::Tickets,
            part,
            &[record("1")],
            Some(due),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let again = set_aside::find_set_aside(&store, open[0].id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (again.resolved_at, again.attempts, again.first_at),
            (None, 1, store.now()),
            "open again, as the same row"
        );
    });
}

#[test]
fn p6_a_look_at_one_ticket_leaves_its_notes_with_the_run_that_listed_them() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let (none, first, later) = (StreamRunId(0), StreamRunId(7), StreamRunId(9));
        let note = |external_id: &str| NewSetAside {
            external_id: external_id.into(),
            field: None,
            reason: "no date".into(),
        };
        let meet = async |part: StreamRunId, external_id: &str| {
            let mut tx = store.begin().await.unwrap();
            upsert_set_aside(
                &mut tx,
                id,
                Stream::TicketNotes,
                part,
                &[note(external_id)],
                None,
            )
            .await
            .unwrap();
            tx.commit().await.unwrap();
            let open = set_aside::list_open(&store, id, None, 10).await.unwrap();
            let found = open
                .iter()
                .find(|record| record.external_id == external_id)
                .unwrap();
            (found.stream_run_id, found.attempts)
        };
        assert_eq!(meet(first, "1").await, (first, 1));
        assert_eq!(meet(none, "1").await, (first, 2), "met by no other run");
        assert_eq!(meet(later, "1").await, (later, 3));
        assert_eq!(meet(none, "2").await, (none, 1), "no run ever met it");
        assert_eq!(meet(later, "2").await, (later, 2));
    });
}

#[test]
fn p6_what_a_dead_connection_left_behind_waits_and_keeps_nobody_from_their_turn() {
    both(async |home| {
        let store = home.open().await;
        let (gone, works) = (
            integration(&store, "gone").await,
            integration(&store, "works").await,
        );
        let part = domain::id::StreamRunId(1);
        let mut tx = store.begin().await.unwrap();
        for (id, due) in [(gone, store.now()), (works, store.now().plus(1))] {
            update_connected(&mut tx, id, "a", None, &[], store.now())
                .await
                .unwrap();
            let record = NewSetAside {
                external_id: "1".into(),
                field: None,
                reason: "no date".into(),
            };
            upsert_set_aside(&mut tx, id, Stream::Tickets, part, &[record], Some(due))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let now = store.now().plus(1);
        let first = async || {
            let due = list_due(&store, now, 1).await.unwrap();
            due.first().map(|record| record.integration_id)
        };
        assert_eq!(first().await, Some(gone), "the longest overdue first");

        let mut tx = store.begin().await.unwrap();
        update_refused(&mut tx, gone, "no", now).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(first().await, Some(works), "refused");

        let mut tx = store.begin().await.unwrap();
        update_disconnected(&mut tx, gone).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(first().await, Some(works), "disconnected");

        let mut tx = store.begin().await.unwrap();
        update_connected(&mut tx, gone, "a", None, &[], store.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(first().await, Some(gone), "it is their turn again");
    });
}
