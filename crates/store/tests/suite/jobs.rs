//! Jobs: at most once waiting, never two with one serial key, never a commit without the lease, never lost.

use domain::clock::{Clock, UtcMillis};
use domain::id::{IntegrationId, JobId, StreamRunId};
use domain::job::{Job, Priority};
use domain::stream::Stream;
use store::jobs::{
    ClaimedJob, Enqueued, JobState, LEASE, MAX_ATTEMPTS, Settled, claim, complete, count_jobs,
    enqueue, find_job, give_up, heartbeat, heartbeat_of, hold_lease, list_jobs, postpone,
    release_expired, release_own, retry, revive, withdraw,
};
use store::{Engine, Store};

use crate::harness::both;

fn probe(integration: i64) -> Job {
    Job::ProbeConnection {
        integration: IntegrationId(integration),
    }
}

async fn put(store: &Store, job: &Job, priority: Priority, run_at: UtcMillis) -> Enqueued {
    let mut tx = store.begin().await.unwrap();
    let outcome = enqueue(&mut tx, job, priority, run_at).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

async fn claim_one(store: &Store, node: &str) -> Option<ClaimedJob> {
    claim(store, node, 1).await.unwrap().pop()
}

/// Two runs' parts of one stream, and comments of one ticket beside the stream of comments: one after the other. The
/// same stream of another integration does not wait.
#[test]
fn p9_one_stream_of_one_integration_is_never_read_twice_at_once() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let part = |integration, stream, run| Job::PullStream {
            integration: IntegrationId(integration),
            stream,
            stream_run: StreamRunId(run),
        };
        let notes = Job::PullTicketNotes {
            integration: IntegrationId(1),
            ticket: "7".to_owned(),
        };
        let jobs = [
            part(1, Stream::Tickets, 1),
            part(1, Stream::Tickets, 2),
            part(1, Stream::TicketNotes, 3),
            notes,
            part(2, Stream::Tickets, 4),
        ];
        for job in &jobs {
            put(&store, job, Priority::Normal, now).await;
        }
        let claimed = claim(&store, "n", 10).await.unwrap();
        let taken: Vec<&Job> = claimed.iter().map(|one| &one.job).collect();
        assert_eq!(taken, [&jobs[0], &jobs[2], &jobs[4]]);
        let mut tx = store.begin().await.unwrap();
        assert!(complete(&mut tx, &claimed[0].lease).await.unwrap());
        tx.commit().await.unwrap();
        let next = claim(&store, "n", 10).await.unwrap();
        assert_eq!(next.len(), 1);
        assert_eq!(next[0].job, jobs[1], "once the first has ended");
    });
}

#[test]
fn jobs_are_taken_by_priority_then_time_and_not_before_their_time() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let late = put(&store, &probe(1), Priority::Normal, now).await.id();
        let early = put(&store, &probe(2), Priority::Normal, now.plus(-5))
            .await
            .id();
        let person = put(&store, &probe(3), Priority::Interactive, now)
            .await
            .id();
        let future = put(&store, &probe(4), Priority::Interactive, now.plus(1_000))
            .await
            .id();
        let order: Vec<JobId> = claim(&store, "n", 10)
            .await
            .unwrap()
            .into_iter()
            .map(|job| job.id)
            .collect();
        assert_eq!(order, [person, early, late]);
        home.clock.advance(1_000);
        let job = claim_one(&store, "n").await.unwrap();
        assert_eq!((job.id, job.attempts, job.job), (future, 1, probe(4)));
        assert_eq!(count_jobs(&store).await.unwrap().running, 4);
    });
}

#[test]
fn one_unique_key_waits_once_and_moves_to_the_earlier_and_more_urgent() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let first = put(&store, &probe(1), Priority::Low, now.plus(60_000)).await;
        let second = put(&store, &probe(1), Priority::Interactive, now).await;
        assert_eq!(second, Enqueued::AlreadyWaiting(first.id()));
        put(&store, &probe(1), Priority::Low, now.plus(99_000)).await;
        let row = find_job(&store, first.id()).await.unwrap().unwrap();
        assert_eq!((row.run_at, row.priority), (now, 0));

        // While it runs, exactly one successor may wait.
        let running = claim_one(&store, "n").await.unwrap();
        let successor = put(&store, &probe(1), Priority::Normal, now).await;
        assert!(matches!(successor, Enqueued::New(_)));
        assert!(matches!(
            put(&store, &probe(1), Priority::Normal, now).await,
            Enqueued::AlreadyWaiting(_)
        ));
        assert_eq!(
            claim_one(&store, "n").await,
            None,
            "the serial key is taken"
        );
        let mut tx = store.begin().await.unwrap();
        assert!(complete(&mut tx, &running.lease).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim_one(&store, "n").await.unwrap().id, successor.id());

        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &probe(7), Priority::Normal, now)
            .await
            .unwrap();
        assert!(withdraw(&mut tx, &probe(7).unique_key()).await.unwrap());
        assert!(!withdraw(&mut tx, &probe(7).unique_key()).await.unwrap());
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_rolled_back_transaction_leaves_no_job() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &probe(1), Priority::Normal, store.now())
            .await
            .unwrap();
        drop(tx);
        assert_eq!(claim_one(&store, "n").await, None);
        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &probe(1), Priority::Normal, store.now())
            .await
            .unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(list_jobs(&store, JobState::Ready, 10).await.unwrap(), []);
    });
}

