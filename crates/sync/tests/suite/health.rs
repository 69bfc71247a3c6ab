//! Rules of schedule, status and what a run tells: S1 to S4.

use domain::account::{Notification, Notifications};
use domain::clock::UtcMillis;
use domain::hint::Hint;
use domain::id::IdentityId;
use domain::mail::MailKind;
use domain::role_preset::RolePreset;
use domain::run::{RunState, Trigger};
use domain::status::IntegrationStatus;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::identities::{
    MembershipStatus, Profile, find_identity_in, update_profile, upsert_staff_membership,
};
use store::roles::find_preset_in;
use store::{audit, runs};
use sync::request::{RunMode, request_sync};
use sync::status::{Overview, overview};

use crate::at_once::administrator;
use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    s1_auto_sync_runs_when_due_and_once,
    s1_a_stream_without_a_change_filter_has_a_slower_cadence,
    s1_reconciliation_reads_everything_at_night,
    s2_refused_credentials_pause_the_schedule_and_are_probed_daily,
    s2_who_may_enter_new_credentials_is_written_to_once_per_pause,
    s2_an_outage_is_a_warning_then_an_error_and_backs_off,
    s2_an_outage_says_what_to_check_by_what_happened,
    s2_an_answer_that_is_not_understood_is_told_while_it_is_tried_again,
    s2_a_missing_right_fails_its_stream_only,
    s2_a_missing_right_is_told_once_in_the_providers_words,
    s2_resync_reads_the_lists_again_only_for_a_right_no_stream_looks_at,
    s3_a_run_can_be_read_and_progress_is_told,
    s3_a_run_names_every_stream_that_went_worst,
    s4_freshness_is_an_upper_bound,
}

async fn look(portal: &Portal, id: domain::id::IntegrationId) -> Overview {
    overview(&portal.engine, id)
        .await
        .expect("a read")
        .expect("the integration")
}

async fn tick(portal: &Portal) {
    portal.engine.schedule_due().await.expect("the schedule");
    portal.idle().await;
}

async fn s1_auto_sync_runs_when_due_and_once(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let due = portal
        .integration(id)
        .await
        .next_sync_at
        .expect("auto-sync is on");
    let interval = 15 * UtcMillis::MINUTE;
    assert!(due > portal.clock_now() && due.since(portal.clock_now()) <= interval);
    tick(&portal).await;
    assert_eq!(
        runs::list_runs(portal.store(), id, None, 10)
            .await
            .expect("runs")
            .len(),
        1,
        "not due"
    );
    portal.advance(due.since(portal.clock_now()));
    // Two nodes look at the same instant.
    let other = portal.other_node("node-b");
    let (one, two) = tokio::join!(portal.engine.schedule_due(), other.schedule_due());
    one.expect("the schedule");
    two.expect("the schedule");
    portal.idle().await;
    let all = runs::list_runs(portal.store(), id, None, 10)
        .await
        .expect("runs");
    assert_eq!(all.len(), 2, "asked for once");
    assert_eq!(
        (all[0].trigger_key, all[0].state),
        (Trigger::Schedule, RunState::Completed)
    );
    assert_eq!(
        portal.integration(id).await.next_sync_at,
        Some(due.plus(interval))
    );
}

async fn s1_a_stream_without_a_change_filter_has_a_slower_cadence(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let slow = look(&portal, id).await.slow_streams;
    assert!(
        slow.iter()
            .any(|slow| (slow.stream, slow.cadence) == (Stream::Technicians, UtcMillis::HOUR)),
        "stated on the card: {slow:?}"
    );
    let run = portal.sync(id, RunMode::Incremental).await;
    assert!(
        portal
            .parts(&run)
            .await
            .iter()
            .all(|part| part.stream != Stream::Technicians)
    );
    portal.advance(UtcMillis::HOUR);
    let run = portal.sync(id, RunMode::Incremental).await;
    assert!(portal.part(&run, Stream::Technicians).await.mode.is_full());
}

