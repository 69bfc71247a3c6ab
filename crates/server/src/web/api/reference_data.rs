//! `/api/v1/reference-data`: boards, queues, statuses, priorities and the like.

use axum::Json;
use axum::extract::State;
use domain::reference::ReferenceKind;
use serde::Serialize;
use store::reference_pages::{
    ReferencePlace, ReferenceRow, count_reference_rows, list_reference_rows,
};
use utoipa::ToSchema;

use super::list::{Page, Parameters};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A value of the vendor's reference data.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceItem {
    /// Id of the integration.
    integration_id: String,
    /// What it is a value of, such as `ticket_status`.
    kind: &'static str,
    /// The vendor's id, as in the filters of lists.
    id: String,
    /// The label.
    label: String,
    /// The vendor's id of the value it belongs to.
    parent_id: Option<String>,
    /// Whether it may still be chosen there.
    active: bool,
    /// Whether the vendor stopped listing it.
    removed: bool,
}

fn to_item(row: ReferenceRow) -> ReferenceItem {
    ReferenceItem {
        integration_id: row.integration_uuid.to_string(),
        kind: row.kind.key(),
        id: row.external_id,
        label: row.label,
        parent_id: row.parent,
        active: row.active,
        removed: row.removed,
    }
}

/// Reference data of all integrations or of one, of all kinds or of one.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/reference-data",
    operation_id = "list_reference_data",
    summary = "Boards, queues, statuses, priorities, types and the like",
    tag = "integrations",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("kind" = Option<String>, Query, description = "Only of this kind, such as ticket_status"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of values, those of a kind in the vendor's order", body = Page<ReferenceItem>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<ReferenceItem>>, Failure> {
    let parameters = parameters.only(&["integration", "kind", "cursor", "limit"])?;
    let store = app.store();
    let only = parameters.integration(store).await?;
    let kinds = ReferenceKind::ALL.map(|kind| (kind.key(), kind));
    let kind = parameters.choice("kind", &kinds)?;
    let (after, limit) = (parameters.cursor::<ReferencePlace>()?, parameters.limit()?);
    let asked = i64::from(limit) + 1;
    let (rows, count) = tokio::try_join!(
        list_reference_rows(store, only, kind, after.as_ref(), asked),
        count_reference_rows(store, only, kind)
    )?;
    let cursor = |row: &ReferenceRow| row.place().to_string();
    let mut page = Page::walked(rows, limit, after.is_none(), cursor, to_item);
    page.count = count.into();
    Ok(Json(page))
}
