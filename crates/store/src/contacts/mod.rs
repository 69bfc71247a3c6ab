//! Contacts for viewers: the list and one contact.

pub(crate) mod contact;
pub(crate) mod list;

pub use contact::{Contact, find_for_viewer};
pub use list::{ContactFilter, ContactRow, count_for_viewer, list_for_viewer};
