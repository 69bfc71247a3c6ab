//! What a connector tells about the vendor's limits, and the permits it asks for before each request (rule S5).
//!
//! The connector names the key a limit is shared under; the store leases permits and slots under that key to all
//! jobs on all nodes. A connector never sleeps for a limit of its own accord.

use async_trait::async_trait;
use domain::clock::UtcMillis;

use crate::error::Result;

/// Limits of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Key under which requests are counted: the account, as everybody with that account shares it.
    pub account_key: String,
    /// Requests in a rolling window; `None` when the vendor has no such limit.
    pub requests: Option<RequestLimit>,
    /// Most requests at once per account and endpoint, as [`Permits::acquire`] is told it; `None` without such a limit.
    pub concurrency: Option<u32>,
}

/// A number of requests in a rolling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimit {
    /// Requests allowed.
    pub count: u32,
    /// Length of the window in milliseconds.
    pub window: i64,
}

/// Who waits for a request: a share of the permits is kept for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// A person waits for the answer.
    Person,
    /// Background work.
    Background,
}

/// What the vendor said about its own count of our requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Requests used in the present window, by all tools together.
    pub used: u32,
    /// Requests allowed in it.
    pub limit: u32,
    /// When the vendor said so.
    pub at: UtcMillis,
}

/// Hands out permission for single requests. Implemented by the sync crate on top of the store; tests pass
/// [`Unlimited`].
#[async_trait]
pub trait Permits: Send + Sync {
    /// Waits shortly until a request to `endpoint` may leave. The returned guard is the concurrency slot; dropping
    /// it gives the slot back.
    ///
    /// # Errors
    /// `RateLimited` with `retry_after` when the wait would be long: the job gives up its lease and comes back.
    async fn acquire(&self, limits: &Limits, endpoint: &str, urgency: Urgency) -> Result<Permit>;

    /// Tells what the vendor said about usage, or that it refused a request until an instant.
    async fn report(&self, limits: &Limits, usage: Option<Usage>, blocked_for: Option<i64>);
}

/// A permit for one request; holds the concurrency slot until dropped.
pub struct Permit(
    #[expect(dead_code, reason = "held for its drop")] Option<Box<dyn std::any::Any + Send>>,
);

impl Permit {
    /// A permit that gives something back when dropped.
    #[must_use]
    pub fn holding(guard: impl std::any::Any + Send) -> Self {
        Self(Some(Box::new(guard)))
    }

    /// A permit without a slot.
    #[must_use]
    pub const fn free() -> Self {
        Self(None)
    }
}

impl std::fmt::Debug for Permit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Permit")
    }
}

/// No limits at all: for tests and the benchmark's reference.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

#[async_trait]
impl Permits for Unlimited {
    async fn acquire(
        &self,
        _limits: &Limits,
        _endpoint: &str,
        _urgency: Urgency,
    ) -> Result<Permit> {
        Ok(Permit::free())
    }

    async fn report(&self, _limits: &Limits, _usage: Option<Usage>, _blocked_for: Option<i64>) {}
}
