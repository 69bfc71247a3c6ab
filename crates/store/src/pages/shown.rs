//! How many records of a stream are shown. A large count is remembered until something changes, since several pages show
//! it and going through the index of 300,000 records takes longer than all else of such a page.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::stream::Stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

use super::sql;
use crate::change::Change;
use crate::db::Db;
use crate::error::Result;
use crate::open::Store;

/// Counts below this are quick and never remembered.
const LARGE: u64 = 20_000;
/// Milliseconds a count is remembered at most: what another node changes may be told late, or not at all.
const REMEMBERED: i64 = 60_000;
/// Told by whoever stores or marks records.
pub(crate) const RECORDS: &str = "record";
/// What changes without any record: jobs and their permits tell of every heartbeat.
const UNRELATED: [&str; 3] = ["job", "slot", "mail"];

/// How many rows of a stream are shown, counted from indexes alone. From 20,000 on the count may be the one of up to a
/// minute ago, if nothing told of a change since.
///
/// # Errors
/// As [`list_unseen`](super::list_unseen).
pub async fn count_shown(store: &Store, integration: IntegrationId, stream: Stream) -> Result<u64> {
    let (now, key) = (store.now(), (integration, stream));
    let before = match store.shown_counts().find(key, now) {
        Ok(count) => return Ok(count),
        Err(changes) => changes,
    };
    let count = count(store, integration, stream).await?;
    store.shown_counts().keep(key, now, count, before);
    Ok(count)
}

async fn count(store: &Store, integration: IntegrationId, stream: Stream) -> Result<u64> {
    let text = sql::of(stream)?.count_shown.on(store.engine());
    let (shown,): (i64,) = match store.db() {
        Db::Lite { r, .. } => {
            sqlx::query_as(text)
                .bind(integration.0)
                .fetch_one(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(text)
                .bind(integration.0)
                .fetch_one(pool)
                .await?
        }
    };
    Ok(shown.unsigned_abs())
}

/// What a count was of.
type Key = (IntegrationId, Stream);

/// The large counts of a store, forgotten as soon as it is told that something changed.
#[derive(Debug)]
pub(crate) struct ShownCounts(Mutex<Known>);

#[derive(Debug)]
struct Known {
    told: Receiver<Change>,
    /// How often something changed, so that a count that was overtaken by a change is not kept.
    changes: u64,
    counts: HashMap<Key, (UtcMillis, u64)>,
}

impl ShownCounts {
    /// None yet, forgotten by what the receiver is told.
    pub(crate) fn new(told: Receiver<Change>) -> Self {
        Self(Mutex::new(Known {
            told,
            changes: 0,
            counts: HashMap::new(),
        }))
    }

    /// The count; else how often something had changed, for [`ShownCounts::keep`].
    fn find(&self, key: Key, now: UtcMillis) -> std::result::Result<u64, u64> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.listen();
        match known.counts.get(&key) {
            // A clock that was set back makes nothing last longer.
            Some((at, count)) if (0..REMEMBERED).contains(&(now.0 - at.0)) => Ok(*count),
            _ => Err(known.changes),
        }
    }

    fn keep(&self, key: Key, now: UtcMillis, count: u64, before: u64) {
        if count < LARGE {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.listen();
        if known.changes == before {
            known.counts.insert(key, (now, count));
        }
    }
}

impl Known {
    /// Hears what was told since, and forgets when something may have changed.
    fn listen(&mut self) {
        loop {
            match self.told.try_recv() {
                Ok(change) if UNRELATED.contains(&change.topic.as_str()) => {}
                Ok(_) | Err(TryRecvError::Lagged(_)) => {
                    self.changes += 1;
                    self.counts.clear();
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = (IntegrationId(1), Stream::Contacts);

    fn change(topic: &str) -> Change {
        Change {
            topic: topic.to_owned(),
            id: 7,
        }
    }

    fn find(counts: &ShownCounts, now: i64) -> Option<u64> {
        counts.find(KEY, UtcMillis(now)).ok()
    }

    fn keep(counts: &ShownCounts, count: u64) {
        let before = counts.find(KEY, UtcMillis(0)).unwrap_err();
        counts.keep(KEY, UtcMillis(0), count, before);
    }

    #[test]
    fn a_large_count_is_remembered_for_a_minute_and_until_something_changes() {
        let sender = crate::change::channel();
        let counts = ShownCounts::new(sender.subscribe());
        keep(&counts, LARGE - 1);
        assert_eq!(find(&counts, 0), None, "quick enough to count again");
        keep(&counts, LARGE);
        assert_eq!(find(&counts, 59_999), Some(LARGE));
        assert_eq!(find(&counts, 60_000), None);
        assert_eq!(find(&counts, -1), None);
        let other = (IntegrationId(2), Stream::Contacts);
        assert!(counts.find(other, UtcMillis(0)).is_err());
        sender.send(change("job")).unwrap();
        assert_eq!(find(&counts, 1), Some(LARGE), "a heartbeat");
        for told in [RECORDS, "run", "integration"] {
            sender.send(change(told)).unwrap();
            assert_eq!(find(&counts, 1), None, "{told}");
            keep(&counts, LARGE);
        }
    }

    #[test]
    fn a_count_that_a_change_overtook_is_not_remembered() {
        let sender = crate::change::channel();
        let counts = ShownCounts::new(sender.subscribe());
        let before = counts.find(KEY, UtcMillis(0)).unwrap_err();
        sender.send(change("integration")).unwrap();
        counts.keep(KEY, UtcMillis(0), LARGE, before);
        assert_eq!(find(&counts, 0), None);
        keep(&counts, LARGE);
        assert_eq!(find(&counts, 0), Some(LARGE));
    }

    #[test]
    fn who_missed_what_was_told_forgets() {
        let sender = crate::change::channel();
        let counts = ShownCounts::new(sender.subscribe());
        keep(&counts, LARGE);
        for _ in 0..5_000 {
            sender.send(change("job")).unwrap();
        }
        assert_eq!(find(&counts, 0), None);
    }
}
