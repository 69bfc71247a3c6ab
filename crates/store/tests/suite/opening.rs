//! Opening a store: one process per SQLite file, many on PostgreSQL, histories that fit.

use std::time::Duration;

use domain::secret::Secret;
use store::{Engine, ErrorKind, Store};

use crate::harness::{both, integration, sqlite_only};

#[test]
fn opening_twice_migrates_once_and_keeps_what_is_there() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        store.close().await;
        drop(store);
        let store = home.open().await;
        assert_eq!(
            store::integrations::list_integrations(&store)
                .await
                .unwrap()[0]
                .id,
            id
        );
        assert_eq!(integration(&store, "b").await.0, id.0 + 1, "ids go on");
    });
}

#[test]
fn a_second_process_is_refused_on_sqlite_and_welcome_on_postgres() {
    both(async |home| {
        let first = home.open().await;
        let second = home.try_open().await;
        if home.engine == Engine::Postgres {
            let second = second.unwrap();
            integration(&second, "from the second").await;
            assert_eq!(
                store::integrations::list_integrations(&first)
                    .await
                    .unwrap()
                    .len(),
                1
            );
            return;
        }
        let error = second.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InUse);
        assert!(
            error
                .to_string()
                .contains("in use by another Portico process"),
            "{error}"
        );
        // Looking is allowed meanwhile, and only looking.
        let looking = Store::open_read_only(home.config.clone(), home.clock.clone())
            .await
            .unwrap();
        assert_eq!(
            store::integrations::list_integrations(&looking)
                .await
                .unwrap(),
            []
        );
        assert!(looking.begin().await.is_err());
        looking.close().await;
        first.close().await;
        home.open().await;
    });
}

#[test]
fn many_nodes_may_start_on_an_empty_postgres_at_once() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        let starts: Vec<_> = (0..4)
            .map(|_| {
                let (config, clock) = (home.config.clone(), home.clock.clone());
                tokio::spawn(async move { Store::open(config, clock).await.map(drop) })
            })
            .collect();
        for start in starts {
            start.await.unwrap().unwrap();
        }
    });
}

#[test]
fn a_database_of_a_newer_portico_is_refused() {
    both(async |home| {
        home.open().await.close().await;
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)";
        crate::harness::execute(&home, sql).await;
        for outcome in [
            home.try_open().await,
            Store::open_read_only(home.config.clone(), home.clock.clone()).await,
        ] {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Newer);
            assert!(error.to_string().contains("newer Portico"), "{error}");
        }
    });
}

#[test]
fn a_migration_that_was_edited_after_its_release_is_refused() {
    both(async |home| {
        home.open().await.close().await;
        crate::harness::execute(
            &home,
            "UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1",
        )
        .await;
        assert_eq!(
            home.try_open().await.unwrap_err().kind(),
            &ErrorKind::Corrupt
        );
    });
}

#[test]
fn bad_configuration_is_refused_in_words_without_the_password() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            home.open().await;
            return;
        }
        home.open().await.close().await;
        let mut config = home.config.clone();
        config.schema = Some("a; DROP SCHEMA public".into());
        let error = Store::open(config.clone(), home.clock.clone())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        config.database = store::Database::Postgres(Secret::from("nonsense://ann:hunter2@[host"));
        let error = Store::open(config, home.clock.clone()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        assert!(
            !format!("{error:?} {error}").contains("hunter2"),
            "{error:?}"
        );
    });
}

#[test]
fn an_empty_file_is_no_store_to_look_at() {
    sqlite_only(async |home| {
        let error = Store::open_read_only(home.config.clone(), home.clock.clone())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Configuration);
        assert!(!home.path("portico.db").exists(), "looking creates nothing");
    });
}

#[test]
fn text_is_ordered_alike_on_both_engines() {
    both(async |home| {
        let store = home.open().await;
        for name in ["b", "B", "é", "a b", "ab", "Z"] {
            integration(&store, name).await;
        }
        let names: Vec<String> = store::integrations::list_integrations(&store)
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect();
        assert_eq!(names, ["B", "Z", "a b", "ab", "b", "é"]);
    });
}

#[test]
fn connections_that_break_are_replaced_and_listening_goes_on() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        let (here, there) = (home.open().await, home.open().await);
        integration(&here, "before").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        // As when the server restarts. Connections in the same database that have another name belong to other tests.
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portico ' || current_schema()";
        crate::harness::execute(&home, sql).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        integration(&here, "after").await;
        let mut heard = there.changed();
        for number in 0..50 {
            integration(&here, &format!("more {number}")).await;
            if tokio::time::timeout(Duration::from_millis(200), heard.recv())
                .await
                .is_ok()
            {
                return;
            }
        }
        panic!("the other node does not hear any more");
    });
}
