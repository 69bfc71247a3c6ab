//! One opportunity with everything a viewer may have of it.

use domain::body::Body;
use domain::clock::UtcMillis;
use domain::id::PublicId;
use domain::record::Fields;
use domain::viewer::Viewer;

use super::list::{OpportunityRow, Raw};
use crate::decode::{Parts, json, optional};
use crate::error::Result;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};
use crate::tickets::{Labelled, ticket};

/// An opportunity.
#[derive(Debug, Clone, PartialEq)]
pub struct Opportunity {
    /// The opportunity as in lists.
    pub row: OpportunityRow,
    /// Where everything comes from.
    pub origin: Origin,
    /// Longer text, as received.
    pub description: Option<Body>,
    /// Category.
    pub category: Option<Labelled>,
    /// Name of the contact.
    pub contact: Option<String>,
    /// When it was created.
    pub created_at: Option<UtcMillis>,
    /// When it was won, lost or closed.
    pub closed_at: Option<UtcMillis>,
    /// Further vendor fields this viewer may have.
    pub fields: Vec<ShownField>,
}

row! {
    struct Further {
        description: Option<String>,
        description_format: Option<String>,
        category_id: Option<String>,
        category_label: Option<String>,
        contact_name: Option<String>,
        created_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        closed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        fields: Fields = String => json,
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
    let found: Option<Parts<Raw, Origin, Further>> =
        read_one!(store, FIND, all, identity, opportunity.as_str())?;
    let Some(Parts(row, origin, further)) = found else {
        return Ok(None);
    };
    let from = (origin.integration, origin.provider.as_str());
    let fields = shown_fields::of(store, viewer, from, further.fields).await?;
    let format = further.description_format.as_deref();
    Ok(Some(Opportunity {
        row: row.into(),
        origin,
        description: ticket::body(further.description, format),
        category: Labelled::new(further.category_id, further.category_label),
        contact: further.contact_name.filter(|name| !name.is_empty()),
        created_at: further.created_at,
        closed_at: further.closed_at,
        fields,
    }))
}

statements! {
    FIND = concat!("SELECT ", opportunity_columns!(), ", i.uuid AS integration_uuid, i.name AS integration_name, i.web_url, o.stored_at,
            o.description, o.description_format, o.category_id, ca.label AS category_label,
            TRIM(k.first_name || ' ' || k.last_name) AS contact_name, o.created_at, o.closed_at, o.fields
        FROM opportunity o JOIN integration i ON i.id = o.integration_id", opportunity_joins!(), "
        LEFT JOIN reference_item ca ON ca.integration_id = o.integration_id AND ca.kind = 'opportunity_category' AND ca.external_id = o.category_id
        LEFT JOIN external_contact k ON k.integration_id = o.integration_id AND k.external_id = o.contact_external_id
        WHERE o.uuid = $3 AND o.absent = 0 AND ", record_viewer!("o"));
}
