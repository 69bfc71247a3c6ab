//! One contact with everything a viewer may have of it.

use domain::clock::UtcMillis;
use domain::id::PublicId;
use domain::record::Fields;
use domain::viewer::Viewer;

use super::ContactRow;
use crate::decode::{Parts, json, optional};
use crate::error::Result;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};

/// A contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// The contact as in lists.
    pub row: ContactRow,
    /// Where everything comes from.
    pub origin: Origin,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Names of the contact groups it is in; not for people at clients.
    pub groups: Vec<String>,
    /// When the vendor created it.
    pub created_at: Option<UtcMillis>,
    /// When it last changed.
    pub updated_at: Option<UtcMillis>,
    /// Further vendor fields this viewer may have.
    pub fields: Vec<ShownField>,
}

row! {
    struct Further {
        first_name: String,
        last_name: String,
        created_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        updated_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        fields: Fields = String => json,
    }
}

/// One contact, if it is there and the viewer may see it.
///
/// # Errors
/// As any statement.
pub async fn find_for_viewer(
    store: &Store,
    viewer: &Viewer,
    contact: &PublicId,
) -> Result<Option<Contact>> {
    let (all, identity) = viewer.bind();
    let found: Option<Parts<ContactRow, Origin, Further>> =
        read_one!(store, FIND, all, identity, contact.as_str())?;
    let Some(Parts(row, origin, further)) = found else {
        return Ok(None);
    };
    let groups: Vec<(String,)> = if viewer.sees_internal() {
        read_all!(store, GROUPS, origin.integration.0, &origin.external_id)?
    } else {
        Vec::new()
    };
    let from = (origin.integration, origin.provider.as_str());
    let fields = shown_fields::of(store, viewer, from, further.fields).await?;
    Ok(Some(Contact {
        row,
        origin,
        first_name: further.first_name,
        last_name: further.last_name,
        groups: groups.into_iter().map(|group| group.0).collect(),
        created_at: further.created_at,
        updated_at: further.updated_at,
        fields,
    }))
}

statements! {
    FIND = concat!("SELECT ", contact_columns!(), ", i.uuid AS integration_uuid, i.name AS integration_name, i.web_url, k.stored_at,
            k.first_name, k.last_name, k.created_at, k.updated_at, k.fields
        FROM external_contact k JOIN integration i ON i.id = k.integration_id", contact_joins!(), "
        WHERE k.uuid = $3 AND k.absent = 0 AND ", record_viewer!("k"));
    GROUPS = "SELECT DISTINCT g.name FROM contact_group_member m JOIN contact_group g
        ON g.integration_id = m.integration_id AND g.external_id = m.group_external_id AND g.absent = 0
        WHERE m.integration_id = $1 AND m.contact_external_id = $2 AND m.absent = 0 ORDER BY g.name";
}
