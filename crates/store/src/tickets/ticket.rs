//! One ticket with everything a viewer may have of it.

use domain::body::{Body, BodyFormat};
use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::record::Fields;
use domain::reference::ReferenceKind;
use domain::viewer::Viewer;

use super::Labelled;
use crate::error::Result;
use crate::open::Store;
use crate::reference_items;
use crate::shown_fields::{self, Origin, ShownField};

/// A ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Where everything below comes from.
    pub origin: Origin,
    /// The number people quote.
    pub number: String,
    /// One-line summary.
    pub title: String,
    /// What was asked, as received; for vendors that keep that as a comment, the comment.
    pub description: Option<Body>,
    /// Status.
    pub status: Option<Labelled>,
    /// Queue, board or team.
    pub queue: Option<Labelled>,
    /// Priority.
    pub priority: Option<Labelled>,
    /// Category.
    pub category: Option<Labelled>,
    /// Type.
    pub kind: Option<Labelled>,
    /// Where it came in.
    pub source: Option<Labelled>,
    /// Whether it counts as closed.
    pub closed: bool,
    /// The vendor's id of the company, also when that company is not here.
    pub company_external_id: Option<String>,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
    /// The vendor's id of the contact.
    pub contact_external_id: Option<String>,
    /// Name of the contact.
    pub contact: Option<String>,
    /// Address of the contact.
    pub contact_uuid: Option<PublicId>,
    /// The vendor's id of the technician.
    pub technician_external_id: Option<String>,
    /// Name of the assigned technician.
    pub technician: Option<String>,
    /// When it is due.
    pub due_at: Option<UtcMillis>,
    /// When it was created.
    pub created_at: UtcMillis,
    /// When it was completed.
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
        number: String,
        title: String,
        description: Option<String>,
        description_format: Option<String>,
        status_id: Option<String>,
        status_label: Option<String>,
        queue_id: Option<String>,
        queue_label: Option<String>,
        priority_id: Option<String>,
        priority_label: Option<String>,
        category_id: Option<String>,
        category_label: Option<String>,
        type_id: Option<String>,
        type_label: Option<String>,
        source_id: Option<String>,
        source_label: Option<String>,
        closed: bool = i64 => crate::decode::flag,
        company_external_id: Option<String>,
        company_name: Option<String>,
        company_uuid: Option<String>,
        contact_external_id: Option<String>,
        contact_name: Option<String>,
        contact_uuid: Option<String>,
        technician_external_id: Option<String>,
        technician_name: Option<String>,
        due_at: Option<i64>,
        created_at: i64,
        closed_at: Option<i64>,
        updated_at: i64,
        fields: Fields = String => crate::decode::json,
        stored_at: i64,
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
    let found: Option<Raw> = read_one!(store, FIND, all, identity, ticket.as_str())?;
    let Some(row) = found else { return Ok(None) };
    let mut fields = shown_fields::strip(row.fields, domain::provider::find(&row.provider), viewer);
    let integration = IntegrationId(row.integration_id);
    for field in &mut fields {
        let kind = match field.key.as_str() {
            "issue_type" => ReferenceKind::IssueType,
            "sub_issue_type" | "sub_type" => ReferenceKind::SubIssueType,
            "item" => ReferenceKind::TicketItem,
            "team" => ReferenceKind::Team,
            "project_type" => ReferenceKind::ProjectType,
            _ => continue,
        };
        let id = field
            .value
            .as_str()
            .map_or_else(|| field.value.to_string(), str::to_owned);
        field.label = reference_items::find_label(store, integration, kind, &id).await?;
    }
    let name = |name: Option<String>| name.filter(|name| !name.is_empty());
    let address = |uuid: Option<String>| uuid.and_then(|uuid| uuid.parse().ok());
    Ok(Some(Ticket {
        id: row.id,
        uuid: row.uuid,
        origin: Origin {
            integration,
            integration_uuid: row.integration_uuid,
            integration_name: row.integration_name,
            provider: row.provider,
            web_url: row.web_url,
            external_id: row.external_id,
            stored_at: UtcMillis(row.stored_at),
        },
        number: row.number,
        title: row.title,
        description: body(row.description, row.description_format.as_deref()),
        status: Labelled::new(row.status_id, row.status_label),
        queue: Labelled::new(row.queue_id, row.queue_label),
        priority: Labelled::new(row.priority_id, row.priority_label),
        category: Labelled::new(row.category_id, row.category_label),
        kind: Labelled::new(row.type_id, row.type_label),
        source: Labelled::new(row.source_id, row.source_label),
        closed: row.closed,
        company_external_id: row.company_external_id,
        company: name(row.company_name),
        company_uuid: address(row.company_uuid),
        contact_external_id: row.contact_external_id,
        contact: name(row.contact_name),
        contact_uuid: address(row.contact_uuid),
        technician_external_id: row.technician_external_id,
        technician: name(row.technician_name),
        due_at: row.due_at.map(UtcMillis),
        created_at: UtcMillis(row.created_at),
        closed_at: row.closed_at.map(UtcMillis),
        updated_at: UtcMillis(row.updated_at),
        fields,
    }))
}

