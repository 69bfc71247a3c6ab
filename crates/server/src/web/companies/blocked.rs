//! `GET /companies/blocked`: companies that were removed here, which syncs and imports skip.

use axum::extract::State;
use store::audit::actor_parts;
use store::integrations::list_integrations;
use sync::company_removal::{BlockedCompany, list_blocked};

use super::blocked_page::{BlockedPage, BlockedRow};
use super::list::{named, to_links};
use super::remove::BLOCKED;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::page;
use crate::web::view::list::{PAGE_ROWS, address, count_text};
use crate::web::view::{Pager, Query, Section};

/// The list.
///
/// # Errors
/// When the database does not answer.
pub async fn blocked(State(app): State<App>, staff: Staff, query: Query) -> Answer {
    let search = query.some("search");
    let found = list_blocked(
        app.store(),
        staff.viewer(),
        search.as_deref(),
        query.page().as_ref(),
        PAGE_ROWS,
    )
    .await?;
    let integrations = list_integrations(app.store()).await?;
    let shell = staff.shell(Section::Companies);
    let search = search.unwrap_or_default();
    let row = |company: BlockedCompany| {
        let by = company.removed_by.as_deref().map(actor_parts);
        BlockedRow {
            uuid: company.uuid.to_string(),
            name: named(company.name),
            removed: shell.maybe_time(company.removed_at),
            by: by.map(|(_, name)| name.to_owned()).unwrap_or_default(),
            links: to_links(company.links, &integrations),
        }
    };
    page(&BlockedPage {
        rows: found.rows.into_iter().map(row).collect(),
        pager: Pager::new(
            count_text(found.count, "blocked company", "blocked companies"),
            found.previous.as_ref(),
            found.next.as_ref(),
            |key| address(BLOCKED, &[("search", &search), ("page", key)]),
            String::new(),
        ),
        search,
        shell,
    })
}
