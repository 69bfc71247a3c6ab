//! `/api/v1/integrations/{id}/set-aside`: what could not be read and still waits, whatever met it.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::SetAsideId;
use store::set_aside::{self, SetAside};

use super::integrations::in_path;
use super::list::{Page, Parameters};
use super::runs::{SetAsideRecord, to_set_aside};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// The open records of an integration, in the order in which they were first set aside.
///
/// # Errors
/// 404 without such an integration, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/set-aside",
    operation_id = "list_open_set_aside",
    summary = "The records of an integration that could not be read and wait, the oldest first",
    tag = "integrations",
    params(
        ("id" = String, Path, description = "Id of the integration"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of records", body = Page<SetAsideRecord>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Page<SetAsideRecord>>, Failure> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let store = app.store();
    let integration = in_path(store, &id).await?;
    let (after, limit) = (parameters.cursor()?.map(SetAsideId), parameters.limit()?);
    let rows = set_aside::list_open(store, integration.id, after, i64::from(limit) + 1).await?;
    let cursor = |record: &SetAside| record.id.0.to_string();
    let first = after.is_none();
    Ok(Json(Page::walked(rows, limit, first, cursor, to_set_aside)))
}
