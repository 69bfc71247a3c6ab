//! `/api/v1/companies`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use store::companies::{
    self, Company, CompanyField, CompanyFilter, CompanyRow, CompanySort, ExternalCompany,
};
use store::listing::{Count, Direction};
use utoipa::ToSchema;

use super::label::instant;
use super::list::{DIRECTIONS, ListCount, Page, Parameters, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A company in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyListed {
    /// Id of the company.
    id: String,
    /// Name.
    name: String,
    /// City, from the primary integration, else from another; empty when no one knows it.
    city: String,
    /// Phone, in the same way.
    phone: String,
    /// When it came to Portico.
    created_at: String,
    /// When it was removed.
    removed_at: Option<String>,
    /// The vendors' companies it stands for.
    links: Vec<CompanyLink>,
}

/// A vendor's company that a company stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyLink {
    /// Key of the provider.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// Its name there.
    name: String,
    /// Whether the vendor no longer has it.
    removed: bool,
}

/// A company with what is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyDetail {
    /// Id of the company.
    id: String,
    /// Name.
    name: String,
    /// When it came to Portico.
    created_at: String,
    /// When it was removed.
    removed_at: Option<String>,
    /// The vendors' companies it stands for.
    links: Vec<CompanyLink>,
    /// What is known of it, each value with where it comes from.
    fields: Vec<CompanyValue>,
    /// How many contacts it has.
    contacts: ListCount,
    /// How many open tickets it has.
    open_tickets: ListCount,
}

/// A value of a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyValue {
    /// Key, such as `phone`.
    key: &'static str,
    /// Label.
    label: &'static str,
    /// The value.
    value: String,
    /// Key of the provider it comes from.
    provider: String,
}

fn to_listed(row: CompanyRow) -> CompanyListed {
    CompanyListed {
        id: row.uuid.to_string(),
        name: row.name,
        city: row.city,
        phone: row.phone,
        created_at: row.created_at.to_rfc3339(),
        removed_at: instant(row.removed_at),
        links: row.links.into_iter().map(to_link).collect(),
    }
}

fn to_link(link: companies::CompanyLink) -> CompanyLink {
    CompanyLink {
        provider: link.provider,
        external_id: link.external_id,
        name: link.name,
        removed: link.removed,
    }
}

fn to_link_of(external: ExternalCompany) -> CompanyLink {
    CompanyLink {
        provider: external.origin.provider,
        external_id: external.origin.external_id,
        name: external.name,
        removed: external.removed,
    }
}

fn to_value(field: CompanyField) -> CompanyValue {
    CompanyValue {
        key: field.key,
        label: field.label,
        value: field.value,
        provider: field.origin.provider,
    }
}

fn to_detail(company: Company) -> CompanyDetail {
    let count = |count: Count| ListCount::from(count);
    CompanyDetail {
        id: company.uuid.to_string(),
        name: company.name,
        created_at: company.created_at.to_rfc3339(),
        removed_at: instant(company.removed_at),
        links: company.externals.into_iter().map(to_link_of).collect(),
        fields: company.fields.into_iter().map(to_value).collect(),
        contacts: count(company.contacts),
        open_tickets: count(company.open_tickets),
    }
}

const SORTS: [(&str, CompanySort); 2] = [
    ("name", CompanySort::Name),
    ("created_at", CompanySort::Created),
];

/// Companies by name.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/companies",
    operation_id = "list_companies",
    summary = "Companies by name",
    tag = "companies",
    params(
        ("integration" = Option<String>, Query, description = "Only those linked to this integration, by its id"),
        ("removed" = Option<bool>, Query, description = "Removed ones instead of present ones"),
        ("search" = Option<String>, Query, description = "Only those whose name has these words"),
        ("sort" = Option<String>, Query, description = "name (when not given) or created_at"),
        ("direction" = Option<String>, Query, description = "asc (when not given) or desc"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of companies", body = Page<CompanyListed>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<CompanyListed>>, Failure> {
    let parameters = parameters.only(&[
        "integration",
        "removed",
        "search",
        "sort",
        "direction",
        "cursor",
        "limit",
    ])?;
    let filter = CompanyFilter {
        integration: parameters.integration(app.store()).await?,
        removed: parameters.flag("removed")?.unwrap_or(false),
        search: parameters.text("search"),
    };
    let sort = parameters.choice("sort", &SORTS)?.unwrap_or_default();
    let direction = parameters
        .choice("direction", &DIRECTIONS)?
        .unwrap_or(Direction::Ascending);
    let (cursor, limit) = (parameters.cursor()?, parameters.limit()?);
    let listing = companies::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        sort,
        direction,
        cursor.as_ref(),
        limit,
    )
    .await?;
    Ok(Json(Page::of(listing, to_listed)))
}

/// One company with what is known of it.
///
/// # Errors
/// 404 without such a company.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{id}",
    operation_id = "get_company",
    summary = "One company with what is known of it",
    tag = "companies",
    params(("id" = String, Path, description = "Id of the company")),
    responses((status = 200, description = "The company", body = CompanyDetail)),
)]
pub async fn show(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<CompanyDetail>, Failure> {
    parameters.only(&[])?;
    let id = path_id(&id, "Company")?;
    let found = companies::find_for_viewer(app.store(), &caller.viewer, &id).await?;
    Ok(Json(to_detail(
        found.ok_or_else(|| Failure::not_found("Company"))?,
    )))
}
