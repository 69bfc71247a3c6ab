//! Contact groups, of vendors that have them, and who is in them. Not for people at clients.

use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use crate::decode::{flag, public_id};
use crate::error::Result;
use crate::open::Store;

row! {
    /// A contact group.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ContactGroup {
        /// The integration it comes from.
        pub integration_uuid: PublicId = String => public_id,
        /// Key of the provider.
        pub provider: String,
        /// The vendor's id.
        pub external_id: String,
        /// Name.
        pub name: String,
        /// Whether the vendor has it switched on.
        pub active: bool = i64 => flag,
        /// How many contacts in it the viewer may see.
        pub members: i64,
    }
}

row! {
    /// A contact in a group.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct GroupMember {
        /// Row id of the membership, by which a list of them is walked.
        pub id: i64,
        /// The contact's id in addresses.
        pub contact_uuid: PublicId = String => public_id,
        /// The vendor's id of the contact.
        pub contact_external_id: String,
        /// The contact's name.
        pub name: String,
        /// The contact's e-mail address as typed there.
        pub email: Option<String>,
    }
}

/// Contact groups by name. Who may not see every company gets those with somebody they may see.
///
/// # Errors
/// As any statement.
pub async fn list_groups_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: Option<IntegrationId>,
) -> Result<Vec<ContactGroup>> {
    if !viewer.sees_internal() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    read_all!(store, GROUPS, all, identity, integration.map(|id| id.0))
}

/// Up to `limit` members of a group that the viewer may see, behind the membership `after`.
///
/// # Errors
/// As any statement.
pub async fn list_group_members_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    group: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<GroupMember>> {
    if !viewer.sees_internal() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    read_all!(
        store,
        MEMBERS,
        all,
        identity,
        integration.0,
        group,
        after,
        limit
    )
}

statements! {
    GROUPS = concat!("SELECT i.uuid AS integration_uuid, i.provider, g.external_id, g.name, g.active,
            COALESCE(counted.members, 0) AS members
        FROM contact_group g
        JOIN integration i ON i.id = g.integration_id
        LEFT JOIN (SELECT m.integration_id, m.group_external_id, count(DISTINCT k.id) AS members
            FROM contact_group_member m
            JOIN external_contact k ON k.integration_id = m.integration_id AND k.external_id = m.contact_external_id AND k.absent = 0
            WHERE m.absent = 0 AND ", record_viewer!("k"), " GROUP BY m.integration_id, m.group_external_id) counted
            ON counted.integration_id = g.integration_id AND counted.group_external_id = g.external_id
        WHERE g.absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR g.integration_id = $3)
            AND (CAST($1 AS BIGINT) = 1 OR counted.members > 0)
        ORDER BY g.name, g.id");
    MEMBERS = concat!("SELECT m.id, k.uuid AS contact_uuid, k.external_id AS contact_external_id,
            TRIM(k.first_name || ' ' || k.last_name) AS name, k.email
        FROM contact_group_member m
        JOIN external_contact k ON k.integration_id = m.integration_id AND k.external_id = m.contact_external_id AND k.absent = 0
        WHERE m.integration_id = $3 AND m.group_external_id = $4 AND m.absent = 0 AND m.id > $5 AND ", record_viewer!("k"), "
        ORDER BY m.id LIMIT $6");
}
