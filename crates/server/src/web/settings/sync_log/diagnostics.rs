//! `GET /settings/integrations/{provider}/runs/{run}/diagnostics`: the redacted bundle of a run, as a file.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use sync::diagnostics::bundle;

use super::show::find_run;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};

/// The bundle.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn diagnostics(
    State(app): State<App>,
    _staff: Staff,
    Path((key, uuid)): Path<(String, String)>,
) -> Answer {
    let (provider, _, run) = find_run(&app, &key, &uuid).await?;
    let text = bundle(app.engine(), &run.uuid)
        .await?
        .ok_or_else(|| Failure::not_found("Sync"))?;
    let name = format!(
        "attachment; filename=\"portico-{}-{}.json\"",
        provider.key, run.uuid
    );
    let name = HeaderValue::from_str(&name).map_err(Failure::internal)?;
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    Ok((
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, name),
        ],
        text,
    )
        .into_response())
}
