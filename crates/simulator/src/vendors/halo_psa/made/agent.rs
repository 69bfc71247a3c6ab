//! Agents: the MSP's staff, one who left, and the one that integrations sign in as.

use serde_json::{Value, json};

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::item::Facts;
use crate::world::technician::Technician;

/// Place of an agent's team.
fn team(technician: &Technician) -> usize {
    match technician.role {
        1 => 1,
        2 => 3,
        3 if technician.index == 10 => 7,
        _ => 0,
    }
}

fn teams(technician: &Technician) -> Value {
    let place = team(technician);
    let of_sales = n::TEAMS[place].2;
    json!([{
        "id": technician.index + 1, "agent_id": n::agent_id(technician.index),
        "agent_name": format!("{} {}", technician.first, technician.last), "team_id": place + 1,
        "team_name": n::TEAMS[place].0, "department_id": 1, "fortickets": !of_sales, "foropps": of_sales,
    }])
}

getters! { Facts::Technician(t), r;
    "id" => Val::Int(n::agent_id(t.index)),
    "name" => Val::owned(format!("{} {}", t.first, t.last)),
    "firstname" => Val::text(t.first),
    "surname" => Val::text(t.last),
    "initials" => Val::owned(t.first.chars().take(1).chain(t.last.chars().take(1)).collect()),
    // One has no address: the import screen has to ask for it.
    "email" => if t.index == 3 || t.api_only { Val::Null } else { Val::text(&t.email) },
    "jobtitle" => Val::text(t.title),
    "isdisabled" => Val::Bool(!t.active),
    "isapiagent" => Val::Bool(t.api_only),
    "is_agent" => Val::Bool(true),
    "team" => Val::text(n::TEAMS[team(t)].0),
    "teams" => Val::Tree(teams(t)),
    "role_list" => Val::text(if t.role == 3 { "Administrator" } else { "Agent" }),
    "is_admin" => Val::Bool(t.role == 3 && !t.api_only),
    "extensionnumber" => Val::text(&t.phone),
    "lastlogindate" => if t.active { Val::Time((r.world.base_ms - i64::from(t.index) * 5_000_000) / 1_000 * 1_000) } else { Val::Null },
    "datecreated" | "last_modified" => Val::Time(t.hired),
}
