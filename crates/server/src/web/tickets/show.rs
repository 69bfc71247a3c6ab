//! `GET /tickets/{ticket}`.

use axum::extract::{Path, State};
use domain::body::Body;
use domain::field::MERGED_INTO;
use domain::provider::{self, Words, is_due_date};
use domain::record::Visibility;
use domain::stage::stage_of;
use domain::viewer::Viewer;
use store::Store;
use store::integrations::find_integration;
use store::tickets::{
    Labelled, NoteRow, Ticket, TicketRow, find_for_viewer, find_named_for_viewer, notes_for_viewer,
};
use sync::request::{NotesState, request_notes};
use sync::sanitise;

use super::row::titled;
use super::show_page::{NoteView, ShowPage, steps};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::fields::{name_people, origin, record_address, sections, text, way_down};
use crate::web::view::time::plain_date;
use crate::web::view::{Badge, BodyView, Fact, Facts, Link, Query, Section, Shell};

/// Most notes of a page.
const NOTES: u32 = 500;

/// Which notes are shown, in the order of the links.
const FILTERS: [(&str, &str); 3] = [
    ("", "Conversation"),
    ("public", "Public only"),
    ("all", "With system notes"),
];

/// The ticket.
///
/// # Errors
/// `404` when there is none, or none the viewer may see.
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(ticket): Path<String>,
    query: Query,
) -> Answer {
    let uuid = ticket.parse().map_err(|_| Failure::not_found("Ticket"))?;
    let store = app.store();
    let mut ticket = find_for_viewer(store, staff.viewer(), &uuid)
        .await?
        .ok_or_else(|| Failure::not_found("Ticket"))?;
    name_people(store, staff.viewer(), &ticket.origin, &mut ticket.fields).await?;
    if let Some(category) = ticket.category.as_ref().map(Labelled::text) {
        // Where a field of the vendor holds its name as well, it is told once.
        ticket
            .fields
            .retain(|field| field.value.as_str() != Some(category));
    }
    let merged_into = merged_into(store, staff.viewer(), &mut ticket).await?;
    let notes = notes_for_viewer(store, staff.viewer(), &uuid, NOTES).await?;
    let integration = find_integration(store, ticket.origin.integration).await?;
    let loading = match &integration {
        Some(integration) if integration.has_credentials() => {
            request_notes(
                app.engine(),
                ticket.origin.integration,
                &ticket.origin.external_id,
            )
            .await?
                == NotesState::Loading
        }
        _ => false,
    };
    let stage = integration.and_then(|one| {
        stage_of(
            &one.settings.stages,
            ticket.row.status.as_ref().map(|status| status.id.as_str()),
        )
    });
    let shell = staff.shell(Section::Tickets);
    let asked = query.text("notes");
    let filter = FILTERS
        .iter()
        .position(|(word, _)| *word == asked)
        .unwrap_or(0);
    let shown = notes
        .rows
        .into_iter()
        .rev()
        .filter(|note| match FILTERS[filter].0 {
            "public" => note.visibility == Visibility::Public && !note.system,
            "all" => true,
            _ => !note.system,
        });
    let provider = provider::find(&ticket.origin.provider);
    let words = provider.map_or(Words::PLAIN, |provider| provider.words);
    let facts = facts(&shell, words, &ticket);
    page(&ShowPage {
        uuid: uuid.to_string(),
        number: ticket.row.number,
        title: titled(ticket.row.title),
        provider: provider.map_or("the vendor", |provider| provider.name),
        provider_key: provider.map_or("", |provider| provider.key),
        company: ticket.row.company.unwrap_or_default(),
        company_href: ticket
            .row
            .company_uuid
            .filter(|_| shell.rights.companies)
            .map(|id| format!("/companies/{id}"))
            .unwrap_or_default(),
        contact: ticket.row.contact.unwrap_or_default(),
        status: ticket.row.status.map(|status| Badge::plain(status.text())),
        closed: Badge::closed(ticket.row.closed),
        merged_into,
        priority: ticket
            .row
            .priority
            .map(|priority| priority.text().to_owned())
            .unwrap_or_default(),
        web_url: record_address(&app, &ticket.origin, |links| links.ticket),
        stages: steps(stage),
        created: shell.time(ticket.row.created_at),
        description: ticket
            .description
            .as_ref()
            .filter(|body| !body.text.trim().is_empty())
            .map(to_view),
        notes: shown
            .map(|note| to_note(&shell, staff.viewer(), words, note))
            .collect(),
        more_notes: notes.more,
        notes_loading: loading,
        note_filters: FILTERS
            .map(|(word, label)| Link::new(note_address(uuid.as_str(), word), label))
            .into(),
        note_filter: filter,
        facts,
        sections: sections(&ticket.fields),
        origin: origin(&app, &shell, &ticket.origin, Some(ticket.row.updated_at)),
        shell,
    })
}

