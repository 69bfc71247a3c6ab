//! Tickets of ConnectWise projects, a second list beside the first: a right that goes, and a scope that only Portico judges.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::run::RunState;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use simulator::{Control, WorldConfig};
use store::removal_questions;
use sync::request::{NotesState, RunMode, notes_state, request_notes};
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, Setup, ann};
use crate::vendors::Desk;

on_both_engines!(
    p5_without_the_right_to_project_tickets_nothing_is_gone,
    p15_without_the_right_to_project_tickets_their_notes_stay,
    p13_excluded_project_types_go_and_return,
);

/// More than the vendor is asked about one by one.
const MADE: usize = 60;

/// A connected portal with tickets in three projects, some of them of different types, and one note each in the first two.
async fn connected(kind: Kind, tickets: u32) -> (Portal, IntegrationId, Vec<i64>) {
    let usual = Desk::of("connectwise_psa").setup();
    let setup = Setup {
        world: WorldConfig {
            tickets,
            ..usual.world
        },
        ..usual
    };
    let portal = Portal::with(kind, setup).await;
    let control = &portal.control;
    let projects = control
        .records("project/projects", 0, 100)
        .expect("projects");
    let made: Vec<i64> = (0..MADE)
        .map(|n| {
            let project = &projects[n % projects.len().min(3)];
            let ticket = json!({
                "summary": format!("Step {n}"), "project": {"id": project["id"]},
                "company": {"id": project["company"]["id"]},
            });
            control.create("project/tickets", ticket)
        })
        .collect();
    for ticket in &made[..2] {
        let note = json!({"ticketId": ticket, "text": "Moved", "detailDescriptionFlag": true});
        control.create("project/tickets/notes", note);
    }
    let id = portal.connected().await;
    assert!(texts(&made).is_subset(&portal.present(id, Stream::Tickets).await));
    (portal, id, made)
}

/// Grants the API member the tickets of projects with their notes, or takes them away.
fn right(control: &Control, level: &str) {
    for entity in ["project/tickets", "project/tickets/notes"] {
        control.set_security(entity, "query", level);
    }
}

fn texts(ids: &[i64]) -> BTreeSet<String> {
    ids.iter().map(ToString::to_string).collect()
}

async fn p5_without_the_right_to_project_tickets_nothing_is_gone(kind: Kind) {
    let (portal, id, _) = connected(kind, 60).await;
    let before = portal.present(id, Stream::Tickets).await;
    let lacking = || async {
        let rights = portal.integration(id).await.missing_permissions;
        rights.iter().any(|right| right.area == "Project tickets")
    };
    assert!(!lacking().await);
    let control = &portal.control;
    right(control, "None");
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    assert_eq!(portal.present(id, Stream::Tickets).await, before);
    let asked = removal_questions::list_open(portal.store(), id).await;
    let asked = asked.expect("questions");
    assert!(asked.is_empty(), "nobody is asked about it: {asked:?}");
    assert!(lacking().await, "but told which right is missing");
    let watermark = || async {
        let found = store::checkpoints::find_checkpoint(portal.store(), id, Stream::Tickets).await;
        found.expect("a read").expect("one").watermark
    };
    let first = watermark().await;
    sync::clear_resync::clear_and_resync(&portal.engine, &ann(), id)
        .await
        .expect("asked");
    portal.advance(UtcMillis::HOUR);
    let service = control.ids("service/tickets");
    control.patch("service/tickets", service[1], json!({"summary": "Now"}));
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    assert_eq!(portal.present(id, Stream::Tickets).await, before);
    assert!(watermark().await > first, "what may be seen did arrive");
    right(control, "All");
    control.delete("service/tickets", control.ids("service/tickets")[0]);
    let run = portal.sync(id, RunMode::Full).await;
    assert!(!lacking().await);
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!((part.verified, part.counts.removed), (Some(true), 1));
}

async fn p15_without_the_right_to_project_tickets_their_notes_stay(kind: Kind) {
    let (portal, id, made) = connected(kind, 60).await;
    let before = portal.present(id, Stream::TicketNotes).await;
    let control = &portal.control;
    let ticket = made[0].to_string();
    let state = || async {
        notes_state(&portal.engine, id, &ticket)
            .await
            .expect("a state")
    };
    right(control, "None");
    // By then nobody remembers that the comments were read.
    portal.advance(31 * UtcMillis::DAY);
    let asked = request_notes(&portal.engine, id, &ticket).await;
    assert_eq!(asked.expect("asked"), NotesState::Loading);
    portal.idle().await;
    assert_eq!(portal.present(id, Stream::TicketNotes).await, before);
    assert_eq!(state().await, NotesState::Complete, "there is no more");
    let another = json!({"ticketId": made[0], "text": "Soon", "detailDescriptionFlag": true});
    let another = control.create("project/tickets/notes", another);
    right(control, "All");
    portal.advance(UtcMillis::DAY);
    portal.idle().await;
    let present = portal.present(id, Stream::TicketNotes).await;
    assert!(
        present.contains(&another.to_string()),
        "read by itself once the right is back"
    );
}

async fn change(portal: &Portal, id: IntegrationId, change: impl FnOnce(&mut IntegrationSettings)) {
    let integration = portal.integration(id).await;
    let (mut settings, revision) = (integration.settings, integration.settings_revision);
    change(&mut settings);
    update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
}

/// The vendor is never asked to leave a project's type out: such tickets come and are judged here.
async fn p13_excluded_project_types_go_and_return(kind: Kind) {
    // So many that fifty-two of them are a small share.
    let (portal, id, made) = connected(kind, 280).await;
    let control = &portal.control;
    let kind_of = |ticket: i64| {
        let ticket = control.get("project/tickets", ticket).expect("a ticket");
        let project = ticket["project"]["id"].as_i64().expect("an id");
        let project = control.get("project/projects", project).expect("a project");
        project["type"]["id"].to_string()
    };
    let excluded = kind_of(made[0]);
    let (out, kept): (Vec<i64>, Vec<i64>) = made
        .iter()
        .copied()
        .partition(|id| kind_of(*id) == excluded);
    assert!(!kept.is_empty(), "projects of several types");
    change(&portal, id, |settings| {
        settings.scope.exclude_project_types = [excluded.clone()].into();
    })
    .await;
    let present = portal.present(id, Stream::Tickets).await;
    assert!(texts(&out).is_disjoint(&present) && texts(&kept).is_subset(&present));
    // What the vendor is not asked to leave out it counts, so that many deletions are proven as without.
    let service = control.ids("service/tickets");
    for ticket in &service[..52] {
        control.delete("service/tickets", *ticket);
    }
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    let part = portal.part(&run, Stream::Tickets).await;
    assert_eq!(part.counts.removed, 52);
    change(&portal, id, |settings| {
        settings.scope.exclude_project_types = BTreeSet::new();
    })
    .await;
    let present = portal.present(id, Stream::Tickets).await;
    assert!(texts(&made).is_subset(&present), "all of them are back");
}
