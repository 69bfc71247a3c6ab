//! `portico sandbox`: a stand-in for a vendor's API on this machine, to try connectors and scripts against.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use simulator::{
    ConnectWisePsaCredentials, HaloPsaCredentials, Sandbox, SandboxConfig, SandboxCredentials,
    SyncroCredentials, WorldConfig,
};

use super::{output, stop};

/// Which vendor.
#[derive(Debug, clap::Subcommand)]
pub enum Vendor {
    /// Autotask PSA: REST API with zones, limits, webhooks and a generated MSP.
    Autotask(Autotask),
    /// ConnectWise PSA: REST API with codebase discovery, conditions, callbacks and the same MSP.
    ConnectwisePsa(ConnectWisePsa),
    /// Halo PSA: REST API with a token endpoint, scopes, webhooks and the same MSP.
    HaloPsa(HaloPsa),
    /// Syncro: REST API with token permissions, page sizes of its own and the same MSP.
    Syncro(Syncro),
}

/// Arguments of every sandbox.
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
}

/// Arguments of `portico sandbox autotask`.
#[derive(Debug, clap::Args)]
pub struct Autotask {
    #[command(flatten)]
    common: Arguments,
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

/// Arguments of `portico sandbox connectwise-psa`.
#[derive(Debug, clap::Args)]
pub struct ConnectWisePsa {
    #[command(flatten)]
    common: Arguments,
    /// Company id to accept, instead of the generated one.
    #[arg(long)]
    company: Option<String>,
    /// Public key to accept.
    #[arg(long)]
    public: Option<String>,
    /// Private key to accept.
    #[arg(long)]
    private: Option<String>,
    /// Client id to accept.
    #[arg(long)]
    client: Option<String>,
}

/// Arguments of `portico sandbox halo-psa`.
#[derive(Debug, clap::Args)]
pub struct HaloPsa {
    #[command(flatten)]
    common: Arguments,
    /// Tenant to accept, instead of the generated one.
    #[arg(long)]
    tenant: Option<String>,
    /// Client id to accept.
    #[arg(long)]
    client: Option<String>,
    /// Client secret to accept.
    #[arg(long)]
    secret: Option<String>,
    /// Scopes granted to the application, with spaces between them.
    #[arg(long)]
    scopes: Option<String>,
    /// Seconds that a token is good for.
    #[arg(long)]
    token_seconds: Option<u32>,
}

/// Arguments of `portico sandbox syncro`.
#[derive(Debug, clap::Args)]
pub struct Syncro {
    #[command(flatten)]
    common: Arguments,
    /// Subdomain of the account, instead of the generated one.
    #[arg(long)]
    subdomain: Option<String>,
    /// API token to accept.
    #[arg(long)]
    token: Option<String>,
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
    let stop = stop::on_signal()?;
    let (sandbox, words) = match vendor {
        Vendor::Autotask(arguments) => {
            let known = SandboxCredentials::default();
            let credentials = SandboxCredentials {
                user_name: arguments.user.unwrap_or(known.user_name),
                secret: arguments.secret.unwrap_or(known.secret),
                integration_code: arguments.code.unwrap_or(known.integration_code),
            };
            let config = arguments.common.config(credentials.clone());
            let sandbox = Sandbox::start_autotask(config).await?;
            let words = describe(&sandbox, &credentials);
            (sandbox, words)
        }
        Vendor::ConnectwisePsa(arguments) => {
            let known = ConnectWisePsaCredentials::default();
            let credentials = ConnectWisePsaCredentials {
                company_id: arguments.company.unwrap_or(known.company_id),
                public_key: arguments.public.unwrap_or(known.public_key),
                private_key: arguments.private.unwrap_or(known.private_key),
                client_id: arguments.client.unwrap_or(known.client_id),
            };
            let config = arguments.common.config(credentials.clone());
            let sandbox = Sandbox::start_connectwise_psa(config).await?;
            let words = describe_connectwise_psa(&sandbox, &credentials);
            (sandbox, words)
        }
        Vendor::HaloPsa(arguments) => {
            let known = HaloPsaCredentials::default();
            let credentials = HaloPsaCredentials {
                tenant: arguments.tenant.unwrap_or(known.tenant),
                client_id: arguments.client.unwrap_or(known.client_id),
                client_secret: arguments.secret.unwrap_or(known.client_secret),
                scopes: arguments.scopes.unwrap_or(known.scopes),
                token_seconds: arguments.token_seconds.unwrap_or(known.token_seconds),
            };
            let config = arguments.common.config(credentials.clone());
            let sandbox = Sandbox::start_halo_psa(config).await?;
            let words = describe_halo_psa(&sandbox, &credentials);
            (sandbox, words)
        }
        Vendor::Syncro(arguments) => {
            let known = SyncroCredentials::default();
            let credentials = SyncroCredentials {
                subdomain: arguments.subdomain.unwrap_or(known.subdomain),
                token: arguments.token.unwrap_or(known.token),
            };
            let config = arguments.common.config(credentials.clone());
            let sandbox = Sandbox::start_syncro(config).await?;
            let words = describe_syncro(&sandbox, &credentials);
            (sandbox, words)
        }
    };
    output::say(&words);
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(())
}

impl Arguments {
    /// The sandbox's configuration with the credentials to accept.
    fn config<C>(self, credentials: C) -> SandboxConfig<C> {
        SandboxConfig {
            world: WorldConfig {
                seed: self.seed,
                companies: self.companies,
                contacts_per_company: self.contacts,
                tickets: self.tickets,
                opportunities: self.opportunities,
                ..WorldConfig::default()
            },
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            state_file: self.state,
            limits: self.limits == Switch::On,
            credentials,
            clock_start_ms: None,
        }
    }
}

/// The addresses and credentials in a block of lines.
fn describe(sandbox: &Sandbox, credentials: &SandboxCredentials) -> String {
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

/// As [`describe`], of ConnectWise PSA.
fn describe_connectwise_psa(sandbox: &Sandbox, credentials: &ConnectWisePsaCredentials) -> String {
    let base = sandbox.base_url();
    let company = &credentials.company_id;
    format!(
        "ConnectWise PSA sandbox\n  \
         Site                    {base}\n  \
         Company info            {base}login/companyinfo/{company}\n  \
         API                     {base}v4_6_release/apis/3.0\n  \
         Company id              {company}\n  \
         Public key              {}\n  \
         Private key             {}\n  \
         Client id               {}\n  \
         Stop with Ctrl-C.",
        credentials.public_key, credentials.private_key, credentials.client_id
    )
}

/// As [`describe`], of Halo PSA.
fn describe_halo_psa(sandbox: &Sandbox, credentials: &HaloPsaCredentials) -> String {
    let base = sandbox.base_url();
    format!(
        "Halo PSA sandbox\n  \
         Resource server         {base}api\n  \
         Authorisation server    {base}auth\n  \
         Tenant                  {}\n  \
         Client ID               {}\n  \
         Client Secret           {}\n  \
         Scopes granted          {}\n  \
         Stop with Ctrl-C.",
        credentials.tenant, credentials.client_id, credentials.client_secret, credentials.scopes
    )
}

/// As [`describe`], of Syncro.
fn describe_syncro(sandbox: &Sandbox, credentials: &SyncroCredentials) -> String {
    let base = sandbox.base_url();
    format!(
        "Syncro sandbox\n  \
         API                     {base}api/v1\n  \
         Subdomain               {}\n  \
         API token               {}\n  \
         Stop with Ctrl-C.",
        credentials.subdomain, credentials.token
    )
}
