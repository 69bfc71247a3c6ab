//! One stream's part of a run, from loading its row to its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use connectors::limits::Urgency;
use connectors::page::Cursor;
use domain::capability::StreamCapability;
use domain::clock::UtcMillis;
use domain::id::StreamRunId;
use domain::provider::{self, Provider};
use domain::run::{Counts, RunState, Trigger};
use domain::scope::Scope;
use domain::secret::Secret;
use domain::stream::Stream;
use store::integrations::{self, Integration};
use store::jobs::{self, ClaimedJob, Lease};
use store::runs::{self, Run, StreamRun};
use store::{StoreError, Tx, vacuum};

use super::fetch::{Fetched, OnItsWay, Question};
use super::oddity::PageMemory;
use super::{ending, finish, page, scope};
use crate::connect::form;
use crate::connector::{self, Connection};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::worker::Ended;

/// Phases of a part, stored in its row, so that a restart goes on where it was.
pub(super) mod phase {
    /// Pages are read.
    pub const PAGES: &str = "pages";
    /// All pages are stored; completeness is judged.
    pub const JUDGE: &str = "judge";
    /// What the vendor no longer has is being marked.
    pub const REMOVE: &str = "remove";
}

/// Pages in a row that brought nothing new, after which a part is given up: the vendor is going round in circles.
const CIRCLES: u32 = 5;

/// Why a part stops before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The lease is somebody else's, or the part was superseded: stop without a trace.
    Lost,
    /// The vendor.
    Vendor(connectors::Error),
    /// Ourselves.
    Internal(Error),
}

impl From<connectors::Error> for Stop {
    fn from(error: connectors::Error) -> Self {
        Self::Vendor(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Internal(error)
    }
}

/// A part being worked on.
pub(super) struct Part<'a> {
    pub engine: &'a Engine,
    pub lease: Lease,
    pub integration: Integration,
    pub provider: &'static Provider,
    pub capability: &'static StreamCapability,
    pub run: Run,
    pub row: StreamRun,
    pub connection: Connection,
    /// What the connection was opened with, to tell whether it was replaced meanwhile.
    pub credentials: BTreeMap<String, Secret>,
    /// When this part began, by our clock.
    pub began: UtcMillis,
    /// The vendor's total before the first page, asked for and not stored yet.
    pub total_before: Option<i64>,
    /// Requests of the connector already counted in the row.
    counted: u64,
    /// Claims of the job without progress, this one included.
    pub attempts: i64,
    /// Whether this attempt has told that the vendor answers.
    pub answered: bool,
    pub memory: PageMemory,
    /// Pages in a row that brought nothing new.
    pub circles: u32,
}

/// Works on a part of a run until it ends, waits or fails.
pub(crate) async fn stream(
    engine: &Engine,
    claimed: &ClaimedJob,
    id: StreamRunId,
) -> Result<Ended> {
    let Some(mut part) = Part::load(engine, claimed, id).await? else {
        return Ok(Ended::Done);
    };
    match part.work().await {
        Ok(()) => Ok(Ended::Settled),
        Err(Stop::Lost) => Ok(Ended::LeaseLost),
        Err(Stop::Internal(error)) => Err(error),
        Err(Stop::Vendor(error)) => ending::trouble(&mut part, &error).await,
    }
}

