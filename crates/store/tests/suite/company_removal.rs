//! Companies that a person removes: what goes, what is blocked, and taking the block off.

use domain::id::PublicId;
use domain::record::Batch;
use domain::role_preset::RolePreset;
use domain::viewer::Viewer;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::companies::{
    CompanyFilter, CompanySort, Removal, exists_for_viewer, find_for_viewer, list_for_viewer,
};
use store::company_adoption::{Adopted, adopt};
use store::company_import::{count_blocked as count_blocked_of, list_unlinked};
use store::company_removal::{
    Members, count_blocked, count_members, find_blocked, list_blocked, remove_company_in,
    unblock_company_in,
};
use store::identities::{MembershipStatus, upsert_staff_membership};
use store::integration_data::{count_held, forget_account, forget_blocks, remove_batch};
use store::listing::{Count, Direction};
use store::pages::{Absence, RemovedReason};
use store::roles::find_preset_in;
use store::{Store, Tx};

use crate::harness::{Home, both, integration};
use crate::records::{company, member_of, number, store_companies, store_page};

pub const STAFF: Viewer = Viewer::ApiKey(1);

pub async fn uuid_of(store: &Store, name: &str) -> PublicId {
    let found = list_for_viewer(
        store,
        &STAFF,
        &CompanyFilter::default(),
        CompanySort::Name,
        Direction::Ascending,
        None,
        500,
    )
    .await
    .unwrap();
    let row = found.rows.into_iter().find(|row| row.name == name);
    row.expect("a company of that name").uuid
}

/// Removes a company as the engine does: with its audit entry.
async fn remove(store: &Store, by: &str, name: &str) -> PublicId {
    let uuid = uuid_of(store, name).await;
    let mut tx = store.begin().await.unwrap();
    let removed = remove_company_in(&mut tx, &uuid).await.unwrap().unwrap();
    assert_eq!(removed.name, name);
    log(&mut tx, by, &uuid).await;
    tx.commit().await.unwrap();
    uuid
}

async fn log(tx: &mut Tx, by: &str, uuid: &PublicId) {
    let actor = Actor::ApiKey {
        id: 1,
        name: by.to_owned(),
    };
    let entry = AuditEntry {
        actor: &actor,
        action: "company.remove",
        subject_kind: "company",
        subject_id: uuid.as_str(),
        subject_label: "",
        before: None,
        after: None,
    };
    insert_entry(tx, &entry).await.unwrap();
}

pub async fn three(home: &Home) -> (Store, domain::id::IntegrationId) {
    let store = home.open().await;
    let at = integration(&store, "a").await;
    let all = [
        company("1", "Aldergrove"),
        company("2", "Brightwater"),
        company("3", "Cedar"),
    ];
    store_companies(&store, at, &all).await;
    (store, at)
}

#[test]
fn a_removed_company_is_blocked_and_loses_its_members_only() {
    both(async |home| {
        let (store, at) = three(&home).await;
        let ann = member_of(&store, "ann@example.com", "Brightwater").await;
        let uuid = uuid_of(&store, "Brightwater").await;
        assert_eq!(
            count_members(&store, &uuid).await.unwrap(),
            Members {
                total: 1,
                active: 1
            }
        );
        let viewer = Viewer::Members(ann);
        assert!(exists_for_viewer(&store, &viewer, &uuid).await.unwrap());
        remove(&store, "Ada", "Brightwater").await;
        assert!(!exists_for_viewer(&store, &viewer, &uuid).await.unwrap());
        assert_eq!(
            number(&home, "SELECT count(*) FROM company_membership").await,
            0
        );
        let found = find_for_viewer(&store, &STAFF, &uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.removal, Some(Removal::Blocked));
        assert_eq!(found.removed_at, Some(store.now()));
        assert_eq!(found.externals.len(), 1, "it still stands for it");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            remove_company_in(&mut tx, &uuid).await.unwrap(),
            None,
            "once"
        );
        let again = adopt(&mut tx, at, &["1", "2", "3"]).await.unwrap();
        let blocked = Adopted {
            blocked: 1,
            ..Adopted::default()
        };
        assert_eq!(again, blocked, "a sync does not make it again");
        tx.commit().await.unwrap();
        assert_eq!(count_blocked_of(&store, at, None).await.unwrap(), 1);
        assert_eq!(
            count_blocked_of(&store, at, Some("cedar")).await.unwrap(),
            0
        );
        assert!(list_unlinked(&store, at, None).await.unwrap().is_empty());
        store.close().await;
    });
}

