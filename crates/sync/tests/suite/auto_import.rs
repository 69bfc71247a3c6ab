//! Contacts that become users on their own: who, with which role, and that nobody is told (design 5, X4).

use std::collections::BTreeMap;

use domain::clock::UtcMillis;
use domain::contact_import::{ContactImport, ContactSkip};
use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::permission::RoleKind;
use domain::settings::IntegrationSettings;
use serde_json::json;
use store::identities::{
    self, CompanyMembership, Identity, MembershipStatus, NewIdentity, find_identity_by_email,
    list_company_memberships,
};
use store::roles::{self, Role};
use store::{audit, outbox};
use sync::auto_import::{last_report, preview};
use sync::import_companies::{ImportCompanies, apply};
use sync::imports::Everyone;
use sync::request::RunMode;
use sync::settings::update_settings;

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    contacts_become_users_with_the_default_role_and_nobody_is_told,
    preview_equals_the_import_that_follows,
    a_preview_waits_for_nobody_who_writes,
    one_address_is_one_person_with_a_membership_per_company,
    a_staff_users_address_gets_a_membership_and_no_second_person,
    contacts_of_the_own_company_never_become_client_users,
    who_is_here_keeps_the_role,
    without_a_role_everybody_is_skipped_and_counted_until_one_is_chosen,
    later_syncs_and_imported_companies_bring_their_contacts,
    nothing_is_imported_while_it_is_off,
}

pub(crate) async fn role(portal: &Portal, name: &str) -> Role {
    roles::list_roles(portal.store(), RoleKind::Company)
        .await
        .expect("a list")
        .into_iter()
        .find(|role| role.name == name)
        .expect("a shipped role")
}

/// Changes the settings of an integration and runs what follows.
async fn change(portal: &Portal, id: IntegrationId, change: impl FnOnce(&mut IntegrationSettings)) {
    let seen = portal.integration(id).await;
    let mut settings = seen.settings.clone();
    change(&mut settings);
    update_settings(&portal.engine, &ann(), id, seen.settings_revision, settings)
        .await
        .expect("saved");
    portal.idle().await;
}

pub(crate) async fn switch_on(portal: &Portal, id: IntegrationId, role: &Role) {
    let uuid = role.uuid.to_string();
    change(portal, id, |settings| {
        settings.auto_import = true;
        settings.default_contact_role = Some(uuid);
    })
    .await;
}

pub(crate) async fn report(portal: &Portal, id: IntegrationId) -> ContactImport {
    last_report(&portal.engine, id)
        .await
        .expect("a read")
        .expect("an import")
}

async fn person(portal: &Portal, email: &str) -> Option<Identity> {
    find_identity_by_email(portal.store(), email)
        .await
        .expect("a read")
}

async fn memberships(portal: &Portal, identity: IdentityId) -> Vec<CompanyMembership> {
    list_company_memberships(portal.store(), identity)
        .await
        .expect("a list")
}

