//! The records of an integration that could not be read and still wait (rule P6), whatever met them: runs that are long
//! over, those whose rows were swept, looks at one ticket.

use domain::provider::Provider;
use store::set_aside::list_open;
use sync::status::Overview;

use super::detail_page::SetAsideList;
use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::sync_log::to_view::{to_set_aside, tries_again};
use crate::web::view::Shell;
use crate::web::view::number::grouped;

/// Most records that the page shows.
const SHOWN: i64 = 100;

/// Those that are open, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn set_aside(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    overview: &Overview,
) -> Result<SetAsideList, Failure> {
    let integration = &overview.integration;
    let rows = list_open(app.store(), integration.id, None, SHOWN).await?;
    Ok(SetAsideList {
        count: grouped(overview.set_aside),
        more: overview.set_aside > SHOWN,
        tried: tries_again(integration),
        rows: rows
            .into_iter()
            .map(|record| to_set_aside(shell, (provider, integration), record, ""))
            .collect(),
    })
}
