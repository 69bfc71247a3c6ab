//! Rules of asking for a run: P9 and P12.

use domain::clock::UtcMillis;
use domain::run::{RunState, Trigger};
use domain::settings::IntegrationSettings;
use domain::stream::{PullMode, Stream};
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::jobs::{self, JobState};
use store::runs;
use sync::clear_resync::clear_and_resync;
use sync::request::{self, RequestOutcome, RunMode, request_stream, request_sync, wake};
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, Setup, ann};

on_both_engines! {
    p9_of_many_requests_at_once_one_run_starts,
    p9_the_same_stream_never_runs_twice_at_once,
    p9_a_wake_up_during_a_run_is_never_lost,
    a_run_needs_no_second_connection_while_a_transaction_is_open,
    p9_a_quick_sync_joins_a_run_that_has_not_come_to_the_tickets,
    p12_the_same_sync_within_two_minutes_is_dropped,
    p12_a_list_that_could_not_be_read_is_asked_for_again_at_once,
    p12_a_run_with_a_failed_stream_closes_no_window,
    p12_webhooks_schedule_and_changed_settings_are_never_dropped,
    s1_switched_off_nothing_starts_by_itself_also_after_a_restart,
}

async fn p9_of_many_requests_at_once_one_run_starts(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    let mut asked = tokio::task::JoinSet::new();
    for number in 0..8 {
        let engine = portal.other_node(&format!("node-{number}"));
        asked.spawn(async move {
            request_sync(&engine, &ann(), id, Trigger::CommandLine, RunMode::Full).await
        });
    }
    let (mut started, mut joined) = (0, 0);
    while let Some(outcome) = asked.join_next().await {
        match outcome.expect("no panic").expect("a request") {
            RequestOutcome::Started(_) => started += 1,
            RequestOutcome::Joined(_) => joined += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((started, joined), (1, 7));
}

async fn p9_the_same_stream_never_runs_twice_at_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal
        .control
        .set_fault(Fault::new(FaultKind::Delay { ms: 30 }));
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..4 {
        let engine = portal.other_node(&format!("worker-{number}"));
        nodes.spawn(async move {
            for _ in 0..40 {
                engine.run_until_idle().await.expect("jobs run");
                tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            }
        });
    }
    let store = portal.store().clone();
    let watch = tokio::spawn(async move {
        let mut most = 0;
        for _ in 0..100 {
            let running = jobs::list_jobs(&store, JobState::Running, 50)
                .await
                .expect("jobs");
            let mut keys: Vec<String> =
                running.iter().map(|job| job.payload.serial_key()).collect();
            let all = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), all, "two jobs of one serial key at once");
            most = most.max(all);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        most
    });
    while nodes.join_next().await.is_some() {}
    assert!(watch.await.expect("no panic") >= 1);
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    for part in portal.parts(&run).await {
        assert_eq!(part.counts.repeated, 0, "{:?}", part.stream);
    }
    portal.control.clear_faults();
    portal.assert_same(id).await;
}

/// Three wake-ups while a run waits for the vendor: one successor, which reads what changed after the run had passed.
async fn p9_a_wake_up_during_a_run_is_never_lost(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 503,
            body: None,
            retry_after: None,
        })
        .on_entity("Opportunities")
        .on_path("Opportunities/query"),
    );
    request_sync(
        &portal.engine,
        &ann(),
        id,
        Trigger::Resync,
        RunMode::Incremental,
    )
    .await
    .expect("a request");
    portal.idle().await;
    let first = portal.last_run(id).await;
    assert_eq!(first.state, RunState::Running, "it waits, past the tickets");
    let ticket = portal.control.ids("Tickets")[6];
    portal.control.patch(
        "Tickets",
        ticket,
        json!({ "title": "Changed behind the run's back" }),
    );
    for _ in 0..3 {
        let outcome = wake(
            &portal.engine,
            id,
            [Stream::Tickets].into(),
            Trigger::Webhook,
        )
        .await
        .expect("a request");
        assert!(
            matches!(outcome, RequestOutcome::Queued { .. }),
            "{outcome:?}"
        );
    }
    portal.control.clear_faults();
    portal.advance(UtcMillis::MINUTE);
    portal.idle().await;
    let second = portal.last_run(id).await;
    assert_eq!(second.trigger_key, Trigger::Webhook);
    assert_eq!(second.state, RunState::Completed, "{:?}", second.message);
    let parts = portal.parts(&second).await;
    assert_eq!(
        parts.iter().map(|part| part.stream).collect::<Vec<_>>(),
        [Stream::Tickets]
    );
    assert_eq!(parts[0].counts.changed, 1);
    let all = runs::list_runs(portal.store(), id, None, 10)
        .await
        .expect("runs");
    assert_eq!(all.len(), 3, "connect, resync, one successor");
    assert!(
        runs::list_wake_ups(portal.store(), id)
            .await
            .expect("a list")
            .is_empty()
    );
}

