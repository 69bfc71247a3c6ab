//! `portico sandbox`: a stand-in for a vendor's API on this machine, to try connectors and scripts against. There is a
//! command for every vendor the simulator knows, with that vendor's own options.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use domain::clock::UtcMillis;
use simulator::{StandConfig, VENDORS, Vendor, VendorOption, WorldConfig};

use super::{output, stop};

/// Which vendor, and how.
#[derive(Debug)]
pub struct Chosen {
    key: &'static str,
    config: StandConfig,
}

/// Arguments of every sandbox.
#[derive(Debug, Args)]
struct Arguments {
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// The number the world is generated from.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Client companies.
    #[arg(long, default_value_t = WorldConfig::SANDBOX_COMPANIES)]
    companies: u32,
    /// People at each company.
    #[arg(long, default_value_t = WorldConfig::default().contacts_per_company)]
    contacts: u32,
    /// Technicians, at most 10,000.
    #[arg(
        long,
        default_value_t = WorldConfig::default().technicians,
        value_parser = value_parser!(u32).range(1..=i64::from(WorldConfig::MOST_TECHNICIANS))
    )]
    technicians: u32,
    /// Tickets.
    #[arg(long, default_value_t = WorldConfig::default().tickets)]
    tickets: u32,
    /// Sales opportunities.
    #[arg(long, default_value_t = WorldConfig::default().opportunities)]
    opportunities: u32,
    /// Tickets of projects, for vendors that keep them apart.
    #[arg(long, default_value_t = WorldConfig::SHOWN_PROJECT_TICKETS)]
    project_tickets: u32,
    /// Whether the vendor's request limits and slow-down apply.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    limits: Switch,
    /// Instant the world is made for and its clock starts at, such as 2026-03-02T09:00:00Z; else the last full hour, with a
    /// clock that shows the time of this machine.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    start: Option<UtcMillis>,
    /// File that keeps changes and the clock between starts.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
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

impl clap::Subcommand for Chosen {
    fn augment_subcommands(command: Command) -> Command {
        VENDORS.iter().fold(command, |command, vendor| {
            let own = Arguments::augment_args(Command::new(word(vendor.key())));
            let own = own.about(vendor.about());
            command.subcommand(own.args(vendor.options().iter().map(argument)))
        })
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        VENDORS.iter().any(|vendor| word(vendor.key()) == name)
    }
}

impl FromArgMatches for Chosen {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let mut vendors = VENDORS.iter();
        let vendor = vendors.find(|vendor| word(vendor.key()) == name);
        let vendor = vendor.ok_or_else(missing)?;
        let common = Arguments::from_arg_matches(matches)?;
        Ok(Self {
            key: vendor.key(),
            config: common.config(given(vendor, matches)),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn instant(text: &str) -> Result<UtcMillis, String> {
    UtcMillis::parse(text).ok_or_else(|| "write it as 2026-03-02T09:00:00Z".to_owned())
}

/// A key as it is typed.
fn word(key: &str) -> String {
    key.replace('_', "-")
}

fn argument(option: &VendorOption) -> Arg {
    let argument = Arg::new(option.key)
        .long(word(option.key))
        .value_name(option.key.to_uppercase())
        .help(option.help);
    if option.number {
        argument.value_parser(value_parser!(u32))
    } else {
        argument
    }
}

/// The vendor's options that were typed.
fn given(vendor: &Vendor, matches: &ArgMatches) -> Vec<(String, String)> {
    let typed = |option: &VendorOption| {
        let value = if option.number {
            matches.get_one::<u32>(option.key)?.to_string()
        } else {
            matches.get_one::<String>(option.key)?.clone()
        };
        Some((option.key.to_owned(), value))
    };
    vendor.options().iter().filter_map(typed).collect()
}

impl Arguments {
    fn config(self, options: Vec<(String, String)>) -> StandConfig {
        StandConfig {
            world: WorldConfig {
                seed: self.seed,
                companies: self.companies,
                contacts_per_company: self.contacts,
                technicians: self.technicians,
                tickets: self.tickets,
                opportunities: self.opportunities,
                project_tickets: self.project_tickets,
            },
            state_file: self.state,
            limits: self.limits == Switch::On,
            clock_start_ms: self.start.map(|start| start.0),
            port: self.port,
            options,
        }
    }
}

/// Runs the sandbox until a signal comes.
///
/// # Errors
/// When it cannot start.
pub async fn run(chosen: Chosen) -> anyhow::Result<()> {
    let stop = stop::on_signal()?;
    let vendor = simulator::vendor(chosen.key);
    let vendor = vendor.ok_or_else(|| anyhow::anyhow!("there is no sandbox of {}", chosen.key))?;
    let (sandbox, shown) = vendor.start(chosen.config).await?;
    let mut words = format!("{} sandbox\n", vendor.name());
    for (label, value) in shown {
        words.push_str(&format!("  {label:<24}{value}\n"));
    }
    words.push_str("  Stop with Ctrl-C.");
    output::say(&words);
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(())
}
