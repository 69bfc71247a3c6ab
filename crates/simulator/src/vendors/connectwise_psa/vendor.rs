//! What the vendor is as a sandbox: its name, how it is started, and the credentials it accepts.

use std::sync::Arc;

use url::Url;

use super::ConnectWisePsa;
use crate::config::{SandboxConfig, SandboxError};
use crate::desk::Desk;
use crate::exchange::{Setup, Tenant};
use crate::sandbox::Sandbox;
use crate::vendor::{Credentials, VendorOption, unknown_option};
use crate::world::tool::Tool;

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

impl Credentials for ConnectWisePsaCredentials {
    const TOOL: Tool = Tool::new("connectwise_psa", 1);
    const NAME: &'static str = "ConnectWise PSA";
    const ABOUT: &'static str =
        "ConnectWise PSA: REST API with codebase discovery, conditions, callbacks and the same MSP";
    const OPTIONS: &'static [VendorOption] = &[
        VendorOption {
            key: "company",
            help: "Company id to accept, instead of the generated one",
            number: false,
        },
        VendorOption {
            key: "public",
            help: "Public key to accept",
            number: false,
        },
        VendorOption {
            key: "private",
            help: "Private key to accept",
            number: false,
        },
        VendorOption {
            key: "client",
            help: "Client id to accept",
            number: false,
        },
    ];
    const DESK: &'static Desk = &super::desk::DESK;

    fn open(setup: Setup<Self>) -> Result<Arc<dyn Tenant>, SandboxError> {
        Ok(Arc::new(ConnectWisePsa::new(setup)?))
    }

    fn take(&mut self, option: &str, value: String) -> Result<(), SandboxError> {
        match option {
            "company" => self.company_id = value,
            "public" => self.public_key = value,
            "private" => self.private_key = value,
            "client" => self.client_id = value,
            _ => return Err(unknown_option(option)),
        }
        Ok(())
    }

    fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("site", "na.myconnectwise.net".to_owned()),
            ("company_id", self.company_id.clone()),
            ("public_key", self.public_key.clone()),
            ("private_key", self.private_key.clone()),
            ("client_id", self.client_id.clone()),
        ]
    }

    fn shown(&self, base: &Url) -> Vec<(&'static str, String)> {
        vec![
            ("Site", base.to_string()),
            (
                "Company info",
                format!("{base}login/companyinfo/{}", self.company_id),
            ),
            ("API", format!("{base}v4_6_release/apis/3.0")),
            ("Company id", self.company_id.clone()),
            ("Public key", self.public_key.clone()),
            ("Private key", self.private_key.clone()),
            ("Client id", self.client_id.clone()),
        ]
    }
}

impl Sandbox {
    /// Starts a stand-in for ConnectWise PSA. Company info is at
    /// `{base_url}login/companyinfo/{company id}`, the API below `{base_url}v4_6_release/apis/3.0`.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to another world, or the
    /// world asked for is empty or too large.
    pub async fn start_connectwise_psa(
        config: SandboxConfig<ConnectWisePsaCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config).await
    }
}
