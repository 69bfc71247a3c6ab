//! How PostgreSQL looks things up while what it knows of a table is about what was there before.

use domain::record::{Batch, CompanyRecord};
use domain::stream::Stream;
use sqlx::{Connection, PgConnection};
use store::pages::Absence;
use store::vacuum::{analyze_members, analyze_records, believed_rows};
use store::{Database, Engine};

use crate::harness::{Home, both, execute, integration};
use crate::records::{company, contact, store_companies, store_page, store_tickets, ticket};

/// Two thousand companies, numbered from nought.
fn companies() -> Vec<CompanyRecord> {
    (0..2_000)
        .map(|number| company(&number.to_string(), &format!("Company {number}")))
        .collect()
}

/// A full run of many records stands for itself: the marks of the one before were counted by the database and are gone,
/// those of the present one it has not counted.
async fn with_marks_not_counted_yet(home: &Home) {
    let store = home.open().await;
    let at = integration(&store, "a").await;
    store_companies(&store, at, &companies()).await;
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

/// An integration is connected beside others, which the database has counted, and brings some thousand records.
async fn with_an_integration_not_counted_yet(home: &Home) -> i64 {
    let store = home.open().await;
    for name in ["a", "b"] {
        let at = integration(&store, name).await;
        store_companies(&store, at, &companies()).await;
        let contacts: Vec<_> = (0..4_000)
            .map(|number| {
                let company = (number % 300).to_string();
                let mut contact = contact(&number.to_string(), &company, "Ann", "Ash");
                contact.email = Some(format!("ann{number}@example.com"));
                contact
            })
            .collect();
        store_page(&store, at, &contacts, Batch::Contacts, Absence::Present).await;
        let tickets: Vec<_> = (0..4_000_i64)
            .map(|number| ticket(&number.to_string(), "1", number))
            .collect();
        store_tickets(&store, at, &tickets).await;
        if name == "a" {
            execute(home, "ANALYZE").await;
        }
    }
    store.close().await;
    2
}

#[test]
fn what_is_known_of_a_page_is_looked_up_however_small_an_integration_seems() {
    both(async |home| {
        if home.engine != Engine::Postgres {
            home.open().await.close().await;
            return;
        }
        let at = with_an_integration_not_counted_yet(&home).await;
        let mut connection = connect(&home).await;
        let mut checked = Vec::new();
        for statement in store::statement::all() {
            let name = statement.name;
            let of_postgres = statement.engines.contains(&Engine::Postgres);
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {}", statement.sql));
            let (query, table, looked_up) = if of_postgres && name.ends_with("::read_known") {
                let ids: Vec<String> = (0..500).map(|id: i64| id.to_string()).collect();
                let query = sqlx::query_scalar(explain).bind(at).bind(ids);
                (query, " r  (", "external_id = asked.external_id")
            } else if of_postgres && name == "store::pages::namesakes::LIST" {
                let query = sqlx::query_scalar(explain).bind(at);
                let query = query.bind("ann7@example.com").bind("7").bind(2_i64);
                (query, " on external_contact c  (", "email_key = ")
            } else {
                continue;
            };
            let filled = [
                "external_company",
                "external_contact",
                "ticket::",
                "namesakes",
            ];
            if !filled.iter().any(|part| name.contains(part)) {
                continue;
            }
            let plan: Vec<String> = query.fetch_all(&mut connection).await.unwrap();
            let place = plan.iter().position(|line| line.contains(table));
            let place = place.unwrap_or_else(|| panic!("{name}: {plan:#?}"));
            assert!(plan[place + 1].contains(looked_up), "{name}: {plan:#?}");
            checked.push(name);
        }
        assert_eq!(checked.len(), 3 + 1, "{checked:?}");
        connection.close().await.unwrap();
    });
}

#[test]
fn a_table_is_looked_at_when_it_has_grown_and_not_before() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        let tickets: Vec<_> = (0..500_i64)
            .map(|number| ticket(&number.to_string(), "1", number))
            .collect();
        store_tickets(&store, at, &tickets).await;
        let postgres = home.engine == Engine::Postgres;
        let look = async |before, after| {
            analyze_records(&store, Stream::Tickets, before, after)
                .await
                .unwrap()
        };
        assert!(!look(0, 399).await);
        assert_eq!(
            look(0, 500).await,
            postgres,
            "only PostgreSQL has to be told"
        );
        assert!(!look(500, 3_000).await);
        assert_eq!(analyze_members(&store, 200, 400).await.unwrap(), postgres);
        let believed = async |stream| believed_rows(&store, stream).await.unwrap();
        assert_eq!(believed(Stream::Tickets).await, postgres.then_some(500));
        assert_eq!(believed(Stream::TicketNotes).await, None);
        store.close().await;
    });
}

