//! The processes that share the database: those that take jobs, and those that only serve pages.

use domain::clock::UtcMillis;

use crate::decode::instant;
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// One process.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Node {
        /// Its name, different at each start.
        pub id: String,
        /// Where it listens; empty for a worker without pages.
        pub address: String,
        /// Version of Portico.
        pub version: String,
        /// When it started.
        pub started_at: UtcMillis = i64 => instant,
        /// When it last showed that it lives.
        pub heartbeat_at: UtcMillis = i64 => instant,
    }
}

/// Announces a node; `works` says whether it takes jobs.
///
/// # Errors
/// As any statement.
pub async fn upsert_node(
    tx: &mut Tx,
    id: &str,
    address: &str,
    version: &str,
    works: bool,
) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, UPSERT, id, address, version, now.0, i64::from(works)).map(drop)
}

/// A node that ends by itself leaves the list.
///
/// # Errors
/// As any statement.
pub async fn remove_node(tx: &mut Tx, id: &str) -> Result<()> {
    execute!(tx, REMOVE, id).map(drop)
}

/// Whether a node that takes jobs showed after an instant that it lives.
///
/// # Errors
/// As any statement.
pub async fn has_worker(store: &Store, after: UtcMillis) -> Result<bool> {
    let found: Option<(i64,)> = read_one!(store, HAS_WORKER, after.0)?;
    Ok(found.is_some_and(|count| count.0 > 0))
}

/// All nodes, those without a worker included, the one that started last first.
///
/// # Errors
/// As any statement.
pub async fn list_nodes(store: &Store) -> Result<Vec<Node>> {
    read_all!(store, LIST)
}

statements! {
    UPSERT = "INSERT INTO node (id, address, version, started_at, heartbeat_at, works) VALUES ($1, $2, $3, $4, $4, $5)
        ON CONFLICT (id) DO UPDATE SET address = excluded.address, version = excluded.version,
            started_at = excluded.started_at, heartbeat_at = excluded.heartbeat_at, works = excluded.works";
    REMOVE = "DELETE FROM node WHERE id = $1";
    HAS_WORKER = "SELECT count(*) AS found FROM node WHERE works = 1 AND heartbeat_at > $1";
    LIST = "SELECT id, address, version, started_at, heartbeat_at FROM node ORDER BY started_at DESC, id";
}
