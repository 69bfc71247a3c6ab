//! Records of the account that are made at the start: settings, the customer for people who walk
//! in, devices and what hangs on them.

use serde_json::{Value, json};

use super::made::numbers as n;
use super::made::{PROBLEM_TYPES, STATUSES, TICKET_TYPES};
use crate::state::Record;
use crate::world::World;
use crate::world::company::{company, is_served};
use crate::world::instant::{DAY, HOUR, MINUTE, iso, midnight};
use crate::world::person::{name, person};
use crate::world::technician::name as technician;
use crate::world::ticket::ticket;

/// Priorities in the order of the settings; the first is none at all.
const PRIORITIES: [&str; 5] = ["", "0 Urgent", "1 High", "2 Normal", "3 Low"];
/// Types of devices.
const ASSET_TYPES: [&str; 4] = ["Syncro Device", "Server", "Printer", "Network Device"];
/// Companies whose devices are listed.
const MOST_COMPANIES: u32 = 2_000;

/// The fixed records of a kind.
pub fn records(world: &World, kind: &str) -> Vec<Record> {
    let entered = iso(midnight(world.base_ms) - 900 * DAY);
    let list = match kind {
        "customers" => vec![walk_in()],
        "comments" => long_talk(world),
        "ticket_statuses" => STATUSES
            .into_iter()
            .zip(1..)
            .map(|((name, closed), id)| json!({"id": id, "name": name, "closed": closed}))
            .collect(),
        "problem_types" => named(&PROBLEM_TYPES, 1),
        "priorities" => named(&PRIORITIES, 1),
        "ticket_types" => named(&TICKET_TYPES, n::TICKET_TYPES),
        "asset_types" => named(&ASSET_TYPES, 7_601),
        "account" => vec![json!({
            "id": 1, "name": "Harbourline IT Services", "time_zone": "Europe/London",
            "time_offset": "+00:00", "tickets_per_page": 50, "detail_comments": 25,
            "all_comments": true, "own_pages": false, "no_meta": false, "strict_statuses": false, "retry_after": false,
            "stamp_offset_minutes": 0, "require_ticket_type": false,
        })],
        "customer_assets" => assets(world),
        "contracts" => contracts(world),
        "portal_users" => portal_users(world),
        "canned_responses" => canned_responses(),
        "rmm_alerts" => alerts(world),
        _ => Vec::new(),
    };
    list.into_iter()
        .filter_map(|value| match value {
            Value::Object(mut record) => {
                for name in ["created_at", "updated_at"] {
                    record.entry(name).or_insert_with(|| entered.clone().into());
                }
                record.retain(|_, value| !value.is_null());
                Some(record)
            }
            _ => None,
        })
        .collect()
}

fn named(names: &[&str], first: i64) -> Vec<Value> {
    names
        .iter()
        .zip(first..)
        .map(|(name, id)| json!({"id": id, "name": name}))
        .collect()
}

/// A ticket that was talked about at length: more comments than the vendor sends with a ticket, or on a page of them.
fn long_talk(world: &World) -> Vec<Value> {
    if world.config.tickets < n::LONG_TALK {
        return Vec::new();
    }
    let opened = ticket(world, n::LONG_TALK).created;
    (1..=25)
        .map(|place| {
            let hidden = place % 5 == 0;
            let ours = hidden || place % 2 == 1;
            let agent = u32::try_from(place).unwrap_or(0) % world.config.technicians;
            let (first, last) = technician(world, agent);
            let at = iso(opened + place * 4 * MINUTE);
            json!({
                "id": n::TALK + place, "ticket_id": i64::from(n::LONG_TALK) + n::TICKETS,
                "subject": match (hidden, ours) {
                    (true, _) => "Private Note",
                    (false, true) => "Update",
                    (false, false) => "Customer Reply",
                },
                "body": match (hidden, ours) {
                    (true, _) => format!("Note {place}: the same fault is in the log again."),
                    (false, true) => format!("We changed setting {place}. Does it work now?"),
                    (false, false) => format!("No, still the same after try {place}."),
                },
                "tech": if ours { format!("{first} {last}") } else { "The customer".to_owned() },
                "user_id": ours.then(|| n::user_id(agent)),
                "hidden": hidden, "is_rich_text": false, "created_at": at, "updated_at": at,
            })
        })
        .collect()
}

