//! ConnectWise Asio: announced, no connector yet.

use super::{Category, Provider};

/// ConnectWise Asio.
pub static PROVIDER: Provider = Provider::announced(
    "connectwise_asio",
    "ConnectWise Asio",
    "Device and monitoring data",
    Category::Rmm,
);
