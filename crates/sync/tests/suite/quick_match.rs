//! Quick Match over what is stored: kept while neither side changed, and how long it takes with many (issue 3).

use std::sync::Arc;
use std::time::Instant;

use domain::id::IntegrationId;
use domain::record::{Batch, CompanyRecord, ExternalRecord, TechnicianRecord};
use domain::role_preset::RolePreset;
use domain::settings::IntegrationSettings;
use store::identities::{MembershipStatus, NewIdentity, insert_identity, upsert_staff_membership};
use store::integrations::{NewIntegration, insert_integration};
use store::pages::{Absence, RecordMark, upsert_records};
use store::roles::find_preset_in;
use sync::Actor;
use sync::import_companies::{CompanyAction, CompanyChoice, CompanyImportQuery, ImportCompanies};
use sync::import_companies::{apply, list_some_for_import};
use sync::quick_match;

use crate::portal::{Kind, Portal};

on_both_engines! {
    what_was_found_is_kept_until_either_side_changed,
}

async fn integration(portal: &Portal, provider: &str) -> IntegrationId {
    let mut tx = portal.store().begin().await.expect("a transaction");
    let settings = IntegrationSettings::default();
    let new = NewIntegration {
        provider,
        name: provider,
        settings: &settings,
    };
    let id = insert_integration(&mut tx, &new).await.expect("made").id;
    tx.commit().await.expect("committed");
    id
}

/// Stores records page by page, as a first sync does; companies that are adopted become companies here.
async fn put<R: ExternalRecord + Clone>(
    portal: &Portal,
    at: IntegrationId,
    records: &[R],
    batch: fn(Vec<R>) -> Batch,
    adopt: bool,
) {
    let store = portal.store();
    for page in records.chunks(500) {
        let mark = |record: &R| RecordMark {
            hash: record.content_hash(1, 1),
            known: None,
            absence: Absence::Present,
            closed: false,
        };
        let marks: Vec<RecordMark> = page.iter().map(mark).collect();
        let ids: Vec<&str> = page.iter().map(ExternalRecord::external_id).collect();
        let mut tx = store.begin().await.expect("a transaction");
        upsert_records(&mut tx, at, &batch(page.to_vec()), &marks, store.now())
            .await
            .expect("stored");
        if adopt {
            store::company_adoption::adopt(&mut tx, at, &ids)
                .await
                .expect("adopted");
        }
        tx.commit().await.expect("committed");
    }
}

fn companies(count: usize, ending: &str) -> Vec<CompanyRecord> {
    let company = |number: usize| CompanyRecord {
        external_id: number.to_string(),
        name: format!("Harbour & Sons {number} {ending}"),
        website: Some(format!("https://www.harbour{number}.example/")),
        phone: Some(format!("+44 29 7{number:07}")),
        active: true,
        ..CompanyRecord::default()
    };
    (0..count).map(company).collect()
}

fn people(count: usize) -> Vec<TechnicianRecord> {
    let person = |number: usize| TechnicianRecord {
        external_id: number.to_string(),
        first_name: "Ann".to_owned(),
        last_name: format!("Porter {number}"),
        email: Some(format!("ann{number}@msp.example")),
        active: true,
        person: true,
        ..TechnicianRecord::default()
    };
    (0..count).map(person).collect()
}

