//! Clients.

use serde_json::json;

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::company::Standing;
use crate::world::item::Facts;

/// Relationships as the lookup list 89 has them.
fn relationship(standing: Standing) -> (i64, &'static str) {
    match standing {
        Standing::Customer | Standing::Cancelled => (1, "Customer"),
        Standing::Lead | Standing::Prospect | Standing::Dead => (2, "Prospect"),
        Standing::Vendor => (3, "Supplier"),
        Standing::Partner => (4, "Partner"),
    }
}

getters! { Facts::Company(c, copy), r;
    "id" => Val::Int(r.number + n::CLIENTS),
    "name" => Val::text(&c.name),
    "toplevel_id" => Val::Link(if c.index == 0 { 2 } else { 1 }),
    "inactive" => Val::Bool(!c.active),
    "is_vip" => Val::Bool(c.tier == 0 && c.index > 0),
    // A list of its own, whose numbers mean something else than those of relationships.
    "customertype" => Val::Int(5 - relationship(c.standing).0),
    "customer_relationship" => {
        let (id, name) = relationship(c.standing);
        Val::Tree(json!([{"id": id, "name": name}]))
    },
    "customer_relationship_list" => Val::text(relationship(c.standing).1),
    "accountmanagertech" => Val::Link(n::agent_id(c.owner)),
    "pritech" => Val::Link(n::agent_id(c.index * 7 % r.world.config.technicians)),
    "sectech" => Val::Null,
    "ref" => Val::owned(format!("C{:05}", c.index)),
    "accountsid" => if c.index.is_multiple_of(3) { Val::owned(format!("AC{:04}", c.index)) } else { Val::Null },
    "azure_tenants" => Val::Tree(json!([])),
    "stopped" => Val::Int(i64::from(c.index % 23 == 9)),
    "is_account" => Val::Bool(true),
    "isopportunity" => Val::Int(i64::from(matches!(c.standing, Standing::Lead | Standing::Prospect))),
    "main_site_id" => Val::Link(r.number + n::SITES),
    "main_contact_id" => match c.index.checked_sub(1) {
        Some(before) if *copy == 0 => Val::link(n::user_id(r.world, before * r.world.config.contacts_per_company)),
        _ => Val::Null,
    },
    "main_phonenumber" => Val::text(&c.phone),
    "website" => Val::owned(super::web(&c.domain)),
    "domain" => Val::text(&c.domain),
    "datecreated" => Val::Time(c.created),
    "alastupdate" => Val::Time(c.touched),
    "customfields" => Val::Tree(json!([
        {"id": 137, "name": "CFSupportHours", "label": "Support hours", "type": 0, "value": if c.tier == 0 { "24/7" } else { "Mon-Fri" }, "display": if c.tier == 0 { "24/7" } else { "Mon-Fri" }},
        {"id": 138, "name": "CFSeats", "label": "Seats", "type": 0, "value": c.seats.to_string(), "display": c.seats.to_string()},
    ])),
}
