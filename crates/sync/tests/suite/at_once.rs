//! What happens when several people change staff and companies at the same moment. Meaningful on PostgreSQL, where
//! transactions run side by side; on SQLite they follow each other anyway.

use std::time::Duration;

use domain::id::{IdentityId, IntegrationId, PublicId};
use domain::permission::{Grants, RoleKind};
use domain::role_preset::RolePreset;
use serde_json::json;
use store::company_import::{find_for_import_in, link_company_in};
use store::identities::{
    self, MembershipStatus, NewIdentity, find_identity_by_uuid, find_identity_by_uuid_in,
    insert_identity, lock_staff, upsert_staff_membership,
};
use store::roles::{self, Role, find_preset_in, find_role_by_uuid_in};
use store::staff::list_active_administrators_in;
use store::technicians::{ImportQuery, ImportRow, find_importable_in, list_importable};
use sync::Actor;
use sync::import_companies::{
    CompanyAction, CompanyChoice, CompanyImportQuery, ImportCompanies, list_for_import,
};
use sync::import_users::{ImportAction, ImportRowChoice, ImportUsers, apply};
use sync::settings::update_settings;
use sync::users::{Editor, NewUser, UserChange, add_user, set_status, update_user};

use crate::portal::{Kind, Portal, ann};

on_both_engines! {
    a_change_of_a_user_waits_for_an_import_before_it_locks_anybody,
    an_import_that_met_a_deadlock_is_decided_again,
    links_and_switching_off_at_once_both_end,
    two_administrators_cannot_switch_each_other_off,
    a_run_does_not_double_a_company_that_is_imported_at_this_moment,
}

/// Long enough for the other one to have come to where it waits.
const A_MOMENT: Duration = Duration::from_millis(300);

fn editor(identity: IdentityId) -> Editor {
    Editor {
        actor: Actor::System,
        identity,
        grants: Grants::everything(),
    }
}

pub fn somebody_else() -> Editor {
    editor(IdentityId(-1))
}

pub async fn role(portal: &Portal, name: &str) -> Role {
    roles::list_roles(portal.store(), RoleKind::Staff)
        .await
        .expect("a list")
        .into_iter()
        .find(|role| role.name == name)
        .expect("a shipped role")
}

async fn user(portal: &Portal, email: &str) -> PublicId {
    let new = NewUser {
        name: "Bo Hall".to_owned(),
        email: email.to_owned(),
        ..NewUser::default()
    };
    let role = role(portal, "Technician").await;
    add_user(&portal.engine, &somebody_else(), &new, &role.uuid, false)
        .await
        .expect("an outcome")
        .expect("added")
        .uuid
}

pub async fn administrator(portal: &Portal, email: &str) -> (IdentityId, PublicId) {
    let mut tx = portal.store().begin().await.expect("begins");
    let new = NewIdentity {
        email,
        name: "Administrator",
        password_hash: Some("$argon2id$x"),
        ..NewIdentity::default()
    };
    let id = insert_identity(&mut tx, &new).await.expect("kept");
    let role = find_preset_in(&mut tx, RolePreset::Administrator)
        .await
        .expect("a role");
    upsert_staff_membership(&mut tx, id, role.id, MembershipStatus::Active, false, true)
        .await
        .expect("kept");
    tx.commit().await.expect("committed");
    let found = identities::find_identity(portal.store(), id)
        .await
        .expect("a read")
        .expect("there");
    (id, found.uuid)
}

pub async fn technicians(portal: &Portal, id: IntegrationId) -> Vec<ImportRow> {
    let query = ImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    list_importable(portal.store(), &query)
        .await
        .expect("a list")
        .rows
}

pub fn import(id: IntegrationId, role: &Role, rows: Vec<ImportRowChoice>) -> ImportUsers {
    ImportUsers {
        integration: id,
        rows,
        everyone: None,
        role: Some(role.uuid.clone()),
        send_welcome: false,
    }
}

