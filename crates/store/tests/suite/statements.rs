//! Every statement is prepared on every engine it is for, and both engines agree about parameters and columns.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use sqlx::{Column, Connection, Either, Executor, SqlSafeStr, Statement};
use store::{Database, Engine};

use crate::harness::both;

/// Parameter count and column names, by statement.
type Shapes = BTreeMap<&'static str, (usize, Vec<String>)>;

#[test]
fn every_statement_prepares_and_has_one_shape() {
    let first: Mutex<Option<Shapes>> = Mutex::new(None);
    both(async |home| {
        let store = home.open().await;
        let mut shapes = Shapes::new();
        let mut wrong = Vec::new();
        for statement in store::statement::all() {
            if !statement.engines.contains(&home.engine) {
                continue;
            }
            let described = match &home.config.database {
                Database::Sqlite(path) => {
                    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                    let mut connection = sqlx::SqliteConnection::connect_with(&options)
                        .await
                        .unwrap();
                    connection
                        .prepare(statement.sql.into_sql_str())
                        .await
                        .map(|found| shape(found.parameters(), found.columns()))
                }
                Database::Postgres(url) => {
                    let options: sqlx::postgres::PgConnectOptions = url.expose().parse().unwrap();
                    let options = options.options([(
                        "search_path",
                        format!("{},public", home.config.schema.as_deref().unwrap()),
                    )]);
                    let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
                    connection
                        .prepare(statement.sql.into_sql_str())
                        .await
                        .map(|found| shape(found.parameters(), found.columns()))
                }
            };
            match described {
                Ok(shape) => {
                    assert!(
                        shapes.insert(statement.name, shape).is_none(),
                        "{} is listed twice",
                        statement.name
                    );
                }
                Err(error) => wrong.push(format!("{}: {error}", statement.name)),
            }
        }
        assert!(
            wrong.is_empty(),
            "on {}:\n{}",
            home.engine.label(),
            wrong.join("\n")
        );
        store.close().await;

        let mut first = first.lock().unwrap();
        match first.as_ref() {
            None => *first = Some(shapes),
            Some(before) => {
                for (name, shape) in &shapes {
                    if let Some(other) = before.get(name) {
                        assert_eq!(shape, other, "{name} differs between the engines");
                    }
                }
            }
        }
    });
}

fn shape<C: Column, T>(
    parameters: Option<Either<&[T], usize>>,
    columns: &[C],
) -> (usize, Vec<String>) {
    let parameters = match parameters {
        None => 0,
        Some(Either::Left(types)) => types.len(),
        Some(Either::Right(count)) => count,
    };
    (
        parameters,
        columns
            .iter()
            .map(|column| column.name().to_owned())
            .collect(),
    )
}

/// What stands before the parenthesis that closes one opened before.
fn within(rest: &str) -> &str {
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    });
    &rest[..end.unwrap_or(rest.len())]
}

/// `DELETE … WHERE id IN (SELECT … LIMIT n)` reads its list once for each row of the table when PostgreSQL takes the
/// table for nearly empty, as it does after rows came in quickly: 20,000 marks of a run took minutes.
#[test]
fn a_list_of_rows_to_change_is_read_once() {
    let mut wrong = Vec::new();
    for statement in store::statement::all() {
        let sql = statement
            .sql
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let changes = ["DELETE", "UPDATE", "WITH"]
            .iter()
            .any(|verb| sql.starts_with(verb));
        let lists = sql.split(" IN (").skip(1).any(|rest| {
            let inside = within(rest);
            inside.trim_start().starts_with("SELECT") && inside.contains(" LIMIT ")
        });
        if changes && lists && !sql.contains("AS MATERIALIZED (") {
            wrong.push(statement.name);
        }
    }
    assert!(wrong.is_empty(), "list with AS MATERIALIZED: {wrong:?}");
}

/// A module with `statements!` that the registry does not list would never be prepared.
#[test]
fn every_module_with_statements_is_registered() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let registry = std::fs::read_to_string(source.join("statement.rs")).unwrap();
    let mut missing = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if !text.lines().any(|line| line.starts_with("statements! {")) {
                continue;
            }
            let relative = path.strip_prefix(&source).unwrap().with_extension("");
            let module = relative
                .to_str()
                .unwrap()
                .trim_end_matches("/mod")
                .replace('/', "::");
            if !registry.contains(&format!("crate::{module}::STATEMENTS")) {
                missing.push(module);
            }
        }
    }
    assert!(missing.is_empty(), "not in statement.rs: {missing:?}");
    assert_eq!(Engine::Sqlite.label(), "SQLite");
}
