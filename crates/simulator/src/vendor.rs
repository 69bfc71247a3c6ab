//! A vendor as something that can be started: one entry each in [`crate::VENDORS`], made from what its folder says. The
//! demo, `portico sandbox`, the benchmarks and tests that treat all vendors alike know no more of any than this.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use url::Url;

use crate::config::{SandboxConfig, SandboxError, WorldConfig};
use crate::desk::Desk;
use crate::exchange::{Setup, Tenant};
use crate::sandbox::Sandbox;
use crate::world::tool::Tool;

/// What a vendor's folder must say: the credentials its sandbox accepts, and with them everything needed to start one.
pub trait Credentials: Clone + Default + Send + 'static {
    /// Its key and the number its records are drawn from.
    const TOOL: Tool;
    /// Its name.
    const NAME: &'static str;
    /// One line of help.
    const ABOUT: &'static str;
    /// What can be chosen on a command line, in order.
    const OPTIONS: &'static [VendorOption];
    /// What people do there.
    const DESK: &'static Desk;

    /// Opens the vendor's product.
    ///
    /// # Errors
    /// When the client that delivers webhooks cannot be built.
    fn open(setup: Setup<Self>) -> Result<Arc<dyn Tenant>, SandboxError>;

    /// Takes the value of one of the options.
    ///
    /// # Errors
    /// When there is no such option or the value cannot be used.
    fn take(&mut self, option: &str, value: String) -> Result<(), SandboxError>;

    /// What is typed into the connect form, field by field.
    fn form(&self) -> Vec<(&'static str, String)>;

    /// Addresses and credentials as a person reads them, with their labels.
    fn shown(&self, base: &Url) -> Vec<(&'static str, String)>;
}

/// Something that can be chosen for a sandbox on a command line.
#[derive(Clone, Copy, Debug)]
pub struct VendorOption {
    /// Its key, in lower case with underscores.
    pub key: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// Whether only whole numbers will do.
    pub number: bool,
}

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
    /// Port on this machine; 0 takes a free one.
    pub port: u16,
    /// Values of the vendor's options by their keys; the others are what is generated.
    pub options: Vec<(String, String)>,
}

impl Default for StandConfig {
    fn default() -> Self {
        Self {
            world: WorldConfig::default(),
            state_file: None,
            limits: true,
            clock_start_ms: None,
            port: 0,
            options: Vec::new(),
        }
    }
}

/// A sandbox that was started, and what a person has to know of it: labels and values in order.
pub type Started = (Sandbox, Vec<(&'static str, String)>);

type Starting = Pin<Box<dyn Future<Output = Result<Started, SandboxError>> + Send>>;

/// A vendor there is a sandbox of.
pub struct Vendor {
    tool: Tool,
    name: &'static str,
    about: &'static str,
    options: &'static [VendorOption],
    desk: &'static Desk,
    form: fn() -> Vec<(&'static str, String)>,
    start: fn(StandConfig) -> Starting,
}

impl Vendor {
    /// The vendor whose sandbox accepts these credentials.
    pub(crate) const fn of<C: Credentials>() -> Self {
        Self {
            tool: C::TOOL,
            name: C::NAME,
            about: C::ABOUT,
            options: C::OPTIONS,
            desk: C::DESK,
            form: || C::default().form(),
            start: |config| Box::pin(start::<C>(config)),
        }
    }

    pub(crate) const fn tool(&self) -> Tool {
        self.tool
    }

    /// Its key: that of its provider and its connector.
    pub const fn key(&self) -> &'static str {
        self.tool.key()
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// One line of help.
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// What can be chosen on a command line, in order.
    pub const fn options(&self) -> &'static [VendorOption] {
        self.options
    }

    /// What people do there.
    pub const fn desk(&self) -> &'static Desk {
        self.desk
    }

    /// The fields of its connect form with what its sandbox accepts.
    pub fn form(&self) -> Vec<(&'static str, String)> {
        (self.form)()
    }

    /// Starts its sandbox on this machine.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to another world, the world asked
    /// for is empty or too large, or an option is unknown.
    pub async fn start(&self, config: StandConfig) -> Result<Started, SandboxError> {
        (self.start)(config).await
    }
}

/// The vendor with this key.
pub fn vendor(key: &str) -> Option<&'static Vendor> {
    crate::VENDORS.iter().find(|vendor| vendor.key() == key)
}

/// Starts the sandbox of the vendor with this key.
///
/// # Errors
/// For an unknown vendor; else as [`Vendor::start`].
pub async fn start_vendor(key: &str, config: StandConfig) -> Result<Sandbox, SandboxError> {
    let unknown = || SandboxError::Control(format!("there is no sandbox of {key}"));
    let (sandbox, _) = vendor(key).ok_or_else(unknown)?.start(config).await?;
    Ok(sandbox)
}

async fn start<C: Credentials>(config: StandConfig) -> Result<Started, SandboxError> {
    let mut credentials = C::default();
    for (option, value) in config.options {
        credentials.take(&option, value)?;
    }
    let sandbox = Sandbox::start(SandboxConfig {
        world: config.world,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, config.port)),
        state_file: config.state_file,
        limits: config.limits,
        credentials: credentials.clone(),
        clock_start_ms: config.clock_start_ms,
    })
    .await?;
    let shown = credentials.shown(&sandbox.base_url());
    Ok((sandbox, shown))
}

/// A whole number typed as an option.
pub fn number(option: &str, value: &str) -> Result<u32, SandboxError> {
    let wrong = |_| SandboxError::Control(format!("{option}: {value:?} is no whole number"));
    value.trim().parse().map_err(wrong)
}

/// What is said of an option that there is not.
pub fn unknown_option(option: &str) -> SandboxError {
    SandboxError::Control(format!("there is no option {option}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_vendors_share_a_key_or_a_number() {
        let keys: BTreeSet<&str> = crate::VENDORS.iter().map(Vendor::key).collect();
        let numbers: BTreeSet<u64> = crate::VENDORS.iter().map(|one| one.tool.number()).collect();
        assert_eq!(keys.len(), crate::VENDORS.len());
        assert_eq!(numbers, (0..crate::VENDORS.len() as u64).collect());
    }

    #[tokio::test]
    async fn every_option_is_taken_and_no_other() {
        for vendor in &crate::VENDORS {
            let value = |option: &VendorOption| if option.number { "7" } else { "typed" };
            let typed = vendor.options.iter();
            let options = typed.map(|one| (one.key.to_owned(), value(one).to_owned()));
            let config = StandConfig {
                options: options.collect(),
                ..StandConfig::default()
            };
            let (_sandbox, shown) = vendor.start(config).await.unwrap();
            let texts = vendor.options.iter().filter(|one| !one.number).count();
            let typed = shown.iter().filter(|(_, value)| value == "typed").count();
            assert_eq!(typed, texts, "{}: {shown:?}", vendor.key());
            let wrong = StandConfig {
                options: vec![("nonsense".to_owned(), String::new())],
                ..StandConfig::default()
            };
            assert!(vendor.start(wrong).await.is_err(), "{}", vendor.key());
        }
    }
}