/// The ticket that a ticket was merged into, told once. One that is not here, or not the viewer's to see, goes by the vendor's
/// id and has no address.
async fn merged_into(
    store: &Store,
    viewer: &Viewer,
    ticket: &mut Ticket,
) -> Result<Option<Link>, Failure> {
    let mut fields = ticket.fields.iter();
    let Some(place) = fields.position(|field| field.key == MERGED_INTO) else {
        return Ok(None);
    };
    let id = text(&ticket.fields.remove(place).value);
    let parent = find_named_for_viewer(store, viewer, ticket.origin.integration, &id).await?;
    Ok(Some(match parent {
        Some(parent) => Link::new(format!("/tickets/{}", parent.uuid), parent.number),
        None => Link::new("", id),
    }))
}

fn note_address(uuid: &str, word: &str) -> String {
    if word.is_empty() {
        format!("/tickets/{uuid}")
    } else {
        format!("/tickets/{uuid}?notes={word}")
    }
}

fn to_view(body: &Body) -> BodyView {
    BodyView::sanitised(sanitise::to_html(body.format, &body.text))
}

fn to_note(shell: &Shell, viewer: &Viewer, words: Words, note: NoteRow) -> NoteView {
    let nobody = if note.system {
        "Automation".to_owned()
    } else if note.by_technician {
        words.technician.to_owned()
    } else {
        "Unknown".to_owned()
    };
    NoteView {
        author: note.author.unwrap_or(nobody),
        at: shell.maybe_time(note.created_at),
        title: note.title,
        body: to_view(&note.body),
        internal: viewer.sees_internal() && note.visibility == Visibility::Internal,
        system: note.system,
    }
}

/// What is due on a day has no time that the viewer's zone could shift.
fn due(shell: &Shell, row: &TicketRow) -> Option<String> {
    row.due_at.map(|at| match is_due_date(&row.provider, at) {
        true => plain_date(at),
        false => shell.time(at).absolute,
    })
}

fn facts(shell: &Shell, words: Words, ticket: &Ticket) -> Vec<Fact> {
    let mut facts = Facts::default();
    let text = |value: &Option<Labelled>| value.as_ref().map(|value| value.text().to_owned());
    facts.add_some(words.queue, text(&ticket.row.queue));
    facts.add(
        words.technician,
        ticket
            .row
            .technician
            .clone()
            .unwrap_or_else(|| "nobody".to_owned()),
    );
    facts.add_some("Contact", ticket.row.contact.clone());
    let category = ticket.category.as_ref().map(Labelled::text);
    facts.add_some("Category", category.map(way_down));
    facts.add_some("Type", text(&ticket.kind));
    facts.add_some("Source", text(&ticket.source));
    facts.add_some("Due", due(shell, &ticket.row));
    facts.add("Created", shell.time(ticket.row.created_at).absolute);
    facts.add_some(
        "Closed",
        ticket.row.closed_at.map(|at| shell.time(at).absolute),
    );
    facts.add("Last activity", shell.time(ticket.row.updated_at).absolute);
    if ticket.row.company.is_none() {
        facts.add_some(
            format!("{} (not here yet)", words.company),
            ticket.company_external_id.clone(),
        );
    }
    facts.0
}
