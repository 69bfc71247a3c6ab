//! Identities, roles, sessions, the sign-in limiter, API keys.

use domain::clock::UtcMillis;
use domain::id::IdentityId;
use domain::permission::{Area, Grants, Permission};
use domain::role_preset::RolePreset;
use store::api_keys::{
    Kept, NewApiKey, find_api_key, insert_api_key, list_api_keys, list_makers, revoke_api_key,
};
use store::identities::{
    MembershipStatus, NewIdentity, count_active_staff, count_active_staff_in, find_identity,
    find_identity_by_email, insert_identity, update_password, update_password_hash,
    upsert_staff_membership,
};
use store::roles::{RoleContent, RoleUpdate, find_preset_in, update_role};
use store::sessions::{
    ABSOLUTE, IDLE, NewSession, SEEN_EVERY, SessionStage, find_signed_in, insert_session,
    insert_verified_session, list_sessions, remove_session, remove_session_by_uuid,
    remove_sessions, update_token,
};
use store::sign_in_attempts::{Attempt, Subject, blocked_until, clear, record_failure};
use store::staff::set_staff_status;
use store::{ErrorKind, Store};

use crate::harness::both;

async fn ann(store: &Store) -> IdentityId {
    let mut tx = store.begin().await.unwrap();
    let new = NewIdentity {
        email: "Ann@Example.com",
        name: "Ann",
        password_hash: Some("$argon2id$x"),
        time_zone: Some("Europe/Berlin"),
        ..NewIdentity::default()
    };
    let id = insert_identity(&mut tx, &new).await.unwrap();
    let role = find_preset_in(&mut tx, RolePreset::Administrator)
        .await
        .unwrap()
        .id;
    upsert_staff_membership(&mut tx, id, role, MembershipStatus::Active, true, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn sign_in(store: &Store, identity: IdentityId, token_hash: &str) {
    let mut tx = store.begin().await.unwrap();
    let new = NewSession {
        token_hash,
        identity,
        csrf_token: "csrf",
        user_agent: "Firefox",
        address: "192.0.2.1",
        stage: SessionStage::Full,
    };
    insert_session(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn an_address_belongs_to_one_identity_in_any_spelling() {
    both(async |home| {
        let store = home.open().await;
        let id = ann(&store).await;
        assert_eq!(
            find_identity_by_email(&store, " ANN@example.COM ")
                .await
                .unwrap()
                .unwrap()
                .id,
            id
        );
        assert_eq!(
            find_identity_by_email(&store, "nobody").await.unwrap(),
            None
        );
        let mut tx = store.begin().await.unwrap();
        let again = insert_identity(
            &mut tx,
            &NewIdentity {
                email: "ann@example.com",
                ..NewIdentity::default()
            },
        )
        .await
        .unwrap_err();
        assert_eq!(
            again.kind(),
            &ErrorKind::Conflict {
                constraint: "identity_email_key_key".into()
            }
        );
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        assert!(
            insert_identity(
                &mut tx,
                &NewIdentity {
                    email: "no address",
                    ..NewIdentity::default()
                }
            )
            .await
            .is_err()
        );
        update_password_hash(&mut tx, id, "another", "newer")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let hash = find_identity(&store, id)
            .await
            .unwrap()
            .unwrap()
            .password_hash;
        assert_eq!(
            hash.as_deref(),
            Some("$argon2id$x"),
            "the password was changed meanwhile"
        );
    });
}

#[test]
fn only_one_first_administrator_is_made() {
    both(async |home| {
        let store = home.open().await;
        let racers: Vec<_> = (0..4)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    if count_active_staff_in(&mut tx).await.unwrap() > 0 {
                        return;
                    }
                    let email = format!("admin{number}@example.com");
                    let id = insert_identity(
                        &mut tx,
                        &NewIdentity {
                            email: &email,
                            ..NewIdentity::default()
                        },
                    )
                    .await
                    .unwrap();
                    let role = find_preset_in(&mut tx, RolePreset::Administrator)
                        .await
                        .unwrap()
                        .id;
                    upsert_staff_membership(
                        &mut tx,
                        id,
                        role,
                        MembershipStatus::Active,
                        true,
                        true,
                    )
                    .await
                    .unwrap();
                    tx.commit().await.unwrap();
                })
            })
            .collect();
        for racer in racers {
            racer.await.unwrap();
        }
        assert_eq!(count_active_staff(&store).await.unwrap(), 1);
        assert!(
            store::installation_settings::list_settings(&store)
                .await
                .unwrap()
                .is_empty()
        );
    });
}

