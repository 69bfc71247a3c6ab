//! Limits (rule S5).

use std::sync::Arc;
use std::time::Duration;

use connectors::limits::{Limits, Permits, RequestLimit, Urgency, Usage};
use domain::clock::{SharedClock, UtcMillis};
use domain::run::RunState;
use domain::stream::Stream;
use simulator::{Fault, FaultKind, RetryAfter};
use store::jobs::{self, JobState};
use sync::permits::StorePermits;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};

on_both_engines! {
    s5_retry_after_goes_back_to_the_job_and_is_no_failure,
    s5_what_a_vendor_says_holds_for_everybody,
    s5_permits_are_shared_by_nodes_and_a_fifth_is_kept_for_people,
    s5_slots_are_shared_by_nodes_and_one_is_kept_for_people,
    s5_a_node_that_was_silent_forgets_slots_that_went_to_others,
    s5_the_vendors_own_limits_are_never_hit,
}

async fn s5_retry_after_goes_back_to_the_job_and_is_no_failure(kind: Kind) {
    let portal = Portal::start(kind).await;
    for retry_after in [RetryAfter::Seconds(600), RetryAfter::Date(600)] {
        let id = match store::integrations::list_integrations(portal.store())
            .await
            .expect("a list")
            .first()
        {
            Some(integration) => integration.id,
            None => portal.connected().await,
        };
        let told = format!("{retry_after:?}");
        portal.control.set_fault(
            Fault::new(FaultKind::Status {
                code: 429,
                body: None,
                retry_after: Some(retry_after),
            })
            .on_entity("Contacts")
            .on_path("Contacts/query")
            .times(1),
        );
        portal.advance(10 * UtcMillis::MINUTE);
        let began = portal.clock_now();
        sync::request::request_sync(
            &portal.engine,
            &crate::portal::ann(),
            id,
            domain::run::Trigger::Resync,
            RunMode::Incremental,
        )
        .await
        .expect("a request");
        portal.idle().await;
        let run = portal.last_run(id).await;
        assert_eq!(run.state, RunState::Running, "{told}");
        let part = portal.part(&run, Stream::Contacts).await;
        assert!(
            part.message
                .is_some_and(|message| message.contains("request limit")),
            "{told}"
        );
        let waiting = jobs::list_jobs(portal.store(), JobState::Ready, 10)
            .await
            .expect("jobs");
        let job = waiting
            .iter()
            .find(|job| job.payload.kind() == "pull_stream")
            .expect("the job waits");
        let wait = job.run_at.since(began);
        assert!(
            (590 * UtcMillis::SECOND..=610 * UtcMillis::SECOND).contains(&wait),
            "{told}: {wait}"
        );
        assert_eq!(job.attempts, 0, "no failure");
        assert_eq!(portal.integration(id).await.outage_since, None);
        portal.control.clear_journal();
        portal.advance(5 * UtcMillis::MINUTE);
        portal.idle().await;
        assert!(
            portal.control.journal().is_empty(),
            "{told}: nobody knocks before"
        );
        portal.advance(6 * UtcMillis::MINUTE);
        portal.idle().await;
        assert_eq!(
            portal.last_run(id).await.state,
            RunState::Completed,
            "{told}"
        );
    }
}

fn permits(portal: &Portal, node: &str) -> Arc<StorePermits> {
    let clock: SharedClock = Arc::clone(portal.engine.clock());
    Arc::new(StorePermits::new(
        portal.store().clone(),
        clock,
        node.to_owned(),
    ))
}

/// A pause that one node was told, and the vendor's own count, which knows of other tools: another node keeps to both.
async fn s5_what_a_vendor_says_holds_for_everybody(kind: Kind) {
    let portal = Portal::start(kind).await;
    let limits = Limits {
        account_key: "account".to_owned(),
        requests: Some(RequestLimit {
            count: 100,
            window: UtcMillis::HOUR,
        }),
        concurrency: None,
    };
    let (one, two) = (permits(&portal, "one"), permits(&portal, "two"));
    let ask = async |urgency| two.acquire(&limits, "Tickets", urgency).await;
    one.report(&limits, None, Some(10 * UtcMillis::MINUTE))
        .await;
    let refused = ask(Urgency::Person).await.expect_err("a pause");
    assert_eq!(refused.retry_after, Some(10 * UtcMillis::MINUTE));
    portal.advance(10 * UtcMillis::MINUTE);
    assert!(ask(Urgency::Background).await.is_ok(), "it is over");

    portal.advance(UtcMillis::HOUR);
    let told = Usage {
        used: 90,
        limit: 100,
        at: portal.clock_now(),
    };
    one.report(&limits, Some(told), None).await;
    assert!(
        ask(Urgency::Background).await.is_err(),
        "four fifths are used"
    );
    assert!(
        ask(Urgency::Person).await.is_ok(),
        "some are left for people"
    );
}

