//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use simulator::WorldConfig;
use url::Url;

use crate::place::Engine;

/// Measures Portico, and kills it. `cargo xtask bench` and `cargo xtask torture` build what is needed first.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Arguments {
    /// The PostgreSQL to use; every run makes a schema of its own.
    #[arg(long, env = "PORTICO_BENCH_POSTGRES", global = true, hide = true)]
    pub postgres: Option<String>,
    /// Folder for databases, instead of the machine's temporary folder.
    #[arg(long, global = true)]
    pub dir: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// First sync, the same again, an idle cycle, and the reference.
    Sync(SyncArguments),
    /// Server time of every list, for every offered sort and filter.
    Pages(PagesArguments),
    /// Kills the server at random moments and compares with the vendor each time.
    Torture(TortureArguments),
    /// The reference alone; `sync` starts it as a process of its own.
    #[command(hide = true)]
    Reference(ReferenceArguments),
}

/// Arguments of `sync`.
#[derive(Debug, Clone, Args)]
pub struct SyncArguments {
    /// The vendor: autotask, connectwise_psa, …
    #[arg(long, default_value = "autotask", value_parser = vendor)]
    pub vendor: String,
    /// Database engine.
    #[arg(long, default_value = "sqlite")]
    pub engine: Engine,
    /// Tickets at the vendor; several sizes with commas.
    #[arg(long, value_delimiter = ',', default_value = "20000")]
    pub records: Vec<u32>,
    /// Also what the vendor's own limits cost, with clocks that run faster.
    #[arg(long)]
    pub limits: bool,
}

/// Arguments of `pages`.
#[derive(Debug, Clone, Args)]
pub struct PagesArguments {
    /// Database engine.
    #[arg(long, default_value = "sqlite")]
    pub engine: Engine,
    /// Tickets in the database.
    #[arg(long, default_value_t = 20_000)]
    pub records: u32,
    /// Two sizes with a comma: measures both and prints the ratio of the medians.
    #[arg(long, value_delimiter = ',', num_args = 1, conflicts_with = "records")]
    pub compare: Vec<u32>,
    /// Requests of each page.
    #[arg(long, default_value_t = 200)]
    pub requests: usize,
    /// Staff at the vendor; also measures the pages of people, setup and settings.
    #[arg(
        long,
        value_parser = value_parser!(u32).range(1..=i64::from(WorldConfig::MOST_TECHNICIANS)),
        conflicts_with = "compare"
    )]
    pub technicians: Option<u32>,
    /// Client companies, else one for each hundred tickets; also measures the pages of people, setup and settings.
    #[arg(long, value_parser = value_parser!(u32).range(1..), conflicts_with = "compare")]
    pub companies: Option<u32>,
}

impl PagesArguments {
    /// Whether more than the lists is measured.
    pub const fn wants_people(&self) -> bool {
        self.technicians.is_some() || self.companies.is_some()
    }
}

/// Engines of `torture`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engines {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// One after the other.
    Both,
}

impl Engines {
    /// As a list.
    pub const fn list(self) -> &'static [Engine] {
        match self {
            Self::Sqlite => &[Engine::Sqlite],
            Self::Postgres => &[Engine::Postgres],
            Self::Both => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}

/// Arguments of `torture`.
#[derive(Debug, Clone, Args)]
pub struct TortureArguments {
    /// The vendors: autotask, connectwise_psa, …; several with commas, or all. Each has its own kills.
    #[arg(long, value_delimiter = ',', default_value = "autotask", value_parser = vendor_or_all)]
    pub vendor: Vec<String>,
    /// Database engines.
    #[arg(long, default_value = "both")]
    pub engine: Engines,
    /// How often the server is killed in the middle of a sync, on each engine.
    #[arg(long, default_value_t = 200)]
    pub kills: u32,
    /// The number chance starts from; the same number kills at the same moments.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Tickets at the vendor when a round begins.
    #[arg(long, default_value_t = 1_500)]
    pub tickets: u32,
    /// Kills after which a new installation is begun.
    #[arg(long, default_value_t = 20)]
    pub round: u32,
    /// Installations that are tortured at the same time.
    #[arg(long, default_value_t = 2)]
    pub lanes: u32,
    /// Six kills on each engine with a small Autotask, two with each other vendor, for the test command.
    #[arg(long)]
    pub short: bool,
}

/// Arguments of `reference`.
#[derive(Debug, Clone, Args)]
pub struct ReferenceArguments {
    /// The vendor: autotask, connectwise_psa, …
    #[arg(long, default_value = "autotask", value_parser = vendor)]
    pub vendor: String,
    /// Where the sandbox is.
    #[arg(long)]
    pub sandbox: Url,
}

/// The word for every vendor.
const ALL: &str = "all";

impl TortureArguments {
    /// The vendors, in order.
    pub fn vendors(&self) -> Vec<&'static str> {
        let wanted = |key: &&str| self.vendor.iter().any(|one| one == key || one == ALL);
        vendors().into_iter().filter(wanted).collect()
    }
}

/// Every vendor that has a sandbox and a connector.
fn vendors() -> Vec<&'static str> {
    let built = |key: &&str| domain::provider::find(key).is_some_and(|provider| provider.available);
    let keys = simulator::VENDORS.iter().map(simulator::Vendor::key);
    keys.filter(built).collect()
}

fn vendor_or_all(text: &str) -> Result<String, String> {
    if text == ALL {
        Ok(text.to_owned())
    } else {
        vendor(text)
    }
}

/// A vendor that has a sandbox and a connector.
fn vendor(text: &str) -> Result<String, String> {
    let keys = vendors();
    let key = text.replace('-', "_");
    if keys.contains(&key.as_str()) {
        Ok(key)
    } else {
        Err(format!("one of {} was expected", keys.join(", ")))
    }
}
