//! What a store is opened with.

use std::path::PathBuf;

use domain::secret::Secret;

/// Where the rows are.
#[derive(Debug, Clone)]
pub enum Database {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL address: `postgres://user:password@host/database`.
    Postgres(Secret),
}

/// Where the master keys are (rule X1).
#[derive(Debug, Clone)]
pub enum KeySource {
    /// SQLite: `<database>.key` beside the file, created at the first start. PostgreSQL: refused, since every node
    /// needs the same keys and a key beside one node would seal what the others cannot open.
    Beside,
    /// This file, which must exist.
    File(PathBuf),
    /// The text of a key file, for tests.
    Text(Secret),
}

/// How to open a store.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where the rows are.
    pub database: Database,
    /// Where the master keys are.
    pub master_key: KeySource,
    /// PostgreSQL: the schema all tables live in, so that several stores share one database. Created when missing.
    pub schema: Option<String>,
    /// PostgreSQL: connections at most.
    pub connections: u32,
}

impl StoreConfig {
    /// A SQLite file with its key beside it.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self {
            database: Database::Sqlite(path.into()),
            master_key: KeySource::Beside,
            schema: None,
            connections: 16,
        }
    }

    /// A PostgreSQL database with a key file.
    #[must_use]
    pub fn postgres(url: Secret, master_key: KeySource) -> Self {
        Self {
            database: Database::Postgres(url),
            master_key,
            schema: None,
            connections: 16,
        }
    }
}
