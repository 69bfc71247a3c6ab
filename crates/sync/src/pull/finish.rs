//! The end of a part: judging completeness (rule P10), removal (P5), the watermark (P3) and what comes next, the last
//! three in one commit.

use domain::hint::Hint;
use domain::run::RunState;
use domain::stream::{PullMode, Stream};
use store::checkpoints::{self, Checkpoint};
use store::{Tx, integrations, jobs, removal_questions, runs, set_aside};

use super::oddity::{self, Verdict};
use super::part::{Part, Stop};
use super::removal::{self, Removal};
use super::{contact_types, ending, watermark};
use crate::auto_import;

/// Records set aside looked at in one go.
const SET_ASIDE: i64 = 200;

/// What is known when the last page is stored.
struct Judgement {
    verdict: Verdict,
    doubtful: bool,
    removal: Removal,
    seen: i64,
}

/// Finishes a part whose pages are all stored.
pub(super) async fn finish(part: &mut Part<'_>) -> Result<(), Stop> {
    let full = part.row.mode.is_full();
    let judged = if full {
        judge_full(part).await?
    } else {
        judge_incremental(part).await?
    };
    let (state, message, hint) = part.outcome(&judged);
    let gone = if full && !judged.doubtful {
        contact_types::list_gone(part).await?
    } else {
        Vec::new()
    };
    let mut tx = part.fence().await?;
    // Whoever asks for a run holds this row: the end of one and a request for the next never pass each other (rule P9).
    let now = integrations::lock_integration(&mut tx, part.integration.id).await?;
    let changed = now.is_none_or(|now| now.settings_revision != part.run.settings_revision);
    let requests = part.new_requests();
    runs::add_requests(&mut tx, part.row.id, requests).await?;
    if !judged.doubtful {
        part.advance_checkpoint(&mut tx, judged.verdict, changed)
            .await?;
        if full {
            part.close_unmet(&mut tx).await?;
        }
        if full && !changed {
            contact_types::remove(part, &mut tx, &gone).await?;
        }
        let (stream, mode, counts) = (part.row.stream, part.row.mode, part.row.counts);
        auto_import::after_part(
            part.engine,
            &mut tx,
            &part.integration,
            stream,
            mode,
            &counts,
        )
        .await?;
        if full && !judged.removal.asked {
            removal_questions::replace_open(&mut tx, part.integration.id, part.row.stream).await?;
        }
    }
    let verified = (full && judged.verdict != Verdict::NotVerified)
        .then_some(judged.verdict == Verdict::Verified);
    if !runs::finish_stream_run(
        &mut tx,
        &part.row,
        state,
        verified,
        message.as_deref(),
        hint,
    )
    .await?
    {
        tx.rollback().await?;
        return Err(Stop::Lost);
    }
    ending::advance(part.engine, &mut tx, &part.run).await?;
    if !jobs::complete(&mut tx, &part.lease).await? {
        tx.rollback().await?;
        return Err(Stop::Lost);
    }
    tx.commit().await?;
    if full && let Err(error) = ending::clear_marks(part.engine, part.row.id).await {
        tracing::warn!(%error, "marks of a finished run are left to the housekeeping");
    }
    Ok(())
}

/// Compares what was seen with the vendor's totals and, when there is no doubt, marks what is gone.
async fn judge_full(part: &mut Part<'_>) -> Result<Judgement, Stop> {
    let seen = part.seen().await?;
    if part.row.total_after.is_none()
        && let Some(total) = part.vendor_total().await?
    {
        let mut tx = part.fence().await?;
        runs::update_totals(&mut tx, part.row.id, None, Some(total)).await?;
        tx.commit().await?;
        part.row.total_after = Some(total);
    }
    let verdict = oddity::judge(seen, part.row.total_before, part.row.total_after);
    let doubtful = oddity::is_doubtful(verdict, &part.row.oddities);
    let removal = if doubtful || part.met_nameless() {
        Removal::default()
    } else {
        removal::run(part, verdict).await?
    };
    Ok(Judgement {
        verdict,
        doubtful,
        removal,
        seen,
    })
}

/// An incremental part is doubtful only when something odd was noticed and the vendor counts more than came.
async fn judge_incremental(part: &mut Part<'_>) -> Result<Judgement, Stop> {
    let seen = part.row.counts.fetched;
    let mut verdict = Verdict::NotVerified;
    if !part.row.oddities.is_empty()
        && let Some(total) = part.vendor_total().await?
    {
        part.row.total_before = Some(total);
        part.row.total_after = Some(total);
        verdict = oddity::judge(seen, Some(total), Some(total));
    }
    Ok(Judgement {
        verdict,
        doubtful: verdict == Verdict::Incomplete,
        removal: Removal::default(),
        seen,
    })
}

