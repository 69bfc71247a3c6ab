//! Users: the MSP's staff and the user that owns the API token.

use super::getters;
use super::numbers as n;
use crate::records::value::Val;
use crate::world::item::Facts;

const COLOURS: [&str; 5] = ["55b932", "1e3e96", "c0392b", "8e44ad", "f39c12"];

getters! { Facts::Technician(t), r;
    "id" => Val::Int(n::user_id(t.index)),
    // One typed the address in capitals.
    "email" => if t.index == 3 { Val::owned(t.email.to_uppercase()) } else { Val::text(&t.email) },
    "full_name" => Val::owned(format!("{} {}", t.first, t.last)),
    "group" => Val::text(if t.role == 3 { "Admins" } else { "Technicians" }),
    "admin" => Val::Bool(t.role == 3 && !t.api_only),
    "color" => Val::text(COLOURS[t.index as usize % COLOURS.len()]),
    "disabled" => Val::Bool(!t.active),
}
