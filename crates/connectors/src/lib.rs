//! Connectors: the code that talks to providers. One folder each, one contract for all.

#![deny(clippy::expect_used, clippy::unreachable)]

pub mod autotask;
pub mod connector;
pub mod connectwise_psa;
pub mod credentials;
pub mod error;
pub mod halo_psa;
pub mod http;
pub mod limits;
pub mod mapping;
pub mod numbered;
pub mod overlap;
pub mod page;
pub mod probe;
pub mod syncro;
pub mod value;
pub mod walk;

use std::sync::Arc;

pub use connector::{Connect, Connector};
pub use error::{Error, ErrorKind, Result};

/// Builds the connector of a provider from its credentials.
///
/// # Errors
/// `Unsupported` when the provider has no connector, `Invalid` with the field when a credential cannot be used.
pub fn build(provider: &str, connect: Connect) -> Result<Arc<dyn Connector>> {
    match provider {
        "autotask" => Ok(Arc::new(autotask::Autotask::new(connect)?)),
        "connectwise_psa" => Ok(Arc::new(connectwise_psa::ConnectWisePsa::new(connect)?)),
        "halo_psa" => Ok(Arc::new(halo_psa::HaloPsa::new(connect)?)),
        "syncro" => Ok(Arc::new(syncro::Syncro::new(connect)?)),
        other => Err(Error::new(
            ErrorKind::Unsupported,
            "build",
            format!("{other} has no connector"),
        )),
    }
}