pub fn create(row: &ImportRow) -> ImportRowChoice {
    ImportRowChoice {
        technician: row.id,
        action: ImportAction::Create { email: None },
    }
}

fn link(row: &ImportRow, user: &PublicId) -> ImportRowChoice {
    ImportRowChoice {
        technician: row.id,
        action: ImportAction::Link {
            identity: user.clone(),
        },
    }
}

/// What an import locks, in its order, step by step: whoever changes the user or the role meanwhile must not hold
/// either of them while it waits.
async fn a_change_of_a_user_waits_for_an_import_before_it_locks_anybody(kind: Kind) {
    let portal = Portal::start(kind).await;
    let bo = user(&portal, "bo@msp.example").await;
    let (technician, manager) = (
        role(&portal, "Technician").await,
        role(&portal, "Manager").await,
    );
    for switch in [false, true] {
        let mut tx = portal.store().begin().await.expect("begins");
        lock_staff(&mut tx).await.expect("the lock");
        let (engine, bo_too, manager) = (
            portal.other_node("node-1"),
            bo.clone(),
            manager.uuid.clone(),
        );
        let other = tokio::spawn(async move {
            if switch {
                return set_status(&engine, &somebody_else(), &bo_too, false).await;
            }
            let change = UserChange {
                role: Some(manager),
                ..UserChange::default()
            };
            update_user(&engine, &somebody_else(), &bo_too, &change).await
        });
        tokio::time::sleep(A_MOMENT).await;
        find_role_by_uuid_in(&mut tx, &technician.uuid)
            .await
            .expect("no deadlock at the role");
        find_identity_by_uuid_in(&mut tx, &bo)
            .await
            .expect("no deadlock at the user");
        tx.commit().await.expect("committed");
        let done = other.await.expect("no panic").expect("no deadlock");
        assert_eq!(done, Ok(true));
    }
}

async fn an_import_that_met_a_deadlock_is_decided_again(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let rows = technicians(&portal, id).await;
    let role = role(&portal, "Technician").await;
    let mut tx = portal.store().begin().await.expect("begins");
    find_importable_in(&mut tx, rows[0].id)
        .await
        .expect("a read")
        .expect("there");
    let engine = portal.other_node("node-1");
    let asked = import(id, &role, rows.iter().map(create).collect());
    let other = tokio::spawn(async move { apply(&engine, &somebody_else(), &asked).await });
    tokio::time::sleep(A_MOMENT).await;
    // The import has the lock and waits for the technician: one of the two is given up, usually the import.
    if lock_staff(&mut tx).await.is_ok() {
        tx.commit().await.expect("committed");
    } else {
        drop(tx);
    }
    let report = other
        .await
        .expect("no panic")
        .expect("decided again")
        .expect("done");
    assert_eq!((report.created.len(), report.rest), (rows.len(), 0));
}

async fn links_and_switching_off_at_once_both_end(kind: Kind) {
    let portal = Portal::start(kind).await;
    let id = portal.connected().await;
    let rows = technicians(&portal, id).await;
    let role = role(&portal, "Technician").await;
    for row in &rows {
        let user = user(&portal, &format!("user{}@msp.example", row.id)).await;
        let (engine, asked) = (
            portal.other_node("node-1"),
            import(id, &role, vec![link(row, &user)]),
        );
        let linking = tokio::spawn(async move { apply(&engine, &somebody_else(), &asked).await });
        let (engine, user_too) = (portal.other_node("node-2"), user.clone());
        let off =
            tokio::spawn(
                async move { set_status(&engine, &somebody_else(), &user_too, false).await },
            );
        let report = linking
            .await
            .expect("no panic")
            .expect("an outcome")
            .expect("done");
        assert_eq!(report.linked.len(), 1, "{report:?}");
        assert_eq!(off.await.expect("no panic").expect("an outcome"), Ok(true));
    }
}

