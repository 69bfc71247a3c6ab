//! `GET /tickets.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use domain::provider::{Words, is_due_date};
use store::integrations::list_integrations;
use store::tickets::{Labelled, TicketRow, list_for_viewer};

use super::list::queue_word;
use super::query::TicketQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::Query;
use crate::web::view::csv::{self, Column};

/// The columns, of which one is called what the tickets are in.
const fn columns(queue: &'static str) -> [Column<TicketRow>; 13] {
    [
        Column::Text("Number", |row| &row.number),
        Column::Text("Title", |row| &row.title),
        Column::Text("Company", |row| row.company.as_deref().unwrap_or_default()),
        Column::Text("Contact", |row| row.contact.as_deref().unwrap_or_default()),
        Column::Text("Status", |row| text(row.status.as_ref())),
        Column::Text("Priority", |row| text(row.priority.as_ref())),
        Column::Text(queue, |row| text(row.queue.as_ref())),
        Column::Text("Assigned To", |row| {
            row.technician.as_deref().unwrap_or_default()
        }),
        Column::Text("Closed", |row| if row.closed { "yes" } else { "no" }),
        Column::InstantOrDate("Due", |row| {
            let due = row.due_at?;
            Some((due, is_due_date(&row.provider, due)))
        }),
        Column::Instant("Created", |row| Some(row.created_at)),
        Column::Instant("Closed Date", |row| row.closed_at),
        Column::Instant("Last Activity", |row| Some(row.updated_at)),
    ]
}

fn text(value: Option<&Labelled>) -> &str {
    value.map_or("", Labelled::text)
}

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(TicketQuery::read(&query, &integrations));
    // A file has the same columns whatever the PSA.
    let queue = match queue_word(&asked, &integrations) {
        "" => Words::PLAIN.queue,
        word => word,
    };
    let shown = staff.clone();
    csv::export("tickets", &shown, columns(queue), move |page| {
        let (app, staff, asked) = (app.clone(), staff.clone(), Arc::clone(&asked));
        async move {
            list_for_viewer(
                app.store(),
                staff.viewer(),
                &asked.filter,
                asked.sort,
                asked.direction,
                page.as_ref(),
                csv::PAGE,
            )
            .await
        }
    })
    .await
}
