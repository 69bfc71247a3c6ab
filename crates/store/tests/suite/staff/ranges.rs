//! Pages of people, and of their import and mail, are read as ranges of an index.

use sqlx::Connection;
use store::{Database, Engine};

use super::many;
use crate::harness::{Home, sqlite_only};

#[test]
fn a_page_of_people_is_one_range_of_one_index() {
    sqlite_only(async |home: Home| {
        let store = home.open().await;
        many(&store, 2_000).await;
        store.close().await;
        let Database::Sqlite(path) = &home.config.database else {
            panic!("SQLite")
        };
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .unwrap();
        for learned in [false, true] {
            if learned {
                sqlx::query("ANALYZE")
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
            let mut checked = 0;
            for statement in store::statement::all() {
                let modules = [
                    "store::staff::",
                    "store::technicians::import::",
                    "store::outbox::",
                ];
                if !statement.engines.contains(&Engine::Sqlite)
                    || !modules
                        .iter()
                        .any(|module| statement.name.starts_with(module))
                {
                    continue;
                }
                let is_keys = statement.name.contains("::KEYS_");
                if !is_keys && !statement.name.ends_with("_SQLITE") {
                    continue;
                }
                let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
                let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
                let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
                let text = steps.join("\n");
                let name = statement.name;
                if is_keys {
                    assert_eq!(
                        steps.len(),
                        1,
                        "{name} reads its table once and sorts nothing:\n{text}"
                    );
                    assert!(
                        text.starts_with("SEARCH") && text.contains("INDEX"),
                        "{name}:\n{text}"
                    );
                    let seeks = [">(", "<(", ">?", "<?"]
                        .iter()
                        .any(|bound| text.contains(bound));
                    assert!(seeks, "{name} does not seek:\n{text}");
                } else {
                    let scans = steps.iter().filter(|step| step.starts_with("SCAN"));
                    assert!(
                        scans.into_iter().all(|step| step.starts_with("SCAN f ")),
                        "{name} scans:\n{text}"
                    );
                    assert!(
                        !text.contains("AUTOMATIC"),
                        "{name} builds an index:\n{text}"
                    );
                }
                checked += 1;
            }
            assert_eq!(checked, (4 + 2 + 4) + 5);
        }
    });
}
