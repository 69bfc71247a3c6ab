//! `/api/v1/integrations/{id}/removal-questions`: what a vendor no longer shows, and what people answered.

use axum::Json;
use axum::extract::{Path, State};
use domain::id::RemovalQuestionId;
use serde::Serialize;
use store::Store;
use store::removal_questions::{self, MissingRecord, QuestionFilter, QuestionState};
use store::runs::{find_run_by_uuid, find_run_of_stream_run};
use utoipa::ToSchema;

use super::integrations::in_path;
use super::label::instant;
use super::list::{Page, Parameters, wrong};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// A question about records that a full run did not find any more.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovalQuestion {
    /// Id of the question.
    id: String,
    /// Key of the stream, such as `contacts`.
    stream: &'static str,
    /// Id of the run that asked; null once its row was cleaned up.
    run_id: Option<String>,
    /// How many records are missing at the vendor.
    missing: i64,
    /// How many are here.
    present: i64,
    /// Some of the missing ones, to look up.
    sample: Vec<MissingSample>,
    /// `open` waits for a person; `confirmed`: they are gone; `refused`: they were kept; `replaced`: a newer full run
    /// settled it.
    state: &'static str,
    /// When it was asked.
    asked_at: String,
    /// When it was answered or settled.
    answered_at: Option<String>,
    /// Who answered.
    answered_by: Option<String>,
}

/// One of the missing records.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingSample {
    /// The vendor's id.
    external_id: String,
    /// Name or title; empty where it has none.
    label: String,
}

fn to_sample(record: MissingRecord) -> MissingSample {
    MissingSample {
        external_id: record.external_id,
        label: record.label,
    }
}

async fn to_question(
    store: &Store,
    question: removal_questions::RemovalQuestion,
) -> Result<RemovalQuestion, Failure> {
    let run = find_run_of_stream_run(store, question.stream_run_id).await?;
    Ok(RemovalQuestion {
        id: question.uuid.to_string(),
        stream: question.stream.key(),
        run_id: run.map(|run| run.uuid.to_string()),
        missing: question.missing,
        present: question.present,
        sample: question.sample.into_iter().map(to_sample).collect(),
        state: question.state.key(),
        asked_at: question.asked_at.to_rfc3339(),
        answered_at: instant(question.answered_at),
        answered_by: question.answered_by,
    })
}

/// The questions of an integration, newest first.
///
/// # Errors
/// 404 without such an integration, 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/integrations/{id}/removal-questions",
    operation_id = "list_removal_questions",
    summary = "What the vendor no longer shows and a person must decide, newest first",
    tag = "integrations",
    params(
        ("id" = String, Path, description = "Id of the integration"),
        ("state" = Option<String>, Query, description = "Only open, confirmed, refused or replaced ones"),
        ("run" = Option<String>, Query, description = "Only those this sync run asked, by its id"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows, 1 to 100; 25 when not given"),
    ),
    responses((status = 200, description = "A page of questions", body = Page<RemovalQuestion>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Page<RemovalQuestion>>, Failure> {
    let parameters = parameters.only(&["state", "run", "cursor", "limit"])?;
    let store = app.store();
    let integration = in_path(store, &id).await?;
    let states = QuestionState::ALL.map(|state| (state.key(), state));
    let run = match parameters.id("run")? {
        Some(uuid) => match find_run_by_uuid(store, &uuid).await? {
            Some(run) if run.integration_id == integration.id => Some(run.id),
            _ => return Err(wrong("run", "is the id of no sync run of this integration")),
        },
        None => None,
    };
    let filter = QuestionFilter {
        state: parameters.choice("state", &states)?,
        run,
        before: parameters.cursor()?.map(RemovalQuestionId),
    };
    let limit = parameters.limit()?;
    let rows =
        removal_questions::list_questions(store, integration.id, filter, i64::from(limit) + 1)
            .await?;
    let cursor = |row: &removal_questions::RemovalQuestion| row.id.0.to_string();
    let page = Page::walked(rows, limit, filter.before.is_none(), cursor, |row| row);
    let mut data = Vec::with_capacity(page.data.len());
    for question in page.data {
        data.push(to_question(store, question).await?);
    }
    Ok(Json(Page {
        data,
        next_cursor: page.next_cursor,
        count: page.count,
    }))
}
