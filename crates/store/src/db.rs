//! Two typed pools behind one enum (design 3).
//!
//! SQLite: one writing connection, whose transactions begin IMMEDIATE, so that a transaction that reads and then
//! writes never fails half-way with "database is locked"; a second pool of read-only connections. WAL, synchronous
//! FULL, foreign keys on. No ANALYZE is ever run: every connection would plan by what the tables held when it last read
//! the schema, so that a reader opened while they were empty reads whole tables later. PostgreSQL: one pool; a connection
//! that lay idle is tried before it is handed out, a busy one is not, since that would double the round trips.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqlitePool};

use crate::error::{ErrorKind, Result, StoreError};

/// Which database engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// SQLite, in a file beside the process.
    Sqlite,
    /// PostgreSQL, shared by any number of nodes.
    Postgres,
}

impl Engine {
    /// The name people know.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The pools.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite: writer of one connection, and readers.
    Lite {
        /// The one connection that writes.
        w: SqlitePool,
        /// Read-only connections.
        r: SqlitePool,
    },
    /// PostgreSQL.
    Pg(PgPool),
}

/// How many connections of a pool there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUsage {
    /// `write` and `read` on SQLite, `all` on PostgreSQL.
    pub pool: &'static str,
    /// Doing something.
    pub in_use: u32,
    /// Open and waiting.
    pub idle: u32,
    /// The most there may be.
    pub max: u32,
}

impl PoolUsage {
    fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self {
            pool: name,
            in_use: pool.size().saturating_sub(idle),
            idle,
            max: pool.options().get_max_connections(),
        }
    }
}

impl Db {
    /// How many connections there are, by pool.
    pub(crate) fn usage(&self) -> Vec<PoolUsage> {
        match self {
            Self::Lite { w, r } => vec![PoolUsage::of("write", w), PoolUsage::of("read", r)],
            Self::Pg(pool) => vec![PoolUsage::of("all", pool)],
        }
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self {
            Self::Lite { .. } => Engine::Sqlite,
            Self::Pg(_) => Engine::Postgres,
        }
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Lite { w, r } => {
                r.close().await;
                w.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }
}

const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
const READERS: u32 = 6;
/// A PostgreSQL connection that lay idle for longer than this is tried before it is handed out.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("temp_store", "MEMORY")
        .statement_cache_capacity(256)
        // Rows come from a thread of their own; with the default of 50 it and the reader wait for each other at every list.
        .row_buffer_size(1_000)
}

/// The pools of a SQLite file; the file is created when it is missing, unless `read_only`.
pub(crate) async fn open_sqlite(path: &Path, read_only: bool) -> Result<Db> {
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT);
    let reading = sqlite_options(path)
        .read_only(true)
        .pragma("cache_size", "-8192");
    if read_only {
        let r = readers
            .connect_with(reading)
            .await
            .map_err(|error| cannot_open(path, error))?;
        return Ok(Db::Lite { w: r.clone(), r });
    }
    create_private(path)?;
    let writing = sqlite_options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Measured with the bulk path (examples/store_bench): a page of tickets touches some hundred pages of indexes, and with
        // SQLite's default each commit would end in a checkpoint of those same pages. A larger cache gains nothing.
        .pragma("cache_size", "-16384")
        .pragma("wal_autocheckpoint", "16000")
        .pragma("journal_size_limit", "67108864");
    let w = SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(writing)
        .await
        .map_err(|error| cannot_open(path, error))?;
    Ok(Db::Lite {
        w,
        r: readers.connect_lazy_with(reading),
    })
}

/// Creates a missing file for its owner only; SQLite gives its side files the same rights.
fn create_private(path: &Path) -> Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(StoreError::new(
            ErrorKind::Configuration,
            format!("the database {} cannot be created: {error}", path.display()),
        )
        .because(error)),
        _ => Ok(()),
    }
}

fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    StoreError::new(
        ErrorKind::Unavailable,
        format!("cannot open the database {}: {error}", path.display()),
    )
    .because(error)
}

/// How PostgreSQL plans. A row is read with up to a dozen labels, each a left join to the one row of a unique key, in the
/// order in which they are written. To try all their orders took 18 ms for one ticket, of a statement that runs in less
/// than one; four at a time take one. Nothing here runs long enough for compiling it to pay.
const PLANNING: [(&str, &str); 2] = [("join_collapse_limit", "4"), ("jit", "off")];

/// Connection options for a PostgreSQL address and, when given, a schema all tables live in.
pub(crate) fn postgres_options(url: &str, schema: Option<&str>) -> Result<PgConnectOptions> {
    let options: PgConnectOptions = url.parse().map_err(|_| {
        // The cause may quote the address, and the address holds a password.
        StoreError::new(ErrorKind::Configuration, "the PostgreSQL address cannot be read; expected postgres://user:password@host/database")
    })?;
    let options = options
        .statement_cache_capacity(256)
        .options(PLANNING.map(|(name, value)| (name, value.to_owned())));
    Ok(match schema {
        None => options.application_name("portico"),
        Some(schema) => {
            check_schema(schema)?;
            options
                .application_name(&format!("portico {schema}"))
                .options([("search_path", format!("{schema},public"))])
        }
    })
}

/// A schema's name enters SQL text, so only plain names are accepted.
pub(crate) fn check_schema(schema: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let starts = |c: char| c.is_ascii_lowercase() || c == '_';
    if schema.len() <= 48 && schema.starts_with(starts) && schema.chars().all(plain) {
        return Ok(());
    }
    Err(StoreError::new(
        ErrorKind::Configuration,
        format!(
            "{schema:?} is no schema name: lower-case letters, digits and underscores, at most 48"
        ),
    ))
}

/// A PostgreSQL pool of at most `connections`.
pub(crate) async fn open_postgres(options: PgConnectOptions, connections: u32) -> Result<PgPool> {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Some(Duration::from_secs(300)))
        .max_lifetime(Some(Duration::from_secs(1800)))
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED_IDLE {
                    return Ok(connection.ping().await.is_ok());
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(cannot_reach)
}

/// What is told where PostgreSQL does not answer, or refuses.
pub(crate) fn cannot_reach(error: sqlx::Error) -> StoreError {
    StoreError::new(
        ErrorKind::Unavailable,
        format!("cannot reach PostgreSQL: {}", in_its_words(&error)),
    )
    .because(error)
}

/// What PostgreSQL itself said where it did, without the line of its source that sqlx adds.
pub(crate) fn in_its_words(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(said) => said.message().to_owned(),
        None => error.to_string(),
    }
}
