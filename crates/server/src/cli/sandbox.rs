//! `portico sandbox`: a stand-in for a vendor's API on this machine, to try connectors and scripts against.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use simulator::{Sandbox, SandboxConfig, SandboxCredentials, WorldConfig};

use super::{output, stop};

/// Which vendor.
#[derive(Debug, clap::Subcommand)]
pub enum Vendor {
    /// Autotask PSA: REST API with zones, limits, webhooks and a generated MSP.
    Autotask(Arguments),
}

/// Arguments of `portico sandbox autotask`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// The number the world is generated from.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Client companies.
    #[arg(long, default_value_t = WorldConfig::default().companies)]
    companies: u32,
    /// People at each company.
    #[arg(long, default_value_t = WorldConfig::default().contacts_per_company)]
    contacts: u32,
    /// Tickets.
    #[arg(long, default_value_t = WorldConfig::default().tickets)]
    tickets: u32,
    /// Sales opportunities.
    #[arg(long, default_value_t = WorldConfig::default().opportunities)]
    opportunities: u32,
    /// Whether the vendor's request limits and slow-down apply.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    limits: Switch,
    /// File that keeps changes and the clock between starts.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// User name to accept, instead of the generated one.
    #[arg(long)]
    user: Option<String>,
    /// Secret to accept.
    #[arg(long)]
    secret: Option<String>,
    /// Tracking identifier (integration code) to accept.
    #[arg(long)]
    code: Option<String>,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl std::fmt::Display for Switch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == Self::On { "on" } else { "off" })
    }
}

/// Runs the sandbox until a signal comes.
///
/// # Errors
/// When it cannot start.
pub async fn run(vendor: Vendor) -> anyhow::Result<()> {
    let Vendor::Autotask(arguments) = vendor;
    let stop = stop::on_signal()?;
    let known = SandboxCredentials::default();
    let credentials = SandboxCredentials {
        user_name: arguments.user.unwrap_or(known.user_name),
        secret: arguments.secret.unwrap_or(known.secret),
        integration_code: arguments.code.unwrap_or(known.integration_code),
    };
    let config = SandboxConfig {
        world: WorldConfig {
            seed: arguments.seed,
            companies: arguments.companies,
            contacts_per_company: arguments.contacts,
            tickets: arguments.tickets,
            opportunities: arguments.opportunities,
            ..WorldConfig::default()
        },
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port)),
        state_file: arguments.state,
        limits: arguments.limits == Switch::On,
        credentials: credentials.clone(),
        clock_start_ms: None,
    };
    let sandbox = Sandbox::start_autotask(config).await?;
    output::say(&describe(&sandbox, &credentials));
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(())
}

/// The addresses and credentials in a block of lines.
pub fn describe(sandbox: &Sandbox, credentials: &SandboxCredentials) -> String {
    let base = sandbox.base_url();
    format!(
        "Autotask sandbox\n  \
         Zone look-up            {base}atservicesrest/v1.0/zoneInformation\n  \
         API user name           {}\n  \
         Secret                  {}\n  \
         Tracking identifier     {}\n  \
         Stop with Ctrl-C.",
        credentials.user_name, credentials.secret, credentials.integration_code
    )
}
