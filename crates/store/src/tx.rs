//! A transaction: everything done with it commits together, or not at all.

use sqlx::{Postgres, Sqlite, Transaction};

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
            Db::Lite { w, .. } => Connection::Lite(w.begin_with("BEGIN IMMEDIATE").await?),
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

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

statements! {
    NOTIFY for Postgres = "SELECT pg_notify($1, $2)";
}
