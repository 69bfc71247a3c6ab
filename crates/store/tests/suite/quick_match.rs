//! What Quick Match compares: only what is free on either side.

use domain::id::CompanyId;
use domain::record::Batch;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::companies::count_contacts;
use store::company_import::{
    CompanyImportQuery, find_for_import, link_company_in, list_some_for_import, list_unlinked,
    unlink_company_in,
};
use store::listing::Count;
use store::pages::Absence;
use store::quick_match::{
    Found, companies_version, list_free_companies, list_free_technicians, list_own_companies,
    list_own_users, people_version,
};
use store::technicians::{
    ImportQuery, count_importable, link_technician_in, list_importable_ids, list_some_importable,
};

use crate::harness::{both, execute, integration};
use crate::records::{company, contact, store_companies, store_page};
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
        let only: Vec<Found> = found
            .iter()
            .map(|one| Found {
                id: one.id,
                sort_key: one.sort_key.clone(),
                searched: one.sort_key.clone(),
            })
            .collect();
        let first = list_some_for_import(&store, &query, &only).await.unwrap();
        assert_eq!((first.rows.len(), first.count), (1, Count::Exact(2)));
        let query = CompanyImportQuery {
            page: first.next,
            ..query.clone()
        };
        let second = list_some_for_import(&store, &query, &only).await.unwrap();
        assert_eq!(second.rows[0].name, "Free as well");
        assert!(second.next.is_none());
        let query = CompanyImportQuery {
            page: None,
            search: Some("WELL as".to_owned()),
            limit: 5,
            ..query
        };
        let some = list_some_for_import(&store, &query, &only).await.unwrap();
        assert_eq!((some.rows.len(), some.count), (1, Count::Exact(1)));
        assert_eq!(some.rows[0].name, "Free as well");
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
        let only = [Found {
            id: found[1].id,
            sort_key: found[1].sort_key.clone(),
            searched: found[1].sort_key.clone(),
        }];
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

