//! The schema's history: which migrations there are, and whether a database's own history fits.
//!
//! One text serves both engines. For PostgreSQL every text column gets the collation "C", so that keys are compared
//! byte by byte as SQLite does, whatever language the database was created with. For SQLite the type of `id` is written
//! INTEGER, the only one that makes it the key of the table itself: as BIGINT every table would have one index more, and
//! every look-up by id would take two.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::db::{Db, Engine};
use crate::error::{ErrorKind, Result, StoreError};

/// Number, name and text of every migration, in order.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "foundation",
        include_str!("../migrations/0001_foundation.sql"),
    ),
    (
        2,
        "ticket indexes",
        include_str!("../migrations/0002_ticket_indexes.sql"),
    ),
    (
        3,
        "list indexes",
        include_str!("../migrations/0003_list_indexes.sql"),
    ),
    (4, "people", include_str!("../migrations/0004_people.sql")),
    (5, "setup", include_str!("../migrations/0005_setup.sql")),
    (
        6,
        "reference read",
        include_str!("../migrations/0006_reference_read.sql"),
    ),
    (
        7,
        "dead jobs",
        include_str!("../migrations/0007_dead_jobs.sql"),
    ),
    (
        8,
        "company import",
        include_str!("../migrations/0008_company_import.sql"),
    ),
    (
        9,
        "more vendors",
        include_str!("../migrations/0009_more_vendors.sql"),
    ),
    (
        10,
        "imports",
        include_str!("../migrations/0010_imports.sql"),
    ),
    (11, "counts", include_str!("../migrations/0011_counts.sql")),
    (12, "shares", include_str!("../migrations/0012_shares.sql")),
    (
        13,
        "descriptions",
        include_str!("../migrations/0013_descriptions.sql"),
    ),
    (
        14,
        "quick_match",
        include_str!("../migrations/0014_quick_match.sql"),
    ),
    (
        15,
        "accounts",
        include_str!("../migrations/0015_accounts.sql"),
    ),
    (
        16,
        "waiting companies",
        include_str!("../migrations/0016_waiting_companies.sql"),
    ),
    (
        17,
        "account search",
        include_str!("../migrations/0017_account_search.sql"),
    ),
    (
        18,
        "change stamps",
        include_str!("../migrations/0018_change_stamps.sql"),
    ),
    (
        19,
        "comment authors",
        include_str!("../migrations/0019_comment_authors.sql"),
    ),
    (
        20,
        "who waits",
        include_str!("../migrations/0020_who_waits.sql"),
    ),
    (
        21,
        "companies by rule",
        include_str!("../migrations/0021_companies_by_rule.sql"),
    ),
    (
        22,
        "closed anew",
        include_str!("../migrations/0022_closed_anew.sql"),
    ),
    (
        23,
        "nodes without worker",
        include_str!("../migrations/0023_nodes_without_worker.sql"),
    ),
];

/// The newest migration this binary knows.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.0)
}

/// The table of the history.
pub(crate) const HISTORY: &str = "_sqlx_migrations";

/// Names of all tables that migrations create, the history included.
pub(crate) fn tables() -> Vec<&'static str> {
    let lines = MIGRATIONS.iter().flat_map(|(_, _, text)| text.lines());
    let created = lines.filter_map(|line| line.strip_prefix("CREATE TABLE "));
    let names = created.filter_map(|rest| rest.split([' ', '(']).next());
    names.chain([HISTORY]).collect()
}

fn migrator(engine: Engine) -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, text)| {
            let sql = match engine {
                Engine::Sqlite => AssertSqlSafe(for_sqlite(text)).into_sql_str(),
                Engine::Postgres => AssertSqlSafe(for_postgres(text)).into_sql_str(),
            };
            Migration::new(
                *version,
                Cow::Borrowed(*name),
                MigrationType::Simple,
                sql,
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

fn for_sqlite(text: &str) -> String {
    text.replace(
        "    id BIGINT NOT NULL PRIMARY KEY",
        "    id INTEGER NOT NULL PRIMARY KEY",
    )
}

fn for_postgres(text: &str) -> String {
    let mut sql = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if line.trim_start().starts_with("--") {
            sql.push_str(line);
        } else {
            sql.push_str(&line.replace(" TEXT", " TEXT COLLATE \"C\""));
        }
        sql.push('\n');
    }
    sql
}

/// Applies what is missing. Running it twice, or on several nodes at once, is harmless.
///
/// # Errors
/// `Newer` when the database has a migration this binary does not know; `Corrupt` when an applied one has changed.
pub(crate) async fn run(db: &Db) -> Result<()> {
    let migrator = migrator(db.engine());
    let done = match db {
        Db::Lite { w, .. } => migrator.run(w).await,
        Db::Pg(pool) => migrator.run(pool).await,
    };
    done.map_err(explain)
}

fn explain(error: MigrateError) -> StoreError {
    let (kind, message) = match &error {
        MigrateError::VersionMissing(version) => (
            ErrorKind::Newer,
            format!(
                "the database was written by a newer Portico (migration {version}, this one knows {}); use that version or restore a backup",
                newest()
            ),
        ),
        MigrateError::VersionMismatch(version) => (
            ErrorKind::Corrupt,
            format!(
                "migration {version} in the database is not the one this Portico was built with"
            ),
        ),
        MigrateError::Dirty(version) => (
            ErrorKind::Corrupt,
            format!("migration {version} was interrupted; restore a backup"),
        ),
        other => (
            ErrorKind::Unexpected,
            format!("the schema cannot be brought up to date: {other}"),
        ),
    };
    StoreError::new(kind, message).because(error)
}

/// Versions applied to a database, oldest first; empty when it has no history.
pub(crate) async fn applied(db: &Db) -> Result<Vec<i64>> {
    let there = match db {
        Db::Lite { r, .. } => {
            sqlx::query_scalar::<_, i64>(HAS_HISTORY_SQLITE)
                .fetch_one(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_scalar::<_, i64>(HAS_HISTORY_POSTGRES)
                .fetch_one(pool)
                .await?
        }
    };
    if there == 0 {
        return Ok(Vec::new());
    }
    let versions: Vec<i64> = match db {
        Db::Lite { r, .. } => sqlx::query_scalar(APPLIED).fetch_all(r).await?,
        Db::Pg(pool) => sqlx::query_scalar(APPLIED).fetch_all(pool).await?,
    };
    Ok(versions)
}

/// Refuses a history that this binary does not know (see [`run`]).
pub(crate) fn check_known(applied: &[i64]) -> Result<()> {
    match applied
        .iter()
        .find(|version| !MIGRATIONS.iter().any(|known| known.0 == **version))
    {
        Some(version) => Err(explain(MigrateError::VersionMissing(*version))),
        None => Ok(()),
    }
}

statements! {
    HAS_HISTORY_SQLITE for Sqlite = "SELECT count(*) AS found FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    HAS_HISTORY_POSTGRES for Postgres = "SELECT count(*) AS found FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'";
    APPLIED = "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version";
}
