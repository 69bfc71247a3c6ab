//! ConnectWise Manage: announced, no connector yet.

use super::{Category, Provider};

/// ConnectWise Manage.
pub static PROVIDER: Provider = Provider::announced(
    "connectwise_psa",
    "ConnectWise Manage",
    "Tickets, companies, and service boards",
    Category::Psa,
);
