//! `GET /settings/users.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use domain::permission::RoleKind;
use store::roles::list_roles;
use store::staff::{StaffQuery, StaffRow, list_staff_page};

use super::query::UserQuery;
use super::status_badge;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::Query;
use crate::web::view::csv::{self, Column};

const COLUMNS: &[Column<StaffRow>] = &[
    Column::Text("Name", |row| &row.name),
    Column::Text("E-mail", |row| &row.email),
    Column::Text("Job Title", |row| {
        row.job_title.as_deref().unwrap_or_default()
    }),
    Column::Text("Role", |row| &row.role_name),
    Column::Made("Status", |row| status_badge(row.status).label),
    Column::Text(
        "Two-factor",
        |row| if row.two_factor { "on" } else { "off" },
    ),
    Column::Instant("Last Login", |row| row.last_sign_in_at),
    Column::Made("Linked To", |row| {
        let sources = row.sources.iter().map(|source| source.integration.as_str());
        sources.collect::<Vec<_>>().join("; ")
    }),
];

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let roles = list_roles(app.store(), RoleKind::Staff).await?;
    let asked = Arc::new(UserQuery::read(&query, &roles));
    csv::export("users", &staff, COLUMNS, move |page| {
        let (app, asked) = (app.clone(), Arc::clone(&asked));
        async move {
            let query = StaffQuery {
                page,
                limit: csv::PAGE,
                ..asked.staff.clone()
            };
            list_staff_page(app.store(), &query).await
        }
    })
    .await
}