async fn what_was_found_is_kept_until_either_side_changed(kind: Kind) {
    let portal = Portal::start(kind).await;
    let (one, other) = (
        integration(&portal, "autotask").await,
        integration(&portal, "halo_psa").await,
    );
    put(&portal, one, &companies(20, "Ltd"), Batch::Companies, true).await;
    let there = companies(12, "Limited");
    put(&portal, other, &there, Batch::Companies, false).await;

    let engine = &portal.engine;
    let found = quick_match::companies(engine, other).await.expect("found");
    assert_eq!(found.iter().count(), 12);
    let again = quick_match::companies(engine, other).await.expect("found");
    assert!(Arc::ptr_eq(&found, &again), "nothing is compared again");
    let (external, target) = found
        .iter()
        .find_map(|(id, found)| Some((id, found.target()?.clone())))
        .expect("a proposal");
    let wanted = ImportCompanies {
        integration: other,
        rows: vec![CompanyChoice {
            external,
            action: CompanyAction::Link {
                company: target.uuid,
            },
        }],
        everyone: None,
    };
    let report = apply(engine, &Actor::CommandLine, &wanted)
        .await
        .expect("an outcome");
    assert_eq!(report.expect("done").linked.len(), 1);
    let after = quick_match::companies(engine, other).await.expect("found");
    assert_eq!(after.iter().count(), 11);
    assert!(after.get(external).is_none() && after.listed().len() == 11);

    let people = people(3);
    put(&portal, one, &people, Batch::Technicians, false).await;
    let found = quick_match::people(engine, one).await.expect("found");
    let again = quick_match::people(engine, one).await.expect("found");
    assert!(Arc::ptr_eq(&found, &again));
    let mut renamed = people[1].clone();
    renamed.last_name = "Porter-Lee".to_owned();
    renamed.external_id = "9".to_owned();
    put(&portal, one, &[renamed], Batch::Technicians, false).await;
    let after = quick_match::people(engine, one).await.expect("found");
    assert!(!Arc::ptr_eq(&found, &after));
}

/// Prints how long it takes; a debug build is slower than what is shipped by far, except for the database's own work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures; run it with --release when they are wanted"]
async fn twenty_thousand_companies_on_either_side() {
    let portal = Portal::start(Kind::Sqlite).await;
    let (one, other) = (
        integration(&portal, "autotask").await,
        integration(&portal, "halo_psa").await,
    );
    put(
        &portal,
        one,
        &companies(20_000, "Ltd"),
        Batch::Companies,
        true,
    )
    .await;
    let there = companies(20_000, "Limited");
    put(&portal, other, &there, Batch::Companies, false).await;
    let engine = &portal.engine;
    let start = Instant::now();
    let found = quick_match::companies(engine, other).await.expect("found");
    println!(
        "20,000 by 20,000 companies, compared: {:?}",
        start.elapsed()
    );
    assert_eq!(found.iter().count(), 20_000);
    let mut page = None;
    for place in ["first", "second"] {
        let start = Instant::now();
        let kept = quick_match::companies(engine, other).await.expect("found");
        let looked = start.elapsed();
        assert!(Arc::ptr_eq(&found, &kept));
        let query = CompanyImportQuery {
            integration: other,
            search: None,
            unlinked_only: false,
            page,
            limit: 50,
        };
        let list = list_some_for_import(portal.store(), &query, kept.listed())
            .await
            .expect("a page");
        println!(
            "kept: {looked:?}; with its {place} page: {:?}",
            start.elapsed()
        );
        page = list.next;
    }
}

/// The same for people.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures; run it with --release when they are wanted"]
async fn five_thousand_people_on_either_side() {
    let portal = Portal::start(Kind::Sqlite).await;
    let one = integration(&portal, "autotask").await;
    put(&portal, one, &people(5_000), Batch::Technicians, false).await;
    let mut tx = portal.store().begin().await.expect("a transaction");
    let role = find_preset_in(&mut tx, RolePreset::Technician)
        .await
        .expect("the role");
    for number in 0..5_000 {
        let new = NewIdentity {
            email: &format!("ann{number}@msp.example"),
            name: &format!("Ann Porter-{number}"),
            ..NewIdentity::default()
        };
        let user = insert_identity(&mut tx, &new).await.expect("made");
        let status = MembershipStatus::Active;
        upsert_staff_membership(&mut tx, user, role.id, status, false, true)
            .await
            .expect("staff");
    }
    tx.commit().await.expect("committed");
    let engine = &portal.engine;
    let start = Instant::now();
    let found = quick_match::people(engine, one).await.expect("found");
    println!("5,000 by 5,000 people, compared: {:?}", start.elapsed());
    assert_eq!(found.iter().count(), 5_000);
    let start = Instant::now();
    let kept = quick_match::people(engine, one).await.expect("found");
    println!("kept: {:?}", start.elapsed());
    assert!(Arc::ptr_eq(&found, &kept));
}
