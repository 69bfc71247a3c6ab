//! The setup wizard: what leaving a step does, and what it never does (issue 3).

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::run::{RunState, Trigger};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use domain::stream::{RecordType, Stream};
use store::integrations::Integration;
use store::{audit, jobs, reference_items, runs};
use sync::clear_resync::clear_and_resync;
use sync::connect::{
    ActionOutcome, ConnectOutcome, SettingsOutcome, disconnect, read_again, update_credentials,
};
use sync::request::{RequestOutcome, RunMode, request_sync};
use sync::settings::update_settings;
use sync::setup::{self, LeaveSync, complete, leave_configure, leave_sync};

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    nothing_is_read_before_the_sync_step_is_left,
    leaving_the_sync_step_saves_starts_and_arms_at_once,
    p12_going_back_and_forth_starts_one_run,
    changed_sync_settings_start_the_run_they_need,
    a_setup_goes_on_after_a_restart_where_it_was,
    a_completed_setup_is_never_moved_back_nor_paused,
    connecting_again_goes_through_the_wizard_with_the_present_settings,
    x4_each_step_leaves_an_audit_entry,
    a_setup_without_a_required_right_is_not_completed,
}

/// Leaves the Sync step with changed settings.
pub async fn leave(
    portal: &Portal,
    seen: &Integration,
    change: impl FnOnce(&mut IntegrationSettings),
) -> LeaveSync {
    let mut settings = seen.settings.clone();
    change(&mut settings);
    let revision = seen.settings_revision;
    leave_sync(&portal.engine, &ann(), seen.id, revision, settings)
        .await
        .expect("an outcome")
}

pub async fn configure(
    portal: &Portal,
    seen: &Integration,
    change: impl FnOnce(&mut IntegrationSettings),
) -> SettingsOutcome {
    let mut settings = seen.settings.clone();
    change(&mut settings);
    let revision = seen.settings_revision;
    leave_configure(&portal.engine, &ann(), seen.id, revision, settings)
        .await
        .expect("an outcome")
}

pub async fn run_count(portal: &Portal, seen: &Integration) -> usize {
    runs::list_runs(portal.store(), seen.id, None, 50)
        .await
        .expect("runs")
        .len()
}

async fn step(portal: &Portal) -> SetupStep {
    setup::find(&portal.engine, "autotask")
        .await
        .expect("a read")
        .step
}

/// Puts other reference data in place, as *Sync PSA Data* does after a change at the vendor.
pub async fn without_item(portal: &Portal, seen: &Integration, kind: ReferenceKind, id: &str) {
    let stored = reference_items::list_reference_items(portal.store(), seen.id, Some(kind))
        .await
        .expect("a list");
    let left: Vec<ReferenceItem> = stored
        .into_iter()
        .filter(|item| item.external_id != id)
        .map(|item| ReferenceItem {
            kind: item.kind,
            external_id: item.external_id,
            label: item.label,
            parent: item.parent,
            active: item.active,
            sort_order: item.sort_order,
            system: item.is_system,
            closes: false,
        })
        .collect();
    let mut tx = portal.store().begin().await.expect("a transaction");
    reference_items::replace_reference_items(&mut tx, seen.id, &left)
        .await
        .expect("replaced");
    tx.commit().await.expect("committed");
}

async fn nothing_is_read_before_the_sync_step_is_left(kind: Kind) {
    let portal = Portal::start(kind).await;
    assert_eq!(step(&portal).await, SetupStep::Connect);
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    assert!(seen.has_credentials() && !seen.settings.closed_statuses.is_empty());
    assert_eq!(step(&portal).await, SetupStep::Sync);
    let queues =
        reference_items::list_reference_items(portal.store(), id, Some(ReferenceKind::Queue));
    assert!(
        !queues.await.expect("a list").is_empty(),
        "the Sync step has queues to offer"
    );
    // Whatever else may start a run or arm the schedule does not.
    let asked = request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("an outcome");
    assert_eq!(asked, RequestOutcome::SetupOpen);
    let cleared = clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("an outcome");
    assert_eq!(cleared, RequestOutcome::SetupOpen);
    let generation = portal.integration(id).await.generation;
    assert_eq!(generation, seen.generation, "nothing was cleared");
    let again = update_credentials(&portal.engine, &ann(), id, &portal.form())
        .await
        .expect("an outcome");
    assert!(matches!(again, ConnectOutcome::Connected { .. }));
    let settings = IntegrationSettings {
        interval_minutes: 5,
        record_types: [RecordType::Companies].into(),
        ..seen.settings.clone()
    };
    let revision = seen.settings_revision;
    let saved = update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("an outcome");
    assert!(
        matches!(saved, SettingsOutcome::Saved { resync: false, .. }),
        "{saved:?}"
    );
    let seen = portal.integration(id).await;
    let settings = IntegrationSettings {
        record_types: [RecordType::Tickets].into(),
        ..seen.settings.clone()
    };
    let revision = seen.settings_revision;
    let saved = setup::save(
        &portal.engine,
        &ann(),
        id,
        SetupStep::Sync,
        revision,
        settings,
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(saved, SettingsOutcome::Saved { resync: false, .. }),
        "{saved:?}"
    );
    for _ in 0..3 {
        portal.advance(UtcMillis::DAY);
        portal.engine.schedule_due().await.expect("looked");
        portal.idle().await;
    }
    let now = portal.integration(id).await;
    assert_eq!((now.next_sync_at, now.next_reconciliation_at), (None, None));
    assert_eq!(run_count(&portal, &now).await, 0);
    assert!(portal.present(id, Stream::Companies).await.is_empty());
    assert!(matches!(
        complete(&portal.engine, &ann(), id)
            .await
            .expect("an outcome"),
        ActionOutcome::Refused(_)
    ));
    assert_eq!(step(&portal).await, SetupStep::Sync);
}

