//! `/api/v1/reference-data`: boards, queues, statuses, priorities and the like.

use axum::Json;
use axum::extract::State;
use domain::reference::ReferenceKind;
use serde::Serialize;
use store::reference_items::{StoredReferenceItem, list_reference_items};
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

fn to_item(integration: &str, item: StoredReferenceItem) -> ReferenceItem {
    ReferenceItem {
        integration_id: integration.to_owned(),
        kind: item.kind.key(),
        id: item.external_id,
        label: item.label,
        parent_id: item.parent,
        active: item.active,
        removed: item.removed_at.is_some(),
    }
}

/// Reference data of all integrations, or of one.
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
    ),
    responses((status = 200, description = "The values in the vendor's order", body = Page<ReferenceItem>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<ReferenceItem>>, Failure> {
    let parameters = parameters.only(&["integration", "kind"])?;
    let only = parameters.integration(app.store()).await?;
    let kinds = ReferenceKind::ALL.map(|kind| (kind.key(), kind));
    let kind = parameters.choice("kind", &kinds)?;
    let mut found = Vec::new();
    for integration in store::integrations::list_integrations(app.store()).await? {
        if only.is_none_or(|only| only == integration.id) {
            let items = list_reference_items(app.store(), integration.id, kind).await?;
            found.extend(
                items
                    .into_iter()
                    .map(|item| to_item(integration.uuid.as_str(), item)),
            );
        }
    }
    Ok(Json(Page::whole(found)))
}
