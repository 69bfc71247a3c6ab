//! Permits for requests to a vendor, shared by all jobs and nodes, remembered over restarts (rule S5).
//!
//! Requests are counted in buckets, sixty to a window, under the key of the limit. A fifth of each window is kept for
//! what a person waits for. What the vendor itself says about usage can only make it stricter: other tools use the same
//! account. A refusal blocks the key for everybody until the instant the vendor named. Concurrency is leased as
//! numbered slots, which a vanished holder loses after a while.

use domain::clock::UtcMillis;

use crate::error::Result;
use crate::open::Store;

/// Requests allowed in a rolling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimit {
    /// Requests.
    pub count: i64,
    /// Length of the window in milliseconds.
    pub window: i64,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person: may use the whole window.
    Person,
    /// Background work: stops at four fifths.
    Background,
}

/// What became of asking for permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// So many requests may leave, at least one and at most as many as asked for.
    Granted(i64),
    /// None before this instant.
    Wait(UtcMillis),
}

/// What the vendor said about usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Requests in the present window, by all tools together.
    pub used: i64,
    /// Requests allowed.
    pub limit: i64,
    /// When it said so.
    pub at: UtcMillis,
}

/// Part of a window that background work leaves to people, in percent.
const RESERVE_PERCENT: i64 = 20;
/// Buckets in a window.
const BUCKETS: i64 = 60;
/// How long a slot lasts without being extended: longer than a whole request may take.
pub const SLOT_LEASE: i64 = 90 * UtcMillis::SECOND;

row! {
    struct StateRow {
        blocked_until: i64,
        vendor_used: Option<i64>,
        vendor_limit: Option<i64>,
        vendor_at: Option<i64>,
        ours_since: i64,
    }
}

impl RequestLimit {
    fn bucket_width(self) -> i64 {
        (self.window / BUCKETS).max(UtcMillis::SECOND)
    }

    fn bucket_start(self, at: UtcMillis) -> i64 {
        at.0 - at.0.rem_euclid(self.bucket_width())
    }
}

/// Asks for up to `n` permits under a key. Without a limit only a block makes it wait.
///
/// # Errors
/// As any statement.
pub async fn take(
    store: &Store,
    key: &str,
    limit: Option<RequestLimit>,
    n: i64,
    urgency: Urgency,
    now: UtcMillis,
) -> Result<Taken> {
    let mut tx = store.begin().await?;
    // Writing the row locks the key, so that two nodes never hand out the same permit.
    let state: Option<StateRow> = tx_one!(tx, LOCK, key)?;
    let state = state.unwrap_or(StateRow {
        blocked_until: 0,
        vendor_used: None,
        vendor_limit: None,
        vendor_at: None,
        ours_since: 0,
    });
    if state.blocked_until > now.0 {
        return Ok(Taken::Wait(UtcMillis(state.blocked_until)));
    }
    let Some(limit) = limit else {
        tx.commit().await?;
        return Ok(Taken::Granted(n));
    };
    let width = limit.bucket_width();
    let bucket = limit.bucket_start(now);
    let first = limit.bucket_start(now.plus(-limit.window));
    let buckets: Vec<(i64, i64)> = tx_all!(tx, LIST, key, first)?;
    let allowed = state
        .vendor_limit
        .map_or(limit.count, |told| told.min(limit.count));
    let cap = match urgency {
        Urgency::Person => allowed,
        Urgency::Background => allowed - allowed * RESERVE_PERCENT / 100,
    };
    let ours: i64 = buckets.iter().map(|(_, used)| used).sum();
    let told = told_usage(&state, limit, now);
    let free = cap - ours.max(told);
    if free <= 0 {
        tx.commit().await?;
        let until = if ours >= cap {
            falls_below(&buckets, ours - cap + 1, width, limit.window)
        } else {
            None
        };
        // When only the vendor's word stands against it, its weight falls with time: look again soon.
        let until = until.unwrap_or(now.0 + width.max(5 * UtcMillis::SECOND));
        return Ok(Taken::Wait(UtcMillis(until.max(now.0 + UtcMillis::SECOND))));
    }
    let granted = free.min(n.max(1));
    execute!(tx, COUNT, key, bucket, granted)?;
    execute!(tx, COUNT_SINCE, key, granted)?;
    tx.commit().await?;
    Ok(Taken::Granted(granted))
}

