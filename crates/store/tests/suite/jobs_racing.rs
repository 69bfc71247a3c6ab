//! Jobs on many workers at once, and who hears of them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::{IntegrationId, StreamRunId};
use domain::job::{Job, Priority};
use domain::stream::Stream;
use store::jobs::{claim, complete, count_jobs, enqueue};
use store::{Engine, Store};

use crate::harness::both;

fn notes(integration: i64, ticket: usize) -> Job {
    Job::PullTicketNotes {
        integration: IntegrationId(integration),
        ticket: ticket.to_string(),
    }
}

#[test]
fn eight_racing_claimers_take_every_job_exactly_once() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        let mut expected = BTreeSet::new();
        for number in 0..200 {
            let job = Job::PullStream {
                integration: IntegrationId(number),
                stream: Stream::Tickets,
                stream_run: StreamRunId(number),
            };
            expected.insert(
                enqueue(&mut tx, &job, Priority::Normal, store.now())
                    .await
                    .unwrap()
                    .id()
                    .0,
            );
        }
        tx.commit().await.unwrap();
        let claimers = (0..8).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let node = format!("node-{number}");
                let mut mine = Vec::new();
                loop {
                    let jobs = claim(&store, &node, 5).await.unwrap();
                    if jobs.is_empty() {
                        return mine;
                    }
                    for job in jobs {
                        let mut tx = store.begin().await.unwrap();
                        assert!(complete(&mut tx, &job.lease).await.unwrap());
                        tx.commit().await.unwrap();
                        assert_eq!(job.attempts, 1);
                        mine.push(job.id.0);
                    }
                }
            })
        });
        let mut taken = Vec::new();
        for claimer in claimers.collect::<Vec<_>>() {
            taken.extend(claimer.await.unwrap());
        }
        assert_eq!(taken.len(), expected.len(), "none was taken twice");
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), expected);
    });
}

#[test]
fn racing_claimers_never_run_one_serial_key_twice_at_once() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        // Three serial keys with twenty jobs each.
        for ticket in 0..20 {
            for integration in 1..=3 {
                enqueue(
                    &mut tx,
                    &notes(integration, ticket),
                    Priority::Normal,
                    store.now(),
                )
                .await
                .unwrap();
            }
        }
        tx.commit().await.unwrap();
        let running = Arc::new(Mutex::new(BTreeSet::new()));
        let claimers: Vec<_> = (0..8)
            .map(|number| {
                let (store, running) = (store.clone(), running.clone());
                tokio::spawn(async move {
                    let node = format!("node-{number}");
                    let (mut done, mut idle) = (0, 0);
                    while idle < 40 {
                        let jobs = claim(&store, &node, 3).await.unwrap();
                        if jobs.is_empty() {
                            idle += 1;
                            tokio::time::sleep(Duration::from_millis(5)).await;
                            continue;
                        }
                        idle = 0;
                        for job in jobs {
                            let key = job.job.serial_key();
                            assert!(
                                running.lock().unwrap().insert(key.clone()),
                                "{key} runs twice"
                            );
                            tokio::task::yield_now().await;
                            running.lock().unwrap().remove(&key);
                            let mut tx = store.begin().await.unwrap();
                            assert!(complete(&mut tx, &job.lease).await.unwrap());
                            tx.commit().await.unwrap();
                            done += 1;
                        }
                    }
                    done
                })
            })
            .collect();
        let mut done = 0;
        for claimer in claimers {
            done += claimer.await.unwrap();
        }
        assert_eq!(done, 60, "{:?}", count_jobs(&store).await.unwrap());
    });
}

#[test]
fn a_commit_wakes_listeners_here_and_on_other_nodes() {
    both(async |home| {
        let store = home.open().await;
        let mut here = store.changed();
        let other = if home.engine == Engine::Postgres {
            Some(home.open().await)
        } else {
            None
        };
        let mut there = other.as_ref().map(Store::changed);
        if other.is_some() {
            // The listener subscribes in the background.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        let mut tx = store.begin().await.unwrap();
        let job = notes(1, 1);
        let enqueued = enqueue(&mut tx, &job, Priority::Normal, store.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let id = enqueued.id();
        let change = here.try_recv().unwrap();
        assert_eq!((change.topic.as_str(), change.id), ("job", id.0));
        if let Some(there) = there.as_mut() {
            let heard = tokio::time::timeout(Duration::from_secs(5), there.recv())
                .await
                .unwrap()
                .unwrap();
            assert_eq!(heard, change);
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert!(
                here.try_recv().is_err(),
                "a node does not hear itself twice"
            );
        }
        let mut tx = store.begin().await.unwrap();
        enqueue(&mut tx, &notes(1, 2), Priority::Normal, store.now())
            .await
            .unwrap();
        drop(tx);
        assert!(here.try_recv().is_err(), "a rollback wakes nobody");
    });
}
