//! `GET /tickets.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::integrations::list_integrations;
use store::tickets::{Labelled, TicketRow, list_for_viewer};

use super::query::TicketQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::{Query, csv};

const HEAD: [&str; 13] = [
    "Number",
    "Title",
    "Company",
    "Contact",
    "Status",
    "Priority",
    "Queue",
    "Assigned To",
    "Closed",
    "Due",
    "Created",
    "Closed Date",
    "Last Activity",
];

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(TicketQuery::read(&query, &integrations));
    let now = staff.now();
    csv::export("tickets", now, &HEAD, move |page| {
        let (app, staff, asked) = (app.clone(), staff.clone(), Arc::clone(&asked));
        async move {
            let found = list_for_viewer(
                app.store(),
                staff.viewer(),
                &asked.filter,
                asked.sort,
                asked.direction,
                page.as_ref(),
                500,
            )
            .await?;
            Ok((
                found
                    .rows
                    .into_iter()
                    .map(|row| cells(&staff, row))
                    .collect(),
                found.next,
            ))
        }
    })
    .await
}

fn cells(staff: &Staff, row: TicketRow) -> Vec<String> {
    let text = |value: Option<Labelled>| {
        value
            .map(|value| value.text().to_owned())
            .unwrap_or_default()
    };
    let at = |at| csv::instant(at, &staff.zone);
    vec![
        row.number,
        row.title,
        row.company.unwrap_or_default(),
        row.contact.unwrap_or_default(),
        text(row.status),
        text(row.priority),
        text(row.queue),
        row.technician.unwrap_or_default(),
        if row.closed { "yes" } else { "no" }.to_owned(),
        row.due_at.map(at).unwrap_or_default(),
        at(row.created_at),
        row.closed_at.map(at).unwrap_or_default(),
        at(row.updated_at),
    ]
}
