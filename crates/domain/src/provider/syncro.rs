//! Syncro: announced, no connector yet.

use super::{Category, Provider};

/// Syncro.
pub static PROVIDER: Provider = Provider::announced(
    "syncro",
    "Syncro",
    "Customer and ticket integration",
    Category::Psa,
);
