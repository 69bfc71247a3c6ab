//! Boards with their statuses, types and teams; priorities and the like.

use serde_json::{Value, json};

use super::{link, named};
use crate::vendors::connectwise_psa::made::numbers::{self as n, BOARDS, STATUSES};
use crate::world::problem::{Area, PROBLEMS, Problem};
use crate::world::ticket::Desk;

/// The fixed records of a kind, when it belongs here.
pub fn records(kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "service/boards" => boards(),
        "service/boards/statuses" => each_board(statuses),
        "service/boards/types" => each_board(types),
        "service/boards/subtypes" => each_board(sub_types),
        "service/boards/items" => each_board(items),
        "service/boards/typeSubTypeItemAssociations" => each_board(associations),
        "service/boards/teams" => each_board(teams),
        "service/priorities" => priorities(),
        "service/sources" => (1..)
            .zip(["Call", "Phone", "Email Connector", "Portal", "In person", "Fax", "Monitoring", "Chat"])
            .map(|(id, name)| json!({"id": id, "name": name, "defaultFlag": id == 2}))
            .collect(),
        "service/severities" => weights(["One user", "Several users", "Everybody"]),
        "service/impacts" => weights(["Can work", "Hampered", "Cannot work"]),
        "service/locations" => [("On-Site", "OnSite"), ("Remote", "Remote"), ("In-House", "InHouse")]
            .into_iter()
            .zip(1..)
            .map(|((name, place), id)| json!({"id": id, "name": name, "where": place, "defaultFlag": id == 2}))
            .collect(),
        "time/workTypes" => named(&["Regular", "After hours", "Travel", "Internal"])
            .into_iter()
            .map(|mut t| {
                t["billTime"] = "Billable".into();
                t["rateType"] = "Multiplier".into();
                t["rate"] = 1.0.into();
                t["inactiveFlag"] = false.into();
                t["overallDefaultFlag"] = (t["id"] == 1).into();
                if let Some(t) = t.as_object_mut() {
                    t.remove("defaultFlag");
                }
                t
            })
            .collect(),
        "time/workRoles" => ["Engineer", "Senior Engineer", "Field Engineer", "Manager"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "name": name, "hourlyRate": 70.0 + f64::from(id) * 15.0, "inactiveFlag": false}))
            .collect(),
        _ => return None,
    })
}

fn each_board(make: fn(i64) -> Vec<Value>) -> Vec<Value> {
    (1..=BOARDS.len() as i64).flat_map(make).collect()
}

fn boards() -> Vec<Value> {
    BOARDS
        .iter()
        .zip(1..)
        .map(|((name, _, used, project), id)| {
            json!({
                "id": id, "name": name, "location": link(1), "department": link(1),
                "inactiveFlag": !used, "projectFlag": project, "sendToContactFlag": true,
                "sendToResourceFlag": false, "autoCloseStatus": link(id * 100 + 11),
                "billTime": "Billable", "billExpense": "Billable", "billProduct": "Billable",
                "markFirstNoteIssueFlag": true, "discussionsLockedFlag": false,
                "timeEntryLockedFlag": false, "problemSort": "Ascending",
                "resolutionSort": "Ascending", "internalAnalysisSort": "Ascending",
                "allSort": "Ascending",
            })
        })
        .collect()
}

fn statuses(board: i64) -> Vec<Value> {
    STATUSES
        .iter()
        .zip(1..)
        .map(|((name, closed, level), place)| {
            json!({
                "id": board * 100 + place, "name": name, "board": link(board), "sortOrder": place,
                "displayOnBoard": !closed, "inactive": place == 12, "closedStatus": closed,
                "timeEntryNotAllowed": place == 11, "roundRobinCatchall": false,
                "defaultFlag": place == 1, "escalationStatus": level,
                "customerPortalFlag": place != 12,
                "customerPortalDescription": name.trim_start_matches('>'), "saveTimeAsNote": false,
            })
        })
        .collect()
}

fn types(board: i64) -> Vec<Value> {
    Area::ALL
        .iter()
        .map(|(area, name)| {
            json!({
                "id": n::ticket_type(board, *area as usize), "name": name, "board": link(board),
                "category": if *area == Area::People || *area == Area::Purchasing { "Proactive" } else { "Reactive" },
                "defaultFlag": *area == Area::Software, "inactiveFlag": false,
                "requestForChangeFlag": false,
            })
        })
        .collect()
}

fn problems() -> impl Iterator<Item = (u16, &'static Problem)> {
    (0u16..).zip(PROBLEMS.into_iter().flatten())
}

fn sub_types(board: i64) -> Vec<Value> {
    problems()
        .map(|(number, problem)| {
            json!({
                "id": n::sub_type(board, number), "name": problem.detail, "board": link(board),
                "inactiveFlag": false,
                "typeAssociationIds": [n::ticket_type(board, problem.area as usize)],
            })
        })
        .collect()
}

fn items(board: i64) -> Vec<Value> {
    ["Remote", "On site", "Supplier"]
        .into_iter()
        .zip(1..)
        .map(|(name, place)| json!({"id": board * 10 + place, "name": name, "board": link(board), "inactiveFlag": false}))
        .collect()
}

fn associations(board: i64) -> Vec<Value> {
    problems()
        .map(|(number, problem)| {
            json!({
                "id": n::sub_type(board, number) + 5_000,
                "type": link(n::ticket_type(board, problem.area as usize)),
                "subType": link(n::sub_type(board, number)),
                "item": if number % 3 == 0 { link(board * 10 + 1) } else { Value::Null },
                "board": link(board),
            })
        })
        .collect()
}

fn teams(board: i64) -> Vec<Value> {
    let names: &[&str] = match BOARDS[board as usize - 1].1 {
        Some(Desk::FirstLine) => &["First Line", "Second Line"],
        Some(Desk::Monitoring) => &["Network Operations"],
        Some(Desk::Onsite) => &["Field Engineers"],
        Some(Desk::Security) => &["Security Team"],
        Some(Desk::Orders) => &["Procurement"],
        _ => &["Service Team"],
    };
    names
        .iter()
        .zip(1..)
        .map(|(name, place)| {
            json!({
                "id": board * 10 + place, "name": name, "boardId": board,
                "teamLeader": link(n::member_id(0)),
                "members": [n::member_id(0), n::member_id(place as u32)],
                "defaultFlag": place == 1, "notifyOnTicketDelete": false, "locationId": 1,
                "businessUnitId": 1,
            })
        })
        .collect()
}

fn priorities() -> Vec<Value> {
    let all = [
        (6, "Priority 1 - Critical", "Red", "Critical"),
        (7, "Priority 2 - High", "Orange", "High"),
        (8, "Priority 3 - Normal Response", "Yellow", "Medium"),
        (9, "Priority 4 - Scheduled Maintenance", "White", "Low"),
    ];
    all.into_iter()
        .zip(1..)
        .map(|((id, name, color, level), order)| {
            json!({
                "id": id, "name": name, "color": color, "sortOrder": order,
                "defaultFlag": id == 8, "level": level, "urgencySortOrder": order.to_string(),
            })
        })
        .collect()
}

fn weights(descriptions: [&str; 3]) -> Vec<Value> {
    ["Low", "Medium", "High"]
        .into_iter()
        .zip(descriptions)
        .zip(1..)
        .map(|((name, description), id)| json!({"id": id, "name": name, "description": description, "defaultFlag": id == 2}))
        .collect()
}
