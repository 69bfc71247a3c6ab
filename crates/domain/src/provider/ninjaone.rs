//! NinjaRMM: announced, no connector yet.

use super::{Category, Provider};

/// NinjaRMM.
pub static PROVIDER: Provider = Provider::announced(
    "ninjaone",
    "NinjaRMM",
    "Device and monitoring data",
    Category::Rmm,
);
