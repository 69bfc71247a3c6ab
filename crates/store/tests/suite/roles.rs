//! Roles: shipped ones, editing with a revision, copies, and what stands against a removal.

use domain::id::RoleId;
use domain::permission::{Area, Grants, Level, RoleKind};
use domain::role_preset::RolePreset;
use store::identities::{MembershipStatus, NewIdentity, insert_identity, upsert_staff_membership};
use store::roles::{
    Role, RoleContent, RoleRemoval, RoleUpdate, RoleUse, count_people, duplicate_role,
    find_preset_in, find_role, find_role_by_uuid_in, insert_role, is_name_taken_in, list_roles,
    remove_role, role_uses_in, update_role,
};
use store::{ErrorKind, Store};

use crate::harness::{Home, both, execute, integration, sqlite_only};

fn tickets() -> Grants {
    Grants([(Area::Tickets, Level::Write)].into())
}

async fn own(store: &Store, kind: RoleKind, name: &str) -> RoleId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_role(&mut tx, kind, &RoleContent::new(name, &tickets()))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn role(store: &Store, id: RoleId) -> Role {
    find_role(store, id).await.unwrap().unwrap()
}

async fn names(store: &Store, kind: RoleKind) -> Vec<String> {
    let roles = list_roles(store, kind).await.unwrap();
    roles.into_iter().map(|role| role.name).collect()
}

#[test]
fn shipped_roles_are_there_and_keep_what_an_administrator_made_of_them() {
    both(async |home| {
        let store = home.open().await;
        assert_eq!(
            names(&store, RoleKind::Staff).await,
            ["Administrator", "Manager", "Read Only", "Technician"]
        );
        assert_eq!(
            names(&store, RoleKind::Company).await,
            ["Admin", "Manager", "Training Only", "User", "Viewer"]
        );
        let mut tx = store.begin().await.unwrap();
        let technician = find_preset_in(&mut tx, RolePreset::Technician)
            .await
            .unwrap();
        assert!(technician.shipped && technician.is_default && !technician.requires_two_factor);
        assert_eq!(technician.grants, RolePreset::Technician.grants());
        let content = RoleContent {
            name: "Engineer",
            description: "Second line",
            grants: &tickets(),
            is_default: false,
            requires_two_factor: true,
        };
        update_role(&mut tx, technician.id, technician.revision, &content)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        store.close().await;

        let store = home.open().await;
        assert_eq!(
            names(&store, RoleKind::Staff).await,
            ["Administrator", "Engineer", "Manager", "Read Only"]
        );
        let mut tx = store.begin().await.unwrap();
        let again = find_preset_in(&mut tx, RolePreset::Technician)
            .await
            .unwrap();
        assert_eq!((again.id, again.name.as_str()), (technician.id, "Engineer"));
        assert_eq!(
            (&again.grants, again.is_default, again.requires_two_factor),
            (&tickets(), false, true)
        );
        assert_eq!(
            remove_role(&mut tx, again.id).await.unwrap(),
            RoleRemoval::Shipped
        );
        drop(tx);
        store.close().await;
    });
}

#[test]
fn missing_shipped_roles_are_made_at_the_next_start() {
    both(async |home| {
        let store = home.open().await;
        store.close().await;
        execute(
            &home,
            "DELETE FROM role WHERE preset NOT IN ('administrator', 'technician')",
        )
        .await;
        let store = home.open().await;
        assert_eq!(
            names(&store, RoleKind::Staff).await,
            ["Administrator", "Manager", "Read Only", "Technician"]
        );
        assert_eq!(names(&store, RoleKind::Company).await.len(), 5);
        store.close().await;
    });
}

/// The migration of people, applied to what the release before it left.
#[test]
fn an_upgrade_knows_shipped_roles_and_lets_whoever_managed_users_manage_roles() {
    sqlite_only(async |home: Home| {
        use sqlx::Connection;
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(home.path("older.db"))
            .create_if_missing(true);
        let mut older = sqlx::SqliteConnection::connect_with(&options)
            .await
            .unwrap();
        for text in [
            include_str!("../../migrations/0001_foundation.sql"),
            include_str!("../../migrations/0002_ticket_indexes.sql"),
            "INSERT INTO role (id, uuid, kind, name, grants, shipped, created_at) VALUES
                (1, 'a', 'staff', 'Administrator', '{\"users\":\"manage\",\"settings\":\"manage\"}', 1, 0),
                (2, 'b', 'staff', 'Technician', '{\"tickets\":\"write\"}', 1, 0),
                (3, 'c', 'staff', 'Own', '{\"users\":\"read\"}', 0, 0),
                (4, 'd', 'company', 'Member', '{}', 1, 0)",
            include_str!("../../migrations/0004_people.sql"),
        ] {
            sqlx::raw_sql(text).execute(&mut older).await.unwrap();
        }
        let rows: Vec<(String, Option<String>, String)> =
            sqlx::query_as("SELECT name_key, preset, grants FROM role ORDER BY id")
                .fetch_all(&mut older)
                .await
                .unwrap();
        let roles: Vec<(&str, Option<&str>, Grants)> = rows
            .iter()
            .map(|(key, preset, grants)| {
                (
                    key.as_str(),
                    preset.as_deref(),
                    serde_json::from_str(grants).unwrap(),
                )
            })
            .collect();
        let of = |pairs: &[(Area, Level)]| Grants(pairs.iter().copied().collect());
        let all = [
            (Area::Users, Level::Manage),
            (Area::Roles, Level::Manage),
            (Area::Settings, Level::Manage),
        ];
        assert_eq!(
            roles,
            [
                ("administrator", Some("administrator"), of(&all)),
                (
                    "technician",
                    Some("technician"),
                    of(&[(Area::Tickets, Level::Write)])
                ),
                (
                    "own",
                    None,
                    of(&[(Area::Users, Level::Read), (Area::Roles, Level::Read)])
                ),
                ("member", None, Grants::default()),
            ]
        );
    });
}

