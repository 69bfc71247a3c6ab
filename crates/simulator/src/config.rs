//! What a sandbox is started with, and how starting one can fail.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Size and number of the generated world. The same values give the same world, as of the same instant.
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
    /// Tickets of projects, for vendors that keep them apart from the others.
    #[serde(default)]
    pub project_tickets: u32,
}

impl WorldConfig {
    /// Tickets of projects in a world that people look at, in a sandbox or the demo.
    pub const SHOWN_PROJECT_TICKETS: u32 = 60;
    /// Client companies of a sandbox that somebody starts by itself: lists of them have several pages at every vendor.
    pub const SANDBOX_COMPANIES: u32 = 140;
    /// The largest number of technicians.
    pub const MOST_TECHNICIANS: u32 = 10_000;
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
            project_tickets: 0,
        }
    }
}

/// Everything a sandbox is started with.
#[derive(Clone, Debug)]
pub struct SandboxConfig<C> {
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
    /// Instant the world is generated for and the clock starts at, in milliseconds since 1970; `None` means a world of the
    /// last full hour and a clock that shows now. A state file written by an earlier start wins.
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
    /// Another process, or another sandbox of this one, uses the state file.
    #[error("the sandbox state file {} is in use by another sandbox; stop that one first, or choose another file", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
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
