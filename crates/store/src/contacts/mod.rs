//! Contacts for viewers: the list, one contact, and the groups they are in.

pub(crate) mod contact;
pub(crate) mod groups;
pub(crate) mod list;

pub use contact::{Contact, find_for_viewer};
pub use groups::{
    ContactGroup, GroupMember, list_group_members_for_viewer, list_groups_for_viewer,
};
pub use list::{ContactFilter, ContactRow, count_for_viewer, list_for_viewer};
