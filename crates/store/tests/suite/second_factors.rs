//! Second factors: codes and recovery codes that are good once, passkeys, ceremonies, and sign-ins that are not complete.

use domain::id::IdentityId;
use domain::secret::Secret;
use store::housekeeping::housekeeping;
use store::identities::{NewIdentity, insert_identity, update_password};
use store::passkeys::{
    CEREMONY, find_passkey, insert_passkey, list_passkeys, put_ceremony, remove_passkey,
    remove_passkeys, take_ceremony, update_passkey_name, update_passkey_used,
};
use store::sessions::{
    NewSession, SessionStage, find_signed_in, insert_session, list_sessions, remove_sessions,
    update_stage,
};
use store::two_factor::{
    PENDING_FOR, disable, enable, find_pending_secret, find_totp_secret, find_two_factor,
    has_second_factor, identity_owner, put_pending_secret, replace_recovery_codes,
    take_recovery_code, take_step,
};
use store::{ErrorKind, Store};

use crate::harness::both;

async fn person(store: &Store, email: &str) -> IdentityId {
    let mut tx = store.begin().await.unwrap();
    let id = insert_identity(
        &mut tx,
        &NewIdentity {
            email,
            ..NewIdentity::default()
        },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

fn codes(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn step(store: &Store, identity: IdentityId, step: i64) -> bool {
    let mut tx = store.begin().await.unwrap();
    let taken = take_step(&mut tx, identity, step).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

async fn recover(store: &Store, identity: IdentityId, hash: &str) -> bool {
    let mut tx = store.begin().await.unwrap();
    let taken = take_recovery_code(&mut tx, identity, hash).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

#[test]
fn a_secret_is_proved_before_it_counts_and_each_code_is_good_once() {
    both(async |home| {
        let store = home.open().await;
        let (ann, bob) = (
            person(&store, "ann@example.com").await,
            person(&store, "bob@example.com").await,
        );
        let mut tx = store.begin().await.unwrap();
        put_pending_secret(&mut tx, ann, "h", &Secret::from("first"))
            .await
            .unwrap();
        put_pending_secret(&mut tx, ann, "h", &Secret::from("second"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find_two_factor(&store, ann).await.unwrap(), None);
        assert_eq!(find_totp_secret(&store, ann).await.unwrap(), None);
        assert!(!has_second_factor(&store, ann).await.unwrap());
        let pending = find_pending_secret(&store, ann, "h")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(pending, Secret::from("second"));

        let mut tx = store.begin().await.unwrap();
        enable(&mut tx, ann, &pending, 100, &codes(&["r1", "r2"]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(
            has_second_factor(&store, ann).await.unwrap()
                && !has_second_factor(&store, bob).await.unwrap()
        );
        assert_eq!(
            find_totp_secret(&store, ann).await.unwrap(),
            Some(Secret::from("second"))
        );
        assert_eq!(find_pending_secret(&store, ann, "h").await.unwrap(), None);
        let on = find_two_factor(&store, ann).await.unwrap().unwrap();
        assert_eq!(
            (on.enabled_at, on.last_step, on.recovery_codes),
            (store.now(), 100, 2)
        );

        assert!(!step(&store, ann, 100).await, "the code that proved it");
        assert!(!step(&store, ann, 99).await);
        assert!(step(&store, ann, 101).await);
        assert!(!step(&store, ann, 101).await);
        assert!(!step(&store, bob, 102).await, "has none");

        assert!(!recover(&store, bob, "r1").await);
        assert!(recover(&store, ann, "r1").await);
        assert!(!recover(&store, ann, "r1").await);
        assert_eq!(
            find_two_factor(&store, ann)
                .await
                .unwrap()
                .unwrap()
                .recovery_codes,
            1
        );
        let mut tx = store.begin().await.unwrap();
        replace_recovery_codes(&mut tx, ann, &codes(&["n1", "n2", "n3"]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(!recover(&store, ann, "r2").await && recover(&store, ann, "n3").await);

        // A new app does not make older codes good again.
        let mut tx = store.begin().await.unwrap();
        enable(&mut tx, ann, &Secret::from("third"), 50, &[])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(!step(&store, ann, 60).await && step(&store, ann, 102).await);

        let mut tx = store.begin().await.unwrap();
        put_pending_secret(&mut tx, ann, "h", &Secret::from("fourth"))
            .await
            .unwrap();
        assert!(disable(&mut tx, ann).await.unwrap());
        assert!(!disable(&mut tx, ann).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(find_two_factor(&store, ann).await.unwrap(), None);
        let left = store::secrets::find_secrets(&store, &identity_owner(ann))
            .await
            .unwrap();
        assert!(left.is_empty());
        assert!(!recover(&store, ann, "n1").await);
    });
}

#[test]
fn a_secret_that_waits_is_one_sessions_and_for_a_quarter_of_an_hour() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        let put = async |session: &str, secret: &str| {
            let mut tx = store.begin().await.unwrap();
            put_pending_secret(&mut tx, ann, session, &Secret::from(secret))
                .await
                .unwrap();
            tx.commit().await.unwrap();
        };
        let find = async |session: &str| {
            find_pending_secret(&store, ann, session)
                .await
                .unwrap()
                .map(|secret| secret.expose().to_owned())
        };
        put("h1", "one").await;
        put("h2", "two").await;
        assert_eq!(find("h1").await.as_deref(), Some("one"));
        assert_eq!(find("h2").await.as_deref(), Some("two"));
        assert_eq!(find("h3").await, None, "another session has none");
        home.clock.advance(PENDING_FOR - 1);
        assert_eq!(find("h1").await.as_deref(), Some("one"));
        home.clock.advance(1);
        assert_eq!(find("h1").await, None);
        assert_eq!(housekeeping(&store, store.now()).await.unwrap().traces, 2);
        put("h1", "three").await;
        let mut tx = store.begin().await.unwrap();
        update_password(&mut tx, ann, "$argon2id$y").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(find("h1").await, None, "not after another password");
    });
}

#[test]
fn of_two_who_use_a_code_at_once_one_gets_in() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        let mut tx = store.begin().await.unwrap();
        enable(&mut tx, ann, &Secret::from("secret"), 1, &codes(&["r1"]))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for by_recovery in [false, true] {
            let racers: Vec<_> = (0..4)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        if by_recovery {
                            recover(&store, ann, "r1").await
                        } else {
                            step(&store, ann, 2).await
                        }
                    })
                })
                .collect();
            let mut taken = 0;
            for racer in racers {
                taken += usize::from(racer.await.unwrap());
            }
            assert_eq!(taken, 1, "recovery code: {by_recovery}");
        }
    });
}

#[test]
fn a_passkey_is_one_persons_and_its_counter_only_grows() {
    both(async |home| {
        let store = home.open().await;
        let (ann, bob) = (
            person(&store, "ann@example.com").await,
            person(&store, "bob@example.com").await,
        );
        let mut tx = store.begin().await.unwrap();
        let first = insert_passkey(&mut tx, ann, "c1", "Laptop", "{\"a\":1}", 0)
            .await
            .unwrap();
        insert_passkey(&mut tx, ann, "c2", "Key", "{}", 5)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let error = insert_passkey(&mut tx, bob, "c1", "Stolen", "{}", 0)
            .await
            .unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::Conflict {
                constraint: "passkey_credential_id_key".into()
            }
        );
        drop(tx);
        assert!(has_second_factor(&store, ann).await.unwrap());

        let used = async |credential: &str, state: &str, counter| {
            let mut tx = store.begin().await.unwrap();
            let used = update_passkey_used(&mut tx, credential, state, counter)
                .await
                .unwrap();
            tx.commit().await.unwrap();
            used
        };
        assert!(used("c1", "{\"a\":2}", 0).await, "one that does not count");
        assert!(used("c1", "{\"a\":3}", 0).await);
        assert!(!used("c2", "{}", 5).await, "a copy of the authenticator");
        assert!(!used("c2", "{}", 0).await);
        assert!(used("c2", "{}", 6).await);
        assert!(!used("none", "{}", 9).await);
        let found = find_passkey(&store, "c1").await.unwrap().unwrap();
        assert_eq!(
            (found.identity, found.state.as_str(), found.last_used_at),
            (ann, "{\"a\":3}", Some(store.now()))
        );

        let mut tx = store.begin().await.unwrap();
        assert!(
            !update_passkey_name(&mut tx, bob, &first, "Mine")
                .await
                .unwrap()
        );
        assert!(
            update_passkey_name(&mut tx, ann, &first, "Work")
                .await
                .unwrap()
        );
        assert!(!remove_passkey(&mut tx, bob, &first).await.unwrap());
        tx.commit().await.unwrap();
        let names: Vec<String> = list_passkeys(&store, ann)
            .await
            .unwrap()
            .into_iter()
            .map(|key| key.name)
            .collect();
        assert_eq!(names, ["Work", "Key"]);
        let mut tx = store.begin().await.unwrap();
        assert!(remove_passkey(&mut tx, ann, &first).await.unwrap());
        assert_eq!(remove_passkeys(&mut tx, ann).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(list_passkeys(&store, ann).await.unwrap(), []);
        assert!(!has_second_factor(&store, ann).await.unwrap());
    });
}

#[test]
fn a_ceremony_is_answered_once_and_within_five_minutes() {
    both(async |home| {
        let store = home.open().await;
        let put = async |state: &str| {
            let mut tx = store.begin().await.unwrap();
            put_ceremony(&mut tx, "h", state).await.unwrap();
            tx.commit().await.unwrap();
        };
        let take = async || {
            let mut tx = store.begin().await.unwrap();
            let taken = take_ceremony(&mut tx, "h").await.unwrap();
            tx.commit().await.unwrap();
            taken
        };
        put("one").await;
        put("two").await;
        assert_eq!(take().await.as_deref(), Some("two"));
        assert_eq!(take().await, None);
        put("three").await;
        home.clock.advance(CEREMONY - 1);
        assert_eq!(take().await.as_deref(), Some("three"));
        put("four").await;
        home.clock.advance(CEREMONY);
        assert_eq!(take().await, None);
        put("five").await;
        assert_eq!(housekeeping(&store, store.now()).await.unwrap().traces, 0);
        assert_eq!(
            housekeeping(&store, store.now().plus(CEREMONY))
                .await
                .unwrap()
                .traces,
            1
        );
        assert_eq!(take().await, None);
    });
}

#[test]
fn a_sign_in_that_is_not_complete_is_told_apart_and_not_listed() {
    both(async |home| {
        let store = home.open().await;
        let ann = person(&store, "ann@example.com").await;
        for (hash, stage) in [
            ("f", SessionStage::Full),
            ("s", SessionStage::SecondFactor),
            ("e", SessionStage::Enrol),
        ] {
            let mut tx = store.begin().await.unwrap();
            let new = NewSession {
                token_hash: hash,
                identity: ann,
                csrf_token: "csrf",
                user_agent: "Firefox",
                address: "192.0.2.1",
                stage,
            };
            insert_session(&mut tx, &new).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(
                find_signed_in(&store, hash)
                    .await
                    .unwrap()
                    .unwrap()
                    .session
                    .stage,
                stage
            );
        }
        let listed = async || {
            let mut hashes: Vec<String> = list_sessions(&store, ann)
                .await
                .unwrap()
                .into_iter()
                .map(|session| session.token_hash)
                .collect();
            hashes.sort();
            hashes
        };
        assert_eq!(listed().await, ["f"]);
        let mut tx = store.begin().await.unwrap();
        assert!(
            update_stage(&mut tx, "s", SessionStage::Full)
                .await
                .unwrap()
        );
        assert!(
            !update_stage(&mut tx, "none", SessionStage::Full)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        assert_eq!(listed().await, ["f", "s"]);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(
            remove_sessions(&mut tx, ann, None).await.unwrap(),
            3,
            "those that are not complete too"
        );
        tx.commit().await.unwrap();
    });
}
