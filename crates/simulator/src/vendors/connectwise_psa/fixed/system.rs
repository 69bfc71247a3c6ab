//! Set-up tables: roles, locations, departments, custom fields.

use serde_json::{Value, json};

use super::{link, named};
use crate::vendors::connectwise_psa::made::{api_member, guid, numbers as n};
use crate::world::World;
use crate::world::instant::{DAY, iso, midnight};
use crate::world::technician::api_user;

/// Custom fields: id, kind of record, caption, type, how it is entered, choices.
type Custom = (
    i64,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const CUSTOM: [Custom; 8] = [
    (
        11,
        "company/companies",
        "Service Tier",
        "Text",
        "List",
        &["Gold", "Silver", "Bronze", "None"],
    ),
    (
        12,
        "company/companies",
        "Seats",
        "Number",
        "EntryField",
        &[],
    ),
    (
        13,
        "company/companies",
        "Remote Access",
        "Password",
        "EntryField",
        &[],
    ),
    (
        14,
        "company/companies",
        "Open Screen",
        "Button",
        "EntryField",
        &[],
    ),
    (
        21,
        "company/contacts",
        "Portal Role",
        "Text",
        "List",
        &["Decision maker", "Approver", "User"],
    ),
    (31, "service/tickets", "Room", "Text", "EntryField", &[]),
    (
        32,
        "service/tickets",
        "Asset Tag",
        "Text",
        "EntryField",
        &[],
    ),
    (
        33,
        "service/tickets",
        "Local Login",
        "Password",
        "EntryField",
        &[],
    ),
];

/// The custom fields of a kind, by id.
pub fn custom_fields_of(kind: &str) -> Vec<i64> {
    let kind = if kind == "project/tickets" {
        "service/tickets"
    } else {
        kind
    };
    CUSTOM
        .iter()
        .filter(|(_, of, ..)| *of == kind)
        .map(|(id, ..)| *id)
        .collect()
}

/// A custom field with a value, as it is sent.
pub fn custom_field(id: i64, value: Value) -> Option<Value> {
    let (id, _, caption, kind, entry, _) = CUSTOM.iter().find(|(have, ..)| *have == id)?;
    Some(json!({
        "id": id, "caption": caption, "type": kind, "entryMethod": entry, "numberOfDecimals": 0,
        "value": value, "connectWiseId": guid(*id, 7), "rowNum": 1, "userDefinedFieldRecId": id,
        "podId": "overview",
    }))
}

/// The fixed records of a kind, when it belongs here.
pub fn records(world: &World, kind: &str) -> Option<Vec<Value>> {
    Some(match kind {
        "system/members/types" => ["Engineer", "Manager"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "name": name, "inactiveFlag": false}))
            .collect(),
        "screens/release" => vec![json!({"id": 1, "leanLists": false, "bareNotes": false, "markedNotes": false})],
        "system/apiMembers" => vec![json!({
            "id": n::member_id(api_user(world)), "identifier": api_member(world),
            "name": "Portal Integration", "inactiveFlag": false, "securityRole": link(3),
            "timeZone": link(1), "defaultLocation": link(1), "defaultDepartment": link(1),
            "serviceDefaultBoard": link(1),
        })],
        "system/securityroles" => [("Admin", true), ("Technician", false), ("API Integration", false)]
            .into_iter()
            .zip(1..)
            .map(|((name, admin), id)| json!({"id": id, "name": name, "roleType": "Default", "adminFlag": admin, "inactiveFlag": false}))
            .collect(),
        "system/locations" => ["Bristol", "Cardiff"]
            .into_iter()
            .zip(1..)
            .map(|(name, id)| json!({"id": id, "name": name, "ownerLevelId": id, "locationFlag": true, "clientFlag": false, "departmentIds": [1, 2]}))
            .collect(),
        "system/departments" => [("Service", "Service Desk"), ("Admin", "Administration & Sales")]
            .into_iter()
            .zip(1..)
            .map(|((identifier, name), id)| json!({"id": id, "identifier": identifier, "name": name}))
            .collect(),
        "system/timeZoneSetups" => named(&["(GMT) London", "(GMT+1) Berlin", "(GMT-5) New York"])
            .into_iter()
            .map(|mut zone| {
                zone["offset"] = [0.0, 1.0, -5.0][zone["id"].as_u64().unwrap_or(1) as usize - 1].into();
                zone["daylightSavingsFlag"] = true.into();
                zone
            })
            .collect(),
        "system/userDefinedFields" => custom_definitions(world),
        "system/integratorTags" => vec![json!({"id": 1, "text": "Portico"})],
        _ => return None,
    })
}

fn custom_definitions(world: &World) -> Vec<Value> {
    let made = iso(midnight(world.base_ms) - 700 * DAY);
    CUSTOM
        .iter()
        .map(|(id, kind, caption, sort, entry, choices)| {
            let (screen, description) = match *kind {
                "company/companies" => ("co300", "Company"),
                "company/contacts" => ("ct300", "Contact"),
                _ => ("sr100", "Service Ticket"),
            };
            let options: Vec<Value> = choices
                .iter()
                .zip(1..)
                .map(|(choice, order)| {
                    json!({
                        "id": id * 10 + order, "optionValue": choice, "defaultFlag": false,
                        "inactiveFlag": false, "sortOrder": order,
                    })
                })
                .collect();
            json!({
                "id": id, "podId": id / 10, "podDescription": format!("{description} Overview"),
                "caption": caption, "sequenceNumber": id % 10, "screenId": screen,
                "screenDescription": description, "fieldTypeIdentifier": sort,
                "numberDecimals": 0, "entryTypeIdentifier": entry, "requiredFlag": false,
                "displayOnScreenFlag": true, "readOnlyFlag": false, "listViewFlag": true,
                "options": if options.is_empty() { Value::Null } else { options.into() },
                "businessUnitIds": [], "locationIds": [], "connectWiseID": guid(*id, 7),
                "dateCreated": made,
            })
        })
        .collect()
}