#[test]
fn a_worker_that_lost_its_lease_commits_nothing() {
    both(async |home| {
        let store = home.open().await;
        put(&store, &probe(1), Priority::Normal, store.now()).await;
        let old = claim_one(&store, "slow").await.unwrap();
        home.clock.advance(LEASE + 1);
        assert_eq!(
            release_expired(&store, home.clock.now()).await.unwrap(),
            (1, 0)
        );
        let new = claim_one(&store, "fast").await.unwrap();
        assert_eq!((new.id, new.attempts), (old.id, 2));
        assert!(new.lease.token > old.lease.token);

        let mut tx = store.begin().await.unwrap();
        assert!(
            !hold_lease(&mut tx, &old.lease).await.unwrap(),
            "the page would be stored twice"
        );
        assert!(!complete(&mut tx, &old.lease).await.unwrap());
        assert!(!give_up(&mut tx, &old.lease, "x").await.unwrap());
        assert_eq!(
            retry(&mut tx, &old.lease, store.now(), "x").await.unwrap(),
            Settled::Lost
        );
        assert_eq!(
            postpone(&mut tx, &old.lease, store.now()).await.unwrap(),
            Settled::Lost
        );
        drop(tx);

        let mut tx = store.begin().await.unwrap();
        assert!(hold_lease(&mut tx, &new.lease).await.unwrap());
        assert!(complete(&mut tx, &new.lease).await.unwrap());
        tx.commit().await.unwrap();
        let row = find_job(&store, new.id).await.unwrap().unwrap();
        assert_eq!((row.state, row.lease_by), (JobState::Done, None));
    });
}

#[test]
fn a_lease_taken_over_during_the_transaction_of_a_page_waits_or_loses() {
    both(async |home| {
        let store = home.open().await;
        put(&store, &probe(1), Priority::Normal, store.now()).await;
        let held = claim_one(&store, "a").await.unwrap();
        home.clock.advance(LEASE + 1);
        // The page's transaction has checked the lease and is still open while the reaper comes by.
        let mut tx = store.begin().await.unwrap();
        assert!(hold_lease(&mut tx, &held.lease).await.unwrap());
        let reaper = {
            let (store, now) = (store.clone(), home.clock.now());
            tokio::spawn(async move { release_expired(&store, now).await })
        };
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        tx.commit().await.unwrap();
        assert_eq!(
            reaper.await.unwrap().unwrap(),
            (0, 0),
            "the page extended the lease first"
        );
        let mut tx = store.begin().await.unwrap();
        assert!(complete(&mut tx, &held.lease).await.unwrap());
        tx.commit().await.unwrap();
    });
}

#[test]
fn s6_a_job_its_node_lost_sight_of_runs_out_while_the_node_lives() {
    both(async |home| {
        let store = home.open().await;
        for integration in 1..=3 {
            put(&store, &probe(integration), Priority::Low, store.now()).await;
        }
        let claimed = claim(&store, "a", 3).await.unwrap();
        assert!(
            claimed
                .iter()
                .all(|job| job.priority == Priority::Low as i64)
        );
        let (held, lost) = (claimed[0].id, claimed[1].id);
        home.clock.advance(LEASE - 1_000);
        let mine = [held, claimed[2].id];
        assert_eq!(heartbeat_of(&store, "b", &mine).await.unwrap(), 0);
        assert_eq!(heartbeat_of(&store, "a", &[]).await.unwrap(), 0);
        assert_eq!(heartbeat_of(&store, "a", &mine).await.unwrap(), 2);
        home.clock.advance(2_000);
        assert_eq!(
            release_expired(&store, home.clock.now()).await.unwrap(),
            (1, 0)
        );
        let state = async |job| find_job(&store, job).await.unwrap().unwrap().state;
        assert_eq!(state(held).await, JobState::Running);
        assert_eq!(state(lost).await, JobState::Ready);
    });
}

#[test]
fn a_heartbeat_extends_all_leases_of_its_node_only() {
    both(async |home| {
        let store = home.open().await;
        for integration in 1..=3 {
            put(&store, &probe(integration), Priority::Normal, store.now()).await;
        }
        let mine = claim(&store, "a", 2).await.unwrap();
        let other = claim_one(&store, "b").await.unwrap();
        home.clock.advance(LEASE - 1_000);
        assert_eq!(heartbeat(&store, "a").await.unwrap(), 2);
        home.clock.advance(2_000);
        assert_eq!(
            release_expired(&store, home.clock.now()).await.unwrap(),
            (1, 0)
        );
        for job in mine {
            assert_eq!(
                find_job(&store, job.id).await.unwrap().unwrap().state,
                JobState::Running
            );
        }
        assert_eq!(
            find_job(&store, other.id).await.unwrap().unwrap().state,
            JobState::Ready
        );
    });
}

