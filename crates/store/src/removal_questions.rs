//! Mass-removal questions: a run that would remove unusually much stops and asks (rule P11).

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId, RemovalQuestionId, RunId, StreamRunId};
use domain::stream::Stream;
use serde::{Deserialize, Serialize};

use crate::decode::{instant, json, known, optional, plain, public_id, stream};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// State of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionState {
    /// Waits for a person.
    Open,
    /// They are gone; remove them.
    Confirmed,
    /// They are not; keep them.
    Refused,
    /// A newer full run answered it.
    Replaced,
}

impl QuestionState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Confirmed, Self::Refused, Self::Replaced];

    /// The stable key used in the database and the API.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
            Self::Replaced => "replaced",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }
}

/// One of the missing records, as shown with the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingRecord {
    /// The vendor's id.
    pub external_id: String,
    /// Name or title.
    pub label: String,
}

row! {
    /// A question.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RemovalQuestion {
        /// Row id.
        pub id: RemovalQuestionId = i64 => plain(RemovalQuestionId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// The integration.
        pub integration_id: IntegrationId = i64 => plain(IntegrationId),
        /// The stream.
        pub stream: Stream = String => stream,
        /// The part of a run that asks.
        pub stream_run_id: StreamRunId = i64 => plain(StreamRunId),
        /// How many records are missing there.
        pub missing: i64,
        /// How many are present here.
        pub present: i64,
        /// Some of them, to look up.
        pub sample: Vec<MissingRecord> = String => json,
        /// State.
        pub state: QuestionState = String => known(QuestionState::from_key),
        /// When it was asked.
        pub asked_at: UtcMillis = i64 => instant,
        /// When it was answered.
        pub answered_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// By whom.
        pub answered_by: Option<String>,
    }
}

/// A question to ask. Its candidates follow with [`add_candidates`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuestion {
    /// The integration.
    pub integration: IntegrationId,
    /// The stream.
    pub stream: Stream,
    /// The part of a run that asks.
    pub stream_run: StreamRunId,
    /// How many records are missing there.
    pub missing: i64,
    /// How many are present here.
    pub present: i64,
    /// Some of them.
    pub sample: Vec<MissingRecord>,
}

/// Asks; an open question of the same stream is replaced.
///
/// # Errors
/// As any statement.
pub async fn ask(tx: &mut Tx, new: &NewQuestion) -> Result<RemovalQuestionId> {
    replace_open(tx, new.integration, new.stream).await?;
    let id = tx.next_id("removal_question").await?;
    let now = tx.store().now();
    let sample = serde_json::to_string(&new.sample)?;
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        new.integration.0,
        new.stream.key(),
        new.stream_run.0,
        new.missing,
        new.present,
        &sample,
        QuestionState::Open.key(),
        now.0
    )?;
    tx.tell("question", id);
    Ok(RemovalQuestionId(id))
}

/// The stream was read whole again: an open question about it is settled. Answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn replace_open(tx: &mut Tx, integration: IntegrationId, stream: Stream) -> Result<bool> {
    let now = tx.store().now();
    execute!(tx, REMOVE_OPEN_CANDIDATES, integration.0, stream.key())?;
    let replaced = execute!(tx, REPLACE_OPEN, integration.0, stream.key(), now.0)? > 0;
    if replaced {
        tx.tell("question", 0);
    }
    Ok(replaced)
}

/// Adds records the question is about, by the vendor's ids.
///
/// # Errors
/// As any statement.
pub async fn add_candidates(
    tx: &mut Tx,
    question: RemovalQuestionId,
    external_ids: &[String],
) -> Result<()> {
    if external_ids.is_empty() {
        return Ok(());
    }
    connection_arms!(tx,
        lite => sqlx::query(ADD_CANDIDATES_SQLITE).bind(question.0).bind(serde_json::to_string(external_ids)?).execute(&mut **lite).await?,
        pg => sqlx::query(ADD_CANDIDATES_POSTGRES).bind(question.0).bind(external_ids).execute(&mut **pg).await?
    );
    Ok(())
}

/// Open questions of an integration.
///
/// # Errors
/// As any statement.
pub async fn list_open(store: &Store, integration: IntegrationId) -> Result<Vec<RemovalQuestion>> {
    read_all!(store, LIST_OPEN, integration.0)
}

/// Which questions of an integration are listed; all of them by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct QuestionFilter {
    /// Only in this state.
    pub state: Option<QuestionState>,
    /// Only those this run asked.
    pub run: Option<RunId>,
    /// Only those that are older than this one.
    pub before: Option<RemovalQuestionId>,
}

/// The questions of an integration, newest first, answered ones too, so that an answer stays readable.
///
/// # Errors
/// As any statement.
pub async fn list_questions(
    store: &Store,
    integration: IntegrationId,
    filter: QuestionFilter,
    limit: i64,
) -> Result<Vec<RemovalQuestion>> {
    read_all!(
        store,
        LIST,
        integration.0,
        limit,
        filter.before.map(|id| id.0),
        filter.state.map(QuestionState::key),
        filter.run.map(|id| id.0)
    )
}

/// The open question of a stream.
///
/// # Errors
/// As any statement.
pub async fn find_open(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
) -> Result<Option<RemovalQuestion>> {
    read_one!(store, FIND_OPEN, integration.0, stream.key())
}

/// One question.
///
/// # Errors
/// As any statement.
pub async fn find_question(
    store: &Store,
    id: RemovalQuestionId,
) -> Result<Option<RemovalQuestion>> {
    read_one!(store, FIND, id.0)
}

