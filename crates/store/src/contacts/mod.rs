//! Contacts for viewers: the list, one contact, the people of a company, and the groups they are in.

/// Columns of a contact in lists.
macro_rules! contact_columns {
    () => {
        "k.id, k.uuid, k.integration_id AS integration, i.provider, k.external_id, TRIM(k.first_name || ' ' || k.last_name) AS name,
            k.email, k.phone, k.mobile, k.title, k.active, k.is_primary AS \"primary\", COALESCE(c.name, x.name) AS company, c.uuid AS company_uuid"
    };
}

/// Where those that are not the contact's own come from.
macro_rules! contact_joins {
    () => {
        "
        LEFT JOIN external_company x ON x.integration_id = k.integration_id AND x.external_id = k.company_external_id
        LEFT JOIN company c ON c.id = x.company_id"
    };
}

pub(crate) mod contact;
pub(crate) mod groups;
pub(crate) mod list;
pub(crate) mod people;

pub use contact::{Contact, find_for_viewer};
pub use groups::{
    ContactGroup, GroupMember, list_group_members_for_viewer, list_groups_for_viewer,
};
pub use list::{ContactFilter, ContactRow, count_for_viewer, list_for_viewer};
pub use people::{People, Person, list_people};
