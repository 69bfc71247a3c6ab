//! `GET /companies.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::companies::{CompanyRow, list_for_viewer};
use store::integrations::list_integrations;

use super::query::CompanyQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::Query;
use crate::web::view::csv::{self, Column};

const COLUMNS: &[Column<CompanyRow>] = &[
    Column::Text("Name", |row| &row.name),
    Column::Text("City", |row| &row.city),
    Column::Text("Phone", |row| &row.phone),
    Column::Made("Known As", known_as),
    Column::Instant("Added", |row| Some(row.created_at)),
    Column::Instant("Removed", |row| row.removed_at),
];

fn known_as(row: &CompanyRow) -> String {
    let links: Vec<String> = row
        .links
        .iter()
        .map(|link| {
            let known = domain::provider::find(&link.provider);
            let provider = known.map_or(link.provider.as_str(), |provider| provider.name);
            format!("{provider}: {} ({})", link.name, link.external_id)
        })
        .collect();
    links.join("; ")
}

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(CompanyQuery::read(&query, &integrations));
    let shown = staff.clone();
    csv::export("companies", &shown, COLUMNS, move |page| {
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