#[test]
fn retries_wait_count_and_end() {
    both(async |home| {
        let store = home.open().await;
        let id = put(&store, &probe(1), Priority::Normal, store.now())
            .await
            .id();
        let job = claim_one(&store, "n").await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let later = store.now().plus(30_000);
        assert_eq!(
            retry(&mut tx, &job.lease, later, "HTTP 500").await.unwrap(),
            Settled::Waiting
        );
        tx.commit().await.unwrap();
        assert_eq!(claim_one(&store, "n").await, None, "backoff is durable");
        let row = find_job(&store, id).await.unwrap().unwrap();
        assert_eq!(
            (row.run_at, row.attempts, row.last_error.as_deref()),
            (later, 1, Some("HTTP 500"))
        );

        home.clock.advance(30_000);
        let job = claim_one(&store, "n").await.unwrap();
        assert_eq!(job.attempts, 2);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            postpone(&mut tx, &job.lease, store.now()).await.unwrap(),
            Settled::Waiting
        );
        tx.commit().await.unwrap();
        let mut job = claim_one(&store, "n").await.unwrap();
        assert_eq!(job.attempts, 2, "waiting for a limit is no failed attempt");

        // Progress starts the count afresh.
        let mut tx = store.begin().await.unwrap();
        assert!(hold_lease(&mut tx, &job.lease).await.unwrap());
        tx.commit().await.unwrap();
        for attempt in 1..=MAX_ATTEMPTS {
            let mut tx = store.begin().await.unwrap();
            let settled = retry(&mut tx, &job.lease, store.now(), "still")
                .await
                .unwrap();
            tx.commit().await.unwrap();
            if attempt == MAX_ATTEMPTS {
                assert_eq!(settled, Settled::Dead);
                break;
            }
            assert_eq!(settled, Settled::Waiting, "attempt {attempt}");
            job = claim_one(&store, "n").await.unwrap();
        }
        assert_eq!(count_jobs(&store).await.unwrap().dead, 1);
        let mut tx = store.begin().await.unwrap();
        assert!(revive(&mut tx, id).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim_one(&store, "n").await.unwrap().attempts, 1);
    });
}

#[test]
fn a_retry_beside_a_waiting_successor_merges_into_it() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        put(&store, &probe(1), Priority::Normal, now).await;
        let job = claim_one(&store, "n").await.unwrap();
        let successor = put(&store, &probe(1), Priority::Normal, now).await.id();
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            retry(&mut tx, &job.lease, now.plus(9_000), "x")
                .await
                .unwrap(),
            Settled::Merged
        );
        tx.commit().await.unwrap();
        assert_eq!(claim_one(&store, "n").await.unwrap().id, successor);

        // The same for a vanished worker.
        let third = put(&store, &probe(1), Priority::Normal, now).await.id();
        home.clock.advance(LEASE + 1);
        assert_eq!(
            release_expired(&store, home.clock.now()).await.unwrap(),
            (0, 0)
        );
        assert_eq!(claim_one(&store, "n").await.unwrap().id, third);
    });
}

#[test]
fn a_job_that_kills_its_worker_every_time_dies_in_the_end() {
    both(async |home| {
        let store = home.open().await;
        let id = put(&store, &probe(1), Priority::Normal, store.now())
            .await
            .id();
        let mut outcome = (0, 0);
        for _ in 0..MAX_ATTEMPTS {
            assert!(claim_one(&store, "n").await.is_some());
            home.clock.advance(LEASE + 1);
            outcome = release_expired(&store, home.clock.now()).await.unwrap();
        }
        assert_eq!(outcome, (0, 1));
        assert_eq!(
            find_job(&store, id).await.unwrap().unwrap().state,
            JobState::Dead
        );
    });
}

#[test]
fn a_restart_on_sqlite_takes_its_own_leases_back_at_once() {
    both(async |home| {
        let store = home.open().await;
        let id = put(&store, &probe(1), Priority::Normal, store.now())
            .await
            .id();
        let before = claim_one(&store, "first").await.unwrap();
        store.close().await;
        drop(store);
        let store = home.open().await;
        let expected = if home.engine == Engine::Sqlite {
            (1, 0)
        } else {
            (0, 0)
        };
        assert_eq!(release_own(&store).await.unwrap(), expected);
        if home.engine == Engine::Sqlite {
            let again = claim_one(&store, "second").await.unwrap();
            assert_eq!(again.id, id);
            assert!(again.lease.token > before.lease.token);
        } else {
            assert_eq!(
                claim_one(&store, "second").await,
                None,
                "another node may still be at it"
            );
        }
    });
}
