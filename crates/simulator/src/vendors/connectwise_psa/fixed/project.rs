//! Types of projects, and a project for some of the clients.

use serde_json::{Value, json};

use super::link;
use crate::vendors::connectwise_psa::made::numbers as n;
use crate::world::World;
use crate::world::company::is_served;
use crate::world::instant::{DAY, iso, midnight};
use crate::world::ticket::Status;

/// Added to the number of a company for its project.
const PROJECTS: i64 = 400;
/// Most projects.
const MOST: usize = 24;
/// Added to the place of a ticket of a project: below those of service tickets, from which no two may differ in nothing.
const TICKETS: i64 = 6_000;
/// Added to the place of a note of one.
const NOTES: i64 = 400_000;
/// Most tickets of projects.
const MOST_TICKETS: u32 = 3_000;
/// What is to be done in a project.
const STEPS: [&str; 5] = [
    "Write down what is there",
    "Order equipment",
    "Set up and test",
    "Move on the agreed evening",
    "Hand over and train",
];
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
        "project/tickets" => tickets(world),
        "project/tickets/notes" => notes(world),
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

/// The tickets of projects, dealt out in turn.
fn tickets(world: &World) -> Vec<Value> {
    let projects = projects(world);
    if projects.is_empty() {
        return Vec::new();
    }
    let today = midnight(world.base_ms);
    let board = n::BOARDS.len() as i64;
    let all = 0..world.config.project_tickets.min(MOST_TICKETS);
    let made = all.map(|place| {
        let project = &projects[place as usize % projects.len()];
        let step = place as usize / projects.len() % STEPS.len();
        let (id, number) = (&project["id"], project["id"].as_i64().unwrap_or(0));
        let done = step == 0;
        let status = if done { Status::Complete } else { Status::New };
        let entered = iso(today - i64::from(50 - place % 40) * DAY);
        let touched = iso(today - i64::from(place % 9) * DAY);
        json!({
            "id": TICKETS + i64::from(place), "summary": STEPS[step], "recordType": "ProjectTicket",
            "board": link(board), "status": link(n::status(board, status)), "team": link(board * 10 + 1),
            "project": {"id": id}, "phase": {"id": number * 10 + 1, "name": "Planning"}, "wbsCode": format!("1.{}", step + 1),
            "company": project["company"], "priority": link(3), "source": link(2), "serviceLocation": link(2),
            "location": link(1), "department": link(1), "severity": "Medium", "impact": "Medium",
            "owner": link(n::member_id(place % world.config.technicians)), "billTime": "Billable",
            "billExpenses": "Billable", "billProducts": "Billable", "approved": true, "isInSla": true,
            "closedFlag": done, "closedDate": done.then(|| touched.clone()), "customFields": [],
            "dateEntered": entered, "lastUpdated": touched,
        })
    });
    made.collect()
}

/// What was written on them: a plan that the client may read and a remark that it may not.
fn notes(world: &World) -> Vec<Value> {
    let of = |ticket: &Value| {
        let (id, place) = (&ticket["id"], ticket["id"].as_i64().unwrap_or(0) - TICKETS);
        let owner = ticket["owner"]["id"].clone();
        [("Agreed with the client.", true), ("Mind the old cabling.", false)]
            .into_iter()
            .zip(0..)
            .map(|((text, seen), nth)| {
                json!({
                    "id": NOTES + place * 2 + nth, "ticketId": id, "text": text, "detailDescriptionFlag": seen,
                    "internalAnalysisFlag": !seen, "resolutionFlag": false, "issueFlag": false,
                    "member": {"id": owner}, "customerUpdatedFlag": false, "dateCreated": ticket["lastUpdated"],
                    "createdBy": "Admin1", "internalFlag": !seen, "externalFlag": seen,
                })
            })
            .collect::<Vec<_>>()
    };
    tickets(world).iter().flat_map(of).collect()
}