/// What the vendor's report amounts to now: it was about a window that has moved on since, so it fades evenly over
/// one window, while our own requests since then come on top.
fn told_usage(state: &StateRow, limit: RequestLimit, now: UtcMillis) -> i64 {
    let (Some(used), Some(at)) = (state.vendor_used, state.vendor_at) else {
        return 0;
    };
    let age = (now.0 - at).max(0);
    if age >= limit.window {
        return 0;
    }
    used.saturating_mul(limit.window - age) / limit.window.max(1) + state.ours_since
}

/// When so many of the counted requests will have left the window.
fn falls_below(buckets: &[(i64, i64)], excess: i64, width: i64, window: i64) -> Option<i64> {
    let mut left = excess;
    for (bucket, used) in buckets {
        left -= used;
        if left <= 0 {
            return Some(bucket + width + window);
        }
    }
    None
}

/// Notes what the vendor says about usage.
///
/// # Errors
/// As any statement.
pub async fn report_usage(store: &Store, key: &str, usage: Usage) -> Result<()> {
    let mut tx = store.begin().await?;
    execute!(tx, REPORT, key, usage.used, usage.limit, usage.at.0)?;
    tx.commit().await
}

/// The vendor refuses requests until an instant; a later one that was named before stays.
///
/// # Errors
/// As any statement.
pub async fn block(store: &Store, key: &str, until: UtcMillis) -> Result<()> {
    let mut tx = store.begin().await?;
    execute!(tx, BLOCK, key, until.0)?;
    tx.commit().await
}

/// Until when a key is blocked, if it is.
///
/// # Errors
/// As any statement.
pub async fn blocked_until(store: &Store, key: &str, now: UtcMillis) -> Result<Option<UtcMillis>> {
    let found: Option<(i64,)> = read_one!(store, FIND_BLOCK, key, now.0)?;
    Ok(found.map(|row| UtcMillis(row.0)))
}

/// A concurrency slot in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    key: String,
    slot: i64,
    holder: String,
}

/// Takes one of `slots` concurrency slots under a key for a node; `None` when all are taken.
///
/// # Errors
/// As any statement.
pub async fn take_slot(
    store: &Store,
    key: &str,
    slots: i64,
    node: &str,
    now: UtcMillis,
) -> Result<Option<Slot>> {
    let holder = format!("{node}/{}", uuid::Uuid::new_v4().simple());
    let mut tx = store.begin().await?;
    for slot in 0..slots {
        if execute!(
            tx,
            TAKE_SLOT,
            key,
            slot,
            &holder,
            now.plus(SLOT_LEASE).0,
            now.0
        )? == 1
        {
            tx.commit().await?;
            return Ok(Some(Slot {
                key: key.to_owned(),
                slot,
                holder,
            }));
        }
    }
    tx.rollback().await?;
    Ok(None)
}

/// Gives a slot back.
///
/// # Errors
/// As any statement.
pub async fn release_slot(store: &Store, slot: &Slot) -> Result<()> {
    let mut tx = store.begin().await?;
    execute!(tx, RELEASE_SLOT, &slot.key, slot.slot, &slot.holder)?;
    tx.tell("slot", slot.slot);
    tx.commit().await
}

