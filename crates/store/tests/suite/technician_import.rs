//! Technicians that can be imported, and the link of one to a user.

use std::collections::BTreeSet;

use domain::id::{IdentityId, IntegrationId};
use domain::record::{Batch, TechnicianRecord};
use domain::role_preset::RolePreset;
use store::Store;
use store::identities::{MembershipStatus, NewIdentity, insert_identity, upsert_staff_membership};
use store::listing::Count;
use store::pages::Absence;
use store::roles::find_preset_in;
use store::technicians::{
    ImportCounts, ImportQuery, ImportRow, Linked, count_importable, find_importable_in,
    link_technician_in, list_importable, list_importable_ids, list_sharing_address,
};

use crate::harness::{both, execute, integration};
use crate::records::store_page;

/// Stores active people by vendor's id, name and address.
pub async fn store_technicians(
    store: &Store,
    at: IntegrationId,
    people: &[(&str, &str, Option<&str>)],
) {
    let records: Vec<TechnicianRecord> = people
        .iter()
        .map(|(id, name, email)| TechnicianRecord {
            external_id: (*id).to_owned(),
            first_name: (*name).to_owned(),
            last_name: "Lee".to_owned(),
            email: email.map(str::to_owned),
            title: Some("Engineer".to_owned()),
            active: true,
            person: true,
            fields: domain::record::Fields::default(),
        })
        .collect();
    store_page(store, at, &records, Batch::Technicians, Absence::Present).await;
}

fn query(at: IntegrationId) -> ImportQuery {
    ImportQuery {
        integration: at,
        search: None,
        unlinked_only: false,
        page: None,
        limit: 100,
    }
}

/// All of them by name.
pub async fn all(store: &Store, at: IntegrationId) -> Vec<ImportRow> {
    let (mut query, mut rows) = (query(at), Vec::new());
    loop {
        let page = list_importable(store, &query).await.unwrap();
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.page = Some(next),
            None => return rows,
        }
    }
}