async fn s5_permits_are_shared_by_nodes_and_a_fifth_is_kept_for_people(kind: Kind) {
    let portal = Portal::start(kind).await;
    let limits = Limits {
        account_key: "account".to_owned(),
        requests: Some(RequestLimit {
            count: 100,
            window: UtcMillis::HOUR,
        }),
        concurrency: None,
    };
    let (one, two) = (permits(&portal, "one"), permits(&portal, "two"));
    let mut background = 0;
    let refused = loop {
        let node = if background % 2 == 0 { &one } else { &two };
        match node.acquire(&limits, "Tickets", Urgency::Background).await {
            Ok(_permit) => background += 1,
            Err(error) => break error,
        }
        assert!(background <= 100, "the limit holds");
    };
    assert!((77..=80).contains(&background), "{background} of 80");
    assert!(
        refused
            .retry_after
            .is_some_and(|wait| wait > UtcMillis::MINUTE),
        "{refused:?}"
    );
    let mut people = 0;
    while one
        .acquire(&limits, "Tickets", Urgency::Person)
        .await
        .is_ok()
    {
        people += 1;
    }
    assert!(
        background + people <= 100 && people >= 18,
        "{background} and {people}"
    );
    // A new process remembers.
    assert!(
        permits(&portal, "three")
            .acquire(&limits, "Tickets", Urgency::Person)
            .await
            .is_err()
    );
    portal.advance(UtcMillis::HOUR + UtcMillis::MINUTE);
    assert!(
        one.acquire(&limits, "Tickets", Urgency::Background)
            .await
            .is_ok()
    );
}

async fn s5_slots_are_shared_by_nodes_and_one_is_kept_for_people(kind: Kind) {
    let portal = Portal::start(kind).await;
    let limits = Limits {
        account_key: "account".to_owned(),
        requests: None,
        concurrency: Some(3),
    };
    let (one, two) = (permits(&portal, "one"), permits(&portal, "two"));
    let first = one
        .acquire(&limits, "Tickets", Urgency::Background)
        .await
        .expect("a slot");
    let second = two
        .acquire(&limits, "Tickets", Urgency::Background)
        .await
        .expect("another");
    let waits = tokio::time::timeout(
        Duration::from_millis(300),
        two.acquire(&limits, "Tickets", Urgency::Background),
    )
    .await;
    assert!(waits.is_err(), "the third is kept for people");
    let person = one
        .acquire(&limits, "Tickets", Urgency::Person)
        .await
        .expect("the third");
    let waits = tokio::time::timeout(
        Duration::from_millis(300),
        two.acquire(&limits, "Tickets", Urgency::Person),
    )
    .await;
    assert!(waits.is_err(), "three at once and no more");
    assert!(
        one.acquire(&limits, "Contacts", Urgency::Background)
            .await
            .is_ok(),
        "each endpoint has its own"
    );
    drop(second);
    let again = tokio::time::timeout(
        Duration::from_secs(3),
        two.acquire(&limits, "Tickets", Urgency::Background),
    )
    .await;
    assert!(
        again.expect("in time").is_ok(),
        "a slot that is free again is used again"
    );
    drop((first, person));
}

async fn s5_a_node_that_was_silent_forgets_slots_that_went_to_others(kind: Kind) {
    let portal = Portal::start(kind).await;
    let limits = Limits {
        account_key: "account".to_owned(),
        requests: None,
        concurrency: Some(2),
    };
    let (one, two) = (permits(&portal, "one"), permits(&portal, "two"));
    one.heartbeat_runs();
    let rested = one.acquire(&limits, "Tickets", Urgency::Background).await;
    drop(rested.expect("a slot"));
    // The node is silent, and another one's reaper gives its slots away; on SQLite, a start does.
    let mut tx = portal.store().begin().await.expect("a transaction");
    store::nodes::upsert_node(&mut tx, "one", "", "", true)
        .await
        .expect("a node");
    tx.commit().await.expect("a commit");
    portal.advance(16 * UtcMillis::SECOND);
    let silent = portal.clock_now().plus(-store::jobs::LEASE);
    store::permits::release_slots_of_silent(portal.store(), silent)
        .await
        .expect("released");
    store::permits::release_all_slots(portal.store())
        .await
        .expect("released");
    let theirs = two.acquire(&limits, "Tickets", Urgency::Background).await;
    let theirs = theirs.expect("the slot that is free");
    one.keep().await.expect("a heartbeat");
    let waits = tokio::time::timeout(
        Duration::from_millis(300),
        one.acquire(&limits, "Tickets", Urgency::Background),
    )
    .await;
    assert!(waits.is_err(), "it is somebody else's now");
    drop(theirs);
}

/// The sandbox refuses a fourth request at once and a request above the hourly threshold; four nodes never make it.
async fn s5_the_vendors_own_limits_are_never_hit(kind: Kind) {
    let portal = Portal::with(
        kind,
        Setup {
            limits: true,
            ..Setup::default()
        },
    )
    .await;
    let id = portal.connect().await;
    portal
        .control
        .set_fault(Fault::new(FaultKind::Delay { ms: 40 }));
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let engine = portal.other_node(&format!("worker-{number}"));
        nodes.spawn(async move {
            for _ in 0..20 {
                engine.run_until_idle().await.expect("jobs run");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }
    // Meanwhile eight people test the connection.
    for number in 0..8 {
        let (engine, form) = (portal.other_node(&format!("page-{number}")), portal.form());
        nodes.spawn(async move {
            let tested = sync::connect::test_connection(&engine, "autotask", None, &form).await;
            assert!(
                matches!(tested, Ok(sync::connect::TestOutcome::Connected(_))),
                "{tested:?}"
            );
        });
    }
    while let Some(ended) = nodes.join_next().await {
        ended.expect("no panic");
    }
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    let refused: Vec<u16> = portal
        .control
        .journal()
        .iter()
        .map(|entry| entry.status)
        .filter(|status| *status == 429)
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}
