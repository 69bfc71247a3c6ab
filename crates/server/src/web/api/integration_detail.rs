//! `/api/v1/integrations/{id}`: what the page of an integration tells.

use axum::Json;
use axum::extract::{Path, State};
use domain::provider::Provider;
use serde::Serialize;
use sync::status::{self, Freshness, Overview, Trouble};
use sync::{advice, connect};
use utoipa::ToSchema;

use super::integrations::{Integration, in_path, seconds, to_integration};
use super::label::instant;
use super::list::{Parameters, found};
use super::runs::{SyncRun, hint, to_run};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;
use crate::web::settings::setup_wizard::summary::{Part, summary};
use crate::web::settings::setup_wizard::wizard::Offer;

/// An integration with everything its page tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationDetail {
    /// The integration as in the list.
    #[serde(flatten)]
    integration: Integration,
    /// Address of the vendor's own user interface.
    web_url: Option<String>,
    /// When it was set up.
    created_at: String,
    /// Since when the vendor cannot be read, why, and what to check.
    trouble_detail: Option<IntegrationTrouble>,
    /// What the bound of the freshness comes from; null before the first complete run.
    freshness: Option<IntegrationFreshness>,
    /// The sync that waits or runs.
    active_run: Option<SyncRun>,
    /// The sync that ended last.
    last_run: Option<SyncRun>,
    /// How the reading of reference data stands.
    reference_data: ReferenceReading,
    /// Rights the credentials lack.
    rights: Vec<LackingRight>,
    /// What was found to be wrong or chosen so, with what to check.
    advice: Vec<Advice>,
    /// Minutes between two syncs.
    interval_minutes: u32,
    /// What is set in the steps of the setup.
    settings: Vec<Setting>,
}

/// Why the vendor cannot be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationTrouble {
    /// Since when.
    since: String,
    /// The vendor's words.
    message: String,
    /// What to check.
    hint: Option<String>,
    /// When it is tried again by itself.
    next_attempt_at: Option<String>,
}

/// Where the bound of the freshness comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationFreshness {
    /// How many seconds what is shown may lag behind the vendor at most.
    seconds: i64,
    /// The stream that is furthest behind.
    stream: &'static str,
    /// Since when a wake-up waits, if one does.
    waiting_since: Option<String>,
    /// Since when a record is set aside, if one is.
    set_aside_since: Option<String>,
}

/// How the reading of reference data stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceReading {
    /// When it was last read.
    read_at: Option<String>,
    /// Whether it is being read now.
    waiting: bool,
    /// When it last failed, unless it was read or asked for since.
    failed_at: Option<String>,
    /// The vendor's words about that.
    message: Option<String>,
    /// What to check.
    hint: Option<String>,
    /// When it is tried again by itself.
    next_attempt_at: Option<String>,
}

/// A right the credentials lack.
#[derive(Debug, Serialize, ToSchema)]
pub struct LackingRight {
    /// What it is about.
    area: String,
    /// The right, as the vendor's own screens call it.
    right: String,
    /// Whether syncing needs it.
    required: bool,
}

/// A row of the troubleshooting table that applies now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Advice {
    /// The row.
    issue: &'static str,
    /// What was found.
    found: String,
    /// What to check.
    check: &'static str,
    /// Whether something is wrong; otherwise it is how things were chosen.
    wrong: bool,
}

/// One thing that is set.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setting {
    /// The step of the setup it belongs to.
    step: &'static str,
    /// What it is.
    label: String,
    /// What is chosen.
    value: String,
}

fn to_freshness(freshness: Freshness) -> IntegrationFreshness {
    IntegrationFreshness {
        seconds: seconds(freshness.at_most),
        stream: freshness.stream.key(),
        waiting_since: instant(freshness.waiting_since),
        set_aside_since: instant(freshness.set_aside_since),
    }
}

fn to_right(right: &connect::MissingRight) -> LackingRight {
    LackingRight {
        area: right.area.clone(),
        right: right.right.clone(),
        required: right.required,
    }
}

fn to_advice(provider: &Provider, one: advice::Advice) -> Advice {
    Advice {
        issue: one.issue.label(provider),
        found: one.found,
        check: one.check,
        wrong: one.wrong,
    }
}

fn to_settings(part: Part) -> impl Iterator<Item = Setting> {
    part.facts.into_iter().map(move |fact| Setting {
        step: part.title,
        label: fact.label,
        value: fact.value,
    })
}

fn to_reference_data(overview: &Overview) -> ReferenceReading {
    let read = overview.reference_read.as_ref();
    let failed = read.filter(|read| !read.waits() && read.failed_at.is_some());
    ReferenceReading {
        read_at: instant(overview.integration.reference_data_at),
        waiting: read.is_some_and(|read| read.waits()),
        failed_at: failed.and_then(|read| instant(read.failed_at)),
        message: failed.and_then(|read| read.message.clone()),
        hint: failed.and_then(|read| hint(overview.provider, read.hint)),
        next_attempt_at: failed.and_then(|read| instant(read.next_attempt_at)),
    }
}

/// One integration with everything its page tells.
///
/// # Errors
/// 404 without such an integration.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}",
    operation_id = "get_integration",
    summary = "One integration: status, freshness, trouble, advice, settings",
    tag = "integrations",
    params(("id" = String, Path, description = "Id of the integration")),
    responses((status = 200, description = "The integration", body = IntegrationDetail)),
)]
pub async fn show(
    State(app): State<App>,
    _: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<IntegrationDetail>, Failure> {
    parameters.only(&[])?;
    let one = in_path(app.store(), &id).await?;
    let overview = status::overview(app.engine(), one.id).await?;
    let overview = found(overview, "Integration")?;
    let advice = advice::of(app.engine(), &overview).await?;
    let provider = overview.provider;
    let settings = match provider {
        Some(provider) => summary(provider, &one, &Offer::load(&app, &one).await?),
        None => Vec::new(),
    };
    let trouble = |trouble: &Trouble| IntegrationTrouble {
        since: trouble.since.to_rfc3339(),
        message: trouble.message.clone(),
        hint: hint(provider, Some(trouble.hint)),
        next_attempt_at: instant(trouble.next_attempt_at),
    };
    let run = |run: &store::runs::Run| to_run(provider, run.clone());
    Ok(Json(IntegrationDetail {
        web_url: one.web_url,
        created_at: one.created_at.to_rfc3339(),
        trouble_detail: overview.trouble.as_ref().map(trouble),
        freshness: overview.freshness.map(to_freshness),
        active_run: overview.active_run.as_ref().map(run),
        last_run: overview.last_run.as_ref().map(run),
        reference_data: to_reference_data(&overview),
        rights: overview.missing_rights.iter().map(to_right).collect(),
        advice: advice
            .into_iter()
            .filter_map(|one| Some(to_advice(provider?, one)))
            .collect(),
        interval_minutes: one.settings.interval_minutes,
        settings: settings.into_iter().flat_map(to_settings).collect(),
        integration: to_integration(overview),
    }))
}
