//! Importing companies by hand: created or linked once, with a reason for what is not done (issue 3).

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::company_adoption::Adoption;
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::imports::ImportStop;
use domain::permission::{Area, Grants, Level, RoleKind};
use domain::viewer::Viewer;
use serde_json::json;
use store::audit;
use store::companies::{self, CompanyFilter, CompanyRow, CompanySort};
use store::identities::{MembershipStatus, NewIdentity, insert_identity, upsert_staff_membership};
use store::listing::Direction;
use store::roles::{self, RoleContent};
use sync::Actor;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyImportQuery, CompanyImportRefusal, CompanySkip,
    ImportCompanies, Unlink, Why, apply, counts, list_for_import, preview, unlink, why,
};
use sync::imports::Everyone;
use sync::request::RunMode;

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    companies_are_created_or_linked_and_the_rest_is_skipped_with_a_reason,
    an_import_needs_the_right_to_manage_companies_too,
    a_double_click_makes_no_company_twice,
    administrators_at_once_make_each_company_once,
    preview_equals_apply_for_companies,
    an_imported_company_stays_in_step_with_the_vendor,
    a_link_made_by_hand_can_be_taken_back,
    each_company_says_why_it_is_or_is_not_here,
    the_list_is_searched_and_walked_by_key,
}

/// A portal whose last four companies are leads, which do not become companies on their own.
async fn with_leads(kind: Kind) -> (Portal, IntegrationId, BTreeSet<String>) {
    let portal = Portal::start(kind).await;
    let ids = portal.control.ids("Companies");
    let leads: BTreeSet<i64> = ids.iter().rev().take(4).copied().collect();
    for lead in &leads {
        portal.control.patch(
            "Companies",
            *lead,
            json!({ "companyType": 2, "isActive": true }),
        );
    }
    let id = portal.connected().await;
    (portal, id, leads.iter().map(ToString::to_string).collect())
}

fn query(id: IntegrationId) -> CompanyImportQuery {
    CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    }
}

/// Row ids of the leads, in the order of the list.
async fn lead_rows(portal: &Portal, id: IntegrationId, leads: &BTreeSet<String>) -> Vec<i64> {
    let listed = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list");
    let rows = listed.rows.into_iter();
    rows.filter(|row| leads.contains(&row.external_id))
        .map(|row| row.id)
        .collect()
}

async fn here(portal: &Portal) -> Vec<CompanyRow> {
    companies::list_for_viewer(
        portal.store(),
        &Viewer::Staff(IdentityId(1)),
        &CompanyFilter::default(),
        CompanySort::Name,
        Direction::Ascending,
        None,
        500,
    )
    .await
    .expect("a list")
    .rows
}

fn create(external: i64) -> CompanyChoice {
    CompanyChoice {
        external,
        action: CompanyAction::Create,
    }
}

fn link(external: i64, company: &PublicId) -> CompanyChoice {
    CompanyChoice {
        external,
        action: CompanyAction::Link {
            company: company.clone(),
        },
    }
}

fn wanted(id: IntegrationId, rows: Vec<CompanyChoice>) -> ImportCompanies {
    ImportCompanies {
        integration: id,
        rows,
        everyone: None,
    }
}

async fn an_import_needs_the_right_to_manage_companies_too(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let rows = lead_rows(&portal, id, &leads).await;
    let grants = Grants([(Area::Integrations, Level::Manage)].into());
    let content = RoleContent::new("Connects", &grants);
    let mut tx = portal.store().begin().await.expect("begins");
    let role = roles::insert_role(&mut tx, RoleKind::Staff, &content).await;
    let role = role.expect("made");
    let new = NewIdentity {
        email: "ina@msp.example",
        name: "Ina",
        ..NewIdentity::default()
    };
    let ina = insert_identity(&mut tx, &new).await.expect("made");
    upsert_staff_membership(&mut tx, ina, role, MembershipStatus::Active, false, false)
        .await
        .expect("staff");
    tx.commit().await.expect("committed");
    let actor = Actor::Person {
        id: ina,
        name: "Ina".to_owned(),
    };
    let asked = wanted(id, vec![create(rows[0])]);
    let report = apply(&portal.engine, &actor, &asked)
        .await
        .expect("an outcome")
        .expect("begun");
    assert_eq!(report.stopped, Some(ImportStop::NotAllowed));
    assert!(report.created.is_empty(), "{report:?}");
}

