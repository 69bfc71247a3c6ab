//! `/api/v1/integrations/{id}/streams`: how far each kind of record is known to be complete.

use axum::Json;
use axum::extract::{Path, State};
use domain::provider::{self, Words};
use serde::Serialize;
use sync::stream_state::{self, StreamState};
use utoipa::ToSchema;

use super::integrations::{in_path, seconds};
use super::label::instant;
use super::list::{Page, Parameters};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A kind of record that is read from an integration, with how far it is known to be complete.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamCheckpoint {
    /// Key of the stream, such as `tickets`.
    stream: &'static str,
    /// What the vendor calls it.
    name: &'static str,
    /// Whether it is read at all.
    selected: bool,
    /// Whether the vendor lists it by change; otherwise it is read whole each time.
    by_change: bool,
    /// How often it is read whole, in seconds.
    whole_every_seconds: i64,
    /// Known complete up to this instant of the vendor's clock; null while everything is still to be read.
    watermark: Option<String>,
    /// What a full run covers: records active since this instant; null for all of them.
    covered_since: Option<String>,
    /// When it was last read whole.
    full_completed_at: Option<String>,
    /// Whether that agreed with the vendor's own total; null: the vendor told none, or it changed meanwhile.
    verified: Option<bool>,
    /// When it was last read to the end, whole or by change.
    last_completed_at: Option<String>,
    /// How many seconds what is here may lag behind the vendor at most, as far as this stream is concerned: since that
    /// read began. Null before the first.
    freshness_seconds: Option<i64>,
    /// How many records are here; null for a list of deletions, which has none.
    records: Option<u64>,
    /// How many of them are companies in Portico; null for other streams.
    companies: Option<u64>,
}

fn to_stream(words: Words, state: StreamState) -> StreamCheckpoint {
    let capability = state.capability;
    let kept = state.checkpoint.as_ref();
    StreamCheckpoint {
        stream: capability.stream.key(),
        name: words.stream(capability.stream),
        selected: state.selected,
        by_change: capability.incremental,
        whole_every_seconds: seconds(capability.full_cadence),
        watermark: instant(kept.and_then(|one| one.watermark)),
        covered_since: instant(state.covered_since),
        full_completed_at: instant(kept.and_then(|one| one.full_completed_at)),
        verified: kept.and_then(|one| one.verified),
        last_completed_at: instant(kept.and_then(|one| one.last_completed_at)),
        freshness_seconds: state.age.map(seconds),
        records: state.records,
        companies: state.companies,
    }
}

/// The streams of an integration in reading order.
///
/// # Errors
/// 404 without such an integration.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/streams",
    operation_id = "list_streams",
    summary = "How far each kind of record is known to be complete",
    tag = "integrations",
    params(("id" = String, Path, description = "Id of the integration")),
    responses((status = 200, description = "All streams", body = Page<StreamCheckpoint>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Page<StreamCheckpoint>>, Failure> {
    parameters.only(&[])?;
    let one = in_path(app.store(), &id).await?;
    let words = provider::find(&one.provider).map_or(Words::PLAIN, |provider| provider.words);
    let states = stream_state::streams(app.engine(), &one).await?;
    let to = |state| to_stream(words, state);
    Ok(Json(Page::whole(states.into_iter().map(to).collect())))
}
