//! The contract every connector keeps.
//!
//! A connector translates: it turns one question of ours into the vendor's requests and the vendor's answer into
//! our records. It stores nothing, schedules nothing, and never retries beyond what `http::retry` does for all of
//! them. What a connector cannot do answers [`ErrorKind::Unsupported`](crate::ErrorKind) through the default bodies
//! here, and the provider's `Capability` says so beforehand; the behaviour suite holds the two together.
//!
//! Sentences every implementation keeps:
//!
//! * Pages come in an order of the connector's choice that loses nothing when records change meanwhile; a cursor
//!   stays valid across a restart.
//! * Ids leave as text and are unique within a stream of one integration.
//! * A record that cannot be read is handed over as `Unreadable` with its id; the others of its page go on.
//! * A list beside a stream's own that may not be read is told (`page::Beside`), and never taken for an empty one.
//! * NUL characters are removed; nothing else of a text is changed.
//! * A question with `PullMode::Since` is asked inclusively (`>=`), so that equal instants at a boundary lose nothing.
//! * A record of a stream that is asked by change carries the instant of its change, by the clock the question compares.
//! * Before each request a permit is acquired with the urgency the connector was built with.
//!
//! Rejected: a stream of records instead of pages (the commit unit is the page, rule P2), retry inside a vendor
//! folder (each would do it differently), a connector that keeps its own cursor (restart).

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::capability::Capability;
use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::secret::Secret;
use domain::stream::{PullMode, Stream};
use reqwest::Client;
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::http::client::{self, Timeouts, Whom};
use crate::limits::{Limits, Permits, RequestLimit, Urgency};
use crate::page::{Beside, ConnectionReport, Cursor, Page, PageRequest, Unreadable};

/// Everything a connector is built from.
#[derive(Clone)]
pub struct Connect {
    /// Form values by field key; secrets among them.
    pub credentials: BTreeMap<String, Secret>,
    /// Audiences of a comment that clients may read; the connector's default while nobody has chosen. An empty choice
    /// means that clients read none.
    pub public_note_audiences: Option<Vec<String>>,
    /// The field of contacts that tells their type, where an account decides that.
    pub contact_type_field: Option<String>,
    /// The installation's default for the provider's code, when the connection has none of its own.
    pub installation_code: Option<Secret>,
    /// Replaces the vendor's addresses. Only process configuration sets it: the demo, tests, the benchmark.
    pub base_url: Option<Url>,
    /// Requests in the vendor's window, instead of the number it documents: some tenants are allowed more. Only process
    /// configuration sets it.
    pub request_limit: Option<u32>,
    /// Where permits come from.
    pub permits: Arc<dyn Permits>,
    /// Who waits for the answers.
    pub urgency: Urgency,
    /// What connectors of this process remember between requests.
    pub memory: Arc<Memory>,
    /// Counts every request that leaves, for the run's row.
    pub requests: Arc<RequestCounter>,
}

impl Connect {
    /// The vendor's documented limit, or what this installation was allowed instead.
    #[must_use]
    pub fn allowed(&self, documented: RequestLimit) -> RequestLimit {
        RequestLimit {
            count: self.request_limit.unwrap_or(documented.count),
            ..documented
        }
    }

    /// A key for what is remembered of this connection: another one as soon as any of its form values differs, so that
    /// nothing found with old credentials is used with new ones. Good inside one process only.
    #[must_use]
    pub fn memory_key(&self, what: &str) -> String {
        let mut hasher = DefaultHasher::new();
        for (key, value) in &self.credentials {
            (key, value.expose()).hash(&mut hasher);
        }
        let code = self.installation_code.as_ref();
        (
            code.map(Secret::expose),
            self.base_url.as_ref().map(Url::as_str),
        )
            .hash(&mut hasher);
        format!("{what} {:016x}", hasher.finish())
    }
}

/// What was read, by key, with when it was.
type AllKept = BTreeMap<String, (UtcMillis, Arc<dyn Any + Send + Sync>)>;

