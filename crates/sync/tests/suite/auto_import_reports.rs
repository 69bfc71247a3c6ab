//! What Auto-Import tells: a report where something is new, and the accounts it made, as lists show them.

use domain::contact_import::ContactSkip;
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::imports::ImportKind;
use domain::job::{Job, Priority};
use domain::viewer::Viewer;
use serde_json::json;
use store::accounts::{AccountsOf, find_of_contact, list_for_viewer};
use store::jobs;
use store::listing::Count;
use sync::auto_import::count_accounts;
use sync::imports::{Import, list_imports};
use sync::request::RunMode;

use crate::auto_import::{report, role, switch_on, usual};
use crate::portal::{Kind, Portal};

on_both_engines! {
    what_waits_while_it_is_switched_off_imports_nobody,
    each_import_that_does_something_has_a_report_and_no_other,
    a_report_grows_with_each_commit_though_nobody_is_made_a_user,
}

/// The reports, newest first: how many were made, linked and skipped, and the role.
async fn reports(portal: &Portal, id: IntegrationId) -> Vec<(Import, Option<String>)> {
    let found = list_imports(portal.store(), id, ImportKind::Contacts, 100)
        .await
        .expect("a list");
    found
        .into_iter()
        .map(|import| {
            let role = import.role_name.clone();
            (import, role)
        })
        .collect()
}

async fn each_import_that_does_something_has_a_report_and_no_other(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let viewer = role(&portal, "Viewer").await;
    let people = usual(&portal, id).await;
    let without = |index: usize| {
        portal
            .control
            .patch("Contacts", people[index].0, json!({ "emailAddress": "" }));
    };
    without(0);
    portal.sync(id, RunMode::Incremental).await;
    switch_on(&portal, id, &viewer).await;
    let told = report(&portal, id).await;
    let first = reports(&portal, id).await;
    assert_eq!(first.len(), 1, "{first:?}");
    let (import, role) = &first[0];
    assert_eq!(role.as_deref(), Some("Viewer"));
    assert!(import.finished_at.is_some() && import.stopped.is_none());
    let counts = import.counts;
    assert_eq!(
        (counts.created, counts.linked, counts.skipped),
        (told.created, told.joined, told.skipped_count())
    );
    assert_eq!(counts.total, counts.decided());
    let lines = sync::auto_import::read(&portal.engine, import, i64::MAX)
        .await
        .expect("a report");
    assert_eq!(lines.created.len() as u64, counts.created);
    let bea = lines
        .created
        .iter()
        .find(|one| one.email == people[1].2)
        .expect("told");
    assert!(!bea.company.is_empty() && !bea.name.is_empty());
    assert!(
        lines
            .skipped
            .iter()
            .any(|one| one.reason == ContactSkip::NoEmail && one.email.is_empty()),
        "{:?}",
        lines.skipped
    );
    assert_eq!(
        count_accounts(&portal.engine, id).await.expect("a count"),
        Count::Exact(counts.created + counts.linked)
    );
    // Nothing new: no report, although somebody is left out still.
    portal.sync(id, RunMode::Full).await;
    assert!(report(&portal, id).await.skipped_count() > 0);
    assert_eq!(reports(&portal, id).await.len(), 1);
    // Somebody else is left out: told once, alone.
    portal.control.patch(
        "Contacts",
        people[0].0,
        json!({ "emailAddress": "no address" }),
    );
    portal.sync(id, RunMode::Incremental).await;
    portal.sync(id, RunMode::Full).await;
    let second = reports(&portal, id).await;
    assert_eq!(second.len(), 2, "{second:?}");
    let counts = second[0].0.counts;
    assert_eq!((counts.created, counts.linked, counts.skipped), (0, 0, 1));
    let skip = async || {
        store::accounts::find_skip(portal.store(), id, &people[0].0.to_string())
            .await
            .expect("a read")
    };
    assert_eq!(skip().await, Some(ContactSkip::InvalidEmail));
    // With the reason gone it follows, and is left out no longer.
    portal.control.patch(
        "Contacts",
        people[0].0,
        json!({ "emailAddress": people[0].2 }),
    );
    portal.sync(id, RunMode::Incremental).await;
    let third = reports(&portal, id).await;
    let counts = third[0].0.counts;
    assert_eq!((third.len(), counts.created, counts.skipped), (3, 1, 0));
    assert_eq!(skip().await, None);
    // The jobs that look after imports let the reports alone.
    portal.idle().await;
    assert!(third.iter().all(|(import, _)| import.stopped.is_none()));
    // Who has one is listed by role and by company, and found from the contact.
    let of = AccountsOf::Role(viewer.uuid.clone());
    let everything = Viewer::ApiKey(1);
    let listed = list_for_viewer(portal.store(), &everything, &of, None, None, 20)
        .await
        .expect("a list");
    let all = count_accounts(&portal.engine, id).await.expect("a count");
    assert_eq!(listed.count, all);
    let mut seen: Vec<String> = listed.rows.iter().map(|row| row.sort_key.clone()).collect();
    let mut next = listed.next.clone();
    while let Some(key) = next {
        let page = list_for_viewer(portal.store(), &everything, &of, None, Some(&key), 20)
            .await
            .expect("a page");
        assert!(page.previous.is_some());
        seen.extend(page.rows.iter().map(|row| row.sort_key.clone()));
        next = page.next;
    }
    assert_eq!(Count::Exact(seen.len() as u64), all);
    assert!(seen.is_sorted());
    let one = &listed.rows[0];
    let of = AccountsOf::Company(one.company.clone());
    let word = one.email.split('@').next().expect("a word").to_uppercase();
    let found = list_for_viewer(portal.store(), &everything, &of, Some(&word), None, 20)
        .await
        .expect("a list");
    assert_eq!(found.rows[0], *one);
    let contact = one.contact.clone().expect("made from one");
    let found = find_of_contact(portal.store(), &everything, &contact)
        .await
        .expect("a read");
    assert_eq!(found.as_ref(), Some(one));
    // A person of one company sees the accounts there.
    let stranger = Viewer::Members(IdentityId(i64::MAX));
    let hidden = list_for_viewer(portal.store(), &stranger, &of, None, None, 20)
        .await
        .expect("a list");
    assert!(hidden.rows.is_empty());
    assert_eq!(hidden.count, Count::Exact(0));
}

