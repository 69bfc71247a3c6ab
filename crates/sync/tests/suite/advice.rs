//! The troubleshooting rows of an integration, each told when it applies and with what was found.

use domain::advice::Issue;
use domain::id::IntegrationId;
use domain::settings::IntegrationSettings;
use sync::advice::{self, Advice};
use sync::settings::update_settings;
use sync::status::overview;

use crate::portal::{Kind, Portal, Setup, ann};

on_both_engines! {
    nothing_is_advised_while_all_is_well_but_what_is_switched_off,
    tickets_not_syncing_is_told_when_the_scope_left_all_of_them_out,
    missing_data_names_the_missing_right,
    connection_test_fails_is_told_while_credentials_are_refused,
    contacts_not_importing_is_told_while_no_role_is_chosen,
}

async fn advised(portal: &Portal, id: IntegrationId) -> Vec<Advice> {
    let overview = overview(&portal.engine, id)
        .await
        .expect("a read")
        .expect("an integration");
    advice::of(&portal.engine, &overview).await.expect("a read")
}

/// What is wrong; that *Auto-Import* is off is not.
async fn wrong(portal: &Portal, id: IntegrationId) -> Vec<Advice> {
    let mut all = advised(portal, id).await;
    all.retain(|advice| advice.wrong);
    all
}

async fn nothing_is_advised_while_all_is_well_but_what_is_switched_off(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect_in_wizard().await;
    assert_eq!(advised(&portal, id).await, [], "nothing can have come yet");
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let told = advised(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::ContactsNotImporting);
    assert!(!told[0].wrong && told[0].found.contains("Auto-Import is off"));
}

async fn tickets_not_syncing_is_told_when_the_scope_left_all_of_them_out(kind: Kind) {
    let mut settings = IntegrationSettings::default();
    settings.scope.queues.insert("999999".to_owned());
    let portal = Portal::with(
        kind,
        Setup {
            settings: Some(settings),
            ..Setup::default()
        },
    )
    .await;
    let id = portal.connect().await;
    portal.idle().await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::TicketsNotSyncing);
    assert!(told[0].check.contains("queues and categories"), "{told:?}");
    // Mended: told no more.
    let seen = portal.integration(id).await;
    let mut settings = seen.settings.clone();
    settings.scope.queues.clear();
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    assert_eq!(wrong(&portal, id).await, []);
}

async fn missing_data_names_the_missing_right(kind: Kind) {
    let portal = Portal::start(kind).await;
    portal
        .control
        .set_security("Opportunities", "query", "None");
    let id = portal.connect().await;
    portal.idle().await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::MissingRight);
    assert!(told[0].found.contains("Opportunities"), "{told:?}");
    assert!(told[0].check.contains("security level"), "{told:?}");
}

async fn connection_test_fails_is_told_while_credentials_are_refused(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_credentials_valid(false);
    portal.advance(16 * domain::clock::UtcMillis::MINUTE);
    portal.engine.schedule_due().await.expect("looked");
    portal.idle().await;
    let told = wrong(&portal, id).await;
    assert_eq!(told[0].issue, Issue::ConnectionTestFails, "{told:?}");
    assert!(
        told[0].check.contains("API username and secret"),
        "{told:?}"
    );
}

async fn contacts_not_importing_is_told_while_no_role_is_chosen(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let seen = portal.integration(id).await;
    let settings = IntegrationSettings {
        auto_import: true,
        ..seen.settings.clone()
    };
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::ContactsNotImporting);
    assert!(told[0].found.contains("Default Role"), "{told:?}");
}
