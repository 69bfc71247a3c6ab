//! How many companies are selected in a list that is not on the page.

use std::collections::BTreeSet;

use domain::id::IntegrationId;
use store::company_import::{count_unlinked, list_linked_among};
use sync::quick_match;

use super::state::Chosen;
use crate::app::App;
use crate::web::error::Failure;

/// As the list itself would count, without a row of it being read.
///
/// # Errors
/// When the database does not answer.
pub async fn count_selected(
    app: &App,
    integration: IntegrationId,
    chosen: &Chosen,
) -> Result<u64, Failure> {
    let (store, list) = (app.store(), &chosen.list);
    let mut picks: BTreeSet<i64> = list.picks.clone();
    let mut meant = 0;
    if list.everyone {
        let all = if list.is_quick() {
            let found = quick_match::companies(app.engine(), integration).await?;
            picks.retain(|id| found.target(*id).is_none());
            let of_search = found.of_search(list.searched());
            of_search.filter(|one| one.target().is_some()).count() as u64
        } else {
            picks.clear();
            count_unlinked(store, integration, list.searched()).await?
        };
        meant = all.saturating_sub(list.except.len() as u64);
    }
    let picks: Vec<i64> = picks.into_iter().collect();
    let linked = list_linked_among(store, &picks).await?;
    Ok(meant + (picks.len() - linked.len()) as u64)
}
