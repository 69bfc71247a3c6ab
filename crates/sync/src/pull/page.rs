//! Storing one page, in one commit (rules P2, P4, P6, P10, P13).

use connectors::page::Unreadable;
use domain::record::Batch;
use domain::run::Counts;
use store::runs::{self, StreamProgress};
use store::set_aside::{self, NewSetAside};
use store::{Tx, pages};

use super::fetch::Fetched;
use super::part::{Part, Stop, phase};
use super::records::Prepared;
use super::writer::Writer;
use super::{deletions, main_contacts, oddity, side_lists, watermark};
use crate::{backoff, health, telemetry};

/// Stores a page: the records that differ, marks, counts, what could not be read, and the cursor.
pub(super) async fn store(part: &mut Part<'_>, mut fetched: Fetched) -> Result<(), Stop> {
    side_lists::check(&fetched.beside, &part.integration.settings.scope)?;
    let mut tx = part.fence().await?;
    let last = fetched.next.is_none();
    let next_phase = if last { phase::JUDGE } else { phase::PAGES };
    let cursor = fetched.next.as_ref().map(|next| next.0.clone());
    let mut progress = StreamProgress::at(cursor.clone(), next_phase);
    progress.counts.pages = 1;
    progress.counts.repeated = fetched.repeated;
    progress.counts.requests = part.new_requests();
    // First, since only so many are kept: this one decides about removal.
    if fetched
        .unreadable
        .iter()
        .any(|record| record.external_id.is_empty())
    {
        progress.oddities.push(oddity::NAMELESS.to_owned());
    }
    let mut findings = fetched.findings.iter();
    if part.row.mode.is_full() && findings.any(|finding| finding.missing.is_some()) {
        progress.oddities.push(oddity::HIDDEN.to_owned());
    }
    progress.oddities.extend(fetched.oddity.clone());

    let set_aside = part.put_aside(&mut tx, &fetched.unreadable).await?;
    main_contacts::leave_one(part, &mut tx, &mut fetched.records).await?;
    if let Batch::Deletions(entries) = &fetched.records.batch {
        deletions::apply(part, &mut tx, entries, &mut progress.counts).await?;
    } else {
        part.writer()
            .write(&mut tx, &mut fetched.records, &mut progress.counts)
            .await?;
    }
    progress.counts.fetched += i64::try_from(set_aside.len()).unwrap_or(0);
    progress.counts.set_aside += i64::try_from(set_aside.len()).unwrap_or(0);
    part.mark_seen(&mut tx, &fetched.records, &set_aside, &mut progress)
        .await?;

    if part.row.next_watermark.is_none() {
        let next = watermark::next(fetched.vendor_time, part.began, part.capability.overlap);
        progress.next_watermark = Some(next);
    }
    let told = watermark::believed(fetched.vendor_time, part.began);
    progress.stamp_lag = told.and_then(|told| watermark::lag(told, &fetched.changes));
    if part.total_before.is_some() {
        runs::update_totals(&mut tx, part.row.id, part.total_before, None).await?;
    }
    if !part.answered {
        health::answered(&mut tx, &part.integration).await?;
        let area = part.provider.words.stream(part.row.stream);
        health::has_right(&mut tx, &part.integration, area).await?;
    }
    let beside = fetched.beside.iter().map(|one| &one.finding);
    for finding in fetched.findings.iter().chain(beside) {
        health::told(&mut tx, &part.integration, finding).await?;
    }
    if !runs::save_progress(&mut tx, part.row.id, &progress).await? {
        tx.rollback().await.map_err(Stop::from)?;
        return Err(Stop::Lost);
    }
    tx.commit().await?;
    part.stored(progress);
    Ok(())
}

