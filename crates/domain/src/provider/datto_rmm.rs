//! Datto RMM: announced, no connector yet.

use super::{Category, Provider};

/// Datto RMM.
pub static PROVIDER: Provider = Provider::announced(
    "datto_rmm",
    "Datto RMM",
    "Device and monitoring data",
    Category::Rmm,
);
