//! Whose a PostgreSQL database is, asked before anything is written into it: a demo fills one that holds nothing or its
//! own records, and no other.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use crate::config::{Database, StoreConfig};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::{db, identities, migrate};

/// PostgreSQL's code for a database that is not there.
const NO_SUCH_DATABASE: &str = "3D000";
/// Its codes for one that somebody else created meanwhile.
const CREATED_MEANWHILE: [&str; 2] = ["42P04", "23505"];
/// How long somebody may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a PostgreSQL database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// There is no database of this name.
    Missing,
    /// No table, or only Portico's with nobody in them, nothing set, nothing connected and nothing ever done.
    Nothing,
    /// The records of a demo, with its mark ([`claim_for_demo`]).
    Demo(String),
    /// An installation, or tables and views of another program, in whatever schema.
    Other,
}

/// Looks what a database holds, and changes nothing.
///
/// # Errors
/// `Configuration` for an address that cannot be read or is none of PostgreSQL, `Unavailable` when nobody answers there.
pub async fn look(config: &StoreConfig) -> Result<Contents> {
    let options = db::postgres_options(address(config)?, config.schema.as_deref())?;
    let found = in_time(async {
        let mut connection = match PgConnection::connect_with(&options).await {
            Err(error) if has_code(&error, &[NO_SUCH_DATABASE]) => return Ok(Contents::Missing),
            connected => connected?,
        };
        let contents = contents_of(&mut connection, config.schema.as_deref()).await?;
        connection.close().await?;
        Ok(contents)
    });
    found.await.map_err(db::cannot_reach)
}

async fn contents_of(
    connection: &mut PgConnection,
    schema: Option<&str>,
) -> sqlx::Result<Contents> {
    let tables: Vec<(String, bool)> = sqlx::query_as(TABLES)
        .bind(schema)
        .fetch_all(&mut *connection)
        .await?;
    let own = migrate::tables();
    let foreign = |(name, here): &(String, bool)| !here || !own.contains(&name.as_str());
    if !tables
        .iter()
        .any(|(name, here)| *here && name == "installation_setting")
    {
        // The first start may have ended before its first migration.
        let nothing = tables
            .iter()
            .all(|(name, here)| *here && name == migrate::HISTORY);
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
        let mark =
            serde_json::from_str(&mark).map_err(|error| sqlx::Error::Decode(error.into()))?;
        return Ok(Contents::Demo(mark));
    }
    let used: bool = sqlx::query_scalar(IS_USED).fetch_one(connection).await?;
    Ok(if used || tables.iter().any(foreign) {
        Contents::Other
    } else {
        Contents::Nothing
    })
}

/// Creates the database that an address names, in UTF-8. That somebody else did so meanwhile is fine.
///
/// # Errors
/// `Configuration` when the role may not.
pub async fn create_database(config: &StoreConfig) -> Result<()> {
    let options = db::postgres_options(address(config)?, None)?;
    let name = options.get_database().unwrap_or_default().to_owned();
    let refused = |error: sqlx::Error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!(
                "there is no PostgreSQL database {name:?}, and it cannot be created: {}. Have an administrator of the \
                 server create it, owned by the role in the address",
                db::in_its_words(&error)
            ),
        )
        .because(error)
    };
    match in_time(create(&options, &name)).await {
        Err(error) if !has_code(&error, &CREATED_MEANWHILE) => Err(refused(error)),
        _ => Ok(()),
    }
}

async fn create(options: &PgConnectOptions, name: &str) -> sqlx::Result<()> {
    // The database that every server has for this.
    let beside = options.clone().database("postgres");
    let mut connection = PgConnection::connect_with(&beside).await?;
    // A name is no parameter of a statement, so it is quoted.
    let sql = format!(
        "CREATE DATABASE \"{}\" ENCODING 'UTF8' TEMPLATE template0",
        name.replace('"', "\"\"")
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut connection)
        .await?;
    connection.close().await
}

/// Marks a store as this demo's, unless it holds anything of somebody else. Answers whether it is this demo's.
///
/// # Errors
/// As any statement.
pub async fn claim_for_demo(store: &Store, mark: &str) -> Result<bool> {
    let now = store.now();
    let value = serde_json::to_string(mark)?;
    let mut tx = store.begin().await?;
    // Who makes the first administrator waits for this, or this for them.
    identities::lock_staff(&mut tx).await?;
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

async fn in_time<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    let late = |_| {
        let told = format!("no answer within {} seconds", PATIENCE.as_secs());
        sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, told))
    };
    tokio::time::timeout(PATIENCE, work).await.map_err(late)?
}

fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| codes.contains(&code.as_ref()))
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

/// Whether anybody left anything in Portico's tables. Two settings come with the first start itself.
macro_rules! used {
    () => {
        "(EXISTS (SELECT 1 FROM identity) OR EXISTS (SELECT 1 FROM integration) OR EXISTS (SELECT 1 FROM node)
            OR EXISTS (SELECT 1 FROM audit_entry)
            OR EXISTS (SELECT 1 FROM installation_setting WHERE name NOT IN ('demo', 'staff_lock', 'email_key_rules')))"
    };
}

statements! {
    TABLES for Postgres = "SELECT c.relname::text AS name, coalesce(n.nspname = coalesce($1::text, current_schema()), false) AS here
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ($1::text IS NULL OR n.nspname = $1)
            AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')";
    FIND_MARK = "SELECT value FROM installation_setting WHERE name = 'demo'";
    IS_USED for Postgres = concat!("SELECT ", used!(), " AS used");
    CLAIM = concat!("INSERT INTO installation_setting (name, value, updated_at) SELECT 'demo', $1, CAST($2 AS BIGINT)
        WHERE NOT ", used!(), "
        ON CONFLICT (name) DO NOTHING");
}
