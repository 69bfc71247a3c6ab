//! Runs, their streams, wake-ups and request windows.

use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::job::{Job, Priority};
use domain::run::{Counts, RunState, Trigger};
use domain::stream::{PullMode, Stream};
use store::jobs::{claim, enqueue, give_up, list_abandoning_jobs};
use store::runs::{
    NewRun, StreamProgress, WindowOutcome, active_run, find_run_by_uuid, find_stream_run_in,
    finish_run, finish_stream_run, insert_run, list_runs, list_stream_runs, list_wake_ups,
    open_window, put_wake_up, remove_window, save_progress, set_window, start_run,
    start_stream_run, supersede_runs, take_wake_ups, update_message, update_totals, window_key,
};

use crate::harness::{both, integration};

fn new_run(id: domain::id::IntegrationId) -> NewRun {
    NewRun {
        integration: id,
        trigger: Trigger::Resync,
        requested_by: Some("Ann".into()),
        mode: "full",
        settings_revision: 1,
        generation: 1,
        streams: vec![
            (Stream::Companies, PullMode::Full { floor: None }),
            (
                Stream::Tickets,
                PullMode::Since {
                    since: UtcMillis(5),
                },
            ),
            (
                Stream::TicketNotes,
                PullMode::Full {
                    floor: Some(UtcMillis(7)),
                },
            ),
        ],
    }
}

#[test]
fn a_run_is_kept_with_its_streams_and_there_is_one_at_a_time() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        let run = insert_run(&mut tx, &new_run(id)).await.unwrap();
        assert!(
            insert_run(&mut tx, &new_run(id))
                .await
                .unwrap_err()
                .is_conflict()
        );
        tx.commit().await.unwrap();
        assert_eq!(active_run(&store, id).await.unwrap().as_ref(), Some(&run));
        assert_eq!(
            find_run_by_uuid(&store, &run.uuid).await.unwrap().as_ref(),
            Some(&run)
        );
        let parts = list_stream_runs(&store, run.id).await.unwrap();
        let modes: Vec<_> = parts.iter().map(|part| (part.stream, part.mode)).collect();
        assert_eq!(modes, new_run(id).streams);

        let mut tx = store.begin().await.unwrap();
        start_run(&mut tx, run.id).await.unwrap();
        assert!(start_stream_run(&mut tx, &parts[0]).await.unwrap());
        let mut progress = StreamProgress::at(Some("page2".into()), "pages");
        progress.counts = Counts {
            fetched: 3,
            created: 2,
            unchanged: 1,
            pages: 1,
            requests: 2,
            ..Counts::default()
        };
        progress.oddities = vec!["shrank".into(), "shrank".into()];
        progress.next_watermark = Some(UtcMillis(99));
        assert!(
            save_progress(&mut tx, parts[0].id, &progress)
                .await
                .unwrap()
        );
        update_message(
            &mut tx,
            parts[0].id,
            Some("Waiting."),
            Some(Hint::RateLimit),
        )
        .await
        .unwrap();
        let waits = find_stream_run_in(&mut tx, parts[0].id).await.unwrap();
        assert_eq!(waits.unwrap().message.as_deref(), Some("Waiting."));
        progress.next_watermark = None;
        progress.cursor = None;
        progress.phase = "unseen".into();
        assert!(
            save_progress(&mut tx, parts[0].id, &progress)
                .await
                .unwrap()
        );
        update_totals(&mut tx, parts[0].id, Some(6), None)
            .await
            .unwrap();
        update_totals(&mut tx, parts[0].id, None, Some(7))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let part = list_stream_runs(&store, run.id).await.unwrap().remove(0);
        assert_eq!(
            (
                part.counts.fetched,
                part.counts.created,
                part.counts.requests,
                part.counts.pages
            ),
            (6, 4, 4, 2)
        );
        assert_eq!(
            (part.cursor, part.phase.as_str(), part.next_watermark),
            (None, "unseen", Some(UtcMillis(99)))
        );
        assert_eq!(
            (part.oddities, part.total_before, part.total_after),
            (vec!["shrank".to_owned()], Some(6), Some(7))
        );
        assert_eq!(
            (part.state, part.progress_at),
            (RunState::Running, Some(store.now()))
        );
        assert_eq!(
            (part.message, part.hint),
            (None, None),
            "it waits no longer"
        );

        let mut tx = store.begin().await.unwrap();
        let part = &list_stream_runs(&store, run.id).await.unwrap()[0];
        assert!(
            finish_stream_run(&mut tx, part, RunState::Completed, Some(true), None, None)
                .await
                .unwrap()
        );
        assert!(
            !finish_stream_run(&mut tx, part, RunState::Failed, None, None, None)
                .await
                .unwrap()
        );
        assert!(
            finish_run(
                &mut tx,
                run.id,
                RunState::Failed,
                Some("HTTP 401"),
                Some(Hint::Credentials)
            )
            .await
            .unwrap()
        );
        assert!(
            !save_progress(&mut tx, part.id, &progress).await.unwrap(),
            "an ended part takes no more pages"
        );
        tx.commit().await.unwrap();
        let ended = find_run_by_uuid(&store, &run.uuid).await.unwrap().unwrap();
        assert_eq!(
            (ended.state, ended.hint, ended.message.as_deref()),
            (RunState::Failed, Some(Hint::Credentials), Some("HTTP 401"))
        );
        assert_eq!(active_run(&store, id).await.unwrap(), None);
    });
}

