//! One contact with everything a viewer may have of it.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::record::Fields;
use domain::viewer::Viewer;

use crate::error::Result;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};

/// A contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Where everything below comes from.
    pub origin: Origin,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address as typed there.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Whether the vendor has it switched on.
    pub active: bool,
    /// Whether it is the company's primary contact.
    pub primary: bool,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
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
    struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        integration_id: i64,
        integration_uuid: PublicId = String => crate::decode::public_id,
        integration_name: String,
        provider: String,
        web_url: Option<String>,
        external_id: String,
        first_name: String,
        last_name: String,
        email: Option<String>,
        phone: Option<String>,
        mobile: Option<String>,
        title: Option<String>,
        active: bool = i64 => crate::decode::flag,
        is_primary: bool = i64 => crate::decode::flag,
        company: Option<String>,
        company_uuid: Option<PublicId> = Option<String> => crate::decode::optional_public_id,
        created_at: Option<i64>,
        updated_at: Option<i64>,
        fields: Fields = String => crate::decode::json,
        stored_at: i64,
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
    let found: Option<Raw> = read_one!(store, FIND, all, identity, contact.as_str())?;
    let Some(row) = found else { return Ok(None) };
    let groups: Vec<(String,)> = if viewer.sees_internal() {
        read_all!(store, GROUPS, row.integration_id, &row.external_id)?
    } else {
        Vec::new()
    };
    Ok(Some(Contact {
        id: row.id,
        uuid: row.uuid,
        fields: shown_fields::strip(row.fields, domain::provider::find(&row.provider), viewer),
        origin: Origin {
            integration: IntegrationId(row.integration_id),
            integration_uuid: row.integration_uuid,
            integration_name: row.integration_name,
            provider: row.provider,
            web_url: row.web_url,
            external_id: row.external_id,
            stored_at: UtcMillis(row.stored_at),
        },
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        phone: row.phone,
        mobile: row.mobile,
        title: row.title,
        active: row.active,
        primary: row.is_primary,
        company: row.company,
        company_uuid: row.company_uuid,
        groups: groups.into_iter().map(|group| group.0).collect(),
        created_at: row.created_at.map(UtcMillis),
        updated_at: row.updated_at.map(UtcMillis),
    }))
}

statements! {
    FIND = concat!("SELECT k.id, k.uuid, k.integration_id, i.uuid AS integration_uuid, i.name AS integration_name, i.provider, i.web_url, k.external_id,
            k.first_name, k.last_name, k.email, k.phone, k.mobile, k.title, k.active, k.is_primary, COALESCE(c.name, x.name) AS company,
            c.uuid AS company_uuid, k.created_at, k.updated_at, k.fields, k.stored_at
        FROM external_contact k
        JOIN integration i ON i.id = k.integration_id
        LEFT JOIN external_company x ON x.integration_id = k.integration_id AND x.external_id = k.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        WHERE k.uuid = $3 AND k.absent = 0 AND ", record_viewer!("k"));
    GROUPS = "SELECT DISTINCT g.name FROM contact_group_member m JOIN contact_group g
        ON g.integration_id = m.integration_id AND g.external_id = m.group_external_id AND g.absent = 0
        WHERE m.integration_id = $1 AND m.contact_external_id = $2 AND m.absent = 0 ORDER BY g.name";
}
