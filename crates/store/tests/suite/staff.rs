//! The list of staff users, at the size of a large provider.

mod administrators;
mod ranges;

use std::collections::BTreeSet;

use domain::id::{IdentityId, RoleId};
use domain::role_preset::RolePreset;
use store::Store;
use store::identities::{
    MembershipStatus, NewIdentity, Profile, find_identity, insert_identity, update_last_sign_in,
    update_profile, upsert_staff_membership,
};
use store::listing::{Count, Direction};
use store::roles::find_preset_in;
use store::staff::{
    StaffQuery, StaffRow, StaffSort, count_staff, list_staff_page, set_staff_role, set_staff_status,
};

use crate::harness::{both, integration};

/// Roles by their place in [`RolePreset::ALL`].
async fn preset(store: &Store, preset: RolePreset) -> RoleId {
    let mut tx = store.begin().await.unwrap();
    let id = find_preset_in(&mut tx, preset).await.unwrap().id;
    tx.rollback().await.unwrap();
    id
}

async fn staff(
    store: &Store,
    name: &str,
    email: &str,
    role: RoleId,
    status: MembershipStatus,
) -> IdentityId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            name,
            ..NewIdentity::default()
        },
    )
    .await
    .unwrap();
    upsert_staff_membership(&mut tx, id, role, status, false, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

/// Every second has a name that others have too; every tenth is switched off; every hundredth manages.
async fn many(store: &Store, count: usize) {
    let technician = preset(store, RolePreset::Technician).await;
    let manager = preset(store, RolePreset::Manager).await;
    let mut tx = store.begin().await.unwrap();
    for number in 0..count {
        let name = if number % 2 == 0 {
            format!("Person {}", number % 50)
        } else {
            format!("Éva {number}")
        };
        let email = format!("p{number}@example.com");
        let new = NewIdentity {
            email: &email,
            name: &name,
            ..NewIdentity::default()
        };
        let id = insert_identity(&mut tx, &new).await.unwrap();
        let status = if number % 10 == 0 {
            MembershipStatus::Disabled
        } else {
            MembershipStatus::Active
        };
        let role = if number % 100 == 0 {
            manager
        } else {
            technician
        };
        upsert_staff_membership(&mut tx, id, role, status, false, true)
            .await
            .unwrap();
        if number % 3 == 0 {
            update_last_sign_in(&mut tx, id).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

fn query() -> StaffQuery {
    StaffQuery {
        limit: 100,
        ..StaffQuery::default()
    }
}

async fn emails(store: &Store, query: &StaffQuery) -> Vec<String> {
    let page = list_staff_page(store, query).await.unwrap();
    page.rows.into_iter().map(|row| row.email).collect()
}

async fn walk(store: &Store, start: &StaffQuery) -> Vec<StaffRow> {
    let (mut query, mut rows) = (start.clone(), Vec::new());
    loop {
        let page = list_staff_page(store, &query).await.unwrap();
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.page = Some(next),
            None => return rows,
        }
    }
}

#[test]
fn a_list_of_5_000_has_no_gap_and_no_double() {
    both(async |home| {
        let store = home.open().await;
        many(&store, 5_000).await;
        for (sort, direction) in [
            (StaffSort::Name, Direction::Ascending),
            (StaffSort::Name, Direction::Descending),
            (StaffSort::LastSignIn, Direction::Ascending),
            (StaffSort::LastSignIn, Direction::Descending),
        ] {
            let start = StaffQuery {
                sort,
                direction,
                limit: 500,
                ..StaffQuery::default()
            };
            let rows = walk(&store, &start).await;
            assert_eq!(rows.len(), 5_000);
            let ids: BTreeSet<i64> = rows.iter().map(|row| row.id.0).collect();
            assert_eq!(ids.len(), 5_000, "{sort:?} {direction:?}");
            let key = |row: &StaffRow| match sort {
                StaffSort::Name => (domain::text::name_key(&row.name), 0, row.id.0),
                StaffSort::LastSignIn => (
                    String::new(),
                    row.last_sign_in_at.map_or(0, |at| at.0),
                    row.id.0,
                ),
            };
            let in_order = rows.windows(2).all(|pair| match direction {
                Direction::Ascending => key(&pair[0]) < key(&pair[1]),
                Direction::Descending => key(&pair[0]) > key(&pair[1]),
            });
            assert!(in_order, "{sort:?} {direction:?}");
        }
        // The third page and back.
        let first = list_staff_page(&store, &query()).await.unwrap();
        let second = list_staff_page(
            &store,
            &StaffQuery {
                page: first.next.clone(),
                ..query()
            },
        )
        .await
        .unwrap();
        let back = list_staff_page(
            &store,
            &StaffQuery {
                page: second.previous,
                ..query()
            },
        )
        .await
        .unwrap();
        assert_eq!(back.rows, first.rows);
        assert_eq!(first.count, Count::Exact(5_000));

        let found = emails(
            &store,
            &StaffQuery {
                search: Some("P4711@EXAMPLE".into()),
                ..query()
            },
        )
        .await;
        assert_eq!(found, ["p4711@example.com"]);
        let expected: BTreeSet<String> = (0..5_000)
            .filter(|number| number % 2 == 0 && number % 50 == 18)
            .map(|number| format!("p{number}@example.com"))
            .collect();
        let rows = walk(
            &store,
            &StaffQuery {
                search: Some("person 18 EXAMPLE".into()),
                limit: 7,
                ..query()
            },
        )
        .await;
        // "18" is also a part of addresses of other people called Person.
        let named: BTreeSet<String> = rows
            .iter()
            .filter(|row| row.name == "Person 18")
            .map(|row| row.email.clone())
            .collect();
        assert_eq!(named, expected);
        assert!(
            rows.iter()
                .all(|row| format!("{} {}", row.name, row.email).contains("18"))
        );
    });
}

#[test]
fn search_status_and_role_narrow_the_list() {
    both(async |home| {
        let store = home.open().await;
        let technician = preset(&store, RolePreset::Technician).await;
        let manager = preset(&store, RolePreset::Manager).await;
        staff(
            &store,
            "Ann Lee",
            "ann@example.com",
            technician,
            MembershipStatus::Active,
        )
        .await;
        staff(
            &store,
            "Bob 100%",
            "bob_b@example.com",
            manager,
            MembershipStatus::Disabled,
        )
        .await;
        let cem = staff(
            &store,
            "CEM ÖZ",
            "cem@example.org",
            technician,
            MembershipStatus::Imported,
        )
        .await;
        let all = ["ann@example.com", "bob_b@example.com", "cem@example.org"];
        assert_eq!(emails(&store, &query()).await, all);
        for (search, expected) in [
            ("lee", &all[..1]),
            ("LEE ann", &all[..1]),
            ("  example.com  ", &all[..2]),
            ("öz", &all[2..]),
            ("100%", &all[1..2]),
            ("b_b", &all[1..2]),
            ("%", &all[1..2]),
            ("_", &all[1..2]),
            ("\\", &[]),
            ("'", &[]),
            ("a n n", &all[..1]),
            ("", &all[..]),
        ] {
            let query = StaffQuery {
                search: Some(search.into()),
                ..query()
            };
            assert_eq!(emails(&store, &query).await, expected, "{search:?}");
            assert_eq!(
                count_staff(&store, &query).await.unwrap(),
                Count::Exact(expected.len() as u64)
            );
        }
        let of = async |status, role| {
            emails(
                &store,
                &StaffQuery {
                    status,
                    role,
                    ..query()
                },
            )
            .await
        };
        assert_eq!(of(Some(MembershipStatus::Imported), None).await, all[2..]);
        assert_eq!(of(None, Some(manager)).await, all[1..2]);
        assert_eq!(
            of(Some(MembershipStatus::Active), Some(manager)).await,
            Vec::<String>::new()
        );

        // What the list copies follows the identity and the membership.
        let kept = find_identity(&store, cem).await.unwrap().unwrap();
        let profile = Profile {
            name: "Aaron",
            email: "aaron@example.net",
            job_title: Some("Engineer"),
            phone: None,
            time_zone: None,
            language: None,
            notifications: &kept.notifications,
        };
        let mut tx = store.begin().await.unwrap();
        update_profile(&mut tx, cem, &profile).await.unwrap();
        update_last_sign_in(&mut tx, cem).await.unwrap();
        set_staff_role(&mut tx, cem, manager).await.unwrap();
        set_staff_status(&mut tx, cem, MembershipStatus::Active)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let page = list_staff_page(&store, &query()).await.unwrap();
        let first = &page.rows[0];
        assert_eq!(
            (
                first.name.as_str(),
                first.email.as_str(),
                first.job_title.as_deref()
            ),
            ("Aaron", "aaron@example.net", Some("Engineer"))
        );
        assert_eq!(
            (
                first.role_name.as_str(),
                first.status,
                first.last_sign_in_at
            ),
            ("Manager", MembershipStatus::Active, Some(store.now()))
        );
        assert!(
            !first.two_factor
                && !first.has_password
                && !first.primary_admin
                && first.sources.is_empty()
        );
        assert_eq!(
            emails(
                &store,
                &StaffQuery {
                    search: Some("cem".into()),
                    ..query()
                }
            )
            .await,
            Vec::<String>::new()
        );
        let latest = StaffQuery {
            sort: StaffSort::LastSignIn,
            direction: Direction::Descending,
            ..query()
        };
        assert_eq!(emails(&store, &latest).await[0], "aaron@example.net");
    });
}

#[test]
fn second_factors_and_sources_are_shown() {
    both(async |home| {
        let store = home.open().await;
        let technician = preset(&store, RolePreset::Technician).await;
        let ann = staff(
            &store,
            "Ann",
            "ann@example.com",
            technician,
            MembershipStatus::Active,
        )
        .await;
        let bob = staff(
            &store,
            "Bob",
            "bob@example.com",
            technician,
            MembershipStatus::Active,
        )
        .await;
        staff(
            &store,
            "Cem",
            "cem@example.com",
            technician,
            MembershipStatus::Active,
        )
        .await;
        let at = integration(&store, "Autotask").await;
        crate::technician_import::store_technicians(
            &store,
            at,
            &[("1", "Ann", Some("ann@example.com"))],
        )
        .await;
        let row = crate::technician_import::all(&store, at).await.remove(0);
        let mut tx = store.begin().await.unwrap();
        store::technicians::link_technician_in(&mut tx, row.id, Some(ann))
            .await
            .unwrap();
        store::two_factor::enable(&mut tx, ann, &"secret".into(), 1, &[])
            .await
            .unwrap();
        store::passkeys::insert_passkey(&mut tx, bob, "credential", "Key", "{}", 0)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let rows = list_staff_page(&store, &query()).await.unwrap().rows;
        let shown: Vec<(bool, Vec<&str>)> = rows
            .iter()
            .map(|row| {
                (
                    row.two_factor,
                    row.sources
                        .iter()
                        .map(|source| source.integration.as_str())
                        .collect(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [(true, vec!["Autotask"]), (true, vec![]), (false, vec![])]
        );
        assert_eq!(rows[0].sources[0].provider, "autotask");
    });
}
