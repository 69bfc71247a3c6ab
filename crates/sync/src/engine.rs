//! The engine: what every part of this crate works with, in one cheap clone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::clock::{SharedClock, UtcMillis};
use domain::id::JobId;
use domain::secret::Secret;
use store::Store;

use crate::mail::MailConfig;
use crate::permits::StorePermits;

/// How an engine is set up; everything has a default but the node's name.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Name of this node, unique among the nodes that share a store and new at every start.
    pub node: String,
    /// Where the node runs, for people.
    pub address: String,
    /// Portico's version, for people.
    pub version: String,
    /// Replaces vendors' addresses, by provider key. Only process configuration sets it (design 3).
    pub base_urls: BTreeMap<String, url::Url>,
    /// Requests in a vendor's window instead of the documented number, by provider key.
    pub request_limits: BTreeMap<String, u32>,
    /// The installation's code for providers that want one, by provider key.
    pub installation_codes: BTreeMap<String, Secret>,
    /// Jobs of one integration at once on this node, and of each kind that belongs to none.
    pub concurrency: usize,
    /// Whether vendors may be in private networks.
    pub private_addresses: bool,
    /// How mail leaves.
    pub mail: MailConfig,
    /// How often a worker looks for jobs when nobody wakes it.
    pub poll: Duration,
    /// Records per page, instead of what the provider's capability says; for tests and measurements.
    pub page_size: Option<u32>,
}

impl EngineConfig {
    /// Defaults for a node of this name.
    #[must_use]
    pub fn new(node: impl Into<String>) -> Self {
        Self {
            node: node.into(),
            address: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            base_urls: BTreeMap::new(),
            request_limits: BTreeMap::new(),
            installation_codes: BTreeMap::new(),
            concurrency: 2,
            private_addresses: false,
            mail: MailConfig::outbox("portico-data/outbox".into(), "http://localhost:8080"),
            poll: Duration::from_millis(500),
            page_size: None,
        }
    }
}

/// The engine. Clones share everything.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    store: Store,
    clock: SharedClock,
    config: EngineConfig,
    permits: Arc<StorePermits>,
    memory: Arc<connectors::connector::Memory>,
    matches: crate::quick_match::Kept,
    /// Jobs this process works on, and how often: only their leases are extended, so that one nobody works on any more
    /// runs out. A job that was put back and taken again is held twice for a moment.
    held: Mutex<BTreeMap<JobId, u32>>,
}

/// A job being worked on, until dropped.
pub(crate) struct HeldJob<'a> {
    engine: &'a Engine,
    job: JobId,
}

impl Drop for HeldJob<'_> {
    fn drop(&mut self) {
        let mut held = self.engine.held();
        if let Some(times) = held.get_mut(&self.job) {
            *times -= 1;
            if *times == 0 {
                held.remove(&self.job);
            }
        }
    }
}

impl Engine {
    /// An engine over a store. Nothing runs until [`Engine::start_worker`].
    #[must_use]
    pub fn new(store: Store, clock: SharedClock, config: EngineConfig) -> Self {
        let permits = Arc::new(StorePermits::new(
            store.clone(),
            Arc::clone(&clock),
            config.node.clone(),
        ));
        let memory = connectors::connector::Memory::new(config.private_addresses);
        Self(Arc::new(Inner {
            store,
            clock,
            config,
            permits,
            memory: Arc::new(memory),
            matches: Default::default(),
            held: Mutex::default(),
        }))
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<JobId, u32>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What connectors remember between requests.
    pub(crate) fn memory(&self) -> Arc<connectors::connector::Memory> {
        Arc::clone(&self.0.memory)
    }

    /// What Quick Match found last.
    pub(crate) fn matches(&self) -> &crate::quick_match::Kept {
        &self.0.matches
    }

    /// Notes that this process works on a job, until the answer is dropped.
    pub(crate) fn hold_job(&self, job: JobId) -> HeldJob<'_> {
        *self.held().entry(job).or_default() += 1;
        HeldJob { engine: self, job }
    }

    /// The jobs this process works on.
    pub(crate) fn held_jobs(&self) -> Vec<JobId> {
        self.held().keys().copied().collect()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &EngineConfig {
        &self.0.config
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        self.0.clock.now()
    }

    pub(crate) fn permits(&self) -> &Arc<StorePermits> {
        &self.0.permits
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Engine").field(&self.0.config.node).finish()
    }
}