/// What the connectors of one process share between requests: where a tenant lives, a token that is good for a while, and
/// the HTTP client with its open connections. A connector is built anew for each part of a run and for each ticket whose
/// comments are read; it asks only once, and greets a vendor only once. Never leaves the process, and holds nothing that
/// would be missed after a restart.
#[derive(Default)]
pub struct Memory {
    entries: Mutex<BTreeMap<String, Secret>>,
    clients: Mutex<BTreeMap<Whom, Client>>,
    private: bool,
    kept: Mutex<AllKept>,
}

impl Memory {
    /// Nothing remembered yet; `private` says whether vendors may be in private networks.
    #[must_use]
    pub fn new(private: bool) -> Self {
        Self {
            private,
            ..Self::default()
        }
    }

    /// What is remembered under a key.
    #[must_use]
    pub fn recall(&self, key: &str) -> Option<Secret> {
        self.entries().get(key).cloned()
    }

    /// Remembers something.
    pub fn remember(&self, key: String, text: Secret) {
        self.entries().insert(key, text);
    }

    /// Forgets what is remembered under a key.
    pub fn forget(&self, key: &str) {
        self.entries().remove(key);
    }

    /// Keeps what was read at an instant, for other connectors of this process.
    pub fn keep<T: Send + Sync + 'static>(&self, key: String, at: UtcMillis, what: Arc<T>) {
        self.all_kept().insert(key, (at, what));
    }

    /// What was kept under a key, when it was read at an instant or later.
    #[must_use]
    pub fn kept<T: Send + Sync + 'static>(&self, key: &str, since: UtcMillis) -> Option<Arc<T>> {
        let all = self.all_kept();
        let (_, what) = all.get(key).filter(|(at, _)| *at >= since)?;
        Arc::clone(what).downcast().ok()
    }

    /// Drops what was kept under a key.
    pub fn drop_kept(&self, key: &str) {
        self.all_kept().remove(key);
    }

    /// The client for vendors, or the one for a sandbox. Building one reads every root certificate of the machine.
    ///
    /// # Errors
    /// As [`client::build`].
    pub fn client(&self, sandbox: bool) -> Result<Client> {
        let whom = if sandbox {
            Whom::Sandbox
        } else {
            Whom::Vendor {
                private: self.private,
            }
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&whom) {
            return Ok(client.clone());
        }
        let client = client::build(Timeouts::default(), whom)?;
        clients.insert(whom, client.clone());
        Ok(client)
    }

    fn all_kept(&self) -> MutexGuard<'_, AllKept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// Counts requests, and keeps what the vendor's clock showed last.
#[derive(Debug, Default)]
pub struct RequestCounter {
    count: AtomicU64,
    vendor_time: AtomicI64,
}

impl RequestCounter {
    /// One more request left.
    pub fn count(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Requests so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// An answer told the vendor's time.
    pub fn note_time(&self, vendor_time: UtcMillis) {
        self.vendor_time.store(vendor_time.0, Ordering::Relaxed);
    }

    /// The vendor's time when it answered last; `None` while no answer told it.
    #[must_use]
    pub fn vendor_time(&self) -> Option<UtcMillis> {
        let told = self.vendor_time.load(Ordering::Relaxed);
        (told != 0).then_some(UtcMillis(told))
    }
}

/// One record fetched by id.
#[derive(Debug, Clone, PartialEq)]
pub enum Fetched {
    /// The record, as a batch of one, and what lists showed of which it takes a part.
    Record(Batch, Vec<Beside>),
    /// It exists and cannot be read.
    Unreadable(Unreadable),
    /// The vendor has no such record.
    Gone,
}

impl From<Page> for Fetched {
    /// What a page of at most one record says about it.
    fn from(page: Page) -> Self {
        match page.unreadable.into_iter().next() {
            Some(unreadable) => Self::Unreadable(unreadable),
            None if page.batch.is_empty() => Self::Gone,
            None => Self::Record(page.batch, page.beside),
        }
    }
}

/// Reads (and, where the provider can, writes) one connection.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Key of the provider.
    fn provider(&self) -> &'static str;

    /// What it can do.
    fn capability(&self) -> &'static Capability;

