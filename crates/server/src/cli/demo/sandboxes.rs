//! The sandboxes of the demo: one of every vendor there is a connector for, connected in the order of the cards.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use domain::id::IntegrationId;
use domain::provider::{self, Provider};
use simulator::{Sandbox, SandboxError, StandConfig, VENDORS, Vendor};
use url::Url;

use super::world;
use crate::app::App;
use crate::cli::output;

/// The vendor that is connected first: the first one connected is where companies come from.
const FIRST: &str = "autotask";

/// A running sandbox.
pub struct Running {
    /// Whose.
    pub provider: &'static Provider,
    /// The vendor as it was started.
    vendor: &'static Vendor,
    /// It.
    pub sandbox: Sandbox,
}

/// Starts a sandbox of every vendor with a connector.
///
/// # Errors
/// When one cannot start, with what to do about it.
pub async fn start(
    folder: &Path,
    arguments: &world::WorldArguments,
) -> anyhow::Result<Vec<Running>> {
    let world = world::choose(folder, arguments)?;
    let mut running = Vec::new();
    let mut vendors: Vec<&Vendor> = VENDORS.iter().collect();
    vendors.sort_by_key(|vendor| vendor.key() != FIRST);
    for vendor in vendors {
        let key = vendor.key();
        let Some(provider) = provider::find(key).filter(|provider| provider.available) else {
            continue;
        };
        let state = match key {
            FIRST => "sandbox.state".to_owned(),
            other => format!("sandbox-{other}.state"),
        };
        let config = StandConfig {
            world: world.clone(),
            state_file: Some(folder.join(state)),
            // Where comments are read ticket by ticket, the vendor's own limits would stretch the first sync over hours.
            limits: key == FIRST,
            ..StandConfig::default()
        };
        let sandbox = vendor.start(config).await.map_err(|error| {
            let hint = match &error {
                SandboxError::OtherWorld { .. } => {
                    "The demo's data belong to another world; choose another folder with --data"
                }
                SandboxError::InUse { .. } => {
                    "A demo runs in this folder already, and goes on: open the address it printed, or end it first"
                }
                _ => return anyhow::Error::from(error),
            };
            anyhow::Error::from(error).context(hint)
        });
        let (sandbox, _) =
            sandbox.with_context(|| format!("The {} sandbox cannot start", provider.name))?;
        running.push(Running {
            provider,
            vendor,
            sandbox,
        });
    }
    Ok(running)
}

/// Keys of the settings that tell where vendors are, of those that get a sandbox.
pub fn settings() -> impl Iterator<Item = String> {
    let known = VENDORS
        .iter()
        .filter_map(|vendor| provider::find(vendor.key()));
    let connectable = known.filter(|provider| provider.available);
    connectable.map(|provider| format!("{}.base_url", provider.key))
}

/// Where each connector finds its vendor.
pub fn addresses(sandboxes: &[Running]) -> BTreeMap<String, Url> {
    let address = |one: &Running| (one.provider.key.to_owned(), one.sandbox.base_url());
    sandboxes.iter().map(address).collect()
}

/// Requests in each vendor's window: as many as wanted where the sandbox has no limits.
pub fn request_limits(sandboxes: &[Running]) -> BTreeMap<String, u32> {
    sandboxes
        .iter()
        .map(|one| one.provider.key)
        .filter(|key| *key != FIRST)
        .map(|key| (key.to_owned(), u32::MAX))
        .collect()
}

/// Connects to every sandbox, unless an earlier start did. One that refuses holds no other up.
///
/// # Errors
/// As any statement.
pub async fn connect(
    app: &App,
    sandboxes: &[Running],
) -> anyhow::Result<Vec<(&'static Provider, IntegrationId)>> {
    let known = store::integrations::list_integrations(app.store()).await?;
    let mut connected = Vec::new();
    for Running {
        provider, vendor, ..
    } in sandboxes
    {
        if let Some(known) = known.iter().find(|one| one.provider == provider.key) {
            connected.push((*provider, known.id));
            continue;
        }
        let form = vendor
            .form()
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value));
        let outcome = sync::connect::connect(
            app.engine(),
            &sync::Actor::CommandLine,
            provider.key,
            &form.collect(),
            None,
            sync::connect::Start::Now,
        )
        .await?;
        match outcome {
            sync::connect::ConnectOutcome::Connected { integration, .. } => {
                connected.push((*provider, integration));
            }
            sync::connect::ConnectOutcome::Refused(refusal) => output::complain(&format!(
                "The {} sandbox refused the connection: {}",
                provider.name, refusal.message
            )),
        }
    }
    Ok(connected)
}

/// Reads again how a connection is called and where its records are opened, for those whose sandbox has another address
/// than at the start before.
pub async fn follow(app: &App, addresses: &BTreeMap<String, Url>) -> anyhow::Result<()> {
    for known in store::integrations::list_integrations(app.store()).await? {
        let Some(address) = addresses.get(&known.provider) else {
            continue;
        };
        let stored = known.web_url.as_deref().unwrap_or_default();
        let stale = stored.starts_with("http://") && !stored.starts_with(address.as_str());
        if stale && known.has_credentials() {
            sync::connect::read_again(app.engine(), &sync::Actor::CommandLine, known.id).await?;
        }
    }
    Ok(())
}

/// What the connect forms accept, in blocks of lines.
pub fn describe(sandboxes: &[Running]) -> String {
    let mut text = String::new();
    for Running {
        provider,
        vendor,
        sandbox,
    } in sandboxes
    {
        text.push_str(&format!(
            "{} sandbox at {}\n",
            provider.name,
            sandbox.base_url()
        ));
        for (key, value) in vendor.form() {
            let field = provider.form.iter().find(|field| field.key == key);
            let label = field.map_or(key, |field| field.label);
            text.push_str(&format!("  {label:<22}  {value}\n"));
        }
    }
    text
}
