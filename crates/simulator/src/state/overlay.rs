//! The records of one entity that differ from the generated world, and when they last changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::Record;

/// Changed, created and deleted records of one entity.
#[derive(Default)]
pub struct Overlay {
    records: BTreeMap<i64, Entry>,
    by_time: BTreeSet<(i64, i64)>,
}

struct Entry {
    /// `None` when the record is deleted.
    record: Option<Arc<Record>>,
    changed_ms: i64,
}

impl Overlay {
    /// Stores a record, or its deletion. `changed_ms` is what incremental queries ask for.
    pub fn put(&mut self, id: i64, record: Option<Arc<Record>>, changed_ms: i64) {
        if let Some(old) = self.records.insert(id, Entry { record, changed_ms }) {
            self.by_time.remove(&(old.changed_ms, id));
        }
        self.by_time.insert((changed_ms, id));
    }

    /// Whether the overlay decides what `id` is.
    pub fn decides(&self, id: i64) -> bool {
        self.records.contains_key(&id)
    }

    /// What the overlay says about `id`: nothing, deleted, or the record.
    pub fn get(&self, id: i64) -> Option<Option<&Arc<Record>>> {
        self.records.get(&id).map(|e| e.record.as_ref())
    }

    /// Living records in a range of ids, ascending.
    pub fn range(&self, ids: RangeInclusive<i64>) -> impl Iterator<Item = (i64, &Arc<Record>)> {
        let empty = ids.is_empty();
        self.records
            .range(if empty { 0..=0 } else { ids })
            .filter(move |_| !empty)
            .filter_map(|(id, e)| e.record.as_ref().map(|r| (*id, r)))
    }

    /// Ids of living records changed at `since` or later, ascending.
    pub fn changed_since(&self, since: i64) -> Vec<i64> {
        let mut ids: Vec<i64> = self
            .by_time
            .range((since, i64::MIN)..)
            .map(|(_, id)| *id)
            .filter(|id| self.get(*id).flatten().is_some())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Ids decided by the overlay in a range, living or deleted.
    pub fn decided(&self, ids: RangeInclusive<i64>) -> impl Iterator<Item = (i64, bool)> {
        let empty = ids.is_empty();
        self.records
            .range(if empty { 0..=0 } else { ids })
            .filter(move |_| !empty)
            .map(|(id, e)| (*id, e.record.is_some()))
    }

    /// The greatest id ever stored.
    pub fn last_id(&self) -> Option<i64> {
        self.records.last_key_value().map(|(id, _)| *id)
    }
}