/// The vendor's contacts by number, with the company's number and the address.
fn contacts(portal: &Portal) -> BTreeMap<i64, (i64, String, bool)> {
    let read = |id: i64| {
        let contact = portal.control.get("Contacts", id).expect("a contact");
        let company = contact["companyID"].as_i64().expect("a company");
        let email = contact["emailAddress"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let active = contact["isActive"].as_i64() == Some(1) || contact["isActive"] == json!(true);
        (company, email, active)
    };
    portal
        .control
        .ids("Contacts")
        .into_iter()
        .map(|id| (id, read(id)))
        .collect()
}

/// Active contacts with an address, of companies that became companies here; in the order of their numbers.
pub(crate) async fn usual(portal: &Portal, id: IntegrationId) -> Vec<(i64, i64, String)> {
    let query = sync::import_companies::CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    let listed = sync::import_companies::list_for_import(portal.store(), &query)
        .await
        .expect("a list");
    let linked: Vec<String> = listed
        .rows
        .into_iter()
        .filter(|row| row.company.is_some() && row.external_id != "0")
        .map(|row| row.external_id)
        .collect();
    contacts(portal)
        .into_iter()
        .filter(|(_, (company, email, active))| {
            *active && !email.is_empty() && linked.contains(&company.to_string())
        })
        .map(|(id, (company, email, _))| (id, company, email))
        .collect()
}

async fn contacts_become_users_with_the_default_role_and_nobody_is_told(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let viewer = role(&portal, "Viewer").await;
    let expected = usual(&portal, id).await;
    assert!(expected.len() > 10, "{}", expected.len());
    switch_on(&portal, id, &viewer).await;
    for (contact, _, email) in &expected {
        let found = person(&portal, email).await.expect("a person");
        assert_eq!(found.password_hash, None);
        let memberships = memberships(&portal, found.id).await;
        let one = memberships
            .iter()
            .find(|one| one.contact_external_id.as_deref() == Some(&contact.to_string()))
            .expect("a membership");
        assert_eq!(
            (one.status, one.role_id),
            (MembershipStatus::Imported, viewer.id)
        );
    }
    let mail = outbox::list_mail(portal.store(), None, None, 10)
        .await
        .expect("a list");
    assert!(mail.rows.is_empty(), "{mail:?}");
    let told = report(&portal, id).await;
    assert!(told.imported() >= expected.len() as u64, "{told:?}");
    assert_eq!(told.at, Some(portal.clock_now()));
    let entries = audit::list_entries(portal.store(), None, 500)
        .await
        .expect("the log");
    let imported = entries
        .iter()
        .filter(|entry| entry.action == "contact.import")
        .count();
    assert_eq!(imported as u64, told.imported(), "an entry for each (X4)");
    // Doing it again is doing nothing.
    portal.sync(id, RunMode::Full).await;
    assert_eq!(report(&portal, id).await.imported(), 0);
}

/// Odd contacts of every kind: without an address, with none that is one, twice the same address at one company and at
/// another, a look-alike of an earlier one.
async fn a_preview_waits_for_nobody_who_writes(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let viewer = role(&portal, "Viewer").await;
    let mut settings = portal.integration(id).await.settings;
    settings.auto_import = true;
    settings.default_contact_role = Some(viewer.uuid.to_string());
    let mut tx = portal.store().begin().await.expect("begins");
    identities::lock_staff(&mut tx).await.expect("the lock");
    let told = tokio::time::timeout(
        std::time::Duration::from_secs(10),
        preview(&portal.engine, id, &settings),
    )
    .await
    .expect("at once")
    .expect("a preview");
    tx.rollback().await.expect("rolled back");
    assert!(told.created > 10, "{told:?}");
}

async fn preview_equals_the_import_that_follows(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let people = usual(&portal, id).await;
    let set = |index: usize, email: &str| {
        portal.control.patch(
            "Contacts",
            people[index].0,
            json!({ "emailAddress": email }),
        );
    };
    let same: Vec<usize> = (1..people.len())
        .filter(|index| people[*index].1 == people[0].1)
        .collect();
    let other = (1..people.len())
        .find(|index| people[*index].1 != people[0].1)
        .expect("another company");
    set(0, "Sales@Example.com");
    set(same[0], " sales@example.com");
    set(other, "sales@example.com");
    set(other + 1, "");
    set(other + 2, "s\u{0430}les@example.com");
    portal.sync(id, RunMode::Incremental).await;
    let viewer = role(&portal, "Viewer").await;
    let mut settings = portal.integration(id).await.settings;
    settings.auto_import = true;
    settings.default_contact_role = Some(viewer.uuid.to_string());
    let told = preview(&portal.engine, id, &settings)
        .await
        .expect("a preview");
    assert_eq!(
        person(&portal, "sales@example.com").await,
        None,
        "nothing is done"
    );
    switch_on(&portal, id, &viewer).await;
    let done = report(&portal, id).await;
    assert_eq!(
        ContactImport {
            at: done.at,
            ..told.clone()
        },
        done
    );
    assert!(
        told.created > 0 && told.joined >= 1 && told.already >= 1,
        "{told:?}"
    );
    assert!(told.skipped.contains_key(&ContactSkip::NoEmail), "{told:?}");
    assert!(
        told.skipped.contains_key(&ContactSkip::LooksLike),
        "{told:?}"
    );
}

async fn one_address_is_one_person_with_a_membership_per_company(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let people = usual(&portal, id).await;
    let other = people
        .iter()
        .find(|one| one.1 != people[0].1)
        .expect("another company");
    portal.control.patch(
        "Contacts",
        other.0,
        json!({ "emailAddress": people[0].2.to_uppercase() }),
    );
    portal.sync(id, RunMode::Incremental).await;
    switch_on(&portal, id, &role(&portal, "Viewer").await).await;
    let found = person(&portal, &people[0].2).await.expect("a person");
    let mut contacts: Vec<String> = memberships(&portal, found.id)
        .await
        .into_iter()
        .filter_map(|one| one.contact_external_id)
        .collect();
    contacts.sort();
    let mut expected = [people[0].0.to_string(), other.0.to_string()];
    expected.sort();
    assert_eq!(contacts, expected);
}

/// Makes a staff user.
async fn staff(portal: &Portal, email: &str) -> IdentityId {
    let role = roles::list_roles(portal.store(), RoleKind::Staff)
        .await
        .expect("a list")
        .remove(0);
    let mut tx = portal.store().begin().await.expect("a transaction");
    let new = NewIdentity {
        email,
        name: "Stella Staff",
        ..NewIdentity::default()
    };
    let id = identities::insert_identity(&mut tx, &new)
        .await
        .expect("kept");
    identities::upsert_staff_membership(
        &mut tx,
        id,
        role.id,
        MembershipStatus::Active,
        false,
        true,
    )
    .await
    .expect("kept");
    tx.commit().await.expect("committed");
    id
}

async fn a_staff_users_address_gets_a_membership_and_no_second_person(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let people = usual(&portal, id).await;
    let stella = staff(&portal, &people[0].2).await;
    switch_on(&portal, id, &role(&portal, "Viewer").await).await;
    let found = person(&portal, &people[0].2).await.expect("a person");
    assert_eq!((found.id, found.name.as_str()), (stella, "Stella Staff"));
    assert_eq!(memberships(&portal, stella).await.len(), 1);
    let member = identities::find_staff_member(portal.store(), stella)
        .await
        .expect("a read")
        .expect("still staff");
    assert_eq!(member.status, MembershipStatus::Active);
}

async fn contacts_of_the_own_company_never_become_client_users(kind: Kind) {
    let portal = Portal::start(kind).await;
    let people = contacts(&portal);
    let (contact, (_, email, _)) = people
        .iter()
        .find(|(_, (company, email, active))| *company != 0 && *active && !email.is_empty())
        .expect("a contact");
    portal
        .control
        .patch("Contacts", *contact, json!({ "companyID": 0 }));
    let id = portal.connected().await;
    switch_on(&portal, id, &role(&portal, "Viewer").await).await;
    assert_eq!(person(&portal, email).await, None);
    let told = report(&portal, id).await;
    assert!(
        told.skipped.contains_key(&ContactSkip::OwnCompany),
        "{told:?}"
    );
    assert!(told.created > 0, "others do");
}

async fn who_is_here_keeps_the_role(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let people = usual(&portal, id).await;
    let (viewer, manager) = (
        role(&portal, "Viewer").await,
        role(&portal, "Manager").await,
    );
    switch_on(&portal, id, &viewer).await;
    let found = person(&portal, &people[0].2).await.expect("a person");
    let before = memberships(&portal, found.id).await;
    // Another role from now on, and everything read again.
    switch_on(&portal, id, &manager).await;
    portal.sync(id, RunMode::Full).await;
    assert_eq!(memberships(&portal, found.id).await, before);
    // A second contact of the same address at the same company changes nothing either.
    portal.control.create(
        "Contacts",
        json!({
            "companyID": people[0].1,
            "firstName": "Second",
            "lastName": "Record",
            "emailAddress": people[0].2,
            "isActive": 1,
        }),
    );
    portal.sync(id, RunMode::Full).await;
    assert_eq!(memberships(&portal, found.id).await, before);
    assert_eq!(report(&portal, id).await.already, 1);
}

async fn without_a_role_everybody_is_skipped_and_counted_until_one_is_chosen(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let expected = usual(&portal, id).await;
    change(&portal, id, |settings| settings.auto_import = true).await;
    let told = report(&portal, id).await;
    assert_eq!(told.imported(), 0);
    assert!(
        told.skipped[&ContactSkip::NoRole] >= expected.len() as u64,
        "{told:?}"
    );
    assert_eq!(person(&portal, &expected[0].2).await, None);
    // A role of staff is none for a contact, and one that was deleted is none at all.
    let staff_role = roles::list_roles(portal.store(), RoleKind::Staff)
        .await
        .expect("a list")
        .remove(0);
    for id_of_role in [
        staff_role.uuid.to_string(),
        PublicId::new(UtcMillis(1)).to_string(),
    ] {
        change(&portal, id, |settings| {
            settings.default_contact_role = Some(id_of_role);
        })
        .await;
        assert_eq!(report(&portal, id).await.imported(), 0);
    }
    // Choosing one imports what is here, without another sync.
    portal.control.clear_journal();
    switch_on(&portal, id, &role(&portal, "Viewer").await).await;
    assert!(report(&portal, id).await.imported() >= expected.len() as u64);
    assert_eq!(portal.page_requests("Contacts"), 0);
}

async fn later_syncs_and_imported_companies_bring_their_contacts(kind: Kind) {
    let portal = Portal::start(kind).await;
    let lead = contacts(&portal)
        .into_values()
        .find(|(company, email, active)| *company != 0 && *active && !email.is_empty())
        .expect("a contact");
    portal
        .control
        .patch("Companies", lead.0, json!({ "companyType": 2 }));
    let id = portal.connected().await;
    switch_on(&portal, id, &role(&portal, "Viewer").await).await;
    assert_eq!(
        person(&portal, &lead.1).await,
        None,
        "its company is not here"
    );
    let known = usual(&portal, id).await;
    portal.control.patch(
        "Contacts",
        known[0].0,
        json!({ "emailAddress": "brand.new@example.com" }),
    );
    portal.sync(id, RunMode::Incremental).await;
    let told = report(&portal, id).await;
    assert_eq!(
        told.imported(),
        0,
        "the contact is a member under the address it had: {told:?}"
    );
    let fresh = portal.control.create(
        "Contacts",
        json!({
            "companyID": known[0].1,
            "firstName": "Fresh",
            "lastName": "Face",
            "emailAddress": "fresh.face@example.com",
            "isActive": 1,
        }),
    );
    portal.sync(id, RunMode::Incremental).await;
    let found = person(&portal, "fresh.face@example.com")
        .await
        .expect("a person");
    assert_eq!(found.name, "Fresh Face");
    let contact = memberships(&portal, found.id).await[0]
        .contact_external_id
        .clone();
    assert_eq!(contact, Some(fresh.to_string()));
    // Imported by hand: its people follow.
    let all = ImportCompanies {
        integration: id,
        rows: Vec::new(),
        everyone: Some(Everyone::default()),
    };
    apply(&portal.engine, &sync::Actor::CommandLine, &all)
        .await
        .expect("an outcome")
        .expect("done");
    portal.idle().await;
    assert!(person(&portal, &lead.1).await.is_some());
}

async fn nothing_is_imported_while_it_is_off(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let expected = usual(&portal, id).await;
    let viewer = role(&portal, "Viewer").await.uuid.to_string();
    change(&portal, id, |settings| {
        settings.default_contact_role = Some(viewer);
    })
    .await;
    portal.sync(id, RunMode::Full).await;
    assert_eq!(person(&portal, &expected[0].2).await, None);
    assert_eq!(last_report(&portal.engine, id).await.expect("a read"), None);
}
