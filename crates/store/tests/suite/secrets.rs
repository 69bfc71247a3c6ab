//! Secrets: sealed, bound to their place, rotated; a start without the right key is refused.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use domain::id::{IdentityId, IntegrationId};
use domain::secret::Secret;
use store::secrets::{
    self, Lost, count_by_key, find_secret, find_secrets, forget_key, integration_owner,
    list_key_ids, may_rotate, put_secret, remove_secrets, rotate_batch, use_newest_key,
};
use store::{Engine, ErrorKind, KeySource, key_ring};

use crate::harness::{Home, both, integration, sqlite_only};

fn key_file(home: &Home) -> PathBuf {
    key_ring::path(&home.config.database, &home.config.master_key).unwrap()
}

#[test]
fn secrets_are_kept_replaced_listed_and_removed() {
    both(async |home| {
        let store = home.open().await;
        let owner = integration_owner(integration(&store, "a").await);
        let mut tx = store.begin().await.unwrap();
        put_secret(&mut tx, &owner, "password", &Secret::from("old"))
            .await
            .unwrap();
        put_secret(&mut tx, &owner, "password", &Secret::from("né\u{1F511}w"))
            .await
            .unwrap();
        put_secret(&mut tx, &owner, "user", &Secret::from("api@example.com"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_secret(&store, &owner, "password").await.unwrap(),
            Some(Secret::from("né\u{1F511}w"))
        );
        assert_eq!(find_secret(&store, &owner, "nothing").await.unwrap(), None);
        assert_eq!(
            find_secrets(&store, &owner)
                .await
                .unwrap()
                .into_keys()
                .collect::<Vec<_>>(),
            ["password", "user"]
        );
        let mut tx = store.begin().await.unwrap();
        assert_eq!(remove_secrets(&mut tx, &owner).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert!(find_secrets(&store, &owner).await.unwrap().is_empty());
    });
}

#[test]
fn an_envelope_moved_to_another_row_does_not_open_there() {
    both(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        put_secret(
            &mut tx,
            "integration:1",
            "password",
            &Secret::from("hunter2"),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        crate::harness::execute(&home, "UPDATE secret SET owner = 'integration:2'").await;
        let error = find_secret(&store, "integration:2", "password")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Corrupt);
        assert!(!format!("{error:?}").contains("hunter2"));
    });
}

#[test]
fn a_start_without_the_databases_key_is_refused() {
    both(async |home| {
        home.open().await.close().await;
        let key = key_file(&home);
        let away = home.path("away");
        std::fs::rename(&key, &away).unwrap();
        let error = home.try_open().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::KeyMissing { key: Some(_) }),
            "{error}"
        );
        assert!(!key.exists(), "no new key is made over a lost one");

        key_ring::create(&key).unwrap();
        let error = home.try_open().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::KeyMissing { key: Some(_) }),
            "{error}"
        );

        std::fs::rename(&away, &key).unwrap();
        home.open().await.close().await;
    });
}

