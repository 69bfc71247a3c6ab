//! Companies.

use serde_json::{Value, json};

use super::numbers as n;
use super::{cut, getters, plain};
use crate::records::value::Val;
use crate::vendors::connectwise_psa::fixed::country_id;
use crate::world::company::{Company, Standing};
use crate::world::instant::midnight;
use crate::world::item::Facts;

/// The unique short name of a company.
fn identifier(company: &Company, copy: u32) -> String {
    let number = company.index;
    let ending = if copy == 0 { "" } else { "X" };
    format!("{}{number}{ending}", cut(&plain(&company.name), 20))
}

fn status(company: &Company, copy: u32) -> i64 {
    match (company.standing, company.active) {
        _ if copy > 0 => 3,
        (Standing::Cancelled, _) => 5,
        (_, false) => 2,
        (Standing::Lead, _) => 3,
        _ if company.index % 19 == 7 => 4,
        _ => 1,
    }
}

fn types(company: &Company) -> Value {
    let main = match company.standing {
        _ if company.index == 0 => 7,
        Standing::Customer => 1,
        Standing::Lead | Standing::Prospect => 2,
        Standing::Dead | Standing::Cancelled => 3,
        Standing::Vendor => 4,
        Standing::Partner => 5,
    };
    if main == 1 && company.tier == 0 {
        json!([{"id": main}, {"id": 6}])
    } else {
        json!([{"id": main}])
    }
}

/// Values of the custom field for the service level.
const TIERS: [&str; 4] = ["Gold", "Silver", "Bronze", "None"];

getters! { Facts::Company(c, copy), r;
    "id" => Val::Int(r.number + n::COMPANIES),
    "identifier" => Val::owned(identifier(c, *copy)),
    "name" => Val::owned(cut(&c.name, 50)),
    "status" => Val::Link(status(c, *copy)),
    "addressLine1" => Val::text(&c.street),
    "city" => Val::text(c.town.name),
    "state" => Val::text(c.town.region),
    "zip" => Val::owned(cut(&c.post_code, 12)),
    "country" => Val::Link(country_id(c.town.country)),
    "phoneNumber" => Val::text(&c.phone),
    "website" => Val::owned(format!("https://www.{}", c.domain)),
    "territory" => Val::Link(1),
    "accountNumber" => Val::owned(format!("C{:05}", c.index)),
    "defaultContact" => match c.index.checked_sub(1) {
        Some(before) if *copy == 0 => Val::link(n::contact_id(r.world, before * r.world.config.contacts_per_company)),
        _ => Val::Null,
    },
    "dateAcquired" => Val::Time(midnight(c.created)),
    "parentCompany" => Val::link(c.parent.map(|p| n::company_id(r.world, p))),
    "numberOfEmployees" => Val::Int(i64::from(c.seats)),
    "annualRevenue" => Val::Num(0.0),
    "leadFlag" => Val::Bool(matches!(c.standing, Standing::Lead | Standing::Prospect)),
    "unsubscribeFlag" => Val::Bool(false),
    "deletedFlag" => Val::Bool(c.standing == Standing::Dead),
    "dateDeleted" => if c.standing == Standing::Dead { Val::Time(c.modified) } else { Val::Null },
    "deletedBy" => if c.standing == Standing::Dead { Val::owned(super::clerk(r)) } else { Val::Null },
    "territoryManager" => Val::Link(n::member_id(c.owner)),
    "isVendorFlag" => Val::Bool(c.standing == Standing::Vendor),
    "timeZoneSetup" => Val::Link(1),
    "types" => Val::Tree(types(c)),
    "site" => Val::Link(r.number + n::SITES),
    "billToCompany" => Val::Link(r.number + n::COMPANIES),
    "customFields" => Val::Tree(json!([
        {"id": 11, "value": (TIERS[c.tier as usize % TIERS.len()])},
        {"id": 12, "value": c.seats},
        {"id": 13, "value": format!("Hush-c{:05}", c.index)},
        {"id": 14, "value": "Press-me"},
    ])),
}
