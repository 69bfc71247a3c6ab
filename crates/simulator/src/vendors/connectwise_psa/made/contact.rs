//! Contacts with their means of communication.

use serde_json::{Value, json};

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::World;
use crate::world::group::is_member;
use crate::world::item::Facts;
use crate::world::person::Person;

/// Ids set aside for the communication items of one contact.
const ITEMS: i64 = 8;

/// A communication item.
pub fn communication(id: i64, kind: i64, value: &str, is_default: bool) -> Value {
    let (name, sort) = match kind {
        1 => ("Email", "Email"),
        13 => ("Personal Email", "Email"),
        3 => ("Fax", "Fax"),
        4 => ("Cell", "Phone"),
        _ => ("Direct", "Phone"),
    };
    let mut item = json!({
        "id": id,
        "type": {"id": kind, "name": name},
        "value": value,
        "defaultFlag": is_default,
        "communicationType": sort,
    });
    if let (Some((_, host)), "Email") = (value.split_once('@'), sort) {
        item["domain"] = format!("@{host}").into();
    }
    item
}

fn communications(world: &World, number: i64, person: &Person) -> Vec<Value> {
    let mut items = Vec::new();
    let mut add = |kind, value: &str, is_default| {
        let id = 400_000 + number * ITEMS + items.len() as i64;
        items.push(communication(id, kind, value, is_default));
    };
    // Some contacts have no default address: clients then take the first.
    let flagged = person.index % 17 != 5;
    if let Some(second) = person.email2.as_deref().filter(|_| flagged) {
        add(13, second, false);
    }
    if let Some(email) = world.person_email(person.index, person.email.as_deref()) {
        add(1, &email, flagged);
    }
    if let Some(phone) = &person.phone {
        add(2, phone, true);
    }
    if let Some(mobile) = &person.mobile {
        add(4, mobile, person.phone.is_none());
    }
    if let (Some(extension), true) = (person.extension, person.phone.is_some())
        && let Some(item) = items.iter_mut().find(|i| i["type"]["id"] == 2)
    {
        item["extension"] = extension.to_string().into();
    }
    items
}

fn types(world: &World, person: &Person) -> Value {
    let groups = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)];
    let ids = groups
        .into_iter()
        .filter(|(group, _)| is_member(world, *group, person.index))
        .map(|(_, id)| json!({"id": id}));
    ids.collect()
}

getters! { Facts::Person(p, copy), r;
    "id" => Val::Int(r.number + n::CONTACTS),
    "firstName" => Val::owned(r.world.person_title(p.index, *copy).0),
    "lastName" => Val::owned(r.world.person_title(p.index, *copy).1),
    "company" => Val::Link(n::company_id(r.world, p.company)),
    "site" => Val::Link(n::site_id(r.world, p.company)),
    "title" => Val::text(p.title),
    "inactiveFlag" => Val::Bool(!p.active),
    "marriedFlag" => Val::Bool(false),
    "childrenFlag" => Val::Bool(false),
    "portalSecurityLevel" => Val::Int(if p.primary { 6 } else { 1 }),
    "disablePortalLoginFlag" => Val::Bool(!p.active),
    "unsubscribeFlag" => Val::Bool(p.index % 9 == 2),
    "defaultPhoneType" => if p.phone.is_some() { Val::text("Direct") } else { Val::Null },
    "defaultPhoneNbr" => Val::maybe(p.phone.as_deref()),
    "defaultPhoneExtension" => p.extension.map_or(Val::Null, |e| Val::owned(e.to_string())),
    "defaultBillingFlag" => Val::Bool(false),
    "defaultFlag" => Val::Bool(p.primary && *copy == 0),
    "companyLocation" => Val::Link(1),
    "communicationItems" => Val::Tree(communications(r.world, r.number, p).into()),
    "types" => Val::Tree(types(r.world, p)),
    "customFields" => Val::Tree(json!([
        {"id": 21, "value": match p.index % 13 {
            _ if p.primary => json!("Decision maker"),
            3 => json!("Approver"),
            7 => Value::Null,
            _ => json!("User"),
        }},
    ])),
}
