//! Generated records under the vendor's names and numbers.

mod company;
mod contact;
mod member;
mod note;
pub mod numbers;
mod opportunity;
mod site;
pub mod ticket;
mod time_entry;

use crate::records::schema::{Getter, getters};
use crate::records::value::Val;
use crate::world::item::Item;
use crate::world::{World, technician, text};

pub use crate::world::text::guid;
pub use contact::communication;
pub use member::identifier;

/// The getter of a field; fields that the world knows nothing about are null.
pub fn getter(kind: &str, name: &str) -> Getter {
    let own = match kind {
        "company/companies" => company::getter(name),
        "company/companies/sites" => site::getter(name),
        "company/contacts" => contact::getter(name),
        "system/members" => member::getter(name),
        "service/tickets" => ticket::getter(name),
        "service/tickets/notes" => note::getter(name),
        "time/entries" => time_entry::getter(name),
        "sales/opportunities" => opportunity::getter(name),
        _ => None,
    };
    own.unwrap_or(match name {
        "lastUpdated" => |item| Val::Time(item.changed()),
        "dateEntered" => |item| Val::Time(item.created()),
        "updatedBy" | "enteredBy" => |item| Val::owned(clerk(item)),
        "mobileGuid" => |item| Val::owned(guid(item.number, item.created())),
        _ => |_| Val::Null,
    })
}

/// The member that entered a record.
fn clerk(item: &Item<'_>) -> String {
    let index = u32::try_from(item.number % 3).unwrap_or(0);
    identifier(item.world, index % item.world.config.technicians)
}

/// The API member that integrations sign in as.
pub fn api_member(world: &World) -> String {
    identifier(world, technician::api_user(world))
}

/// The first letters of a text.
fn cut(text: &str, letters: usize) -> String {
    text.chars().take(letters).collect()
}

/// A text in letters that an identifier may have.
fn plain(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(text::slug)
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
