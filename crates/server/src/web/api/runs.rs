//! `/api/v1/integrations/{id}/runs`: what syncs did.

use axum::Json;
use axum::extract::{Path, State};
use domain::hint::Hint;
use domain::id::SetAsideId;
use domain::provider::{self, Provider};
use domain::run::Counts;
use domain::stream::PullMode;
use serde::Serialize;
use store::Store;
use store::integrations::Integration;
use store::runs::{self, Run, StreamRun};
use store::set_aside::{self, SetAside};
use utoipa::ToSchema;

use super::integrations::in_path;
use super::label::instant;
use super::list::{Page, Parameters, found, path_id, wrong};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// One sync run.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncRun {
    /// Id of the run.
    id: String,
    /// What woke it, such as `schedule` or `resync`.
    trigger: &'static str,
    /// Who asked, when a person did.
    requested_by: Option<String>,
    /// `full` or `incremental`.
    mode: String,
    /// `waiting`, `running`, `completed`, `partial`, `failed` or `superseded`.
    state: &'static str,
    /// When it was asked for.
    requested_at: String,
    /// When a worker began.
    started_at: Option<String>,
    /// When it ended.
    finished_at: Option<String>,
    /// What there is to say, in the vendor's words where it is the vendor's.
    message: Option<String>,
    /// What to check.
    hint: Option<String>,
}

/// One sync run with its streams.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncRunDetail {
    /// The run.
    run: SyncRun,
    /// Its streams in reading order.
    streams: Vec<SyncStream>,
}

/// What one stream of a run counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncStream {
    /// Key of the stream, such as `tickets`.
    stream: &'static str,
    /// `full` or `incremental`.
    mode: &'static str,
    /// Where it does not read everything: what changed since this instant, or for a full run, what was active since.
    since: Option<String>,
    /// State, as for a run.
    state: &'static str,
    /// Distinct records the vendor sent.
    fetched: i64,
    /// New here.
    created: i64,
    /// Known and different.
    changed: i64,
    /// Known and equal.
    unchanged: i64,
    /// Marked as removed.
    removed: i64,
    /// Not kept because of the scope.
    out_of_scope: i64,
    /// Could not be read; tried again.
    set_aside: i64,
    /// Requests sent to the vendor.
    requests: i64,
    /// The vendor's own total before the first page.
    vendor_total_before: Option<i64>,
    /// The vendor's own total after the last page.
    vendor_total: Option<i64>,
    /// Whether the distinct count and the vendor's total agree; null: not verified.
    verified: Option<bool>,
    /// When a worker began.
    started_at: Option<String>,
    /// When it ended.
    finished_at: Option<String>,
    /// What there is to say.
    message: Option<String>,
    /// What to check.
    hint: Option<String>,
    /// What was noticed and not trusted.
    oddities: Vec<String>,
}

/// A run as lists show it.
#[must_use]
pub fn to_run(provider: Option<&Provider>, run: Run) -> SyncRun {
    SyncRun {
        id: run.uuid.to_string(),
        trigger: run.trigger_key.key(),
        requested_by: run.requested_by,
        mode: run.mode,
        state: run.state.key(),
        requested_at: run.requested_at.to_rfc3339(),
        started_at: instant(run.started_at),
        finished_at: instant(run.finished_at),
        message: run.message,
        hint: hint(provider, run.hint),
    }
}

fn to_stream(provider: Option<&Provider>, part: StreamRun) -> SyncStream {
    let Counts {
        fetched,
        created,
        changed,
        unchanged,
        removed,
        out_of_scope,
        set_aside,
        requests,
        ..
    } = part.counts;
    SyncStream {
        stream: part.stream.key(),
        mode: part.mode.key(),
        since: instant(match part.mode {
            PullMode::Full { floor } => floor,
            PullMode::Since { since } => Some(since),
        }),
        state: part.state.key(),
        fetched,
        created,
        changed,
        unchanged,
        removed,
        out_of_scope,
        set_aside,
        requests,
        vendor_total_before: part.total_before,
        vendor_total: part.total_after,
        verified: part.verified,
        started_at: instant(part.started_at),
        finished_at: instant(part.finished_at),
        message: part.message,
        hint: hint(provider, part.hint),
        oddities: part.oddities,
    }
}

/// What to check, in words for this provider.
#[must_use]
pub fn hint(provider: Option<&Provider>, hint: Option<Hint>) -> Option<String> {
    Some(hint?.sentence(provider?))
}

async fn find_run(store: &Store, id: &str, run: &str) -> Result<(Integration, Run), Failure> {
    let integration = in_path(store, id).await?;
    let run = runs::find_run_by_uuid(store, &path_id(run, "Sync run")?).await?;
    let run = run.filter(|run| run.integration_id == integration.id);
    Ok((integration, found(run, "Sync run")?))
}