#[test]
fn a_change_of_role_or_status_is_effective_at_once() {
    both(async |home| {
        let store = home.open().await;
        let id = ann(&store).await;
        sign_in(&store, id, "h").await;
        let granted = async |permission| {
            find_signed_in(&store, "h")
                .await
                .unwrap()
                .unwrap()
                .staff
                .is_some_and(|staff| staff.grants.allow(permission))
        };
        assert!(granted(Permission::manage(Area::Users)).await);
        let mut tx = store.begin().await.unwrap();
        let role = find_preset_in(&mut tx, RolePreset::Administrator)
            .await
            .unwrap();
        let less = RolePreset::Technician.grants();
        let content = RoleContent::new("Administrator", &less);
        assert_eq!(
            update_role(&mut tx, role.id, role.revision, &content)
                .await
                .unwrap(),
            RoleUpdate::Saved
        );
        tx.commit().await.unwrap();
        assert!(!granted(Permission::manage(Area::Users)).await);
        assert!(granted(Permission::read(Area::Tickets)).await);
        let mut tx = store.begin().await.unwrap();
        upsert_staff_membership(&mut tx, id, role.id, MembershipStatus::Disabled, true, true)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_signed_in(&store, "h").await.unwrap().unwrap().staff,
            None
        );
    });
}

#[test]
fn sessions_end_when_idle_and_at_their_absolute_end() {
    both(async |home| {
        let store = home.open().await;
        let id = ann(&store).await;
        sign_in(&store, id, "h").await;
        home.clock.advance(SEEN_EVERY - 1);
        let seen = async || {
            find_signed_in(&store, "h")
                .await
                .unwrap()
                .map(|found| found.session.last_seen_at)
        };
        let start = store.now().plus(1 - SEEN_EVERY);
        assert_eq!(seen().await, Some(start));
        assert_eq!(seen().await, Some(start), "not written within five minutes");
        home.clock.advance(1);
        assert_eq!(seen().await, Some(start));
        assert_eq!(
            seen().await,
            Some(start.plus(SEEN_EVERY)),
            "written once they are over"
        );

        home.clock.advance(IDLE - 1);
        assert!(seen().await.is_some());
        home.clock.advance(IDLE);
        assert_eq!(seen().await, None, "idle for twelve hours");

        sign_in(&store, id, "h2").await;
        let mut left = ABSOLUTE;
        while left > 0 {
            assert!(
                find_signed_in(&store, "h2").await.unwrap().is_some(),
                "{left} ms before the end"
            );
            let step = (IDLE / 2).min(left);
            home.clock.advance(step);
            left -= step;
        }
        assert!(
            find_signed_in(&store, "h2").await.unwrap().is_none(),
            "seven days, however busy"
        );
    });
}

#[test]
fn sessions_are_listed_and_revoked() {
    both(async |home| {
        let store = home.open().await;
        let id = ann(&store).await;
        for token in ["a", "b", "c"] {
            sign_in(&store, id, token).await;
            home.clock.advance(1_000);
        }
        let listed = list_sessions(&store, id).await.unwrap();
        assert_eq!(
            listed
                .iter()
                .map(|session| session.token_hash.as_str())
                .collect::<Vec<_>>(),
            ["c", "b", "a"]
        );
        let mut tx = store.begin().await.unwrap();
        assert!(
            !remove_session_by_uuid(&mut tx, IdentityId(id.0 + 1), &listed[0].uuid)
                .await
                .unwrap(),
            "nobody ends another's"
        );
        assert!(
            remove_session_by_uuid(&mut tx, id, &listed[0].uuid)
                .await
                .unwrap()
        );
        assert!(update_token(&mut tx, "b", "b2", "csrf2").await.unwrap());
        tx.commit().await.unwrap();
        assert!(find_signed_in(&store, "b").await.unwrap().is_none());
        assert_eq!(
            find_signed_in(&store, "b2")
                .await
                .unwrap()
                .unwrap()
                .session
                .csrf_token,
            "csrf2"
        );
        let mut tx = store.begin().await.unwrap();
        assert_eq!(remove_sessions(&mut tx, id, Some("b2")).await.unwrap(), 1);
        assert!(remove_session(&mut tx, "b2").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(list_sessions(&store, id).await.unwrap(), []);
    });
}

#[test]
fn the_limiter_doubles_pauses_forgets_and_never_locks_out_for_good() {
    both(async |home| {
        let store = home.open().await;
        let subject = Subject::Account("ann@example.com".into());
        let fail = async || {
            let mut tx = store.begin().await.unwrap();
            let outcome = record_failure(&mut tx, &subject).await.unwrap();
            tx.commit().await.unwrap();
            outcome
        };
        for attempt in 1..=5 {
            assert_eq!(fail().await, Attempt::Allowed, "attempt {attempt}");
        }
        let first = blocked_until(&store, &subject).await.unwrap().unwrap();
        assert_eq!(first.since(store.now()), 15_000);
        assert_eq!(fail().await, Attempt::Blocked(first), "and not counted");
        let mut longest = 0;
        for _ in 0..12 {
            let until = blocked_until(&store, &subject).await.unwrap().unwrap();
            longest = longest.max(until.since(store.now()));
            home.clock.advance(until.since(store.now()));
            assert_eq!(fail().await, Attempt::Allowed);
        }
        assert_eq!(longest, 15 * UtcMillis::MINUTE);
        let other = Subject::Address("192.0.2.1".into());
        assert_eq!(blocked_until(&store, &other).await.unwrap(), None);
        let mut tx = store.begin().await.unwrap();
        clear(&mut tx, &subject).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(blocked_until(&store, &subject).await.unwrap(), None);

        // A series is forgotten an hour after it began.
        for _ in 0..4 {
            fail().await;
        }
        home.clock.advance(UtcMillis::HOUR);
        fail().await;
        fail().await;
        assert_eq!(blocked_until(&store, &subject).await.unwrap(), None);
    });
}

#[test]
fn attempts_at_once_are_all_counted() {
    both(async |home| {
        let store = home.open().await;
        let attempts: Vec<_> = (0..20)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let outcome =
                        record_failure(&mut tx, &Subject::Account("ann@example.com".into()))
                            .await
                            .unwrap();
                    tx.commit().await.unwrap();
                    outcome == Attempt::Allowed
                })
            })
            .collect();
        let mut allowed = 0;
        for attempt in attempts {
            allowed += usize::from(attempt.await.unwrap());
        }
        assert_eq!(allowed, 5);
    });
}

