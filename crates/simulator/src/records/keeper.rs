//! Keeping the records of a tenant: one writer at a time, the state file, and the ordered results
//! of recent queries, so that the hundredth page costs no more than the first.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::base::{Base, Table, changed_at};
use super::schema::Catalogue;
use crate::state::{Change, Record, StateLog};
use crate::world::World;

/// Query results remembered.
const REMEMBERED: usize = 16;

/// The records of a tenant.
pub struct Keeper {
    /// The generated world.
    pub world: World,
    /// The kinds.
    pub catalogue: Catalogue,
    tables: RwLock<Vec<Table>>,
    log: StateLog,
    version: AtomicU64,
    results: Mutex<VecDeque<Found>>,
}

/// A query, the version of the records it was answered from, and the ids.
type Found = (String, u64, Arc<Vec<i64>>);

impl Keeper {
    /// A keeper of the fixed records that `fixed` makes for each kind, with the changes of
    /// earlier starts on top.
    pub fn new(
        world: World,
        catalogue: Catalogue,
        log: StateLog,
        changes: Vec<Change>,
        fixed: impl Fn(&World, &str) -> Vec<Record>,
    ) -> Self {
        let mut tables: Vec<Table> = catalogue
            .all()
            .iter()
            .map(|schema| {
                let records = fixed(&world, schema.about.key).into_iter();
                let fixed = records.filter_map(|r| Some((r.get("id")?.as_i64()?, Arc::new(r))));
                Table {
                    fixed: fixed.collect(),
                    ..Table::default()
                }
            })
            .collect();
        for change in changes {
            if let Change::Put {
                entity,
                id,
                record,
                changed_ms,
            } = change
                && let Some(at) = catalogue.find(&entity)
            {
                tables[at].overlay.put(id, record.map(Arc::new), changed_ms);
            }
        }
        Self {
            world,
            catalogue,
            tables: RwLock::new(tables),
            log,
            version: AtomicU64::new(0),
            results: Mutex::default(),
        }
    }

    /// All records, for reading.
    pub fn tables(&self) -> RwLockReadGuard<'_, Vec<Table>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// All records of a guard from [`Self::tables`].
    pub fn base<'w>(&'w self, tables: &'w [Table]) -> Base<'w> {
        Base {
            world: &self.world,
            catalogue: &self.catalogue,
            tables,
        }
    }

    /// Begins a change.
    pub fn write(&self) -> Writer<'_> {
        Writer {
            keeper: self,
            tables: self.tables.write().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Stores what the clock shows.
    pub fn store_clock(&self, now_ms: i64) {
        self.log.append_clock(now_ms);
    }

    /// The result of a query, made by `find` unless nothing was written since it was made last.
    /// Called with the guard of [`Self::tables`] held.
    pub fn result(&self, query: &str, find: impl FnOnce() -> Vec<i64>) -> Arc<Vec<i64>> {
        let version = self.version.load(Ordering::Acquire);
        let known = {
            let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
            results
                .iter()
                .find(|(text, made, _)| text == query && *made == version)
                .map(|(.., ids)| Arc::clone(ids))
        };
        if let Some(known) = known {
            return known;
        }
        let ids = Arc::new(find());
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.retain(|(text, made, _)| text != query && *made == version);
        if results.len() == REMEMBERED {
            results.pop_front();
        }
        results.push_back((query.to_owned(), version, Arc::clone(&ids)));
        ids
    }
}

/// A change in progress; holds all records until it is done.
pub struct Writer<'k> {
    keeper: &'k Keeper,
    tables: RwLockWriteGuard<'k, Vec<Table>>,
}

impl Writer<'_> {
    /// All records as they are now.
    pub fn base(&self) -> Base<'_> {
        self.keeper.base(&self.tables)
    }

    /// Stores a record; nulls are left out.
    pub fn store(&mut self, at: usize, id: i64, mut record: Record, now_ms: i64) {
        record.retain(|_, value| !value.is_null());
        let schema = self.keeper.catalogue.get(at);
        let changed_ms = changed_at(schema, &record, now_ms);
        self.put(at, id, Some(record), changed_ms);
    }

    /// Removes a record.
    pub fn erase(&mut self, at: usize, id: i64, now_ms: i64) {
        self.put(at, id, None, now_ms);
    }

    fn put(&mut self, at: usize, id: i64, record: Option<Record>, changed_ms: i64) {
        let log = &self.keeper.log;
        if log.keeps() {
            log.append(&Change::Put {
                entity: self.keeper.catalogue.get(at).about.key.to_owned(),
                id,
                record: record.clone(),
                changed_ms,
            });
        }
        self.tables[at]
            .overlay
            .put(id, record.map(Arc::new), changed_ms);
        self.keeper.version.fetch_add(1, Ordering::Release);
    }

    /// The next free id of a kind.
    pub fn next_id(&self, at: usize) -> i64 {
        self.base().last_id(at) + 1
    }
}
