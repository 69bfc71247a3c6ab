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
pub mod desk;
mod exchange;
mod fault;
mod host;
mod journal;
mod raw_quotes;
mod records;
mod sandbox;
mod server;
mod state;
mod vendor;
mod window;
mod world;

/// The vendors that a sandbox can stand in for, one folder each.
mod vendors {
    pub mod autotask;
    pub mod connectwise_psa;
    pub mod halo_psa;
    pub mod syncro;
}

pub use config::{SandboxConfig, SandboxError, WorldConfig};
pub use control::{Control, SandboxStats};
pub use courier::Disorder;
pub use fault::{Fault, FaultKind, FaultMatch, RetryAfter};
pub use journal::JournalEntry;
pub use sandbox::Sandbox;
pub use vendor::{StandConfig, Started, Vendor, VendorOption, start_vendor, vendor};
pub use vendors::autotask::{AutotaskCredentials, webhook_signature};
pub use vendors::connectwise_psa::{ConnectWisePsaCredentials, callback_signature};
pub use vendors::halo_psa::{HaloPsaCredentials, webhook_signature as halo_psa_webhook_signature};
pub use vendors::syncro::SyncroCredentials;

/// Every vendor there is a sandbox of, by key.
pub static VENDORS: [Vendor; 4] = [
    Vendor::of::<AutotaskCredentials>(),
    Vendor::of::<ConnectWisePsaCredentials>(),
    Vendor::of::<HaloPsaCredentials>(),
    Vendor::of::<SyncroCredentials>(),
];
