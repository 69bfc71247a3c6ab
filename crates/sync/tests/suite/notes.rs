//! Comments that are read ticket by ticket: whatever keeps them from coming, none is lost (rule P15).

use std::collections::{BTreeMap, BTreeSet};

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::job::{Job, Priority};
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use simulator::{Fault, FaultKind, RetryAfter, WorldConfig};
use store::jobs::{self, JobState};
use sync::connect::{ConnectOutcome, delete_data, disconnect, update_credentials};
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, Setup, ann};

on_both_engines!(
    p15_notes_that_wait_outlive_refused_credentials,
    p15_notes_that_wait_outlive_a_disconnect_and_go_with_the_data,
    p15_notes_that_wait_outlive_a_long_outage,
    p15_notes_that_wait_outlive_an_outage_without_a_schedule,
    p15_an_odd_list_of_notes_removes_none,
    p15_a_limit_that_is_used_up_is_found_out_by_one_for_all,
);

/// What every request for comments is answered.
fn limited(code: u16) -> Fault {
    Fault::new(FaultKind::Status {
        code,
        body: None,
        retry_after: Some(RetryAfter::Seconds(60)),
    })
}

/// A first run is over, and all comments still wait.
async fn waiting(kind: Kind) -> (Portal, IntegrationId, usize) {
    let setup = Setup {
        vendor: "connectwise_psa",
        world: WorldConfig {
            tickets: 12,
            ..Setup::default().world
        },
        ..Setup::default()
    };
    let portal = Portal::with(kind, setup).await;
    portal.control.set_fault(limited(429).on_path("allNotes"));
    let id = portal.connected().await;
    assert!(portal.present(id, Stream::TicketNotes).await.is_empty());
    portal.control.clear_faults();
    let count = jobs_waiting(&portal).await;
    assert!(count >= 12, "one for each ticket: {count}");
    (portal, id, count)
}

async fn jobs_waiting(portal: &Portal) -> usize {
    let waiting = jobs::list_jobs(portal.store(), JobState::Ready, 1_000);
    let waiting = waiting.await.expect("jobs");
    let notes = waiting.iter();
    notes
        .filter(|job| job.payload.kind() == "pull_ticket_notes")
        .count()
}

/// What comes while nothing is in the way.
async fn all_notes(kind: Kind) -> BTreeSet<String> {
    let (portal, id, _) = waiting(kind).await;
    portal.advance(UtcMillis::HOUR);
    portal.idle().await;
    let notes = portal.present(id, Stream::TicketNotes).await;
    assert!(notes.len() > 5, "the world has notes: {}", notes.len());
    notes
}

async fn p15_notes_that_wait_outlive_refused_credentials(kind: Kind) {
    let expected = all_notes(kind).await;
    let (portal, id, count) = waiting(kind).await;
    portal.control.set_credentials_valid(false);
    portal.control.clear_journal();
    for _ in 0..3 {
        portal.advance(UtcMillis::HOUR);
        portal.idle().await;
    }
    let asked = portal.control.journal();
    let asked = asked.iter().filter(|entry| entry.path.contains("allNotes"));
    assert_eq!(asked.count(), 1, "one tells for all");
    assert!(portal.integration(id).await.refused_since.is_some());
    assert_eq!(jobs_waiting(&portal).await, count);
    portal.control.set_credentials_valid(true);
    let outcome = update_credentials(&portal.engine, &ann(), id, &portal.form()).await;
    assert!(matches!(outcome, Ok(ConnectOutcome::Connected { .. })));
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::TicketNotes).await, expected);
    assert_eq!(jobs_waiting(&portal).await, 0);
}

async fn p15_notes_that_wait_outlive_a_disconnect_and_go_with_the_data(kind: Kind) {
    let expected = all_notes(kind).await;
    let (portal, id, count) = waiting(kind).await;
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    portal.control.clear_journal();
    for _ in 0..3 {
        portal.advance(UtcMillis::DAY);
        portal.idle().await;
    }
    assert!(portal.control.journal().is_empty(), "nobody asks");
    assert_eq!(jobs_waiting(&portal).await, count);
    assert_eq!(portal.connect().await, id);
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::TicketNotes).await, expected);

    portal.control.set_fault(limited(429).on_path("allNotes"));
    sync::clear_resync::clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("asked");
    portal.idle().await;
    assert!(jobs_waiting(&portal).await >= 12);
    disconnect(&portal.engine, &ann(), id).await.expect("done");
    delete_data(&portal.engine, &ann(), id).await.expect("done");
    assert_eq!(jobs_waiting(&portal).await, 0, "of tickets that are gone");
}