/// One question by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_question_by_uuid(
    store: &Store,
    uuid: &PublicId,
) -> Result<Option<RemovalQuestion>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// Answers an open question; `false` when it is not open any more. A refused one forgets its candidates.
///
/// # Errors
/// As any statement.
pub async fn answer(tx: &mut Tx, id: RemovalQuestionId, confirm: bool, by: &str) -> Result<bool> {
    let now = tx.store().now();
    let state = if confirm {
        QuestionState::Confirmed
    } else {
        QuestionState::Refused
    };
    let answered = execute!(tx, ANSWER, id.0, state.key(), by, now.0)? == 1;
    if answered && !confirm {
        execute!(tx, REMOVE_CANDIDATES, id.0)?;
    }
    tx.tell("question", id.0);
    Ok(answered)
}

/// Records a question is about, in order of their ids after `after`.
///
/// # Errors
/// As any statement.
pub async fn list_candidates(
    store: &Store,
    question: RemovalQuestionId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = read_all!(
        store,
        LIST_CANDIDATES,
        question.0,
        after.unwrap_or(""),
        limit
    )?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Takes some of the candidates out: they are dealt with in this transaction. What a page forgot meanwhile is not among
/// them, and a page that wants to forget one waits until this transaction ends.
///
/// # Errors
/// As any statement.
pub async fn take_candidates(
    tx: &mut Tx,
    question: RemovalQuestionId,
    limit: i64,
) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx_all!(tx, TAKE_CANDIDATES, question.0, limit)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Records came again from the vendor: whatever question they were candidates of, they are not gone. Costs one look-up
/// while nothing waits for an answer or is being done.
///
/// # Errors
/// As any statement.
pub async fn forget_candidates(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[&str],
) -> Result<()> {
    let waiting: Option<(i64,)> = tx_one!(tx, COUNT_WAITING, integration.0, stream.key())?;
    if external_ids.is_empty() || waiting.is_none_or(|row| row.0 == 0) {
        return Ok(());
    }
    connection_arms!(tx,
        lite => sqlx::query(FORGET_SQLITE).bind(integration.0).bind(stream.key()).bind(serde_json::to_string(external_ids)?).execute(&mut **lite).await?,
        pg => sqlx::query(FORGET_POSTGRES).bind(integration.0).bind(stream.key()).bind(external_ids).execute(&mut **pg).await?
    );
    Ok(())
}

/// Candidates of a stream's questions that wait for an answer or are being done.
macro_rules! forget {
    () => {
        "DELETE FROM removal_candidate WHERE question_id IN (SELECT id FROM removal_question
        WHERE integration_id = $1 AND stream = $2 AND state IN ('open', 'confirmed')) AND external_id"
    };
}

statements! {
    INSERT = "INSERT INTO removal_question (id, uuid, integration_id, stream, stream_run_id, missing, present, sample, state, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    REMOVE_OPEN_CANDIDATES = "DELETE FROM removal_candidate WHERE question_id IN
        (SELECT id FROM removal_question WHERE integration_id = $1 AND stream = $2 AND state = 'open')";
    REPLACE_OPEN = "UPDATE removal_question SET state = 'replaced', answered_at = $3 WHERE integration_id = $1 AND stream = $2 AND state = 'open'";
    ADD_CANDIDATES_SQLITE for Sqlite = "INSERT INTO removal_candidate (question_id, external_id)
        SELECT $1, value FROM json_each($2) WHERE true ON CONFLICT (question_id, external_id) DO NOTHING";
    ADD_CANDIDATES_POSTGRES for Postgres = "INSERT INTO removal_candidate (question_id, external_id)
        SELECT $1, external_id FROM unnest(CAST($2 AS TEXT[])) AS given (external_id) ON CONFLICT (question_id, external_id) DO NOTHING";
    LIST_OPEN = "SELECT * FROM removal_question WHERE integration_id = $1 AND state = 'open' ORDER BY id";
    LIST = "SELECT * FROM removal_question q WHERE q.integration_id = $1 AND (CAST($3 AS BIGINT) IS NULL OR q.id < $3)
        AND (CAST($4 AS TEXT) IS NULL OR q.state = $4)
        AND (CAST($5 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM stream_run s WHERE s.id = q.stream_run_id AND s.run_id = $5))
        ORDER BY q.id DESC LIMIT $2";
    FIND_OPEN = "SELECT * FROM removal_question WHERE integration_id = $1 AND stream = $2 AND state = 'open'";
    COUNT_WAITING = "SELECT count(*) AS waiting FROM removal_question WHERE integration_id = $1 AND stream = $2 AND state IN ('open', 'confirmed')
        AND EXISTS (SELECT 1 FROM removal_candidate WHERE question_id = removal_question.id)";
    FORGET_SQLITE for Sqlite = concat!(forget!(), " IN (SELECT value FROM json_each($3))");
    FORGET_POSTGRES for Postgres = concat!(forget!(), " = ANY(CAST($3 AS TEXT[]))");
    FIND = "SELECT * FROM removal_question WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM removal_question WHERE uuid = $1";
    ANSWER = "UPDATE removal_question SET state = $2, answered_by = $3, answered_at = $4 WHERE id = $1 AND state = 'open'";
    LIST_CANDIDATES = "SELECT external_id FROM removal_candidate WHERE question_id = $1 AND external_id > $2 ORDER BY external_id LIMIT $3";
    REMOVE_CANDIDATES = "DELETE FROM removal_candidate WHERE question_id = $1";
    TAKE_CANDIDATES = "WITH taken AS MATERIALIZED
            (SELECT external_id FROM removal_candidate WHERE question_id = $1 ORDER BY external_id LIMIT $2)
        DELETE FROM removal_candidate WHERE question_id = $1 AND external_id IN (SELECT external_id FROM taken) RETURNING external_id";
}
