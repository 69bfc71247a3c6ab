//! Any vendor's sandbox by its key, with the form values that connect to it: for the demo, the benchmark and tests that
//! treat all vendors alike.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::config::{
    ConnectWisePsaCredentials, HaloPsaCredentials, SandboxConfig, SandboxCredentials, SandboxError,
    SyncroCredentials, WorldConfig,
};
use crate::sandbox::Sandbox;

/// Keys of the vendors there are sandboxes of.
pub const VENDORS: [&str; 4] = ["autotask", "connectwise_psa", "halo_psa", "syncro"];

/// What a sandbox is started with, whatever the vendor.
#[derive(Clone, Debug)]
pub struct StandConfig {
    /// The world to show.
    pub world: WorldConfig,
    /// Where changes and the clock are kept between starts. `None` keeps them in memory.
    pub state_file: Option<PathBuf>,
    /// Whether the vendor's request limits and slow-downs apply.
    pub limits: bool,
    /// Instant the clock starts at, in milliseconds since 1970; `None` means now.
    pub clock_start_ms: Option<i64>,
}

impl StandConfig {
    fn with<C>(self, credentials: C) -> SandboxConfig<C> {
        SandboxConfig {
            world: self.world,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state_file: self.state_file,
            limits: self.limits,
            credentials,
            clock_start_ms: self.clock_start_ms,
        }
    }
}

/// The fields of a vendor's connect form with what its sandbox accepts; `None` for an unknown vendor.
pub fn form(vendor: &str) -> Option<Vec<(&'static str, String)>> {
    Some(match vendor {
        "autotask" => {
            let known = SandboxCredentials::default();
            vec![
                ("user_name", known.user_name),
                ("secret", known.secret),
                ("integration_code", known.integration_code),
            ]
        }
        "connectwise_psa" => {
            let known = ConnectWisePsaCredentials::default();
            vec![
                ("site", "na.myconnectwise.net".to_owned()),
                ("company_id", known.company_id),
                ("public_key", known.public_key),
                ("private_key", known.private_key),
                ("client_id", known.client_id),
            ]
        }
        "halo_psa" => {
            let known = HaloPsaCredentials::default();
            vec![
                ("url", format!("https://{}.halopsa.com", known.tenant)),
                ("client_id", known.client_id),
                ("client_secret", known.client_secret),
                ("tenant", known.tenant),
            ]
        }
        "syncro" => {
            let known = SyncroCredentials::default();
            vec![("subdomain", known.subdomain), ("api_key", known.token)]
        }
        _ => return None,
    })
}

/// Starts a vendor's sandbox on a free port of this machine.
///
/// # Errors
/// For an unknown vendor; else as [`Sandbox::start_autotask`].
pub async fn start(vendor: &str, config: StandConfig) -> Result<Sandbox, SandboxError> {
    match vendor {
        "autotask" => Sandbox::start_autotask(config.with(SandboxCredentials::default())).await,
        "connectwise_psa" => {
            let credentials = ConnectWisePsaCredentials::default();
            Sandbox::start_connectwise_psa(config.with(credentials)).await
        }
        "halo_psa" => Sandbox::start_halo_psa(config.with(HaloPsaCredentials::default())).await,
        "syncro" => Sandbox::start_syncro(config.with(SyncroCredentials::default())).await,
        other => Err(SandboxError::Control(format!(
            "there is no sandbox of {other}"
        ))),
    }
}
