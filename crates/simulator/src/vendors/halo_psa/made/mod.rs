//! Generated records under the vendor's names and numbers.

mod action;
mod agent;
mod client;
pub mod numbers;
mod opportunity;
mod site;
mod ticket;
mod user;

use crate::records::schema::Getter;
use crate::records::value::Val;

/// The getter of a field; fields that the world knows nothing about are null.
pub fn getter(kind: &str, name: &str) -> Getter {
    let own = match kind {
        "client" => client::getter(name),
        "site" => site::getter(name),
        "users" => user::getter(name),
        "agent" => agent::getter(name),
        "tickets" => ticket::getter(name),
        "actions" => action::getter(name),
        "opportunities" => opportunity::getter(name),
        _ => None,
    };
    own.unwrap_or(|_| Val::Null)
}

/// The host name that a company writes from.
fn web(domain: &str) -> String {
    format!("https://www.{domain}")
}
