//! Marking as removed what a complete full run did not see (rules P5, P11, P14).

use connectors::connector::Fetched;
use domain::removal_guard;
use domain::run::Counts;
use store::checkpoints;
use store::pages::{self, Coverage, RemovedReason, Unseen};
use store::removal_questions::{self, MissingRecord, NewQuestion};
use store::runs::{self, StreamProgress};

use super::oddity::Verdict;
use super::part::{Part, Stop, phase};
use super::records::Prepared;
use super::side_lists;

/// Rows looked at or marked in one commit.
const ROWS: i64 = 500;
/// Candidates the vendor is asked about one by one. More than that, unproven, is a question for a person.
const ASKED_BY_ID: usize = 50;
/// Missing records shown with a question.
const SAMPLE: usize = 20;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Removal {
    /// A person has to confirm.
    pub asked: bool,
    /// How many records were missing.
    pub missing: i64,
}

/// Records a full run did not see; never all of them in memory (rule P7).
#[derive(Default)]
struct Missing {
    count: u64,
    /// The first few.
    first: Vec<Unseen>,
    /// The first few of those that the connector makes of other records.
    made: Vec<Unseen>,
}

/// Removes what is gone, or asks.
pub(super) async fn run(part: &mut Part<'_>, verdict: Verdict) -> Result<Removal, Stop> {
    let coverage = part.coverage();
    let clears = part.is_first_full_of_a_cleared_generation().await?;
    if clears || part.row.phase == phase::REMOVE {
        let reason = if clears {
            RemovedReason::Cleared
        } else {
            RemovedReason::Vendor
        };
        part.remove_unseen(&coverage, reason).await?;
        return Ok(Removal::default());
    }
    let Missing {
        count: missing,
        first,
        made,
    } = part.missing(&coverage).await?;
    if missing == 0 {
        return Ok(Removal::default());
    }
    let present = pages::count_present(
        part.engine.store(),
        part.integration.id,
        part.row.stream,
        &coverage,
    )
    .await?;
    // Totals that moved while the pages came prove no single record's absence, and none proves that of a record the
    // vendor does not count; then the vendor is asked by id.
    let still = part.row.total_before == part.row.total_after;
    let proven = verdict == Verdict::Verified && still && part.asked_scope().is_everything();
    let by_id = if proven { made } else { first.clone() };
    let many = by_id.len() > ASKED_BY_ID;
    let can_ask_vendor = part.capability.by_id;
    let cannot_ask = many || (!by_id.is_empty() && !can_ask_vendor);
    if removal_guard::must_ask(missing, present) || cannot_ask {
        part.ask(&coverage, missing, present, &first).await?;
        let missing = i64::try_from(missing).unwrap_or(i64::MAX);
        return Ok(Removal {
            asked: true,
            missing,
        });
    }
    part.remove_denied(by_id).await?;
    if proven {
        part.enter_removal().await?;
        part.remove_unseen(&coverage, RemovedReason::Vendor).await?;
    }
    Ok(Removal::default())
}