#[test]
fn what_a_lost_key_sealed_is_given_up_and_nothing_else() {
    both(async |home| {
        let store = home.open().await;
        let first = store.key_ids().pop().unwrap();
        let mut tx = store.begin().await.unwrap();
        for owner in ["integration:1", "identity:7"] {
            put_secret(&mut tx, owner, "secret", &Secret::from("old"))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;
        let key = key_file(&home);
        key_ring::add_key(&key).unwrap();
        let store = home.open().await;
        let second = use_newest_key(&store).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        put_secret(&mut tx, "integration:2", "secret", &Secret::from("new"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        key_ring::remove_key(&key, &first).unwrap();
        home.try_open().await.expect_err("a key is missing");

        let store = home.open_without_lost_keys().await;
        let lost = secrets::list_lost(&store).await.unwrap();
        assert_eq!(lost.keys, [first]);
        assert_eq!(lost.integrations, [IntegrationId(1)]);
        assert_eq!(lost.identities, [IdentityId(7)]);
        let mut tx = store.begin().await.unwrap();
        let refused = secrets::give_up_lost(&mut tx, std::slice::from_ref(&second)).await;
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::Configuration);
        assert_eq!(secrets::give_up_lost(&mut tx, &lost.keys).await.unwrap(), 2);
        tx.commit().await.unwrap();
        store.close().await;

        let store = home.open().await;
        let kept = find_secret(&store, "integration:2", "secret")
            .await
            .unwrap();
        assert_eq!(kept.unwrap().expose(), "new");
        assert_eq!(
            find_secret(&store, "integration:1", "secret")
                .await
                .unwrap(),
            None
        );
        assert_eq!(secrets::list_key_ids(&store).await.unwrap(), [second]);
        assert_eq!(secrets::list_lost(&store).await.unwrap(), Lost::default());
    });
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    both(async |home| {
        home.open().await.close().await;
        let key = key_file(&home);
        assert_eq!(
            std::fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
        std::fs::set_permissions(&key, PermissionsExt::from_mode(0o644)).unwrap();
        let error = home.try_open().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        assert!(error.to_string().contains("chmod 600"), "{error}");
        assert!(
            key_ring::create(&key).is_err(),
            "an existing key file is never overwritten"
        );
    });
}

#[test]
fn postgres_asks_for_a_key_file() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        let mut config = home.config.clone();
        config.master_key = KeySource::Beside;
        let error = store::Store::open(config, home.clock.clone())
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("PORTICO_MASTER_KEY_FILE"),
            "{error}"
        );
        home.open().await.close().await;
    });
}

#[test]
fn rotation_seals_everything_again_and_then_lets_the_old_key_go() {
    both(async |home| {
        let store = home.open().await;
        let old = store.key_ids().remove(0);
        let mut tx = store.begin().await.unwrap();
        for number in 0..7 {
            put_secret(
                &mut tx,
                &format!("integration:{number}"),
                "password",
                &Secret::from(format!("secret {number}")),
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        store.close().await;

        let new = key_ring::add_key(&key_file(&home)).unwrap();
        let store = home.open().await;
        assert_eq!(store.key_ids(), [old.clone(), new.clone()]);
        assert_eq!(use_newest_key(&store).await.unwrap(), new);
        assert_eq!(
            find_secret(&store, "integration:3", "password")
                .await
                .unwrap(),
            Some(Secret::from("secret 3")),
            "old ones still open"
        );
        let error = forget(&store, &old).await.unwrap_err();
        assert!(error.to_string().starts_with("7 secrets"), "{error}");
        assert!(forget(&store, &new).await.is_err(), "it seals");
        assert!(forget(&store, "0123").await.is_err(), "nobody knows it");
        assert_eq!(
            list_key_ids(&store).await.unwrap().len(),
            2,
            "a refusal strikes nothing out"
        );

        assert_eq!(rotate_batch(&store, 4).await.unwrap(), 3);
        assert_eq!(rotate_batch(&store, 4).await.unwrap(), 0);
        assert_eq!(
            count_by_key(&store).await.unwrap(),
            [(new.clone(), 7)].into()
        );
        forget(&store, &old).await.unwrap();
        assert_eq!(
            list_key_ids(&store).await.unwrap(),
            std::slice::from_ref(&new)
        );
        store.close().await;

        key_ring::remove_key(&key_file(&home), &old).unwrap();
        assert!(
            key_ring::remove_key(&key_file(&home), &new).is_err(),
            "the last key stays"
        );
        let store = home.open().await;
        assert_eq!(store.key_ids(), [new]);
        for number in 0..7 {
            let found = find_secret(&store, &format!("integration:{number}"), "password")
                .await
                .unwrap();
            assert_eq!(found, Some(Secret::from(format!("secret {number}"))));
        }
    });
}

async fn forget(store: &store::Store, key: &str) -> store::Result<()> {
    let mut tx = store.begin().await?;
    forget_key(&mut tx, key).await?;
    tx.commit().await
}

/// With SQLite nobody else has to have it first.
#[test]
fn on_postgres_a_new_key_seals_when_somebody_says_so() {
    both(async |home| {
        let file = key_file(&home);
        let store = home.open().await;
        let old = store.key_ids().remove(0);
        put(&store, "first").await;
        store.close().await;
        let mut elsewhere = home.config.clone();
        elsewhere.master_key = KeySource::File(home.path("elsewhere.key"));
        std::fs::copy(&file, home.path("elsewhere.key")).unwrap();
        let new = key_ring::add_key(&file).unwrap();

        let store = home.open().await;
        put(&store, "second").await;
        if home.engine == Engine::Sqlite {
            let sealed = count_by_key(&store).await.unwrap();
            assert_eq!(sealed, [(old, 1), (new, 1)].into());
            return;
        }
        assert_eq!(
            list_key_ids(&store).await.unwrap(),
            std::slice::from_ref(&old)
        );
        assert_eq!(rotate_batch(&store, 10).await.unwrap(), 0);
        let sealed = count_by_key(&store).await.unwrap();
        assert_eq!(sealed, [(old.clone(), 2)].into());
        assert!(forget(&store, &old).await.is_err(), "it seals");
        let checks = store::doctor::check(&store).await;
        let told = checks.iter().find(|check| check.name == "Master keys");
        let told = &told.unwrap().detail;
        assert!(told.contains("portico rotate-key --seal"), "{told}");
        let other = store::Store::open(elsewhere.clone(), home.clock.clone())
            .await
            .expect("a node without the new key starts");
        let found = find_secret(&other, "installation", "second").await.unwrap();
        assert_eq!(found, Some(Secret::from("second")));

        assert_eq!(use_newest_key(&store).await.unwrap(), new);
        put(&store, "third").await;
        assert!(may_rotate(&store).await.unwrap());
        assert!(
            !may_rotate(&other).await.unwrap(),
            "its file lacks the new key"
        );
        assert_eq!(rotate_batch(&store, 10).await.unwrap(), 0);
        assert_eq!(count_by_key(&store).await.unwrap(), [(new, 3)].into());
        let error = store::Store::open(elsewhere, home.clock.clone())
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::KeyMissing { key: Some(_) }),
            "{error}"
        );
    });
}

