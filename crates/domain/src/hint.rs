//! Hints: what to check when a sync went wrong, drawn from the troubleshooting tables users know.

use serde::{Deserialize, Serialize};

/// A class of trouble with a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The vendor refused the credentials.
    Credentials,
    /// A right is missing.
    Permissions,
    /// The subscription does not include the API.
    ApiAccess,
    /// The vendor cannot be reached.
    Network,
    /// The vendor is answering with errors of its own.
    VendorTrouble,
    /// The vendor's request limit is used up.
    RateLimit,
    /// The same record came several times.
    Duplicates,
    /// Records could not be read.
    SetAside,
    /// Nothing came although something was expected.
    NothingArrived,
    /// A mass removal waits for an answer.
    RemovalQuestion,
}

impl Hint {
    /// Every hint.
    pub const ALL: [Self; 10] = [
        Self::Credentials,
        Self::Permissions,
        Self::ApiAccess,
        Self::Network,
        Self::VendorTrouble,
        Self::RateLimit,
        Self::Duplicates,
        Self::SetAside,
        Self::NothingArrived,
        Self::RemovalQuestion,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Permissions => "permissions",
            Self::ApiAccess => "api_access",
            Self::Network => "network",
            Self::VendorTrouble => "vendor_trouble",
            Self::RateLimit => "rate_limit",
            Self::Duplicates => "duplicates",
            Self::SetAside => "set_aside",
            Self::NothingArrived => "nothing_arrived",
            Self::RemovalQuestion => "removal_question",
        }
    }

    /// The hint with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hint| hint.key() == key)
    }

    /// What to check when a connection was tested and nothing was saved, so that nothing goes on by itself either.
    #[must_use]
    pub const fn while_connecting(self) -> &'static str {
        match self {
            Self::Permissions => {
                "Check that the API user's security level grants the right named above, then test again."
            }
            Self::VendorTrouble => {
                "The vendor answered with an error of its own. Nothing was saved; try again in a minute."
            }
            Self::RateLimit => {
                "The vendor's request limit is used up, possibly by another tool. Nothing was saved; try again in a few minutes."
            }
            other => other.sentence(),
        }
    }

    /// What to check.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Credentials => {
                "Verify that the API credentials are correct and have not expired, then test the connection again."
            }
            Self::Permissions => {
                "Check that the API user's security level grants the right named above, then run Resync."
            }
            Self::ApiAccess => "Ensure that your subscription with the vendor includes API access.",
            Self::Network => {
                "Review firewall and network settings between this machine and the vendor, and the vendor's status page."
            }
            Self::VendorTrouble => {
                "The vendor answered with an error of its own. Portico tries again by itself; nothing is lost meanwhile."
            }
            Self::RateLimit => {
                "The vendor's request limit is used up, possibly by another tool. Portico waits and goes on by itself."
            }
            Self::Duplicates => {
                "The vendor sent some records more than once. Look for duplicate records there."
            }
            Self::SetAside => {
                "Some records could not be read. They are listed below with the field and the reason and are tried again."
            }
            Self::NothingArrived => {
                "Nothing in scope arrived. Check Queues to Sync, Categories and Exclude Statuses, and the API user's lines of business."
            }
            Self::RemovalQuestion => {
                "Unusually many records are missing at the vendor. Nothing was removed; answer the question above."
            }
        }
    }
}