fn walk_in() -> Value {
    json!({
        "id": n::WALK_IN, "firstname": "Walkin", "lastname": "Customer",
        "email": "walkin@harbourline.example", "phone": "123", "get_sms": false, "opt_out": false,
        "disabled": false, "no_email": true, "properties": {},
    })
}

/// Companies that the tool knows and the MSP looks after.
fn served(world: &World) -> impl Iterator<Item = u32> {
    (1..=world.config.companies.min(MOST_COMPANIES))
        .filter(|index| world.company_copies(*index) > 0 && is_served(world, *index))
}

fn assets(world: &World) -> Vec<Value> {
    let each = served(world).flat_map(|index| (0..1 + index % 3).map(move |place| (index, place)));
    let further = served(world).next().map(|index| (index, 3));
    each.chain(further)
        .zip(n::ASSETS..)
        .map(|((index, place), id)| {
            let of = company(world, index);
            let short: String = of.domain.chars().take(4).collect::<String>().to_uppercase();
            let (kind, name, os) = match (index + place) % 4 {
                0 => (
                    "Server",
                    format!("{short}-SRV{:02}", place + 1),
                    "Windows Server 2022",
                ),
                1 => ("Printer", format!("{short}-PRN{:02}", place + 1), ""),
                2 => ("Network Device", format!("{short}-FW{:02}", place + 1), ""),
                _ => (
                    "Syncro Device",
                    format!("{short}-PC{:03}", 10 + place),
                    "Windows 11 Pro",
                ),
            };
            let person = (index - 1) * world.config.contacts_per_company;
            let properties = match os {
                "" => json!({"Model": format!("M{}", 100 + index % 50)}),
                os => json!({"OS": os, "Model": "OptiPlex 7010", "Memory (GB)": "16"}),
            };
            json!({
                "id": id, "name": name, "customer_id": n::customer_id(world, index),
                "contact_id": n::contact_id(world, person), "asset_type": kind,
                "asset_serial": format!("SN{id:X}"), "properties": properties,
                "updated_at": iso(of.touched / 1_000 * 1_000),
            })
        })
        .collect()
}

fn contracts(world: &World) -> Vec<Value> {
    let start = midnight(world.base_ms) - 300 * DAY;
    served(world)
        .map(|index| {
            json!({
                "id": n::contract_id(world, index), "account_id": n::ACCOUNT, "customer_id": n::customer_id(world, index),
                "name": "Managed Support", "contract_amount": format!("{}", 300 + index % 40 * 25),
                "start_date": iso(start), "end_date": iso(start + 365 * DAY),
                "description": "Unlimited remote support", "status": "Active", "likelihood": 100,
                "apply_to_all": false,
            })
        })
        .collect()
}

fn portal_users(world: &World) -> Vec<Value> {
    served(world)
        .filter(|index| index % 3 == 0)
        .zip(61_001..)
        .filter_map(|(index, id)| {
            let first = (index - 1) * world.config.contacts_per_company;
            Some(json!({
                "id": id, "email": person(world, first).email?, "account_id": n::ACCOUNT,
                "customer_id": n::customer_id(world, index),
                "contact_id": n::contact_id(world, first), "portal_group_id": 4 + index % 2,
            }))
        })
        .collect()
}

fn canned_responses() -> Vec<Value> {
    let texts = [
        (
            "Remote session",
            "We would like to connect to your computer. Is now a good time?",
        ),
        (
            "Closing",
            "We have not heard from you for a week and will close this ticket.",
        ),
    ];
    texts
        .into_iter()
        .zip(811..)
        .map(|((title, body), id)| {
            json!({"id": id, "title": title, "body": body, "subject": "Update", "canned_response_category_id": 1})
        })
        .collect()
}

fn alerts(world: &World) -> Vec<Value> {
    assets(world)
        .into_iter()
        .zip(990_001i64..)
        .filter(|(asset, _)| asset["asset_type"] == "Server")
        .map(|(asset, id)| {
            let at = iso(midnight(world.base_ms) - (id - 990_000) * 3 * HOUR);
            let (first, last) = name(world, (id % i64::from(world.people())) as u32);
            json!({
                "id": id, "customer_id": asset["customer_id"], "computer_name": asset["name"],
                "properties": {"trigger": "low_hd_space_triggered"}, "resolved": id % 3 == 0,
                "check_id": id % 90, "status": "Triggered", "asset_id": asset["id"],
                "formatted_output": format!("Drive C: has 4% free. Last user: {first} {last}"),
                "description": "Low Hard Drive Space", "created_at": at, "updated_at": at,
            })
        })
        .collect()
}