#[test]
fn api_keys_are_found_by_hash_until_revoked() {
    both(async |home| {
        let store = home.open().await;
        let id = ann(&store).await;
        let scopes = Grants([(Area::Tickets, domain::permission::Level::Read)].into());
        let mut tx = store.begin().await.unwrap();
        let new = NewApiKey {
            name: "Reports",
            token_hash: "hash",
            token_hint: "…9f3a",
            scopes: &scopes,
            created_by: Some(id),
        };
        let Kept::New(uuid) = insert_api_key(&mut tx, &new).await.unwrap() else {
            panic!("it is new")
        };
        let again = insert_api_key(&mut tx, &new).await.unwrap();
        assert_eq!(again, Kept::Before);
        tx.commit().await.unwrap();
        let key = find_api_key(&store, "hash").await.unwrap().unwrap();
        assert_eq!(
            (key.scopes, key.created_by, key.last_used_at),
            (scopes, Some(id), None)
        );
        assert_eq!(
            find_api_key(&store, "hash")
                .await
                .unwrap()
                .unwrap()
                .last_used_at,
            Some(store.now())
        );
        let mut tx = store.begin().await.unwrap();
        assert!(revoke_api_key(&mut tx, &uuid).await.unwrap());
        assert!(!revoke_api_key(&mut tx, &uuid).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(find_api_key(&store, "hash").await.unwrap(), None);
        assert_eq!(
            list_api_keys(&store).await.unwrap()[0].revoked_at,
            Some(store.now())
        );
    });
}

#[test]
fn makers_of_keys_are_listed_once_whatever_their_status() {
    both(async |home| {
        let store = home.open().await;
        let ann = ann(&store).await;
        let makers = list_makers(&store).await.unwrap();
        assert!(makers.is_empty(), "she made none");
        let mut tx = store.begin().await.unwrap();
        for (token_hash, created_by) in [("one", Some(ann)), ("two", Some(ann)), ("three", None)] {
            let new = NewApiKey {
                name: "Reports",
                token_hash,
                token_hint: "…9f3a",
                scopes: &Grants::everything(),
                created_by,
            };
            insert_api_key(&mut tx, &new).await.unwrap();
        }
        set_staff_status(&mut tx, ann, MembershipStatus::Disabled)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let makers = list_makers(&store).await.unwrap();
        let makers: Vec<_> = makers
            .iter()
            .map(|one| (one.id, &*one.name, one.status))
            .collect();
        assert_eq!(makers, [(ann, "Ann", MembershipStatus::Disabled)]);
    });
}

#[test]
fn no_session_begins_with_a_password_or_status_that_changed_since_it_was_checked() {
    both(async |home| {
        let store = home.open().await;
        let ann = ann(&store).await;
        let verified = async || {
            let known = find_identity(&store, ann).await.unwrap().unwrap();
            known.password_changed_at
        };
        let begin = async |token_hash: &str, verified: Option<UtcMillis>| {
            let new = NewSession {
                token_hash,
                identity: ann,
                csrf_token: "csrf",
                user_agent: "Firefox",
                address: "192.0.2.1",
                stage: SessionStage::Full,
            };
            let mut tx = store.begin().await.unwrap();
            let begun = insert_verified_session(&mut tx, &new, verified)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            begun
        };
        let old = verified().await;
        assert!(begin("one", old).await);
        home.clock.advance(1);
        let mut tx = store.begin().await.unwrap();
        update_password(&mut tx, ann, "$argon2id$y").await.unwrap();
        remove_sessions(&mut tx, ann, None).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!begin("two", old).await, "the old password");
        assert_eq!(find_signed_in(&store, "two").await.unwrap(), None);
        let new = verified().await;
        assert!(begin("three", new).await);
        let mut tx = store.begin().await.unwrap();
        set_staff_status(&mut tx, ann, MembershipStatus::Disabled)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(!begin("four", new).await, "switched off");
        let mut tx = store.begin().await.unwrap();
        set_staff_status(&mut tx, ann, MembershipStatus::Active)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find_signed_in(&store, "four").await.unwrap(), None);
    });
}
