//! The line that says how the sync is going while the wizard is walked on.

use askama::Template;
use domain::id::RunId;
use domain::provider::{Provider, Words};
use domain::run::RunState;
use store::runs::{Run, StreamRun, list_runs, list_stream_runs};
use sync::status::Overview;

use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::integrations::to_card::running;
use crate::web::view::number::{counted, grouped};
use crate::web::view::{Badge, Shell};

/// The line.
#[derive(Debug, Clone)]
pub struct Strip {
    /// The state of the run.
    pub state: Badge,
    /// What it is at, or how it ended.
    pub label: String,
    /// Its page.
    pub href: String,
    /// It goes on.
    pub running: bool,
    /// How far, when the vendor told a total.
    pub percent: Option<i64>,
    /// Class of the line.
    pub tone: &'static str,
    /// Why it could not finish.
    pub message: String,
    /// What to check.
    pub hint: String,
}

/// The line alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/strip.html")]
pub struct StripPart {
    /// The line.
    pub strip: Strip,
}

/// What there is to say about the sync of an integration.
///
/// # Errors
/// When the database does not answer.
pub async fn strip(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    overview: &Overview,
) -> Result<Strip, Failure> {
    let href = |uuid: &domain::id::PublicId| {
        format!("/settings/integrations/{}/runs/{uuid}", provider.key)
    };
    if let Some(run) = &overview.active_run {
        let streams = list_stream_runs(app.store(), run.id).await?;
        let now = running(href(&run.uuid), &streams, provider.words);
        return Ok(Strip {
            state: Badge::run(run.state),
            label: format!("Syncing in the background. {}", now.label),
            href: now.href,
            running: true,
            percent: now.percent,
            tone: "info",
            message: String::new(),
            hint: String::new(),
        });
    }
    let Some(run) = &overview.last_run else {
        return Ok(Strip {
            state: Badge::plain("No sync yet"),
            label: "The sync starts when the step Sync is left with Next.".to_owned(),
            href: String::new(),
            running: false,
            percent: None,
            tone: "",
            message: String::new(),
            hint: String::new(),
        });
    };
    let read = Read::up_to(app, run).await?;
    let ended = shell.time(run.finished_at.unwrap_or(shell.now)).relative;
    let failed = run.state == RunState::Failed;
    let unread = unread(
        &list_stream_runs(app.store(), run.id).await?,
        provider.words,
    );
    Ok(Strip {
        state: Badge::run(run.state),
        label: if failed {
            let read = records(read.last);
            format!("The last sync could not finish: {read} read, {ended}")
        } else {
            format!("Synced: {}, {ended}", read.label())
        },
        href: href(&run.uuid),
        running: false,
        percent: None,
        tone: if failed {
            "bad"
        } else if run.state == RunState::Partial {
            "warn"
        } else {
            "good"
        },
        message: match &run.message {
            Some(message) if failed => message.clone(),
            _ => unread,
        },
        hint: run
            .hint
            .filter(|_| failed)
            .map(|hint| hint.sentence(provider))
            .unwrap_or_default(),
    })
}

/// Which lists a run that went on without them could not read; empty when it read all.
fn unread(streams: &[StreamRun], words: Words) -> String {
    let failed = streams
        .iter()
        .filter(|stream| stream.state == RunState::Failed);
    let failed: Vec<String> = failed
        .map(|stream| words.stream(stream.stream).to_string())
        .collect();
    if failed.is_empty() {
        return String::new();
    }
    format!(
        "Could not be read: {}. Its page says why and what to check.",
        failed.join(", ")
    )
}

/// What the syncs read up to the one that ended last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Read {
    /// By the last that read everything, when it is among the newest.
    whole: Option<i64>,
    /// By those that only looked for changes since.
    changes: Option<i64>,
    /// By the last of all.
    last: i64,
}

impl Read {
    /// How many syncs are looked at.
    const NEWEST: i64 = 12;

    async fn up_to(app: &App, last: &Run) -> Result<Self, Failure> {
        let after = RunId(last.id.0.saturating_add(1));
        let newest = list_runs(app.store(), last.integration_id, Some(after), Self::NEWEST);
        let mut read = Self {
            whole: None,
            changes: None,
            last: 0,
        };
        for run in newest.await? {
            let streams = list_stream_runs(app.store(), run.id).await?;
            let fetched: i64 = streams.iter().map(|stream| stream.counts.fetched).sum();
            if run.id == last.id {
                read.last = fetched;
            }
            if run.mode == "full" {
                read.whole = Some(fetched);
                break;
            }
            read.changes = Some(read.changes.unwrap_or_default() + fetched);
        }
        Ok(read)
    }

    fn label(self) -> String {
        match (self.whole, self.changes) {
            (Some(whole), None) => format!("{} read", records(whole)),
            (Some(whole), Some(0)) => format!("{} read, nothing new since", records(whole)),
            (Some(whole), Some(changes)) => {
                format!("{} read, {} more since", records(whole), grouped(changes))
            }
            (None, _) if self.last == 0 => "nothing new since the sync before".to_owned(),
            (None, _) => format!("{} read", records(self.last)),
        }
    }
}

fn records(count: i64) -> String {
    counted(count, "record", "records")
}

/// A line for samples of pages.
#[cfg(test)]
#[must_use]
pub fn sample() -> Strip {
    Strip {
        state: Badge::run(RunState::Running),
        label: "Syncing in the background. Tickets: 12,400 of about 48,000".into(),
        href: "/settings/integrations/autotask/runs/x".into(),
        running: true,
        percent: Some(26),
        tone: "info",
        message: String::new(),
        hint: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_sync_after_a_great_one_does_not_stand_for_both() {
        let label = |whole, changes, last| {
            Read {
                whole,
                changes,
                last,
            }
            .label()
        };
        assert_eq!(label(Some(19_682), None, 19_682), "19,682 records read");
        assert_eq!(
            label(Some(19_682), Some(41), 41),
            "19,682 records read, 41 more since"
        );
        assert_eq!(
            label(Some(1), Some(0), 0),
            "1 record read, nothing new since"
        );
        assert_eq!(label(None, Some(7), 0), "nothing new since the sync before");
        assert_eq!(label(None, Some(7), 1), "1 record read");
    }
}
