//! `GET /contacts.csv`: the list with its filters, as a file.

use std::sync::Arc;

use axum::extract::State;
use store::contacts::{ContactRow, list_for_viewer};

use super::query::ContactQuery;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::view::{Query, csv};

const HEAD: [&str; 8] = [
    "Name", "Company", "E-mail", "Phone", "Mobile", "Title", "Primary", "Active",
];

/// The file.
///
/// # Errors
/// When the database does not answer.
pub async fn export(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let asked = Arc::new(ContactQuery::read(&query));
    let now = staff.now();
    csv::export("contacts", now, &HEAD, move |page| {
        let (app, staff, asked) = (app.clone(), staff.clone(), Arc::clone(&asked));
        async move {
            let found = list_for_viewer(
                app.store(),
                staff.viewer(),
                &asked.filter,
                asked.direction,
                page.as_ref(),
                500,
            )
            .await?;
            Ok((found.rows.into_iter().map(cells).collect(), found.next))
        }
    })
    .await
}

fn cells(row: ContactRow) -> Vec<String> {
    let yes = |on: bool| if on { "yes" } else { "no" }.to_owned();
    vec![
        row.name,
        row.company.unwrap_or_default(),
        row.email.unwrap_or_default(),
        row.phone.unwrap_or_default(),
        row.mobile.unwrap_or_default(),
        row.title.unwrap_or_default(),
        yes(row.primary),
        yes(row.active),
    ]
}