/// Keeps a secret of the installation that says its own name.
async fn put(store: &store::Store, name: &str) {
    let mut tx = store.begin().await.unwrap();
    put_secret(&mut tx, "installation", name, &Secret::from(name))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn a_node_that_has_not_read_the_new_key_does_not_seal_with_a_forgotten_one() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        let before = home.open().await;
        let old = before.key_ids().remove(0);
        let new = key_ring::add_key(&key_file(&home)).unwrap();
        let after = home.open().await;
        use_newest_key(&after).await.unwrap();

        // One is sealing at this very moment: it is waited for, and its secret counts.
        let mut sealing = before.begin().await.unwrap();
        put_secret(&mut sealing, "installation", "smtp", &Secret::from("x"))
            .await
            .unwrap();
        let forgetting = forget(&after, &old);
        let (forgotten, ()) = tokio::join!(forgetting, async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            sealing.commit().await.unwrap();
        });
        assert!(forgotten.unwrap_err().to_string().starts_with("1 secrets"));
        rotate_batch(&after, 10).await.unwrap();
        forget(&after, &old).await.unwrap();

        let mut tx = before.begin().await.unwrap();
        put_secret(&mut tx, "installation", "smtp", &Secret::from("y"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count_by_key(&after).await.unwrap(), [(new, 1)].into());
    });
}

#[test]
fn a_node_reads_the_key_file_again_when_another_sealed_with_a_new_key() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        let before = home.open().await;
        key_ring::add_key(&key_file(&home)).unwrap();
        let after = home.open().await;
        use_newest_key(&after).await.unwrap();
        let mut tx = after.begin().await.unwrap();
        put_secret(&mut tx, "installation", "smtp", &Secret::from("x"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_secret(&before, "installation", "smtp").await.unwrap(),
            Some(Secret::from("x"))
        );
    });
}

#[test]
fn nothing_of_a_secret_is_in_the_file() {
    sqlite_only(async |home| {
        let store = home.open().await;
        let mut tx = store.begin().await.unwrap();
        put_secret(
            &mut tx,
            "installation",
            "smtp",
            &Secret::from("correct horse battery"),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let bytes = std::fs::read(home.path("portico.db")).unwrap();
        assert!(!bytes.windows(13).any(|part| part == b"horse battery"));
    });
}
