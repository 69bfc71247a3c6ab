//! How SQLite reads a page of a list: one range of one index, in order, whatever the filter and sort.

use domain::record::Batch;
use sqlx::Connection;
use store::pages::Absence;
use store::{Database, Engine};

use crate::harness::{Home, execute, integration, sqlite_only};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

#[test]
fn a_page_of_keys_is_one_range_of_one_index() {
    sqlite_only(async |home| {
        let store = home.open().await;
        check(&home).await;
        // What housekeeping learns about the rows must not lead the planner elsewhere.
        let at = integration(&store, "a").await;
        let companies: Vec<_> = (0..300)
            .map(|number| company(&number.to_string(), &format!("Company {number}")))
            .collect();
        store_companies(&store, at, &companies).await;
        let tickets: Vec<_> = (0..3_000_i64)
            .map(|number| {
                let mut ticket = ticket(&number.to_string(), &(number % 300).to_string(), number);
                ticket.status_id = Some(if number % 100 == 0 { "1" } else { "5" }.into());
                ticket.technician_external_id = Some((number % 3).to_string());
                ticket.priority_id = Some("2".into());
                ticket
            })
            .collect();
        store_tickets(&store, at, &tickets).await;
        let contacts: Vec<_> = (0..900)
            .map(|number| {
                contact(
                    &number.to_string(),
                    &(number % 300).to_string(),
                    "Ann",
                    &number.to_string(),
                )
            })
            .collect();
        store_page(&store, at, &contacts, Batch::Contacts, Absence::Present).await;
        execute(&home, "ANALYZE").await;
        check(&home).await;
        store.close().await;
    });
}

async fn check(home: &Home) {
    let Database::Sqlite(path) = &home.config.database else {
        panic!("SQLite")
    };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let mut checked = 0;
    for statement in store::statement::all() {
        let Some((_, kind)) = statement.name.rsplit_once("::") else {
            continue;
        };
        if !statement.engines.contains(&Engine::Sqlite)
            || !(kind.starts_with("keys_") || kind.starts_with("count_"))
        {
            continue;
        }
        if statement.name.contains("pages::") {
            continue;
        }
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let steps: Vec<&str> = plan.iter().map(|step| step.3.as_str()).collect();
        let text = steps.join("\n");
        // A company's tickets by creation are sorted, from an index that has all they need.
        let sorted = kind.starts_with("keys_Company_Created");
        assert_eq!(
            text.contains("TEMP B-TREE"),
            sorted,
            "{} sorts:\n{text}",
            statement.name
        );
        assert!(
            !sorted || text.contains("USING INDEX ticket_by_company_update"),
            "{}:\n{text}",
            statement.name
        );
        let walked: Vec<&&str> = steps
            .iter()
            .filter(|step| {
                [" t ", " k ", " o ", " c "]
                    .iter()
                    .any(|alias| format!("{step} ").contains(alias))
            })
            .collect();
        assert_eq!(
            walked.len(),
            1,
            "{} reads its table once:\n{text}",
            statement.name
        );
        let alone = kind.starts_with("count_plain_") && !kind.ends_with("LargeCompany");
        assert!(
            !alone || walked[0].contains("COVERING INDEX"),
            "{} looks at rows:\n{text}",
            statement.name
        );
        assert!(
            walked[0].contains("INDEX"),
            "{} uses no index:\n{text}",
            statement.name
        );
        if kind.starts_with("keys_") && !sorted {
            assert!(
                walked[0].starts_with("SEARCH"),
                "{} reads everything:\n{text}",
                statement.name
            );
            assert!(
                walked[0].contains(">?")
                    || walked[0].contains("<?")
                    || walked[0].contains("<(")
                    || walked[0].contains(">("),
                "{} does not seek:\n{text}",
                statement.name
            );
        }
        let others = steps
            .iter()
            .filter(|step| step.starts_with("SCAN") && !walked.iter().any(|walk| walk == step));
        assert_eq!(
            others.filter(|step| !step.contains("counted")).count(),
            0,
            "{} scans:\n{text}",
            statement.name
        );
        checked += 1;
    }
    assert!(
        checked >= 28 + 14 + 4 + 4 + 12 + 3 + 8 + 4,
        "{checked} statements were checked"
    );
}
