//! Main sites of clients.

use serde_json::{Value, json};

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::item::{Facts, Item};
use crate::world::person::person;

/// The person to call at a site.
fn main_contact(item: &Item<'_>) -> Option<i64> {
    let Facts::Company(company, 0) = &item.facts else {
        return None;
    };
    let before = company.index.checked_sub(1)?;
    n::user_id(item.world, before * item.world.config.contacts_per_company)
}

/// Who is called about what: the kinds of contacts take turns over the clients, and so do the people.
fn contacts(item: &Item<'_>, index: u32) -> Value {
    let Some(before) = index
        .checked_sub(1)
        .filter(|_| main_contact(item).is_some())
    else {
        return json!([]);
    };
    let per = item.world.config.contacts_per_company;
    let kinds = [
        (2, 1, "Billing Contact"),
        (3, 0, "Technical Contact"),
        (5, 0, "Approver"),
    ];
    let mut contacts = Vec::new();
    for ((every, rest, name), (kind, place)) in kinds.into_iter().zip((1..).zip(0..)) {
        let user = n::user_id(item.world, before * per + place);
        let Some(user) = user.filter(|_| place < per && index % every == rest) else {
            continue;
        };
        let person = person(item.world, before * per + place);
        let (first, last) = item.world.person_title(person.index, 0);
        let email = item
            .world
            .person_email(person.index, person.email.as_deref());
        contacts.push(json!({
            "id": item.number * 4 + kind, "site": item.number + n::SITES, "uid": user, "user_name": format!("{first} {last}"),
            "user_email": email, "type": kind, "type_name": name,
        }));
    }
    contacts.into()
}

getters! { Facts::Company(c, _), r;
    "id" => Val::Int(r.number + n::SITES),
    "name" => Val::text("Main"),
    "client_id" => Val::Link(r.number + n::CLIENTS),
    "inactive" => Val::Bool(!c.active),
    "sla_id" => Val::Int(if c.tier == 0 { 2 } else { 1 }),
    "phonenumber" => Val::text(&c.phone),
    "timezone" => Val::text("Etc/UTC"),
    "isstocklocation" => Val::Bool(false),
    "maincontact_id" => Val::link(main_contact(r)),
    "delivery_address_line1" => Val::text(&c.street),
    "delivery_address_line2" => Val::text(c.town.name),
    "delivery_address_line3" => Val::text(c.town.region),
    "delivery_address_line4" => Val::text(c.town.country),
    "delivery_address_line5" => Val::text(&c.post_code),
    "delivery_address" | "invoice_address" => Val::Tree(json!({
        "line1": c.street, "line2": c.town.name, "line3": c.town.region, "line4": c.town.country,
        "postcode": c.post_code,
    })),
    "isinvoicesite" => Val::Bool(true),
    "sitecontacts" => Val::Tree(contacts(r, c.index)),
    "datecreated" => Val::Time(c.created),
    "slastupdate" => Val::Time(c.touched),
    "customfields" => Val::Tree(json!([])),
}
