//! Stripe: announced, no connector yet.

use super::{Category, Provider};

/// Stripe.
pub static PROVIDER: Provider = Provider::announced(
    "stripe",
    "Stripe",
    "Billing and payment processing",
    Category::Billing,
);
