//! How far the sync that runs has come: a bar on a terminal, plain lines elsewhere.

use std::time::Duration;

use domain::id::IntegrationId;
use domain::provider::Provider;
use domain::run::RunState;
use store::runs::{self, Run, StreamRun};

use super::pause;
use crate::app::App;
use crate::cli::output;
use tokio_util::sync::CancellationToken;

const WIDTH: usize = 24;

/// Shows the first run of each connection until it ends, one after the other; they go on at the same time.
pub async fn show(
    app: App,
    connected: Vec<(&'static Provider, IntegrationId)>,
    stop: CancellationToken,
) {
    for (provider, integration) in connected {
        if let Err(error) = follow(&app, provider, integration, &stop).await {
            tracing::warn!(cause = format!("{error:#}"), "the progress cannot be shown");
        }
    }
}

async fn follow(
    app: &App,
    provider: &Provider,
    integration: IntegrationId,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let Some(run) = runs::list_runs(app.store(), integration, None, 1)
        .await?
        .into_iter()
        .next()
    else {
        return Ok(());
    };
    if run.state.is_over() {
        output::say(&format!(
            "  Connected to the {} sandbox. Auto-sync goes on.",
            provider.name
        ));
        return Ok(());
    }
    let terminal = output::is_terminal();
    let mut told = 0;
    loop {
        let Some(run) = runs::find_run(app.store(), run.id).await? else {
            return Ok(());
        };
        let parts = runs::list_stream_runs(app.store(), run.id).await?;
        if terminal {
            output::redraw(&line(provider, &parts));
        } else {
            for part in parts.iter().filter(|part| part.state.is_over()).skip(told) {
                output::say(&format!(
                    "  {}, {}: {} records",
                    provider.name,
                    provider.words.stream(part.stream),
                    thousands(part.counts.fetched)
                ));
                told += 1;
            }
        }
        if run.state.is_over() {
            if terminal {
                output::redraw("");
            }
            output::say(&summary(provider, &run, &parts));
            return Ok(());
        }
        let wait = if terminal {
            Duration::from_millis(200)
        } else {
            Duration::from_millis(500)
        };
        if !pause(stop, wait).await {
            return Ok(());
        }
    }
}

/// One line for a terminal: the bar over all streams, and the one that is being read.
fn line(provider: &Provider, parts: &[StreamRun]) -> String {
    let done = parts.iter().filter(|part| part.state.is_over()).count();
    let now = parts.iter().find(|part| part.state == RunState::Running);
    let within = now.map_or(0.0, fraction);
    let filled = fill(done, within, parts.len());
    let bar = format!("{}{}", "█".repeat(filled), "░".repeat(WIDTH - filled));
    let what = match now {
        Some(part) => match part.total_before {
            Some(total) => format!(
                "{} {} of {}",
                provider.words.stream(part.stream),
                thousands(part.counts.fetched),
                thousands(total)
            ),
            None => format!(
                "{} {}",
                provider.words.stream(part.stream),
                thousands(part.counts.fetched)
            ),
        },
        None => "waiting".to_owned(),
    };
    format!("  {} {bar} {what}", provider.name)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a bar of 24 cells needs no more"
)]
fn fraction(part: &StreamRun) -> f64 {
    match part.total_before {
        Some(total @ 1..) => (part.counts.fetched as f64 / total as f64).clamp(0.0, 1.0),
        _ => 0.0,
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bar of 24 cells needs no more"
)]
fn fill(done: usize, within: f64, all: usize) -> usize {
    if all == 0 {
        return 0;
    }
    (((done as f64 + within) / all as f64 * WIDTH as f64) as usize).min(WIDTH)
}

fn summary(provider: &Provider, run: &Run, parts: &[StreamRun]) -> String {
    let counts: Vec<String> = parts
        .iter()
        .filter(|part| part.counts.fetched > 0 && !part.stream.is_deletion_feed())
        .map(|part| {
            format!(
                "{} {}",
                thousands(part.counts.fetched),
                provider.words.stream(part.stream).to_lowercase()
            )
        })
        .collect();
    let (name, counts) = (provider.name, counts.join(", "));
    match run.state {
        RunState::Completed => format!("  {name}: First sync complete: {counts}."),
        RunState::Partial => format!(
            "  {name}: First sync complete, with something left to look at (Settings, Integrations): {counts}."
        ),
        _ => format!(
            "  {name}: The first sync ended early: {}. It is tried again.",
            run.message.as_deref().unwrap_or("no reason given")
        ),
    }
}

/// `12,345`.
fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_bars() {
        assert_eq!(
            (thousands(7), thousands(1_234), thousands(1_234_567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
        assert_eq!(
            (
                fill(0, 0.0, 4),
                fill(2, 0.0, 4),
                fill(3, 0.5, 4),
                fill(4, 0.0, 4)
            ),
            (0, 12, 21, 24)
        );
        assert_eq!(fill(0, 0.0, 0), 0);
    }
}