async fn s1_reconciliation_reads_everything_at_night(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let due = portal
        .integration(id)
        .await
        .next_reconciliation_at
        .expect("a night");
    let gone = portal.control.ids("Contacts")[3];
    portal.control.delete("Contacts", gone);
    portal.advance(due.since(portal.clock_now()));
    tick(&portal).await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::Reconciliation, RunState::Completed),
        "{:?}",
        run.message
    );
    assert!(
        portal
            .parts(&run)
            .await
            .iter()
            .all(|part| part.mode.is_full() || part.stream.is_deletion_feed())
    );
    assert_eq!(
        portal.present(id, Stream::Contacts).await,
        portal.vendor("Contacts")
    );
    assert!(portal.integration(id).await.next_reconciliation_at > Some(due));
}

async fn s2_refused_credentials_pause_the_schedule_and_are_probed_daily(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_credentials_valid(false);
    portal.advance(16 * UtcMillis::MINUTE);
    tick(&portal).await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.state, run.hint),
        (RunState::Failed, Some(Hint::Credentials)),
        "{:?}",
        run.message
    );
    let parts = portal.parts(&run).await;
    assert!(
        parts.iter().all(|part| part.state == RunState::Failed),
        "the rest is not read"
    );
    let seen = look(&portal, id).await;
    assert_eq!(seen.status.status, IntegrationStatus::Error, "at once");
    let trouble = seen.trouble.expect("a banner");
    assert_eq!(
        (trouble.hint, trouble.since),
        (Hint::Credentials, portal.clock_now())
    );
    let entries = audit::list_entries(portal.store(), None, 20)
        .await
        .expect("the log");
    assert!(
        entries
            .iter()
            .any(|entry| entry.action == "integration.credentials_refused"),
        "administrators are told"
    );

    portal.control.clear_journal();
    for _ in 0..23 {
        portal.advance(UtcMillis::HOUR);
        tick(&portal).await;
    }
    assert!(
        portal.control.journal().is_empty(),
        "the schedule is paused"
    );
    portal.advance(UtcMillis::HOUR);
    tick(&portal).await;
    let probes = portal.control.journal().len();
    assert!(probes > 0, "one probe a day");
    tick(&portal).await;
    assert_eq!(portal.control.journal().len(), probes, "one");
    assert_eq!(
        look(&portal, id).await.status.status,
        IntegrationStatus::Error
    );

    portal.control.set_credentials_valid(true);
    portal.advance(UtcMillis::DAY);
    tick(&portal).await;
    tick(&portal).await;
    let seen = look(&portal, id).await;
    assert_eq!(
        (seen.status.status, seen.trouble),
        (IntegrationStatus::Connected, None),
        "the next success clears it"
    );
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
}

/// Switches the messages about integrations off, as on the profile.
async fn switch_off(portal: &Portal, who: IdentityId) {
    let mut chosen = Notifications::default();
    chosen.set(Notification::IntegrationTrouble, false);
    let mut tx = portal.store().begin().await.expect("begins");
    let known = find_identity_in(&mut tx, who).await.expect("a read");
    let known = known.expect("an identity");
    let profile = Profile {
        name: &known.name,
        email: &known.email,
        job_title: None,
        phone: None,
        time_zone: None,
        language: None,
        notifications: &chosen,
    };
    update_profile(&mut tx, who, &profile).await.expect("kept");
    tx.commit().await.expect("committed");
}

