//! ConnectWise PSA through the whole engine: records, notes that are read ticket by ticket (rule P15), what its own
//! lists leave out.

use std::collections::BTreeSet;

use domain::provider::ScopeField;
use domain::reference::ReferenceKind;
use domain::run::RunState;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use serde_json::json;
use sync::request::{NotesState, RunMode, notes_state};

use crate::portal::{Kind, Portal, Setup};

on_both_engines!(
    every_record_arrives_and_every_note,
    p15_a_new_note_comes_with_its_changed_ticket,
    p5_a_deleted_ticket_goes_with_the_next_full_run,
    p13_excluded_opportunity_types_and_company_statuses,
);

const ENTITIES: [(Stream, &str); 5] = [
    (Stream::Companies, "company/companies"),
    (Stream::Technicians, "system/members"),
    (Stream::Contacts, "company/contacts"),
    (Stream::Tickets, "service/tickets"),
    (Stream::Opportunities, "sales/opportunities"),
];

async fn portal(kind: Kind, settings: Option<IntegrationSettings>) -> Portal {
    let setup = Setup {
        vendor: "connectwise_psa",
        settings,
        ..Setup::default()
    };
    Portal::with(kind, setup).await
}

/// Notes of tickets, those of time entries among them.
fn notes_at_the_vendor(portal: &Portal) -> BTreeSet<String> {
    let entries = portal
        .control
        .records("time/entries", 0, 100_000)
        .expect("time entries");
    let shown = entries.iter().filter(|entry| {
        [
            "addToDetailDescriptionFlag",
            "addToInternalAnalysisFlag",
            "addToResolutionFlag",
        ]
        .iter()
        .any(|flag| entry[*flag] == true)
    });
    let shown = shown.map(|entry| format!("TimeEntryNote-{}", entry["id"]));
    portal
        .vendor("service/tickets/notes")
        .into_iter()
        .chain(shown)
        .collect()
}

async fn every_record_arrives_and_every_note(kind: Kind) {
    let portal = portal(kind, None).await;
    let id = portal.connected().await;
    for (stream, entity) in ENTITIES {
        assert_eq!(
            portal.present(id, stream).await,
            portal.vendor(entity),
            "{entity}"
        );
    }
    let notes = notes_at_the_vendor(&portal);
    assert!(notes.len() > 230, "the world has notes");
    assert_eq!(portal.present(id, Stream::TicketNotes).await, notes);
    let settings = portal.integration(id).await.settings;
    assert!(settings.closed_statuses.iter().all(|id| id.contains('/')));
    assert!(!settings.closed_statuses.is_empty() && settings.company_types.is_empty());
    let run = portal.sync(id, RunMode::Full).await;
    assert_eq!(run.state, RunState::Completed, "{:?}", run.message);
    for part in portal.parts(&run).await {
        let counts = part.counts;
        assert_eq!(
            (counts.created, counts.changed, counts.removed),
            (0, 0, 0),
            "{:?}",
            part.stream
        );
        assert_eq!(part.verified, Some(true), "{:?}", part.stream);
    }
}

async fn p15_a_new_note_comes_with_its_changed_ticket(kind: Kind) {
    let portal = portal(kind, None).await;
    let id = portal.connected().await;
    let ticket = portal.control.ids("service/tickets")[7];
    let key = ticket.to_string();
    let state = || async {
        notes_state(&portal.engine, id, &key)
            .await
            .expect("a state")
    };
    assert_eq!(state().await, NotesState::Complete);
    portal.advance(domain::clock::UtcMillis::HOUR);
    let note = portal.control.create(
        "service/tickets/notes",
        json!({ "ticketId": ticket, "text": "Anything new?", "detailDescriptionFlag": true }),
    );
    portal
        .control
        .patch("service/tickets", ticket, json!({ "summary": "Changed" }));
    portal.control.clear_journal();
    portal.sync(id, RunMode::Incremental).await;
    let present = portal.present(id, Stream::TicketNotes).await;
    assert!(present.contains(&note.to_string()), "the new note is here");
    assert_eq!(state().await, NotesState::Complete);
    let asked = portal.control.journal();
    let asked = asked
        .iter()
        .filter(|entry| entry.path.contains("allNotes"))
        .count();
    assert_eq!(asked, 1, "of the changed ticket alone");
    portal.control.delete("service/tickets/notes", note);
    portal.sync(id, RunMode::Full).await;
    let open = portal
        .control
        .get("service/tickets", ticket)
        .expect("a ticket");
    if open["closedFlag"] == false {
        let present = portal.present(id, Stream::TicketNotes).await;
        assert!(!present.contains(&note.to_string()), "deleted there");
    }
}

async fn p5_a_deleted_ticket_goes_with_the_next_full_run(kind: Kind) {
    let portal = portal(kind, None).await;
    let id = portal.connected().await;
    let ticket = portal.control.ids("service/tickets")[3];
    portal.control.delete("service/tickets", ticket);
    portal.sync(id, RunMode::Incremental).await;
    let here = portal.present(id, Stream::Tickets).await;
    assert!(here.contains(&ticket.to_string()), "no feed tells");
    portal.sync(id, RunMode::Full).await;
    assert_eq!(
        portal.present(id, Stream::Tickets).await,
        portal.vendor("service/tickets")
    );
    assert_eq!(
        portal.present(id, Stream::TicketNotes).await,
        notes_at_the_vendor(&portal),
        "its notes went with it"
    );
}

async fn p13_excluded_opportunity_types_and_company_statuses(kind: Kind) {
    let mut settings = IntegrationSettings::default();
    let excluded = portal(kind, None).await;
    let id = excluded.connected().await;
    let items = store::reference_items::list_reference_items(excluded.store(), id, None)
        .await
        .expect("items");
    let first = |kind: ReferenceKind| {
        let item = items.iter().find(|item| item.kind == kind);
        item.expect("a value").external_id.clone()
    };
    let all = excluded.present(id, Stream::Opportunities).await.len();
    for field in [
        ScopeField::ExcludeOpportunityTypes,
        ScopeField::ExcludeCompanyStatuses,
    ] {
        let value = first(field.kind());
        field.of_mut(&mut settings).insert(value);
    }
    let portal = portal(kind, Some(settings)).await;
    let id = portal.connected().await;
    let kept = portal.present(id, Stream::Opportunities).await.len();
    assert!(kept < all, "{kept} of {all}");
    let companies = portal.present(id, Stream::Companies).await;
    assert_eq!(
        companies,
        portal.vendor("company/companies"),
        "companies are read all the same, since tickets point at them"
    );
}
