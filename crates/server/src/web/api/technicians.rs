//! `/api/v1/technicians`: MSP staff as the vendors know them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::technicians::{self, TechnicianRow};
use utoipa::ToSchema;

use super::integrations::ids;
use super::list::{Page, Parameters};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// An MSP staff record of a vendor.
#[derive(Debug, Serialize, ToSchema)]
pub struct Technician {
    /// Id of the integration it comes from.
    integration_id: String,
    /// The vendor's id, as in the filter of tickets.
    id: String,
    /// First and last name.
    name: String,
    /// E-mail address as typed there.
    email: Option<String>,
    /// Job title.
    title: Option<String>,
    /// Whether the vendor has it switched on.
    active: bool,
    /// Whether it is a person, not an API-only or service record.
    person: bool,
}

/// Technicians by name.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/technicians",
    operation_id = "list_technicians",
    summary = "Technicians by name",
    tag = "integrations",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of technicians", body = Page<Technician>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Technician>>, Failure> {
    let parameters = parameters.only(&["integration", "cursor", "limit"])?;
    let store = app.store();
    let only = parameters.integration(store).await?;
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let ids = ids(store).await?;
    let to_technician = |row: TechnicianRow| Technician {
        integration_id: ids.get(&row.integration).cloned().unwrap_or_default(),
        id: row.external_id,
        name: row.name,
        email: row.email,
        title: row.title,
        active: row.active,
        person: row.person,
    };
    let listing =
        technicians::list_page_for_viewer(store, &caller.viewer, only, cursor.as_ref(), limit)
            .await?;
    Ok(Json(Page::of(listing, to_technician)))
}
