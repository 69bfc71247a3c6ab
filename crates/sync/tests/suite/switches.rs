//! What can be switched off when a connection is set up, for every PSA: auto-sync, and the initial import.

use domain::clock::UtcMillis;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use store::runs;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, Setup, ann};
use crate::vendors::Desk;

on_every_vendor!(
    s1_auto_sync_off_starts_nothing_and_survives_a_restart,
    s1_without_initial_import_only_what_is_active_from_now_on_comes,
);

async fn runs(portal: &Portal, id: domain::id::IntegrationId) -> usize {
    let all = runs::list_runs(portal.store(), id, None, 20).await;
    all.expect("runs").len()
}

/// Looks at the schedule every quarter of an hour for some hours.
async fn let_pass(portal: &Portal, hours: i64) {
    for _ in 0..hours * 4 {
        portal.advance(15 * UtcMillis::MINUTE);
        portal.engine.schedule_due().await.expect("the schedule");
        portal.idle().await;
    }
}

async fn s1_auto_sync_off_starts_nothing_and_survives_a_restart(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let mut portal = desk.portal(kind).await;
    let id = portal.connected().await;
    let seen = portal.integration(id).await;
    let settings = IntegrationSettings {
        auto_sync: false,
        ..seen.settings.clone()
    };
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    let before = runs(&portal, id).await;
    // A day and its night, when everything is read whole otherwise.
    let_pass(&portal, 26).await;
    assert_eq!(runs(&portal, id).await, before, "nothing started");
    portal.restart().await;
    let here = portal.integration(id).await;
    assert!(!here.settings.auto_sync, "the switch survives");
    let_pass(&portal, 2).await;
    assert_eq!(runs(&portal, id).await, before, "nor after a restart");
    portal.sync(id, RunMode::Incremental).await;
    assert_eq!(runs(&portal, id).await, before + 1, "a person still can");
}

async fn s1_without_initial_import_only_what_is_active_from_now_on_comes(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let settings = IntegrationSettings {
        initial_import: false,
        ..IntegrationSettings::default()
    };
    let setup = Setup {
        settings: Some(settings),
        ..desk.setup()
    };
    let portal = Portal::with(kind, setup).await;
    let id = portal.connected().await;
    for (stream, entity) in desk.streams {
        let here = portal.present(id, *stream).await;
        match stream {
            Stream::Tickets | Stream::TicketNotes | Stream::Opportunities => {
                assert!(here.is_empty(), "{entity}: {here:?}");
            }
            _ => {
                let there = portal.vendor(entity);
                assert!(
                    there.is_subset(&here) && !there.is_empty(),
                    "{entity} comes whole"
                );
            }
        }
    }
    // Some of the vendors tell instants by the second.
    portal.advance(UtcMillis::MINUTE);
    let tickets = desk.entity(Stream::Tickets);
    let ticket = portal.control.ids(tickets)[0];
    let touched = json!({ desk.title: "Active again" });
    portal.control.patch(tickets, ticket, touched);
    for mode in [RunMode::Incremental, RunMode::Full] {
        portal.sync(id, mode).await;
        assert_eq!(
            portal.present(id, Stream::Tickets).await,
            [ticket.to_string()].into(),
            "{mode:?}"
        );
    }
}
