//! `/api/v1/tickets`.

use axum::Json;
use axum::extract::{Path, State};
use domain::provider::is_due_date;
use domain::record::Visibility;
use domain::reference::ReferenceKind;
use domain::stage::{Stage, stage_of};
use serde::Serialize;
use store::Store;
use store::integrations::find_integration;
use store::listing::Direction;
use store::tickets::{self, NoteRow, TicketFilter, TicketRow, TicketSort};
use sync::request::{NotesState, notes_state};
use utoipa::ToSchema;

use super::label::{Label, Record, Text, address, date, instant};
use super::list::{Page, Parameters, found, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;
use crate::web::tickets::query::UNASSIGNED;
use crate::web::view::fields::{name_people, record_address};

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
    /// When it is due; a date alone where the vendor tells no time.
    due_at: Option<String>,
    /// When it was created.
    created_at: String,
    /// When it was completed.
    closed_at: Option<String>,
    /// When anything last happened on it.
    updated_at: String,
}

fn to_ticket(row: TicketRow) -> Ticket {
    let due_at = row.due_at.map(|at| match is_due_date(&row.provider, at) {
        true => date(at),
        false => at.to_rfc3339(),
    });
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
        due_at,
        created_at: row.created_at.to_rfc3339(),
        closed_at: instant(row.closed_at),
        updated_at: row.updated_at.to_rfc3339(),
    }
}

/// Values of the parameter `sort`.
pub(super) const SORTS: [(&str, TicketSort); 2] = [
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
        ("technician" = Option<String>, Query, description = "Only of this technician (vendor's id), or unassigned"),
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
    let unassigned = parameters.text("technician").as_deref() == Some(UNASSIGNED);
    let filter = TicketFilter {
        integration: only,
        company: parameters.company(store, viewer).await?,
        status: of("status", ReferenceKind::TicketStatus).await?,
        queue: of("queue", ReferenceKind::Queue).await?,
        priority: of("priority", ReferenceKind::TicketPriority).await?,
        technician: if unassigned {
            None
        } else {
            parameters.technician(store, viewer, only).await?
        },
        unassigned,
        closed: parameters.flag("closed")?,
        search: parameters.text("search"),
    };
    let sort = parameters.choice("sort", &SORTS)?.unwrap_or_default();
    let paging = parameters.paging(Direction::Descending)?;
    let listing = tickets::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        sort,
        paging.direction,
        paging.cursor.as_ref(),
        paging.limit,
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
    /// What every record has.
    #[serde(flatten)]
    record: Record,
    /// Its page in the vendor's product, where there is one.
    web_url: Option<String>,
    /// What was asked.
    description: Option<Text>,
    /// Category.
    category: Option<Label>,
    /// Type.
    r#type: Option<Label>,
    /// Where it came in.
    source: Option<Label>,
    /// The stage its status stands for, such as `Waiting`; null for a status that stands for none.
    stage: Option<&'static str>,
    /// The vendor's id of the company, also while that company is not here.
    company_external_id: Option<String>,
    /// Id of the contact; null while the contact is not here.
    contact_id: Option<String>,
    /// The vendor's id of the assigned technician, as in the filter.
    technician_id: Option<String>,
    /// The newest comments, oldest first; null when they were not asked for.
    notes: Option<Vec<Note>>,
    /// Whether there are older comments than these; `/api/v1/tickets/{id}/notes` has them all.
    more_notes: bool,
    /// Whether the comments that are here are all the vendor has; false while they are still to be read.
    notes_complete: bool,
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
    /// Whether a technician did.
    by_technician: bool,
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
        by_technician: row.by_technician,
        created_at: instant(row.created_at),
        updated_at: instant(row.updated_at),
    }
}

fn to_detail(app: &App, found: tickets::Ticket) -> TicketDetail {
    TicketDetail {
        web_url: address(record_address(app, &found.origin, |links| links.ticket)),
        ticket: to_ticket(found.row),
        record: Record::of(&found.origin, found.fields),
        description: found.description.map(Text::from),
        category: found.category.map(Label::from),
        r#type: found.kind.map(Label::from),
        source: found.source.map(Label::from),
        stage: None,
        company_external_id: found.company_external_id,
        contact_id: found.contact_uuid.map(|uuid| uuid.to_string()),
        technician_id: found.technician_external_id,
        notes: None,
        more_notes: false,
        notes_complete: false,
    }
}

/// The stage that the status of a ticket stands for.
async fn stage(store: &Store, ticket: &tickets::Ticket) -> Result<Option<&'static str>, Failure> {
    let integration = find_integration(store, ticket.origin.integration).await?;
    let status = ticket.row.status.as_ref().map(|status| status.id.as_str());
    let stage = integration.and_then(|one| stage_of(&one.settings.stages, status));
    Ok(stage.map(Stage::label))
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
    let (store, viewer) = (app.store(), &caller.viewer);
    let ticket = tickets::find_for_viewer(store, viewer, &id).await?;
    let mut ticket = found(ticket, "Ticket")?;
    name_people(store, viewer, &ticket.origin, &mut ticket.fields).await?;
    let (from, number) = (ticket.origin.integration, &ticket.origin.external_id);
    let complete = notes_state(app.engine(), from, number).await? == NotesState::Complete;
    let stage = stage(store, &ticket).await?;
    let mut detail = TicketDetail {
        stage,
        notes_complete: complete,
        ..to_detail(&app, ticket)
    };
    let limit = parameters.limit()?;
    if parameters.flag("notes")?.unwrap_or(true) {
        let notes = tickets::notes_for_viewer(store, viewer, &id, limit).await?;
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
    found(ticket, "Ticket")?;
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let notes = tickets::list_notes_for_viewer(store, viewer, &id, cursor.as_ref(), limit).await?;
    Ok(Json(Page::part(
        notes.rows.into_iter().map(to_note).collect(),
        notes.next.map(|key| key.to_string()),
        cursor.is_none(),
    )))
}
