//! The store as a value: opening it, and what its parts share.
//!
//! Opening takes the file lock (SQLite), brings the schema up to date, refuses a history or a key ring that does not
//! fit, and starts listening for other nodes (PostgreSQL).

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::clock::{SharedClock, UtcMillis};
use sqlx::PgPool;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use crate::change::{self, Change};
use crate::config::{Database, StoreConfig};
use crate::db::{self, Db, Engine, PoolUsage};
use crate::error::{ErrorKind, Result, StoreError};
use crate::key_ring::{self, KeyRing};
use crate::pages::shown::ShownCounts;
use crate::tickets::sizes::Sizes;
use crate::tx::Tx;
use crate::{email_keys, migrate, roles, secrets, text_search};

/// The store of one MSP. Cloning is cheap; the last clone closes it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Db,
    /// PostgreSQL: the connection row ids are reserved on.
    ids: Option<PgPool>,
    config: StoreConfig,
    keys: RwLock<Arc<KeyRing>>,
    clock: SharedClock,
    changes: broadcast::Sender<Change>,
    channel: String,
    instance: String,
    lock: Mutex<Option<File>>,
    listener: Option<AbortHandle>,
    read_only: bool,
    ticket_sizes: Sizes,
    shown_counts: ShownCounts,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listener) = &self.listener {
            listener.abort();
        }
    }
}

impl Store {
    /// Opens a store for work: locks it, migrates it, checks its keys.
    ///
    /// # Errors
    /// `InUse` when another process has the SQLite file, `Newer` for a database of a newer Portico, `KeyMissing` when
    /// the key ring lacks a key the database names, `Configuration` and `Unavailable` as they say.
    pub async fn open(config: StoreConfig, clock: SharedClock) -> Result<Self> {
        Self::open_with(config, clock, false).await
    }

    /// The same where keys the database names are lost for good: they are not asked for, and with SQLite a key file that is
    /// gone is made anew. To give up what they sealed ([`secrets::list_lost`], [`secrets::give_up_lost`]).
    ///
    /// # Errors
    /// As [`Store::open`]; `KeyMissing` only where somebody else has to provide the key file.
    pub async fn open_without_lost_keys(config: StoreConfig, clock: SharedClock) -> Result<Self> {
        Self::open_with(config, clock, true).await
    }

    async fn open_with(config: StoreConfig, clock: SharedClock, lost: bool) -> Result<Self> {
        let lock = match &config.database {
            Database::Sqlite(path) => Some(lock_file(path)?),
            Database::Postgres(_) => None,
        };
        let (db, ids) = connect(&config, false).await?;
        prepare_schema(&config, &db).await?;
        migrate::run(&db).await?;
        let keys = secrets::list_key_ids_in(&db).await?;
        let asked_for: &[String] = if lost { &[] } else { &keys };
        key_ring::create_first(&config.database, &config.master_key, asked_for)?;
        let ring = key_ring::load(&config.database, &config.master_key, asked_for)?;
        let store = Self::assemble(config, db, ids, ring, clock, lock, false);
        if !lost {
            secrets::check_keys(&store).await?;
        }
        text_search::install(&store).await?;
        email_keys::complete(&store).await?;
        roles::ensure_shipped(&store).await?;
        Ok(store)
    }

    /// Opens a store for looking only, beside a running process: no lock, no migration, nothing is written. For
    /// doctor and backup.
    ///
    /// # Errors
    /// As [`Store::open`], without `InUse`.
    pub async fn open_read_only(config: StoreConfig, clock: SharedClock) -> Result<Self> {
        if let Database::Sqlite(path) = &config.database
            && !path.is_file()
        {
            return Err(StoreError::new(
                ErrorKind::Configuration,
                format!(
                    "there is no database at {}. Starting Portico creates it; name another folder with --data",
                    path.display()
                ),
            ));
        }
        let (db, ids) = connect(&config, true).await?;
        let applied = migrate::applied(&db).await?;
        migrate::check_known(&applied)?;
        if applied.is_empty() {
            return Err(StoreError::new(
                ErrorKind::Configuration,
                "this database is empty: Portico has not been started on it",
            ));
        }
        let keys = secrets::list_key_ids_in(&db).await?;
        // Who looks without the keys sees everything but the secrets; doctor says what is wrong with them.
        let ring = key_ring::load(&config.database, &config.master_key, &keys)
            .unwrap_or_else(|_| KeyRing::empty());
        Ok(Self::assemble(config, db, ids, ring, clock, None, true))
    }

    fn assemble(
        config: StoreConfig,
        db: Db,
        ids: Option<PgPool>,
        ring: KeyRing,
        clock: SharedClock,
        lock: Option<File>,
        read_only: bool,
    ) -> Self {
        let changes = change::channel();
        let channel = format!("portico_{}", config.schema.as_deref().unwrap_or("public"));
        let instance = uuid::Uuid::new_v4().simple().to_string();
        let listener = match &db {
            Db::Pg(pool) if !read_only => {
                let task = change::listen(
                    pool.clone(),
                    channel.clone(),
                    instance.clone(),
                    changes.clone(),
                );
                Some(tokio::spawn(task).abort_handle())
            }
            _ => None,
        };
        let shown_counts = ShownCounts::new(changes.subscribe());
        Self(Arc::new(Inner {
            db,
            ids,
            config,
            keys: RwLock::new(Arc::new(ring)),
            clock,
            changes,
            channel,
            instance,
            lock: Mutex::new(lock),
            listener,
            read_only,
            ticket_sizes: Sizes::default(),
            shown_counts,
        }))
    }