impl<'a> Part<'a> {
    /// Loads a part; `None` when there is nothing left to do for it.
    async fn load(
        engine: &'a Engine,
        claimed: &ClaimedJob,
        id: StreamRunId,
    ) -> Result<Option<Self>> {
        let store = engine.store();
        let Some(row) = runs::find_stream_run(store, id).await? else {
            return Ok(None);
        };
        let (Some(run), Some(integration)) = (
            runs::find_run(store, row.run).await?,
            integrations::find_integration(store, row.integration).await?,
        ) else {
            return Ok(None);
        };
        if row.state.is_over() || run.state.is_over() || run.generation != integration.generation {
            return Ok(None);
        }
        let provider = provider::find(&integration.provider)
            .ok_or_else(|| Error::UnknownProvider(integration.provider.clone()))?;
        let Some(capability) = provider.capability.stream(row.stream) else {
            return Err(Error::Stored(format!(
                "{} has no stream {}",
                provider.name,
                row.stream.key()
            )));
        };
        let credentials = form::stored(engine, integration.id).await?;
        let urgency = urgency(run.trigger_key);
        let connection = connector::open(
            engine,
            provider.key,
            credentials.clone(),
            &integration.settings,
            urgency,
        );
        let mut part = Self {
            engine,
            lease: claimed.lease,
            provider,
            capability,
            began: row.started_at.unwrap_or_else(|| engine.now()),
            run,
            row,
            connection: match connection {
                Ok(connection) => connection,
                Err(error) => {
                    return ending::unusable(engine, claimed, id, &error)
                        .await
                        .map(|()| None);
                }
            },
            integration,
            credentials,
            total_before: None,
            counted: 0,
            attempts: claimed.attempts,
            answered: false,
            memory: PageMemory::default(),
            circles: 0,
        };
        Ok(part.start().await?.then_some(part))
    }

    /// Tells that work began; `false` when the part is over. Not fenced, since holding the lease counts as progress.
    async fn start(&mut self) -> Result<bool> {
        let mut tx = self.engine.store().begin().await?;
        runs::start_run(&mut tx, self.run.id).await?;
        if !runs::start_stream_run(&mut tx, &self.row).await? {
            return Ok(false);
        }
        tx.commit().await?;
        self.row.state = RunState::Running;
        Ok(true)
    }

    /// A transaction in which this worker still holds its lease (rule P2); `None` when it does not.
    pub(super) async fn fenced(&self) -> Result<Option<Tx>> {
        let mut tx = self.engine.store().begin().await?;
        if jobs::hold_lease(&mut tx, &self.lease).await? {
            Ok(Some(tx))
        } else {
            tx.rollback().await?;
            Ok(None)
        }
    }

    /// The same, where losing the lease stops the part.
    pub(super) async fn fence(&self) -> std::result::Result<Tx, Stop> {
        self.fenced().await?.ok_or(Stop::Lost)
    }

    /// Requests sent since the last call.
    pub(super) fn new_requests(&mut self) -> i64 {
        let total = self.connection.requests.total();
        let new = total.saturating_sub(self.counted);
        self.counted = total;
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        crate::telemetry::requests(self.provider.key, new);
        new
    }

    /// Records per page.
    fn page_size(&self) -> u32 {
        self.engine
            .config()
            .page_size
            .unwrap_or(self.capability.page_size)
    }

    /// The scope the vendor may be asked within: full runs of tickets only (rule P13).
    pub(super) fn asked_scope(&self) -> Scope {
        if self.row.stream == Stream::Tickets && self.row.mode.is_full() {
            self.integration.settings.scope.asked()
        } else {
            Scope::default()
        }
    }

    /// Asks the vendor for its own total of what this part covers.
    pub(super) async fn vendor_total(&self) -> std::result::Result<Option<i64>, Stop> {
        if !self.capability.total {
            return Ok(None);
        }
        let scope = self.asked_scope();
        let total = self
            .connection
            .connector
            .total(self.row.stream, self.row.mode, &scope)
            .await?;
        Ok(total.map(|total| i64::try_from(total).unwrap_or(i64::MAX)))
    }

    async fn work(&mut self) -> std::result::Result<(), Stop> {
        if self.row.stream == Stream::Tickets {
            scope::reapply_if_due(self).await?;
        }
        if self.row.phase == phase::PAGES {
            self.pages().await?;
        }
        finish::finish(self).await
    }

