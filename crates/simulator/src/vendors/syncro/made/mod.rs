//! Generated records under the vendor's names and numbers.

mod comment;
mod contact;
mod customer;
mod lead;
pub mod numbers;
mod ticket;
mod user;

use crate::records::schema::{Getter, getters};
use crate::records::value::Val;

pub use ticket::{PROBLEM_TYPES, STATUSES, TICKET_TYPES};

/// The getter of a field; fields that the world knows nothing about are null.
pub fn getter(kind: &str, name: &str) -> Getter {
    let own = match kind {
        "customers" => customer::getter(name),
        "contacts" => contact::getter(name),
        "users" => user::getter(name),
        "tickets" => ticket::getter(name),
        "comments" => comment::getter(name),
        "leads" => lead::getter(name),
        _ => None,
    };
    own.unwrap_or(match name {
        "updated_at" => |item| Val::Time(item.changed()),
        "created_at" => |item| Val::Time(item.created()),
        _ => |_| Val::Null,
    })
}

/// The digits of a telephone number: all the vendor keeps of it.
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}
