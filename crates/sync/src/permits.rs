//! Permits for requests to vendors (rule S5): the connectors' [`Permits`] on top of the store, so that all jobs on all
//! nodes share one count and one set of slots per limit key, and a restart forgets neither.
//!
//! A write to the store per request would cost an fsync each, so permits are leased in small blocks and slots are kept
//! for a moment after use. A leased block lapses soon, so that a burst counted long ago cannot leave late.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use connectors::limits::{Limits, Permit, Permits, Urgency, Usage};
use connectors::{Error, ErrorKind};
use domain::clock::{SharedClock, UtcMillis};
use store::Store;
use store::permits::{self, RequestLimit, Slot, Taken};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::backoff::INLINE_WAIT;
use crate::error::Result;

/// Permits leased at once.
const BLOCK: i64 = 16;
/// How long a leased permit may be used.
const BLOCK_LIFE: i64 = 30 * UtcMillis::SECOND;
/// How long a slot is kept after its last use, for the next request of this node.
const SLOT_REST: i64 = UtcMillis::SECOND;
/// A slot is used only while its lease outlasts a whole request (rule S6: 60 seconds), so that no request outlives its
/// slot, even when every heartbeat meanwhile fails.
const SLOT_MARGIN: i64 = 65 * UtcMillis::SECOND;
/// The vendor's word about usage is stored at most this often.
const REPORT_EVERY: i64 = 10 * UtcMillis::SECOND;
/// Pause between looks while waiting.
const LOOK: Duration = Duration::from_millis(50);

/// Permits of one node.
pub struct StorePermits {
    store: Store,
    clock: SharedClock,
    node: String,
    beats: AtomicBool,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    leased: Mutex<Leased>,
    freed: Notify,
}

#[derive(Default)]
struct Leased {
    blocks: HashMap<(String, bool), Block>,
    slots: HashMap<(String, bool), Vec<Held>>,
    reported: HashMap<String, UtcMillis>,
    next: u64,
}

struct Block {
    left: i64,
    lapses: UtcMillis,
}

struct Held {
    number: u64,
    slot: Slot,
    lease_until: UtcMillis,
    busy: bool,
    used_at: UtcMillis,
}