async fn companies_are_created_or_linked_and_the_rest_is_skipped_with_a_reason(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let before = here(&portal).await;
    let rows = lead_rows(&portal, id, &leads).await;
    let (target, gone) = (before[0].uuid.clone(), PublicId::new(UtcMillis(1)));
    let taken = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list")
        .rows
        .into_iter()
        .find(|row| row.company.is_some())
        .expect("a company that is here");
    let nothing = apply(&portal.engine, &Actor::CommandLine, &wanted(id, Vec::new()))
        .await
        .expect("an outcome");
    assert_eq!(nothing, Err(CompanyImportRefusal::NothingSelected));
    let asked = wanted(
        id,
        vec![
            create(rows[0]),
            link(rows[1], &target),
            link(rows[2], &gone),
            create(taken.id),
            create(9_999_999),
        ],
    );
    let report = apply(&portal.engine, &Actor::CommandLine, &asked)
        .await
        .expect("an outcome")
        .expect("done");
    assert_eq!(
        (report.created.len(), report.linked.len()),
        (1, 1),
        "{report:?}"
    );
    assert_eq!(report.linked[0].company, target);
    let mut reasons: Vec<&CompanySkip> = report
        .skipped
        .iter()
        .map(|skipped| &skipped.reason)
        .collect();
    reasons.sort_by_key(|reason| reason.sentence());
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(reasons.iter().any(
        |reason| matches!(reason, CompanySkip::AlreadyLinked { company, .. }
        if Some(company) == taken.company.as_ref().map(|company| &company.uuid))
    ));
    assert!(reasons.contains(&&CompanySkip::LinkTargetGone));
    assert!(reasons.contains(&&CompanySkip::Gone));
    let after = here(&portal).await;
    assert_eq!(after.len(), before.len() + 1);
    let linked = after.iter().find(|row| row.uuid == target).expect("there");
    assert_eq!(linked.links.len(), 2, "both of the vendor's companies");
    assert!(
        after
            .iter()
            .any(|row| row.uuid == report.created[0].company)
    );
    // Who, what: one entry each (X4).
    let entries = audit::list_entries(portal.store(), None, 2)
        .await
        .expect("the log");
    let actions: BTreeSet<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["company.import", "company.link"].into());
}

async fn a_double_click_makes_no_company_twice(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let rows = lead_rows(&portal, id, &leads).await;
    // The same row twice in one request, and the request twice.
    let asked = wanted(id, vec![create(rows[0]), create(rows[0]), create(rows[1])]);
    let before = here(&portal).await.len();
    let first = apply(&portal.engine, &Actor::CommandLine, &asked)
        .await
        .expect("an outcome");
    assert_eq!(first.expect("done").created.len(), 2);
    let again = async || {
        let report = apply(&portal.engine, &Actor::CommandLine, &asked).await;
        let report = report.expect("an outcome").expect("done");
        (report.created.len(), report.skipped.len())
    };
    assert_eq!(again().await, (2, 0), "the second click shows the first");
    portal.advance(UtcMillis::MINUTE);
    assert_eq!(again().await, (0, 2), "later it is another request");
    assert_eq!(here(&portal).await.len(), before + 2);
}

async fn administrators_at_once_make_each_company_once(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let before = here(&portal).await.len();
    let rows = lead_rows(&portal, id, &leads).await;
    let mut at_once = tokio::task::JoinSet::new();
    for number in 0..5 {
        let engine = portal.other_node(&format!("node-{number}"));
        // Each begins with another one, so that no two are the same request.
        let first = rows[number % rows.len()];
        at_once.spawn(async move {
            let everyone = ImportCompanies {
                integration: id,
                rows: vec![create(first)],
                everyone: (number != 4).then(Everyone::default),
            };
            apply(&engine, &Actor::CommandLine, &everyone).await
        });
    }
    let mut created = 0;
    while let Some(done) = at_once.join_next().await {
        match done.expect("no panic").expect("an outcome") {
            Ok(report) => created += report.created.len(),
            Err(CompanyImportRefusal::NothingSelected) => {}
        }
    }
    assert_eq!(created, leads.len());
    assert_eq!(here(&portal).await.len(), before + leads.len());
}

async fn preview_equals_apply_for_companies(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let rows = lead_rows(&portal, id, &leads).await;
    let asked = ImportCompanies {
        rows: vec![
            link(rows[0], &PublicId::new(UtcMillis(1))),
            create(9_999_999),
        ],
        everyone: Some(Everyone::default()),
        integration: id,
    };
    let before = here(&portal).await;
    let told = preview(&portal.engine, &asked)
        .await
        .expect("an outcome")
        .expect("told");
    assert_eq!(here(&portal).await, before, "a preview does nothing");
    let done = apply(&portal.engine, &Actor::CommandLine, &asked)
        .await
        .expect("an outcome")
        .expect("done");
    assert_eq!(
        (told.created.len(), told.linked.len(), &told.skipped),
        (done.created.len(), done.linked.len(), &done.skipped)
    );
    assert_eq!(done.created.len(), leads.len() - 1);
}