    /// Begins a transaction. On SQLite it waits until it is the only one that writes.
    ///
    /// # Errors
    /// `Unavailable` when the database does not answer in time.
    pub async fn begin(&self) -> Result<Tx> {
        if self.0.read_only {
            return Err(StoreError::new(
                ErrorKind::Configuration,
                "this store was opened for reading only",
            ));
        }
        Tx::begin(self).await
    }

    /// The engine underneath.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.db.engine()
    }

    /// How many connections to the database there are, by pool.
    #[must_use]
    pub fn pool_usage(&self) -> Vec<PoolUsage> {
        self.db().usage()
    }

    /// Closes every connection and gives the file lock back. Functions called afterwards fail.
    pub async fn close(&self) {
        if let Some(listener) = &self.0.listener {
            listener.abort();
        }
        if let Some(ids) = &self.0.ids {
            ids.close().await;
        }
        self.0.db.close().await;
        drop(
            self.0
                .lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }

    /// Wake-ups after commits, here or on another node. They may be lost: poll as well.
    #[must_use]
    pub fn changed(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// The clock everything here reads.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// The present instant by that clock.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.0.clock.now()
    }

    /// What the store was opened with.
    #[must_use]
    pub fn config(&self) -> &StoreConfig {
        &self.0.config
    }

    /// Fingerprints of the master keys at hand, oldest first.
    #[must_use]
    pub fn key_ids(&self) -> Vec<String> {
        self.keys().ids()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn ids(&self) -> Option<&PgPool> {
        self.0.ids.as_ref()
    }

    pub(crate) fn ticket_sizes(&self) -> &Sizes {
        &self.0.ticket_sizes
    }

    pub(crate) fn shown_counts(&self) -> &ShownCounts {
        &self.0.shown_counts
    }

    pub(crate) fn channel(&self) -> &str {
        &self.0.channel
    }

    pub(crate) fn instance(&self) -> &str {
        &self.0.instance
    }

    pub(crate) fn broadcast(&self, change: Change) {
        // Nobody listening is no trouble.
        let _nobody = self.0.changes.send(change);
    }

    pub(crate) fn keys(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the key file again: another node may have sealed with a key that was added after our start.
    pub(crate) fn reload_keys(&self) -> Result<Arc<KeyRing>> {
        let ring = Arc::new(key_ring::load(
            &self.0.config.database,
            &self.0.config.master_key,
            &self.key_ids(),
        )?);
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&ring);
        Ok(ring)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("engine", &self.engine())
            .finish_non_exhaustive()
    }
}

async fn connect(config: &StoreConfig, read_only: bool) -> Result<(Db, Option<PgPool>)> {
    match &config.database {
        Database::Sqlite(path) => Ok((db::open_sqlite(path, read_only).await?, None)),
        Database::Postgres(url) => {
            let options = db::postgres_options(url.expose(), config.schema.as_deref())?;
            let ids = db::open_postgres(options.clone(), 1).await?;
            let pool = db::open_postgres(options, config.connections.max(2)).await?;
            Ok((Db::Pg(pool), Some(ids)))
        }
    }
}

async fn prepare_schema(config: &StoreConfig, db: &Db) -> Result<()> {
    let Db::Pg(pool) = db else { return Ok(()) };
    let encoding: String = sqlx::query_scalar(ENCODING).fetch_one(pool).await?;
    if encoding != "UTF8" {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            format!("the PostgreSQL database has the encoding {encoding}; create it with UTF8"),
        ));
    }
    if let Some(schema) = config.schema.as_deref() {
        db::check_schema(schema)?;
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        let created = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(pool)
            .await
            .map_err(StoreError::from);
        if let Err(error) = created
            // Two nodes that start at once may both find it missing.
            && !error.is_conflict()
        {
            return Err(error);
        }
    }
    Ok(())
}

/// The lock file beside a SQLite database.
pub(crate) fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Takes the lock a working process holds on its SQLite file. The kernel gives it back when the process ends,
/// however it ends.
pub(crate) fn lock_file(database: &Path) -> Result<File> {
    let path = lock_path(database);
    let cannot = |error: std::io::Error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!("the lock file {} cannot be used: {error}", path.display()),
        )
        .because(error)
    };
    if let Some(folder) = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::new(
            ErrorKind::InUse,
            format!(
                "the database {} is in use by another Portico process; stop it first (doctor and backup may run beside it)",
                database.display()
            ),
        )),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

statements! {
    ENCODING for Postgres = "SELECT pg_encoding_to_char(encoding)::text AS encoding FROM pg_database WHERE datname = current_database()";
}
