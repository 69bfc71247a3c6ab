//! Disconnecting, connecting again and deleting data.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::role_preset::RolePreset;
use domain::run::{RunState, Trigger};
use domain::status::IntegrationStatus;
use domain::stream::Stream;
use store::identities::{MembershipStatus, upsert_company_membership};
use store::integration_data::count_companies_from_here;
use store::roles::find_preset_in;
use sync::connect::{ActionOutcome, delete_data, disconnect};
use sync::request::{RequestOutcome, RunMode, request_sync};
use sync::status::overview;

use crate::at_once::administrator;
use crate::company_removal::here;
use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    disconnecting_keeps_data_and_reconnecting_keeps_rows,
    reconnecting_keeps_what_was_chosen,
    data_is_deleted_only_when_asked_for,
}

async fn disconnecting_keeps_data_and_reconnecting_keeps_rows(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let before = portal.tickets().await;
    portal.advance(UtcMillis::HOUR);
    request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("a request");
    assert_eq!(
        disconnect(&portal.engine, &ann(), id)
            .await
            .expect("an outcome"),
        ActionOutcome::Done
    );
    assert_eq!(
        portal.last_run(id).await.state,
        RunState::Superseded,
        "a run that is on ends"
    );
    portal.control.clear_journal();
    portal.advance(UtcMillis::DAY);
    portal.engine.schedule_due().await.expect("the schedule");
    portal.idle().await;
    assert!(
        portal.control.journal().is_empty(),
        "nobody talks to the vendor any more"
    );
    let seen = overview(&portal.engine, id)
        .await
        .expect("a read")
        .expect("it stays");
    assert_eq!(seen.status.status, IntegrationStatus::Disconnected);
    assert_eq!(portal.tickets().await.len(), before.len(), "data stays");
    assert_eq!(
        disconnect(&portal.engine, &ann(), id)
            .await
            .expect("an outcome"),
        ActionOutcome::NotConnected
    );
    let outcome = request_sync(&portal.engine, &ann(), id, Trigger::Resync, RunMode::Full)
        .await
        .expect("a request");
    assert_eq!(outcome, RequestOutcome::NotConnected);

    assert_eq!(portal.connect().await, id, "the same integration");
    portal.idle().await;
    let after = portal.tickets().await;
    assert!(
        before
            .iter()
            .all(|(ticket, row)| after[ticket].uuid == row.uuid),
        "the same rows"
    );
    portal.assert_equal(id).await;
}

async fn reconnecting_keeps_what_was_chosen(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let seen = portal.integration(id).await;
    // Each of these is a choice: nobody reads a note, companies come from elsewhere, no status closes, no stage.
    let mut chosen = seen.settings.clone();
    chosen.public_note_audiences.clear();
    chosen.company_source = false;
    chosen.closed_statuses.clear();
    chosen.stages.clear();
    assert_ne!(chosen, seen.settings);
    let revision = seen.settings_revision;
    sync::settings::update_settings(&portal.engine, &ann(), id, revision, chosen.clone())
        .await
        .expect("saved");
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    assert_eq!(portal.connect().await, id);
    assert_eq!(portal.integration(id).await.settings, chosen);
    // With the data another account may come, whose statuses are others: that is a new connection.
    let elsewhere = || BTreeSet::from(["990".to_owned()]);
    chosen.closed_statuses = elsewhere();
    chosen.public_note_audiences = elsewhere();
    chosen.scope.queues = elsewhere();
    chosen.scope.exclude_statuses = elsewhere();
    chosen.exclude_company_types = elsewhere();
    chosen.stages = [("990".to_owned(), domain::stage::Stage::New)].into();
    chosen.auto_import = true;
    chosen.interval_minutes = 30;
    let revision = portal.integration(id).await.settings_revision;
    sync::settings::update_settings(&portal.engine, &ann(), id, revision, chosen.clone())
        .await
        .expect("saved");
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    delete_data(&portal.engine, &ann(), id).await.expect("done");
    portal.connect().await;
    let settings = portal.integration(id).await.settings;
    let expected = domain::settings::IntegrationSettings {
        interval_minutes: 30,
        ..seen.settings
    };
    assert_eq!(settings, expected, "as for one that was never connected");
}

async fn data_is_deleted_only_when_asked_for(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let refused = delete_data(&portal.engine, &ann(), id)
        .await
        .expect("an outcome");
    assert!(
        matches!(refused, ActionOutcome::Refused(_)),
        "not while connected"
    );
    disconnect(&portal.engine, &ann(), id)
        .await
        .expect("an outcome");
    // Somebody has an account at one of its companies.
    let (who, _) = administrator(&portal, "cleo@example.com").await;
    let mut tx = portal.store().begin().await.expect("begins");
    let role = find_preset_in(&mut tx, RolePreset::CompanyViewer)
        .await
        .expect("a role");
    let company = here(&portal).await[0].id;
    let active = MembershipStatus::Active;
    upsert_company_membership(&mut tx, who, company, role.id, active, None)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    let told = count_companies_from_here(portal.store(), id)
        .await
        .expect("counts");
    assert!(
        told.going > 1 && (told.staying, told.accounts) == (1, 1),
        "{told:?}"
    );
    let before = here(&portal).await.len();
    assert_eq!(
        delete_data(&portal.engine, &ann(), id)
            .await
            .expect("an outcome"),
        ActionOutcome::Done
    );
    let (all, stay) = (told.going + told.staying, told.staying);
    let after = here(&portal).await.len();
    assert_eq!((before as i64, after as i64), (all, stay));
    for stream in [
        Stream::Companies,
        Stream::Contacts,
        Stream::Tickets,
        Stream::TicketNotes,
    ] {
        assert!(portal.present(id, stream).await.is_empty(), "{stream:?}");
    }
    assert!(
        portal.integration(id).await.account.is_empty(),
        "another account may come"
    );
    portal.connect().await;
    portal.idle().await;
    portal.assert_equal(id).await;
}
