//! One opportunity with everything a viewer may have of it.

use domain::body::Body;
use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::record::Fields;
use domain::viewer::Viewer;

use crate::error::Result;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};
use crate::tickets::{Labelled, ticket};

/// An opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct Opportunity {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Where everything below comes from.
    pub origin: Origin,
    /// One-line summary.
    pub title: String,
    /// Longer text, as received.
    pub description: Option<Body>,
    /// Stage.
    pub stage: Option<Labelled>,
    /// Status.
    pub status: Option<Labelled>,
    /// Category.
    pub category: Option<Labelled>,
    /// Amount in hundredths of the currency unit.
    pub amount_cents: Option<i64>,
    /// Probability of winning, 0 to 100.
    pub probability: Option<i64>,
    /// Projected close, a date at midnight UTC.
    pub projected_close_at: Option<UtcMillis>,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
    /// Name of the contact.
    pub contact: Option<String>,
    /// Name of the technician who owns it.
    pub owner: Option<String>,
    /// When it was created.
    pub created_at: Option<UtcMillis>,
    /// When it was won, lost or closed.
    pub closed_at: Option<UtcMillis>,
    /// When anything last happened on it.
    pub updated_at: UtcMillis,
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
        title: String,
        description: Option<String>,
        description_format: Option<String>,
        stage_id: Option<String>,
        stage_label: Option<String>,
        status_id: Option<String>,
        status_label: Option<String>,
        category_id: Option<String>,
        category_label: Option<String>,
        amount_cents: Option<i64>,
        probability: Option<i64>,
        projected_close_at: Option<i64>,
        company: Option<String>,
        company_uuid: Option<PublicId> = Option<String> => crate::decode::optional_public_id,
        contact_name: Option<String>,
        owner_name: Option<String>,
        created_at: Option<i64>,
        closed_at: Option<i64>,
        updated_at: i64,
        fields: Fields = String => crate::decode::json,
        stored_at: i64,
    }
}

/// One opportunity, if it is there and the viewer may see it.
///
/// # Errors
/// As any statement.
pub async fn find_for_viewer(
    store: &Store,
    viewer: &Viewer,
    opportunity: &PublicId,
) -> Result<Option<Opportunity>> {
    let (all, identity) = viewer.bind();
    let found: Option<Raw> = read_one!(store, FIND, all, identity, opportunity.as_str())?;
    let name = |name: Option<String>| name.filter(|name| !name.is_empty());
    Ok(found.map(|row| Opportunity {
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
        title: row.title,
        description: ticket::body(row.description, row.description_format.as_deref()),
        stage: Labelled::new(row.stage_id, row.stage_label),
        status: Labelled::new(row.status_id, row.status_label),
        category: Labelled::new(row.category_id, row.category_label),
        amount_cents: row.amount_cents,
        probability: row.probability,
        projected_close_at: row.projected_close_at.map(UtcMillis),
        company: row.company,
        company_uuid: row.company_uuid,
        contact: name(row.contact_name),
        owner: name(row.owner_name),
        created_at: row.created_at.map(UtcMillis),
        closed_at: row.closed_at.map(UtcMillis),
        updated_at: UtcMillis(row.updated_at),
    }))
}

statements! {
    FIND = concat!("SELECT o.id, o.uuid, o.integration_id, i.uuid AS integration_uuid, i.name AS integration_name, i.provider, i.web_url, o.external_id,
            o.title, o.description, o.description_format, o.stage_id, sg.label AS stage_label, o.status_id, st.label AS status_label,
            o.category_id, ca.label AS category_label, o.amount_cents, o.probability, o.projected_close_at, COALESCE(c.name, x.name) AS company,
            c.uuid AS company_uuid, TRIM(k.first_name || ' ' || k.last_name) AS contact_name, TRIM(w.first_name || ' ' || w.last_name) AS owner_name,
            o.created_at, o.closed_at, o.updated_at, o.fields, o.stored_at
        FROM opportunity o
        JOIN integration i ON i.id = o.integration_id
        LEFT JOIN reference_item sg ON sg.integration_id = o.integration_id AND sg.kind = 'opportunity_stage' AND sg.external_id = o.stage_id
        LEFT JOIN reference_item st ON st.integration_id = o.integration_id AND st.kind = 'opportunity_status' AND st.external_id = o.status_id
        LEFT JOIN reference_item ca ON ca.integration_id = o.integration_id AND ca.kind = 'opportunity_category' AND ca.external_id = o.category_id
        LEFT JOIN external_company x ON x.integration_id = o.integration_id AND x.external_id = o.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN external_contact k ON k.integration_id = o.integration_id AND k.external_id = o.contact_external_id
        LEFT JOIN technician w ON w.integration_id = o.integration_id AND w.external_id = o.owner_external_id
        WHERE o.uuid = $3 AND o.absent = 0 AND ", record_viewer!("o"));
}
