//! The commands Portico names for PostgreSQL, run with PostgreSQL's own tools.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use domain::secret::Secret;
use sqlx::{Connection, PgConnection};
use store::backup::postgres_commands;
use store::integrations::list_integrations;
use store::{Database, Store, StoreConfig};

use crate::harness::{Home, both, integration, set};

const PAGE: &str = include_str!("../../../../docs/setup/backup.md");

#[test]
fn what_an_administrator_gave_the_database_does_not_hinder_a_restore() {
    both(async |home| {
        let Database::Postgres(url) = &home.config.database else {
            return;
        };
        let url = url.expose();
        let path = path_of_tools(url).await;
        let runs = "command -v pg_dump && command -v pg_restore";
        if run(runs, url, &path, &home.path("")).is_err() {
            assert!(
                set("PORTICO_REQUIRE_ALL").is_none(),
                "pg_dump and pg_restore are missing: not run"
            );
            eprintln!("not run: pg_dump and pg_restore are neither beside the server nor in PATH");
            return;
        }
        let name = format!("portico_{}", std::process::id());
        let databases = [format!("{name}_old"), format!("{name}_new")];
        as_administrator(url, format!("CREATE ROLE {name}")).await;
        for database in &databases {
            as_administrator(url, format!("CREATE DATABASE {database} OWNER {name}")).await;
            let inside = format!("{url}{}dbname={database}", and(url));
            let extension = "CREATE EXTENSION pg_trgm WITH SCHEMA public";
            as_administrator(&inside, extension.to_owned()).await;
        }
        let [old, new] = databases.each_ref().map(|database| {
            let role = format!("options=-c%20role%3D{name}");
            format!("{url}{}dbname={database}&{role}", and(url))
        });

        let store = open(&home, &old).await;
        integration(&store, "before").await;
        let commands = postgres_commands(&store);
        store.close().await;
        for command in &commands {
            assert!(PAGE.contains(command), "{command}");
        }
        let (dump, restore) = commands.split_first().unwrap();
        run(dump, &old, &path, &home.path("")).unwrap();
        let store = open(&home, &old).await;
        integration(&store, "after").await;
        store.close().await;
        for url in [&old, &new] {
            for command in restore {
                run(command, url, &path, &home.path("")).unwrap();
            }
            let store = open(&home, url).await;
            let rows = list_integrations(&store).await.unwrap();
            let names: Vec<_> = rows.into_iter().map(|row| row.name).collect();
            assert_eq!(names, ["before"]);
            store.close().await;
        }

        for database in &databases {
            as_administrator(url, format!("DROP DATABASE {database} WITH (FORCE)")).await;
        }
        as_administrator(url, format!("DROP ROLE {name}")).await;
    });
}

/// A store with a whole database to itself, as an installation has.
async fn open(home: &Home, url: &str) -> Store {
    let config = StoreConfig::postgres(Secret::from(url), home.config.master_key.clone());
    Store::open(config, home.clock.clone()).await.unwrap()
}

/// What comes before one more parameter of an address.
fn and(url: &str) -> char {
    if url.contains('?') { '&' } else { '?' }
}

/// Runs a command as a shell would; `Err` has what it complained about.
fn run(command: &str, url: &str, path: &OsStr, folder: &Path) -> Result<(), String> {
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PORTICO__DATABASE__URL", url)
        .env("PATH", path)
        .output()
        .unwrap();
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{command}: {}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// `PATH`, and before it the folder of the server's own programs: tools older than the server would refuse it.
async fn path_of_tools(url: &str) -> OsString {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let beside: Option<String> =
        sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
            .fetch_optional(&mut connection)
            .await
            .unwrap_or_default();
    connection.close().await.unwrap();
    let mut path = OsString::from(beside.unwrap_or_default());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

async fn as_administrator(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
