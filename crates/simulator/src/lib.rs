//! Stand-ins for the vendors' products: stateful HTTP servers on loopback that show one generated
//! managed service provider.
//!
//! Tests, `portico demo` and `portico sandbox` start a [`Sandbox`] and steer it through its
//! [`Control`]. The crate depends on no other crate of this workspace and shares no type with a
//! connector, so a mistake in one cannot hide in the other.

#![deny(clippy::expect_used, clippy::unreachable)]

mod clock;
mod config;
mod control;
mod control_routes;
mod courier;
mod exchange;
mod fault;
mod host;
mod journal;
mod raw_quotes;
mod records;
mod sandbox;
mod server;
pub mod stand;
mod state;
mod vendors;
mod window;
mod world;

pub use config::{
    ConnectWisePsaCredentials, HaloPsaCredentials, SandboxConfig, SandboxCredentials, SandboxError,
    SyncroCredentials, WorldConfig,
};
pub use control::{Control, SandboxStats};
pub use fault::{Fault, FaultKind, FaultMatch, RetryAfter};
pub use journal::JournalEntry;
pub use sandbox::Sandbox;
pub use vendors::autotask::webhook_signature;
pub use vendors::connectwise_psa::callback_signature;
pub use vendors::halo_psa::webhook_signature as halo_psa_webhook_signature;
