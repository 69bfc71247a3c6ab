//! Whose a PostgreSQL database is, asked before anything is written into it: a demo fills one that holds nothing or its
//! own records, and no other.

use sqlx::{Connection, PgConnection};

use crate::config::{Database, StoreConfig};
use crate::db;
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;

/// PostgreSQL's code for a database that is not there.
const NO_SUCH_DATABASE: &str = "3D000";

/// What a PostgreSQL database holds where Portico's tables are or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// There is no database of this name.
    Missing,
    /// No table, or Portico's with nobody in them, nothing connected and nothing ever done.
    Nothing,
    /// The records of a demo, with its mark ([`claim_for_demo`]).
    Demo(String),
    /// An installation, or tables of another program.
    Other,
}

/// Looks what a database holds, and changes nothing.
///
/// # Errors
/// `Configuration` for an address that cannot be read or is none of PostgreSQL, `Unavailable` when nobody answers there.
pub async fn look(config: &StoreConfig) -> Result<Contents> {
    let options = db::postgres_options(address(config)?, config.schema.as_deref())?;
    let mut connection = match PgConnection::connect_with(&options).await {
        Ok(connection) => connection,
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_SUCH_DATABASE) => {
            return Ok(Contents::Missing);
        }
        Err(error) => return Err(db::cannot_reach(error)),
    };
    let contents = contents_of(&mut connection, config.schema.as_deref()).await?;
    connection.close().await?;
    Ok(contents)
}

async fn contents_of(connection: &mut PgConnection, schema: Option<&str>) -> Result<Contents> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES)
        .bind(schema)
        .fetch_all(&mut *connection)
        .await?;
    if !tables.iter().any(|table| table == "installation_setting") {
        // The first start may have ended before its first migration.
        let nothing = tables.iter().all(|table| table == "_sqlx_migrations");
        return Ok(if nothing {
            Contents::Nothing
        } else {
            Contents::Other
        });
    }
    let mark: Option<String> = sqlx::query_scalar(FIND_MARK)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(mark) = mark {
        return Ok(Contents::Demo(serde_json::from_str(&mark)?));
    }
    let used: i64 = sqlx::query_scalar(IS_USED).fetch_one(connection).await?;
    Ok(if used == 0 {
        Contents::Nothing
    } else {
        Contents::Other
    })
}

/// Creates the database that an address names, in UTF-8.
///
/// # Errors
/// `Configuration` when the role may not, `Unavailable` when nobody answers there.
pub async fn create_database(config: &StoreConfig) -> Result<()> {
    let options = db::postgres_options(address(config)?, None)?;
    let Some(name) = options.get_database().map(str::to_owned) else {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            "the PostgreSQL address names no database",
        ));
    };
    // The database that every server has for this.
    let beside = options.database("postgres");
    let mut connection = PgConnection::connect_with(&beside)
        .await
        .map_err(db::cannot_reach)?;
    // A name is no parameter of a statement, so it is quoted.
    let sql = format!(
        "CREATE DATABASE \"{}\" ENCODING 'UTF8' TEMPLATE template0",
        name.replace('"', "\"\"")
    );
    let created = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await;
    created.map_err(|error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!("there is no PostgreSQL database {name}, and it cannot be created: {error}"),
        )
        .because(error)
    })?;
    connection.close().await?;
    Ok(())
}

/// Marks a store as this demo's, unless it holds anything of somebody else. Answers whether it is this demo's.
///
/// # Errors
/// As any statement.
pub async fn claim_for_demo(store: &Store, mark: &str) -> Result<bool> {
    let now = store.now();
    let value = serde_json::to_string(mark)?;
    let mut tx = store.begin().await?;
    execute!(tx, CLAIM, &value, now.0)?;
    // Somebody else's mark, or none where there are records.
    let found: Option<(String,)> = tx_one!(tx, FIND_MARK)?;
    if found.is_none_or(|(found,)| found != value) {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

fn address(config: &StoreConfig) -> Result<&str> {
    match &config.database {
        Database::Postgres(url) => Ok(url.expose()),
        Database::Sqlite(_) => Err(StoreError::new(
            ErrorKind::Configuration,
            "this is no address of PostgreSQL",
        )),
    }
}

statements! {
    TABLES for Postgres = "SELECT tablename::text AS tablename FROM pg_tables WHERE schemaname = coalesce($1::text, current_schema())";
    FIND_MARK = "SELECT value FROM installation_setting WHERE name = 'demo'";
    IS_USED = "SELECT (SELECT count(*) FROM identity) + (SELECT count(*) FROM integration) + (SELECT count(*) FROM node)
        + (SELECT count(*) FROM audit_entry) AS used";
    CLAIM = "INSERT INTO installation_setting (name, value, updated_at) SELECT 'demo', $1, CAST($2 AS BIGINT)
        WHERE NOT EXISTS (SELECT 1 FROM identity) AND NOT EXISTS (SELECT 1 FROM integration)
            AND NOT EXISTS (SELECT 1 FROM node) AND NOT EXISTS (SELECT 1 FROM audit_entry)
        ON CONFLICT (name) DO NOTHING";
}
