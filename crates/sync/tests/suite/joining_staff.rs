//! A person at a client who becomes a staff user too: one identity, both kinds of membership (design 3).

use domain::permission::{Area, Grants, Level, RoleKind};
use serde_json::json;
use store::identities::{
    MembershipStatus, NewIdentity, find_staff_member, insert_identity, list_company_memberships,
    upsert_company_membership, upsert_staff_membership,
};
use store::roles;
use sync::import_companies::{CompanyImportQuery, list_for_import};
use sync::import_users::{ImportAction, ImportRowChoice, SkipReason, apply};
use sync::request::RunMode;
use sync::users::{Editor, NewUser, UserRefusal, add_user};

use crate::at_once::{create, import, role, somebody_else, technicians};
use crate::portal::{Kind, Portal};

on_both_engines! {
    a_person_at_a_client_can_join_the_staff,
    a_contact_without_an_account_becomes_staff_only_when_that_is_said,
}

async fn a_person_at_a_client_can_join_the_staff(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let rows = technicians(&portal, id).await;
    let technician = role(&portal, "Technician").await;
    let viewer = roles::list_roles(portal.store(), RoleKind::Company)
        .await
        .expect("a list")
        .remove(0);
    let companies = CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    let listed = list_for_import(portal.store(), &companies)
        .await
        .expect("a list");
    let company = listed
        .rows
        .into_iter()
        .find_map(|row| row.company)
        .expect("a company");
    let (company, company_name) = (company.id, company.name);
    // The first is a technician's address, the others are typed.
    let with_password = ["bo@client.example", "cy@client.example"];
    let imported = rows[0].email.clone().expect("an address");
    let mut tx = portal.store().begin().await.expect("begins");
    let mut clients = Vec::new();
    for email in [imported.as_str(), with_password[0], with_password[1]] {
        let new = NewIdentity {
            email,
            name: "Client Person",
            password_hash: with_password.contains(&email).then_some("$argon2id$x"),
            ..NewIdentity::default()
        };
        let client = insert_identity(&mut tx, &new).await.expect("kept");
        upsert_company_membership(
            &mut tx,
            client,
            company,
            viewer.id,
            MembershipStatus::Imported,
            None,
        )
        .await
        .expect("kept");
        clients.push(client);
    }
    tx.commit().await.expect("committed");
    // An address somebody typed for another person is a slip, and makes nobody one of the staff.
    let other = technicians(&portal, id).await.remove(1);
    let slip = ImportRowChoice {
        action: ImportAction::Create {
            email: Some("bo@client.example".to_owned()),
        },
        ..create(&other)
    };
    let report = apply(
        &portal.engine,
        &somebody_else(),
        &import(id, &technician, vec![slip]),
    )
    .await
    .expect("an outcome")
    .expect("done");
    assert!(report.created.is_empty(), "{report:?}");
    let reason =
        |email: &str| SkipReason::OfAClient(format!("Client Person ({email}), at {company_name},"));
    assert_eq!(report.skipped[0].reason, reason("bo@client.example"));
    // Nobody is proposed for a link who is no staff user.
    let row = technicians(&portal, id).await.remove(0);
    assert_eq!(row.taken_by, None);
    let client = row.client.clone().expect("told beforehand");
    assert_eq!(
        (client.name.as_str(), client.company),
        ("Client Person", company_name.clone())
    );
    // Also with the vendor's own address it takes a word.
    let report = apply(
        &portal.engine,
        &somebody_else(),
        &import(id, &technician, vec![create(&row)]),
    )
    .await
    .expect("an outcome")
    .expect("done");
    assert_eq!(report.skipped[0].reason, reason(&imported), "{report:?}");
    // What was said of another address, which the record had when the list was looked at, counts for none.
    let said = |address: &str| ImportRowChoice {
        action: ImportAction::Join {
            email: None,
            said: address.to_lowercase(),
        },
        ..create(&row)
    };
    let report = apply(
        &portal.engine,
        &somebody_else(),
        &import(id, &technician, vec![said("cy@client.example")]),
    )
    .await
    .expect("an outcome")
    .expect("done");
    assert_eq!(report.skipped[0].reason, reason(&imported), "{report:?}");
    let join = said(&imported);
    let report = apply(
        &portal.engine,
        &somebody_else(),
        &import(id, &technician, vec![join]),
    )
    .await
    .expect("an outcome")
    .expect("done");
    assert_eq!(report.created.len(), 1, "{report:?}");
    assert_eq!(report.created[0].name, "Client Person");
    assert!(report.created[0].joined);
    let bo = NewUser {
        name: "Another Name".to_owned(),
        email: " BO@client.example".to_owned(),
        ..NewUser::default()
    };
    let unasked = add_user(
        &portal.engine,
        &somebody_else(),
        &bo,
        &technician.uuid,
        false,
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(&unasked, Err(UserRefusal::OfAClient(client)) if client.name == "Client Person"),
        "{unasked:?}"
    );
    let mine = add_user(
        &portal.engine,
        &somebody_else(),
        &NewUser { join: true, ..bo },
        &technician.uuid,
        false,
    )
    .await
    .expect("an outcome")
    .expect("added");
    assert_eq!(
        (mine.identity, mine.name.as_str()),
        (clients[1], "Client Person")
    );
    // Only with a role that the editor may give.
    let modest = Editor {
        grants: Grants([(Area::Users, Level::Manage)].into()),
        ..somebody_else()
    };
    let refused = add_user(
        &portal.engine,
        &modest,
        &NewUser {
            name: "Cy".to_owned(),
            email: "cy@client.example".to_owned(),
            ..NewUser::default()
        },
        &role(&portal, "Administrator").await.uuid,
        false,
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(refused, Err(UserRefusal::RoleBeyondOwnRights { .. })),
        "{refused:?}"
    );
    let staff = async |client| {
        find_staff_member(portal.store(), client)
            .await
            .expect("a read")
            .map(|staff| (staff.status, staff.role_id))
    };
    assert_eq!(
        staff(clients[0]).await,
        Some((MembershipStatus::Imported, technician.id))
    );
    assert_eq!(
        staff(clients[1]).await,
        Some((MembershipStatus::Active, technician.id)),
        "the password goes on"
    );
    assert_eq!(staff(clients[2]).await, None);
    for client in clients {
        let kept = list_company_memberships(portal.store(), client)
            .await
            .expect("a list");
        assert_eq!(kept.len(), 1, "the membership of the company stays");
    }
}

