//! One generated MSP: its clients, their people, its staff, tickets, conversations, sales.
//!
//! Every record is a pure function of the seed and its number, so a million tickets cost no
//! memory and any of them is made in well under a microsecond. The words here are no vendor's;
//! each vendor's folder gives them its own names and numbers. [`sight`] says what a tool knows of
//! the world, [`listing`] enumerates it.

pub mod arrival;
pub mod company;
pub mod dice;
pub mod group;
pub mod instant;
pub mod item;
pub mod listing;
pub mod names;
pub mod note;
pub mod opportunity;
pub mod person;
pub mod problem;
mod problems;
mod sight;
pub mod technician;
pub mod text;
pub mod ticket;
pub mod tool;
mod variant;
pub mod wording;
pub mod work;

use self::arrival::Arrivals;
use self::tool::Tool;
use crate::config::WorldConfig;

/// The largest number of tickets, and of people, in a world.
pub const MAX_TICKETS: u32 = 20_000_000;

/// A generated MSP.
pub struct World {
    /// What it is generated from.
    pub config: WorldConfig,
    /// The instant it ends: everything happened before.
    pub base_ms: i64,
    /// The tool that shows it.
    pub tool: Tool,
    /// What tickets, their conversations and sales are drawn from.
    pub desk_seed: u64,
    /// When tickets came in.
    pub arrivals: Arrivals,
    served: Vec<u32>,
    company_names: Vec<Box<str>>,
}

impl World {
    /// The world of a configuration, as it is at `base_ms` and as `tool` sees it.
    pub fn new(config: WorldConfig, base_ms: i64, tool: Tool) -> Self {
        let desk_seed = tool.desk_seed(config.seed);
        let arrivals = Arrivals::new(desk_seed, config.tickets, base_ms);
        let mut world = Self {
            config,
            base_ms,
            tool,
            desk_seed,
            arrivals,
            served: Vec::new(),
            company_names: Vec::new(),
        };
        let all = 0..=world.config.companies;
        world.company_names = all
            .clone()
            .map(|index| {
                let name = company::company(&world, index).name;
                world.title_of(&name, index, 0).into_boxed_str()
            })
            .collect();
        world.served = all
            .filter(|index| *index > 0 && world.company_copies(*index) > 0)
            .filter(|index| company::is_served(&world, *index))
            .collect();
        if world.served.is_empty() {
            world.served.push(1);
        }
        world
    }

    /// People in all.
    pub fn people(&self) -> u32 {
        self.config.companies * self.config.contacts_per_company
    }

    /// The name of a company in this tool, without making the rest of it.
    pub fn company_name(&self, index: u32) -> &str {
        self.company_names
            .get(index as usize)
            .map_or("an unknown company", |name| name)
    }
}
