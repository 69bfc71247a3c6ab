//! What an installation has once for all its connections to a vendor.

use anyhow::Context;
use domain::secret::Secret;
use serde::Deserialize;
use url::Url;

use super::Config;

/// Installation-wide values for Autotask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Autotask {
    /// Tracking identifier used when the form leaves it empty.
    pub integration_code: Secret,
    /// Address that stands in for Autotask's own: the sandbox. Empty: Autotask itself.
    pub base_url: String,
    /// Requests in an hour. 0: what Autotask documents.
    pub request_limit: u32,
}

/// Installation-wide values for ConnectWise PSA, which documents no number of requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectWisePsa {
    /// Client id used when the form leaves it empty.
    pub client_id: Secret,
    /// Address that stands in for ConnectWise's own: the sandbox. Empty: ConnectWise itself.
    pub base_url: String,
}

/// Installation-wide values for a vendor without a code of the installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// Address that stands in for the vendor's own: the sandbox. Empty: the vendor itself.
    pub base_url: String,
    /// Requests in the vendor's window. 0: what its connector takes for granted.
    pub request_limit: u32,
}

/// One vendor's values.
#[derive(Debug, Clone)]
pub struct Installed<'a> {
    /// Key of the provider.
    pub provider: &'static str,
    /// The code used when the form leaves it empty.
    pub code: Option<&'a Secret>,
    /// The address that stands in for the vendor's own.
    pub base_url: Option<Url>,
    /// Requests in the vendor's window instead of the documented number.
    pub request_limit: Option<u32>,
}

impl Config {
    /// What this installation has for each provider.
    ///
    /// # Errors
    /// When an address is none.
    pub fn installed(&self) -> anyhow::Result<Vec<Installed<'_>>> {
        let (autotask, connectwise) = (&self.autotask, &self.connectwise_psa);
        let vendor = |key, vendor: &Vendor| {
            let base_url = address(key, &vendor.base_url)?;
            anyhow::Ok(Installed {
                provider: key,
                code: None,
                base_url,
                request_limit: given(vendor.request_limit),
            })
        };
        Ok(vec![
            Installed {
                provider: "autotask",
                code: Some(&autotask.integration_code).filter(|code| !code.is_empty()),
                base_url: address("autotask", &autotask.base_url)?,
                request_limit: given(autotask.request_limit),
            },
            Installed {
                provider: "connectwise_psa",
                code: Some(&connectwise.client_id).filter(|code| !code.is_empty()),
                base_url: address("connectwise_psa", &connectwise.base_url)?,
                request_limit: None,
            },
            vendor("halo_psa", &self.halo_psa)?,
            vendor("syncro", &self.syncro)?,
        ])
    }
}

/// A number that 0 stands in for when there is none.
fn given(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn address(provider: &str, text: &str) -> anyhow::Result<Option<Url>> {
    if text.is_empty() {
        return Ok(None);
    }
    let url =
        Url::parse(text).with_context(|| format!("{provider}.base_url: {text:?} is no address"))?;
    Ok(Some(url))
}
