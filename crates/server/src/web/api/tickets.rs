//! `/api/v1/tickets`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use domain::record::Visibility;
use domain::reference::ReferenceKind;
use serde::Serialize;
use store::listing::Direction;
use store::tickets::{self, NoteRow, TicketFilter, TicketRow, TicketSort};
use utoipa::ToSchema;

use super::label::{Label, Text, instant};
use super::list::{DIRECTIONS, ListCount, Page, Parameters, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    /// Id of the ticket.
    id: String,
    /// Key of the provider it comes from, such as `autotask`.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// The number people quote.
    number: String,
    /// One-line summary.
    title: String,
    /// Status.
    status: Option<Label>,
    /// Queue, board or team.
    queue: Option<Label>,
    /// Priority.
    priority: Option<Label>,
    /// Whether it counts as closed.
    closed: bool,
    /// Id of the company; null while the vendor's company belongs to none here.
    company_id: Option<String>,
    /// Name of the company.
    company: Option<String>,
    /// Name of the contact.
    contact: Option<String>,
    /// Name of the assigned technician.
    technician: Option<String>,
    /// When it is due.
    due_at: Option<String>,
    /// When it was created.
    created_at: String,
    /// When it was completed.
    closed_at: Option<String>,
    /// When anything last happened on it.
    updated_at: String,
}

fn to_ticket(row: TicketRow) -> Ticket {
    Ticket {
        id: row.uuid.to_string(),
        provider: row.provider,
        external_id: row.external_id,
        number: row.number,
        title: row.title,
        status: row.status.map(Label::from),
        queue: row.queue.map(Label::from),
        priority: row.priority.map(Label::from),
        closed: row.closed,
        company_id: row.company_uuid.map(|uuid| uuid.to_string()),
        company: row.company,
        contact: row.contact,
        technician: row.technician,
        due_at: instant(row.due_at),
        created_at: row.created_at.to_rfc3339(),
        closed_at: instant(row.closed_at),
        updated_at: row.updated_at.to_rfc3339(),
    }
}

const SORTS: [(&str, TicketSort); 2] = [
    ("updated_at", TicketSort::Updated),
    ("created_at", TicketSort::Created),
];

/// Tickets, last updated first.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/tickets",
    operation_id = "list_tickets",
    summary = "Tickets, last updated first",
    tag = "tickets",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("company" = Option<String>, Query, description = "Only of this company, by its id"),
        ("status" = Option<String>, Query, description = "Only in this status, by the vendor's id"),
        ("queue" = Option<String>, Query, description = "Only in this queue, by the vendor's id"),
        ("priority" = Option<String>, Query, description = "Only of this priority, by the vendor's id"),
        ("technician" = Option<String>, Query, description = "Only of this technician, by the vendor's id"),
        ("closed" = Option<bool>, Query, description = "Only closed (true) or open (false) ones"),
        ("search" = Option<String>, Query, description = "Only those whose number or title has these words"),
        ("sort" = Option<String>, Query, description = "updated_at (when not given) or created_at"),
        ("direction" = Option<String>, Query, description = "desc (when not given) or asc"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of tickets", body = Page<Ticket>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Ticket>>, Failure> {
    let parameters = parameters.only(&[
        "integration",
        "company",
        "status",
        "queue",
        "priority",
        "technician",
        "closed",
        "search",
        "sort",
        "direction",
        "cursor",
        "limit",
    ])?;
    let (store, viewer) = (app.store(), &caller.viewer);
    let only = parameters.integration(store).await?;
    let of = async |name, kind| parameters.reference(store, name, kind, only).await;
    let filter = TicketFilter {
        integration: only,
        company: parameters.company(store, viewer).await?,
        status: of("status", ReferenceKind::TicketStatus).await?,
        queue: of("queue", ReferenceKind::Queue).await?,
        priority: of("priority", ReferenceKind::TicketPriority).await?,
        technician: parameters.technician(store, viewer, only).await?,
        closed: parameters.flag("closed")?,
        search: parameters.text("search"),
    };
    let sort = parameters.choice("sort", &SORTS)?.unwrap_or_default();
    let direction = parameters
        .choice("direction", &DIRECTIONS)?
        .unwrap_or(Direction::Descending);
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let listing = tickets::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        sort,
        direction,
        cursor.as_ref(),
        limit,
    )
    .await?;
    Ok(Json(Page::of(listing, to_ticket)))
}

