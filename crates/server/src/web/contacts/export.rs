//! `GET /contacts.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::contacts::{ContactRow, list_for_viewer};
use store::integrations::list_integrations;

use super::query::ContactQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::Query;
use crate::web::view::csv::{self, Column};

const COLUMNS: &[Column<ContactRow>] = &[
    Column::Text("Name", |row| &row.name),
    Column::Text("Company", |row| row.company.as_deref().unwrap_or_default()),
    Column::Text("E-mail", |row| row.email.as_deref().unwrap_or_default()),
    Column::Text("Phone", |row| row.phone.as_deref().unwrap_or_default()),
    Column::Text("Mobile", |row| row.mobile.as_deref().unwrap_or_default()),
    Column::Text("Title", |row| row.title.as_deref().unwrap_or_default()),
    Column::Text("Primary", |row| yes(row.primary)),
    Column::Text("Active", |row| yes(row.active)),
];

const fn yes(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(ContactQuery::read(&query, &integrations));
    let shown = staff.clone();
    csv::export("contacts", &shown, COLUMNS, move |page| {
        let (app, staff, asked) = (app.clone(), staff.clone(), Arc::clone(&asked));
        async move {
            list_for_viewer(
                app.store(),
                staff.viewer(),
                &asked.filter,
                asked.direction,
                page.as_ref(),
                csv::PAGE,
            )
            .await
        }
    })
    .await
}
