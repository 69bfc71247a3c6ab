//! What the vendor is as a sandbox: its name, how it is started, and the credentials it accepts.

use std::sync::Arc;

use url::Url;

use super::Autotask;
use crate::config::{SandboxConfig, SandboxError};
use crate::desk::Desk;
use crate::exchange::{Setup, Tenant};
use crate::sandbox::Sandbox;
use crate::vendor::{Credentials, VendorOption, unknown_option};
use crate::world::tool::Tool;

/// The credentials an Autotask sandbox accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutotaskCredentials {
    /// User name of the API user.
    pub user_name: String,
    /// Its secret.
    pub secret: String,
    /// The tracking identifier of the integration.
    pub integration_code: String,
}

impl Default for AutotaskCredentials {
    fn default() -> Self {
        Self {
            user_name: "q7xkd2mzvhw4pnt@harbourline.example".to_owned(),
            secret: "5t$WJ*e9#Kb2~mQ7p@N0x8Yc1".to_owned(),
            integration_code: "HLN4QZX7TB2WKD6MVRP3SJC8YAE".to_owned(),
        }
    }
}

impl Credentials for AutotaskCredentials {
    const TOOL: Tool = Tool::new("autotask", 0);
    const NAME: &'static str = "Autotask";
    const ABOUT: &'static str =
        "Autotask PSA: REST API with zones, limits, webhooks and a generated MSP";
    const OPTIONS: &'static [VendorOption] = &[
        VendorOption {
            key: "user",
            help: "User name to accept, instead of the generated one",
            number: false,
        },
        VendorOption {
            key: "secret",
            help: "Secret to accept",
            number: false,
        },
        VendorOption {
            key: "code",
            help: "Tracking identifier (integration code) to accept",
            number: false,
        },
    ];
    const DESK: &'static Desk = &super::desk::DESK;

    fn open(setup: Setup<Self>) -> Result<Arc<dyn Tenant>, SandboxError> {
        Ok(Arc::new(Autotask::new(setup)?))
    }

    fn take(&mut self, option: &str, value: String) -> Result<(), SandboxError> {
        match option {
            "user" => self.user_name = value,
            "secret" => self.secret = value,
            "code" => self.integration_code = value,
            _ => return Err(unknown_option(option)),
        }
        Ok(())
    }

    fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("user_name", self.user_name.clone()),
            ("secret", self.secret.clone()),
            ("integration_code", self.integration_code.clone()),
        ]
    }

    fn shown(&self, base: &Url) -> Vec<(&'static str, String)> {
        vec![
            (
                "Zone look-up",
                format!("{base}atservicesrest/v1.0/zoneInformation"),
            ),
            ("API user name", self.user_name.clone()),
            ("Secret", self.secret.clone()),
            ("Tracking identifier", self.integration_code.clone()),
        ]
    }
}

impl Sandbox {
    /// Starts a stand-in for Autotask PSA. The zone look-up is at
    /// `{base_url}atservicesrest/v1.0/zoneInformation`.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to another world, or the
    /// world asked for is empty or too large.
    pub async fn start_autotask(
        config: SandboxConfig<AutotaskCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config).await
    }
}