/// A transaction that waits for another connection waits for ever when everybody does. With one connection to work with,
/// beside that of the listener, runs that end, feeds and records that were set aside come through all the same.
async fn a_run_needs_no_second_connection_while_a_transaction_is_open(kind: Kind) {
    let setup = Setup {
        connections: 3,
        ..Setup::default()
    };
    let portal = Portal::with(kind, setup).await;
    let bad = portal.control.ids("Contacts")[3];
    let fault = FaultKind::GarbledRecord {
        id: Some(bad),
        field: "firstName".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(fault).on_entity("Contacts"));
    let id = portal.connect().await;
    portal.idle().await;
    portal.control.clear_faults();
    let gone = portal.control.ids("Tickets")[4];
    portal.control.delete("Tickets", gone);
    if kind == Kind::Sqlite {
        portal.sync(id, RunMode::Full).await;
        return;
    }
    let taken = portal.store().begin().await.expect("a connection");
    let run = portal.sync(id, RunMode::Full);
    let run = tokio::time::timeout(std::time::Duration::from_secs(60), run).await;
    let run = run.expect("nobody waits for a connection");
    taken.rollback().await.expect("given back");
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    portal.assert_same(id).await;
}

/// Asked for while the first run reads companies it joins; while tickets are being read it waits behind.
async fn p9_a_quick_sync_joins_a_run_that_has_not_come_to_the_tickets(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    portal.hold_first_page("Companies");
    let quick = async || {
        let (trigger, mode) = (Trigger::QuickSync, RunMode::Incremental);
        request_sync(&portal.engine, &ann(), id, trigger, mode).await
    };
    let asked = async {
        portal.until_held().await;
        let early = quick().await.expect("a request");
        portal.control.release();
        // Before the run gets there: nothing awaits in between.
        portal.hold_first_page("Tickets");
        portal.until_held().await;
        let late = quick().await.expect("a request");
        portal.control.release();
        (early, late)
    };
    let ((), (early, late)) = tokio::join!(portal.idle(), asked);
    assert!(matches!(early, RequestOutcome::Joined(_)), "{early:?}");
    assert!(matches!(late, RequestOutcome::Queued { .. }), "{late:?}");
    portal.idle().await;
    let runs = runs::list_runs(portal.store(), id, None, 10).await;
    assert_eq!(
        runs.expect("runs").len(),
        2,
        "the first, and the one behind"
    );
    portal.assert_same(id).await;
}

async fn p12_the_same_sync_within_two_minutes_is_dropped(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let ask = |trigger| {
        let engine = portal.engine.clone();
        async move {
            request_sync(&engine, &ann(), id, trigger, RunMode::Full)
                .await
                .expect("a request")
        }
    };
    let RequestOutcome::Started(run) = ask(Trigger::Wizard).await else {
        panic!("the first one starts")
    };
    assert_eq!(
        ask(Trigger::Resync).await,
        RequestOutcome::Joined(run.clone()),
        "while it waits or runs it is joined"
    );
    portal.idle().await;
    portal.advance(request::window::WINDOW - UtcMillis::SECOND);
    for trigger in [Trigger::Wizard, Trigger::Resync, Trigger::CommandLine] {
        assert_eq!(
            ask(trigger).await,
            RequestOutcome::Recent {
                run: Some(run.uuid.clone())
            },
            "{trigger:?}"
        );
    }
    portal.advance(2 * UtcMillis::SECOND);
    let RequestOutcome::Started(failing) = ask(Trigger::Resync).await else {
        panic!("the window has passed")
    };
    // After a failure, asking again makes sense at once.
    portal.control.set_credentials_valid(false);
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Failed);
    assert!(matches!(ask(Trigger::Resync).await, RequestOutcome::Started(run) if run != failing));
}

/// Whatever else is read with the list: what waited since an earlier failure comes along.
async fn p12_a_list_that_could_not_be_read_is_asked_for_again_at_once(kind: Kind) {
    for waiting in [false, true] {
        let portal = Portal::start(kind).await;
        let id = portal.connected().await;
        portal.advance(UtcMillis::HOUR);
        let ask = async || request_stream(&portal.engine, &ann(), id, Stream::Technicians).await;
        let refused = FaultKind::Status {
            code: 403,
            body: None,
            retry_after: None,
        };
        portal
            .control
            .set_fault(Fault::new(refused).on_path("Resources/query"));
        if waiting {
            let mut tx = portal.store().begin().await.expect("a transaction");
            runs::put_wake_up(&mut tx, id, Stream::Tickets, Trigger::Webhook, None)
                .await
                .expect("a wake-up");
            tx.commit().await.expect("a commit");
        }
        let RequestOutcome::Started(failing) = ask().await.expect("a request") else {
            panic!("the first one starts")
        };
        portal.idle().await;
        let run = portal.last_run(id).await;
        assert_eq!(run.uuid, failing.uuid);
        let expected = if waiting {
            RunState::Partial
        } else {
            RunState::Failed
        };
        assert_eq!(run.state, expected, "{:?}", run.message);
        portal.control.clear_faults();
        let RequestOutcome::Started(again) = ask().await.expect("a request") else {
            panic!("it can be tried again at once")
        };
        portal.idle().await;
        assert_eq!(portal.last_run(id).await.state, RunState::Completed);
        assert_eq!(
            ask().await.expect("a request"),
            RequestOutcome::Recent {
                run: Some(again.uuid)
            }
        );
    }
}

