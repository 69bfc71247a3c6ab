//! Stages, statuses and types of opportunities; agreements.

use serde_json::{Value, json};

use super::link;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::vendors::connectwise_psa::made::ticket::agreement;
use crate::world::World;
use crate::world::company::company;
use crate::world::instant::{DAY, iso, midnight};

/// The fixed records of a kind, when it belongs here.
pub fn records(world: &World, kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "sales/opportunities/statuses" => [
            ("Open", false, false, false),
            ("Won", true, false, true),
            ("Lost", false, true, true),
            ("No Decision", false, true, true),
        ]
        .into_iter()
        .zip(1..)
        .map(|((name, won, lost, closed), id)| {
            json!({
                "id": id, "name": name, "wonFlag": won, "lostFlag": lost, "closedFlag": closed,
                "inactiveFlag": false, "defaultFlag": id == 1,
            })
        })
        .collect(),
        "sales/opportunities/types" => ["New Business", "Hardware", "Managed Services", "Project"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "description": name, "inactiveFlag": false}))
            .collect(),
        "sales/opportunities/ratings" => ["Cold", "Warm", "Hot"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "name": name, "sortOrder": id}))
            .collect(),
        "sales/stages" => [
            ("1. Qualify", 10),
            ("2. Discover", 30),
            ("3. Propose", 50),
            ("4. Negotiate", 75),
            ("5. Won", 100),
            ("6. Lost", 0),
        ]
        .into_iter()
        .zip(1..)
        .map(|((name, chance), id)| {
            json!({
                "id": id, "name": name, "probability": link(n::probability(chance)),
                "color": "#4caf50", "sequenceNumber": id,
            })
        })
        .collect(),
        "sales/probabilities" => (0..=20)
            .map(|step| json!({"id": n::probability(step * 5), "probability": step * 5}))
            .collect(),
        "finance/agreements" => agreements(world),
        "finance/agreements/types" => ["Managed Services", "Block Time", "Hosting"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| {
                json!({
                    "id": id, "name": name, "defaultFlag": id == 1, "inactiveFlag": false,
                    "employeeCompRate": "Actual", "employeeCompNotExceed": "Billing",
                    "invoicingCycle": "CalendarYear", "billTime": "Billable",
                    "billExpenses": "Billable", "billProducts": "Billable",
                })
            })
            .collect(),
        _ => return None,
    })
}

/// What agreements are called, by type.
const NAMES: [&str; 3] = ["Managed Services", "Block Time", "Hosting"];

fn agreements(world: &World) -> Vec<Value> {
    let ids = (1..=world.config.companies).filter_map(|c| Some((c, agreement(world, c)?)));
    ids.map(|(index, id)| {
        let facts = company(world, index);
        let contact = n::contact_id(world, (index - 1) * world.config.contacts_per_company);
        let kind = i64::from(facts.tier % 3) + 1;
        let start = midnight(facts.created) + 30 * DAY;
        json!({
            "id": id, "type": link(kind), "company": link(n::company_id(world, index)),
            "name": NAMES[kind as usize - 1],
            "contact": contact.map(link), "site": link(n::site_id(world, index)),
            "location": link(1), "department": link(1), "startDate": iso(start),
            "noEndingDateFlag": true, "cancelledFlag": false, "agreementStatus": "Active",
            "applicationUnits": "Hours", "applicationUnlimitedFlag": kind == 1,
            "applicationLimit": if kind == 2 { 20.0 } else { 0.0 },
            "applicationCycle": "CalendarMonth", "billTime": "Billable",
            "billExpenses": "Billable", "billProducts": "Billable",
            "billAmount": f64::from(facts.seats) * 38.0, "periodType": "Current",
            "customFields": [],
        })
    })
    .collect()
}
