//! One ticket with everything a viewer may have of it.

use domain::body::{Body, BodyFormat};
use domain::id::{IntegrationId, PublicId};
use domain::record::Fields;
use domain::viewer::Viewer;

use super::Labelled;
use super::row::{Raw, TicketRow};
use crate::decode::{Parts, json, optional_public_id, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::shown_fields::{self, Origin, ShownField};

/// A ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// The ticket as in lists.
    pub row: TicketRow,
    /// Where everything comes from.
    pub origin: Origin,
    /// What was asked, as received; for vendors that keep that as a comment, the comment.
    pub description: Option<Body>,
    /// Category.
    pub category: Option<Labelled>,
    /// Type.
    pub kind: Option<Labelled>,
    /// Where it came in.
    pub source: Option<Labelled>,
    /// The vendor's id of the company, also when that company is not here.
    pub company_external_id: Option<String>,
    /// The vendor's id of the contact.
    pub contact_external_id: Option<String>,
    /// Address of the contact.
    pub contact_uuid: Option<PublicId>,
    /// The vendor's id of the technician.
    pub technician_external_id: Option<String>,
    /// Further vendor fields this viewer may have.
    pub fields: Vec<ShownField>,
}

row! {
    struct Further {
        description: Option<String>,
        description_format: Option<String>,
        category_id: Option<String>,
        category_label: Option<String>,
        type_id: Option<String>,
        type_label: Option<String>,
        source_id: Option<String>,
        source_label: Option<String>,
        company_external_id: Option<String>,
        contact_external_id: Option<String>,
        contact_uuid: Option<PublicId> = Option<String> => optional_public_id,
        technician_external_id: Option<String>,
        fields: Fields = String => json,
    }
}

row! {
    /// A ticket that another one names.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct NamedTicket {
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// The number people quote.
        pub number: String,
    }
}

/// A text with its stored format.
pub(crate) fn body(text: Option<String>, format: Option<&str>) -> Option<Body> {
    let format = if format == Some(BodyFormat::Html.key()) {
        BodyFormat::Html
    } else {
        BodyFormat::Plain
    };
    text.map(|text| Body { format, text })
}

/// One ticket, if it is there and the viewer may see it.
///
/// # Errors
/// As any statement.
pub async fn find_for_viewer(
    store: &Store,
    viewer: &Viewer,
    ticket: &PublicId,
) -> Result<Option<Ticket>> {
    let (all, identity) = viewer.bind();
    let found: Option<Parts<Raw, Origin, Further>> =
        read_one!(store, FIND, all, identity, ticket.as_str())?;
    let Some(Parts(row, origin, further)) = found else {
        return Ok(None);
    };
    let from = (origin.integration, origin.provider.as_str());
    let fields = shown_fields::of(store, viewer, from, further.fields).await?;
    let format = further.description_format.as_deref();
    Ok(Some(Ticket {
        row: row.into(),
        origin,
        description: body(further.description, format),
        category: Labelled::new(further.category_id, further.category_label),
        kind: Labelled::new(further.type_id, further.type_label),
        source: Labelled::new(further.source_id, further.source_label),
        company_external_id: further.company_external_id,
        contact_external_id: further.contact_external_id,
        contact_uuid: further.contact_uuid,
        technician_external_id: further.technician_external_id,
        fields,
    }))
}

/// The ticket with this id of the vendor, if it is there and the viewer may see it.
///
/// # Errors
/// As any statement.
pub async fn find_named_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    external_id: &str,
) -> Result<Option<NamedTicket>> {
    let (all, identity) = viewer.bind();
    let found: Option<NamedTicket> =
        read_one!(store, FIND_NAMED, all, identity, integration.0, external_id)?;
    Ok(found)
}

statements! {
    FIND_NAMED = concat!("SELECT t.uuid, t.number FROM ticket t WHERE t.integration_id = $3 AND t.external_id = $4 AND t.absent = 0 AND ",
        record_viewer!("t"));
    FIND = concat!("SELECT ", ticket_columns!(), ", i.uuid AS integration_uuid, i.name AS integration_name, i.web_url, t.stored_at,
            COALESCE(t.description, d.body) AS description,
            COALESCE(t.description_format, d.body_format) AS description_format, t.category_id, ca.label AS category_label, t.type_id, ty.label AS type_label,
            t.source_id, so.label AS source_label, t.company_external_id, t.contact_external_id, k.uuid AS contact_uuid,
            t.technician_external_id, t.fields
        FROM ticket t JOIN integration i ON i.id = t.integration_id", ticket_joins!(), "
        LEFT JOIN reference_item ca ON ca.integration_id = t.integration_id AND ca.kind = 'ticket_category' AND ca.external_id = t.category_id
        LEFT JOIN reference_item ty ON ty.integration_id = t.integration_id AND ty.kind = 'ticket_type' AND ty.external_id = t.type_id
        LEFT JOIN reference_item so ON so.integration_id = t.integration_id AND so.kind = 'ticket_source' AND so.external_id = t.source_id
        LEFT JOIN ticket_note d ON d.id = (SELECT min(n.id) FROM ticket_note n WHERE n.integration_id = t.integration_id
            AND n.ticket_external_id = t.external_id AND n.describes = 1 AND n.visibility = 'public' AND n.absent = 0)
        WHERE t.uuid = $3 AND t.absent = 0 AND ", record_viewer!("t"));
}