/// One message to each active person who may manage integrations and did not switch it off, again only after the credentials worked meanwhile.
async fn s2_who_may_enter_new_credentials_is_written_to_once_per_pause(kind: Kind) {
    let portal = Portal::start(kind).await;
    portal.connected().await;
    administrator(&portal, "ann@example.com").await;
    let (left, _) = administrator(&portal, "cy@example.com").await;
    let (technician, _) = administrator(&portal, "bo@example.com").await;
    let (quiet, _) = administrator(&portal, "di@example.com").await;
    switch_off(&portal, quiet).await;
    let mut tx = portal.store().begin().await.expect("begins");
    let role = find_preset_in(&mut tx, RolePreset::Technician)
        .await
        .expect("a role");
    for (who, role, status) in [
        (technician, Some(role.id), MembershipStatus::Active),
        (left, None, MembershipStatus::Disabled),
    ] {
        let role = match role {
            Some(role) => role,
            None => {
                find_preset_in(&mut tx, RolePreset::Administrator)
                    .await
                    .expect("a role")
                    .id
            }
        };
        upsert_staff_membership(&mut tx, who, role, status, false, true)
            .await
            .expect("kept");
    }
    tx.commit().await.expect("committed");
    let written = async || {
        let all = store::outbox::list_mail(portal.store(), None, None, 20).await;
        let rows = all.expect("a list").rows.into_iter();
        rows.map(|mail| (mail.recipient, mail.kind))
            .collect::<Vec<_>>()
    };
    let one = ("ann@example.com".to_owned(), MailKind::IntegrationPaused);
    portal.control.set_credentials_valid(false);
    portal.advance(16 * UtcMillis::MINUTE);
    tick(&portal).await;
    assert_eq!(written().await, std::slice::from_ref(&one));
    portal.advance(25 * UtcMillis::HOUR);
    tick(&portal).await;
    assert_eq!(written().await.len(), 1, "the daily probe says nothing new");
    let listed = store::outbox::list_mail(portal.store(), None, None, 1).await;
    let mail = listed.expect("a list").rows.remove(0);
    let said = mail.params.to_string();
    for part in [
        "Autotask refuses the credentials",
        "/settings/integrations/autotask",
    ] {
        assert!(said.contains(part), "{said}");
    }

    portal.control.set_credentials_valid(true);
    portal.advance(25 * UtcMillis::HOUR);
    tick(&portal).await;
    tick(&portal).await;
    portal.control.set_credentials_valid(false);
    portal.advance(25 * UtcMillis::HOUR);
    tick(&portal).await;
    assert_eq!(written().await, [one.clone(), one]);
}

async fn s2_an_outage_is_a_warning_then_an_error_and_backs_off(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.advance(UtcMillis::HOUR);
    portal.control.set_fault(Fault::new(FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    }));
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
    let seen = look(&portal, id).await;
    assert_eq!(
        (seen.status.status, seen.status.warning),
        (IntegrationStatus::Syncing, true)
    );
    let run = portal.last_run(id).await;
    let part = portal.part(&run, Stream::Companies).await;
    assert!(
        part.message
            .is_some_and(|message| message.contains("tries again after a pause of")),
        "it says what it waits for"
    );

    // One, two, five, ten minutes between attempts: none earlier.
    for minutes in [1, 2, 5, 10] {
        portal.control.clear_journal();
        portal.advance(minutes * UtcMillis::MINUTE - UtcMillis::SECOND);
        portal.idle().await;
        assert!(
            portal.control.journal().is_empty(),
            "too early after {minutes} minutes"
        );
        portal.advance(UtcMillis::SECOND);
        portal.idle().await;
        assert!(
            !portal.control.journal().is_empty(),
            "tried after {minutes} minutes"
        );
    }
    let seen = look(&portal, id).await;
    assert_eq!(
        (seen.status.status, seen.status.warning),
        (IntegrationStatus::Error, false),
        "after 15 minutes"
    );

    portal.control.clear_faults();
    portal.advance(15 * UtcMillis::MINUTE);
    portal.idle().await;
    let seen = look(&portal, id).await;
    assert_eq!(
        (seen.status.status, seen.status.warning),
        (IntegrationStatus::Connected, false)
    );
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    assert_eq!(portal.integration(id).await.failures_in_row, 0);
}

/// A vendor that answers with errors, and one that cannot be reached: told while the run waits, and after it gave up.
async fn s2_an_outage_says_what_to_check_by_what_happened(kind: Kind) {
    let down = FaultKind::Status {
        code: 503,
        body: None,
        retry_after: None,
    };
    for (fault, hint) in [(down, Hint::VendorTrouble), (FaultKind::Cut, Hint::Network)] {
        let portal = Portal::start(kind).await;
        let id = portal.connected().await;
        portal.advance(UtcMillis::HOUR);
        portal.control.set_fault(Fault::new(fault));
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
        let told = async || look(&portal, id).await.trouble.map(|trouble| trouble.hint);
        assert_eq!(told().await, Some(hint), "while it waits");
        for minutes in [1, 2, 5, 10, 15] {
            portal.advance(minutes * UtcMillis::MINUTE);
            portal.idle().await;
        }
        let run = portal.last_run(id).await;
        assert_eq!((run.state, run.hint), (RunState::Failed, Some(hint)));
        assert_eq!(told().await, Some(hint), "after it gave up");
        // The next run waits, and has met nothing yet.
        portal.advance(31 * UtcMillis::MINUTE);
        portal.engine.schedule_due().await.expect("the schedule");
        assert!(look(&portal, id).await.active_run.is_some());
        assert_eq!(told().await, Some(hint), "before another try");
    }
}