    /// Reads pages from the stored cursor on, one ahead.
    async fn pages(&mut self) -> std::result::Result<(), Stop> {
        if let Some(cursor) = self.row.cursor.clone().map(Cursor)
            && !self
                .connection
                .connector
                .knows_cursor(self.row.stream, &cursor)
        {
            self.start_anew().await?;
        }
        if self.row.mode.is_full() && self.row.total_before.is_none() && self.row.counts.pages == 0
        {
            self.total_before = self.vendor_total().await?;
        }
        let question = Question {
            connector: Arc::clone(&self.connection.connector),
            stream: self.row.stream,
            mode: self.row.mode,
            scope: Arc::new(self.asked_scope()),
            page_size: self.page_size(),
        };
        let cursor = self.row.cursor.clone().map(Cursor);
        let mut on_its_way = Some(OnItsWay::ask(&question, cursor));
        while let Some(asked) = on_its_way.take() {
            let page = asked.page().await?;
            // The next page is asked for before this one is looked at.
            on_its_way = page
                .next
                .clone()
                .map(|next| OnItsWay::ask(&question, Some(next)));
            let mapper = question.connector.mapper_version();
            let fetched = Fetched::of(page, mapper, self.integration.generation);
            let created = self.row.counts.created;
            page::store(self, fetched).await?;
            self.tell_of_growth(created).await;
            if self.circles >= CIRCLES {
                return Err(Stop::Vendor(connectors::Error::new(
                    connectors::ErrorKind::Unexpected,
                    "read pages",
                    "the vendor keeps sending records that had already come",
                )));
            }
        }
        Ok(())
    }

    /// Lets the database look at its table when many records of this integration are new to it. Nothing rests on it but
    /// speed, so that a failure is no reason to stop.
    async fn tell_of_growth(&self, before: i64) {
        let (store, now) = (self.engine.store(), self.row.counts.created);
        if let Err(error) = vacuum::analyze_records(store, self.row.stream, before, now).await {
            tracing::debug!(%error, "a table that grew is not counted anew");
        }
    }

    /// Begins again where the cursor is one that an older version left behind. The marks go first: what is interrupted in
    /// between finds the same cursor and comes here again.
    async fn start_anew(&mut self) -> std::result::Result<(), Stop> {
        ending::clear_marks(self.engine, self.row.id).await?;
        let mut tx = self.fence().await?;
        if !runs::start_anew(&mut tx, self.row.id).await? {
            tx.rollback().await?;
            return Err(Stop::Lost);
        }
        tx.commit().await?;
        let requests = self.row.counts.requests;
        self.row.counts = Counts {
            requests,
            ..Counts::default()
        };
        self.row.cursor = None;
        self.row.next_watermark = None;
        self.row.stamp_lag = None;
        self.row.total_before = None;
        self.row.oddities.clear();
        Ok(())
    }

    /// Adds counts to the row as it is known here.
    pub(super) fn note_progress(&mut self, counts: Counts, phase: &str, cursor: Option<String>) {
        self.row.counts = self.row.counts.plus(counts);
        phase.clone_into(&mut self.row.phase);
        self.row.cursor = cursor;
    }
}

/// Who waits for a run.
pub(super) const fn urgency(trigger: Trigger) -> Urgency {
    match trigger {
        Trigger::Connect
        | Trigger::Resync
        | Trigger::QuickSync
        | Trigger::ClearResync
        | Trigger::Wizard
        | Trigger::CommandLine
        | Trigger::SettingsChange => Urgency::Person,
        Trigger::Schedule | Trigger::Reconciliation | Trigger::Webhook | Trigger::Retry => {
            Urgency::Background
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s5_only_what_a_person_waits_for_may_use_what_is_kept_for_people() {
        let waits = Trigger::ALL
            .into_iter()
            .filter(|one| urgency(*one) == Urgency::Person);
        assert_eq!(
            waits.collect::<std::collections::HashSet<_>>(),
            [
                Trigger::Connect,
                Trigger::Resync,
                Trigger::QuickSync,
                Trigger::ClearResync,
                Trigger::Wizard,
                Trigger::CommandLine,
                Trigger::SettingsChange,
            ]
            .into()
        );
    }
}