#[test]
fn staff_limited_to_a_company_find_its_block_and_people_at_it_do_not() {
    both(async |home| {
        let (store, _) = three(&home).await;
        let ann = member_of(&store, "ann@example.com", "Brightwater").await;
        let ben = member_of(&store, "ben@example.com", "Brightwater").await;
        let eve = member_of(&store, "eve@example.com", "Cedar").await;
        let mut tx = store.begin().await.unwrap();
        let role = find_preset_in(&mut tx, RolePreset::Technician)
            .await
            .unwrap()
            .id;
        for limited in [ann, eve] {
            let active = MembershipStatus::Active;
            upsert_staff_membership(&mut tx, limited, role, active, false, false)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let uuid = uuid_of(&store, "Brightwater").await;
        let members = count_members(&store, &uuid).await.unwrap();
        assert_eq!((members.total, members.active), (1, 1), "Ben");
        remove(&store, "Ann", "Brightwater").await;
        let kept = "SELECT count(*) FROM company_membership";
        assert_eq!(number(&home, kept).await, 2, "Ann’s and Eve’s");
        for (who, finds) in [(ann, 1), (ben, 0), (eve, 0)] {
            let viewer = Viewer::Members(who);
            let found = list_blocked(&store, &viewer, None, None, 10).await.unwrap();
            assert_eq!(found.rows.len(), finds, "{who:?}");
            let found = find_blocked(&store, &viewer, &uuid).await.unwrap();
            assert_eq!(found.is_some(), finds == 1, "{who:?}");
        }
        let companies = list_for_viewer(
            &store,
            &Viewer::Members(ann),
            &CompanyFilter::default(),
            CompanySort::Name,
            Direction::Ascending,
            None,
            10,
        )
        .await
        .unwrap();
        assert!(companies.rows.is_empty());
        store.close().await;
    });
}

#[test]
fn a_company_no_tool_knows_is_removed_without_a_block() {
    both(async |home| {
        let (store, _) = three(&home).await;
        let uuid = uuid_of(&store, "Cedar").await;
        crate::harness::execute(
            &home,
            "DELETE FROM external_company WHERE external_id = '3'",
        )
        .await;
        remove(&store, "Ada", "Cedar").await;
        let found = find_for_viewer(&store, &STAFF, &uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.removal, Some(Removal::ByHand));
        assert_eq!(
            count_blocked(&store, &STAFF).await.unwrap(),
            Count::Exact(0)
        );
        store.close().await;
    });
}

#[test]
fn blocked_companies_are_listed_with_who_removed_them() {
    both(async |home| {
        let (store, _) = three(&home).await;
        for (by, name) in [("Ada", "Cedar"), ("Ben", "Aldergrove")] {
            remove(&store, by, name).await;
        }
        let rows = |page| list_blocked(&store, &STAFF, None, page, 1);
        let first = rows(None).await.unwrap();
        assert_eq!(first.count, Count::Exact(2));
        assert_eq!(first.rows[0].name, "Aldergrove");
        assert_eq!(first.rows[0].removed_by.as_deref(), Some("api_key:Ben"));
        assert_eq!(first.rows[0].links[0].external_id, "1");
        let second = rows(first.next.as_ref()).await.unwrap();
        assert_eq!(second.rows[0].name, "Cedar");
        assert_eq!(second.rows[0].removed_by.as_deref(), Some("api_key:Ada"));
        assert_eq!(second.next, None);
        let back = rows(second.previous.as_ref()).await.unwrap();
        assert_eq!(back.rows, first.rows);
        let searched = list_blocked(&store, &STAFF, Some("CED"), None, 10)
            .await
            .unwrap();
        assert_eq!(searched.rows, second.rows);
        assert_eq!(searched.count, Count::Exact(1));
        let stranger = Viewer::Members(domain::id::IdentityId(99));
        let hidden = list_blocked(&store, &stranger, None, None, 10)
            .await
            .unwrap();
        assert!(hidden.rows.is_empty() && hidden.count == Count::Exact(0));
        assert_eq!(
            count_blocked(&store, &stranger).await.unwrap(),
            Count::Exact(0)
        );
        store.close().await;
    });
}

#[test]
fn without_the_block_it_can_be_imported_but_nothing_comes_back() {
    both(async |home| {
        let (store, at) = three(&home).await;
        member_of(&store, "ann@example.com", "Brightwater").await;
        let old = remove(&store, "Ada", "Brightwater").await;
        let mut tx = store.begin().await.unwrap();
        let done = unblock_company_in(&mut tx, &old).await.unwrap();
        assert_eq!(done, Some(("Brightwater".to_owned(), 1)));
        assert_eq!(
            unblock_company_in(&mut tx, &old).await.unwrap(),
            None,
            "once"
        );
        tx.commit().await.unwrap();
        assert_eq!(find_blocked(&store, &STAFF, &old).await.unwrap(), None);
        assert_eq!(list_unlinked(&store, at, None).await.unwrap().len(), 1);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            adopt(&mut tx, at, &["1", "2", "3"]).await.unwrap().created,
            1
        );
        tx.commit().await.unwrap();
        let new = uuid_of(&store, "Brightwater").await;
        assert_ne!(new, old);
        assert_eq!(
            count_members(&store, &new).await.unwrap(),
            Members::default()
        );
        let found = find_for_viewer(&store, &STAFF, &old)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            found.removal,
            Some(Removal::ByHand),
            "the old one stays removed"
        );
        store.close().await;
    });
}

