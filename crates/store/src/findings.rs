//! Facts that advice is drawn from (`domain::advice`).

use domain::advice::TicketRead;
use domain::id::IntegrationId;

use crate::error::Result;
use crate::open::Store;

/// Whether an integration has any ticket here.
///
/// # Errors
/// As any statement.
pub async fn has_tickets(store: &Store, integration: IntegrationId) -> Result<bool> {
    let found: Option<(i64,)> = read_one!(store, HAS_TICKETS, integration.0)?;
    Ok(found.is_some())
}

/// What the last full read of tickets came to that was not broken off.
///
/// # Errors
/// As any statement.
pub async fn last_ticket_read(
    store: &Store,
    integration: IntegrationId,
) -> Result<Option<TicketRead>> {
    let found: Option<(i64, i64)> = read_one!(store, LAST_READ, integration.0)?;
    Ok(found.map(|(fetched, out_of_scope)| TicketRead {
        fetched: fetched.unsigned_abs(),
        out_of_scope: out_of_scope.unsigned_abs(),
    }))
}

statements! {
    HAS_TICKETS = "SELECT CAST(1 AS BIGINT) AS found FROM ticket WHERE integration_id = $1 AND closed IN (0, 1) AND absent = 0 LIMIT 1";
    LAST_READ = "SELECT p.fetched, p.out_of_scope FROM sync_run r JOIN stream_run p ON p.run_id = r.id AND p.stream = 'tickets'
        WHERE r.integration_id = $1 AND p.mode = 'full' AND p.state IN ('completed', 'partial') ORDER BY r.id DESC LIMIT 1";
}
