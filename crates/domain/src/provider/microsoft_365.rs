//! Microsoft 365: announced, no connector yet.

use super::{Category, Provider};

/// Microsoft 365.
pub static PROVIDER: Provider = Provider::announced(
    "microsoft_365",
    "Microsoft 365",
    "Secure Score and tenant management",
    Category::Cloud,
);
