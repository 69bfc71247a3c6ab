//! What a full run covers, and what it did not see inside of that (rule P5).

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, StreamRunId};
use domain::scope::Scope;
use domain::stream::Stream;

use super::sql;
use super::value::json_list;
use crate::db::Db;
use crate::error::Result;
use crate::open::Store;

/// The records a full run reads. A row outside is never listed as unseen, since the run could not have seen it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Only records last active at this instant or later. Tickets, notes and opportunities; others are always read
    /// whole, and a floor is ignored.
    pub floor: Option<UtcMillis>,
    /// Tickets: only these queues; empty means all, and tickets without one.
    pub queues: Vec<String>,
    /// Tickets: only these categories; empty means all, and tickets without one.
    pub categories: Vec<String>,
    /// Tickets: not these statuses.
    pub exclude_statuses: Vec<String>,
}

impl Coverage {
    /// A run that read everything in a scope since a floor.
    #[must_use]
    pub fn new(floor: Option<UtcMillis>, scope: &Scope) -> Self {
        let list = |ids: &std::collections::BTreeSet<String>| ids.iter().cloned().collect();
        Self {
            floor,
            queues: list(&scope.queues),
            categories: list(&scope.categories),
            exclude_statuses: list(&scope.exclude_statuses),
        }
    }

    fn lists(&self) -> [Option<&[String]>; 3] {
        [&self.queues, &self.categories, &self.exclude_statuses]
            .map(|list| (!list.is_empty()).then_some(list.as_slice()))
    }

    fn json(&self) -> Result<[Option<String>; 3]> {
        let [queues, categories, statuses] = self.lists();
        Ok([
            queues.map(json_list).transpose()?,
            categories.map(json_list).transpose()?,
            statuses.map(json_list).transpose()?,
        ])
    }
}

row! {
    /// A row a run did not see.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Unseen {
        /// Its row id.
        pub id: i64,
        /// The vendor's id.
        pub external_id: String,
    }
}

/// Present rows inside the coverage that the run did not see, by external id after `after` (empty text: from the
/// start), at most `limit`.
///
/// # Errors
/// As any statement; also for a deletion feed, which has no records.
pub async fn list_unseen(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
    stream_run: StreamRunId,
    coverage: &Coverage,
    after: &str,
    limit: i64,
) -> Result<Vec<Unseen>> {
    let texts = sql::of(stream)?;
    let text = texts.list_unseen.on(store.engine());
    let floor = coverage.floor.map(|floor| floor.0);
    let rows = match store.db() {
        Db::Lite { r, .. } => {
            let [queues, categories, statuses] = coverage.json()?;
            let query = sqlx::query_as(text)
                .bind(integration.0)
                .bind(floor)
                .bind(queues)
                .bind(categories)
                .bind(statuses);
            query
                .bind(stream_run.0)
                .bind(after)
                .bind(limit)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            let [queues, categories, statuses] = coverage.lists();
            let query = sqlx::query_as(text)
                .bind(integration.0)
                .bind(floor)
                .bind(queues)
                .bind(categories)
                .bind(statuses);
            let mut transaction = pool.begin().await?;
            sqlx::query(PLAN_ANEW).execute(&mut *transaction).await?;
            query
                .bind(stream_run.0)
                .bind(after)
                .bind(limit)
                .fetch_all(&mut *transaction)
                .await?
        }
    };
    Ok(rows)
}

/// How many present rows lie inside the coverage: what the mass-removal guard compares with (rule P11).
///
/// # Errors
/// As [`list_unseen`].
pub async fn count_present(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
    coverage: &Coverage,
) -> Result<u64> {
    let texts = sql::of(stream)?;
    let text = texts.count_present.on(store.engine());
    let floor = coverage.floor.map(|floor| floor.0);
    let (present,): (i64,) = match store.db() {
        Db::Lite { r, .. } => {
            let [queues, categories, statuses] = coverage.json()?;
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(floor)
                .bind(queues)
                .bind(categories)
                .bind(statuses)
                .fetch_one(r)
                .await?
        }
        Db::Pg(pool) => {
            let [queues, categories, statuses] = coverage.lists();
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(floor)
                .bind(queues)
                .bind(categories)
                .bind(statuses)
                .fetch_one(pool)
                .await?
        }
    };
    Ok(present.unsigned_abs())
}

/// How many rows of a stream were written or removed at an instant or later, whatever a run says it did: what the
/// benchmark proves "unchanged costs no write" with (rule P4).
///
/// # Errors
/// As [`list_unseen`].
pub async fn count_written_since(
    store: &Store,
    integration: IntegrationId,
    stream: Stream,
    since: UtcMillis,
) -> Result<u64> {
    let text = sql::of(stream)?.count_written_since.on(store.engine());
    let (written,): (i64,) = match store.db() {
        Db::Lite { r, .. } => {
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(since.0)
                .fetch_one(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(text)
                .bind(integration.0)
                .bind(since.0)
                .fetch_one(pool)
                .await?
        }
    };
    Ok(written.unsigned_abs())
}

statements! {
    // A plan kept from when there were few marks would read all of them for every record.
    PLAN_ANEW for Postgres = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)";
}