async fn an_imported_company_stays_in_step_with_the_vendor(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let rows = lead_rows(&portal, id, &leads).await;
    let report = apply(
        &portal.engine,
        &Actor::CommandLine,
        &wanted(id, vec![create(rows[0])]),
    )
    .await
    .expect("an outcome")
    .expect("done");
    let lead = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list")
        .rows
        .into_iter()
        .find(|row| row.id == rows[0])
        .expect("there");
    let number: i64 = lead.external_id.parse().expect("a number");
    portal
        .control
        .patch("Companies", number, json!({ "companyName": "Renamed Ltd" }));
    let before = here(&portal).await.len();
    portal.sync(id, RunMode::Full).await;
    let after = here(&portal).await;
    assert_eq!(after.len(), before, "not made a second time");
    let company = after
        .iter()
        .find(|row| row.uuid == report.created[0].company)
        .expect("there");
    assert_eq!(company.name, "Renamed Ltd");
}

async fn a_link_made_by_hand_can_be_taken_back(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let rows = lead_rows(&portal, id, &leads).await;
    let target = here(&portal).await[0].clone();
    let asked = wanted(id, vec![link(rows[0], &target.uuid)]);
    apply(&portal.engine, &Actor::CommandLine, &asked)
        .await
        .expect("an outcome")
        .expect("done");
    let done = unlink(&portal.engine, &ann(), rows[0])
        .await
        .expect("an outcome");
    assert_eq!(done, Unlink::Done { ended: 0, stay: 0 });
    let again = unlink(&portal.engine, &ann(), rows[0])
        .await
        .expect("an outcome");
    assert_eq!(again, Unlink::NotLinked);
    assert_eq!(here(&portal).await[0], target);
    // What came on its own would come again: it is not taken apart here.
    let own = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list")
        .rows
        .into_iter()
        .find(|row| row.link_origin.as_deref() == Some("source"))
        .expect("one that came on its own");
    let refused = unlink(&portal.engine, &ann(), own.id)
        .await
        .expect("an outcome");
    assert_eq!(refused, Unlink::CameOnItsOwn);
    let entries = audit::list_entries(portal.store(), None, 1)
        .await
        .expect("the log");
    assert_eq!(entries[0].action, "company.unlink");
}

async fn each_company_says_why_it_is_or_is_not_here(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let settings = portal.integration(id).await.settings;
    let all = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list")
        .rows;
    for row in &all {
        let expected = if leads.contains(&row.external_id) {
            Why::Rule(Adoption::Type)
        } else if row.company.is_some() {
            Why::Linked
        } else {
            Why::Rule(why_not(&settings, row.active, row.type_id.as_deref()))
        };
        assert_eq!(why(&settings, row), expected, "{row:?}");
    }
    let told = counts(&portal.engine, id, &settings, None)
        .await
        .expect("counts");
    let of = |wanted: Why| {
        all.iter()
            .filter(|row| why(&settings, row) == wanted)
            .count() as u64
    };
    assert_eq!(told.all, all.len() as u64);
    assert_eq!(told.linked, of(Why::Linked));
    assert_eq!(told.other_type, of(Why::Rule(Adoption::Type)));
    assert_eq!(told.inactive, of(Why::Rule(Adoption::Inactive)));
    assert_eq!(told.on_their_own, 0);
    // With the type chosen the same companies would come on their own, before anything is saved.
    let mut wider = settings.clone();
    wider.company_types.insert("2".to_owned());
    let told = counts(&portal.engine, id, &wider, None)
        .await
        .expect("counts");
    assert_eq!(told.on_their_own, leads.len() as u64);
}

fn why_not(
    settings: &domain::settings::IntegrationSettings,
    active: bool,
    type_id: Option<&str>,
) -> Adoption {
    let company = domain::company_adoption::Candidate {
        active,
        type_id,
        other_type_ids: &[],
        status_id: None,
    };
    domain::company_adoption::decide(settings, company)
}

async fn the_list_is_searched_and_walked_by_key(kind: Kind) {
    let (portal, id, leads) = with_leads(kind).await;
    let all = list_for_import(portal.store(), &query(id))
        .await
        .expect("a list")
        .rows;
    let mut walked = Vec::new();
    let mut page = None;
    loop {
        let asked = CompanyImportQuery {
            page: page.clone(),
            limit: 5,
            ..query(id)
        };
        let listed = list_for_import(portal.store(), &asked)
            .await
            .expect("a list");
        walked.extend(listed.rows);
        page = listed.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(walked, all);
    let unlinked = CompanyImportQuery {
        unlinked_only: true,
        ..query(id)
    };
    let listed = list_for_import(portal.store(), &unlinked)
        .await
        .expect("a list");
    assert!(listed.rows.iter().all(|row| row.company.is_none()));
    assert!(listed.rows.len() >= leads.len());
    let word = all[3].name.to_uppercase();
    let searched = CompanyImportQuery {
        search: Some(word),
        ..query(id)
    };
    let found = list_for_import(portal.store(), &searched)
        .await
        .expect("a list");
    assert!(found.rows.iter().any(|row| row.id == all[3].id));
    assert!(found.rows.len() < all.len());
}
