//! Contacts of customers. The vendor has no flag for people who left and none for the main person.

use serde_json::{Value, json};

use super::numbers as n;
use super::{digits, getters};
use crate::records::value::Val;
use crate::world::company::company;
use crate::world::item::Facts;
use crate::world::person::Person;

/// Custom fields: the position, and a sort of contact that this MSP keeps.
fn properties(person: &Person) -> Value {
    let mut properties = json!({});
    if person.index % 5 != 3 {
        properties["title"] = person.title.into();
    }
    let sort = match person.index % 13 {
        _ if person.primary => "Decision maker",
        3 => "Approver",
        7 => return properties,
        _ => "User",
    };
    properties["Contact Type"] = sort.into();
    properties
}

getters! { Facts::Person(p, copy), r;
    "id" => Val::Int(r.number + n::CONTACTS),
    "name" => {
        let (first, last) = r.world.person_title(p.index, *copy);
        Val::owned(format!("{first} {last}"))
    },
    "address1" => Val::owned(company(r.world, p.company).street),
    "city" => Val::text(company(r.world, p.company).town.name),
    "state" => Val::text(company(r.world, p.company).town.region),
    "zip" => Val::owned(company(r.world, p.company).post_code),
    "email" => r.world.person_email(p.index, p.email.as_deref()).map_or(Val::Null, Val::owned),
    "phone" => p.phone.as_deref().map_or(Val::Null, |phone| Val::owned(digits(phone))),
    "mobile" => p.mobile.as_deref().map_or(Val::Null, |phone| Val::owned(digits(phone))),
    "extension" => p.extension.map_or(Val::Null, |e| Val::owned(e.to_string())),
    "customer_id" => Val::Int(n::customer_id(r.world, p.company)),
    "account_id" => Val::Int(n::ACCOUNT),
    "notes" => if p.index % 23 == 8 { Val::text("Works from home on Fridays.") } else { Val::Null },
    "properties" => Val::Tree(properties(p)),
    "opt_out" => Val::Bool(p.index % 9 == 2),
}
