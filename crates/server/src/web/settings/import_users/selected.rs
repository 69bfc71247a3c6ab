//! How many people are selected in a list that is not on the page.

use domain::id::IntegrationId;
use store::technicians::count_importable;
use sync::quick_match;

use super::state::PickerState;
use crate::app::App;
use crate::web::error::Failure;

/// As the list itself would count, without a row of it being read.
///
/// # Errors
/// When the database does not answer.
pub async fn count_selected(
    app: &App,
    integration: IntegrationId,
    state: &PickerState,
) -> Result<u64, Failure> {
    let (chosen, list) = (state.chosen(), &state.list);
    if !list.everyone {
        return Ok(chosen.len() as u64);
    }
    if list.is_quick() {
        let found = quick_match::people(app.engine(), integration).await?;
        let of_search = found.of_search(list.searched());
        let all = of_search.filter(|one| one.target().is_some()).count();
        let others = chosen.iter().filter(|id| found.target(**id).is_none());
        return Ok(all.saturating_sub(list.except.len()) as u64 + others.count() as u64);
    }
    let counts = count_importable(app.store(), integration, list.searched()).await?;
    let all = counts.unlinked.saturating_sub(counts.without_email);
    // Select all means everybody with an address; one for whom it was typed comes besides.
    let typed = chosen.iter().filter(|id| state.emails.contains_key(id));
    Ok(all.saturating_sub(list.except.len() as u64) + typed.count() as u64)
}
