//! What somebody does while a page is on its way: P9, S2, X4.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId};
use domain::run::{RunState, Trigger};
use domain::secret::Secret;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use simulator::{Fault, FaultKind};
use store::audit::Actor;
use store::jobs::{self, JobState};
use store::secrets;
use sync::clear_resync::clear_and_resync;
use sync::connect::{ConnectOutcome, disconnect, update_credentials};
use sync::request::{RequestOutcome, RunMode, request_sync, wake};

use crate::portal::{Kind, Portal, Setup, ann};

on_both_engines! {
    p9_a_run_that_supersedes_one_in_flight_gets_its_turn,
    p14_clear_and_resync_asked_again_before_a_page_is_stored_is_one,
    s3_a_run_that_waited_says_who_asked_for_it,
    p9_what_waits_for_a_run_that_fails_is_read_without_a_schedule_too,
    s2_new_credentials_are_not_refused_for_what_the_old_ones_met,
    s2_what_a_vendor_says_after_a_disconnect_is_no_trouble,
    x4_credentials_of_a_removed_connection_cannot_be_changed,
}

fn status(code: u16) -> FaultKind {
    FaultKind::Status {
        code,
        body: None,
        retry_after: None,
    }
}

/// Asks for a full run and leaves it waiting for the first page of tickets; answers the task that works on it.
async fn ask_and_hold(
    portal: &Portal,
    id: IntegrationId,
) -> tokio::task::JoinHandle<sync::Result<usize>> {
    portal.advance(3 * UtcMillis::MINUTE);
    portal.control.clear_journal();
    portal.hold_first_page("Tickets");
    let outcome = request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("a request");
    assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
    let engine = portal.engine.clone();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    portal.until_held().await;
    work
}

/// Neither time passes nor does anybody reap.
async fn p9_a_run_that_supersedes_one_in_flight_gets_its_turn(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let work = ask_and_hold(&portal, id).await;
    let outcome = clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("a request");
    assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
    portal.control.release();
    work.await.expect("no panic").expect("jobs run");
    portal.idle().await;
    let running = jobs::list_jobs(portal.store(), JobState::Running, 5)
        .await
        .expect("jobs");
    assert!(running.is_empty(), "{running:?}");
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::ClearResync, RunState::Completed),
        "{:?}",
        portal.parts(&run).await
    );
    portal.assert_equal(id).await;
}

async fn p14_clear_and_resync_asked_again_before_a_page_is_stored_is_one(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let clear = async || {
        let outcome = clear_and_resync(&portal.engine, &ann(), id).await;
        outcome.expect("a request")
    };
    let generation = portal.integration(id).await.generation;
    let RequestOutcome::Started(run) = clear().await else {
        panic!("the first one starts")
    };
    for _ in 0..2 {
        assert_eq!(clear().await, RequestOutcome::Joined(run.clone()));
    }
    assert_eq!(portal.integration(id).await.generation, generation + 1);
    portal.hold_first_page("Tickets");
    let engine = portal.engine.clone();
    let work = tokio::spawn(async move { engine.run_until_idle().await });
    portal.until_held().await;
    // The companies are stored: what changed there since is read by another one only.
    let outcome = clear().await;
    assert!(matches!(outcome, RequestOutcome::Started(_)), "{outcome:?}");
    portal.control.release();
    work.await.expect("no panic").expect("jobs run");
    portal.idle().await;
    let last = portal.last_run(id).await;
    assert_eq!(last.state, RunState::Completed, "{last:?}");
    assert_ne!(last.uuid, run.uuid);
    portal.assert_equal(id).await;
}

async fn s3_a_run_that_waited_says_who_asked_for_it(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let work = ask_and_hold(&portal, id).await;
    let ben = Actor::Person {
        id: IdentityId(1),
        name: "Ben".to_owned(),
    };
    let outcome = request_sync(
        &portal.engine,
        &ben,
        id,
        Trigger::QuickSync,
        RunMode::Incremental,
    )
    .await
    .expect("a request");
    assert!(
        matches!(outcome, RequestOutcome::Queued { .. }),
        "{outcome:?}"
    );
    portal.control.release();
    work.await.expect("no panic").expect("jobs run");
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.trigger_key, Trigger::QuickSync);
    assert_eq!(run.requested_by.as_deref(), Some("Ben"));
}

async fn p9_what_waits_for_a_run_that_fails_is_read_without_a_schedule_too(kind: Kind) {
    let settings = IntegrationSettings {
        auto_sync: false,
        ..IntegrationSettings::default()
    };
    let portal = Portal::with(
        kind,
        Setup {
            settings: Some(settings),
            ..Setup::default()
        },
    )
    .await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    portal.control.set_fault(Fault::new(status(503)));
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
    let queued = wake(
        &portal.engine,
        id,
        [Stream::Tickets].into(),
        Trigger::Webhook,
    )
    .await
    .expect("a request");
    assert!(
        matches!(queued, RequestOutcome::Queued { .. }),
        "{queued:?}"
    );
    for minutes in [1, 2, 5, 10, 15] {
        portal.advance(minutes * UtcMillis::MINUTE);
        portal.idle().await;
    }
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::Webhook, RunState::Waiting)
    );
    portal.control.clear_faults();
    portal.advance(30 * UtcMillis::MINUTE);
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
}

/// While a page is on its way somebody saves other credentials, and the vendor refuses the old ones.
async fn s2_new_credentials_are_not_refused_for_what_the_old_ones_met(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let work = ask_and_hold(&portal, id).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    let owner = secrets::integration_owner(id);
    secrets::put_secret(&mut tx, &owner, "saved_meanwhile", &Secret::from("x"))
        .await
        .expect("a secret");
    tx.commit().await.expect("a commit");
    portal.control.set_fault(
        Fault::new(status(401))
            .on_path("Tickets/query")
            .on_entity("Tickets")
            .times(1),
    );
    portal.control.release();
    work.await.expect("no panic").expect("jobs run");
    let refused = portal.control.journal();
    assert!(
        refused.iter().any(|entry| entry.status == 401),
        "the old ones were refused"
    );
    let integration = portal.integration(id).await;
    assert!(
        integration.has_credentials() && integration.refused_since.is_none(),
        "{integration:?}"
    );
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    portal.assert_equal(id).await;
}

async fn s2_what_a_vendor_says_after_a_disconnect_is_no_trouble(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let work = ask_and_hold(&portal, id).await;
    disconnect(&portal.engine, &ann(), id)
        .await
        .expect("an outcome");
    portal.control.set_credentials_valid(false);
    portal.control.release();
    work.await.expect("no panic").expect("jobs run");
    let integration = portal.integration(id).await;
    assert!(integration.refused_since.is_none() && integration.outage_since.is_none());
    let running = jobs::list_jobs(portal.store(), JobState::Running, 5)
        .await
        .expect("jobs");
    assert!(running.is_empty(), "{running:?}");
    assert_eq!(portal.last_run(id).await.state, RunState::Superseded);
}

async fn x4_credentials_of_a_removed_connection_cannot_be_changed(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    disconnect(&portal.engine, &ann(), id)
        .await
        .expect("an outcome");
    let outcome = update_credentials(&portal.engine, &ann(), id, &portal.form())
        .await
        .expect("an outcome");
    assert!(matches!(outcome, ConnectOutcome::Refused(_)), "{outcome:?}");
    assert!(!portal.integration(id).await.has_credentials());
}