async fn leaving_the_sync_step_saves_starts_and_arms_at_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    let left = leave(&portal, &seen, |settings| {
        settings.interval_minutes = 30;
        settings.record_types = [RecordType::Companies, RecordType::Users].into();
    })
    .await;
    assert!(
        matches!(left.settings, SettingsOutcome::Saved { resync: true, .. }),
        "{left:?}"
    );
    assert!(matches!(left.run, Some(RequestOutcome::Started(_))));
    let now = portal.integration(id).await;
    assert_eq!(now.settings.interval_minutes, 30);
    assert!(now.next_sync_at.is_some() && now.next_reconciliation_at.is_some());
    assert_eq!(step(&portal).await, SetupStep::Configure);
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.mode.as_str()),
        (Trigger::Wizard, "full")
    );
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    assert_eq!(run_count(&portal, &now).await, 1, "one run does it all");
    assert_eq!(
        portal.present(id, Stream::Contacts).await,
        portal.vendor("Contacts")
    );
    assert!(portal.present(id, Stream::Tickets).await.is_empty());
    portal.advance(31 * UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("looked");
    assert_eq!(portal.last_run(id).await.trigger_key, Trigger::Schedule);
}

async fn p12_going_back_and_forth_starts_one_run(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    let Some(RequestOutcome::Started(run)) = leave(&portal, &seen, |_| {}).await.run else {
        panic!("a run starts");
    };
    let same = leave(&portal, &seen, |_| {}).await;
    assert_eq!(same.settings, SettingsOutcome::Unchanged);
    assert_eq!(same.run, Some(RequestOutcome::Joined(run.clone())));
    // Another step changes something in between: still the same sync.
    let saved = configure(&portal, &seen, |settings| {
        let closed = settings.closed_statuses.first().cloned();
        settings.client_comment_status = closed.into_iter().collect();
    })
    .await;
    assert!(
        matches!(saved, SettingsOutcome::Saved { resync: false, .. }),
        "{saved:?}"
    );
    let seen = portal.integration(id).await;
    assert_eq!(
        leave(&portal, &seen, |_| {}).await.run,
        Some(RequestOutcome::Joined(run.clone()))
    );
    portal.idle().await;
    portal.advance(UtcMillis::MINUTE);
    assert_eq!(
        leave(&portal, &seen, |_| {}).await.run,
        Some(RequestOutcome::Recent {
            run: Some(run.uuid)
        })
    );
    assert_eq!(run_count(&portal, &seen).await, 1);
    portal.advance(UtcMillis::MINUTE);
    let later = leave(&portal, &seen, |_| {}).await.run;
    assert!(
        matches!(later, Some(RequestOutcome::Started(_))),
        "{later:?}"
    );
    assert_eq!(portal.last_run(id).await.mode, "incremental");
}

async fn changed_sync_settings_start_the_run_they_need(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    leave(&portal, &seen, |settings| {
        settings.record_types.remove(&RecordType::Tickets);
    })
    .await;
    portal.idle().await;
    let seen = portal.integration(id).await;
    let left = leave(&portal, &seen, |settings| {
        settings.record_types.insert(RecordType::Tickets);
    })
    .await;
    assert!(
        matches!(left.run, Some(RequestOutcome::Started(_))),
        "{left:?}"
    );
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::SettingsChange, RunState::Completed)
    );
    portal.assert_same(id).await;
    // What needs no run by itself does not start one within two minutes either.
    let seen = portal.integration(id).await;
    let left = leave(&portal, &seen, |settings| settings.interval_minutes = 5).await;
    assert!(matches!(
        left.settings,
        SettingsOutcome::Saved { resync: false, .. }
    ));
    assert_eq!(
        left.run,
        Some(RequestOutcome::Recent {
            run: Some(run.uuid)
        })
    );
}

