//! What is here already of the records a page carries.

use std::collections::HashMap;

use domain::id::IntegrationId;
use domain::stream::Stream;

use super::value::json_list;
use super::{Absence, sql};
use crate::db::Db;
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

/// A record that has a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its row id.
    pub id: i64,
    /// The hash of what was stored last.
    pub content_hash: i64,
    /// Whether it is shown.
    pub absence: Absence,
}

row! {
    struct KnownRow {
        external_id: String,
        id: i64,
        content_hash: i64,
        absent: i64,
        removed_reason: Option<String>,
    }
}

fn collect(rows: Vec<KnownRow>) -> HashMap<String, Known> {
    rows.into_iter()
        .map(|row| {
            let absence = Absence::from_columns(row.absent, row.removed_reason.as_deref());
            (
                row.external_id,
                Known {
                    id: row.id,
                    content_hash: row.content_hash,
                    absence,
                },
            )
        })
        .collect()
}

/// Which of these records have a row, removed ones included, and with which hash; inside the page's transaction.
///
/// # Errors
/// As any statement; also for a deletion feed, which has no records.
pub async fn read_known(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[&str],
) -> Result<HashMap<String, Known>> {
    let texts = sql::of(stream)?;
    let text = texts.read_known.on(tx.store().engine());
    let rows: Vec<KnownRow> = match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = json_list(external_ids)?;
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(ids)
                .fetch_all(&mut **transaction)
                .await?
        }
        Connection::Pg(transaction) => {
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(external_ids)
                .fetch_all(&mut **transaction)
                .await?
        }
    };
    Ok(collect(rows))
}

/// The same outside of a transaction, for a first look while the writer is free for others. What it says may be
/// outdated when the page is stored; only a job that nothing else runs beside (rule P9) may rely on it.
///
/// # Errors
/// As [`read_known`].
pub async fn read_known_before(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[&str],
) -> Result<HashMap<String, Known>> {
    let texts = sql::of(stream)?;
    let text = texts.read_known.on(store.engine());
    let rows: Vec<KnownRow> = match store.db() {
        Db::Lite { r, .. } => {
            let ids = json_list(external_ids)?;
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(ids)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(external_ids)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(collect(rows))
}