#[test]
fn a_name_is_unique_in_any_case_and_an_edit_of_an_old_revision_is_refused() {
    both(async |home| {
        let granted = tickets();
        let store = home.open().await;
        let dispatcher = own(&store, RoleKind::Staff, "Dispatcher").await;
        let mut tx = store.begin().await.unwrap();
        assert!(
            is_name_taken_in(&mut tx, RoleKind::Staff, " DISPATCHER ", None)
                .await
                .unwrap()
        );
        assert!(
            !is_name_taken_in(&mut tx, RoleKind::Staff, "dispatcher", Some(dispatcher))
                .await
                .unwrap()
        );
        assert!(
            !is_name_taken_in(&mut tx, RoleKind::Company, "Dispatcher", None)
                .await
                .unwrap()
        );
        let taken = insert_role(
            &mut tx,
            RoleKind::Staff,
            &RoleContent::new("dispatcher", &tickets()),
        )
        .await
        .unwrap_err();
        assert_eq!(
            taken.kind(),
            &ErrorKind::Conflict {
                constraint: "role_kind_name_key_key".into()
            }
        );
        drop(tx);

        let shown = role(&store, dispatcher).await.revision;
        let mut tx = store.begin().await.unwrap();
        let first = RoleContent {
            description: "First",
            ..RoleContent::new("Dispatcher", &granted)
        };
        let second = RoleContent {
            description: "Second",
            ..RoleContent::new("Dispatcher", &granted)
        };
        assert_eq!(
            update_role(&mut tx, dispatcher, shown, &first)
                .await
                .unwrap(),
            RoleUpdate::Saved
        );
        assert_eq!(
            update_role(&mut tx, dispatcher, shown, &second)
                .await
                .unwrap(),
            RoleUpdate::Stale
        );
        tx.commit().await.unwrap();
        assert_eq!(role(&store, dispatcher).await.description, "First");
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            remove_role(&mut tx, dispatcher).await.unwrap(),
            RoleRemoval::Removed
        );
        assert_eq!(
            remove_role(&mut tx, dispatcher).await.unwrap(),
            RoleRemoval::Gone
        );
        assert_eq!(
            update_role(&mut tx, dispatcher, shown, &first)
                .await
                .unwrap(),
            RoleUpdate::Gone
        );
        assert_eq!(duplicate_role(&mut tx, dispatcher).await.unwrap(), None);
        tx.commit().await.unwrap();
    });
}

#[test]
fn one_role_of_a_kind_is_the_default() {
    both(async |home| {
        let granted = tickets();
        let store = home.open().await;
        let dispatcher = own(&store, RoleKind::Staff, "Dispatcher").await;
        let default = async |kind| {
            let roles = list_roles(&store, kind).await.unwrap();
            let names: Vec<String> = roles
                .into_iter()
                .filter(|role| role.is_default)
                .map(|role| role.name)
                .collect();
            names
        };
        assert_eq!(default(RoleKind::Staff).await, ["Technician"]);
        let content = RoleContent {
            is_default: true,
            ..RoleContent::new("Dispatcher", &granted)
        };
        let mut tx = store.begin().await.unwrap();
        // A stale edit leaves the default where it was.
        assert_eq!(
            update_role(&mut tx, dispatcher, 99, &content)
                .await
                .unwrap(),
            RoleUpdate::Stale
        );
        tx.commit().await.unwrap();
        assert_eq!(default(RoleKind::Staff).await, ["Technician"]);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            update_role(&mut tx, dispatcher, 1, &content).await.unwrap(),
            RoleUpdate::Saved
        );
        tx.commit().await.unwrap();
        assert_eq!(default(RoleKind::Staff).await, ["Dispatcher"]);
        let mut tx = store.begin().await.unwrap();
        let newest = RoleContent {
            is_default: true,
            ..RoleContent::new("Newest", &granted)
        };
        insert_role(&mut tx, RoleKind::Staff, &newest)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(default(RoleKind::Staff).await, ["Newest"]);
        assert_eq!(default(RoleKind::Company).await, ["Viewer"]);
    });
}

