//! What every instance has built in: the unknown client, general users of sites, the agent that means nobody; and
//! what people add by hand: further sites, service accounts, agents who are users too.

use serde_json::{Value, json};

use super::link;
use crate::vendors::halo_psa::made::numbers as n;
use crate::world::World;
use crate::world::listing::{company_number, person_number};

/// The fixed records of a kind, when it belongs here.
pub fn records(world: &World, kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "client" => vec![
            json!({
                "id": n::UNKNOWN, "name": "Unknown", "toplevel_id": link(1), "inactive": false,
                "customertype": 0, "main_site_id": link(n::UNKNOWN), "customfields": [],
            }),
            // Somebody took a name down and nothing else.
            json!({
                "id": n::WITHOUT_SITE, "name": "Caller of Tuesday", "toplevel_id": link(1), "inactive": false,
                "customertype": 0, "customfields": [],
            }),
        ],
        "asset" => assets(world),
        "site" => sites(world),
        "users" => users(world),
        "agent" => vec![json!({
            "id": n::UNASSIGNED, "name": "Unassigned", "isdisabled": false, "isapiagent": false,
            "is_agent": true, "team": "", "teams": [],
        })],
        "projects" => projects(world),
        "tickets" => deleted(world),
        _ => return None,
    })
}

/// Numbers of the companies the tool knows once, so that the number of the second copy is free.
fn single(world: &World) -> impl Iterator<Item = u32> {
    (1..=world.config.companies).filter(|index| world.company_copies(*index) == 1)
}

fn sites(world: &World) -> Vec<Value> {
    let site = |id: i64, client: i64, name: &str, stock: bool| {
        json!({
            "id": id, "name": name, "client_id": link(client), "inactive": false, "sla_id": 1,
            "timezone": "Etc/UTC", "isstocklocation": stock, "sitecontacts": [], "customfields": [],
        })
    };
    let mut all = vec![site(n::UNKNOWN, n::UNKNOWN, "Unknown", false)];
    // The MSP's own store room, and a second office of every sixth client.
    let second = |index: u32| company_number(index, 1) + n::SITES;
    all.push(site(second(0), n::client_id(world, 0), "Store room", true));
    for index in single(world).filter(|index| index % 6 == 1) {
        all.push(site(
            second(index),
            n::client_id(world, index),
            "Branch",
            false,
        ));
    }
    all
}

fn users(world: &World) -> Vec<Value> {
    let user = |id: i64, client: i64, site: i64, name: &str| {
        json!({
            "id": id, "name": name, "surname": name, "site_id": link(site), "client_id": link(client),
            "inactive": false, "isserviceaccount": false, "is_general": false, "role_ids": [], "customfields": [],
        })
    };
    let mut general = user(n::UNKNOWN, n::UNKNOWN, n::UNKNOWN, "General User");
    general["is_general"] = true.into();
    let mut all = vec![general];
    let per = world.config.contacts_per_company;
    for index in (1..=world.config.companies).filter(|index| world.company_copies(*index) > 0) {
        let (client, site) = (n::client_id(world, index), n::site_id(world, index));
        let first = (index - 1) * per;
        // The first person is never there twice, so the number of the copy is free.
        let mut general = user(
            person_number(first, 1) + n::USERS,
            client,
            site,
            "General User",
        );
        general["is_general"] = true.into();
        all.push(general);
        if per > 2 && world.person_copies(first + 2) < 2 {
            let id = person_number(first + 2, 1) + n::USERS;
            let mut scanner = user(id, client, site, "Scan to mail");
            scanner["isserviceaccount"] = true.into();
            scanner["emailaddress"] = "scanner@mail.example".into();
            all.push(scanner);
        }
        if per > 3 && world.person_copies(first + 3) < 2 {
            let id = person_number(first + 3, 1) + n::USERS;
            let agent = index % world.config.technicians;
            let mut shadow = user(id, client, site, "Our engineer on site");
            shadow["linked_agent_id"] = link(n::agent_id(agent));
            all.push(shadow);
        }
    }
    all
}

/// A server and a printer of each client, by the numbers that people talk about them.
fn assets(world: &World) -> Vec<Value> {
    let of = |index: u32| {
        let (client, site) = (n::client_id(world, index), n::site_id(world, index));
        [(1, "Server", "SRV"), (2, "Printer", "PRN")].map(|(kind, name, short)| {
            json!({
                "id": i64::from(index) * 10 + kind, "inventory_number": format!("{short}-{index:04}"),
                "client_id": client, "site_id": site, "assettype_id": kind, "assettype_name": name,
                "key_field": format!("{name} {index}"), "status_id": 1, "inactive": false,
            })
        })
    };
    single(world).flat_map(of).collect()
}

/// Tickets that somebody deleted: they are left out of lists unless they are asked for.
fn deleted(world: &World) -> Vec<Value> {
    let served = single(world).take(if world.config.tickets > 0 { 5 } else { 0 });
    (1..)
        .zip(served)
        .map(|(place, index)| {
            json!({
                "id": n::DELETED + place, "summary": format!("Undeliverable: your order {place}"), "details": "",
                "status_id": link(9), "tickettype_id": link(1), "priority_id": 4, "sla_id": link(1),
                "client_id": link(n::client_id(world, index)), "site_id": link(n::site_id(world, index)),
                "agent_id": link(n::UNASSIGNED), "team": "1st Line Support", "use": "ticket",
                "hasbeenclosed": true, "deleted": true, "itil_requesttype_id": 1,
            })
        })
        .collect()
}

fn projects(world: &World) -> Vec<Value> {
    let served = single(world).take(6);
    (1..)
        .zip(served)
        .map(|(place, index)| {
            json!({
                "id": n::PROJECTS + place, "summary": format!("Office move, phase {place}"), "details": "",
                "status_id": link(2), "tickettype_id": link(n::PROJECT_TYPE), "priority_id": 3, "sla_id": link(1),
                "client_id": link(n::client_id(world, index)), "site_id": link(n::site_id(world, index)),
                "agent_id": link(n::agent_id(0)), "team": "Changes & Projects", "use": "project",
                "is_project": true, "hasbeenclosed": false, "itil_requesttype_id": 22,
            })
        })
        .collect()
}
