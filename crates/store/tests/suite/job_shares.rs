//! Who gets a worker's hands, and what waits under one serial key as a whole.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, MailId, StreamRunId};
use domain::job::{Job, Priority};
use domain::stream::Stream;
use store::Store;
use store::jobs::{
    ClaimedJob, bring_forward, claim, claim_shared, complete, enqueue, find_job, put_off,
    put_off_from, withdraw_batch,
};

use crate::harness::both;

fn pull(integration: i64, stream: Stream) -> Job {
    Job::PullStream {
        integration: IntegrationId(integration),
        stream,
        stream_run: StreamRunId(integration),
    }
}

fn notes(integration: i64, ticket: i64) -> Job {
    Job::PullTicketNotes {
        integration: IntegrationId(integration),
        ticket: ticket.to_string(),
    }
}

async fn put(store: &Store, jobs: &[Job], run_at: UtcMillis) -> Vec<domain::id::JobId> {
    let mut tx = store.begin().await.unwrap();
    let mut ids = Vec::new();
    for job in jobs {
        let kept = enqueue(&mut tx, job, Priority::Normal, run_at).await;
        ids.push(kept.unwrap().id());
    }
    tx.commit().await.unwrap();
    ids
}

/// Of which integrations the jobs are.
fn of(claimed: &[ClaimedJob]) -> Vec<i64> {
    let of = claimed.iter().map(|job| job.job.integration());
    of.map(|id| id.map_or(0, |id| id.0)).collect()
}

#[test]
fn one_integration_has_its_share_of_a_nodes_hands() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let first = [
            pull(1, Stream::Companies),
            pull(1, Stream::Tickets),
            pull(1, Stream::Contacts),
            Job::ProbeConnection {
                integration: IntegrationId(1),
            },
        ];
        put(&store, &first, now.plus(-10)).await;
        put(&store, &[pull(2, Stream::Tickets), Job::IndexSearch], now).await;
        let mine = claim_shared(&store, "a", 4, 2).await.unwrap();
        assert_eq!(of(&mine), [1, 1, 2, 0], "the second one need not wait");
        assert_eq!(claim_shared(&store, "a", 4, 2).await.unwrap(), []);
        let other = claim_shared(&store, "b", 4, 2).await.unwrap();
        assert_eq!(of(&other), [1, 1], "another node has hands of its own");
        let mut tx = store.begin().await.unwrap();
        assert!(complete(&mut tx, &mine[0].lease).await.unwrap());
        tx.commit().await.unwrap();
        put(&store, &[pull(1, Stream::Opportunities)], now).await;
        let next = claim_shared(&store, "a", 4, 2).await.unwrap();
        assert_eq!(of(&next), [1], "a hand that is free again");
    });
}

#[test]
fn work_of_our_own_has_hands_by_its_kind() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let letters = [1, 2, 3, 4, 5].map(|mail| Job::SendMail { mail: MailId(mail) });
        put(&store, &letters, now.plus(-10)).await;
        for integration in 1..=6 {
            let both = [Stream::Companies, Stream::Tickets, Stream::Contacts];
            let both = both.map(|stream| pull(integration, stream));
            put(&store, &both, now.plus(-5)).await;
        }
        put(&store, &[Job::Housekeeping, Job::IndexSearch], now).await;
        let mine = claim_shared(&store, "a", 64, 2).await.unwrap();
        let expected = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 0, 0];
        assert_eq!(
            of(&mine),
            expected,
            "no number of them keeps others waiting"
        );
    });
}

/// Background work that has to wait says nothing about what a person waits for.
#[test]
fn what_is_more_urgent_is_not_put_off() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let far = now.plus(UtcMillis::HOUR);
        let mut ids = Vec::new();
        let mut tx = store.begin().await.unwrap();
        for (ticket, priority) in [
            (1, Priority::Interactive),
            (2, Priority::Normal),
            (3, Priority::Low),
        ] {
            let kept = enqueue(&mut tx, &notes(1, ticket), priority, now).await;
            ids.push(kept.unwrap().id());
        }
        let key = notes(1, 0).serial_key();
        let normal = Priority::Normal as i64;
        assert_eq!(put_off_from(&mut tx, &key, normal, far).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let mut when = Vec::new();
        for id in ids {
            when.push(find_job(&store, id).await.unwrap().unwrap().run_at);
        }
        assert_eq!(when, [now, far, far]);
    });
}

#[test]
fn what_waits_under_one_key_is_moved_as_a_whole() {
    both(async |home| {
        let store = home.open().await;
        let now = store.now();
        let far = now.plus(UtcMillis::HOUR);
        let mine = put(&store, &[notes(1, 1), notes(1, 2), notes(1, 3)], now).await;
        let others = put(&store, &[notes(2, 1), pull(1, Stream::Tickets)], now).await;
        let later = put(&store, &[notes(1, 4)], far.plus(1)).await[0];
        let key = notes(1, 0).serial_key();
        let when = async |id| find_job(&store, id).await.unwrap().unwrap().run_at;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(put_off(&mut tx, &key, far).await.unwrap(), 3);
        tx.commit().await.unwrap();
        for id in &mine {
            assert_eq!(when(*id).await, far);
        }
        assert_eq!((when(others[0]).await, when(others[1]).await), (now, now));
        assert_eq!(when(later).await, far.plus(1), "never sooner");
        assert_eq!(claim(&store, "n", 10).await.unwrap().len(), 2);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(bring_forward(&mut tx, &key).await.unwrap(), 4);
        assert_eq!(bring_forward(&mut tx, &key).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let running = claim(&store, "n", 10).await.unwrap();
        assert_eq!(running.len(), 1, "one at a time");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(withdraw_batch(&mut tx, &key, 2).await.unwrap(), 2);
        assert_eq!(withdraw_batch(&mut tx, &key, 2).await.unwrap(), 1);
        assert!(complete(&mut tx, &running[0].lease).await.unwrap());
        tx.commit().await.unwrap();
    });
}