impl Part<'_> {
    fn coverage(&self) -> Coverage {
        let floor = match self.row.mode {
            domain::stream::PullMode::Full { floor } => floor,
            domain::stream::PullMode::Since { since } => Some(since),
        };
        Coverage::new(floor, &self.asked_scope())
    }

    /// After *Clear & Resync* the first complete full run of each stream decides alone what is still there (rule P14).
    async fn is_first_full_of_a_cleared_generation(&self) -> Result<bool, Stop> {
        if self.integration.generation <= 1 {
            return Ok(false);
        }
        let found =
            checkpoints::find_checkpoint(self.engine.store(), self.integration.id, self.row.stream)
                .await?;
        let completed = found.is_some_and(|checkpoint| {
            checkpoint.generation == self.integration.generation
                && checkpoint.full_completed_at.is_some()
        });
        Ok(!completed)
    }

    async fn unseen(
        &self,
        coverage: &Coverage,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Unseen>, Stop> {
        let (integration, stream) = (self.integration.id, self.row.stream);
        let store = self.engine.store();
        Ok(pages::list_unseen(
            store,
            integration,
            stream,
            self.row.id,
            coverage,
            after,
            limit,
        )
        .await?)
    }

    /// What is missing.
    async fn missing(&self, coverage: &Coverage) -> Result<Missing, Stop> {
        let prefix = self.capability.made_ids;
        let is_made = |row: &Unseen| !prefix.is_empty() && row.external_id.starts_with(prefix);
        let mut missing = Missing::default();
        let mut after = String::new();
        loop {
            let rows = self.unseen(coverage, &after, ROWS).await?;
            let Some(last) = rows.last() else {
                return Ok(missing);
            };
            after.clone_from(&last.external_id);
            missing.count += rows.len() as u64;
            let room = |kept: &[Unseen]| (ASKED_BY_ID + 1).saturating_sub(kept.len());
            let made = rows.iter().filter(|row| is_made(row)).cloned();
            let made: Vec<Unseen> = made.take(room(&missing.made)).collect();
            missing.made.extend(made);
            let first = rows.into_iter().take(room(&missing.first));
            missing.first.extend(first);
        }
    }

    /// Stores that marking has begun, so that a restart goes on with it instead of judging a half-marked table.
    async fn enter_removal(&mut self) -> Result<(), Stop> {
        self.remove(&[], RemovedReason::Vendor).await
    }

    /// Marks everything unseen, in fenced batches. What is marked is no longer listed, so a restart begins anew.
    async fn remove_unseen(
        &mut self,
        coverage: &Coverage,
        reason: RemovedReason,
    ) -> Result<(), Stop> {
        let mut after = String::new();
        loop {
            let rows = self.unseen(coverage, &after, ROWS).await?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after.clone_from(&last.external_id);
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            self.remove(&ids, reason).await?;
        }
    }

    async fn remove(&mut self, ids: &[i64], reason: RemovedReason) -> Result<(), Stop> {
        let mut tx = self.fence().await?;
        let removed =
            pages::mark_removed(&mut tx, self.row.stream, ids, reason, self.engine.now()).await?;
        let mut progress = StreamProgress::at(None, phase::REMOVE);
        progress.counts.removed = i64::try_from(removed).unwrap_or(i64::MAX);
        if !runs::save_progress(&mut tx, self.row.id, &progress).await? {
            tx.rollback().await?;
            return Err(Stop::Lost);
        }
        tx.commit().await?;
        self.note_progress(progress.counts, phase::REMOVE, None);
        Ok(())
    }

    /// Asks the vendor about each candidate: one it denies is gone, one it has is stored like any other record, which
    /// also tells a ticket that left the scope from one that was deleted.
    async fn remove_denied(&mut self, candidates: Vec<Unseen>) -> Result<(), Stop> {
        let stream = self.row.stream;
        for candidate in candidates {
            match self
                .connection
                .connector
                .fetch(stream, &candidate.external_id)
                .await?
            {
                Fetched::Gone => {
                    let mut tx = self.fence().await?;
                    let now = self.engine.now();
                    let removed = pages::mark_removed(
                        &mut tx,
                        stream,
                        &[candidate.id],
                        RemovedReason::Vendor,
                        now,
                    )
                    .await?;
                    let counts = Counts {
                        removed: i64::try_from(removed).unwrap_or(i64::MAX),
                        ..Counts::default()
                    };
                    self.save(tx, counts).await?;
                }
                Fetched::Record(batch, beside) => {
                    side_lists::check(&beside, &self.integration.settings.scope)?;
                    let version = self.connection.connector.mapper_version();
                    let (page, _) = Prepared::from(batch, version, self.integration.generation);
                    let mut page = page.without(side_lists::unread(&beside));
                    let mut counts = Counts::default();
                    let mut tx = self.fence().await?;
                    self.writer().write(&mut tx, &mut page, &mut counts).await?;
                    pages::insert_seen(&mut tx, self.row.id, &[candidate.external_id.as_str()])
                        .await?;
                    self.save(tx, counts).await?;
                }
                // It exists; a page that carries it will set it aside.
                Fetched::Unreadable(_) => {
                    let mut tx = self.fence().await?;
                    pages::insert_seen(&mut tx, self.row.id, &[candidate.external_id.as_str()])
                        .await?;
                    self.save(tx, Counts::default()).await?;
                }
            }
        }
        Ok(())
    }

    async fn save(&mut self, mut tx: store::Tx, mut counts: Counts) -> Result<(), Stop> {
        counts.requests = self.new_requests();
        let progress = StreamProgress {
            counts,
            ..StreamProgress::at(None, phase::JUDGE)
        };
        if !runs::save_progress(&mut tx, self.row.id, &progress).await? {
            tx.rollback().await?;
            return Err(Stop::Lost);
        }
        tx.commit().await?;
        self.note_progress(counts, phase::JUDGE, None);
        Ok(())
    }

    /// Stores the question with its candidates; whatever was open is replaced (rule P11).
    async fn ask(
        &self,
        coverage: &Coverage,
        missing: u64,
        present: u64,
        first: &[Unseen],
    ) -> Result<(), Stop> {
        let count = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
        let (integration, stream) = (self.integration.id, self.row.stream);
        let mut tx = self.fence().await?;
        let mut sample = Vec::new();
        for row in first.iter().take(SAMPLE) {
            let external_id = row.external_id.clone();
            let label = pages::find_label(&mut tx, integration, stream, &external_id).await?;
            sample.push(MissingRecord {
                label: label.unwrap_or_else(|| external_id.clone()),
                external_id,
            });
        }
        let question = NewQuestion {
            integration,
            stream,
            stream_run: self.row.id,
            missing: count(missing),
            present: count(present),
            sample,
        };
        let question = removal_questions::ask(&mut tx, &question).await?;
        let mut after = String::new();
        loop {
            let rows = self.unseen(coverage, &after, ROWS).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.external_id);
            let ids: Vec<String> = rows.into_iter().map(|row| row.external_id).collect();
            removal_questions::add_candidates(&mut tx, question, &ids).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
