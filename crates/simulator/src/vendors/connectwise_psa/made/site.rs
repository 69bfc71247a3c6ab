//! Main sites of companies.

use serde_json::json;

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::vendors::connectwise_psa::fixed::country_id;
use crate::world::item::Facts;

getters! { Facts::Company(c, _), r;
    "id" => Val::Int(r.number + n::SITES),
    "name" => Val::text("Main"),
    "addressLine1" => Val::text(&c.street),
    "city" => Val::text(c.town.name),
    "stateReference" => Val::Tree(json!({"id": 1 + c.town.region.len(), "identifier": c.town.region, "name": c.town.region})),
    "zip" => Val::owned(super::cut(&c.post_code, 12)),
    "country" => Val::Link(country_id(c.town.country)),
    "addressFormat" => Val::text("default"),
    "phoneNumber" => Val::text(&c.phone),
    "primaryAddressFlag" => Val::Bool(true),
    "defaultShippingFlag" => Val::Bool(true),
    "defaultBillingFlag" => Val::Bool(true),
    "defaultMailingFlag" => Val::Bool(true),
    "inactiveFlag" => Val::Bool(false),
    "billSeparateFlag" => Val::Bool(false),
    "timeZone" => Val::Link(1),
    "company" => Val::Link(r.number + n::COMPANIES),
    "customFields" => Val::Tree(json!([])),
}