/// Runs of an integration, newest first.
///
/// # Errors
/// 404 without such an integration, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/runs",
    operation_id = "list_runs",
    summary = "Sync runs of an integration, newest first",
    tag = "integrations",
    params(
        ("id" = String, Path, description = "Id of the integration"),
        ("cursor" = Option<String>, Query, description = "Id of the last run of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of runs", body = Page<SyncRun>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Page<SyncRun>>, Failure> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let store = app.store();
    let integration = in_path(store, &id).await?;
    let before = match parameters.id("cursor")? {
        Some(uuid) => match runs::find_run_by_uuid(store, &uuid).await? {
            Some(run) if run.integration_id == integration.id => Some(run.id),
            _ => return Err(wrong("cursor", "is not one of ours")),
        },
        None => None,
    };
    let limit = parameters.limit()?;
    let rows = runs::list_runs(store, integration.id, before, i64::from(limit) + 1).await?;
    let provider = provider::find(&integration.provider);
    let cursor = |run: &Run| run.uuid.to_string();
    let to = |run| to_run(provider, run);
    Ok(Json(Page::walked(
        rows,
        limit,
        before.is_none(),
        cursor,
        to,
    )))
}

/// One run with what each stream counted.
///
/// # Errors
/// 404 without such a run.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/runs/{run}",
    operation_id = "get_run",
    summary = "One sync run with what each stream counted",
    tag = "integrations",
    params(
        ("id" = String, Path, description = "Id of the integration"),
        ("run" = String, Path, description = "Id of the run"),
    ),
    responses((status = 200, description = "The run", body = SyncRunDetail)),
)]
pub async fn show(
    State(app): State<App>,
    _: ApiCaller,
    Path((id, run)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Json<SyncRunDetail>, Failure> {
    parameters.only(&[])?;
    let store = app.store();
    let (integration, run) = find_run(store, &id, &run).await?;
    let streams = runs::list_stream_runs(store, run.id).await?;
    let provider = provider::find(&integration.provider);
    let part = |part| to_stream(provider, part);
    Ok(Json(SyncRunDetail {
        streams: streams.into_iter().map(part).collect(),
        run: to_run(provider, run),
    }))
}

/// A record that could not be read.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetAsideRecord {
    /// Key of the stream, such as `tickets`.
    stream: &'static str,
    /// The vendor's id; empty where it could not be read either.
    external_id: String,
    /// The field that holds nonsense, when one is known.
    field: Option<String>,
    /// What is wrong with it.
    reason: String,
    /// How often it was tried.
    attempts: i64,
    /// When it was first set aside.
    first_at: String,
    /// When it last could not be read.
    last_at: String,
    /// When it is tried again.
    next_attempt_at: Option<String>,
    /// When the matter was closed.
    resolved_at: Option<String>,
    /// How: `read`, `gone`, or a person's word.
    resolution: Option<String>,
}

/// A record as lists show it.
#[must_use]
pub fn to_set_aside(record: SetAside) -> SetAsideRecord {
    SetAsideRecord {
        stream: record.stream.key(),
        external_id: record.external_id,
        field: record.field,
        reason: record.reason,
        attempts: record.attempts,
        first_at: record.first_at.to_rfc3339(),
        last_at: record.last_at.to_rfc3339(),
        next_attempt_at: instant(record.next_attempt_at),
        resolved_at: instant(record.resolved_at),
        resolution: record.resolution,
    }
}

/// The records a run could not read. One that a later run met again is listed there.
///
/// # Errors
/// 404 without such a run, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/runs/{run}/set-aside",
    operation_id = "list_set_aside",
    summary = "The records a sync run could not read",
    tag = "integrations",
    params(
        ("id" = String, Path, description = "Id of the integration"),
        ("run" = String, Path, description = "Id of the run"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of records", body = Page<SetAsideRecord>)),
)]
pub async fn list_set_aside(
    State(app): State<App>,
    _: ApiCaller,
    Path((id, run)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Json<Page<SetAsideRecord>>, Failure> {
    let parameters = parameters.only(&["cursor", "limit"])?;
    let store = app.store();
    let (_, run) = find_run(store, &id, &run).await?;
    let (after, limit) = (parameters.cursor()?.map(SetAsideId), parameters.limit()?);
    let rows = set_aside::list_of_run(store, run.id, after, i64::from(limit) + 1).await?;
    let cursor = |record: &SetAside| record.id.0.to_string();
    let first = after.is_none();
    Ok(Json(Page::walked(rows, limit, first, cursor, to_set_aside)))
}