/// A batch of contacts to import is where the last one ended, and not what is left after all of them were sorted: 300,000 were
/// sorted 1,500 times while the database could not see how many an integration has.
#[test]
fn contacts_to_import_are_walked_and_never_sorted() {
    both(async |home| {
        let store = home.open().await;
        let at = integration(&store, "a").await;
        store_companies(&store, at, &companies()).await;
        let ids: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut tx = store.begin().await.unwrap();
        store::company_adoption::adopt(&mut tx, at, &ids)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let contacts: Vec<_> = (0..20_000)
            .map(|number| {
                let company = (number % 2_000).to_string();
                contact(&number.to_string(), &company, "Ann", "Ash")
            })
            .collect();
        store_page(&store, at, &contacts, Batch::Contacts, Absence::Present).await;
        store.close().await;
        if home.engine != Engine::Postgres {
            return;
        }
        execute(&home, "ANALYZE").await;
        let statement = store::statement::all()
            .into_iter()
            .find(|one| one.name == "store::contact_import::CANDIDATES_POSTGRES")
            .expect("the statement");
        let mut connection = connect(&home).await;
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {}", statement.sql));
        let query = sqlx::query_scalar(explain).bind(1_i64);
        let query = query.bind(0_i64).bind(200_i64);
        let plan: Vec<String> = query.fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        assert!(!plan.iter().any(|line| line.contains("Sort")), "{plan:#?}");
    });
}

/// Tickets of nobody come in the order of their index, though PostgreSQL does not know that they have the same technician.
#[test]
fn tickets_of_nobody_are_walked_and_never_sorted() {
    both(async |home| {
        let store = home.open().await;
        if home.engine != Engine::Postgres {
            store.close().await;
            return;
        }
        let at = integration(&store, "a").await;
        store_companies(&store, at, &[company("1", "Acme")]).await;
        let tickets: Vec<_> = (0..4_000_i64)
            .map(|number| {
                let mut ticket = ticket(&number.to_string(), "1", number);
                let technician = (number % 4 != 0).then(|| (number % 50).to_string());
                ticket.technician_external_id = technician;
                ticket
            })
            .collect();
        store_tickets(&store, at, &tickets).await;
        store.close().await;
        execute(&home, "ANALYZE").await;
        let mut connection = connect(&home).await;
        for (direction, bound) in [("Ascending", i64::MIN), ("Descending", i64::MAX)] {
            let name = format!("store::tickets::keys_Nobody_Updated_{direction}");
            let statement = store::statement::all()
                .into_iter()
                .find(|one| one.name == name && one.engines.contains(&Engine::Postgres))
                .expect("the statement");
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN {}", statement.sql));
            let query = sqlx::query_scalar(explain)
                .bind(1_i64)
                .bind(1_i64)
                .bind(1_i64)
                .bind(0_i64);
            let other = None::<String>;
            let query = query
                .bind(other.clone())
                .bind(other.clone())
                .bind(other.clone())
                .bind(other.clone())
                .bind(other);
            let query = query.bind(26_i64).bind("").bind(bound).bind(bound);
            let plan: Vec<String> = query.fetch_all(&mut connection).await.unwrap();
            assert!(
                !plan.iter().any(|line| line.contains("Sort"))
                    && plan
                        .iter()
                        .any(|line| line.contains("ticket_by_technician")),
                "{name}: {plan:#?}"
            );
        }
        connection.close().await.unwrap();
    });
}