/// Asked for while *Auto-Import* was on, taken by a worker when it is off.
async fn what_waits_while_it_is_switched_off_imports_nobody(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let mut tx = portal.store().begin().await.expect("begins");
    let job = Job::ImportContacts { integration: id };
    jobs::enqueue(&mut tx, &job, Priority::Normal, portal.clock_now())
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    portal.idle().await;
    let done = sync::auto_import::last_report(&portal.engine, id).await;
    assert_eq!(done.expect("a read"), None);
}

async fn a_report_grows_with_each_commit_though_nobody_is_made_a_user(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let people = usual(&portal, id).await;
    for number in 0..210 {
        let one = json!({
            "companyID": people[0].1, "firstName": "Client", "lastName": format!("Person {number}"),
            "emailAddress": format!("client.{number}@many.example"), "isActive": 1,
        });
        portal.control.create("Contacts", one);
    }
    portal.sync(id, RunMode::Full).await;
    let mut viewer = role(&portal, "Viewer").await;
    // A role that is gone: everybody is left out.
    viewer.uuid = PublicId::new(portal.clock_now());
    let mut changed = portal.store().changed();
    switch_on(&portal, id, &viewer).await;
    let told = reports(&portal, id).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let counts = told[0].0.counts;
    assert!(counts.skipped > 200 && counts.created == 0, "{counts:?}");
    let mut commits = 0;
    while let Ok(change) = changed.try_recv() {
        commits += u64::from(change.topic == "import" && change.id == told[0].0.id.0);
    }
    let parts = counts.skipped.div_ceil(200);
    assert!(
        parts >= 2 && commits >= parts,
        "{commits} changes were told for {parts} commits: nothing is kept back for the end"
    );
    let lines = sync::auto_import::read(&portal.engine, &told[0].0, i64::MAX)
        .await
        .expect("a report");
    assert_eq!(lines.skipped.len() as u64, counts.skipped);
    // Who is no contact of a company any more is left out no longer.
    let first = people[0].0;
    let skip = async || {
        store::accounts::find_skip(portal.store(), id, &first.to_string())
            .await
            .expect("a read")
    };
    assert_eq!(skip().await, Some(ContactSkip::NoRole));
    let inactive = json!({ "isActive": 0 });
    portal.control.patch("Contacts", first, inactive);
    portal.sync(id, RunMode::Incremental).await;
    assert_eq!(skip().await, None);
    assert_eq!(
        reports(&portal, id).await.len(),
        1,
        "nobody else is told anew"
    );
}
