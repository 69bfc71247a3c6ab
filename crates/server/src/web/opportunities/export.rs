//! `GET /opportunities.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::integrations::list_integrations;
use store::opportunities::{OpportunityRow, list_for_viewer};

use super::query::OpportunityQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::{Query, csv};

const HEAD: [&str; 9] = [
    "Title",
    "Company",
    "Stage",
    "Status",
    "Amount",
    "Probability",
    "Projected Close",
    "Owner",
    "Last Activity",
];

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(OpportunityQuery::read(&query, &integrations));
    let now = staff.now();
    csv::export("opportunities", now, &HEAD, move |page| {
        let (app, staff, asked) = (app.clone(), staff.clone(), Arc::clone(&asked));
        async move {
            let (sort, direction) = (asked.sort, asked.direction);
            let found = list_for_viewer(
                app.store(),
                staff.viewer(),
                &asked.filter,
                sort,
                direction,
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

fn cells(staff: &Staff, row: OpportunityRow) -> Vec<String> {
    vec![
        row.title,
        row.company.unwrap_or_default(),
        row.stage
            .map(|stage| stage.text().to_owned())
            .unwrap_or_default(),
        row.status
            .map(|status| status.text().to_owned())
            .unwrap_or_default(),
        row.amount_cents
            .map(|cents| format!("{}.{:02}", cents / 100, cents.unsigned_abs() % 100))
            .unwrap_or_default(),
        row.probability
            .map(|percent| percent.to_string())
            .unwrap_or_default(),
        row.projected_close_at.map(csv::date).unwrap_or_default(),
        row.owner.unwrap_or_default(),
        csv::instant(row.updated_at, &staff.zone),
    ]
}
