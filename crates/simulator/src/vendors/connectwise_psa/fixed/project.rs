//! Types of projects, and a project for some of the clients.

use serde_json::{Value, json};

use super::link;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::World;
use crate::world::company::is_served;
use crate::world::instant::{DAY, iso, midnight};

/// Added to the number of a company for its project.
const PROJECTS: i64 = 400;
/// Most projects.
const MOST: usize = 24;
/// What they are about, by type.
const ABOUT: [&str; 3] = ["Office network", "Move to the cloud", "Asset register"];

/// The fixed records of a kind, when it belongs here.
pub fn records(world: &World, kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "project/projectTypes" => ["Installation", "Migration", "Internal", "Assessment (old)"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| {
                json!({"id": id, "name": name, "defaultFlag": id == 1, "inactiveFlag": id == 4})
            })
            .collect(),
        "project/projects" => projects(world),
        _ => return None,
    })
}

fn projects(world: &World) -> Vec<Value> {
    let today = midnight(world.base_ms);
    let served = (1..=world.config.companies).filter(|company| is_served(world, *company));
    let known = served.filter(|company| world.company_copies(*company) > 0);
    known
        .take(MOST)
        .zip(0..)
        .map(|(company, place)| {
            let about = place % ABOUT.len();
            json!({
                "id": i64::from(company) + PROJECTS, "name": ABOUT[about],
                "type": link(about as i64 + 1), "board": link(n::BOARDS.len() as i64),
                "company": link(n::company_id(world, company)), "billingMethod": "ActualRates",
                "estimatedStart": iso(today - 60 * DAY), "estimatedEnd": iso(today + 60 * DAY),
                "closedFlag": false, "customFields": [],
            })
        })
        .collect()
}
