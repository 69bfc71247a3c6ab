//! The HTTP layer under every connector: one way to build a client, send, retry, decode and keep secrets out of texts.
//!
//! Nothing here knows a vendor. A connector builds a [`send::Sender`] with its client, permits and secrets, says in an
//! [`exchange::Api`] where it asks and what a refusal means, and sends [`exchange::Call`]s; [`retry::Retry`] decides
//! whether a short wait is worth it. Long waits are never slept here: they are handed back with `retry_after` and the
//! job comes back.

pub mod client;
pub mod decode;
pub mod exchange;
mod outward;
pub mod rate_limit;
pub mod redact;
pub mod refusal;
pub mod retry;
pub mod send;
pub mod token;
