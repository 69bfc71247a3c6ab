//! What the vendor is as a sandbox: its name, how it is started, and the credentials it accepts.

use std::sync::Arc;

use url::Url;

use super::HaloPsa;
use crate::config::{SandboxConfig, SandboxError};
use crate::desk::Desk;
use crate::exchange::{Setup, Tenant};
use crate::sandbox::Sandbox;
use crate::vendor::{Credentials, VendorOption, number, unknown_option};
use crate::world::tool::Tool;

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
    /// Key that stands in for a token in the header `X-Halo-Api-Key`; empty: the application has none.
    pub api_key: String,
}

impl Default for HaloPsaCredentials {
    fn default() -> Self {
        Self {
            tenant: "harbourline".to_owned(),
            client_id: "0f4b7d2a-93c1-4e6f-8a75-d1c2b3e4f506".to_owned(),
            client_secret: "b7e1a9c4-5d20-4f38-96ab-72cd18e0f345-2e9d".to_owned(),
            scopes: "all".to_owned(),
            token_seconds: 3_600,
            api_key: String::new(),
        }
    }
}

impl Credentials for HaloPsaCredentials {
    const TOOL: Tool = Tool::new("halo_psa", 2);
    const NAME: &'static str = "Halo PSA";
    const ABOUT: &'static str =
        "Halo PSA: REST API with a token endpoint, scopes, webhooks and the same MSP";
    const OPTIONS: &'static [VendorOption] = &[
        VendorOption {
            key: "tenant",
            help: "Tenant to accept, instead of the generated one",
            number: false,
        },
        VendorOption {
            key: "client",
            help: "Client id to accept",
            number: false,
        },
        VendorOption {
            key: "secret",
            help: "Client secret to accept",
            number: false,
        },
        VendorOption {
            key: "scopes",
            help: "Scopes granted to the application, with spaces between them",
            number: false,
        },
        VendorOption {
            key: "token_seconds",
            help: "Seconds that a token is good for",
            number: true,
        },
        VendorOption {
            key: "api_key",
            help: "API key that also stands in for a token; without one, none does",
            number: false,
        },
    ];
    const DESK: &'static Desk = &super::desk::DESK;

    fn open(setup: Setup<Self>) -> Result<Arc<dyn Tenant>, SandboxError> {
        Ok(Arc::new(HaloPsa::new(setup)?))
    }

    fn take(&mut self, option: &str, value: String) -> Result<(), SandboxError> {
        match option {
            "tenant" => self.tenant = value,
            "client" => self.client_id = value,
            "secret" => self.client_secret = value,
            "scopes" => self.scopes = value,
            "token_seconds" => self.token_seconds = number(option, &value)?,
            "api_key" => self.api_key = value,
            _ => return Err(unknown_option(option)),
        }
        Ok(())
    }

    fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("url", format!("https://{}.halopsa.com", self.tenant)),
            ("client_id", self.client_id.clone()),
            ("client_secret", self.client_secret.clone()),
            ("tenant", self.tenant.clone()),
        ]
    }

    fn shown(&self, base: &Url) -> Vec<(&'static str, String)> {
        let mut shown = vec![
            ("Resource server", format!("{base}api")),
            ("Authorisation server", format!("{base}auth")),
            ("Tenant", self.tenant.clone()),
            ("Client ID", self.client_id.clone()),
            ("Client Secret", self.client_secret.clone()),
            ("Scopes granted", self.scopes.clone()),
        ];
        if !self.api_key.is_empty() {
            shown.push(("API key", self.api_key.clone()));
        }
        shown
    }
}

impl Sandbox {
    /// Starts a stand-in for Halo PSA. Tokens come from `{base_url}auth/token`, the API is below
    /// `{base_url}api`.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to another world, or the
    /// world asked for is empty or too large.
    pub async fn start_halo_psa(
        config: SandboxConfig<HaloPsaCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config).await
    }
}
