//! Whose a database is: a demo claims one that holds nothing, and no other.

use std::sync::Arc;

use domain::secret::Secret;
use store::whose::{Contents, claim_for_demo, create_database, look};
use store::{Database, Engine, ErrorKind, Store, StoreConfig, installation_settings};

use crate::harness::{Home, both, execute, execute_in, integration};

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
    const TRACES: [&str; 5] = [
        "INSERT INTO identity (id, uuid, email, email_key, name, created_at) VALUES (1, 'u', 'a', 'a', 'Ann', 0)",
        "INSERT INTO integration (id, uuid, provider, name, settings, created_at) VALUES (1, 'u', 'autotask', 'A', '{}', 0)",
        "INSERT INTO node (id, address, version, started_at, heartbeat_at, works) VALUES ('n', '', '1', 0, 0, 1)",
        "INSERT INTO audit_entry (id, at, actor, action, subject_kind, subject_id, subject_label) \
         VALUES (1, 0, 'command_line', 'x', '', '', '')",
        "INSERT INTO installation_setting (name, value, updated_at) VALUES ('setup_token', '\"x\"', 0)",
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

/// The address of another database on the server for tests.
fn beside(home: &Home, name: &str) -> Option<StoreConfig> {
    let Database::Postgres(url) = &home.config.database else {
        return None;
    };
    let (start, end) = url.expose().split_once('?').unwrap_or((url.expose(), ""));
    let (server, _) = start.rsplit_once('/').unwrap();
    let name = name.replace(' ', "%20").replace('"', "%22");
    Some(StoreConfig {
        database: Database::Postgres(Secret::from(format!("{server}/{name}?{end}"))),
        schema: None,
        ..home.config.clone()
    })
}

#[test]
fn what_another_program_has_there_is_not_nothing() {
    // In tables and views, beside Portico's empty tables and alone, in this schema and in another.
    const FOREIGN: [&str; 4] = [
        "CREATE TABLE wp_posts (id BIGINT)",
        "CREATE VIEW seen AS SELECT 1 AS one",
        "CREATE SCHEMA crm CREATE TABLE customer (id BIGINT)",
        "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one",
    ];
    both(async |home| {
        let Some(schema) = home.config.schema.clone() else {
            let error = look(&home.config).await.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::Configuration);
            return;
        };
        for opened in [false, true] {
            for (index, foreign) in FOREIGN.iter().enumerate() {
                let name = format!("foreign_{schema}_{index}_{opened}");
                let config = beside(&home, &name).unwrap();
                create_database(&config).await.unwrap();
                if opened {
                    let store = Store::open(config.clone(), home.clock.clone()).await;
                    store.unwrap().close().await;
                    assert_eq!(look(&config).await.unwrap(), Contents::Nothing);
                }
                execute_in(&config, foreign).await;
                assert_eq!(look(&config).await.unwrap(), Contents::Other, "{foreign}");
                drop_database(&home, &name).await;
            }
        }
    });
}

async fn drop_database(home: &Home, name: &str) {
    let quoted = name.replace('"', "\"\"");
    execute(
        home,
        format!("DROP DATABASE \"{quoted}\" WITH (FORCE)").leak(),
    )
    .await;
}

#[test]
fn a_missing_database_is_created_in_utf8() {
    both(async |home| {
        let Some(schema) = home.config.schema.clone() else {
            return;
        };
        let name = format!("made \"{schema}\"");
        let config = beside(&home, &name).unwrap();
        assert_eq!(look(&config).await.unwrap(), Contents::Missing);
        create_database(&config).await.unwrap();
        create_database(&config)
            .await
            .expect("somebody did meanwhile");
        assert_eq!(look(&config).await.unwrap(), Contents::Nothing);
        let store = Store::open(config.clone(), home.clock.clone())
            .await
            .unwrap();
        assert_eq!(
            look(&config).await.unwrap(),
            Contents::Nothing,
            "with pg_trgm"
        );
        store.close().await;
        drop_database(&home, &name).await;
    });
}

#[test]
fn a_database_that_may_not_be_created_is_told() {
    both(async |home| {
        let Some(mut config) = beside(&home, "nobodys") else {
            return;
        };
        let role = format!("r_{}", home.config.schema.as_deref().unwrap());
        execute(&home, format!("CREATE ROLE {role} LOGIN").leak()).await;
        let Database::Postgres(url) = &config.database else {
            unreachable!()
        };
        let (_, rest) = url.expose().split_once('@').unwrap();
        config.database = Database::Postgres(Secret::from(format!("postgres://{role}@{rest}")));
        assert_eq!(look(&config).await.unwrap(), Contents::Missing);
        let told = create_database(&config).await.unwrap_err();
        assert_eq!(told.kind(), &ErrorKind::Configuration);
        let told = told.to_string();
        assert!(
            told.contains("\"nobodys\"") && told.contains("permission denied"),
            "{told}"
        );
        execute(&home, format!("DROP ROLE {role}").leak()).await;
    });
}
