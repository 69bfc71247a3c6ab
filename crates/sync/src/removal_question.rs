//! Mass-removal questions (rule P11): answering them, and doing what was confirmed.

use domain::id::{IntegrationId, PublicId, RemovalQuestionId};
use domain::job::{Job, Priority};
use serde_json::json;
use store::audit::Actor;
use store::integrations;
use store::jobs::{self, ClaimedJob};
use store::pages::{self, Absence, RemovedReason};
use store::removal_questions::{self, QuestionState};

use crate::audit;
use crate::engine::Engine;
use crate::error::Result;
use crate::worker::Ended;

/// Records marked in one commit.
const ROWS: i64 = 500;

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerOutcome {
    /// It counts.
    Done,
    /// Somebody, or a newer full run, answered before.
    AlreadyAnswered,
    /// There is no such question.
    Unknown,
}

/// Answers a question: `confirm` that the records are gone, or keep them.
///
/// # Errors
/// As any statement.
pub async fn answer_removal(
    engine: &Engine,
    actor: &Actor,
    question: &PublicId,
    confirm: bool,
) -> Result<AnswerOutcome> {
    let Some(question) = removal_questions::find_question_by_uuid(engine.store(), question).await?
    else {
        return Ok(AnswerOutcome::Unknown);
    };
    let Some(integration) =
        integrations::find_integration(engine.store(), question.integration_id).await?
    else {
        return Ok(AnswerOutcome::Unknown);
    };
    let mut tx = engine.store().begin().await?;
    if !removal_questions::answer(&mut tx, question.id, confirm, actor.label()).await? {
        return Ok(AnswerOutcome::AlreadyAnswered);
    }
    if confirm {
        let job = Job::ApplyRemoval {
            integration: integration.id,
            question: question.id,
        };
        jobs::enqueue(&mut tx, &job, Priority::Interactive, engine.now()).await?;
    }
    let action = if confirm {
        "integration.removal_confirmed"
    } else {
        "integration.removal_refused"
    };
    let after = json!({ "stream": question.stream.key(), "records": question.missing, "of": question.present });
    audit::of_integration(&mut tx, actor, action, &integration, None, Some(after)).await?;
    tx.commit().await?;
    Ok(AnswerOutcome::Done)
}

/// Marks what was confirmed, in fenced batches; the candidates dealt with are forgotten in the same commit.
pub(crate) async fn apply(
    engine: &Engine,
    claimed: &ClaimedJob,
    integration: IntegrationId,
    id: RemovalQuestionId,
) -> Result<Ended> {
    let Some(question) = removal_questions::find_question(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    if question.state != QuestionState::Confirmed {
        return Ok(Ended::Done);
    }
    // Those that the vendor showed again since were forgotten by the page that brought them, up to the very commit.
    while !removal_questions::list_candidates(engine.store(), id, None, 1)
        .await?
        .is_empty()
    {
        let mut tx = engine.store().begin().await?;
        if !jobs::hold_lease(&mut tx, &claimed.lease).await? {
            tx.rollback().await?;
            return Ok(Ended::LeaseLost);
        }
        let ids = removal_questions::take_candidates(&mut tx, id, ROWS).await?;
        let given: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = pages::read_known(&mut tx, integration, question.stream, &given).await?;
        let rows: Vec<i64> = known
            .values()
            .filter(|row| row.absence == Absence::Present)
            .map(|row| row.id)
            .collect();
        pages::mark_removed(
            &mut tx,
            question.stream,
            &rows,
            RemovedReason::Vendor,
            engine.now(),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(Ended::Done)
}