impl Part<'_> {
    /// How many different records came of those the vendor counts.
    async fn seen(&self) -> Result<i64, Stop> {
        let (store, run) = (self.engine.store(), self.row.id);
        let mut seen = store::pages::count_seen(store, run).await?;
        let made = self.capability.made_ids;
        if !made.is_empty() {
            seen -= store::pages::count_seen_beginning(store, run, made).await?;
        }
        Ok(i64::try_from(seen).unwrap_or(i64::MAX))
    }

    /// Whether a record came without a readable id: it may be any of those that seem to be missing.
    /// So may one of a part of the list that may not be seen.
    fn met_nameless(&self) -> bool {
        let mut oddities = self.row.oddities.iter();
        oddities.any(|oddity| oddity::forbids_removal(oddity))
    }

    /// State, message and hint of this part.
    fn outcome(&self, judged: &Judgement) -> (RunState, Option<String>, Option<Hint>) {
        let counts = &self.row.counts;
        let mut told = Vec::new();
        let mut hint = None;
        if judged.doubtful {
            told.push(match judged.verdict {
                Verdict::Incomplete => oddity::missing_records(
                    judged.seen,
                    self.row.total_before.unwrap_or_default(),
                    self.row.total_after.unwrap_or_default(),
                ),
                _ => "The pages were odd and the vendor tells no total to check them by; nothing was removed.".to_owned(),
            });
        }
        if judged.removal.asked {
            hint = Some(Hint::RemovalQuestion);
            told.push(match judged.removal.missing {
                1 => "1 record is missing at the vendor. Nothing was removed.".to_owned(),
                many => format!("{many} records are missing at the vendor. Nothing was removed."),
            });
        }
        if counts.set_aside > 0 {
            hint = hint.or(Some(Hint::SetAside));
            told.push(match counts.set_aside {
                1 => "1 record could not be read and was set aside.".to_owned(),
                many => format!("{many} records could not be read and were set aside."),
            });
        }
        let partial = judged.doubtful || judged.removal.asked || counts.set_aside > 0;
        if hint.is_none() && counts.repeated > 0 {
            hint = Some(Hint::Duplicates);
        }
        let nothing_kept = counts.fetched == counts.out_of_scope;
        if hint.is_none()
            && self.row.stream == Stream::Tickets
            && self.row.mode.is_full()
            && nothing_kept
        {
            hint = Some(Hint::NothingArrived);
        }
        let state = if partial {
            RunState::Partial
        } else {
            RunState::Completed
        };
        (state, (!told.is_empty()).then(|| told.join(" ")), hint)
    }

    /// Records that an earlier run set aside and a complete full run did not meet again are gone, or their id could
    /// not be read and they came under their real one: the matter is closed. A run with a floor, within a scope, or that met a record without a readable
    /// id cannot tell.
    async fn close_unmet(&self, tx: &mut Tx) -> Result<(), Stop> {
        let met_all = self.row.mode == (PullMode::Full { floor: None })
            && self.asked_scope().is_everything()
            && !self.met_nameless();
        if !met_all {
            return Ok(());
        }
        let integration = self.integration.id;
        let mut after = None;
        loop {
            let open = set_aside::list_open_in(tx, integration, after, SET_ASIDE).await?;
            let Some(last) = open.last() else {
                return Ok(());
            };
            after = Some(last.id);
            for record in open {
                if record.stream == self.row.stream && record.stream_run_id != self.row.id {
                    set_aside::resolve(tx, record.id, "gone").await?;
                }
            }
        }
    }

    /// The stream is known complete up to the watermark taken when the part began (rule P3). Settings that changed
    /// since the run was planned may have made the stored watermark void, so that everything is read again (P13): then
    /// it stays as it is.
    async fn advance_checkpoint(
        &self,
        tx: &mut Tx,
        verdict: Verdict,
        settings_changed: bool,
    ) -> Result<(), Stop> {
        let (integration, stream) = (self.integration.id, self.row.stream);
        let generation = self.integration.generation;
        let stored = checkpoints::find_checkpoint_in(tx, integration, stream).await?;
        let stored = stored.filter(|checkpoint| checkpoint.generation == generation);
        let now = self.engine.now();
        let full = self.row.mode.is_full();
        let known = stored.as_ref().and_then(|stored| stored.stamp_lag);
        let lag = watermark::learned(full, known, self.row.stamp_lag);
        let checkpoint = Checkpoint {
            integration_id: integration,
            stream,
            generation,
            watermark: match &stored {
                Some(stored) if settings_changed => stored.watermark,
                stored => watermark::advance(
                    full,
                    stored.as_ref().and_then(|stored| stored.watermark),
                    self.row.next_watermark,
                    lag,
                ),
            },
            full_completed_at: if full {
                Some(now)
            } else {
                stored.as_ref().and_then(|stored| stored.full_completed_at)
            },
            last_completed_at: Some(now),
            last_started_at: Some(self.began),
            verified: if full {
                (verdict != Verdict::NotVerified).then_some(verdict == Verdict::Verified)
            } else {
                stored.as_ref().and_then(|stored| stored.verified)
            },
            stamp_lag: if settings_changed { known } else { lag },
        };
        Ok(checkpoints::upsert_checkpoint(tx, &checkpoint).await?)
    }
}
