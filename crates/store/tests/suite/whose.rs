//! Whose a database is: a demo claims one that holds nothing, and no other.

use std::sync::Arc;

use domain::secret::Secret;
use store::whose::{Contents, claim_for_demo, create_database, look};
use store::{Database, Engine, ErrorKind, Store, StoreConfig, installation_settings, nodes};

use crate::harness::{Home, both, execute, integration};

async fn contents(home: &Home) -> Contents {
    look(&home.config).await.unwrap()
}

#[test]
fn a_demo_claims_what_holds_nothing_and_keeps_it() {
    both(async |home| {
        let postgres = home.engine == Engine::Postgres;
        if postgres {
            assert_eq!(contents(&home).await, Contents::Nothing, "no table");
        }
        let store = home.open().await;
        if postgres {
            assert_eq!(contents(&home).await, Contents::Nothing, "empty tables");
        }
        assert!(claim_for_demo(&store, "mine").await.unwrap());
        assert!(!claim_for_demo(&store, "another").await.unwrap());
        integration(&store, "a").await;
        assert!(
            claim_for_demo(&store, "mine").await.unwrap(),
            "with records"
        );
        assert!(!claim_for_demo(&store, "another").await.unwrap());
        if postgres {
            assert_eq!(contents(&home).await, Contents::Demo("mine".to_owned()));
        }
        let settings = installation_settings::list_settings(&store).await.unwrap();
        assert!(settings.is_empty(), "the mark is no setting of anybody");
    });
}

#[test]
fn whatever_somebody_did_makes_it_theirs() {
    const TRACES: [&str; 4] = [
        "INSERT INTO identity (id, uuid, email, email_key, name, created_at) VALUES (1, 'u', 'a', 'a', 'Ann', 0)",
        "INSERT INTO integration (id, uuid, provider, name, settings, created_at) VALUES (1, 'u', 'autotask', 'A', '{}', 0)",
        "INSERT INTO node (id, address, version, started_at, heartbeat_at, works) VALUES ('n', '', '1', 0, 0, 1)",
        "INSERT INTO audit_entry (id, at, actor, action, subject_kind, subject_id, subject_label) \
         VALUES (1, 0, 'command_line', 'x', '', '', '')",
    ];
    for trace in TRACES {
        both(async |home| {
            let store = home.open().await;
            execute(&home, trace).await;
            assert!(!claim_for_demo(&store, "mine").await.unwrap(), "{trace}");
            let mark: Option<String> = installation_settings::find_setting(&store, "demo")
                .await
                .unwrap();
            assert_eq!(mark, None, "{trace}");
            if home.engine == Engine::Postgres {
                assert_eq!(contents(&home).await, Contents::Other, "{trace}");
            }
        });
    }
}

#[test]
fn of_two_demos_at_once_one_gets_it() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            return;
        }
        for _ in 0..10 {
            let store = Arc::new(home.open().await);
            let other = home.open().await;
            let (one, two) =
                tokio::join!(claim_for_demo(&store, "one"), claim_for_demo(&other, "two"));
            assert!(one.unwrap() ^ two.unwrap());
            execute(
                &home,
                "DELETE FROM installation_setting WHERE name = 'demo'",
            )
            .await;
        }
    });
}

#[test]
fn tables_of_another_program_are_not_empty() {
    both(async |home| {
        if home.engine == Engine::Sqlite {
            let error = look(&home.config).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Configuration);
            return;
        }
        let store = home.open().await;
        execute(&home, "DROP TABLE installation_setting").await;
        assert_eq!(contents(&home).await, Contents::Other);
        store.close().await;
    });
}

#[test]
fn a_missing_database_is_created_in_utf8() {
    both(async |home| {
        let Database::Postgres(url) = &home.config.database else {
            return;
        };
        let (start, end) = url.expose().split_once('?').unwrap_or((url.expose(), ""));
        let (server, _) = start.rsplit_once('/').unwrap();
        let name = format!("made \"{}\"", home.config.schema.as_deref().unwrap());
        let quoted = name.replace(' ', "%20").replace('"', "%22");
        let config = StoreConfig {
            database: Database::Postgres(Secret::from(format!("{server}/{quoted}?{end}"))),
            schema: None,
            ..home.config.clone()
        };
        assert_eq!(look(&config).await.unwrap(), Contents::Missing);
        create_database(&config).await.unwrap();
        assert_eq!(look(&config).await.unwrap(), Contents::Nothing);
        let again = create_database(&config).await.unwrap_err();
        assert_eq!(again.kind(), &ErrorKind::Configuration);
        let store = Store::open(config.clone(), home.clock.clone())
            .await
            .unwrap();
        let mut tx = store.begin().await.unwrap();
        nodes::upsert_node(&mut tx, "n", "", "1", true)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(look(&config).await.unwrap(), Contents::Other);
        store.close().await;
    });
}
