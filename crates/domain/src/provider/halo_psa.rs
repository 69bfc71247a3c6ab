//! Halo PSA: announced, no connector yet.

use super::{Category, Provider};

/// Halo PSA.
pub static PROVIDER: Provider = Provider::announced(
    "halo_psa",
    "Halo PSA",
    "Full ticketing, company, and user sync",
    Category::Psa,
);
