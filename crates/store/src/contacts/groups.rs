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
        /// Row id, by which a list of them is walked.
        pub id: i64,
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

/// Up to `limit` contact groups behind the group `after`, with how many members each of these has.
///
/// # Errors
/// As any statement.
pub async fn list_groups_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: Option<IntegrationId>,
    after: i64,
    limit: i64,
) -> Result<Vec<ContactGroup>> {
    if !viewer.sees_internal() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    let only = integration.map(|id| id.0);
    read_all!(store, GROUPS, all, identity, only, after, limit)
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
    // Only members of the page's groups are counted, in one walk through the memberships.
    GROUPS = concat!("WITH shown AS MATERIALIZED (SELECT id, integration_id, external_id, name, active FROM contact_group
            WHERE id > $4 AND absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR integration_id = $3) ORDER BY id LIMIT $5)
        SELECT g.id, i.uuid AS integration_uuid, i.provider, g.external_id, g.name, g.active, COALESCE(counted.members, 0) AS members
        FROM shown g JOIN integration i ON i.id = g.integration_id
        LEFT JOIN (SELECT m.integration_id, m.group_external_id, count(DISTINCT k.id) AS members
            FROM shown s JOIN contact_group_member m ON m.integration_id = s.integration_id AND m.group_external_id = s.external_id AND m.absent = 0
            JOIN external_contact k ON k.integration_id = m.integration_id AND k.external_id = m.contact_external_id AND k.absent = 0
            WHERE ", record_viewer!("k"), " GROUP BY m.integration_id, m.group_external_id) counted
            ON counted.integration_id = g.integration_id AND counted.group_external_id = g.external_id
        ORDER BY g.id");
    MEMBERS = concat!("SELECT m.id, k.uuid AS contact_uuid, k.external_id AS contact_external_id,
            TRIM(k.first_name || ' ' || k.last_name) AS name, k.email
        FROM contact_group_member m
        JOIN external_contact k ON k.integration_id = m.integration_id AND k.external_id = m.contact_external_id AND k.absent = 0
        WHERE m.integration_id = $3 AND m.group_external_id = $4 AND m.absent = 0 AND m.id > $5 AND ", record_viewer!("k"), "
        ORDER BY m.id LIMIT $6");
}