/// A staff user with this address.
pub async fn identity(store: &Store, email: &str) -> IdentityId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            name: "User",
            ..NewIdentity::default()
        },
    )
    .await
    .unwrap();
    let role = find_preset_in(&mut tx, RolePreset::Technician)
        .await
        .unwrap();
    upsert_staff_membership(&mut tx, id, role.id, MembershipStatus::Active, false, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn link(store: &Store, technician: i64, identity: Option<IdentityId>) -> Linked {
    let mut tx = store.begin().await.unwrap();
    let linked = link_technician_in(&mut tx, technician, identity)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    linked
}

#[test]
fn active_people_are_listed_with_their_link_and_with_who_has_their_address() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let people = [
            ("1", "Ann", Some("Ann@Example.com")),
            ("2", "Bob", None),
            ("3", "Cem", Some("cem@example.com")),
            ("4", "Dan", Some("dan@example.com")),
            ("5", "Eve", Some("no address")),
            ("6", "Off", Some("off@example.com")),
            ("7", "Api", Some("api@example.com")),
            ("8", "Gone", Some("gone@example.com")),
        ];
        store_technicians(&store, at, &people).await;
        store_technicians(
            &store,
            other,
            &[("1", "Elsewhere", Some("ann@example.com"))],
        )
        .await;
        for sql in [
            "UPDATE technician SET active = 0 WHERE external_id = '6'",
            "UPDATE technician SET person = 0 WHERE external_id = '7'",
            "UPDATE technician SET absent = 1 WHERE external_id = '8'",
        ] {
            execute(&home, sql).await;
        }
        let ann = identity(&store, "ann@example.com").await;
        let user = identity(&store, "boss@example.com").await;
        let rows = all(&store, at).await;
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["Ann Lee", "Bob Lee", "Cem Lee", "Dan Lee", "Eve Lee"]
        );
        assert_eq!(rows[0].taken_by.as_ref().map(|taken| taken.id), Some(ann));
        assert_eq!(
            (rows[0].title.as_deref(), rows[0].active, rows[0].stored_at),
            (Some("Engineer"), true, store.now())
        );
        assert!(rows[1..].iter().all(|row| row.taken_by.is_none()));
        assert_eq!(link(&store, rows[2].id, Some(user)).await, Linked::Linked);
        let rows = all(&store, at).await;
        let linked = rows[2].identity.as_ref().unwrap();
        assert_eq!(
            (linked.id, linked.email.as_str(), linked.name.as_str()),
            (user, "boss@example.com", "User")
        );

        let counts = ImportCounts {
            all: 5,
            unlinked: 4,
            without_email: 2,
        };
        assert_eq!(count_importable(&store, at, None).await.unwrap(), counts);
        let unlinked = list_importable(
            &store,
            &ImportQuery {
                unlinked_only: true,
                ..query(at)
            },
        )
        .await
        .unwrap();
        let names: Vec<&str> = unlinked.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            (names, unlinked.count),
            (
                vec!["Ann Lee", "Bob Lee", "Dan Lee", "Eve Lee"],
                Count::Exact(4)
            )
        );
        assert_eq!(
            list_importable_ids(&store, at, None).await.unwrap(),
            [rows[0].id, rows[3].id]
        );
        assert_eq!(
            list_importable_ids(&store, at, Some("DAN example"))
                .await
                .unwrap(),
            [rows[3].id]
        );
        let found = list_importable(
            &store,
            &ImportQuery {
                search: Some("cem@".into()),
                ..query(at)
            },
        )
        .await
        .unwrap();
        assert_eq!(
            found.rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            [rows[2].id]
        );

        let mut tx = store.begin().await.unwrap();
        assert!(
            find_importable_in(&mut tx, rows[0].id)
                .await
                .unwrap()
                .unwrap()
                .active
        );
        assert_eq!(find_importable_in(&mut tx, 9_999).await.unwrap(), None);
        tx.rollback().await.unwrap();
        execute(
            &home,
            "UPDATE technician SET active = 0 WHERE external_id = '1'",
        )
        .await;
        let mut tx = store.begin().await.unwrap();
        assert!(
            !find_importable_in(&mut tx, rows[0].id)
                .await
                .unwrap()
                .unwrap()
                .active
        );
    });
}

#[test]
fn who_shares_an_address_and_whose_user_stands_for_another_is_told() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        let people = [
            ("1", "Ann", Some("One@Example.com")),
            ("2", "Bob", Some("one@example.com")),
            ("3", "Cem", Some("own@example.com")),
            ("4", "Dan", None),
            ("5", "Eve", None),
            ("6", "Off", Some("own@example.com")),
        ];
        store_technicians(&store, at, &people).await;
        let elsewhere = [("1", "Fay", Some("own@example.com"))];
        store_technicians(&store, other, &elsewhere).await;
        execute(
            &home,
            "UPDATE technician SET active = 0 WHERE external_id = '6'",
        )
        .await;
        let sharing = async || list_sharing_address(&store, at).await.unwrap();
        let rows = all(&store, at).await;
        let mut expected = [rows[0].id, rows[1].id].map(|id| (id, "one@example.com".to_owned()));
        expected.sort();
        assert_eq!(sharing().await, expected);
        let user = identity(&store, "one@example.com").await;
        let taken = |row: &ImportRow| {
            let by = row.taken_by.as_ref().map(|user| user.id);
            (by, row.taken_as.clone())
        };
        let rows = all(&store, at).await;
        assert_eq!(taken(&rows[1]), (Some(user), None));
        // A record of another integration is no obstacle.
        let there = all(&store, other).await;
        link(&store, there[0].id, Some(user)).await;
        assert_eq!(taken(&all(&store, at).await[1]), (Some(user), None));
        link(&store, rows[0].id, Some(user)).await;
        let rows = all(&store, at).await;
        assert!(sharing().await.is_empty());
        let held = (Some(user), Some("Ann Lee".to_owned()));
        assert_eq!(taken(&rows[1]), held);
        assert_eq!(taken(&rows[0]), (None, None), "linked itself");
        assert_eq!(taken(&rows[2]), (None, None));
    });
}

