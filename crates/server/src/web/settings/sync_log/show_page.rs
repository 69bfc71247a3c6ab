//! One run: counts per stream, live while it runs, what was set aside, questions, hints.

use askama::Template;

use crate::web::view::{Badge, Shell, Time, Tone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/sync_log/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Provider key.
    pub key: &'static str,
    /// Provider name.
    pub name: &'static str,
    /// Address of this page.
    pub address: String,
    /// Whether it is still going on.
    pub live: bool,
    /// The run.
    pub run: RunView,
    /// Records set aside.
    pub set_aside: Vec<SetAsideRow>,
    /// Whether there are more than are shown.
    pub more_set_aside: bool,
    /// Whether they are tried again.
    pub tried: bool,
    /// Mass-removal questions of this run.
    pub questions: Vec<QuestionView>,
}

/// A run, as shown.
#[derive(Debug, Clone)]
pub struct RunView {
    /// Its state.
    pub state: Badge,
    /// What woke it.
    pub trigger: &'static str,
    /// Who asked.
    pub who: String,
    /// When it started, or was asked for.
    pub when: Time,
    /// How long it took, or takes so far.
    pub took: String,
    /// Requests sent.
    pub requests: String,
    /// Records read.
    pub fetched: String,
    /// What went wrong.
    pub trouble: Option<Trouble>,
    /// Its streams, in reading order.
    pub streams: Vec<StreamView>,
}

/// What went wrong, in the vendor's words, and what to check.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// How bad.
    pub tone: Tone,
    /// In a few words.
    pub title: String,
    /// In the vendor's words.
    pub message: String,
    /// What to check.
    pub hint: Option<String>,
}

/// One stream's part of a run.
#[derive(Debug, Clone)]
pub struct StreamView {
    /// Its name.
    pub label: &'static str,
    /// `full` or `changes`.
    pub mode: &'static str,
    /// What that means.
    pub mode_meaning: String,
    /// Its state.
    pub state: Badge,
    /// How far, when the vendor told a total or it is over.
    pub percent: Option<i64>,
    /// Colour of the bar.
    pub bar_class: &'static str,
    /// Records read.
    pub fetched: String,
    /// The vendor's total, if it told one.
    pub total: String,
    /// Records new here.
    pub created: String,
    /// Records that differed.
    pub changed: String,
    /// Records that were equal.
    pub unchanged: String,
    /// Records outside the scope.
    pub out_of_scope: String,
    /// Records that could not be read.
    pub set_aside: String,
    /// Records marked as removed.
    pub removed: String,
    /// Whether the vendor's own total agreed.
    pub verified: &'static str,
    /// What that means.
    pub verified_meaning: String,
    /// Its colour.
    pub verified_class: &'static str,
    /// What went wrong, in the vendor's words.
    pub message: String,
    /// What to check.
    pub hint: Option<String>,
    /// What was odd about the vendor's pages.
    pub oddities: Vec<String>,
}

impl StreamView {
    /// Whether there is a line below the counts.
    #[must_use]
    pub fn has_note(&self) -> bool {
        !self.message.is_empty() || !self.oddities.is_empty()
    }
}

/// A record that could not be read.
#[derive(Debug, Clone)]
pub struct SetAsideRow {
    /// Its id.
    pub id: i64,
    /// Where it is tried again.
    pub retry: String,
    /// The run on whose page it stands, which the way back leads to; empty on the page of the integration.
    pub run: String,
    /// Its kind.
    pub stream: &'static str,
    /// The vendor's id.
    pub external_id: String,
    /// The field at fault.
    pub field: String,
    /// Why.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again.
    pub next: Option<Time>,
    /// How it ended.
    pub resolved: String,
    /// Whether it can be tried now.
    pub can_retry: bool,
}

/// A mass-removal question.
#[derive(Debug, Clone)]
pub struct QuestionView {
    /// Its id in addresses.
    pub uuid: String,
    /// The question.
    pub title: String,
    /// What it is about.
    pub sentence: String,
    /// When it was asked.
    pub asked: Time,
    /// Some of the missing records.
    pub sample: Vec<String>,
    /// Whether it waits for an answer.
    pub open: bool,
    /// The answer, and whose.
    pub answer: String,
}

