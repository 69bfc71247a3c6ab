//! What only Halo PSA has: opportunities that come in on their own by value and by kind, and tokens.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::opportunity_import::OpportunityImport;
use domain::reference::ReferenceKind;
use domain::stream::Stream;
use serde_json::{Value, json};
use simulator::{Fault, FaultKind};
use sync::reference_data::refresh_reference_data;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, ann};
use crate::vendors::Desk;

on_both_engines!(
    p13_opportunities_come_in_by_value_and_kind,
    s2_a_page_of_maintenance_refuses_no_credentials,
    types_of_contacts_that_were_seen_stay_beside_the_list,
);

/// Types at sites are in no list; user roles are, and reading the list anew takes nothing away that was seen.
async fn types_of_contacts_that_were_seen_stay_beside_the_list(kind: Kind) {
    let portal = Desk::of("halo_psa").portal(kind).await;
    let id = portal.connected().await;
    let types = async || {
        let kind = Some(ReferenceKind::ContactType);
        let items = store::reference_items::list_reference_items(portal.store(), id, kind).await;
        let here = items.expect("items").into_iter();
        let here = here.filter(|item| item.removed_at.is_none());
        here.map(|item| (item.external_id, item.label))
            .collect::<BTreeSet<_>>()
    };
    let before = types().await;
    let seen: BTreeSet<&str> = before
        .iter()
        .filter_map(|(id, _)| id.strip_prefix("seen:"))
        .collect();
    assert!(!seen.is_empty() && seen.len() < before.len(), "{before:?}");
    for name in seen {
        let item = (format!("seen:{name}"), name.to_owned());
        assert!(before.contains(&item), "{before:?}");
    }
    refresh_reference_data(&portal.engine, &ann(), id)
        .await
        .expect("asked for");
    portal.idle().await;
    assert_eq!(types().await, before);
}

/// Opportunities of the vendor that a rule lets in.
fn fitting(portal: &Portal, fits: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let all = portal.control.records("opportunities", -1, 10_000);
    let all = all.expect("opportunities");
    let fitting = all.iter().filter(|one| fits(one));
    fitting.map(|one| one["id"].to_string()).collect()
}

async fn choose(portal: &Portal, id: IntegrationId, import: OpportunityImport) {
    let integration = portal.integration(id).await;
    let (mut settings, revision) = (integration.settings, integration.settings_revision);
    settings.opportunity_import = import;
    update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
}

async fn p13_opportunities_come_in_by_value_and_kind(kind: Kind) {
    let portal = Desk::of("halo_psa").portal(kind).await;
    let control = &portal.control;
    let id = portal.connected().await;
    let here = || portal.present(id, Stream::Opportunities);
    let all = fitting(&portal, |_| true);
    assert_eq!(here().await, all, "all come as long as nobody chose");
    let seen = store::reference_items::list_reference_items(
        portal.store(),
        id,
        Some(ReferenceKind::SeenOpportunityKind),
    );
    let seen: BTreeSet<String> = seen
        .await
        .expect("items")
        .into_iter()
        .map(|item| item.label)
        .collect();
    let sent = control.records("opportunities", -1, 10_000).expect("them");
    let sent = sent.iter().filter_map(|one| one["opptype"].as_str());
    assert_eq!(seen, sent.map(str::to_owned).collect(), "each kind once");
    let chosen = seen.first().expect("a kind").clone();
    let import = OpportunityImport {
        kinds: [chosen.clone()].into(),
        ..OpportunityImport::default()
    };
    choose(&portal, id, import.clone()).await;
    let of_kind = fitting(&portal, |one| one["opptype"] == *chosen);
    assert!(!of_kind.is_empty() && of_kind.len() < all.len());
    assert_eq!(here().await, of_kind);
    let least = 5_000_f64;
    let import = OpportunityImport {
        minimum_cents: Some(500_000),
        kinds: BTreeSet::new(),
        ..import
    };
    choose(&portal, id, import.clone()).await;
    let worth = |one: &Value| one["oppvalue"].as_f64().is_some_and(|value| value >= least);
    let of_value = fitting(&portal, worth);
    assert!(!of_value.is_empty() && of_value.len() < all.len());
    assert_eq!(here().await, of_value);
    // One that falls below goes with the next sync, and comes back with its value.
    let one = of_value.first().expect("one").parse().expect("a number");
    for value in [10.0, 90_000.0] {
        portal.advance(UtcMillis::HOUR);
        control.patch("opportunities", one, json!({ "oppvalue": value }));
        portal.sync(id, RunMode::Incremental).await;
        assert_eq!(here().await.contains(&one.to_string()), value > least);
    }
    // Switched off, no new one comes, and those that are here stay in step.
    let off = OpportunityImport {
        enabled: false,
        ..import
    };
    choose(&portal, id, off).await;
    assert_eq!(here().await, of_value);
    portal.advance(UtcMillis::HOUR);
    let other =
        json!({ "summary": "Another", "oppvalue": 90_000.0, "opptype": "Never seen before" });
    control.create("opportunities", other);
    control.patch("opportunities", one, json!({ "summary": "Told anew" }));
    let run = portal.sync(id, RunMode::Incremental).await;
    assert_eq!(here().await, of_value);
    let counts = portal.part(&run, Stream::Opportunities).await.counts;
    assert_eq!(
        (counts.created, counts.changed, counts.out_of_scope),
        (0, 1, 1)
    );
    choose(&portal, id, OpportunityImport::default()).await;
    assert_eq!(here().await, fitting(&portal, |_| true), "all again");
}

/// A token that is refused, and a page of maintenance where another one is asked for: the schedule goes on by itself.
async fn s2_a_page_of_maintenance_refuses_no_credentials(kind: Kind) {
    let portal = Desk::of("halo_psa").portal(kind).await;
    let control = &portal.control;
    let id = portal.connected().await;
    let answer = |code, body| FaultKind::Status {
        code,
        body: Some(body),
        retry_after: None,
    };
    let refused = Fault::new(answer(401, json!({}))).on_entity("tickets");
    control.set_fault(refused.times(1));
    let page = Fault::new(answer(200, json!("<html>Maintenance</html>")));
    control.set_fault(page.on_entity("token"));
    // Longer than a token is good for, so that a new one has to be asked for.
    let a_while = async || {
        for _ in 0..9 {
            portal.advance(10 * UtcMillis::MINUTE);
            portal.engine.schedule_due().await.expect("the schedule");
            portal.idle().await;
        }
        portal.integration(id).await
    };
    let seen = a_while().await;
    assert_eq!(seen.refused_since, None, "{:?}", seen.refused_message);
    assert!(seen.outage_since.is_some());
    control.clear_faults();
    let seen = a_while().await;
    assert_eq!((seen.refused_since, seen.outage_since), (None, None));
}
