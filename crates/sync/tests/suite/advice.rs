//! The troubleshooting rows of an integration, for every PSA: each told when it applies, in its own words and with what was
//! found.

use domain::advice::Issue;
use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::reference::ReferenceKind;
use domain::settings::IntegrationSettings;
use store::reference_items::list_reference_items;
use sync::advice::{self, Advice};
use sync::request::RunMode;
use sync::settings::update_settings;
use sync::status::overview;

use crate::portal::{Kind, Portal, Setup, ann};
use crate::vendors::Desk;

on_every_vendor!(
    sqlite:
    nothing_is_advised_while_all_is_well_but_what_is_chosen,
    tickets_not_syncing_is_told_when_the_scope_left_all_of_them_out,
    a_missing_right_is_named,
    refused_credentials_are_told_in_every_row_about_them,
    contacts_not_importing_is_told_while_no_role_is_chosen,
    a_sync_nobody_begins_is_told,
);

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

async fn set(portal: &Portal, id: IntegrationId, change: impl FnOnce(&mut IntegrationSettings)) {
    let seen = portal.integration(id).await;
    let mut settings = seen.settings.clone();
    change(&mut settings);
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
}

async fn nothing_is_advised_while_all_is_well_but_what_is_chosen(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connect_in_wizard().await;
    assert_eq!(advised(&portal, id).await, [], "nothing can have come yet");
    // ConnectWise: companies of every type are left out, by number, which the others do not have.
    let types = (1..100).map(|id: u8| id.to_string()).collect();
    let settings = IntegrationSettings {
        exclude_company_types: types,
        ..IntegrationSettings::default()
    };
    let setup = Setup {
        settings: (vendor == "connectwise_psa").then_some(settings),
        ..desk.setup()
    };
    let portal = Portal::with(kind, setup).await;
    let id = portal.connected().await;
    let told = advised(&portal, id).await;
    let issues: Vec<Issue> = told.iter().map(|one| one.issue).collect();
    // ConnectWise's table has rows about what was chosen there.
    let expected: &[Issue] = if vendor == "connectwise_psa" {
        &[
            Issue::WrongBoards,
            Issue::MissingCompanies,
            Issue::ContactsNotImporting,
        ]
    } else {
        &[Issue::ContactsNotImporting]
    };
    assert_eq!(issues, expected, "{told:?}");
    assert!(told.iter().all(|one| !one.wrong), "{told:?}");
    let last = told.last().expect("one");
    assert!(last.found.contains("Auto-Import is off"), "{told:?}");
    if vendor == "connectwise_psa" {
        assert!(told[0].found.contains("service boards"), "{told:?}");
        assert!(told[1].found.contains("of a type or status"), "{told:?}");
    }
    set(&portal, id, |settings| settings.auto_sync = false).await;
    let told = advised(&portal, id).await;
    assert!(
        told.iter()
            .any(|one| one.issue == Issue::SyncNotStarting && !one.wrong),
        "{told:?}"
    );
}

async fn tickets_not_syncing_is_told_when_the_scope_left_all_of_them_out(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    let statuses = list_reference_items(portal.store(), id, Some(ReferenceKind::TicketStatus))
        .await
        .expect("a list");
    let all = statuses.into_iter().map(|status| status.external_id);
    let all: std::collections::BTreeSet<String> = all.collect();
    set(&portal, id, |settings| {
        settings.scope.exclude_statuses = all;
    })
    .await;
    portal.sync(id, RunMode::Full).await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::TicketsNotSyncing);
    assert!(told[0].found.contains("Ticket Sync Scope"), "{told:?}");
    let own = Issue::TicketsNotSyncing.solution(desk.provider());
    assert_eq!(told[0].check, own);
    // Mended: told no more.
    set(&portal, id, |settings| {
        settings.scope.exclude_statuses.clear();
    })
    .await;
    assert_eq!(wrong(&portal, id).await, []);
}

async fn a_missing_right_is_named(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let (right, action, area) = desk.right;
    portal.control.set_security(right, action, "None");
    let id = portal.connect().await;
    portal.idle().await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::MissingRight);
    assert!(told[0].found.contains(area), "{told:?}");
    let own = Issue::MissingRight.own(desk.provider());
    assert_eq!(Some(told[0].check), own, "in the words of its own screens");
}

async fn refused_credentials_are_told_in_every_row_about_them(kind: Kind, vendor: &str) {
    let desk = Desk::of(vendor);
    let portal = desk.portal(kind).await;
    let id = portal.connected().await;
    portal.control.set_credentials_valid(false);
    portal.advance(2 * UtcMillis::HOUR);
    portal.engine.schedule_due().await.expect("looked");
    portal.idle().await;
    let told = wrong(&portal, id).await;
    let issues: Vec<Issue> = told.iter().map(|one| one.issue).collect();
    let expected: &[Issue] = match vendor {
        "syncro" => &[Issue::ConnectionTestFails, Issue::TokenExpired],
        "connectwise_psa" => &[Issue::ConnectionTestFails, Issue::SyncNotStarting],
        _ => &[Issue::ConnectionTestFails],
    };
    assert_eq!(issues, expected, "{told:?}");
    for one in &told {
        let own = one.issue.own(desk.provider());
        assert_eq!(Some(one.check), own, "{vendor}");
    }
}

async fn contacts_not_importing_is_told_while_no_role_is_chosen(kind: Kind, vendor: &str) {
    let portal = Desk::of(vendor).portal(kind).await;
    let id = portal.connected().await;
    set(&portal, id, |settings| settings.auto_import = true).await;
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::ContactsNotImporting);
    assert!(told[0].found.contains("Default Role"), "{told:?}");
}

async fn a_sync_nobody_begins_is_told(kind: Kind, vendor: &str) {
    let portal = Desk::of(vendor).portal(kind).await;
    let id = portal.connect().await;
    portal.advance(9 * UtcMillis::MINUTE);
    let told = wrong(&portal, id).await;
    assert_eq!(told, [], "a worker may be busy");
    portal.advance(2 * UtcMillis::MINUTE);
    let told = wrong(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].issue, Issue::SyncNotStarting);
    assert!(told[0].found.contains("11 minutes ago"), "{told:?}");
    portal.idle().await;
    assert_eq!(wrong(&portal, id).await, [], "a worker came");
}
