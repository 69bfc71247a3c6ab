//! What a sandbox is started with, and how starting one can fail.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Size and number of the generated world. The same values always give the same world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldConfig {
    /// The number the world is generated from.
    pub seed: u64,
    /// Client companies; the MSP's own company comes on top.
    pub companies: u32,
    /// People at each company.
    pub contacts_per_company: u32,
    /// Active technicians; one who left and one API-only user come on top.
    pub technicians: u32,
    /// Tickets, up to a few million: they cost no memory.
    pub tickets: u32,
    /// Sales opportunities.
    pub opportunities: u32,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 42,
            companies: 40,
            contacts_per_company: 15,
            technicians: 12,
            tickets: 5_000,
            opportunities: 120,
        }
    }
}

/// The credentials an Autotask sandbox accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxCredentials {
    /// User name of the API user.
    pub user_name: String,
    /// Its secret.
    pub secret: String,
    /// The tracking identifier of the integration.
    pub integration_code: String,
}

impl Default for SandboxCredentials {
    fn default() -> Self {
        Self {
            user_name: "q7xkd2mzvhw4pnt@harbourline.example".to_owned(),
            secret: "5t$WJ*e9#Kb2~mQ7p@N0x8Yc1".to_owned(),
            integration_code: "HLN4QZX7TB2WKD6MVRP3SJC8YAE".to_owned(),
        }
    }
}

/// The credentials a ConnectWise PSA sandbox accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectWisePsaCredentials {
    /// The tenant's company id, as typed at the vendor's sign-in page.
    pub company_id: String,
    /// Public key of the API member.
    pub public_key: String,
    /// Private key of the API member.
    pub private_key: String,
    /// The client id of the integration.
    pub client_id: String,
}

impl Default for ConnectWisePsaCredentials {
    fn default() -> Self {
        Self {
            company_id: "harbourline".to_owned(),
            public_key: "Tq4vZ8mKxW2sRb7N".to_owned(),
            private_key: "gH3nY6pLdQ9wVc5J".to_owned(),
            client_id: "6f1c2a54-8d0b-4e97-a3f6-2b7e915cd408".to_owned(),
        }
    }
}

/// The application a Halo PSA sandbox knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HaloPsaCredentials {
    /// The tenant, as hosted systems have it.
    pub tenant: String,
    /// Client id of the application.
    pub client_id: String,
    /// Its client secret.
    pub client_secret: String,
    /// Scopes granted to the application, with spaces between them.
    pub scopes: String,
    /// Seconds that a token is good for.
    pub token_seconds: u32,
}

impl Default for HaloPsaCredentials {
    fn default() -> Self {
        Self {
            tenant: "harbourline".to_owned(),
            client_id: "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506".to_owned(),
            client_secret: "b7e1a9c4-5d20-4f38-96ab-72cd18e0f345-2e9d".to_owned(),
            scopes: "all".to_owned(),
            token_seconds: 3_600,
        }
    }
}

/// The account and token a Syncro sandbox knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncroCredentials {
    /// The account's subdomain.
    pub subdomain: String,
    /// The API token.
    pub token: String,
}

impl Default for SyncroCredentials {
    fn default() -> Self {
        Self {
            subdomain: "harbourline".to_owned(),
            token: "T5c1f0b7d2e8a4f9731-3d0c9be2a47f81336ae0d4c2b795f108".to_owned(),
        }
    }
}

/// Everything a sandbox is started with.
#[derive(Clone, Debug)]
pub struct SandboxConfig<C = SandboxCredentials> {
    /// The world to show.
    pub world: WorldConfig,
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where changes and the clock are kept between starts. `None` keeps them in memory.
    pub state_file: Option<PathBuf>,
    /// Whether the vendor's request limits and slow-downs apply.
    pub limits: bool,
    /// The credentials accepted.
    pub credentials: C,
    /// Instant the clock starts at, in milliseconds since 1970; `None` means now. A state file
    /// written by an earlier start wins.
    pub clock_start_ms: Option<i64>,
}

impl<C: Default> Default for SandboxConfig<C> {
    fn default() -> Self {
        Self {
            world: WorldConfig::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state_file: None,
            limits: true,
            credentials: C::default(),
            clock_start_ms: None,
        }
    }
}

/// Why a sandbox could not be started or steered.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The state file cannot be read or written.
    #[error("cannot use the sandbox state file {}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The state file holds the changes of another world.
    #[error("the sandbox state file {} belongs to another tool or a world of another seed or size; remove it or choose another file", path.display())]
    OtherWorld {
        /// The file.
        path: PathBuf,
    },
    /// The world asked for is empty or too large.
    #[error(
        "a sandbox world needs at least one company, one contact each and one technician, and at most {max} of a kind"
    )]
    WorldSize {
        /// The largest number of tickets supported.
        max: u32,
    },
    /// A record or entity named in a control call does not exist.
    #[error("{0}")]
    Control(String),
    /// The client that delivers webhooks cannot be built.
    #[error("cannot build the webhook client")]
    WebhookClient(#[source] reqwest::Error),
}
