//! Scope (rule P13) and what is selected (rule S1).

use std::collections::BTreeSet;

use domain::id::IntegrationId;
use domain::run::{RunState, Trigger};
use domain::settings::IntegrationSettings;
use domain::stream::{RecordType, Stream};
use serde_json::json;
use sync::connect::SettingsOutcome;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, Setup, ann};

on_both_engines! {
    p13_a_narrower_scope_hides_and_a_wider_one_brings_back,
    p13_a_ticket_that_leaves_the_scope_goes_and_returns,
    p13_closed_statuses_are_judged_again,
    s1_only_selected_record_types_are_read,
}

/// Tickets of the vendor by queue.
fn in_queue(portal: &Portal, queue: i64) -> BTreeSet<String> {
    let tickets = portal
        .control
        .ids("Tickets")
        .into_iter()
        .filter(|ticket| queue_of(portal, *ticket) == queue);
    tickets.map(|ticket| ticket.to_string()).collect()
}

fn queue_of(portal: &Portal, ticket: i64) -> i64 {
    portal
        .control
        .get("Tickets", ticket)
        .and_then(|ticket| ticket["queueID"].as_i64())
        .unwrap_or_default()
}

/// Two queues that have tickets.
fn two_queues(portal: &Portal) -> (i64, i64) {
    let queues: BTreeSet<i64> = portal
        .control
        .ids("Tickets")
        .into_iter()
        .map(|ticket| queue_of(portal, ticket))
        .filter(|queue| *queue > 0)
        .collect();
    let mut queues = queues.into_iter();
    (
        queues.next().expect("a queue"),
        queues.next().expect("another queue"),
    )
}

/// Changes the settings and waits for the run that follows.
pub async fn change(
    portal: &Portal,
    id: IntegrationId,
    change: impl FnOnce(&mut IntegrationSettings),
) {
    let integration = portal.integration(id).await;
    let mut settings = integration.settings.clone();
    change(&mut settings);
    let outcome = update_settings(
        &portal.engine,
        &ann(),
        id,
        integration.settings_revision,
        settings,
    )
    .await
    .expect("saved");
    assert!(
        matches!(outcome, SettingsOutcome::Saved { resync: true, .. }),
        "{outcome:?}"
    );
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::SettingsChange, RunState::Completed),
        "{:?}",
        run.message
    );
}

async fn p13_a_narrower_scope_hides_and_a_wider_one_brings_back(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.tickets().await;
    let (queue, _) = two_queues(&portal);
    change(&portal, id, |settings| {
        settings.scope.queues = [queue.to_string()].into()
    })
    .await;
    assert_eq!(
        portal.present(id, Stream::Tickets).await,
        in_queue(&portal, queue)
    );
    let run = portal.last_run(id).await;
    assert!(
        !portal.part(&run, Stream::Tickets).await.mode.is_full(),
        "stored rows were judged, nothing was read anew"
    );

    let full = portal.sync(id, RunMode::Full).await;
    let part = portal.part(&full, Stream::Tickets).await;
    assert_eq!(
        (part.state, part.counts.removed),
        (RunState::Completed, 0),
        "{part:?}"
    );

    change(&portal, id, |settings| settings.scope.queues.clear()).await;
    let after = portal.tickets().await;
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    assert!(
        before
            .iter()
            .all(|(ticket, row)| after[ticket].uuid == row.uuid),
        "the same rows"
    );
    portal.assert_equal(id).await;
}

async fn p13_a_ticket_that_leaves_the_scope_goes_and_returns(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let (queue, other) = two_queues(&portal);
    change(&portal, id, |settings| {
        settings.scope.queues = [queue.to_string()].into()
    })
    .await;
    let ticket: i64 = in_queue(&portal, queue)
        .first()
        .expect("a ticket")
        .parse()
        .expect("a number");
    portal.control.patch(
        "Tickets",
        ticket,
        json!({ "queueID": other, "title": "Moved away" }),
    );
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Tickets).await;
    assert!(
        part.counts.out_of_scope >= 1 && part.counts.adds_up(),
        "{part:?}"
    );
    assert!(
        !portal
            .present(id, Stream::Tickets)
            .await
            .contains(&ticket.to_string()),
        "an incremental run saw it leave"
    );
    portal
        .control
        .patch("Tickets", ticket, json!({ "queueID": queue }));
    portal.sync(id, RunMode::Incremental).await;
    let row = portal
        .tickets()
        .await
        .remove(&ticket.to_string())
        .expect("it returned");
    assert_eq!(
        row.title, "Moved away",
        "it was kept up to date while it was away"
    );

    // One that was never stored does not come in.
    let outside: i64 = in_queue(&portal, other)
        .first()
        .expect("a ticket")
        .parse()
        .expect("a number");
    portal
        .control
        .patch("Tickets", outside, json!({ "title": "Still outside" }));
    portal.sync(id, RunMode::Incremental).await;
    assert!(
        !portal
            .present(id, Stream::Tickets)
            .await
            .contains(&outside.to_string())
    );
}

async fn p13_closed_statuses_are_judged_again(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let open = portal
        .tickets()
        .await
        .into_values()
        .find(|row| !row.closed)
        .expect("an open ticket");
    let status = open.status.expect("a status").id;
    change(&portal, id, |settings| {
        settings.closed_statuses.insert(status);
    })
    .await;
    assert!(portal.tickets().await[&open.external_id].closed);
}

async fn s1_only_selected_record_types_are_read(kind: Kind) {
    let settings = IntegrationSettings {
        record_types: [RecordType::Companies].into(),
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
    let run = portal.last_run(id).await;
    let streams: Vec<Stream> = portal
        .parts(&run)
        .await
        .iter()
        .map(|part| part.stream)
        .collect();
    assert_eq!(streams, [Stream::Companies]);
    assert!(portal.present(id, Stream::Tickets).await.is_empty());
    change(&portal, id, |settings| {
        settings.record_types = RecordType::ALL.into()
    })
    .await;
    portal.assert_equal(id).await;
}
