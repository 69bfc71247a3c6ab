//! Rows that come and go without their contents changing: removed, out of scope, deleted by a feed.

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::stream::Stream;

use super::shown::RECORDS;
use super::value::json_list;
use super::{Absence, RemovedReason, Unseen, sql};
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

/// Marks rows of a stream as present, removed or out of scope, and answers how many changed by it.
///
/// # Errors
/// As any statement; also for a deletion feed, which has no records.
pub async fn update_absent(
    tx: &mut Tx,
    stream: Stream,
    ids: &[i64],
    absence: Absence,
    now: UtcMillis,
) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.tell(RECORDS, 0);
    let text = sql::of(stream)?.update_absent.on(tx.store().engine());
    let (absent, reason) = absence.columns();
    let since = absence.since(now);
    let done = match tx.connection() {
        Connection::Lite(transaction) => sqlx::query(text)
            .bind(json_list(ids)?)
            .bind(absent)
            .bind(since)
            .bind(reason)
            .execute(&mut **transaction)
            .await?
            .rows_affected(),
        Connection::Pg(transaction) => sqlx::query(text)
            .bind(ids)
            .bind(absent)
            .bind(since)
            .bind(reason)
            .execute(&mut **transaction)
            .await?
            .rows_affected(),
    };
    Ok(done)
}

/// Marks rows as removed and answers how many were not removed for that reason before. Comments go with their tickets and
/// are not counted.
///
/// # Errors
/// As [`update_absent`].
pub async fn mark_removed(
    tx: &mut Tx,
    stream: Stream,
    ids: &[i64],
    reason: RemovedReason,
    now: UtcMillis,
) -> Result<u64> {
    let removed = update_absent(tx, stream, ids, Absence::Removed(reason), now).await?;
    if stream == Stream::Tickets && !ids.is_empty() {
        match tx.connection() {
            Connection::Lite(transaction) => sqlx::query(REMOVE_NOTES_OF_SQLITE)
                .bind(json_list(ids)?)
                .bind(now.0)
                .bind(reason.key())
                .execute(&mut **transaction)
                .await
                .map(drop)?,
            Connection::Pg(transaction) => sqlx::query(REMOVE_NOTES_OF_POSTGRES)
                .bind(ids)
                .bind(now.0)
                .bind(reason.key())
                .execute(&mut **transaction)
                .await
                .map(drop)?,
        }
    }
    Ok(removed)
}

/// What a deletion feed took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deleted {
    /// Tickets newly marked as removed.
    pub tickets: u64,
    /// Their notes newly marked as removed.
    pub notes: u64,
}

/// Marks tickets a deletion feed names, by the vendor's ids, and their notes as removed by the vendor. Ids that are
/// not here are ignored.
///
/// # Errors
/// As any statement.
pub async fn remove_deleted(
    tx: &mut Tx,
    integration: IntegrationId,
    tickets: &[&str],
    now: UtcMillis,
) -> Result<Deleted> {
    if tickets.is_empty() {
        return Ok(Deleted::default());
    }
    tx.tell(RECORDS, 0);
    let reason = RemovedReason::Vendor.key();
    Ok(match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = json_list(tickets)?;
            let gone = sqlx::query(REMOVE_TICKETS_SQLITE)
                .bind(integration.0)
                .bind(&ids)
                .bind(now.0)
                .bind(reason);
            let tickets = gone.execute(&mut **transaction).await?.rows_affected();
            let gone = sqlx::query(REMOVE_NOTES_SQLITE)
                .bind(integration.0)
                .bind(&ids)
                .bind(now.0)
                .bind(reason);
            Deleted {
                tickets,
                notes: gone.execute(&mut **transaction).await?.rows_affected(),
            }
        }
        Connection::Pg(transaction) => {
            let gone = sqlx::query(REMOVE_TICKETS_POSTGRES)
                .bind(integration.0)
                .bind(tickets)
                .bind(now.0)
                .bind(reason);
            let removed = gone.execute(&mut **transaction).await?.rows_affected();
            let gone = sqlx::query(REMOVE_NOTES_POSTGRES)
                .bind(integration.0)
                .bind(tickets)
                .bind(now.0)
                .bind(reason);
            Deleted {
                tickets: removed,
                notes: gone.execute(&mut **transaction).await?.rows_affected(),
            }
        }
    })
}

/// The vendor's id of a ticket that a feed names by number only. A number that several tickets carry answers `None`:
/// the vendor has to say which.
///
/// # Errors
/// As any statement.
pub async fn find_ticket_by_number(
    tx: &mut Tx,
    integration: IntegrationId,
    number: &str,
) -> Result<Option<String>> {
    let mut rows: Vec<(String,)> = tx_all!(tx, TICKET_BY_NUMBER, integration.0, number)?;
    Ok(if rows.len() == 1 {
        rows.pop().map(|row| row.0)
    } else {
        None
    })
}

/// Present notes of one ticket, for comparison with what the vendor lists now.
///
/// # Errors
/// As any statement.
pub async fn list_note_ids(
    store: &Store,
    integration: IntegrationId,
    ticket: &str,
) -> Result<Vec<Unseen>> {
    read_all!(store, NOTE_IDS, integration.0, ticket)
}

statements! {
    REMOVE_TICKETS_SQLITE for Sqlite = "UPDATE ticket SET absent = 1, removed_at = $3, removed_reason = $4
        WHERE integration_id = $1 AND external_id IN (SELECT value FROM json_each($2)) AND absent <> 1";
    REMOVE_TICKETS_POSTGRES for Postgres = "UPDATE ticket SET absent = 1, removed_at = $3, removed_reason = $4
        WHERE integration_id = $1 AND external_id = ANY(CAST($2 AS TEXT[])) AND absent <> 1";
    REMOVE_NOTES_SQLITE for Sqlite = "UPDATE ticket_note SET absent = 1, removed_at = $3, removed_reason = $4
        WHERE integration_id = $1 AND ticket_external_id IN (SELECT value FROM json_each($2)) AND absent <> 1";
    REMOVE_NOTES_POSTGRES for Postgres = "UPDATE ticket_note SET absent = 1, removed_at = $3, removed_reason = $4
        WHERE integration_id = $1 AND ticket_external_id = ANY(CAST($2 AS TEXT[])) AND absent <> 1";
    REMOVE_NOTES_OF_SQLITE for Sqlite = "UPDATE ticket_note SET absent = 1, removed_at = $2, removed_reason = $3 FROM ticket
        WHERE ticket.id IN (SELECT value FROM json_each($1)) AND ticket_note.integration_id = ticket.integration_id
            AND ticket_note.ticket_external_id = ticket.external_id AND ticket_note.absent <> 1";
    REMOVE_NOTES_OF_POSTGRES for Postgres = "UPDATE ticket_note SET absent = 1, removed_at = $2, removed_reason = $3 FROM ticket
        WHERE ticket.id = ANY(CAST($1 AS BIGINT[])) AND ticket_note.integration_id = ticket.integration_id
            AND ticket_note.ticket_external_id = ticket.external_id AND ticket_note.absent <> 1";
    TICKET_BY_NUMBER = "SELECT external_id FROM ticket WHERE integration_id = $1 AND number = $2 LIMIT 2";
    NOTE_IDS = "SELECT id, external_id FROM ticket_note WHERE integration_id = $1 AND ticket_external_id = $2 AND absent = 0 ORDER BY id";
}
