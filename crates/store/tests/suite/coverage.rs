//! What a full run covers, and what it can find missing.

use domain::clock::UtcMillis;
use domain::id::StreamRunId;
use domain::record::{Batch, Visibility};
use domain::stream::Stream;
use store::pages::{
    Absence, Coverage, RemovedReason, count_present, count_shown, insert_seen, list_unseen,
    mark_removed, read_known_before,
};

use crate::harness::{both, integration};
use crate::records::{company, note, store_page, store_tickets, ticket};

/// Rows outside a run's coverage are never named as unseen, whatever else is true of them (rule P5).
#[test]
fn only_what_a_run_covers_can_be_unseen() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let elsewhere = integration(&store, "b").await;
        let run = StreamRunId(1);
        // Old, another queue, no queue, another category, an excluded status, no status, seen, absent, and one unseen.
        let mut tickets: Vec<_> = [
            "old",
            "queue",
            "no_queue",
            "category",
            "status",
            "no_status",
            "seen",
            "absent",
            "unseen",
        ]
        .map(|id| {
            let mut ticket = ticket(id, "1", 1_000);
            ticket.category_id = Some("3".into());
            ticket
        })
        .into();
        tickets[0].updated_at = Some(UtcMillis(999));
        tickets[1].queue_id = Some("9".into());
        tickets[2].queue_id = None;
        tickets[3].category_id = Some("4".into());
        tickets[4].status_id = Some("5".into());
        tickets[5].status_id = None;
        store_tickets(&store, at, &tickets).await;
        store_tickets(&store, elsewhere, &tickets).await;
        let known = read_known_before(&store, at, Stream::Tickets, &["absent"])
            .await
            .unwrap()["absent"];
        let mut tx = store.begin().await.unwrap();
        insert_seen(&mut tx, run, &["seen"]).await.unwrap();
        mark_removed(
            &mut tx,
            Stream::Tickets,
            &[known.id],
            RemovedReason::Vendor,
            UtcMillis(1),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let narrow = Coverage {
            floor: Some(UtcMillis(1_000)),
            queues: texts(&["8"]),
            categories: texts(&["3"]),
            exclude_statuses: texts(&["5"]),
        };
        let unseen = async |coverage: &Coverage, after: &str, limit| {
            let rows = list_unseen(&store, at, Stream::Tickets, run, coverage, after, limit)
                .await
                .unwrap();
            rows.into_iter()
                .map(|row| row.external_id)
                .collect::<Vec<_>>()
        };
        assert_eq!(unseen(&narrow, "", 100).await, ["no_status", "unseen"]);
        assert_eq!(unseen(&narrow, "no_status", 100).await, ["unseen"]);
        assert_eq!(
            count_present(&store, at, Stream::Tickets, &narrow)
                .await
                .unwrap(),
            3,
            "the seen one as well"
        );
        let everything = [
            "category",
            "no_queue",
            "no_status",
            "old",
            "queue",
            "status",
            "unseen",
        ];
        assert_eq!(unseen(&Coverage::default(), "", 100).await, everything);
        assert_eq!(unseen(&Coverage::default(), "", 2).await, everything[..2]);
        assert_eq!(
            count_present(&store, at, Stream::Tickets, &Coverage::default())
                .await
                .unwrap(),
            8
        );
        assert_eq!(count_shown(&store, at, Stream::Tickets).await.unwrap(), 8);
        for (coverage, missing) in [
            (
                Coverage {
                    floor: Some(UtcMillis(1_000)),
                    ..Coverage::default()
                },
                &["old"][..],
            ),
            (
                Coverage {
                    queues: texts(&["8", "7"]),
                    ..Coverage::default()
                },
                &["no_queue", "queue"],
            ),
            (
                Coverage {
                    categories: texts(&["3"]),
                    ..Coverage::default()
                },
                &["category"],
            ),
            (
                Coverage {
                    exclude_statuses: texts(&["5", "6"]),
                    ..Coverage::default()
                },
                &["status"],
            ),
        ] {
            let expected: Vec<_> = everything
                .into_iter()
                .filter(|id| !missing.contains(id))
                .collect();
            assert_eq!(unseen(&coverage, "", 100).await, expected, "{coverage:?}");
        }
        store.close().await;
    });
}

#[test]
fn a_floor_counts_for_notes_and_not_for_companies() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let mut old = note("1", "1", Visibility::Public, false);
        old.created_at = Some(UtcMillis(5));
        let mut changed = note("2", "1", Visibility::Public, false);
        (changed.created_at, changed.updated_at) = (Some(UtcMillis(5)), Some(UtcMillis(20)));
        let mut unknown = note("3", "1", Visibility::Public, false);
        unknown.created_at = None;
        store_page(
            &store,
            at,
            &[old, changed, unknown],
            Batch::TicketNotes,
            Absence::Present,
        )
        .await;
        store_page(
            &store,
            at,
            &[company("1", "One")],
            Batch::Companies,
            Absence::Present,
        )
        .await;
        let coverage = Coverage {
            floor: Some(UtcMillis(10)),
            queues: vec!["8".into()],
            ..Coverage::default()
        };
        let unseen = list_unseen(
            &store,
            at,
            Stream::TicketNotes,
            StreamRunId(1),
            &coverage,
            "",
            10,
        )
        .await
        .unwrap();
        assert_eq!(
            unseen
                .iter()
                .map(|row| row.external_id.as_str())
                .collect::<Vec<_>>(),
            ["2"]
        );
        let unseen = list_unseen(
            &store,
            at,
            Stream::Companies,
            StreamRunId(1),
            &coverage,
            "",
            10,
        )
        .await
        .unwrap();
        assert_eq!(unseen.len(), 1, "companies are always read whole");
        store.close().await;
    });
}
