//! How PostgreSQL looks up what a run has seen, when all it knows of the marks is about runs that ended.

use sqlx::{Connection, PgConnection};
use store::{Database, Engine};

use crate::harness::{Home, both, execute, integration};
use crate::records::{company, contact, store_companies, store_page};
use domain::record::Batch;
use store::pages::Absence;

/// A full run of many records stands for itself: the marks of the one before were counted by the database and are gone,
/// those of the present one it has not counted.
async fn with_marks_not_counted_yet(home: &Home) {
    let store = home.open().await;
    let at = integration(&store, "a").await;
    let companies: Vec<_> = (0..2_000)
        .map(|number| company(&number.to_string(), &format!("Company {number}")))
        .collect();
    store_companies(&store, at, &companies).await;
    let contacts: Vec<_> = (0..2_000)
        .map(|number| {
            contact(
                &number.to_string(),
                &(number % 300).to_string(),
                "Ann",
                "Ash",
            )
        })
        .collect();
    store_page(&store, at, &contacts, Batch::Contacts, Absence::Present).await;
    store.close().await;
    for sql in [
        "INSERT INTO seen_mark SELECT 1, n::text FROM generate_series(1, 50000) AS n",
        "ANALYZE",
        "DELETE FROM seen_mark",
        "INSERT INTO seen_mark SELECT 2, n::text FROM generate_series(1, 50000) AS n",
    ] {
        execute(home, sql).await;
    }
}

#[test]
fn marks_are_looked_up_and_never_gone_through_for_every_record() {
    both(async |home| {
        if home.engine != Engine::Postgres {
            home.open().await.close().await;
            return;
        }
        with_marks_not_counted_yet(&home).await;
        let mut connection = connect(&home).await;
        let mut checked = 0;
        for statement in store::statement::all() {
            let joins = statement.engines.contains(&Engine::Postgres)
                && statement.sql.starts_with("SELECT")
                && statement.sql.contains("FROM seen_mark s");
            if !joins {
                continue;
            }
            let plan = explain(&mut connection, statement.sql).await;
            let at = plan
                .iter()
                .position(|line| line.contains(" on seen_mark s"));
            let at = at.unwrap_or_else(|| panic!("{}: {plan:#?}", statement.name));
            let both_columns = plan[at + 1].contains("stream_run_id = ")
                && plan[at + 1].contains("external_id = ");
            assert!(both_columns, "{}: {plan:#?}", statement.name);
            checked += 1;
        }
        assert_eq!(checked, 8 + 1, "lists of what was not seen, and namesakes");
        connection.close().await.unwrap();
    });
}

async fn connect(home: &Home) -> PgConnection {
    let Database::Postgres(url) = &home.config.database else {
        panic!("PostgreSQL")
    };
    let options: sqlx::postgres::PgConnectOptions = url.expose().parse().unwrap();
    let schema = home.config.schema.clone().unwrap();
    let options = options.options([("search_path", schema)]);
    PgConnection::connect_with(&options).await.unwrap()
}

/// The lines of a plan, for the values a run has.
async fn explain(connection: &mut PgConnection, sql: &'static str) -> Vec<String> {
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {sql}"));
    let query = sqlx::query_scalar(explain).bind(1_i64);
    let query = if sql.contains("$8") {
        let none = None::<Vec<String>>;
        query
            .bind(None::<i64>)
            .bind(none.clone())
            .bind(none.clone())
            .bind(none)
            .bind(2_i64)
            .bind("")
            .bind(500_i64)
    } else {
        query.bind("ann@example.com").bind("1").bind(2_i64)
    };
    query.fetch_all(connection).await.unwrap()
}