async fn a_contact_without_an_account_becomes_staff_only_when_that_is_said(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let technician = role(&portal, "Technician").await;
    let email = "Pat@client.example";
    // A technician there has the address of a client's contact; a second one that of a contact of the own domain.
    let contacts = portal.control.ids("Contacts");
    let of_clients = contacts.iter().filter(|contact| {
        let contact = portal.control.get("Contacts", **contact);
        contact.is_some_and(|contact| contact["companyID"] != 0 && contact["isActive"] == 1)
    });
    let of_clients: Vec<i64> = of_clients.copied().collect();
    let resources = portal.control.ids("Resources");
    for (at, email) in [(0, email), (1, "own@portal.example")] {
        let address = json!({ "emailAddress": email.to_lowercase() });
        portal.control.patch("Contacts", of_clients[at], address);
        let address = json!({ "email": email });
        portal.control.patch("Resources", resources[at], address);
    }
    portal.sync(id, RunMode::Full).await;
    let mut tx = portal.store().begin().await.expect("begins");
    let owner = insert_identity(
        &mut tx,
        &NewIdentity {
            email: "owner@portal.example",
            name: "Owner",
            ..NewIdentity::default()
        },
    )
    .await
    .expect("kept");
    let active = MembershipStatus::Active;
    upsert_staff_membership(&mut tx, owner, technician.id, active, true, true)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    let rows = technicians(&portal, id).await;
    let with = |address: &str| {
        let row = rows
            .iter()
            .find(|row| row.email.as_deref() == Some(address));
        row.unwrap_or_else(|| panic!("{address}: {rows:?}")).clone()
    };
    let (pat, own) = (with(email), with("own@portal.example"));
    let run = async |rows: Vec<ImportRowChoice>| {
        let mut wanted = import(id, &technician, rows);
        wanted.send_welcome = true;
        apply(&portal.engine, &somebody_else(), &wanted)
            .await
            .expect("an outcome")
            .expect("done")
    };
    let as_proposed = ImportRowChoice {
        action: ImportAction::Proposed,
        ..create(&pat)
    };
    for choice in [as_proposed, create(&pat)] {
        let report = run(vec![choice, create(&own)]).await;
        let reason = &report.skipped[0].reason;
        assert!(
            matches!(reason, SkipReason::OfAClient(who) if who.contains("(pat@client.example), a contact at ")),
            "{report:?}"
        );
        assert!(
            report.created.iter().all(|done| done.contact_of.is_none()),
            "the own domain is no client's: {report:?}"
        );
    }
    let by_hand = NewUser {
        name: "Pat".to_owned(),
        email: email.to_owned(),
        ..NewUser::default()
    };
    let unasked = add_user(
        &portal.engine,
        &somebody_else(),
        &by_hand,
        &technician.uuid,
        false,
    )
    .await
    .expect("an outcome");
    assert!(
        matches!(&unasked, Err(UserRefusal::OfAClient(client)) if !client.account),
        "{unasked:?}"
    );
    let said = ImportRowChoice {
        action: ImportAction::Join {
            email: None,
            said: "pat@client.example".to_owned(),
        },
        ..create(&pat)
    };
    let report = run(vec![said]).await;
    assert_eq!((report.created.len(), report.welcome), (1, 1), "{report:?}");
    let done = &report.created[0];
    assert!(!done.joined && done.contact_of.is_some(), "{done:?}");
}
