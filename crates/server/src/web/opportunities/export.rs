//! `GET /opportunities.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::integrations::list_integrations;
use store::opportunities::{OpportunityRow, list_for_viewer};

use super::query::OpportunityQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::Query;
use crate::web::view::csv::{self, Column};
use crate::web::view::number::plain_amount;

const COLUMNS: &[Column<OpportunityRow>] = &[
    Column::Text("Title", |row| &row.title),
    Column::Text("Company", |row| row.company.as_deref().unwrap_or_default()),
    Column::Text("Stage", |row| {
        row.stage.as_ref().map_or("", |stage| stage.text())
    }),
    Column::Text("Status", |row| {
        row.status.as_ref().map_or("", |status| status.text())
    }),
    Column::Made("Amount", amount),
    Column::Made("Probability", |row| {
        row.probability
            .map(|percent| percent.to_string())
            .unwrap_or_default()
    }),
    Column::Made("Projected Close", |row| {
        row.projected_close_at.map(csv::date).unwrap_or_default()
    }),
    Column::Text("Owner", |row| row.owner.as_deref().unwrap_or_default()),
    Column::Instant("Last Activity", |row| Some(row.updated_at)),
];

fn amount(row: &OpportunityRow) -> String {
    row.amount_cents.map(plain_amount).unwrap_or_default()
}

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(OpportunityQuery::read(&query, &integrations));
    let shown = staff.clone();
    csv::export("opportunities", &shown, COLUMNS, move |page| {
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
