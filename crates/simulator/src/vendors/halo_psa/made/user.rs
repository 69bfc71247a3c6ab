//! Users: the people at clients.

use serde_json::{Value, json};

use super::numbers as n;
use crate::records::schema::getters;
use crate::records::value::Val;
use crate::world::World;
use crate::world::group::is_member;
use crate::world::item::Facts;

/// The user roles a person has: id of the role and group of the world.
fn roles(world: &World, person: u32) -> Vec<i64> {
    [(1, 0), (2, 2), (3, 3), (4, 4)]
        .into_iter()
        .filter(|(_, group)| is_member(world, *group, person))
        .map(|(role, _)| role)
        .collect()
}

fn role_ids(world: &World, person: u32) -> Value {
    roles(world, person).into()
}

getters! { Facts::Person(p, copy), r;
    "id" => Val::Int(r.number + n::USERS),
    "name" => {
        let (first, last) = r.world.person_title(p.index, *copy);
        Val::owned(format!("{first} {last}"))
    },
    "site_id" => Val::Link(n::site_id(r.world, p.company)),
    "client_id" => Val::Link(n::client_id(r.world, p.company)),
    "firstname" => Val::owned(r.world.person_title(p.index, *copy).0),
    "surname" => Val::owned(r.world.person_title(p.index, *copy).1),
    "title" => Val::text(p.title),
    "emailaddress" => r.world.person_email(p.index, p.email.as_deref()).map_or(Val::Null, Val::owned),
    "email2" => Val::maybe(p.email2.as_deref()),
    "phonenumber" => Val::maybe(p.phone.as_deref()),
    "phonenumber_preferred" => Val::maybe(p.phone.as_deref().or(p.mobile.as_deref())),
    "mobilenumber" => Val::maybe(p.mobile.as_deref()),
    "inactive" => Val::Bool(!p.active),
    "isserviceaccount" => Val::Bool(false),
    "isimportantcontact" => Val::Bool(p.primary && p.company.is_multiple_of(2)),
    "role_ids" => Val::Tree(role_ids(r.world, p.index)),
    "neversendemails" => Val::Bool(false),
    "ismaincontact" => Val::Bool(p.primary && *copy == 0),
    "department" => Val::Null,
    "web_access_level" => Val::Int(if p.primary { 2 } else { 1 }),
    "canadd" => Val::Bool(true),
    "lastupdate" | "ulastupdate" => Val::Time(p.touched),
    "datecreated" => Val::Time(p.created),
    "customfields" => Val::Tree(json!([])),
}