#[test]
fn superseded_runs_end_with_their_streams() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        let first = insert_run(&mut tx, &new_run(id)).await.unwrap();
        let ended = supersede_runs(&mut tx, id).await.unwrap();
        assert_eq!(
            ended.iter().map(|run| run.id).collect::<Vec<_>>(),
            [first.id]
        );
        let second = insert_run(&mut tx, &new_run(id)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            list_stream_runs(&store, first.id)
                .await
                .unwrap()
                .iter()
                .all(|part| part.state == RunState::Superseded)
        );
        let ids =
            |runs: Vec<store::runs::Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
        assert_eq!(
            ids(list_runs(&store, id, None, 10).await.unwrap()),
            [second.id, first.id]
        );
        assert_eq!(
            ids(list_runs(&store, id, Some(second.id), 10).await.unwrap()),
            [first.id]
        );
    });
}

#[test]
fn racing_requests_start_one_run() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let racers: Vec<_> = (0..6)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let started = insert_run(&mut tx, &new_run(id)).await;
                    if started.is_ok() {
                        tx.commit().await.unwrap();
                    }
                    started.is_ok()
                })
            })
            .collect();
        let mut started = 0;
        for racer in racers {
            started += usize::from(racer.await.unwrap());
        }
        assert_eq!(started, 1);
        assert_eq!(list_runs(&store, id, None, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn wake_ups_are_kept_once_per_stream_and_taken_whole() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        put_wake_up(&mut tx, id, Stream::Tickets, Trigger::Webhook, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        home.clock.advance(1_000);
        let mut tx = store.begin().await.unwrap();
        put_wake_up(&mut tx, id, Stream::Tickets, Trigger::Schedule, None)
            .await
            .unwrap();
        put_wake_up(&mut tx, id, Stream::Companies, Trigger::Schedule, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let oldest = list_wake_ups(&store, id).await.unwrap().remove(0);
        assert_eq!(
            (oldest.stream, oldest.trigger_key, oldest.at),
            (Stream::Tickets, Trigger::Webhook, store.now().plus(-1_000))
        );
        let mut tx = store.begin().await.unwrap();
        let taken = take_wake_ups(&mut tx, id).await.unwrap();
        assert_eq!(
            taken
                .iter()
                .map(|wake_up| wake_up.stream)
                .collect::<Vec<_>>(),
            [Stream::Companies, Stream::Tickets]
        );
        drop(tx);
        assert_eq!(
            list_wake_ups(&store, id).await.unwrap().len(),
            2,
            "a rolled back take loses nothing"
        );
    });
}

#[test]
fn a_wake_up_keeps_who_asked() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let ask = async |trigger, who: Option<&str>| {
            let mut tx = store.begin().await.unwrap();
            put_wake_up(&mut tx, id, Stream::Tickets, trigger, who)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let waiting = list_wake_ups(&store, id).await.unwrap().remove(0);
            (waiting.trigger_key, waiting.requested_by)
        };
        let by = |who: &str| Some(who.to_owned());
        // A person's name stays with what woke first, a run that reads everything brings its own.
        for (trigger, who, waiting) in [
            (Trigger::Webhook, None, (Trigger::Webhook, None)),
            (
                Trigger::QuickSync,
                Some("Ann"),
                (Trigger::Webhook, by("Ann")),
            ),
            (
                Trigger::QuickSync,
                Some("Ben"),
                (Trigger::Webhook, by("Ann")),
            ),
            (Trigger::Resync, Some("Ben"), (Trigger::Resync, by("Ben"))),
            (Trigger::Webhook, None, (Trigger::Resync, by("Ben"))),
            (
                Trigger::Reconciliation,
                None,
                (Trigger::Reconciliation, by("Ben")),
            ),
        ] {
            assert_eq!(ask(trigger, who).await, waiting, "{trigger:?} {who:?}");
        }
    });
}