    /// Version of the mapping from vendor fields to records; part of every content hash, so that a better mapper
    /// rewrites what it read before.
    fn mapper_version(&self) -> u32;

    /// The limits of this connection; may look an account up once.
    ///
    /// # Errors
    /// As any request.
    async fn limits(&self) -> Result<Limits>;

    /// Proves that the credentials work and tells which rights are missing, in the vendor's words.
    ///
    /// # Errors
    /// `AuthFailed`, `Unavailable` and the like, with the form field where one is to blame.
    async fn test_connection(&self) -> Result<ConnectionReport>;

    /// All reference data.
    ///
    /// # Errors
    /// As any request.
    async fn reference_data(&self) -> Result<Vec<ReferenceItem>>;

    /// One page of a stream.
    ///
    /// # Errors
    /// `Unsupported` for a stream outside the capability; else as any request.
    async fn list_page(&self, request: PageRequest<'_>) -> Result<Page>;

    /// Whether a list can be gone on with from a cursor that was stored. One of an older version may not be one of this:
    /// such a list is walked from its beginning.
    fn knows_cursor(&self, stream: Stream, cursor: &Cursor) -> bool;

    /// Reads and decodes one page and throws it away: the reference a sync is measured against (design 7). Same
    /// request, client and page size as [`Connector::list_page`]; nothing is mapped. Answers how many records came and
    /// where the next page begins.
    ///
    /// # Errors
    /// As [`Connector::list_page`].
    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)>;

    /// How many records the vendor counts in a stream under a scope and floor; `None` when it does not tell.
    ///
    /// # Errors
    /// As any request.
    async fn total(&self, _stream: Stream, _mode: PullMode, _scope: &Scope) -> Result<Option<u64>> {
        Ok(None)
    }

    /// One record by id.
    ///
    /// # Errors
    /// `Unsupported` unless claimed; else as any request. A missing record is [`Fetched::Gone`], not an error.
    async fn fetch(&self, _stream: Stream, _external_id: &str) -> Result<Fetched> {
        Err(unsupported("fetch"))
    }

    /// All comments of one ticket.
    ///
    /// # Errors
    /// `Unsupported` unless claimed; else as any request.
    async fn ticket_notes(&self, _ticket_external_id: &str) -> Result<Page> {
        Err(unsupported("ticket notes"))
    }

    /// Creates a ticket and answers its external id. The marker finds it again when the answer is lost (rule W2).
    ///
    /// # Errors
    /// `Unsupported` unless claimed; else as any request.
    async fn create_ticket(
        &self,
        _ticket: &domain::record::TicketRecord,
        _marker: &str,
    ) -> Result<String> {
        Err(unsupported("create ticket"))
    }

    /// Adds a comment to a ticket and answers its external id.
    ///
    /// # Errors
    /// `Unsupported` unless claimed; else as any request.
    async fn create_ticket_note(
        &self,
        _note: &domain::record::TicketNoteRecord,
        _marker: &str,
    ) -> Result<String> {
        Err(unsupported("create ticket note"))
    }

    /// Registers webhooks that deliver to `address`, replacing what was there.
    ///
    /// # Errors
    /// `Unsupported` unless claimed; else as any request.
    async fn provision_webhooks(&self, _address: &Url, _secret: &Secret) -> Result<()> {
        Err(unsupported("provision webhooks"))
    }
}

/// Refuses a stream outside the capability before anything is asked.
///
/// # Errors
/// `Unsupported`.
pub fn check_stream(capability: &Capability, stream: Stream) -> Result<()> {
    match capability.stream(stream) {
        Some(_) => Ok(()),
        None => Err(unsupported("list")),
    }
}

/// Refuses a stream whose records cannot be fetched one by one.
///
/// # Errors
/// `Unsupported`.
pub fn check_by_id(capability: &Capability, stream: Stream) -> Result<()> {
    match capability.stream(stream) {
        Some(claimed) if claimed.by_id => Ok(()),
        _ => Err(unsupported("fetch")),
    }
}

/// The default answer for an operation a provider lacks.
fn unsupported(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        operation,
        "this provider cannot do that",
    )
    .without_effect()
}
