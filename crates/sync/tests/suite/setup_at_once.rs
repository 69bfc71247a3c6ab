//! The setup while something else happens: a second administrator, and values that vanish at the vendor.

use domain::reference::ReferenceKind;
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use store::reference_items;
use sync::connect::{SettingsOutcome, disconnect};
use sync::request::RequestOutcome;
use sync::setup::{LeaveSync, leave_sync};

use crate::portal::{Kind, Portal, ann};
use crate::setup::{configure, leave, run_count, without_item};

on_both_engines! {
    of_two_administrators_the_second_is_told_and_nothing_is_saved,
    two_administrators_who_leave_at_once_start_one_run,
    what_vanished_between_steps_is_named_at_its_field,
}

async fn of_two_administrators_the_second_is_told_and_nothing_is_saved(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    leave(&portal, &seen, |settings| settings.interval_minutes = 30).await;
    let late = leave(&portal, &seen, |settings| settings.interval_minutes = 5).await;
    assert_eq!(
        late,
        LeaveSync {
            settings: SettingsOutcome::Conflict,
            run: None,
        }
    );
    let late = configure(&portal, &seen, |settings| settings.closed_statuses.clear()).await;
    assert_eq!(late, SettingsOutcome::Conflict);
    let now = portal.integration(id).await;
    assert_eq!(now.settings.interval_minutes, 30);
    assert_eq!(now.settings.closed_statuses, seen.settings.closed_statuses);
    assert_eq!(now.setup_step, SetupStep::Configure, "not moved on either");
    // Disconnected by the other meanwhile: told, and nothing is half saved.
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    let late = leave(&portal, &now, |settings| settings.interval_minutes = 5).await;
    assert_eq!(late.run, Some(RequestOutcome::NotConnected));
    assert_eq!(portal.integration(id).await.settings, now.settings);
}

async fn two_administrators_who_leave_at_once_start_one_run(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    let mut leaving = tokio::task::JoinSet::new();
    for number in 0..6 {
        let engine = portal.other_node(&format!("node-{number}"));
        let settings = IntegrationSettings {
            interval_minutes: 5,
            ..seen.settings.clone()
        };
        let revision = seen.settings_revision;
        leaving.spawn(async move { leave_sync(&engine, &ann(), id, revision, settings).await });
    }
    let mut started = 0;
    while let Some(left) = leaving.join_next().await {
        let left = left.expect("no panic").expect("an outcome");
        match left.run {
            Some(RequestOutcome::Started(_)) => started += 1,
            Some(RequestOutcome::Joined(_)) => {
                assert_eq!(left.settings, SettingsOutcome::Unchanged)
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((started, run_count(&portal, &seen).await), (1, 1));
}

async fn what_vanished_between_steps_is_named_at_its_field(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    let seen = portal.integration(id).await;
    let list = async |kind| {
        reference_items::list_reference_items(portal.store(), id, Some(kind))
            .await
            .expect("a list")
    };
    let queue = list(ReferenceKind::Queue).await.remove(0);
    let status = list(ReferenceKind::TicketStatus).await.remove(0);
    // Chosen while they were there; gone when Next is pressed.
    without_item(&portal, &seen, ReferenceKind::Queue, &queue.external_id).await;
    without_item(
        &portal,
        &seen,
        ReferenceKind::TicketStatus,
        &status.external_id,
    )
    .await;
    let left = leave(&portal, &seen, |settings| {
        settings.interval_minutes = 5;
        settings.scope.queues.insert(queue.external_id.clone());
        settings
            .scope
            .exclude_statuses
            .insert(status.external_id.clone());
        settings.default_contact_role = Some("no such role".to_owned());
        // A problem of another step is not this step's.
        settings
            .client_comment_status
            .insert(status.external_id.clone());
    })
    .await;
    let SettingsOutcome::Refused(problems) = &left.settings else {
        panic!("{left:?}");
    };
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["queue", "exclude_status", "default_contact_role"]);
    assert!(problems[0].message.contains(&queue.label), "{problems:?}");
    assert_eq!(left.run, None);
    assert_eq!(portal.integration(id).await, seen, "nothing was saved");
    assert_eq!(run_count(&portal, &seen).await, 0);
    leave(&portal, &seen, |_| {}).await;
    let seen = portal.integration(id).await;
    let saved = configure(&portal, &seen, |settings| {
        settings.closed_statuses.insert(status.external_id.clone());
        settings.opportunity.fallback_owner = Some("1".to_owned());
    })
    .await;
    let SettingsOutcome::Refused(problems) = &saved else {
        panic!("{saved:?}");
    };
    let fields: Vec<&str> = problems.iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["closed_status", "fallback_owner"]);
    let now = portal.integration(id).await;
    assert_eq!(
        (&now.settings, now.setup_step),
        (&seen.settings, SetupStep::Configure)
    );
}
