//! `POST /settings/integrations/{provider}/reference-data`: *Sync PSA Data*.

use axum::extract::{Path, State};
use sync::connect::ActionOutcome;
use sync::reference_data::refresh_reference_data;

use super::find::{address, find};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::form::Fields;
use crate::web::page::see_other;

/// Asks for queues, statuses, priorities, types and categories to be read again.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn reference_data(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let outcome = refresh_reference_data(app.engine(), &staff.actor(), integration.id).await?;
    let notice = if outcome == ActionOutcome::Done {
        "reference_started"
    } else {
        "not_connected"
    };
    if fields.text("back") == "detail" {
        return see_other(&address(provider, notice));
    }
    see_other(&format!("/settings/integrations?notice={notice}"))
}
