//! Bigger Brains: announced, no connector yet.

use super::{Category, Provider};

/// Bigger Brains.
pub static PROVIDER: Provider = Provider::announced(
    "bigger_brains",
    "Bigger Brains",
    "Training content and courses",
    Category::Training,
);