async fn p15_notes_that_wait_outlive_a_long_outage(kind: Kind) {
    let expected = all_notes(kind).await;
    let (portal, id, count) = waiting(kind).await;
    portal.control.set_fault(limited(503));
    for _ in 0..24 {
        portal.advance(10 * UtcMillis::MINUTE);
        portal.engine.schedule_due().await.expect("the schedule");
        portal.idle().await;
    }
    assert!(portal.integration(id).await.outage_since.is_some());
    assert_eq!(jobs_waiting(&portal).await, count, "four hours later");
    portal.control.clear_faults();
    for _ in 0..4 {
        portal.advance(10 * UtcMillis::MINUTE);
        portal.engine.schedule_due().await.expect("the schedule");
        portal.idle().await;
    }
    assert_eq!(portal.integration(id).await.outage_since, None);
    assert_eq!(portal.present(id, Stream::TicketNotes).await, expected);
}

/// Nothing but the notes themselves finds out when the vendor answers again: more often than any job may fail.
async fn p15_notes_that_wait_outlive_an_outage_without_a_schedule(kind: Kind) {
    let expected = all_notes(kind).await;
    let (portal, id, count) = waiting(kind).await;
    let seen = portal.integration(id).await;
    let settings = IntegrationSettings {
        auto_sync: false,
        ..seen.settings
    };
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    portal.control.set_fault(limited(503).on_path("allNotes"));
    for _ in 0..=jobs::MAX_ATTEMPTS {
        portal.advance(7 * UtcMillis::HOUR);
        portal.idle().await;
    }
    assert_eq!(jobs_waiting(&portal).await, count, "a week later");
    portal.control.clear_faults();
    portal.advance(7 * UtcMillis::HOUR);
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::TicketNotes).await, expected);
}

/// One note of a ticket is gone and another cannot be read: which of the two is missing from the list is not known.
async fn p15_an_odd_list_of_notes_removes_none(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let mut of_tickets: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for note in portal.control.ids("TicketNotes") {
        let record = portal.control.get("TicketNotes", note).expect("a note");
        let ticket = record["ticketID"].as_i64().expect("a ticket");
        of_tickets.entry(ticket).or_default().push(note);
    }
    let mut several = of_tickets.into_iter();
    let several = several.find(|(_, notes)| notes.len() > 1);
    let (ticket, notes) = several.expect("a ticket with two notes");
    let garbled = FaultKind::GarbledRecord {
        id: Some(notes[1]),
        field: "description".to_owned(),
    };
    portal
        .control
        .set_fault(Fault::new(garbled).on_entity("TicketNotes"));
    portal.control.delete("TicketNotes", notes[0]);
    let read = async || {
        let job = Job::PullTicketNotes {
            integration: id,
            ticket: ticket.to_string(),
        };
        let mut tx = portal.store().begin().await.expect("begins");
        jobs::enqueue(&mut tx, &job, Priority::Interactive, portal.clock_now())
            .await
            .expect("kept");
        tx.commit().await.expect("committed");
        portal.idle().await;
        let here = portal.present(id, Stream::TicketNotes).await;
        here.contains(&notes[0].to_string())
    };
    assert!(read().await, "it may be the one that cannot be read");
    portal.control.clear_faults();
    assert!(!read().await, "now it is known");
}

/// Each job that is refused costs a claim, opened credentials and a line of the log.
async fn p15_a_limit_that_is_used_up_is_found_out_by_one_for_all(kind: Kind) {
    let expected = all_notes(kind).await;
    let (portal, id, count) = waiting(kind).await;
    portal.control.set_fault(limited(429).on_path("allNotes"));
    portal.advance(2 * UtcMillis::MINUTE);
    let now = portal.clock_now();
    let ran = portal.engine.run_until_idle().await.expect("jobs run");
    assert!(ran < 4, "one tells for all {count}: {ran} ran");
    let jobs = jobs::list_jobs(portal.store(), JobState::Ready, 1_000);
    let jobs = jobs.await.expect("jobs");
    let notes = jobs
        .iter()
        .filter(|job| job.payload.kind() == "pull_ticket_notes");
    let mut waiting = 0;
    for job in notes {
        let wait = job.run_at.since(now);
        assert!((55_000..=65_000).contains(&wait), "as long as told: {wait}");
        assert_eq!(job.attempts, 0, "no failure");
        waiting += 1;
    }
    assert_eq!(waiting, count, "none is lost");
    portal.control.clear_faults();
    portal.advance(2 * UtcMillis::MINUTE);
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::TicketNotes).await, expected);
}
