//! What only ConnectWise PSA has, through the whole engine: what its own lists leave out, companies of several types,
//! notes that describe their ticket.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::IdentityId;
use domain::provider::ScopeField;
use domain::record::Visibility;
use domain::reference::ReferenceKind;
use domain::settings::IntegrationSettings;
use domain::stream::Stream;
use domain::viewer::Viewer;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::tickets;
use sync::import_companies;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, Setup};
use crate::vendors::Desk;

on_both_engines!(
    p13_excluded_opportunity_types_and_company_statuses,
    settings_proposed_for_a_tenant,
    a_further_type_leaves_a_company_out,
    p15_a_note_describes_its_ticket,
    p15_comments_without_the_right_to_own_notes,
);

async fn portal(kind: Kind, settings: Option<IntegrationSettings>) -> Portal {
    let setup = Setup {
        settings,
        ..Desk::of("connectwise_psa").setup()
    };
    Portal::with(kind, setup).await
}

async fn settings_proposed_for_a_tenant(kind: Kind) {
    let portal = portal(kind, None).await;
    let id = portal.connected().await;
    let settings = portal.integration(id).await.settings;
    assert!(settings.closed_statuses.iter().all(|id| id.contains('/')));
    assert!(!settings.closed_statuses.is_empty() && settings.company_types.is_empty());
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

async fn a_further_type_leaves_a_company_out(kind: Kind) {
    const VIP: &str = "6";
    let settings = IntegrationSettings {
        company_source: true,
        skip_inactive_companies: false,
        exclude_company_types: BTreeSet::from([VIP.to_owned()]),
        ..IntegrationSettings::default()
    };
    let portal = portal(kind, Some(settings.clone())).await;
    let all = portal.control.records("company/companies", 0, 1_000);
    let all = all.expect("companies");
    let is_vip = |kind: &serde_json::Value| kind["id"].as_i64() == VIP.parse().ok();
    let further = all.iter().filter(|company| {
        let types = company["types"].as_array().map_or(&[][..], Vec::as_slice);
        types.iter().skip(1).any(is_vip)
    });
    let further = further.count() as u64;
    assert!(further > 0, "the world has companies of two types");
    let id = portal.connected().await;
    let counts = import_companies::counts(&portal.engine, id, &settings, None).await;
    let counts = counts.expect("counts");
    assert_eq!((counts.other_type, counts.unlinked()), (further, further));
    let without = IntegrationSettings {
        exclude_company_types: BTreeSet::new(),
        ..settings
    };
    let counts = import_companies::counts(&portal.engine, id, &without, None).await;
    assert_eq!(counts.expect("counts").on_their_own, further);
}

/// The description of a ticket as a person at a client would read it, and the texts of its comments.
async fn read(portal: &Portal, ticket: i64) -> (Option<String>, Vec<String>) {
    let staff = Viewer::Staff(IdentityId(1));
    let row = portal.tickets().await.remove(&ticket.to_string());
    let uuid = row.expect("listed").uuid;
    let found = tickets::find_for_viewer(portal.store(), &staff, &uuid).await;
    let found = found.expect("a read").expect("a ticket");
    let notes = tickets::notes_for_viewer(portal.store(), &staff, &uuid, 500).await;
    let notes = notes.expect("a read").rows.into_iter();
    let texts = notes.map(|note| note.body.text).collect();
    (found.description.map(|body| body.text), texts)
}

async fn p15_a_note_describes_its_ticket(kind: Kind) {
    let portal = portal(kind, None).await;
    let company = portal.control.ids("company/companies")[2];
    let ticket = portal.control.create(
        "service/tickets",
        json!({"summary": "Smoke", "company": {"id": company}, "board": {"id": 1}, "initialDescription": "It smokes."}),
    );
    portal.advance(UtcMillis::MINUTE);
    let reply = portal.control.create(
        "service/tickets/notes",
        json!({"ticketId": ticket, "text": "Since when?", "detailDescriptionFlag": true}),
    );
    let id = portal.connected().await;
    let (asked, comments) = read(&portal, ticket).await;
    assert_eq!(asked.as_deref(), Some("It smokes."));
    assert_eq!(comments, ["Since when?"], "told once");
    let present = portal.present(id, Stream::TicketNotes).await;
    assert!(present.contains(&reply.to_string()));

    // The text is corrected there, and then only for us.
    let notes = portal.control.records("service/tickets/notes", 0, 100_000);
    let notes = notes.expect("notes");
    let first = notes.iter().find(|note| note["text"] == "It smokes.");
    let first = first.and_then(|note| note["id"].as_i64()).expect("a note");
    for (fields, expected) in [
        (json!({"text": "It burns."}), Some("It burns.")),
        (json!({"internalAnalysisFlag": true}), Some("Since when?")),
    ] {
        portal.advance(UtcMillis::HOUR);
        portal.control.patch("service/tickets/notes", first, fields);
        let title = json!({"summary": format!("{expected:?}")});
        portal.control.patch("service/tickets", ticket, title);
        portal.sync(id, RunMode::Incremental).await;
        assert_eq!(read(&portal, ticket).await.0.as_deref(), expected);
    }
}

/// They keep the time they had, and nobody at the client reads those of which nobody says that they may. The right is asked
/// for once, and told.
async fn p15_comments_without_the_right_to_own_notes(kind: Kind) {
    const OWN: &str = "service/tickets/notes";
    let portal = portal(kind, None).await;
    let control = &portal.control;
    let release = json!({"bareNotes": true, "markedNotes": false});
    control.patch("screens/release", 1, release);
    let tickets = control.ids("service/tickets").into_iter().take(3);
    let written: Vec<(i64, i64)> = tickets
        .map(|ticket| {
            let note = json!({"ticketId": ticket, "text": "Fixed", "resolutionFlag": true});
            (ticket, control.create(OWN, note))
        })
        .collect();
    let id = portal.connected().await;
    let comments = async || {
        let staff = Viewer::Staff(IdentityId(1));
        let listed = portal.tickets().await;
        let mut found = Vec::new();
        for (ticket, note) in &written {
            let uuid = &listed[&ticket.to_string()].uuid;
            let notes = tickets::notes_for_viewer(portal.store(), &staff, uuid, 500).await;
            let mut notes = notes.expect("a read").rows.into_iter();
            let note = notes.find(|one| one.external_id == note.to_string());
            let note = note.expect("a comment");
            found.push((note.body.text, note.created_at, note.visibility));
        }
        found
    };
    let before = comments().await;
    let edit = |words: &str| {
        portal.advance(UtcMillis::HOUR);
        for (ticket, note) in &written {
            control.patch(OWN, *note, json!({ "text": words }));
            control.patch("service/tickets", *ticket, json!({ "summary": words }));
        }
    };
    let expected = |words: &str, visibility: Visibility| {
        let notes = before.iter();
        let notes = notes.map(|(_, at, _)| (words.to_owned(), *at, visibility));
        notes.collect::<Vec<_>>()
    };
    assert_eq!(before, expected("Fixed", Visibility::Public));
    let lacking = async || -> Vec<String> {
        let rights = portal.integration(id).await.missing_permissions;
        rights.into_iter().map(|right| right.area).collect()
    };
    assert!(lacking().await.is_empty());

    let forbidden = FaultKind::Status {
        code: 403,
        body: Some(json!({"code": "Forbidden", "message": "No."})),
        retry_after: None,
    };
    control.set_fault(Fault::new(forbidden).on_entity(OWN));
    edit("Mended");
    control.clear_journal();
    portal.sync(id, RunMode::Incremental).await;
    let asked = control.journal();
    let asked = asked
        .iter()
        .filter(|one| one.entity.as_deref() == Some(OWN));
    assert_eq!(asked.count(), 1, "one tells for all");
    assert_eq!(
        comments().await,
        expected("Mended", Visibility::Internal),
        "no edit moves them"
    );
    assert_eq!(lacking().await, ["Ticket notes"]);

    control.clear_faults();
    portal.sync(id, RunMode::Full).await;
    assert!(lacking().await.is_empty(), "looked at with the lists");
    edit("Repaired");
    portal.sync(id, RunMode::Incremental).await;
    assert_eq!(comments().await, expected("Repaired", Visibility::Public));
}
