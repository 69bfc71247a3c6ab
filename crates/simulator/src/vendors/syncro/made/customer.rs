//! Customers: companies, and a few private persons. The first and last name are those of the
//! customer's own main person.

use serde_json::json;

use super::{digits, getters};
use crate::records::value::Val;
use crate::world::World;
use crate::world::company::Company;
use crate::world::item::Facts;
use crate::world::person::person;

/// Whether the customer is a person rather than a company.
fn is_private(company: &Company) -> bool {
    company.index % 13 == 4
}

/// The number of the main person.
fn main_person(world: &World, company: &Company) -> Option<u32> {
    let before = company.index.checked_sub(1)?;
    Some(before * world.config.contacts_per_company)
}

fn name(world: &World, company: &Company) -> Option<(String, String)> {
    Some(world.person_title(main_person(world, company)?, 0))
}

/// Usually the main person's address, so that the contact with it can be found; some have a
/// mailbox of the company, some none.
fn email(world: &World, company: &Company) -> Option<String> {
    match company.index {
        0 => Some(format!("accounts@{}", company.domain)),
        index if index % 11 == 5 => None,
        index if index % 7 == 3 => Some(format!("info@{}", company.domain)),
        _ => {
            let index = main_person(world, company)?;
            world.person_email(index, person(world, index).email.as_deref())
        }
    }
}

/// Values of the custom field for the service level.
const TIERS: [&str; 4] = ["Gold", "Silver", "Bronze", "None"];

getters! { Facts::Company(c, _), r;
    "id" => Val::Int(r.number + super::numbers::CUSTOMERS),
    "firstname" => name(r.world, c).map_or(Val::Null, |n| Val::owned(n.0)),
    "lastname" => name(r.world, c).map_or(Val::Null, |n| Val::owned(n.1)),
    "business_name" => if is_private(c) { Val::Null } else { Val::text(&c.name) },
    "email" => email(r.world, c).map_or(Val::Null, Val::owned),
    "phone" => Val::owned(digits(&c.phone)),
    "address" => Val::text(&c.street),
    "city" => Val::text(c.town.name),
    "state" => Val::text(c.town.region),
    "zip" => Val::text(&c.post_code),
    "notes" => if c.index % 6 == 1 { Val::text("Ask for the service desk password before any change.") } else { Val::Null },
    "get_sms" | "opt_out" => Val::Bool(false),
    "disabled" => Val::Bool(!c.active),
    "no_email" => Val::Bool(c.index % 17 == 6),
    "properties" => Val::Tree(json!({
        "Service Tier": (TIERS[c.tier as usize % TIERS.len()]),
        "Seats": c.seats.to_string(),
        "Website": format!("https://www.{}", c.domain),
    })),
    "referred_by" => if c.index % 9 == 2 { Val::text("Chamber of Commerce") } else { Val::Null },
}