#[test]
fn a_copy_has_everything_but_the_people_and_a_name_of_its_own() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        let content = RoleContent {
            name: "Dispatcher",
            description: "Plans the day",
            grants: &tickets(),
            is_default: true,
            requires_two_factor: true,
        };
        let original = insert_role(&mut tx, RoleKind::Staff, &content)
            .await
            .unwrap();
        let mut copies = Vec::new();
        for _ in 0..3 {
            copies.push(duplicate_role(&mut tx, original).await.unwrap().unwrap());
        }
        tx.commit().await.unwrap();
        let names: Vec<&str> = copies.iter().map(|copy| copy.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Copy of Dispatcher",
                "Copy of Dispatcher (2)",
                "Copy of Dispatcher (3)"
            ]
        );
        for copy in &copies {
            assert_eq!(
                (copy.description.as_str(), &copy.grants),
                ("Plans the day", &tickets())
            );
            assert!(
                copy.requires_two_factor
                    && !copy.is_default
                    && !copy.shipped
                    && copy.preset.is_none()
            );
        }
        assert!(role(&store, original).await.is_default);
    });
}

#[test]
fn a_role_is_not_removed_while_used_and_the_uses_are_named() {
    both(async |home| {
        let store = home.open().await;
        let used = own(&store, RoleKind::Staff, "Dispatcher").await;
        let contacts = own(&store, RoleKind::Company, "Contacts").await;
        let mut tx = store.begin().await.unwrap();
        for (email, status) in [
            ("ann@example.com", MembershipStatus::Active),
            ("bob@example.com", MembershipStatus::Disabled),
        ] {
            let id = insert_identity(
                &mut tx,
                &NewIdentity {
                    email,
                    ..NewIdentity::default()
                },
            )
            .await
            .unwrap();
            upsert_staff_membership(&mut tx, id, used, status, false, true)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let counts = count_people(&store, RoleKind::Staff).await.unwrap();
        let of = counts.iter().find(|count| count.role_id == used).unwrap();
        assert_eq!((of.people, of.active), (2, 1));

        let at = integration(&store, "Autotask").await;
        let uuid = role(&store, contacts).await.uuid;
        let mut settings =
            serde_json::to_value(domain::settings::IntegrationSettings::default()).unwrap();
        settings["default_contact_role"] = uuid.as_str().into();
        let settings = serde_json::from_value(settings).unwrap();
        let mut tx = store.begin().await.unwrap();
        store::integrations::update_settings(&mut tx, at, 1, &settings)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.begin().await.unwrap();
        let staff = RoleUse {
            staff: 2,
            ..RoleUse::default()
        };
        assert_eq!(
            remove_role(&mut tx, used).await.unwrap(),
            RoleRemoval::Used(staff)
        );
        let given = RoleUse {
            integrations: vec!["Autotask".into()],
            ..RoleUse::default()
        };
        assert_eq!(
            remove_role(&mut tx, contacts).await.unwrap(),
            RoleRemoval::Used(given)
        );
        let found = find_role_by_uuid_in(&mut tx, &uuid).await.unwrap().unwrap();
        assert_eq!(
            role_uses_in(&mut tx, &found).await.unwrap().integrations,
            ["Autotask"]
        );
        tx.commit().await.unwrap();
        assert_eq!(role(&store, used).await.name, "Dispatcher");
    });
}

#[test]
fn a_role_that_is_given_at_this_moment_is_not_removed() {
    both(async |home| {
        let store = home.open().await;
        let contested = own(&store, RoleKind::Staff, "Contested").await;
        let uuid = role(&store, contested).await.uuid;
        let giver = {
            let (store, uuid) = (store.clone(), uuid.clone());
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let Some(role) = find_role_by_uuid_in(&mut tx, &uuid).await.unwrap() else {
                    return false;
                };
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                let new = NewIdentity {
                    email: "ann@example.com",
                    ..NewIdentity::default()
                };
                let id = insert_identity(&mut tx, &new).await.unwrap();
                upsert_staff_membership(
                    &mut tx,
                    id,
                    role.id,
                    MembershipStatus::Active,
                    false,
                    true,
                )
                .await
                .unwrap();
                tx.commit().await.unwrap();
                true
            })
        };
        let remover = {
            let store = store.clone();
            tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                match remove_role(&mut tx, contested).await {
                    Ok(RoleRemoval::Removed) => {
                        tx.commit().await.unwrap();
                        true
                    }
                    Ok(_) => false,
                    Err(error) => {
                        assert_eq!(error.kind(), &ErrorKind::Reference);
                        false
                    }
                }
            })
        };
        let (given, removed) = (giver.await.unwrap(), remover.await.unwrap());
        assert!(given != removed, "given {given}, removed {removed}");
        assert_eq!(find_role(&store, contested).await.unwrap().is_some(), given);
    });
}