/// The run's part of the page alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/sync_log/progress.html")]
pub struct ProgressPart<'a> {
    /// The run.
    pub run: &'a RunView,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::clock::UtcMillis;
    use domain::run::RunState;
    use domain::stream::Stream;

    fn stream(position: usize, stream: Stream) -> StreamView {
        let state = [
            RunState::Completed,
            RunState::Completed,
            RunState::Running,
            RunState::Failed,
            RunState::Partial,
            RunState::Waiting,
        ];
        let state = state[position.min(5)];
        StreamView {
            label: stream.label(),
            mode: if position == 1 { "full" } else { "changes" },
            mode_meaning: "What changed since 14 Mar 2026, 10:05 CET".into(),
            state: Badge::run(state),
            percent: match state {
                RunState::Running => Some(38),
                RunState::Waiting => Some(0),
                _ => Some(100),
            },
            bar_class: if state == RunState::Failed { "bad" } else { "" },
            fetched: "12,400".into(),
            total: if position == 2 {
                "32,610".into()
            } else {
                String::new()
            },
            created: "12".into(),
            changed: "204".into(),
            unchanged: "12,180".into(),
            out_of_scope: "0".into(),
            set_aside: "4".into(),
            removed: "0".into(),
            verified: "verified",
            verified_meaning: "The vendor's own total was the same before and after".into(),
            verified_class: "good-text",
            message: if position == 3 {
                HOSTILE.into()
            } else {
                String::new()
            },
            hint: (position == 3)
                .then(|| "Verify that the API credentials are correct.".to_owned()),
            oddities: if position == 4 {
                vec![
                    "Page 7 repeated 12 records of page 6.".into(),
                    sample::long(),
                ]
            } else {
                Vec::new()
            },
        }
    }

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let run = RunView {
            state: Badge::run(RunState::Running),
            trigger: "Resync",
            who: sample::long(),
            when: shell.time(shell.now.plus(-2 * UtcMillis::MINUTE)),
            took: "2 min 4 s".into(),
            requests: "148".into(),
            fetched: "24,804".into(),
            trouble: Some(Trouble {
                tone: Tone::Warning,
                title: "Some records could not be read.".into(),
                message: HOSTILE.into(),
                hint: Some("They are listed below with the field and the reason.".into()),
            }),
            streams: Stream::ALL
                .into_iter()
                .enumerate()
                .map(|(position, one)| stream(position, one))
                .collect(),
        };
        let aside = |id: i64, reason: String| SetAsideRow {
            id,
            retry: "/x".into(),
            run: "u".into(),
            stream: "Tickets",
            external_id: "29684810".into(),
            field: "createDate".into(),
            reason,
            attempts: 3,
            next: Some(shell.time(shell.now.plus(UtcMillis::HOUR))),
            resolved: String::new(),
            can_retry: true,
        };
        let question = QuestionView {
            uuid: "q".into(),
            title: "412 of 1,204 contacts are missing at the vendor. Are they gone?".into(),
            sentence: "A full run did not find them. More than a fifth of a stream is never marked as removed without asking.".into(),
            asked: shell.time(shell.now),
            sample: vec!["Maria Huber (291)".into(), HOSTILE.into(), sample::long()],
            open: true,
            answer: String::new(),
        };
        let set_aside = vec![
            aside(1, "not a date: 0001-13-45".into()),
            aside(2, HOSTILE.into()),
            aside(3, sample::long()),
        ];
        let page = ShowPage {
            shell,
            key: "autotask",
            name: "Autotask",
            address: "/settings/integrations/autotask/runs/u".into(),
            live: true,
            run,
            set_aside,
            more_set_aside: false,
            tried: true,
            questions: vec![question],
        };
        let html = sample::check("run", &page);
        assert!(html.contains("data-live="));
    }
}