/// Three tries with a pause between them, and the run says so meanwhile; a good answer takes the words away, a third odd one
/// ends the stream.
async fn s2_an_answer_that_is_not_understood_is_told_while_it_is_tried_again(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let odd = || {
        let answer = FaultKind::Status {
            code: 200,
            body: Some(json!({ "items": "none" })),
            retry_after: None,
        };
        let odd = Fault::new(answer).on_entity("Tickets");
        portal.control.set_fault(odd.on_path("Tickets/query"));
    };
    let tickets = async || {
        let run = portal.last_run(id).await;
        portal.part(&run, Stream::Tickets).await
    };
    odd();
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Running);
    let part = tickets().await;
    assert_eq!(
        (part.state, part.hint),
        (RunState::Running, Some(Hint::VendorTrouble)),
        "{:?}",
        part.message
    );
    let told = part.message.expect("it says what it waits for");
    assert!(
        told.contains("answered in a way Portico does not understand")
            && told.ends_with("Portico tries again after a pause of 30 seconds."),
        "{told}"
    );
    portal.control.clear_faults();
    portal.advance(30 * UtcMillis::SECOND);
    portal.idle().await;
    assert_eq!(portal.last_run(id).await.state, RunState::Completed);
    let part = tickets().await;
    assert_eq!(
        (part.state, part.message, part.hint),
        (RunState::Completed, None, None),
        "it went on well"
    );

    odd();
    portal.sync(id, RunMode::Incremental).await;
    for _ in 0..2 {
        portal.advance(30 * UtcMillis::SECOND);
        portal.idle().await;
    }
    let part = tickets().await;
    assert_eq!(part.state, RunState::Failed, "{part:?}");
    let told = part.message.expect("why");
    assert!(!told.contains("tries again"), "{told}");
}

async fn s2_a_missing_right_fails_its_stream_only(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal
        .control
        .set_security("Opportunities", "query", "None");
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(run.state, RunState::Partial);
    let part = portal.part(&run, Stream::Opportunities).await;
    assert_eq!(
        (part.state, part.hint),
        (RunState::Failed, Some(Hint::Permissions)),
        "{:?}",
        part.message
    );
    assert!(part.message.is_some_and(|message| !message.is_empty()));
    assert_eq!(
        portal.part(&run, Stream::DeletedTickets).await.state,
        RunState::Completed,
        "later streams go on"
    );
    let seen = look(&portal, id).await;
    assert_eq!(seen.status.status, IntegrationStatus::Connected);
    assert!(
        seen.missing_rights
            .iter()
            .any(|right| right.area == "Opportunities"),
        "{:?}",
        seen.missing_rights
    );
}

async fn s2_a_missing_right_is_told_once_in_the_providers_words(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    portal.control.set_security("Resources", "query", "None");
    for _ in 0..2 {
        portal.sync(id, RunMode::Full).await;
    }
    let told = |seen: &Overview| -> Vec<String> {
        let rights = seen.missing_rights.iter();
        rights.map(|right| right.area.clone()).collect()
    };
    assert_eq!(told(&look(&portal, id).await), ["Resources"]);
    portal.control.set_security("Resources", "query", "All");
    portal.sync(id, RunMode::Full).await;
    assert_eq!(told(&look(&portal, id).await), [""; 0], "granted since");
}