async fn a_setup_goes_on_after_a_restart_where_it_was(kind: Kind) {
    let mut portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    portal.restart().await;
    assert_eq!(step(&portal).await, SetupStep::Sync);
    let seen = portal.integration(id).await;
    leave(&portal, &seen, |_| {}).await;
    portal.restart().await;
    assert_eq!(step(&portal).await, SetupStep::Configure);
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    let seen = portal.integration(id).await;
    configure(&portal, &seen, |_| {}).await;
    portal.restart().await;
    assert_eq!(step(&portal).await, SetupStep::Import);
    for _ in 0..2 {
        let done = complete(&portal.engine, &ann(), id).await.expect("done");
        assert_eq!(done, ActionOutcome::Done);
    }
    portal.restart().await;
    let setup = setup::find(&portal.engine, "autotask")
        .await
        .expect("a read");
    assert_eq!(setup.step, SetupStep::Complete);
    assert_eq!(setup.completed_at, Some(portal.clock_now()));
}

async fn a_completed_setup_is_never_moved_back_nor_paused(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.integration(id).await;
    assert_eq!(before.setup_step, SetupStep::Complete);
    update_credentials(&portal.engine, &ann(), id, &portal.form())
        .await
        .expect("an outcome");
    leave(&portal, &before, |_| {}).await;
    configure(&portal, &before, |settings| {
        settings.closed_statuses.clear();
    })
    .await;
    let refused = leave(&portal, &portal.integration(id).await, |settings| {
        settings.scope.queues = BTreeSet::from(["no such queue".to_owned()]);
    })
    .await;
    assert!(matches!(refused.settings, SettingsOutcome::Refused(_)));
    let after = portal.integration(id).await;
    assert_eq!(after.setup_step, SetupStep::Complete);
    assert_eq!(after.setup_completed_at, before.setup_completed_at);
    assert!(after.next_sync_at.is_some() && after.next_reconciliation_at.is_some());
    portal.idle().await;
    portal.advance(16 * UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("looked");
    assert_eq!(portal.last_run(id).await.trigger_key, Trigger::Schedule);
}

async fn connecting_again_goes_through_the_wizard_with_the_present_settings(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.integration(id).await;
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    assert_eq!(step(&portal).await, SetupStep::Connect);
    assert_eq!(portal.connect_in_wizard().await, id, "the same integration");
    assert_eq!(step(&portal).await, SetupStep::Sync);
    portal.advance(UtcMillis::DAY);
    portal.engine.schedule_due().await.expect("looked");
    assert_eq!(
        jobs::count_jobs(portal.store()).await.expect("counts").due,
        0
    );
    let seen = portal.integration(id).await;
    assert_eq!(seen.settings, before.settings);
    assert_eq!((seen.setup_completed_at, seen.next_sync_at), (None, None));
    let left = leave(&portal, &seen, |_| {}).await;
    assert!(
        matches!(left.run, Some(RequestOutcome::Started(_))),
        "{left:?}"
    );
    portal.idle().await;
    portal.assert_equal(id).await;
    assert!(portal.integration(id).await.next_sync_at.is_some());
}

async fn x4_each_step_leaves_an_audit_entry(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    leave(&portal, &seen, |settings| settings.interval_minutes = 5).await;
    let seen = portal.integration(id).await;
    configure(&portal, &seen, |_| {}).await;
    complete(&portal.engine, &ann(), id).await.expect("done");
    complete(&portal.engine, &ann(), id).await.expect("done");
    let entries = audit::list_entries(portal.store(), None, 20)
        .await
        .expect("the log");
    let steps: Vec<(&str, &str)> = entries
        .iter()
        .rev()
        .map(|entry| (entry.action.as_str(), entry.actor_parts().1))
        .collect();
    assert_eq!(
        steps,
        [
            ("integration.connect", "Ann"),
            ("integration.setup", "Ann"),
            ("integration.settings", "Ann"),
            ("integration.setup", "Ann"),
            ("integration.setup", "Ann"),
        ]
    );
}

async fn a_setup_without_a_required_right_is_not_completed(kind: Kind) {
    let portal = Portal::start(kind).await;
    let right = |access| portal.control.set_security("Contacts", "query", access);
    right("None");
    portal
        .control
        .set_security("Opportunities", "query", "None");
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    leave(&portal, &seen, |_| {}).await;
    configure(&portal, &portal.integration(id).await, |_| {}).await;
    portal.idle().await;
    let finish = async || complete(&portal.engine, &ann(), id).await.expect("asked");
    let ActionOutcome::Refused(refusal) = finish().await else {
        panic!("completed without the right to contacts")
    };
    let told = "Contacts (Security level: CRM > Contacts — View)";
    assert!(refusal.message.contains(told), "{}", refusal.message);
    assert!(
        !refusal.message.contains("Opportunities"),
        "it is not required: {}",
        refusal.message
    );
    assert_eq!(step(&portal).await, SetupStep::Import);
    right("All");
    let outcome = read_again(&portal.engine, &ann(), id).await;
    assert!(matches!(outcome, Ok(ConnectOutcome::Connected { .. })));
    assert_eq!(finish().await, ActionOutcome::Done);
    assert_eq!(step(&portal).await, SetupStep::Complete);
    // What is missing later is no reason to open the setup again.
    right("None");
    let outcome = read_again(&portal.engine, &ann(), id).await;
    assert!(matches!(outcome, Ok(ConnectOutcome::Connected { .. })));
    assert_eq!(finish().await, ActionOutcome::Done);
}
