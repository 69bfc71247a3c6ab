//! Looking at stored tickets again after a settings change: scope (rule P13) and what counts as closed.

use std::collections::BTreeSet;

use domain::id::IntegrationId;

use super::Absence;
use super::value::json_list;
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

row! {
    struct Columns {
        id: i64,
        queue_id: Option<String>,
        category_id: Option<String>,
        status_id: Option<String>,
        type_id: Option<String>,
        fields: String,
        absent: i64,
        removed_reason: Option<String>,
    }
}

/// What the scope rule needs to know about a stored ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRow {
    /// Its row id.
    pub id: i64,
    /// Reference id of the queue.
    pub queue_id: Option<String>,
    /// Reference id of the category.
    pub category_id: Option<String>,
    /// Reference id of the status.
    pub status_id: Option<String>,
    /// Reference id of the type.
    pub type_id: Option<String>,
    /// Its vendor fields, as JSON.
    pub fields: String,
    /// Whether it is shown now.
    pub absence: Absence,
}

/// Tickets of an integration by row id after `after`, removed ones included, at most `limit`.
///
/// # Errors
/// As any statement.
pub async fn list_scope_columns(
    store: &Store,
    integration: IntegrationId,
    after: i64,
    limit: i64,
) -> Result<Vec<ScopeRow>> {
    let rows: Vec<Columns> = read_all!(store, SCOPE_COLUMNS, integration.0, after, limit)?;
    let row = |row: Columns| ScopeRow {
        id: row.id,
        queue_id: row.queue_id,
        category_id: row.category_id,
        status_id: row.status_id,
        type_id: row.type_id,
        fields: row.fields,
        absence: Absence::from_columns(row.absent, row.removed_reason.as_deref()),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Decides again which tickets of an integration count as closed: those in one of the statuses, and `by_completion` also
/// those with an instant of completion. Goes through the rows in parts: start with `after` 0 and pass on what is answered,
/// each time in a transaction of its own, until it is `None`.
///
/// # Errors
/// As any statement.
pub async fn update_closed(
    tx: &mut Tx,
    integration: IntegrationId,
    closed_statuses: &BTreeSet<String>,
    by_completion: bool,
    after: i64,
) -> Result<Option<i64>> {
    let until = after.saturating_add(CLOSED_AT_ONCE);
    let statuses: Vec<&str> = closed_statuses.iter().map(String::as_str).collect();
    match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query(UPDATE_CLOSED_SQLITE)
                .bind(integration.0)
                .bind(after)
                .bind(until)
                .bind(json_list(&statuses)?)
                .bind(i64::from(by_completion));
            query.execute(&mut **transaction).await?;
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query(UPDATE_CLOSED_POSTGRES)
                .bind(integration.0)
                .bind(after)
                .bind(until)
                .bind(&statuses)
                .bind(i64::from(by_completion));
            query.execute(&mut **transaction).await?;
        }
    }
    let more: Option<(i64,)> = tx_one!(tx, NEXT_TICKET, until)?;
    Ok(more.map(|row| row.0 - 1))
}

const CLOSED_AT_ONCE: i64 = 5_000;

statements! {
    SCOPE_COLUMNS = "SELECT id, queue_id, category_id, status_id, type_id, fields, absent, removed_reason FROM ticket
        WHERE integration_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    UPDATE_CLOSED_SQLITE for Sqlite = "UPDATE ticket SET closed = 1 - closed WHERE integration_id = $1 AND id > $2 AND id <= $3
        AND closed <> CASE WHEN (CAST($5 AS BIGINT) = 1 AND closed_at IS NOT NULL) OR COALESCE(status_id IN (SELECT value FROM json_each($4)), 0) THEN 1 ELSE 0 END";
    UPDATE_CLOSED_POSTGRES for Postgres = "UPDATE ticket SET closed = 1 - closed WHERE integration_id = $1 AND id > $2 AND id <= $3
        AND closed <> CASE WHEN (CAST($5 AS BIGINT) = 1 AND closed_at IS NOT NULL) OR COALESCE(status_id = ANY(CAST($4 AS TEXT[])), false) THEN 1 ELSE 0 END";
    NEXT_TICKET = "SELECT id FROM ticket WHERE id > $1 ORDER BY id LIMIT 1";
}
