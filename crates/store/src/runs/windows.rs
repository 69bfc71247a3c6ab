//! The two-minute window: the same sync asked for again is dropped, and says so (rule P12).

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};

use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// Whether a request may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowOutcome {
    /// Nobody asked recently; the window is open until the instant given.
    Opened,
    /// Somebody did.
    Closed {
        /// The run of that request.
        run_uuid: Option<PublicId>,
    },
}

/// The key of one request: a settings change makes it another one.
#[must_use]
pub fn window_key(integration: IntegrationId, mode: &str, settings_revision: i64) -> String {
    format!("sync:{integration}:{mode}:{settings_revision}")
}

/// Opens a window until an instant, unless one of the same key is still open.
///
/// # Errors
/// As any statement.
pub async fn open_window(
    tx: &mut Tx,
    key: &str,
    until: UtcMillis,
    run_uuid: Option<&PublicId>,
) -> Result<WindowOutcome> {
    let now = tx.store().now();
    if execute!(
        tx,
        OPEN,
        key,
        until.0,
        run_uuid.map(PublicId::as_str),
        now.0
    )? == 1
    {
        return Ok(WindowOutcome::Opened);
    }
    let there: Option<(Option<String>,)> = tx_one!(tx, FIND, key)?;
    let run_uuid = there
        .and_then(|row| row.0)
        .and_then(|text| text.parse().ok());
    Ok(WindowOutcome::Closed { run_uuid })
}

/// Sets a window whatever is there: kept open while the run goes on, and two minutes beyond its success.
///
/// # Errors
/// As any statement.
pub async fn set_window(
    tx: &mut Tx,
    key: &str,
    until: UtcMillis,
    run_uuid: Option<&PublicId>,
) -> Result<()> {
    execute!(tx, SET, key, until.0, run_uuid.map(PublicId::as_str)).map(drop)
}

/// Keeps every window that a run was asked for by until an instant; answers how many those are.
///
/// # Errors
/// As any statement.
pub async fn keep_windows(tx: &mut Tx, run: &PublicId, until: UtcMillis) -> Result<u64> {
    execute!(tx, KEEP, run.as_str(), until.0)
}

/// Removes every window that a run was asked for by: it failed, so asking again makes sense.
///
/// # Errors
/// As any statement.
pub async fn remove_windows(tx: &mut Tx, run: &PublicId) -> Result<()> {
    execute!(tx, REMOVE_OF, run.as_str()).map(drop)
}

/// Removes a window that led to no run.
///
/// # Errors
/// As any statement.
pub async fn remove_window(tx: &mut Tx, key: &str) -> Result<()> {
    execute!(tx, REMOVE, key).map(drop)
}

/// Whether a window is open now.
///
/// # Errors
/// As any statement.
pub async fn find_window(store: &Store, key: &str) -> Result<bool> {
    let open: Option<(i64,)> = read_one!(store, IS_OPEN, key, store.now().0)?;
    Ok(open.is_some())
}

statements! {
    IS_OPEN = "SELECT until FROM request_window WHERE key = $1 AND until > $2";
    OPEN = "INSERT INTO request_window (key, until, run_uuid) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET until = excluded.until, run_uuid = excluded.run_uuid WHERE request_window.until <= $4";
    FIND = "SELECT run_uuid FROM request_window WHERE key = $1";
    SET = "INSERT INTO request_window (key, until, run_uuid) VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET until = excluded.until, run_uuid = COALESCE(excluded.run_uuid, request_window.run_uuid)";
    KEEP = "UPDATE request_window SET until = $2 WHERE run_uuid = $1";
    REMOVE_OF = "DELETE FROM request_window WHERE run_uuid = $1";
    REMOVE = "DELETE FROM request_window WHERE key = $1";
}
