//! A company that is removed at the moment somebody links it, or imports people into it.

use std::time::Duration;

use domain::id::{CompanyId, PublicId};
use domain::role_preset::RolePreset;
use store::companies::{Removal, find_for_viewer};
use store::company_import::{find_target_in, link_company_in};
use store::company_removal::{RemovedCompany, remove_company_in};
use store::contact_import::{self, insert_membership, is_candidate_in};
use store::identities::{NewIdentity, insert_identity};
use store::roles::find_preset_in;
use store::{Store, Tx};

use crate::company_removal::{STAFF, three, uuid_of};
use crate::harness::{both, execute};
use crate::records::{contact, number, store_page};

/// Removes a company in a task of its own, while a transaction is under way, and commits that one a little later.
async fn remove_during(store: &Store, tx: Tx, uuid: &PublicId) -> RemovedCompany {
    let (remover, company) = (store.clone(), uuid.clone());
    let removing = tokio::spawn(async move {
        let mut tx = remover.begin().await.unwrap();
        let removed = remove_company_in(&mut tx, &company).await.unwrap();
        tx.commit().await.unwrap();
        removed.unwrap()
    });
    // Long enough to come as far as the lock; sooner, it would find everything committed.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!removing.is_finished(), "it waits");
    tx.commit().await.unwrap();
    removing.await.unwrap()
}

#[test]
fn a_link_that_is_being_made_is_blocked_too() {
    both(async |home| {
        let (store, _) = three(&home).await;
        execute(
            &home,
            "UPDATE external_company SET company_id = NULL, link_origin = NULL WHERE external_id = '3'",
        )
        .await;
        let external = number(
            &home,
            "SELECT id FROM external_company WHERE external_id = '3'",
        )
        .await;
        let uuid = uuid_of(&store, "Cedar").await;
        let mut tx = store.begin().await.unwrap();
        let target = find_target_in(&mut tx, &uuid).await.unwrap().unwrap();
        assert!(link_company_in(&mut tx, external, target.id).await.unwrap());
        let removed = remove_during(&store, tx, &uuid).await;
        assert_eq!(removed.blocked, 1);
        let found = find_for_viewer(&store, &STAFF, &uuid).await.unwrap();
        assert_eq!(found.unwrap().removal, Some(Removal::Blocked));
        store.close().await;
    });
}

#[test]
fn who_is_being_imported_is_no_member_afterwards() {
    both(async |home| {
        let (store, at) = three(&home).await;
        store_page(
            &store,
            at,
            &[contact("7", "3", "Ann", "Gray")],
            domain::record::Batch::Contacts,
            store::pages::Absence::Present,
        )
        .await;
        let found = contact_import::list_candidates(&store, at, 0, 10)
            .await
            .unwrap();
        let candidate = &found[0];
        assert_ne!(candidate.company, CompanyId(0));
        let uuid = uuid_of(&store, "Cedar").await;
        let mut tx = store.begin().await.unwrap();
        assert!(is_candidate_in(&mut tx, candidate).await.unwrap());
        let new = NewIdentity {
            email: "ann@example.com",
            ..NewIdentity::default()
        };
        let person = insert_identity(&mut tx, &new).await.unwrap();
        let role = find_preset_in(&mut tx, RolePreset::CompanyViewer)
            .await
            .unwrap();
        assert!(
            insert_membership(&mut tx, person, role.id, at, candidate)
                .await
                .unwrap()
        );
        let removed = remove_during(&store, tx, &uuid).await;
        assert_eq!(removed.members, 1);
        assert_eq!(
            number(&home, "SELECT count(*) FROM company_membership").await,
            0
        );
        store.close().await;
    });
}
