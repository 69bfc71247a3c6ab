//! What Quick Match compares: only what is free on either side.

use domain::record::Batch;
use store::company_import::{CompanyImportQuery, list_some_for_import};
use store::listing::Count;
use store::pages::Absence;
use store::quick_match::{
    list_free_companies, list_free_technicians, list_own_companies, list_own_users,
};
use store::technicians::{ImportQuery, link_technician_in, list_some_importable};

use crate::harness::{both, execute, integration};
use crate::records::{company, store_companies, store_page};
use crate::technician_import::{identity, store_technicians};

#[test]
fn companies_are_free_until_they_are_linked() {
    both(async |home| {
        let store = home.open().await;
        let (psa, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        store_companies(&store, psa, &[company("1", "Both know it")]).await;
        let mut known = company("7", "Only the other");
        known.website = Some("other.example".to_owned());
        store_companies(&store, other, &[known]).await;
        let free = [
            company("2", "Free"),
            company("3", "Free as well"),
            company("4", "Gone"),
        ];
        store_page(&store, psa, &free, Batch::Companies, Absence::Present).await;
        execute(
            &home,
            "UPDATE external_company SET absent = 1 WHERE external_id = '4'",
        )
        .await;
        let found = list_free_companies(&store, psa).await.unwrap();
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Free", "Free as well"]);
        let own = list_own_companies(&store, psa).await.unwrap();
        assert_eq!(own.len(), 1, "{own:?}");
        assert_eq!(own[0].name, "Only the other");
        assert_eq!(own[0].website.as_deref(), Some("other.example"));
        execute(&home, "UPDATE company SET removed_at = 1").await;
        assert!(list_own_companies(&store, psa).await.unwrap().is_empty());

        let query = CompanyImportQuery {
            integration: psa,
            search: None,
            unlinked_only: false,
            page: None,
            limit: 1,
        };
        let only = found.iter().map(|one| one.id).collect();
        let first = list_some_for_import(&store, &query, &only).await.unwrap();
        assert_eq!((first.rows.len(), first.count), (1, Count::Exact(2)));
        let query = CompanyImportQuery {
            page: first.next,
            ..query
        };
        let second = list_some_for_import(&store, &query, &only).await.unwrap();
        assert_eq!(second.rows[0].name, "Free as well");
        assert!(second.next.is_none());
        store.close().await;
    });
}

#[test]
fn people_are_free_until_they_are_linked() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let people = [("1", "Ann", Some("ann@x.example")), ("2", "Bob", None)];
        store_technicians(&store, at, &people).await;
        let ann = identity(&store, "ann@y.example").await;
        let found = list_free_technicians(&store, at).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name, "Ann Lee");
        let users = list_own_users(&store, at).await.unwrap();
        assert_eq!(users[0].email, "ann@y.example");
        let query = ImportQuery {
            integration: at,
            search: None,
            unlinked_only: false,
            page: None,
            limit: 10,
        };
        let only = [found[1].id].into();
        let some = list_some_importable(&store, &query, &only).await.unwrap();
        assert_eq!(some.rows[0].name, "Bob Lee");
        assert_eq!(some.count, Count::Exact(1));
        let mut tx = store.begin().await.unwrap();
        link_technician_in(&mut tx, found[0].id, Some(ann))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list_free_technicians(&store, at).await.unwrap().len(), 1);
        assert!(list_own_users(&store, at).await.unwrap().is_empty());
        store.close().await;
    });
}
