//! Contracts of companies: those that are served have one, and a few an old one beside it.

use serde_json::{Value, json};

use super::rows::numbers as n;
use crate::world::World;
use crate::world::company::{company, is_served};
use crate::world::instant::{DAY, iso, midnight};

/// What contracts are called.
const NAMES: [&str; 3] = ["Managed Services", "Block Hours", "Hosting"];

/// Added to the number of a company for its contract, and for one that has ended.
const CONTRACTS: i64 = 29_683_000;
const ENDED: i64 = 29_783_000;

/// The contract of a company.
pub fn contract(world: &World, index: u32) -> Option<i64> {
    let served = index > 0 && index <= world.config.companies && is_served(world, index);
    served.then(|| CONTRACTS + i64::from(index))
}

/// All contracts.
pub fn contracts(world: &World) -> Vec<Value> {
    let served = (1..=world.config.companies).filter_map(|at| Some((at, contract(world, at)?)));
    served
        .flat_map(|(index, id)| {
            let facts = company(world, index);
            let kind = (facts.tier % 3) as usize;
            let start = midnight(facts.created) + 30 * DAY;
            let one = |id: i64, name: String, status: i64, days: i64| {
                json!({
                    "id": id, "companyID": n::company_id(index), "contractName": name, "contractType": 7,
                    "contractCategory": 1, "startDate": iso(start), "endDate": iso(start + days * DAY),
                    "status": status, "isDefaultContract": status == 1, "isCompliant": true,
                    "timeReportingRequiresStartAndStopTimes": 0, "estimatedHours": 0.0,
                    "lastModifiedDateTime": iso(start),
                })
            };
            let ended = format!("{} (ended)", NAMES[kind]);
            let mut all = vec![one(id, NAMES[kind].to_owned(), 1, 3_650)];
            all.extend((index % 4 == 0).then(|| one(ENDED + i64::from(index), ended, 0, 365)));
            all
        })
        .collect()
}