/// Gives every slot back: for SQLite at start, where whoever holds the file lock is alone.
///
/// # Errors
/// As any statement.
pub async fn release_all_slots(store: &Store) -> Result<u64> {
    if store.engine() != crate::db::Engine::Sqlite {
        return Ok(0);
    }
    let mut tx = store.begin().await?;
    let released = execute!(tx, RELEASE_ALL_SLOTS)?;
    tx.commit().await?;
    Ok(released)
}

/// Gives back the slots of nodes that have been silent since before an instant: a process that died took its requests
/// with it, and others must not wait for its slots to run out (rule S6). SQLite has one process, which does this at
/// its start. Holders that never announced themselves as a node keep theirs.
///
/// # Errors
/// As any statement.
pub async fn release_slots_of_silent(store: &Store, silent_since: UtcMillis) -> Result<u64> {
    if store.engine() == crate::db::Engine::Sqlite {
        return Ok(0);
    }
    let mut tx = store.begin().await?;
    let released = execute!(tx, RELEASE_SLOTS_OF_SILENT, silent_since.0)?;
    tx.commit().await?;
    Ok(released)
}

/// Extends every slot a node holds.
///
/// # Errors
/// As any statement.
pub async fn extend_slots(store: &Store, node: &str, now: UtcMillis) -> Result<u64> {
    let mut tx = store.begin().await?;
    let extended = execute!(
        tx,
        EXTEND_SLOTS,
        format!("{node}/"),
        now.plus(SLOT_LEASE).0,
        now.0
    )?;
    tx.commit().await?;
    Ok(extended)
}

statements! {
    LOCK = "INSERT INTO permit_state (limit_key) VALUES ($1) ON CONFLICT (limit_key) DO UPDATE SET limit_key = excluded.limit_key
        RETURNING blocked_until, vendor_used, vendor_limit, vendor_at, ours_since";
    LIST = "SELECT starts_at, used FROM permit_bucket WHERE limit_key = $1 AND starts_at >= $2 ORDER BY starts_at";
    COUNT = "INSERT INTO permit_bucket (limit_key, starts_at, used) VALUES ($1, $2, $3)
        ON CONFLICT (limit_key, starts_at) DO UPDATE SET used = permit_bucket.used + excluded.used";
    COUNT_SINCE = "UPDATE permit_state SET ours_since = ours_since + $2 WHERE limit_key = $1";
    REPORT = "INSERT INTO permit_state (limit_key, vendor_used, vendor_limit, vendor_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (limit_key) DO UPDATE SET vendor_used = excluded.vendor_used, vendor_limit = excluded.vendor_limit,
            vendor_at = excluded.vendor_at, ours_since = 0 WHERE permit_state.vendor_at IS NULL OR permit_state.vendor_at <= excluded.vendor_at";
    BLOCK = "INSERT INTO permit_state (limit_key, blocked_until) VALUES ($1, $2)
        ON CONFLICT (limit_key) DO UPDATE SET blocked_until = excluded.blocked_until WHERE permit_state.blocked_until < excluded.blocked_until";
    FIND_BLOCK = "SELECT blocked_until FROM permit_state WHERE limit_key = $1 AND blocked_until > $2";
    TAKE_SLOT = "INSERT INTO permit_slot (limit_key, slot, holder, lease_until) VALUES ($1, $2, $3, $4)
        ON CONFLICT (limit_key, slot) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
            WHERE permit_slot.lease_until <= $5";
    RELEASE_SLOT = "DELETE FROM permit_slot WHERE limit_key = $1 AND slot = $2 AND holder = $3";
    RELEASE_ALL_SLOTS = "DELETE FROM permit_slot";
    RELEASE_SLOTS_OF_SILENT = "DELETE FROM permit_slot WHERE EXISTS (SELECT 1 FROM node
        WHERE node.heartbeat_at < $1 AND substr(permit_slot.holder, 1, length(node.id) + 1) = node.id || '/')";
    EXTEND_SLOTS = "UPDATE permit_slot SET lease_until = $2 WHERE substr(holder, 1, length($1)) = $1 AND lease_until > $3";
}