async fn two_administrators_cannot_switch_each_other_off(kind: Kind) {
    let portal = Portal::start(kind).await;
    for round in 0..4 {
        let (ann, ann_uuid) = administrator(&portal, &format!("ann{round}@msp.example")).await;
        let (bo, bo_uuid) = administrator(&portal, &format!("bo{round}@msp.example")).await;
        let off = |by: IdentityId, user: PublicId, node: &str| {
            let engine = portal.other_node(node);
            tokio::spawn(async move { set_status(&engine, &editor(by), &user, false).await })
        };
        let (one, other) = (
            off(ann, bo_uuid.clone(), "a"),
            off(bo, ann_uuid.clone(), "b"),
        );
        for done in [one, other] {
            done.await.expect("no panic").expect("no deadlock").ok();
        }
        let mut tx = portal.store().begin().await.expect("begins");
        let left = list_active_administrators_in(&mut tx)
            .await
            .expect("a list");
        tx.rollback().await.expect("rolled back");
        assert_eq!(left.len(), 1, "one is left, and not more than one");
        let left = if left[0] == ann { ann_uuid } else { bo_uuid };
        let found = find_identity_by_uuid(portal.store(), &left)
            .await
            .expect("a read");
        // The next round begins with nobody.
        let mut tx = portal.store().begin().await.expect("begins");
        store::staff::set_staff_status(
            &mut tx,
            found.expect("there").id,
            MembershipStatus::Disabled,
        )
        .await
        .expect("switched off");
        tx.commit().await.expect("committed");
    }
}

/// The import of a company by hand is open while a full run reads the same company, which by now becomes one on its own.
async fn a_run_does_not_double_a_company_that_is_imported_at_this_moment(kind: Kind) {
    let portal = Portal::start(kind).await;
    let lead = *portal
        .control
        .ids("Companies")
        .last()
        .expect("a company of the vendor");
    portal.control.patch(
        "Companies",
        lead,
        json!({ "companyType": 2, "isActive": true }),
    );
    let id = portal.connected().await;
    let query = CompanyImportQuery {
        integration: id,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 500,
    };
    let find = async || {
        list_for_import(portal.store(), &query)
            .await
            .expect("a list")
            .rows
            .into_iter()
            .find(|row| row.external_id == lead.to_string())
            .expect("the lead")
    };
    let (row, target) = (find().await, {
        let rows = list_for_import(portal.store(), &query)
            .await
            .expect("a list")
            .rows;
        rows.into_iter()
            .find_map(|row| row.company)
            .expect("a company that is here")
    });
    assert_eq!(row.company, None);
    // Companies of this type from now on too; nothing about the row differs, so that the run does not write it.
    let integration = portal.integration(id).await;
    let mut wider = integration.settings.clone();
    wider.company_types.insert("2".to_owned());
    update_settings(
        &portal.engine,
        &ann(),
        id,
        integration.settings_revision,
        wider,
    )
    .await
    .expect("saved");
    let mut tx = portal.store().begin().await.expect("begins");
    find_for_import_in(&mut tx, row.id).await.expect("locked");
    assert!(
        link_company_in(&mut tx, row.id, target.id)
            .await
            .expect("linked")
    );
    let commit = async {
        // Long enough for the run to have come to this company.
        tokio::time::sleep(A_MOMENT * 6).await;
        tx.commit().await.expect("committed");
    };
    tokio::join!(portal.idle(), commit);
    let after = find().await;
    assert_eq!(after.company.map(|one| one.id), Some(target.id));
    assert_eq!(after.link_origin.as_deref(), Some("import"));
    // Asked for once more, it is there already.
    let asked = ImportCompanies {
        integration: id,
        rows: vec![CompanyChoice {
            external: row.id,
            action: CompanyAction::Create,
        }],
        everyone: None,
    };
    let report = sync::import_companies::apply(&portal.engine, &Actor::CommandLine, &asked)
        .await
        .expect("an outcome")
        .expect("done");
    assert_eq!((report.created.len(), report.skipped.len()), (0, 1));
}