/// A right that was missing is given, and the button works at once, though the other streams were read.
async fn p12_a_run_with_a_failed_stream_closes_no_window(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let ask =
        async || request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full).await;
    let refused = FaultKind::Status {
        code: 403,
        body: None,
        retry_after: None,
    };
    portal
        .control
        .set_fault(Fault::new(refused).on_path("Tickets/query"));
    let RequestOutcome::Started(first) = ask().await.expect("a request") else {
        panic!("the first one starts")
    };
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Partial);
    portal.control.clear_faults();
    let RequestOutcome::Started(again) = ask().await.expect("a request") else {
        panic!("it can be tried again at once")
    };
    assert_ne!(first, again);
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    assert_eq!(
        ask().await.expect("a request"),
        RequestOutcome::Recent {
            run: Some(again.uuid)
        }
    );
}

async fn p12_webhooks_schedule_and_changed_settings_are_never_dropped(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Completed);
    for trigger in [
        Trigger::Webhook,
        Trigger::Schedule,
        Trigger::Retry,
        Trigger::Reconciliation,
        Trigger::SettingsChange,
    ] {
        for _ in 0..2 {
            let outcome = request_sync(&portal.engine, &ann(), id, trigger, RunMode::Incremental)
                .await
                .expect("a request");
            assert!(
                matches!(outcome, RequestOutcome::Started(_)),
                "{trigger:?}: {outcome:?}"
            );
            portal.idle().await;
        }
    }
    for _ in 0..2 {
        let outcome = clear_and_resync(&portal.engine, &ann(), id).await;
        let outcome = outcome.expect("a request");
        assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
        portal.idle().await;
    }
    let integration = portal.integration(id).await;
    let settings = IntegrationSettings {
        interval_minutes: 5,
        ..integration.settings.clone()
    };
    update_settings(
        &portal.engine,
        &ann(),
        id,
        integration.settings_revision,
        settings,
    )
    .await
    .expect("saved");
    let outcome = request_sync(
        &portal.engine,
        &ann(),
        id,
        Trigger::Resync,
        RunMode::Incremental,
    )
    .await
    .expect("a request");
    assert!(
        matches!(outcome, RequestOutcome::Started(_)),
        "the revision is in the key: {outcome:?}"
    );
    portal.idle().await;
    let last = portal.last_run(id).await;
    assert!(
        portal
            .parts(&last)
            .await
            .iter()
            .any(|part| matches!(part.mode, PullMode::Since { .. }))
    );
}

/// *Auto-sync* off: neither the interval nor the night starts anything, and a new process knows it too.
async fn s1_switched_off_nothing_starts_by_itself_also_after_a_restart(kind: Kind) {
    let mut portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let switch = async |portal: &Portal, on: bool| {
        let integration = portal.integration(id).await;
        let settings = IntegrationSettings {
            auto_sync: on,
            ..integration.settings
        };
        let revision = integration.settings_revision;
        update_settings(&portal.engine, &ann(), id, revision, settings)
            .await
            .expect("saved");
        portal.idle().await;
    };
    let two_days = async |portal: &Portal| {
        for _ in 0..24 {
            portal.advance(2 * UtcMillis::HOUR);
            portal.engine.schedule_due().await.expect("the schedule");
            portal.idle().await;
        }
        let all = runs::list_runs(portal.store(), id, None, 500).await;
        all.expect("runs")
    };
    switch(&portal, false).await;
    let before = runs::list_runs(portal.store(), id, None, 500).await;
    let before = before.expect("runs").len();
    assert_eq!(two_days(&portal).await.len(), before);
    portal.restart().await;
    assert_eq!(two_days(&portal).await.len(), before, "after a restart");
    switch(&portal, true).await;
    let all = two_days(&portal).await;
    let nights = all
        .iter()
        .filter(|run| run.trigger_key == Trigger::Reconciliation);
    assert!(all.len() > before + 20, "{} runs", all.len());
    assert!(nights.count() >= 2, "both nights");
}
