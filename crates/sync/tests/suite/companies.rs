//! Companies that become companies of Portico on their own (ADR 0008), and what a change of settings needs (P13).

use std::collections::BTreeMap;

use domain::id::{IdentityId, IntegrationId};
use domain::run::{RunState, Trigger};
use domain::stream::Stream;
use domain::viewer::Viewer;
use serde_json::json;
use simulator::{Fault, FaultKind};
use store::companies::{self, CompanyFilter, CompanySort};
use store::listing::Direction;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    a_company_renamed_at_the_vendor_is_renamed_here,
    p13_what_a_change_of_settings_needs_outlives_a_run_that_fails,
    p13_what_a_change_during_a_run_needs_outlives_that_run,
    p13_what_a_change_during_the_first_run_needs_outlives_that_run,
}

/// Names of Portico's companies by the vendor's id.
async fn names(portal: &Portal) -> BTreeMap<String, String> {
    let listed = companies::list_for_viewer(
        portal.store(),
        &Viewer::Staff(IdentityId(1)),
        &CompanyFilter::default(),
        CompanySort::Name,
        Direction::Ascending,
        None,
        500,
    )
    .await
    .expect("a list");
    let rows = listed.rows.into_iter();
    rows.filter_map(|row| Some((row.links.first()?.external_id.clone(), row.name)))
        .collect()
}

async fn a_company_renamed_at_the_vendor_is_renamed_here(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let (company, before) = names(&portal).await.pop_first().expect("a company");
    let number = company.parse().expect("a number");
    portal
        .control
        .patch("Companies", number, json!({ "companyName": "Renamed Ltd" }));
    portal.sync(id, RunMode::Incremental).await;
    let after = names(&portal).await;
    assert_ne!(before, "Renamed Ltd");
    assert_eq!(after.get(&company).map(String::as_str), Some("Renamed Ltd"));
}

/// Another type of company is chosen, and the run that would read them fails: the next one reads companies whole, and
/// those that did not change become companies too.
async fn p13_what_a_change_of_settings_needs_outlives_a_run_that_fails(kind: Kind) {
    let portal = Portal::start(kind).await;
    let lead = portal.control.ids("Companies")[3];
    portal
        .control
        .patch("Companies", lead, json!({ "companyType": 2 }));
    let id = portal.connected().await;
    let lead = lead.to_string();
    assert!(!names(&portal).await.contains_key(&lead), "not chosen");
    portal.control.set_fault(
        Fault::new(FaultKind::Status {
            code: 404,
            body: None,
            retry_after: None,
        })
        .on_entity("Companies")
        .on_path("Companies/query"),
    );
    let integration = portal.integration(id).await;
    let mut settings = integration.settings.clone();
    settings.company_types.insert("2".to_owned());
    let revision = integration.settings_revision;
    update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
    let run = portal.last_run(id).await;
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::SettingsChange, RunState::Failed)
    );
    assert!(!names(&portal).await.contains_key(&lead));
    portal.control.clear_faults();
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Companies).await;
    assert!(
        part.mode.is_full() && part.state == RunState::Completed,
        "{part:?}"
    );
    assert_eq!((part.counts.created, part.counts.changed), (0, 0));
    assert!(names(&portal).await.contains_key(&lead), "adopted");
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Companies).await;
    assert!(!part.mode.is_full(), "once is enough: {part:?}");
}

/// Another type of company is chosen while a run reads companies with the former settings; that run ends well, the one
/// the change asks for fails. The next one reads companies whole all the same.
async fn p13_what_a_change_during_a_run_needs_outlives_that_run(kind: Kind) {
    let portal = Portal::start(kind).await;
    let lead = a_lead(&portal);
    let id = portal.connected().await;
    let hold = Fault::new(FaultKind::Hold).on_entity("Companies");
    portal.control.set_fault(hold.times(1));
    tokio::join!(
        portal.sync(id, RunMode::Incremental),
        choose_another_type(&portal, id, 0)
    );
    after_a_change_during(&portal, id, &lead).await;
}

/// The same during the very first run, which has no watermark to lose yet.
async fn p13_what_a_change_during_the_first_run_needs_outlives_that_run(kind: Kind) {
    let portal = Portal::start(kind).await;
    let lead = a_lead(&portal);
    let id = portal.connect().await;
    portal.hold_first_page("Companies");
    // Behind the page the vendor is asked once more for its total.
    tokio::join!(portal.idle(), choose_another_type(&portal, id, 1));
    after_a_change_during(&portal, id, &lead).await;
}

fn a_lead(portal: &Portal) -> String {
    let lead = portal.control.ids("Companies")[3];
    let type_of_leads = json!({ "companyType": 2 });
    portal.control.patch("Companies", lead, type_of_leads);
    lead.to_string()
}

/// Waits until companies are being read, chooses a type, and lets every later request for companies fail but some.
async fn choose_another_type(portal: &Portal, id: IntegrationId, but: u32) {
    portal.until_held().await;
    let integration = portal.integration(id).await;
    let mut settings = integration.settings.clone();
    settings.company_types.insert("2".to_owned());
    let revision = integration.settings_revision;
    update_settings(&portal.engine, &ann(), id, revision, settings)
        .await
        .expect("saved");
    let refused = FaultKind::Status {
        code: 404,
        body: None,
        retry_after: None,
    };
    let refused = Fault::new(refused).on_entity("Companies");
    portal
        .control
        .set_fault(refused.on_path("Companies/query").after(but));
    portal.control.release();
}

async fn after_a_change_during(portal: &Portal, id: IntegrationId, lead: &str) {
    let runs = store::runs::list_runs(portal.store(), id, None, 2).await;
    let [run, overtaken] = &runs.expect("runs")[..] else {
        panic!("two runs")
    };
    let part = portal.part(overtaken, Stream::Companies).await;
    assert_eq!(part.state, RunState::Completed, "{part:?}");
    assert_eq!(
        (run.trigger_key, run.state),
        (Trigger::SettingsChange, RunState::Failed)
    );
    portal.control.clear_faults();
    assert!(!names(portal).await.contains_key(lead));
    let run = portal.sync(id, RunMode::Incremental).await;
    let part = portal.part(&run, Stream::Companies).await;
    assert!(
        part.mode.is_full() && part.state == RunState::Completed,
        "{part:?}"
    );
    assert!(names(portal).await.contains_key(lead), "adopted");
}