/// Deletes what an integration brought, in commits of two rows.
async fn delete_data(store: &Store, at: domain::id::IntegrationId) {
    loop {
        let mut tx = store.begin().await.unwrap();
        let removed = remove_batch(&mut tx, at, 2).await.unwrap();
        if removed == 0 {
            forget_account(&mut tx, at).await.unwrap();
        }
        tx.commit().await.unwrap();
        if removed == 0 {
            return;
        }
    }
}

#[test]
fn a_block_outlives_the_data_and_nothing_else_of_the_vendor_does() {
    both(async |home| {
        let (store, at) = three(&home).await;
        let uuid = remove(&store, "Ada", "Brightwater").await;
        delete_data(&store, at).await;
        assert_eq!(
            number(
                &home,
                "SELECT count(*) FROM external_company WHERE absent = 1 AND fields = '{}' AND external_id = '2'"
            )
            .await,
            1
        );
        assert_eq!(
            number(&home, "SELECT count(*) FROM external_company").await,
            1
        );
        let blocked = find_blocked(&store, &STAFF, &uuid).await.unwrap().unwrap();
        assert_eq!(blocked.links.len(), 1, "it says what is skipped");
        // The same account is connected again.
        let all = [
            company("1", "Aldergrove"),
            company("2", "Brightwater"),
            company("3", "Cedar"),
        ];
        store_page(&store, at, &all, Batch::Companies, Absence::Present).await;
        let mut tx = store.begin().await.unwrap();
        let adopted = adopt(&mut tx, at, &["1", "2", "3"]).await.unwrap();
        assert_eq!((adopted.created, adopted.blocked), (2, 1));
        let freed = unblock_company_in(&mut tx, &uuid).await.unwrap();
        assert_eq!(freed, Some(("Brightwater".to_owned(), 1)));
        assert_eq!(adopt(&mut tx, at, &["2"]).await.unwrap().created, 1);
        tx.commit().await.unwrap();
        store.close().await;
    });
}

/// What *Disconnect* keeps and *Delete data* takes: a block is neither, however its company stands at the vendor.
#[test]
fn companies_no_page_shows_are_counted_and_blocked_ones_are_not() {
    both(async |home| {
        let (store, at) = three(&home).await;
        let other = integration(&store, "b").await;
        let gone = Absence::Removed(RemovedReason::Vendor);
        let put = async |whose, id, name, absence| {
            let one = [company(id, name)];
            store_page(&store, whose, &one, Batch::Companies, absence).await;
        };
        put(at, "4", "Dunmore", Absence::OutOfScope).await;
        put(at, "5", "Elmsworth", gone).await;
        put(other, "9", "Elsewhere", gone).await;
        let counted = async || {
            let companies = count_held(&store, at).await.unwrap().companies;
            (companies.all, companies.hidden)
        };
        assert_eq!(counted().await, (5, 2), "Dunmore and Elmsworth");
        let uuid = remove(&store, "Ada", "Brightwater").await;
        assert_eq!(counted().await, (4, 2), "blocked, and still there");
        put(at, "2", "Brightwater", gone).await;
        assert_eq!(counted().await, (4, 2), "blocked, and gone there");
        let mut tx = store.begin().await.unwrap();
        unblock_company_in(&mut tx, &uuid).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counted().await, (5, 3), "gone there, without the block");
        remove(&store, "Ada", "Cedar").await;
        delete_data(&store, at).await;
        assert_eq!(counted().await, (0, 0), "the block on Cedar stays");
        assert_eq!(
            number(
                &home,
                "SELECT count(*) FROM external_company WHERE external_id = '3'"
            )
            .await,
            1
        );
        store.close().await;
    });
}

#[test]
fn another_account_ends_the_blocks_of_the_one_before() {
    both(async |home| {
        let (store, at) = three(&home).await;
        let other = integration(&store, "b").await;
        store_companies(&store, other, &[company("9", "Cedar of b")]).await;
        crate::harness::execute(
            &home,
            "UPDATE external_company SET company_id = (SELECT id FROM company WHERE name = 'Cedar') WHERE external_id = '9'",
        )
        .await;
        let alone = remove(&store, "Ada", "Brightwater").await;
        let of_both = remove(&store, "Ada", "Cedar").await;
        delete_data(&store, at).await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(forget_blocks(&mut tx, at).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(find_blocked(&store, &STAFF, &alone).await.unwrap(), None);
        let found = find_for_viewer(&store, &STAFF, &alone).await.unwrap();
        assert_eq!(found.unwrap().removal, Some(Removal::ByHand));
        let blocked = find_blocked(&store, &STAFF, &of_both).await.unwrap();
        let links = blocked.unwrap().links;
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].external_id, "9", "the other tool still skips it");
        store.close().await;
    });
}
