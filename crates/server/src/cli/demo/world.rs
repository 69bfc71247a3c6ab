//! Which MSP the demo shows: chosen at the first start, remembered for the next ones.

use std::path::Path;

use anyhow::{Context, bail};
use simulator::WorldConfig;

/// Arguments that shape the generated MSP.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct WorldArguments {
    /// The number the MSP is generated from.
    #[arg(long)]
    seed: Option<u64>,
    /// Client companies.
    #[arg(long)]
    companies: Option<u32>,
    /// Tickets.
    #[arg(long)]
    tickets: Option<u32>,
    /// Sales opportunities.
    #[arg(long)]
    opportunities: Option<u32>,
}

impl WorldArguments {
    fn applied_to(&self, world: WorldConfig) -> WorldConfig {
        WorldConfig {
            seed: self.seed.unwrap_or(world.seed),
            companies: self.companies.unwrap_or(world.companies),
            tickets: self.tickets.unwrap_or(world.tickets),
            opportunities: self.opportunities.unwrap_or(world.opportunities),
            ..world
        }
    }
}

/// The file that tells the world of a data folder. Every demo there ever was wrote it before its database.
const FILE: &str = "world.json";

/// Whether a demo started in this folder before.
pub fn is_known(folder: &Path) -> bool {
    folder.join(FILE).exists()
}

/// The world of this data folder.
///
/// # Errors
/// When the folder holds another world than the arguments ask for.
pub fn choose(folder: &Path, arguments: &WorldArguments) -> anyhow::Result<WorldConfig> {
    let file = folder.join(FILE);
    if !is_known(folder) {
        let world = arguments.applied_to(WorldConfig {
            project_tickets: WorldConfig::SHOWN_PROJECT_TICKETS,
            ..WorldConfig::default()
        });
        let text = serde_json::to_string_pretty(&world)?;
        std::fs::write(&file, text).with_context(|| format!("Cannot write {}", file.display()))?;
        return Ok(world);
    }
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("Cannot read {}", file.display()))?;
    let world: WorldConfig = serde_json::from_str(&text)
        .with_context(|| format!("Cannot understand {}", file.display()))?;
    if arguments.applied_to(world.clone()) != world {
        bail!(
            "{} holds a demo with seed {}, {} companies, {} tickets and {} opportunities. Leave the numbers out to go on \
             with it, or choose another folder with --data",
            folder.display(),
            world.seed,
            world.companies,
            world.tickets,
            world.opportunities
        );
    }
    Ok(world)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_world() {
        let folder = tempfile::tempdir().unwrap();
        let few = WorldArguments {
            tickets: Some(50),
            ..WorldArguments::default()
        };
        let first = choose(folder.path(), &few).unwrap();
        assert_eq!(first.tickets, 50);
        assert!(first.project_tickets > 0, "as the product shows them");
        assert_eq!(
            choose(folder.path(), &WorldArguments::default())
                .unwrap()
                .tickets,
            50,
            "remembered"
        );
        assert_eq!(
            choose(folder.path(), &few).unwrap().tickets,
            50,
            "the same numbers are fine"
        );
        let more = WorldArguments {
            tickets: Some(60),
            ..WorldArguments::default()
        };
        let error = choose(folder.path(), &more).unwrap_err().to_string();
        assert!(
            error.contains("50 tickets") && error.contains("--data"),
            "{error}"
        );
    }
}