statements! {
    FIND = concat!("SELECT t.id, t.uuid, t.integration_id, i.uuid AS integration_uuid, i.name AS integration_name, i.provider, i.web_url, t.external_id,
            t.number, t.title, COALESCE(t.description, d.body) AS description,
            COALESCE(t.description_format, d.body_format) AS description_format, t.status_id, st.label AS status_label, t.queue_id, qu.label AS queue_label,
            t.priority_id, pr.label AS priority_label, t.category_id, ca.label AS category_label, t.type_id, ty.label AS type_label,
            t.source_id, so.label AS source_label, t.closed, t.company_external_id, COALESCE(c.name, x.name) AS company_name,
            c.uuid AS company_uuid, t.contact_external_id, TRIM(k.first_name || ' ' || k.last_name) AS contact_name, k.uuid AS contact_uuid,
            t.technician_external_id, TRIM(w.first_name || ' ' || w.last_name) AS technician_name, t.due_at, t.created_at, t.closed_at,
            t.updated_at, t.fields, t.stored_at
        FROM ticket t
        JOIN integration i ON i.id = t.integration_id
        LEFT JOIN reference_item st ON st.integration_id = t.integration_id AND st.kind = 'ticket_status' AND st.external_id = t.status_id
        LEFT JOIN reference_item qu ON qu.integration_id = t.integration_id AND qu.kind = 'queue' AND qu.external_id = t.queue_id
        LEFT JOIN reference_item pr ON pr.integration_id = t.integration_id AND pr.kind = 'ticket_priority' AND pr.external_id = t.priority_id
        LEFT JOIN reference_item ca ON ca.integration_id = t.integration_id AND ca.kind = 'ticket_category' AND ca.external_id = t.category_id
        LEFT JOIN reference_item ty ON ty.integration_id = t.integration_id AND ty.kind = 'ticket_type' AND ty.external_id = t.type_id
        LEFT JOIN reference_item so ON so.integration_id = t.integration_id AND so.kind = 'ticket_source' AND so.external_id = t.source_id
        LEFT JOIN external_company x ON x.integration_id = t.integration_id AND x.external_id = t.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN external_contact k ON k.integration_id = t.integration_id AND k.external_id = t.contact_external_id
        LEFT JOIN technician w ON w.integration_id = t.integration_id AND w.external_id = t.technician_external_id
        LEFT JOIN ticket_note d ON d.id = (SELECT min(n.id) FROM ticket_note n WHERE n.integration_id = t.integration_id
            AND n.ticket_external_id = t.external_id AND n.describes = 1 AND n.visibility = 'public' AND n.absent = 0)
        WHERE t.uuid = $3 AND t.absent = 0 AND ", record_viewer!("t"));
}