#[test]
fn a_link_is_to_one_user_and_one_technician_of_an_integration() {
    both(async |home| {
        let store = home.open().await;
        let (at, other) = (
            integration(&store, "a").await,
            integration(&store, "b").await,
        );
        store_technicians(&store, at, &[("1", "Ann", None), ("2", "Bob", None)]).await;
        store_technicians(&store, other, &[("1", "Ann", None)]).await;
        let (here, there) = (all(&store, at).await, all(&store, other).await);
        let (user, second) = (
            identity(&store, "u@example.com").await,
            identity(&store, "v@example.com").await,
        );
        assert_eq!(link(&store, here[0].id, Some(user)).await, Linked::Linked);
        assert_eq!(
            link(&store, here[0].id, Some(second)).await,
            Linked::AlreadyLinkedTo(user)
        );
        assert_eq!(
            link(&store, here[0].id, Some(user)).await,
            Linked::AlreadyLinkedTo(user)
        );
        assert_eq!(
            link(&store, here[1].id, Some(user)).await,
            Linked::TargetHasAnother
        );
        assert_eq!(
            link(&store, there[0].id, Some(user)).await,
            Linked::Linked,
            "another integration"
        );
        assert_eq!(
            link(&store, here[1].id, Some(IdentityId(9_999))).await,
            Linked::TargetGone
        );
        assert_eq!(link(&store, 9_999, Some(user)).await, Linked::Gone);
        assert_eq!(link(&store, here[0].id, None).await, Linked::Linked);
        assert_eq!(link(&store, here[1].id, Some(user)).await, Linked::Linked);
        // The next sync of the same people leaves links alone.
        store_technicians(&store, at, &[("1", "Anna", None), ("2", "Bobby", None)]).await;
        let rows = all(&store, at).await;
        let linked: Vec<Option<IdentityId>> = rows
            .iter()
            .map(|row| row.identity.as_ref().map(|user| user.id))
            .collect();
        assert_eq!(linked, [None, Some(user)]);
    });
}

#[test]
fn two_administrators_cannot_take_the_same_technician_or_the_same_user() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_technicians(&store, at, &[("1", "Ann", None), ("2", "Bob", None)]).await;
        let rows = all(&store, at).await;
        let (user, second) = (
            identity(&store, "u@example.com").await,
            identity(&store, "v@example.com").await,
        );
        for pairs in [
            [(rows[0].id, user), (rows[0].id, second)],
            [(rows[0].id, user), (rows[1].id, user)],
        ] {
            let racers = pairs.map(|(technician, identity)| {
                let store = store.clone();
                tokio::spawn(async move { link(&store, technician, Some(identity)).await })
            });
            let mut outcomes = Vec::new();
            for racer in racers {
                outcomes.push(racer.await.unwrap());
            }
            let linked = outcomes
                .iter()
                .filter(|outcome| **outcome == Linked::Linked)
                .count();
            assert_eq!(linked, 1, "{outcomes:?}");
            for row in &rows {
                link(&store, row.id, None).await;
            }
        }
    });
}

#[test]
fn the_dialog_with_5_000_people_has_no_gap_and_no_double() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let texts: Vec<(String, String, String)> = (0..5_000)
            .map(|number| {
                (
                    number.to_string(),
                    format!("Person {}", number % 70),
                    format!("p{number}@example.com"),
                )
            })
            .collect();
        for part in texts.chunks(500) {
            let people: Vec<_> = part
                .iter()
                .map(|(id, name, email)| (id.as_str(), name.as_str(), Some(email.as_str())))
                .collect();
            store_technicians(&store, at, &people).await;
        }
        let rows = all(&store, at).await;
        let ids: BTreeSet<&str> = rows.iter().map(|row| row.external_id.as_str()).collect();
        assert_eq!((rows.len(), ids.len()), (5_000, 5_000));
        assert_eq!(
            list_importable_ids(&store, at, None).await.unwrap().len(),
            5_000
        );
    });
}
