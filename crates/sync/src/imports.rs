//! Imports of staff and companies that a person asked for, as background work.
//!
//! One commit keeps what was asked for, the chosen records in their order, and the job. From then on whoever works on it
//! (a worker, or the request itself when there are few) decides the next 200 records, writes a line about each and moves
//! on, in one commit, with the import's row locked. The number of lines is the place: a process that dies in between
//! leaves a place and no half record, whoever goes on begins there, and two that work at once take turns. So nobody is
//! doubled, no record is left out, and the report is whole and can be read at any time, also by somebody who left.
//!
//! The same request sent again while it runs, or right after all of it was done, leads to that one. Whether the person may still do this is looked
//! at in every commit.

use std::collections::BTreeSet;

use domain::id::{IdentityId, ImportId, IntegrationId, PublicId};
use domain::imports::{ImportCounts, ImportKind, ImportOutcome, ImportStop};
use domain::job::{Job, Priority};
use domain::permission::{Grants, Permission};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit::Actor;
use store::identities::{self, MembershipStatus};
use store::imports::{self as rows, NewImport};
use store::jobs::{self, ClaimedJob, Lease};
use store::{Store, Tx};

pub use store::imports::{Import, ImportLine, find_import_by_uuid, find_last_import, list_imports};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::import_companies::{self, CompanyChoice};
use crate::import_users::{self, ImportRowChoice};
use crate::worker::Ended;

/// Records decided in one commit.
pub(crate) const BATCH: usize = 200;
/// How often a commit is tried that somebody else got in the way of.
pub(crate) const ATTEMPTS: usize = 3;
/// Imports of at most so many records are done while the person waits.
pub const AT_ONCE: u64 = 25;
/// When the job of such an import takes over, in milliseconds, should the request have broken off.
const TAKE_OVER: i64 = 20_000;

/// The same request within so many milliseconds after the first one was done whole is the second of two clicks.
const SECOND_CLICK: i64 = 15_000;

/// *Select all*: everything of a list that is not chosen one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Everyone {
    /// Of this search; empty: all.
    pub search: String,
    /// Except these, by row id.
    pub except: BTreeSet<i64>,
    /// Only what Quick Match proposes a link for, and that link.
    pub proposed: bool,
}

/// An import that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    id: ImportId,
    uuid: PublicId,
    few: bool,
}

/// What is to be kept: records of one kind.
pub(crate) struct Asked<'a, T> {
    pub(crate) integration: IntegrationId,
    pub(crate) kind: ImportKind,
    /// The request as it was sent.
    pub(crate) request: &'a Value,
    /// The chosen records, in the order they are decided in.
    pub(crate) records: &'a [T],
    /// The role of those who are made, by name.
    pub(crate) role: Option<&'a str>,
}

/// What became of some records.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// A line for each.
    pub(crate) lines: Vec<(ImportOutcome, Value)>,
    /// Welcome e-mails on their way.
    pub(crate) welcomed: u64,
    /// Why the import ends here.
    pub(crate) stopped: Option<ImportStop>,
}

impl Decided {
    /// Nothing more is done, for a reason.
    pub(crate) fn stop(reason: ImportStop) -> Self {
        Self {
            stopped: Some(reason),
            ..Self::default()
        }
    }

    /// Adds a line.
    pub(crate) fn push(&mut self, outcome: ImportOutcome, line: &impl Serialize) -> Result<()> {
        let line = serde_json::to_value(line).map_err(stored)?;
        self.lines.push((outcome, line));
        Ok(())
    }
}

/// The chosen records of an import.
enum Plan {
    Users(Vec<ImportRowChoice>),
    Companies(Vec<CompanyChoice>),
}

/// How a commit of an import ended.
enum Step {
    More,
    Finished,
    LeaseLost,
}

/// Keeps an import with its job, or finds the same request that is still being worked on or was done a moment ago.
pub(crate) async fn keep_in<T: Serialize>(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    asked: Asked<'_, T>,
) -> Result<Kept> {
    let few = asked.records.len() as u64 <= AT_ONCE;
    let (integration, kind) = (asked.integration, asked.kind);
    let since = engine.now().plus(-SECOND_CLICK);
    let found = rows::find_same_in(tx, integration, kind, actor, asked.request, since).await?;
    if let Some(same) = found {
        return Ok(Kept {
            id: same.id,
            uuid: same.uuid,
            few,
        });
    }
    let plan = serde_json::to_value(asked.records).map_err(stored)?;
    let new = NewImport {
        integration: asked.integration,
        kind: asked.kind,
        actor,
        asked: asked.request,
        plan: &plan,
        total: asked.records.len() as u64,
        role: asked.role,
    };
    let (id, uuid) = rows::insert_import(tx, &new).await?;
    let at = if few {
        engine.now().plus(TAKE_OVER)
    } else {
        engine.now()
    };
    jobs::enqueue(tx, &Job::Import { import: id }, Priority::Interactive, at).await?;
    Ok(Kept { id, uuid, few })
}

/// Does a small import to its end while the person waits, and leaves a big one to the workers. Answers its id in
/// addresses.
pub(crate) async fn begin(engine: &Engine, kept: Kept) -> PublicId {
    if kept.few
        && let Err(error) = finish(engine, &kept).await
    {
        // Its job goes on with it.
        tracing::warn!(%error, "an import is left to the workers");
    }
    kept.uuid
}

/// Does an import to its end.
pub(crate) async fn finish(engine: &Engine, kept: &Kept) -> Result<PublicId> {
    let plan = find_plan(engine.store(), kept.id).await?;
    while let Some(plan) = &plan
        && let Step::More = advance(engine, kept.id, plan, None).await?
    {}
    Ok(kept.uuid.clone())
}