/// Gives a slot back when dropped: to its node, which keeps it for a moment, or, where no heartbeat would give it back
/// later, to the store at once.
struct Guard {
    shared: Arc<Shared>,
    clock: SharedClock,
    place: (String, bool),
    number: u64,
    at_once: Option<Store>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let now = self.clock.now();
        let mut leased = lock(&self.shared.leased);
        let slots = leased.slots.get_mut(&self.place);
        let found = slots.and_then(|slots| {
            let index = slots.iter().position(|held| held.number == self.number)?;
            if self.at_once.is_some() {
                return Some(slots.swap_remove(index).slot);
            }
            slots[index].busy = false;
            slots[index].used_at = now;
            None
        });
        drop(leased);
        self.shared.freed.notify_one();
        if let (Some(slot), Some(store), Ok(runtime)) = (
            found,
            self.at_once.take(),
            tokio::runtime::Handle::try_current(),
        ) {
            runtime.spawn(async move {
                if let Err(error) = permits::release_slot(&store, &slot).await {
                    tracing::debug!(%error, "a slot runs out by its lease instead");
                }
            });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StorePermits {
    /// Permits for a node.
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, node: String) -> Self {
        Self {
            store,
            clock,
            node,
            beats: AtomicBool::new(false),
            shared: Arc::default(),
        }
    }

    /// A heartbeat extends slots from now on.
    pub fn heartbeat_runs(&self) {
        self.beats.store(true, Ordering::Relaxed);
    }

    /// One heartbeat: extends the slots this node holds. When some are no longer its own, because it was silent for a
    /// while, it forgets those that rest.
    ///
    /// # Errors
    /// As any statement.
    pub async fn keep(&self) -> Result<()> {
        self.extend(self.clock.now()).await
    }

    /// Gives back slots that rested long enough, so that other nodes need not wait for their lease.
    pub(crate) async fn give_back_rested(&self) -> Result<()> {
        let now = self.clock.now();
        let resting = self.take_out(|held| !held.busy && now.since(held.used_at) >= SLOT_REST);
        for slot in resting {
            permits::release_slot(&self.store, &slot).await?;
        }
        Ok(())
    }

    /// A graceful stop gives every slot back.
    pub(crate) async fn give_back_all(&self) -> Result<()> {
        for slot in self.take_out(|_| true) {
            permits::release_slot(&self.store, &slot).await?;
        }
        Ok(())
    }

    /// SQLite at start: whatever is taken belongs to a process that is gone.
    pub(crate) async fn take_back_own(&self) -> Result<()> {
        permits::release_all_slots(&self.store).await?;
        Ok(())
    }

    fn take_out(&self, mut which: impl FnMut(&Held) -> bool) -> Vec<Slot> {
        let mut leased = lock(&self.shared.leased);
        let mut out = Vec::new();
        for slots in leased.slots.values_mut() {
            let (gone, kept) = std::mem::take(slots)
                .into_iter()
                .partition(|held| which(held));
            *slots = kept;
            out.extend(gone.into_iter().map(|held: Held| held.slot));
        }
        leased.slots.retain(|_, slots| !slots.is_empty());
        out
    }

    async fn extend(&self, now: UtcMillis) -> Result<()> {
        let believed = lock(&self.shared.leased)
            .slots
            .values()
            .flatten()
            .filter(|held| held.lease_until > now)
            .count();
        if believed == 0 {
            return Ok(());
        }
        let extended = permits::extend_slots(&self.store, &self.node, now).await?;
        if extended < believed as u64 {
            // This node was silent for a while, and a slot it believes to have may be somebody else's now. Which one is
            // not known, so those that rest are given up, and those in use end with their request.
            for slot in self.take_out(|held| !held.busy) {
                permits::release_slot(&self.store, &slot).await?;
            }
            return Ok(());
        }
        let mut leased = lock(&self.shared.leased);
        for held in leased.slots.values_mut().flatten() {
            if held.lease_until > now {
                held.lease_until = now.plus(permits::SLOT_LEASE);
            }
        }
        Ok(())
    }

    /// One permit from the leased block, if one is left.
    fn use_block(&self, key: &str, person: bool, now: UtcMillis) -> bool {
        let mut leased = lock(&self.shared.leased);
        let Some(block) = leased.blocks.get_mut(&(key.to_owned(), person)) else {
            return false;
        };
        let usable = block.left > 0 && block.lapses > now;
        if usable {
            block.left -= 1;
        }
        usable
    }

    /// Takes one permit; the instant to wait for when there is none.
    async fn permit(
        &self,
        limits: &Limits,
        urgency: Urgency,
        now: UtcMillis,
    ) -> Result<Option<UtcMillis>> {
        let key = &limits.account_key;
        let Some(limit) = limits.requests else {
            return Ok(permits::blocked_until(&self.store, key, now).await?);
        };
        let person = urgency == Urgency::Person;
        if self.use_block(key, person, now) {
            return Ok(None);
        }
        let limit = RequestLimit {
            count: i64::from(limit.count),
            window: limit.window,
        };
        let whom = if person {
            permits::Urgency::Person
        } else {
            permits::Urgency::Background
        };
        let block = BLOCK.min((limit.count / 50).max(1));
        match permits::take(&self.store, key, Some(limit), block, whom, now).await? {
            Taken::Granted(granted) => {
                let block = Block {
                    left: granted - 1,
                    lapses: now.plus(BLOCK_LIFE),
                };
                lock(&self.shared.leased)
                    .blocks
                    .insert((key.clone(), person), block);
                Ok(None)
            }
            Taken::Wait(until) => Ok(Some(until)),
        }
    }

    /// A slot this node holds and does not use.
    fn resting_slot(&self, place: &(String, bool), now: UtcMillis) -> Option<Guard> {
        let mut leased = lock(&self.shared.leased);
        let slots = leased.slots.get_mut(place)?;
        slots.retain(|held| held.busy || held.lease_until > now);
        let held = slots
            .iter_mut()
            .find(|held| !held.busy && held.lease_until >= now.plus(SLOT_MARGIN))?;
        held.busy = true;
        Some(self.guard(place, held.number))
    }

    fn guard(&self, place: &(String, bool), number: u64) -> Guard {
        Guard {
            shared: Arc::clone(&self.shared),
            clock: Arc::clone(&self.clock),
            place: place.clone(),
            number,
            at_once: (!self.beats.load(Ordering::Relaxed)).then(|| self.store.clone()),
        }
    }

    /// A concurrency slot, or `None` when all are taken. One is kept for what a person waits for.
    async fn slot(
        &self,
        limits: &Limits,
        slots: u32,
        endpoint: &str,
        urgency: Urgency,
        now: UtcMillis,
    ) -> Result<Option<Guard>> {
        let person = urgency == Urgency::Person;
        let place = (format!("{}|{endpoint}", limits.account_key), person);
        if let Some(guard) = self.resting_slot(&place, now) {
            return Ok(Some(guard));
        }
        let slots = if person {
            slots
        } else {
            slots.saturating_sub(1).max(1)
        };
        let Some(slot) =
            permits::take_slot(&self.store, &place.0, i64::from(slots), &self.node, now).await?
        else {
            return Ok(None);
        };
        let mut leased = lock(&self.shared.leased);
        leased.next += 1;
        let number = leased.next;
        leased.slots.entry(place.clone()).or_default().push(Held {
            number,
            slot,
            lease_until: now.plus(permits::SLOT_LEASE),
            busy: true,
            used_at: now,
        });
        drop(leased);
        Ok(Some(self.guard(&place, number)))
    }
}

#[async_trait]
impl Permits for StorePermits {
    async fn acquire(
        &self,
        limits: &Limits,
        endpoint: &str,
        urgency: Urgency,
    ) -> connectors::Result<Permit> {
        let patience = Instant::now() + Duration::from_millis(INLINE_WAIT.unsigned_abs());
        loop {
            let now = self.clock.now();
            let Some(until) = self
                .permit(limits, urgency, now)
                .await
                .map_err(|error| unavailable(&error))?
            else {
                break;
            };
            let wait = until.since(now);
            if wait > INLINE_WAIT || Instant::now() >= patience {
                return Err(long_wait(wait));
            }
            tokio::time::sleep(Duration::from_millis(wait.clamp(1, 250).unsigned_abs())).await;
        }
        let Some(slots) = limits.concurrency else {
            return Ok(Permit::free());
        };
        loop {
            let now = self.clock.now();
            let slot = self
                .slot(limits, slots, endpoint, urgency, now)
                .await
                .map_err(|error| unavailable(&error))?;
            if let Some(guard) = slot {
                return Ok(Permit::holding(guard));
            }
            if Instant::now() >= patience {
                return Err(long_wait(INLINE_WAIT));
            }
            tokio::select! {
                () = self.shared.freed.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn report(&self, limits: &Limits, usage: Option<Usage>, blocked_for: Option<i64>) {
        let key = &limits.account_key;
        let now = self.clock.now();
        if let Some(millis) = blocked_for {
            lock(&self.shared.leased)
                .blocks
                .retain(|(blocked, _), _| blocked != key);
            if let Err(error) = permits::block(&self.store, key, now.plus(millis)).await {
                tracing::warn!(%error, "cannot remember that a vendor refuses requests for now");
            }
        }
        let Some(usage) = usage else { return };
        let news = {
            let mut leased = lock(&self.shared.leased);
            let news = leased
                .reported
                .get(key)
                .is_none_or(|at| now.since(*at) >= REPORT_EVERY);
            if news {
                leased.reported.insert(key.clone(), now);
            }
            news
        };
        if news {
            let told = permits::Usage {
                used: i64::from(usage.used),
                limit: i64::from(usage.limit),
                at: usage.at,
            };
            if let Err(error) = permits::report_usage(&self.store, key, told).await {
                tracing::warn!(%error, "cannot remember what a vendor says about usage");
            }
        }
    }
}

fn long_wait(millis: i64) -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "wait for a permit",
        "the request limit is used up for now",
    )
    .with_retry_after(Some(millis.max(UtcMillis::SECOND)))
    .without_effect()
}

/// The store could not be asked for a permit: no word about the vendor.
fn unavailable(error: &crate::error::Error) -> Error {
    Error::new(
        ErrorKind::RateLimited,
        "wait for a permit",
        format!("permits cannot be counted: {error}"),
    )
    .with_retry_after(Some(10 * UtcMillis::SECOND))
    .without_effect()
}