/// What a stream reads tells by itself whether its right is there; other rights are looked at with the lists.
async fn s2_resync_reads_the_lists_again_only_for_a_right_no_stream_looks_at(kind: Kind) {
    for (area, again) in [("Opportunities", false), ("Contracts", true)] {
        let portal = Portal::start(kind).await;
        portal.control.set_security(area, "query", "None");
        let id = portal.connect().await;
        portal.idle().await;
        let seen = look(&portal, id).await;
        let mut missing = seen.missing_rights.iter();
        assert!(missing.any(|right| right.area == area), "{seen:?}");
        let before = portal.integration(id).await.reference_data_at;
        portal.advance(3 * UtcMillis::MINUTE);
        portal.sync(id, RunMode::Full).await;
        let after = portal.integration(id).await.reference_data_at;
        assert_eq!(after != before, again, "{area}");
    }
}

async fn s3_a_run_can_be_read_and_progress_is_told(kind: Kind) {
    let portal = Portal::start(kind).await;
    let mut changed = portal.store().changed();
    let id = portal.connected().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.trigger_key, Trigger::Connect);
    assert_eq!(run.requested_by.as_deref(), Some("Ann"));
    assert!(run.started_at.is_some() && run.finished_at.is_some());
    let mut told = 0;
    while let Ok(change) = changed.try_recv() {
        told += usize::from(change.topic == "run" && change.id == run.id.0);
    }
    let parts = portal.parts(&run).await;
    let pages: i64 = parts.iter().map(|part| part.counts.pages).sum();
    assert!(
        told >= usize::try_from(pages).expect("few"),
        "told {told} times for {pages} pages"
    );
    for part in parts {
        assert!(part.counts.requests > 0, "{part:?}");
        assert!(
            part.progress_at.is_some() && part.finished_at.is_some(),
            "{part:?}"
        );
    }
}

/// A ticket and an opportunity are set aside: what is told of the run names both, not only the one that was read last.
async fn s3_a_run_names_every_stream_that_went_worst(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    for entity in ["Tickets", "Opportunities"] {
        let garbled = FaultKind::GarbledRecord {
            id: Some(portal.control.ids(entity)[0]),
            field: "title".to_owned(),
        };
        portal
            .control
            .set_fault(Fault::new(garbled).on_entity(entity));
    }
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(
        (run.state, run.hint, run.message.as_deref()),
        (
            RunState::Partial,
            Some(Hint::SetAside),
            Some(
                "Tickets: 1 record could not be read and was set aside. \
                 Opportunities: 1 record could not be read and was set aside."
            )
        )
    );
}

async fn s4_freshness_is_an_upper_bound(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connect().await;
    assert_eq!(
        look(&portal, id).await.freshness,
        None,
        "nothing was read yet"
    );
    portal.idle().await;
    portal.advance(7 * UtcMillis::MINUTE);
    let fresh = look(&portal, id).await.freshness.expect("a bound");
    assert_eq!(fresh.at_most, 7 * UtcMillis::MINUTE);
    let ticket = portal.control.ids("Tickets")[0];
    portal.control.set_fault(
        Fault::new(FaultKind::GarbledRecord {
            id: Some(ticket),
            field: "title".to_owned(),
        })
        .on_entity("Tickets"),
    );
    portal.sync(id, RunMode::Full).await;
    let aside = portal.clock_now();
    portal.advance(20 * UtcMillis::MINUTE);
    portal.sync(id, RunMode::Full).await;
    portal.advance(UtcMillis::MINUTE);
    let seen = look(&portal, id).await;
    let fresh = seen.freshness.expect("a bound");
    assert_eq!(fresh.set_aside_since, Some(aside));
    assert_eq!(
        fresh.at_most,
        portal.clock_now().since(aside),
        "every stream was read since: {fresh:?}"
    );
    assert!(seen.last_reconciliation_at.is_some());
    let waits = portal.clock_now();
    let mut tx = portal.store().begin().await.expect("begins");
    runs::put_wake_up(&mut tx, id, Stream::Tickets, Trigger::Webhook, None)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    portal.advance(UtcMillis::MINUTE);
    let fresh = look(&portal, id).await.freshness.expect("a bound");
    assert_eq!(fresh.waiting_since, Some(waits));
}
