//! `GET /companies.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::companies::{CompanyRow, list_for_viewer};
use store::integrations::list_integrations;

use super::query::CompanyQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::{Query, csv};

const HEAD: [&str; 6] = ["Name", "City", "Phone", "Known As", "Added", "Removed"];

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let integrations = list_integrations(app.store()).await?;
    let asked = Arc::new(CompanyQuery::read(&query, &integrations));
    let now = staff.now();
    csv::export("companies", now, &HEAD, move |page| {
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

fn cells(staff: &Staff, row: CompanyRow) -> Vec<String> {
    let links: Vec<String> = row
        .links
        .iter()
        .map(|link| {
            let known = domain::provider::find(&link.provider);
            let provider = known.map_or(link.provider.as_str(), |provider| provider.name);
            format!("{provider}: {} ({})", link.name, link.external_id)
        })
        .collect();
    vec![
        row.name,
        row.city,
        row.phone,
        links.join("; "),
        csv::instant(row.created_at, &staff.zone),
        row.removed_at
            .map(|at| csv::instant(at, &staff.zone))
            .unwrap_or_default(),
    ]
}
