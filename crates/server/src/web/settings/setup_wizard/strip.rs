//! The line that says how the sync is going while the wizard is walked on.

use askama::Template;
use domain::provider::Provider;
use domain::run::RunState;
use store::runs::list_stream_runs;
use sync::status::Overview;

use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::integrations::to_card::running;
use crate::web::view::number::grouped;
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
    let streams = list_stream_runs(app.store(), run.id).await?;
    let read: i64 = streams.iter().map(|stream| stream.counts.fetched).sum();
    let ended = run.finished_at.unwrap_or(shell.now);
    let failed = run.state == RunState::Failed;
    Ok(Strip {
        state: Badge::run(run.state),
        label: match (failed, read) {
            (true, _) => format!(
                "The last sync could not finish: {} records read, {}",
                grouped(read),
                shell.time(ended).relative
            ),
            // One that only looked for changes.
            (false, 0) => format!(
                "Synced: nothing new since the sync before, {}",
                shell.time(ended).relative
            ),
            (false, _) => format!(
                "Synced: {} records read, {}",
                grouped(read),
                shell.time(ended).relative
            ),
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
        message: run.message.clone().filter(|_| failed).unwrap_or_default(),
        hint: run
            .hint
            .filter(|_| failed)
            .map(|hint| hint.sentence(provider))
            .unwrap_or_default(),
    })
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
