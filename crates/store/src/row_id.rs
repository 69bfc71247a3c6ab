//! Row ids, handed out from one table on both engines, so that a bulk insert knows its ids beforehand.

use crate::error::{ErrorKind, Result, StoreError};
use crate::tx::Tx;

impl Tx {
    /// Reserves `count` consecutive ids of a sequence (by convention the table's name) and answers the first.
    ///
    /// On SQLite this is a part of the transaction. On PostgreSQL it commits at once on a connection of its own, so
    /// that two transactions never wait for each other's ids; a rollback leaves a gap there.
    ///
    /// # Errors
    /// As any statement.
    pub async fn next_ids(&mut self, name: &str, count: usize) -> Result<i64> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let first: Option<(i64,)> = match self.store().ids() {
            Some(pool) => {
                sqlx::query_as(RESERVE)
                    .bind(name)
                    .bind(count)
                    .fetch_optional(pool)
                    .await?
            }
            None => tx_one!(self, RESERVE, name, count)?,
        };
        first
            .map(|row| row.0)
            .ok_or_else(|| StoreError::new(ErrorKind::Unexpected, "no row id was handed out"))
    }

    /// One id of a sequence.
    ///
    /// # Errors
    /// As any statement.
    pub async fn next_id(&mut self, name: &str) -> Result<i64> {
        self.next_ids(name, 1).await
    }
}

statements! {
    RESERVE = "INSERT INTO id_sequence (name, next_id) VALUES ($1, $2 + 1)
        ON CONFLICT (name) DO UPDATE SET next_id = id_sequence.next_id + $2
        RETURNING next_id - $2 AS first_id";
}
