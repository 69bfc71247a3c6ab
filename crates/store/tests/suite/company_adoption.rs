//! External companies that become companies of Portico.

use std::time::Duration;

use domain::id::CompanyId;
use domain::record::Batch;
use domain::stream::Stream;
use store::company_adoption::{Adopted, adopt, count_unlinked, update_names};
use store::company_import::{find_for_import_in, link_company_in, list_unlinked};
use store::pages::{Absence, RemovedReason, mark_removed, read_known};

use crate::harness::{both, execute, integration};
use crate::records::{company, number, store_companies, store_page};

/// Companies that are not removed.
const HERE: &str = "SELECT count(*) FROM company WHERE removed_at IS NULL";

#[test]
fn a_company_is_created_once_and_survives_the_vendors() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let many: Vec<_> = (0..300)
            .map(|number| company(&number.to_string(), &format!("Company {number}")))
            .collect();
        store_page(&store, at, &many, Batch::Companies, Absence::Present).await;
        let ids: Vec<&str> = many
            .iter()
            .map(|company| company.external_id.as_str())
            .collect();
        let mut tx = store.begin().await.unwrap();
        let created = |created| Adopted {
            created,
            ..Adopted::default()
        };
        assert_eq!(adopt(&mut tx, at, &ids[..200]).await.unwrap(), created(200));
        tx.commit().await.unwrap();
        assert_eq!(count_unlinked(&store, at).await.unwrap(), 100);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(adopt(&mut tx, at, &ids).await.unwrap(), created(100));
        assert_eq!(adopt(&mut tx, at, &ids).await.unwrap(), created(0));
        assert_eq!(adopt(&mut tx, at, &["unknown"]).await.unwrap(), created(0));
        tx.commit().await.unwrap();
        assert_eq!(number(&home, HERE).await, 300);
        assert_eq!(count_unlinked(&store, at).await.unwrap(), 0);
        let linked = "SELECT count(*) FROM external_company x JOIN company c ON c.id = x.company_id
            WHERE x.link_origin = 'source' AND c.name = x.name AND c.name_key = x.name_key AND c.primary_integration_id = x.integration_id";
        assert_eq!(number(&home, linked).await, 300);
        assert_eq!(
            number(&home, "SELECT count(DISTINCT uuid) FROM company").await,
            300
        );

        let mut tx = store.begin().await.unwrap();
        let known = read_known(&mut tx, at, Stream::Companies, &["7"])
            .await
            .unwrap()["7"];
        mark_removed(
            &mut tx,
            Stream::Companies,
            &[known.id],
            RemovedReason::Vendor,
            store.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            number(&home, HERE).await,
            300,
            "the vendor's removal leaves the company"
        );
        store.close().await;
    });
}

/// A full run adopts what an administrator imports or links in a transaction that is still open.
#[test]
fn a_company_that_is_linked_at_this_moment_is_not_made_again() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("0", "Here already")]).await;
        let new = [company("1", "Imported"), company("2", "Linked")];
        store_page(&store, at, &new, Batch::Companies, Absence::Present).await;
        let found = list_unlinked(&store, at, None).await.unwrap();
        let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
        assert_eq!(ids.len(), 2);
        let mut tx = store.begin().await.unwrap();
        for id in &ids {
            find_for_import_in(&mut tx, *id).await.unwrap().unwrap();
        }
        adopt(&mut tx, at, &["1"]).await.unwrap();
        let target: CompanyId = CompanyId(number(&home, "SELECT min(id) FROM company").await);
        assert!(link_company_in(&mut tx, ids[1], target).await.unwrap());
        let run = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.begin().await?;
                let done = adopt(&mut tx, at, &["0", "1", "2"]).await?;
                tx.commit().await.map(|()| done)
            }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
        assert_eq!(run.await.unwrap().unwrap(), Adopted::default());
        assert_eq!(number(&home, "SELECT count(*) FROM company").await, 2);
        let by_hand = "SELECT count(*) FROM external_company WHERE external_id = '2' AND link_origin = 'import'";
        assert_eq!(number(&home, by_hand).await, 1);
        store.close().await;
    });
}

#[test]
fn what_a_person_removed_is_not_created_again() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "One"), company("2", "Two")]).await;
        execute(&home, "UPDATE company SET removed_at = 5, removed_reason = CASE WHEN name = 'One' THEN 'blocked' ELSE 'cleared' END").await;
        let mut tx = store.begin().await.unwrap();
        let done = adopt(&mut tx, at, &["1", "2"]).await.unwrap();
        assert_eq!(
            done,
            Adopted {
                created: 0,
                restored: 1,
                blocked: 1
            }
        );
        tx.commit().await.unwrap();
        assert_eq!(number(&home, HERE).await, 1);
        assert_eq!(number(&home, "SELECT count(*) FROM company").await, 2);
        store.close().await;
    });
}

#[test]
fn only_the_primary_integration_renames() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        store_companies(&store, at, &[company("1", "One")]).await;
        store_page(
            &store,
            other,
            &[company("1", "Uno")],
            Batch::Companies,
            Absence::Present,
        )
        .await;
        execute(
            &home,
            "UPDATE external_company SET company_id = (SELECT id FROM company) WHERE name = 'Uno'",
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(update_names(&mut tx, other, &["1"]).await.unwrap(), 0);
        assert_eq!(update_names(&mut tx, at, &["1"]).await.unwrap(), 0);
        tx.commit().await.unwrap();
        store_page(
            &store,
            at,
            &[company("1", "First")],
            Batch::Companies,
            Absence::Present,
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        assert_eq!(update_names(&mut tx, at, &["1"]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(
            number(
                &home,
                "SELECT count(*) FROM company WHERE name = 'First' AND name_key = 'first'"
            )
            .await,
            1
        );
        store.close().await;
    });
}
