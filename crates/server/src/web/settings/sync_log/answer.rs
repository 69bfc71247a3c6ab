//! `POST /settings/integrations/{provider}/removals/{question}` and `…/set-aside/{record}/retry`.

use axum::extract::{Path, State};
use domain::id::SetAsideId;
use store::removal_questions::find_question_by_uuid;
use store::runs::find_run_of_stream_run;
use sync::removal_question::{AnswerOutcome, answer_removal};
use sync::set_aside::retry_set_aside;

use super::to_view::tries_again;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::integrations::find::find;
use crate::web::settings::integrations::to_card::page_address;

/// Answers a mass-removal question (rule P11).
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn answer(
    State(app): State<App>,
    staff: Staff,
    Path((key, question)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let uuid = question
        .parse()
        .map_err(|_| Failure::not_found("Question"))?;
    let found = find_question_by_uuid(app.store(), &uuid)
        .await?
        .filter(|question| question.integration_id == integration.id);
    let question = found.ok_or_else(|| Failure::not_found("Question"))?;
    let confirm = match fields.text("answer") {
        "confirm" => true,
        "keep" => false,
        _ => return Err(Failure::bad_request("Choose one of the two answers.")),
    };
    let notice = match answer_removal(app.engine(), &staff.actor(), &uuid, confirm).await? {
        AnswerOutcome::Done if confirm => "removal_confirmed",
        AnswerOutcome::Done => "removal_kept",
        AnswerOutcome::AlreadyAnswered => "already_answered",
        AnswerOutcome::Unknown => return Err(Failure::not_found("Question")),
    };
    let run = find_run_of_stream_run(app.store(), question.stream_run_id).await?;
    let runs = format!("/settings/integrations/{}/runs", provider.key);
    see_other(&run.map_or_else(
        || format!("{runs}?notice={notice}"),
        |run| format!("{runs}/{}?notice={notice}", run.uuid),
    ))
}

/// Tries a record that was set aside again at once (rule P6), and leads back to where it was listed.
///
/// # Errors
/// As [`answer`].
pub async fn retry(
    State(app): State<App>,
    staff: Staff,
    Path((key, record)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (provider, integration) = find(app.store(), &key).await?;
    let record = record.parse().map_err(|_| Failure::not_found("Record"))?;
    let notice = if tries_again(&integration) {
        let (actor, only) = (staff.actor(), Some(SetAsideId(record)));
        match retry_set_aside(app.engine(), &actor, integration.id, only).await? {
            0 => "nothing_to_retry",
            _ => "retry_started",
        }
    } else {
        "retry_not_connected"
    };
    let page = page_address(provider);
    let run: Option<domain::id::PublicId> = fields.text("run").parse().ok();
    see_other(&run.map_or_else(
        || format!("{page}?notice={notice}"),
        |run| format!("{page}/runs/{run}?notice={notice}"),
    ))
}