#[test]
fn a_window_drops_the_same_request_until_it_ends() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        let run = insert_run(&mut tx, &new_run(id)).await.unwrap();
        let key = window_key(id, "full", 1);
        let until = store.now().plus(120_000);
        assert_eq!(
            open_window(&mut tx, &key, until, Some(&run.uuid))
                .await
                .unwrap(),
            WindowOutcome::Opened
        );
        tx.commit().await.unwrap();
        let closed = WindowOutcome::Closed {
            run_uuid: Some(run.uuid.clone()),
        };
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            open_window(&mut tx, &key, until, None).await.unwrap(),
            closed
        );
        let changed = window_key(id, "full", 2);
        assert_eq!(
            open_window(&mut tx, &changed, until, None).await.unwrap(),
            WindowOutcome::Opened,
            "a settings change is another request"
        );
        set_window(&mut tx, &key, until.plus(60_000), None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        home.clock.advance(120_000);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            open_window(&mut tx, &key, until, None).await.unwrap(),
            closed,
            "it was extended, and still names the run"
        );
        remove_window(&mut tx, &key).await.unwrap();
        assert_eq!(
            open_window(&mut tx, &key, store.now().plus(1), None)
                .await
                .unwrap(),
            WindowOutcome::Opened
        );
        tx.commit().await.unwrap();
        home.clock.advance(1);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            open_window(&mut tx, &key, until, None).await.unwrap(),
            WindowOutcome::Opened,
            "it ended"
        );
    });
}

#[test]
fn a_part_whose_job_was_given_up_is_found_among_many_dead_jobs() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let mut tx = store.begin().await.unwrap();
        let run = insert_run(&mut tx, &new_run(id)).await.unwrap();
        tx.commit().await.unwrap();
        let parts = list_stream_runs(&store, run.id).await.unwrap();
        let pull = Job::PullStream {
            integration: id,
            stream: parts[0].stream,
            stream_run: parts[0].id,
        };
        let notes = |number: usize| Job::PullTicketNotes {
            integration: id,
            ticket: number.to_string(),
        };
        let later = (0..130).map(notes);
        for job in std::iter::once(pull.clone()).chain(later) {
            let mut tx = store.begin().await.unwrap();
            enqueue(&mut tx, &job, Priority::Normal, store.now())
                .await
                .unwrap();
            tx.commit().await.unwrap();
            let claimed = claim(&store, "a", 1).await.unwrap().pop().unwrap();
            let mut tx = store.begin().await.unwrap();
            assert!(give_up(&mut tx, &claimed.lease, "no use").await.unwrap());
            tx.commit().await.unwrap();
        }
        let found = list_abandoning_jobs(&store).await.unwrap();
        let payloads: Vec<_> = found.iter().map(|row| &row.payload).collect();
        assert_eq!(payloads, [&pull], "and only what leaves a part behind");
        let mut tx = store.begin().await.unwrap();
        finish_stream_run(&mut tx, &parts[0], RunState::Failed, None, None, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(list_abandoning_jobs(&store).await.unwrap().is_empty());
    });
}