impl Part<'_> {
    /// Takes note of what a commit stored.
    fn stored(&mut self, progress: StreamProgress) {
        telemetry::page(self.provider.key, self.row.stream, &progress.counts);
        self.answered = true;
        if let Some(total) = self.total_before.take() {
            self.row.total_before = Some(total);
        }
        if progress.next_watermark.is_some() {
            self.row.next_watermark = progress.next_watermark;
        }
        let lags = [self.row.stamp_lag, progress.stamp_lag];
        self.row.stamp_lag = lags.into_iter().flatten().min();
        for oddity in progress.oddities {
            oddity::note(&mut self.row.oddities, oddity);
        }
        self.note_progress(progress.counts, &progress.phase, progress.cursor);
    }

    /// Sets aside what could not be read (rule P6). A record without a readable id gets a substitute, so that it is
    /// shown and counted; it cannot be tried again by id. Answers the ids.
    async fn put_aside(&self, tx: &mut Tx, unreadable: &[Unreadable]) -> Result<Vec<String>, Stop> {
        let mut by_id = Vec::new();
        let mut nameless = Vec::new();
        for (number, record) in unreadable.iter().enumerate() {
            let nameless_id =
                || format!("unknown-{}-{}-{number}", self.row.id, self.row.counts.pages);
            let known = !record.external_id.is_empty();
            let new = NewSetAside {
                external_id: if known {
                    record.external_id.clone()
                } else {
                    nameless_id()
                },
                field: record.field.clone(),
                reason: record.reason.clone(),
            };
            if known {
                by_id.push(new)
            } else {
                nameless.push(new)
            }
        }
        let again = self
            .capability
            .by_id
            .then(|| self.engine.now().plus(backoff::set_aside(1)));
        let (integration, stream) = (self.integration.id, self.row.stream);
        set_aside::upsert_set_aside(tx, integration, stream, self.row.id, &by_id, again).await?;
        set_aside::upsert_set_aside(tx, integration, stream, self.row.id, &nameless, None).await?;
        Ok(by_id
            .into_iter()
            .chain(nameless)
            .map(|new| new.external_id)
            .collect())
    }

    /// What writes the records of this part.
    pub(super) fn writer(&self) -> Writer<'_> {
        Writer {
            engine: self.engine,
            integration: &self.integration,
            stream: self.row.stream,
            adopt_all: self.row.mode.is_full(),
        }
    }

    /// Full runs mark what they saw (rule P5), and notice what came before (rule P10): it is counted as repeated, not
    /// as fetched.
    async fn mark_seen(
        &mut self,
        tx: &mut Tx,
        page: &Prepared,
        set_aside: &[String],
        progress: &mut StreamProgress,
    ) -> Result<(), Stop> {
        let ids: Vec<&str> = page
            .ids
            .iter()
            .chain(set_aside)
            .map(String::as_str)
            .collect();
        if !self.row.mode.is_full() {
            if self.memory.repeats(&page.ids) {
                progress.oddities.push(oddity::REPEATED_PAGE.to_owned());
                self.circles += 1;
            } else if !ids.is_empty() {
                self.circles = 0;
            }
            return Ok(());
        }
        let new = pages::insert_seen(tx, self.row.id, &ids).await?;
        let new = i64::try_from(new).unwrap_or(i64::MAX);
        let again = i64::try_from(ids.len()).unwrap_or(i64::MAX) - new;
        if again > 0 {
            uncount(&mut progress.counts, again);
            progress.oddities.push(if new == 0 {
                oddity::REPEATED_PAGE.to_owned()
            } else {
                oddity::REPEATED_RECORDS.to_owned()
            });
        }
        if new > 0 {
            self.circles = 0;
        } else if !ids.is_empty() {
            self.circles += 1;
        }
        Ok(())
    }
}

/// Takes records that came again out of the counts. They were stored earlier in the same run, so nearly always they
/// are among the unchanged or, never stored, among those out of scope.
fn uncount(counts: &mut Counts, mut again: i64) {
    counts.repeated += again;
    counts.fetched -= again;
    for class in [
        &mut counts.unchanged,
        &mut counts.out_of_scope,
        &mut counts.changed,
        &mut counts.set_aside,
        &mut counts.created,
    ] {
        let taken = again.min(*class);
        *class -= taken;
        again -= taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p10_records_that_came_again_leave_the_sum_true() {
        let mut counts = Counts {
            fetched: 10,
            unchanged: 4,
            changed: 5,
            set_aside: 1,
            ..Counts::default()
        };
        uncount(&mut counts, 6);
        assert_eq!(
            (
                counts.fetched,
                counts.unchanged,
                counts.changed,
                counts.repeated
            ),
            (4, 0, 3, 6)
        );
        assert!(counts.adds_up());
    }
}
