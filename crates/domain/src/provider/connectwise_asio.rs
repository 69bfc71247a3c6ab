//! ConnectWise Asio: announced, no connector yet.

use super::{Category, Provider};

/// ConnectWise Asio.
pub static PROVIDER: Provider = Provider {
    domains: &["itsupport247.net"],
    ..Provider::announced(
        "connectwise_asio",
        "ConnectWise Asio",
        "Device and monitoring data",
        Category::Rmm,
    )
};
