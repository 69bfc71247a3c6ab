//! `/api/v1/contacts`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use store::contacts::{self, ContactFilter, ContactRow};
use store::listing::Direction;
use utoipa::ToSchema;

use super::list::{DIRECTIONS, Page, Parameters};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A person at a client.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// Id of the contact.
    id: String,
    /// Key of the provider it comes from.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// First and last name.
    name: String,
    /// E-mail address as typed there.
    email: Option<String>,
    /// Phone number.
    phone: Option<String>,
    /// Mobile number.
    mobile: Option<String>,
    /// Job title.
    title: Option<String>,
    /// Whether the vendor has it switched on.
    active: bool,
    /// Whether it is the company's primary contact.
    primary: bool,
    /// Id of the company; null while the vendor's company belongs to none here.
    company_id: Option<String>,
    /// Name of the company.
    company: Option<String>,
}

fn to_contact(row: ContactRow) -> Contact {
    Contact {
        id: row.uuid.to_string(),
        provider: row.provider,
        external_id: row.external_id,
        name: row.name,
        email: row.email,
        phone: row.phone,
        mobile: row.mobile,
        title: row.title,
        active: row.active,
        primary: row.primary,
        company_id: row.company_uuid.map(|uuid| uuid.to_string()),
        company: row.company,
    }
}

/// Contacts by name.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/contacts",
    operation_id = "list_contacts",
    summary = "Contacts by name",
    tag = "companies",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("company" = Option<String>, Query, description = "Only of this company, by its id"),
        ("active" = Option<bool>, Query, description = "Only those the vendor has switched on (true) or off (false)"),
        ("search" = Option<String>, Query, description = "Only those whose name or e-mail address has these words"),
        ("direction" = Option<String>, Query, description = "asc (when not given) or desc"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of contacts", body = Page<Contact>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Contact>>, Failure> {
    let parameters = parameters.only(&[
        "integration",
        "company",
        "active",
        "search",
        "direction",
        "cursor",
        "limit",
    ])?;
    let filter = ContactFilter {
        integration: parameters.integration(app.store()).await?,
        company: parameters.company(app.store(), &caller.viewer).await?,
        active: parameters.flag("active")?,
        search: parameters.text("search"),
    };
    let direction = parameters
        .choice("direction", &DIRECTIONS)?
        .unwrap_or(Direction::Ascending);
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let listing = contacts::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        direction,
        cursor.as_ref(),
        limit,
    )
    .await?;
    Ok(Json(Page::of(listing, to_contact)))
}
