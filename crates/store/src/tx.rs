//! A transaction: everything done with it commits together, or not at all.

use sqlx::{Postgres, Sqlite, SqlitePool, Transaction};

use crate::change::{self, Change};
use crate::db::{Db, Engine};
use crate::error::Result;
use crate::open::Store;

/// The engine's own transaction.
pub(crate) enum Connection {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// An open transaction. Dropping it rolls it back. Hold it briefly and never across a call to a vendor: on SQLite
/// nobody else writes meanwhile.
pub struct Tx {
    connection: Connection,
    store: Store,
    changes: Vec<Change>,
}

impl Tx {
    pub(crate) async fn begin(store: &Store) -> Result<Self> {
        let connection = match store.db() {
            Db::Lite { w, .. } => Connection::Lite(begin_sqlite(w).await?),
            Db::Pg(pool) => Connection::Pg(pool.begin().await?),
        };
        Ok(Self {
            connection,
            store: store.clone(),
            changes: Vec::new(),
        })
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The store this transaction belongs to.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The engine underneath.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.store.engine()
    }

    /// Tells listeners after the commit that a row changed.
    pub fn tell(&mut self, topic: &str, id: i64) {
        let change = Change {
            topic: topic.to_owned(),
            id,
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Commits, then wakes listeners.
    ///
    /// # Errors
    /// When the database does not confirm; nothing is stored then, except where the connection broke at that very
    /// moment and nobody can know.
    pub async fn commit(self) -> Result<()> {
        match self.connection {
            Connection::Lite(transaction) => transaction.commit().await?,
            Connection::Pg(mut transaction) => {
                for told in &self.changes {
                    let payload = change::encode(self.store.instance(), told);
                    sqlx::query(NOTIFY)
                        .bind(self.store.channel())
                        .bind(payload)
                        .execute(&mut *transaction)
                        .await?;
                }
                transaction.commit().await?;
            }
        }
        for told in self.changes {
            self.store.broadcast(told);
        }
        Ok(())
    }

    /// Gives up everything done so far, and waits until the connection is free again.
    ///
    /// # Errors
    /// When the database does not answer; nothing is stored then either.
    pub async fn rollback(self) -> Result<()> {
        match self.connection {
            Connection::Lite(transaction) => transaction.rollback().await?,
            Connection::Pg(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}

const BEGIN: &str = "BEGIN IMMEDIATE";

/// Begins on the one connection that writes. Where SQLite gave a transaction up by itself, as on a full disk, the connection
/// still counts it as open and would refuse every other for good: it is replaced, and work goes on as soon as there is room.
async fn begin_sqlite(w: &SqlitePool) -> Result<Transaction<'static, Sqlite>> {
    match w.begin_with(BEGIN).await {
        Err(sqlx::Error::InvalidSavePointStatement) => {
            w.acquire().await?.close().await?;
            Ok(w.begin_with(BEGIN).await?)
        }
        begun => Ok(begun?),
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

statements! {
    NOTIFY for Postgres = "SELECT pg_notify($1, $2)";
}

#[cfg(test)]
mod tests {
    use domain::clock::{ManualClock, UtcMillis};

    use super::*;
    use crate::config::StoreConfig;

    #[tokio::test]
    async fn a_transaction_that_sqlite_gave_up_stops_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig::sqlite(folder.path().join("portico.db"));
        let clock = ManualClock::starting_at(UtcMillis(1_772_366_400_000));
        let store = Store::open(config, clock).await.unwrap();
        for dropped in [false, true] {
            let mut tx = store.begin().await.unwrap();
            // What SQLite does by itself when the disk is full.
            execute!(&mut tx, "ROLLBACK").unwrap();
            if dropped {
                drop(tx);
            } else {
                assert!(tx.commit().await.is_err(), "there is none any more");
            }
            let next = store.begin().await.expect("work goes on");
            next.commit().await.unwrap();
        }
        store.close().await;
    }
}
