//! What the vendor is as a sandbox: its name, how it is started, and the credentials it accepts.

use std::sync::Arc;

use url::Url;

use super::Syncro;
use crate::config::{SandboxConfig, SandboxError};
use crate::desk::Desk;
use crate::exchange::{Setup, Tenant};
use crate::sandbox::Sandbox;
use crate::vendor::{Credentials, VendorOption, unknown_option};
use crate::world::tool::Tool;

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

impl Credentials for SyncroCredentials {
    const TOOL: Tool = Tool::new("syncro", 3);
    const NAME: &'static str = "Syncro";
    const ABOUT: &'static str =
        "Syncro: REST API with token permissions, page sizes of its own and the same MSP";
    const OPTIONS: &'static [VendorOption] = &[
        VendorOption {
            key: "subdomain",
            help: "Subdomain of the account, instead of the generated one",
            number: false,
        },
        VendorOption {
            key: "token",
            help: "API token to accept",
            number: false,
        },
    ];
    const DESK: &'static Desk = &super::desk::DESK;

    fn open(setup: Setup<Self>) -> Result<Arc<dyn Tenant>, SandboxError> {
        Ok(Arc::new(Syncro::new(setup)?))
    }

    fn take(&mut self, option: &str, value: String) -> Result<(), SandboxError> {
        match option {
            "subdomain" => self.subdomain = value,
            "token" => self.token = value,
            _ => return Err(unknown_option(option)),
        }
        Ok(())
    }

    fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("subdomain", self.subdomain.clone()),
            ("api_key", self.token.clone()),
        ]
    }

    fn shown(&self, base: &Url) -> Vec<(&'static str, String)> {
        vec![
            ("API", format!("{base}api/v1")),
            ("Subdomain", self.subdomain.clone()),
            ("API token", self.token.clone()),
        ]
    }
}

impl Sandbox {
    /// Starts a stand-in for Syncro. The API is below `{base_url}api/v1`.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to another world, or the
    /// world asked for is empty or too large.
    pub async fn start_syncro(
        config: SandboxConfig<SyncroCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config).await
    }
}