/// What Quick Match found is kept while neither side changed, so each change has to show in the version.
#[test]
fn a_version_tells_every_change_of_either_side() {
    both(async |home| {
        let store = home.open().await;
        let (psa, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        store_companies(
            &store,
            other,
            &[company("7", "Here"), company("8", "Here too")],
        )
        .await;
        let there = [company("1", "One"), company("2", "Two")];
        store_page(&store, psa, &there, Batch::Companies, Absence::Present).await;
        let mut seen = vec![companies_version(&store).await.unwrap()];
        assert_eq!(companies_version(&store).await.unwrap(), seen[0]);
        let mut changed = there.clone();
        changed[1].phone = Some("029 2018 0142".to_owned());
        store_page(&store, psa, &changed, Batch::Companies, Absence::Present).await;
        seen.push(companies_version(&store).await.unwrap());
        let free = list_free_companies(&store, psa).await.unwrap();
        // One link, then the other one of the two, which leaves as many as before.
        for (link, company) in [(0, 1), (1, 2)] {
            let mut tx = store.begin().await.unwrap();
            link_company_in(&mut tx, free[link].id, CompanyId(company))
                .await
                .unwrap();
            tx.commit().await.unwrap();
            seen.push(companies_version(&store).await.unwrap());
            let row = find_for_import(&store, free[link].id)
                .await
                .unwrap()
                .unwrap();
            let mut tx = store.begin().await.unwrap();
            unlink_company_in(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
        }
        for sql in [
            "UPDATE external_company SET absent = 1 WHERE external_id = '1'",
            "UPDATE external_company SET absent = CASE WHEN external_id = '1' THEN 0 ELSE 1 END WHERE external_id IN ('1', '2')",
            "UPDATE company SET removed_at = 5 WHERE name_key = 'here'",
            "UPDATE company SET removed_at = CASE WHEN name_key = 'here' THEN NULL ELSE 5 END",
        ] {
            execute(&home, sql).await;
            seen.push(companies_version(&store).await.unwrap());
        }
        store_companies(&store, other, &[company("9", "New")]).await;
        seen.push(companies_version(&store).await.unwrap());
        for (place, version) in seen.iter().enumerate() {
            assert!(!seen[..place].contains(version), "{place}: {seen:?}");
        }

        let people = [("1", "Ann", Some("ann@x.example")), ("2", "Bob", None)];
        store_technicians(&store, psa, &people).await;
        let ann = identity(&store, "ann@y.example").await;
        let mut seen = vec![people_version(&store).await.unwrap()];
        let found = list_free_technicians(&store, psa).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        link_technician_in(&mut tx, found[1].id, Some(ann))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        seen.push(people_version(&store).await.unwrap());
        // A user's name or address: what people change leaves an entry.
        let mut tx = store.begin().await.unwrap();
        let entry = AuditEntry {
            actor: &Actor::System,
            action: "user.update",
            subject_kind: "identity",
            subject_id: "x",
            subject_label: "x",
            before: None,
            after: None,
        };
        insert_entry(&mut tx, &entry).await.unwrap();
        tx.commit().await.unwrap();
        seen.push(people_version(&store).await.unwrap());
        execute(&home, "UPDATE staff_membership SET status = 'disabled'").await;
        seen.push(people_version(&store).await.unwrap());
        let renamed = [("1", "Anna", Some("ann@x.example"))];
        store_technicians(&store, psa, &renamed).await;
        seen.push(people_version(&store).await.unwrap());
        for (place, version) in seen.iter().enumerate() {
            assert!(!seen[..place].contains(version), "{place}: {seen:?}");
        }
        store.close().await;
    });
}

/// Only one company of a name can be meant by it; of several a person tells which, and sees what tells them apart.
#[test]
fn of_several_companies_with_one_name_none_is_taken_for_it() {
    both(async |home| {
        let store = home.open().await;
        let (psa, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let mut leeds = company("7", "Harbour");
        leeds.website = Some("harbour.example".to_owned());
        store_companies(&store, other, &[leeds, company("8", "Quayside")]).await;
        let people = [
            contact("1", "7", "Ann", "Lee"),
            contact("2", "7", "Bob", "Lee"),
        ];
        store_page(&store, other, &people, Batch::Contacts, Absence::Present).await;
        let there = [company("1", "Harbour"), company("2", "Quayside")];
        store_page(&store, psa, &there, Batch::Companies, Absence::Present).await;
        let free = list_free_companies(&store, psa).await.unwrap();
        let harbour = find_for_import(&store, free[0].id).await.unwrap().unwrap();
        let same = harbour.same_name.expect("the only one of that name");
        assert_eq!(harbour.same_names, 1);
        let counts = count_contacts(&store, &[same.id, CompanyId(99)])
            .await
            .unwrap();
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(same.id, 2)]);

        store_companies(&store, other, &[company("9", "HARBOUR")]).await;
        let harbour = find_for_import(&store, free[0].id).await.unwrap().unwrap();
        assert_eq!((harbour.same_name, harbour.same_names), (None, 2));
        let all = list_unlinked(&store, psa, None).await.unwrap();
        let named: Vec<bool> = all.iter().map(|one| one.same_name.is_some()).collect();
        assert_eq!(named, [false, true], "Harbour, Quayside");
        store.close().await;
    });
}

/// A vendor's address that is none counts as a missing one, and stays as the vendor has it.
#[test]
fn an_address_without_a_host_of_the_internet_is_missing() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let people = [
            ("1", "Ann", Some("ann@x.example")),
            ("2", "Peter", Some("peter@x")),
        ];
        store_technicians(&store, at, &people).await;
        let counts = count_importable(&store, at, None).await.unwrap();
        assert_eq!((counts.all, counts.without_email), (2, 1));
        assert_eq!(
            list_importable_ids(&store, at, None).await.unwrap().len(),
            1
        );
        let free = list_free_technicians(&store, at).await.unwrap();
        assert_eq!(free[1].email.as_deref(), Some("peter@x"));
        assert_eq!(free[1].email_key, "");
        store.close().await;
    });
}