/// A ticket with everything known about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketDetail {
    /// The ticket as in lists.
    #[serde(flatten)]
    ticket: Ticket,
    /// Id of the integration it comes from.
    integration_id: String,
    /// What was asked.
    description: Option<Text>,
    /// Category.
    category: Option<Label>,
    /// Type.
    r#type: Option<Label>,
    /// Where it came in.
    source: Option<Label>,
    /// Further vendor fields by key.
    fields: BTreeMap<String, serde_json::Value>,
    /// The newest comments, oldest first; null when they were not asked for.
    notes: Option<Vec<Note>>,
    /// Whether there are older comments than these; `/api/v1/tickets/{id}/notes` has them all.
    more_notes: bool,
}

/// A comment on a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct Note {
    /// The vendor's id.
    external_id: String,
    /// Title, often empty.
    title: String,
    /// The text.
    body: Text,
    /// Whether only staff may read it.
    internal: bool,
    /// Whether the vendor's own automation wrote it.
    system: bool,
    /// Who wrote it.
    author: Option<String>,
    /// When it was written.
    created_at: Option<String>,
    /// When it last changed.
    updated_at: Option<String>,
}

fn to_note(row: NoteRow) -> Note {
    Note {
        external_id: row.external_id,
        title: row.title,
        body: row.body.into(),
        internal: row.visibility == Visibility::Internal,
        system: row.system,
        author: row.author,
        created_at: instant(row.created_at),
        updated_at: instant(row.updated_at),
    }
}

fn to_detail(row: tickets::Ticket) -> TicketDetail {
    TicketDetail {
        ticket: Ticket {
            id: row.uuid.to_string(),
            provider: row.origin.provider,
            external_id: row.origin.external_id,
            number: row.number,
            title: row.title,
            status: row.status.map(Label::from),
            queue: row.queue.map(Label::from),
            priority: row.priority.map(Label::from),
            closed: row.closed,
            company_id: row.company_uuid.map(|uuid| uuid.to_string()),
            company: row.company,
            contact: row.contact,
            technician: row.technician,
            due_at: instant(row.due_at),
            created_at: row.created_at.to_rfc3339(),
            closed_at: instant(row.closed_at),
            updated_at: row.updated_at.to_rfc3339(),
        },
        integration_id: row.origin.integration_uuid.to_string(),
        description: row.description.map(Text::from),
        category: row.category.map(Label::from),
        r#type: row.kind.map(Label::from),
        source: row.source.map(Label::from),
        fields: row
            .fields
            .into_iter()
            .map(|field| (field.key, field.value))
            .collect(),
        notes: None,
        more_notes: false,
    }
}

/// One ticket with its newest comments.
///
/// # Errors
/// 404 without such a ticket, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/tickets/{id}",
    operation_id = "get_ticket",
    summary = "One ticket with its newest comments",
    tag = "tickets",
    params(
        ("id" = String, Path, description = "Id of the ticket"),
        ("notes" = Option<bool>, Query, description = "Whether to answer its comments; true when not given"),
        ("limit" = Option<u32>, Query, description = "Comments, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "The ticket", body = TicketDetail)),
)]
pub async fn show(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<TicketDetail>, Failure> {
    let parameters = parameters.only(&["notes", "limit"])?;
    let id = path_id(&id, "Ticket")?;
    let found = tickets::find_for_viewer(app.store(), &caller.viewer, &id).await?;
    let mut detail = to_detail(found.ok_or_else(|| Failure::not_found("Ticket"))?);
    let limit = parameters.limit()?;
    if parameters.flag("notes")?.unwrap_or(true) {
        let notes = tickets::notes_for_viewer(app.store(), &caller.viewer, &id, limit).await?;
        detail.notes = Some(notes.rows.into_iter().map(to_note).collect());
        detail.more_notes = notes.more;
    }
    Ok(Json(detail))
}

/// The comments of a ticket, newest first.
///
/// # Errors
/// 404 without such a ticket, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/tickets/{id}/notes",
    operation_id = "list_ticket_notes",
    summary = "The comments of a ticket, newest first",
    tag = "tickets",
    params(
        ("id" = String, Path, description = "Id of the ticket"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of comments", body = Page<Note>)),
)]
pub async fn list_notes(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Page<Note>>, Failure> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let (store, viewer) = (app.store(), &caller.viewer);
    let id = path_id(&id, "Ticket")?;
    let ticket = tickets::find_for_viewer(store, viewer, &id).await?;
    ticket.ok_or_else(|| Failure::not_found("Ticket"))?;
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let found = tickets::list_notes_for_viewer(store, viewer, &id, cursor.as_ref(), limit).await?;
    let count = ListCount {
        value: found.rows.len() as u64,
        exact: cursor.is_none() && found.next.is_none(),
        cut: false,
    };
    Ok(Json(Page {
        data: found.rows.into_iter().map(to_note).collect(),
        next_cursor: found.next.map(|key| key.to_string()),
        count,
    }))
}