/// The job.
pub(crate) async fn run(engine: &Engine, claimed: &ClaimedJob, id: ImportId) -> Result<Ended> {
    let Some(plan) = find_plan(engine.store(), id).await? else {
        return Ok(Ended::Done);
    };
    loop {
        match advance(engine, id, &plan, Some(&claimed.lease)).await? {
            Step::More => {}
            Step::Finished => return Ok(Ended::Done),
            Step::LeaseLost => return Ok(Ended::LeaseLost),
        }
    }
}

/// Ends an import whose job had its last attempt; the report says so.
pub(crate) async fn given_up(engine: &Engine, tx: &mut Tx, id: ImportId) -> Result<()> {
    if let Some(mut import) = rows::find_import_in(tx, id).await?
        && import.finished_at.is_none()
    {
        import.stopped = Some(ImportStop::Trouble);
        import.finished_at = Some(engine.now());
        rows::update_import(tx, &import, &[]).await?;
    }
    Ok(())
}

/// The same for imports whose workers vanished once too often.
pub(crate) async fn bury(engine: &Engine) -> Result<()> {
    for id in rows::list_forsaken(engine.store()).await? {
        let mut tx = engine.store().begin().await?;
        given_up(engine, &mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn find_plan(store: &Store, id: ImportId) -> Result<Option<Plan>> {
    let Some((kind, plan)) = rows::find_plan(store, id).await? else {
        return Ok(None);
    };
    Ok(Some(match kind {
        ImportKind::Users => Plan::Users(read(plan)?),
        ImportKind::Companies => Plan::Companies(read(plan)?),
        // A job of its own does it, and its report begins ended.
        ImportKind::Contacts => return Ok(None),
    }))
}

/// One commit, decided again when somebody else got in its way.
async fn advance(
    engine: &Engine,
    id: ImportId,
    plan: &Plan,
    lease: Option<&Lease>,
) -> Result<Step> {
    let mut attempt = 1;
    loop {
        match commit(engine, id, plan, lease).await {
            Err(error) if error.is_worth_another_attempt() && attempt < ATTEMPTS => {
                tracing::info!(%error, attempt, "a commit of an import is decided again");
                attempt += 1;
            }
            other => return other,
        }
    }
}

async fn commit(engine: &Engine, id: ImportId, plan: &Plan, lease: Option<&Lease>) -> Result<Step> {
    let mut tx = engine.store().begin().await?;
    if let Some(lease) = lease
        && !jobs::hold_lease(&mut tx, lease).await?
    {
        tx.rollback().await?;
        return Ok(Step::LeaseLost);
    }
    let found = rows::find_import_in(&mut tx, id).await?;
    let Some(mut import) = found.filter(|import| import.finished_at.is_none()) else {
        tx.rollback().await?;
        return Ok(Step::Finished);
    };
    let place = usize::try_from(import.counts.decided()).unwrap_or(usize::MAX);
    let decided = match plan {
        Plan::Users(all) => import_users::decide(&mut tx, &import, next(all, place)).await?,
        Plan::Companies(all) => {
            import_companies::decide(engine, &mut tx, &import, next(all, place)).await?
        }
    };
    count(&mut import.counts, &decided);
    import.stopped = decided.stopped;
    let over = import.stopped.is_some() || import.counts.rest() == 0;
    if over {
        import.finished_at = Some(engine.now());
        jobs::withdraw(&mut tx, &Job::Import { import: id }.unique_key()).await?;
    }
    rows::update_import(&mut tx, &import, &decided.lines).await?;
    tx.commit().await?;
    if over {
        let counts = &import.counts;
        tracing::info!(import = %import.uuid, kind = import.kind.key(), created = counts.created, linked = counts.linked, skipped = counts.skipped, rest = counts.rest(), "an import ended");
    }
    Ok(if over { Step::Finished } else { Step::More })
}

fn next<T>(all: &[T], place: usize) -> &[T] {
    let rest = all.get(place..).unwrap_or_default();
    &rest[..rest.len().min(BATCH)]
}

fn count(counts: &mut ImportCounts, decided: &Decided) {
    for (outcome, _) in &decided.lines {
        counts.count(*outcome);
    }
    counts.welcomed += decided.welcomed;
}

/// What whoever asked may do now; `None` when the right is gone.
pub(crate) async fn grants_in(
    tx: &mut Tx,
    actor: &Actor,
    right: Permission,
) -> Result<Option<(IdentityId, Grants)>> {
    let Actor::Person { id, .. } = actor else {
        return Ok(Some((IdentityId(0), Grants::everything())));
    };
    let staff = identities::find_staff_member_in(tx, *id).await?;
    Ok(staff
        .filter(|staff| staff.status == MembershipStatus::Active && staff.grants.allow(right))
        .map(|staff| (staff.identity_id, staff.grants)))
}

/// Lines of one outcome after a place.
///
/// # Errors
/// As any statement; `Stored` when a line was written by another version.
pub async fn list_lines<T: DeserializeOwned>(
    store: &Store,
    id: ImportId,
    outcome: ImportOutcome,
    after: i64,
    limit: i64,
) -> Result<Vec<T>> {
    let found = rows::list_lines(store, id, outcome, after, limit).await?;
    found.into_iter().map(|line| read(line.line)).collect()
}

pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(stored)
}

#[expect(clippy::needless_pass_by_value, reason = "an argument of map_err")]
pub(crate) fn stored(error: serde_json::Error) -> Error {
    Error::Stored(error.to_string())
}
