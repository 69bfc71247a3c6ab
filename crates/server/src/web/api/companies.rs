//! `/api/v1/companies`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use store::companies::{
    self, Company, CompanyField, CompanyFilter, CompanyRow, CompanySort, ExternalCompany,
    FieldRule, Removal,
};
use store::listing::Direction;
use utoipa::ToSchema;

use super::integrations::{Ids, ids};
use super::label::{address, instant};
use super::list::{ListCount, Page, Parameters, found, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;
use crate::web::view::fields::record_address;

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
    /// Id of the integration.
    integration_id: String,
    /// Key of the provider.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// Its name there.
    name: String,
    /// Whether the vendor no longer has it.
    removed: bool,
}

/// The same with what only the company's own page tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct CompanyLinkDetail {
    /// The link as in lists.
    #[serde(flatten)]
    link: CompanyLink,
    /// Whether the vendor has it switched on.
    active: bool,
    /// Its page in the vendor's product, where there is one.
    web_url: Option<String>,
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
    /// How: `blocked` (syncs and imports skip it), `by_hand`, or `cleared` with the data of its integration.
    removal: Option<&'static str>,
    /// The vendors' companies it stands for.
    links: Vec<CompanyLinkDetail>,
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
    /// Id of the integration it comes from.
    integration_id: String,
    /// Why from there: `primary`, the company's primary integration, or `another`, since that one has none.
    rule: &'static str,
}

fn to_listed(ids: &Ids, row: CompanyRow) -> CompanyListed {
    let link = |link: companies::CompanyLink| CompanyLink {
        integration_id: ids.get(&link.integration).cloned().unwrap_or_default(),
        provider: link.provider,
        external_id: link.external_id,
        name: link.name,
        removed: link.removed,
    };
    CompanyListed {
        id: row.uuid.to_string(),
        name: row.name,
        city: row.city,
        phone: row.phone,
        created_at: row.created_at.to_rfc3339(),
        removed_at: instant(row.removed_at),
        links: row.links.into_iter().map(link).collect(),
    }
}

fn to_link(app: &App, external: ExternalCompany) -> CompanyLinkDetail {
    CompanyLinkDetail {
        active: external.active,
        web_url: address(record_address(app, &external.origin, |links| links.company)),
        link: CompanyLink {
            integration_id: external.origin.integration_uuid.to_string(),
            provider: external.origin.provider,
            external_id: external.origin.external_id,
            name: external.name,
            removed: external.removed,
        },
    }
}

fn to_value(field: CompanyField) -> CompanyValue {
    CompanyValue {
        key: field.key,
        label: field.label,
        value: field.value,
        provider: field.origin.provider,
        integration_id: field.origin.integration_uuid.to_string(),
        rule: match field.rule {
            FieldRule::Primary => "primary",
            FieldRule::Another => "another",
        },
    }
}

const fn removal_key(removal: Removal) -> &'static str {
    match removal {
        Removal::Blocked => "blocked",
        Removal::ByHand => "by_hand",
        Removal::Cleared => "cleared",
    }
}

fn to_detail(app: &App, company: Company) -> CompanyDetail {
    CompanyDetail {
        id: company.uuid.to_string(),
        name: company.name,
        created_at: company.created_at.to_rfc3339(),
        removed_at: instant(company.removed_at),
        removal: company.removal.map(removal_key),
        links: company
            .externals
            .into_iter()
            .map(|one| to_link(app, one))
            .collect(),
        fields: company.fields.into_iter().map(to_value).collect(),
        contacts: company.contacts.into(),
        open_tickets: company.open_tickets.into(),
    }
}

/// Values of the parameter `sort`.
pub(super) const SORTS: [(&str, CompanySort); 2] = [
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
    let paging = parameters.paging(Direction::Ascending)?;
    let listing = companies::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        sort,
        paging.direction,
        paging.cursor.as_ref(),
        paging.limit,
    )
    .await?;
    let ids = ids(app.store()).await?;
    Ok(Json(Page::of(listing, |row| to_listed(&ids, row))))
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
    let company = companies::find_for_viewer(app.store(), &caller.viewer, &id).await?;
    Ok(Json(to_detail(&app, found(company, "Company")?)))
}
