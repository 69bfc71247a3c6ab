//! How a step ended, and the table at the end.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;

/// The three ways a step can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything it looks at is right.
    Passed,
    /// Something is wrong; the step printed what.
    Failed,
    /// It could not run, because the build failed.
    NotRun,
}

/// One line of the summary.
pub struct Outcome {
    /// The step's name.
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// How long it ran.
    pub took: Option<Duration>,
    /// What it counted, or why it failed.
    pub note: String,
}

impl Outcome {
    /// Judges what a step returned.
    pub fn of(name: &'static str, took: Duration, result: Result<String>) -> Self {
        let (state, note) = match result {
            Ok(note) => (State::Passed, note),
            Err(error) => (State::Failed, format!("{error:#}")),
        };
        Self {
            name,
            state,
            took: Some(took),
            note,
        }
    }

    /// The outcome in one line, or more when it failed with more.
    pub fn headline(&self) -> String {
        let took = self.took.map_or_else(String::new, |took| {
            format!(" in {:.1} s", took.as_secs_f64())
        });
        let word = match self.state {
            State::Passed => "ok",
            State::Failed => "FAILED",
            State::NotRun => "not run",
        };
        let colon = if self.note.is_empty() { "" } else { ": " };
        format!("{word}{took}{colon}{}", self.note)
    }
}

/// The table at the end of a run.
pub fn summary(outcomes: &[Outcome]) -> String {
    let mut text = String::from("Summary\n");
    let mut total = Duration::ZERO;
    for outcome in outcomes {
        total += outcome.took.unwrap_or_default();
        let line = outcome.headline();
        let first = line.lines().next().unwrap_or_default();
        let _ = writeln!(text, "  {:<10} {first}", outcome.name);
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.state != State::Passed)
        .count();
    let verdict = if failed == 0 {
        "all passed".to_owned()
    } else {
        format!("{failed} FAILED")
    };
    let _ = writeln!(
        text,
        "  {:<10} {verdict} in {:.1} s",
        "total",
        total.as_secs_f64()
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_has_a_line_per_step_and_a_verdict() {
        let outcomes = [
            Outcome::of("format", Duration::from_millis(1500), Ok(String::new())),
            Outcome::of(
                "test",
                Duration::from_secs(2),
                Err(anyhow::anyhow!("1 failed\nmore")),
            ),
        ];
        assert_eq!(
            summary(&outcomes),
            "Summary\n  format     ok in 1.5 s\n  test       FAILED in 2.0 s: 1 failed\n  total      1 FAILED in 3.5 s\n"
        );
    }
}
