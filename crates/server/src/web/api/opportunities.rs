//! `/api/v1/opportunities`.

use axum::Json;
use axum::extract::{Path, State};
use domain::reference::ReferenceKind;
use serde::Serialize;
use store::listing::Direction;
use store::opportunities::{self, OpportunityFilter, OpportunityRow, OpportunitySort};
use utoipa::ToSchema;

use super::label::{Label, Record, Text, date, instant};
use super::list::{Page, Parameters, found, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;
use crate::web::view::fields::name_people;

/// A sales opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opportunity {
    /// Id of the opportunity.
    id: String,
    /// Key of the provider it comes from.
    provider: String,
    /// The vendor's id.
    external_id: String,
    /// One-line summary.
    title: String,
    /// Stage.
    stage: Option<Label>,
    /// Status.
    status: Option<Label>,
    /// Amount in hundredths of the currency unit.
    amount_cents: Option<i64>,
    /// Probability of winning, 0 to 100.
    probability: Option<i64>,
    /// Projected close, a date.
    projected_close: Option<String>,
    /// Id of the company; null while the vendor's company belongs to none here.
    company_id: Option<String>,
    /// Name of the company.
    company: Option<String>,
    /// Name of the technician who owns it.
    owner: Option<String>,
    /// When anything last happened on it.
    updated_at: String,
}

fn to_opportunity(row: OpportunityRow) -> Opportunity {
    Opportunity {
        id: row.uuid.to_string(),
        provider: row.provider,
        external_id: row.external_id,
        title: row.title,
        stage: row.stage.map(Label::from),
        status: row.status.map(Label::from),
        amount_cents: row.amount_cents,
        probability: row.probability,
        projected_close: row.projected_close_at.map(date),
        company_id: row.company_uuid.map(|uuid| uuid.to_string()),
        company: row.company,
        owner: row.owner,
        updated_at: row.updated_at.to_rfc3339(),
    }
}

/// Values of the parameter `sort`.
pub(super) const SORTS: [(&str, OpportunitySort); 2] = [
    ("updated_at", OpportunitySort::Updated),
    ("title", OpportunitySort::Title),
];

/// Opportunities, last updated first.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/opportunities",
    operation_id = "list_opportunities",
    summary = "Opportunities, last updated first",
    tag = "opportunities",
    params(
        ("integration" = Option<String>, Query, description = "Only of this integration, by its id"),
        ("company" = Option<String>, Query, description = "Only of this company, by its id"),
        ("stage" = Option<String>, Query, description = "Only in this stage, by the vendor's id"),
        ("search" = Option<String>, Query, description = "Only those whose title has these words"),
        ("sort" = Option<String>, Query, description = "updated_at (when not given) or title"),
        ("direction" = Option<String>, Query, description = "desc (when not given) or asc"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of opportunities", body = Page<Opportunity>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Opportunity>>, Failure> {
    let parameters = parameters.only(&[
        "integration",
        "company",
        "stage",
        "search",
        "sort",
        "direction",
        "cursor",
        "limit",
    ])?;
    let (store, viewer) = (app.store(), &caller.viewer);
    let only = parameters.integration(store).await?;
    let stage = ReferenceKind::OpportunityStage;
    let filter = OpportunityFilter {
        integration: only,
        company: parameters.company(store, viewer).await?,
        stage: parameters.reference(store, "stage", stage, only).await?,
        search: parameters.text("search"),
    };
    let sort = parameters.choice("sort", &SORTS)?.unwrap_or_default();
    let paging = parameters.paging(Direction::Descending)?;
    let listing = opportunities::list_for_viewer(
        app.store(),
        &caller.viewer,
        &filter,
        sort,
        paging.direction,
        paging.cursor.as_ref(),
        paging.limit,
    )
    .await?;
    Ok(Json(Page::of(listing, to_opportunity)))
}

/// An opportunity with everything known about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpportunityDetail {
    /// The opportunity as in lists.
    #[serde(flatten)]
    opportunity: Opportunity,
    /// What every record has.
    #[serde(flatten)]
    record: Record,
    /// Longer text.
    description: Option<Text>,
    /// Category.
    category: Option<Label>,
    /// Name of the contact.
    contact: Option<String>,
    /// When it was created.
    created_at: Option<String>,
    /// When it was won, lost or closed.
    closed_at: Option<String>,
}

fn to_detail(found: opportunities::Opportunity) -> OpportunityDetail {
    OpportunityDetail {
        opportunity: to_opportunity(found.row),
        record: Record::of(&found.origin, found.fields),
        description: found.description.map(Text::from),
        category: found.category.map(Label::from),
        contact: found.contact,
        created_at: instant(found.created_at),
        closed_at: instant(found.closed_at),
    }
}

/// One opportunity.
///
/// # Errors
/// 404 without such an opportunity.
#[utoipa::path(
    get,
    path = "/api/v1/opportunities/{id}",
    operation_id = "get_opportunity",
    summary = "One opportunity",
    tag = "opportunities",
    params(("id" = String, Path, description = "Id of the opportunity")),
    responses((status = 200, description = "The opportunity", body = OpportunityDetail)),
)]
pub async fn show(
    State(app): State<App>,
    caller: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<OpportunityDetail>, Failure> {
    parameters.only(&[])?;
    let id = path_id(&id, "Opportunity")?;
    let (store, viewer) = (app.store(), &caller.viewer);
    let one = opportunities::find_for_viewer(store, viewer, &id).await?;
    let mut one = found(one, "Opportunity")?;
    name_people(store, viewer, &one.origin, &mut one.fields).await?;
    Ok(Json(to_detail(one)))
}
