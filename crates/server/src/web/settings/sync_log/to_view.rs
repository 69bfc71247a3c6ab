//! Runs, from the store's rows to what is shown.

use domain::provider::{Provider, Words};
use domain::run::{Counts, RunState};
use domain::stream::PullMode;
use store::integrations::Integration;
use store::removal_questions::{QuestionState, RemovalQuestion};
use store::runs::{Run, StreamRun};
use store::set_aside::SetAside;

use super::list_page::Row;
use super::show_page::{QuestionView, RunView, SetAsideRow, StreamView, Trouble};
use crate::web::view::number::{counted, grouped};
use crate::web::view::time::duration;
use crate::web::view::{Badge, Shell, Tone};

/// The counts of a run: those of its streams together.
#[must_use]
pub fn total(streams: &[StreamRun]) -> Counts {
    streams
        .iter()
        .fold(Counts::default(), |sum, stream| sum.plus(stream.counts))
}

/// How long a run took, or takes so far.
#[must_use]
pub fn took(shell: &Shell, run: &Run) -> String {
    match (run.started_at, run.finished_at) {
        (Some(start), Some(end)) => duration(end.since(start).max(0)),
        (Some(start), None) => duration(shell.now.since(start).max(0)),
        (None, _) => String::new(),
    }
}

/// A run in the list.
#[must_use]
pub fn to_row(
    shell: &Shell,
    words: Words,
    run: &Run,
    streams: &[StreamRun],
    questions: &[RemovalQuestion],
) -> Row {
    let counts = total(streams);
    let asked = |question: &&RemovalQuestion| {
        streams
            .iter()
            .any(|stream| stream.id == question.stream_run_id)
    };
    Row {
        uuid: run.uuid.to_string(),
        when: shell.time(run.started_at.unwrap_or(run.requested_at)),
        state: Badge::run(run.state),
        full: run.mode == "full",
        trigger: run.trigger_key.label(),
        who: run.requested_by.clone().unwrap_or_default(),
        took: took(shell, run),
        requests: grouped(counts.requests),
        created: grouped(counts.created),
        changed: grouped(counts.changed),
        unchanged: grouped(counts.unchanged),
        removed: grouped(counts.removed),
        out_of_scope: grouped(counts.out_of_scope),
        set_aside: grouped(counts.set_aside),
        has_set_aside: counts.set_aside > 0,
        questions: questions
            .iter()
            .filter(asked)
            .map(|question| question_line(shell, words, question))
            .collect(),
    }
}

/// A run on its own page.
#[must_use]
pub fn to_run(shell: &Shell, provider: &Provider, run: &Run, streams: &[StreamRun]) -> RunView {
    let counts = total(streams);
    RunView {
        state: Badge::run(run.state),
        trigger: run.trigger_key.label(),
        who: run.requested_by.clone().unwrap_or_default(),
        when: shell.time(run.started_at.unwrap_or(run.requested_at)),
        took: took(shell, run),
        requests: grouped(counts.requests),
        fetched: grouped(counts.fetched),
        trouble: trouble(provider, run),
        streams: streams
            .iter()
            .map(|stream| to_stream(shell, provider, stream))
            .collect(),
    }
}

fn trouble(provider: &Provider, run: &Run) -> Option<Trouble> {
    let message = run.message.clone().unwrap_or_default();
    if message.is_empty() && run.hint.is_none() {
        return None;
    }
    let (tone, title) = match run.state {
        RunState::Failed => (Tone::Bad, "This sync could not finish."),
        RunState::Partial => (
            Tone::Warning,
            "This sync finished, but not everything was read.",
        ),
        RunState::Superseded => (Tone::Plain, "A newer sync took over."),
        _ => (Tone::Plain, "Worth knowing"),
    };
    Some(Trouble {
        tone,
        title: title.to_owned(),
        message,
        hint: run.hint.map(|hint| hint.sentence(provider)),
    })
}

fn to_stream(shell: &Shell, provider: &Provider, stream: &StreamRun) -> StreamView {
    let counts = stream.counts;
    let (mode, mode_meaning) = match stream.mode {
        PullMode::Full { floor: None } => ("full", "Everything".to_owned()),
        PullMode::Full { floor: Some(floor) } => (
            "full",
            format!("Everything active since {}", shell.time(floor).absolute),
        ),
        PullMode::Since { since } => (
            "changes",
            format!("What changed since {}", shell.time(since).absolute),
        ),
    };
    let percent = match (stream.state, stream.total_before) {
        (RunState::Waiting, _) => Some(0),
        (RunState::Completed | RunState::Partial | RunState::Failed | RunState::Superseded, _) => {
            Some(100)
        }
        (RunState::Running, Some(total)) if total > 0 => {
            Some((counts.fetched.saturating_mul(100) / total).clamp(0, 99))
        }
        (RunState::Running, _) => None,
    };
    let bar_class = match stream.state {
        RunState::Failed => "bad",
        RunState::Partial => "warn",
        RunState::Completed => "good",
        _ => "",
    };
    let over = stream.state.is_over();
    let (verified, verified_class, verified_meaning) = match (over, stream.verified) {
        (false, _) => ("", "", String::new()),
        (true, Some(true)) => (
            "verified",
            "good-text",
            totals(stream, "agree with what was read"),
        ),
        (true, Some(false)) => (
            "differs",
            "bad-text",
            totals(stream, "differ from what was read"),
        ),
        (true, None) if !stream.mode.is_full() => (
            "–",
            "muted",
            "Only full runs are compared with the vendor's total; this read what changed"
                .to_owned(),
        ),
        (true, None) => ("not verified", "muted", unverified(stream)),
    };
    StreamView {
        label: provider.words.stream(stream.stream),
        mode,
        mode_meaning,
        state: Badge::run(stream.state),
        percent,
        bar_class,
        fetched: grouped(counts.fetched),
        total: if over {
            String::new()
        } else {
            stream.total_before.map(grouped).unwrap_or_default()
        },
        created: grouped(counts.created),
        changed: grouped(counts.changed),
        unchanged: grouped(counts.unchanged),
        out_of_scope: grouped(counts.out_of_scope),
        set_aside: grouped(counts.set_aside),
        removed: grouped(counts.removed),
        verified,
        verified_meaning,
        verified_class,
        message: stream.message.clone().unwrap_or_default(),
        hint: stream.hint.map(|hint| hint.sentence(provider)),
        oddities: stream.oddities.clone(),
    }
}

fn totals(stream: &StreamRun, verdict: &str) -> String {
    let shown = |total: Option<i64>| total.map_or_else(|| "not told".to_owned(), grouped);
    format!(
        "The vendor's totals before ({}) and after ({}) {verdict}",
        shown(stream.total_before),
        shown(stream.total_after)
    )
}

/// Why a full run could not be verified.
fn unverified(stream: &StreamRun) -> String {
    match (stream.total_before, stream.total_after) {
        _ if stream.state != RunState::Completed && stream.state != RunState::Partial => {
            "It did not come to the end, so there was nothing to compare".to_owned()
        }
        (Some(before), Some(after)) if before != after => format!(
            "The vendor's total changed while it was read: {} before, {} after",
            grouped(before),
            grouped(after)
        ),
        (Some(_), Some(_)) => totals(stream, "could not be compared with what was read"),
        _ => "The vendor told no total to compare with".to_owned(),
    }
}

/// Whether records set aside are tried again: with credentials that work.
#[must_use]
pub const fn tries_again(integration: &Integration) -> bool {
    integration.has_credentials() && integration.refused_since.is_none()
}

/// A record set aside, as the page of `run` shows it, or with none the page of the integration.
#[must_use]
pub fn to_set_aside(
    shell: &Shell,
    (provider, integration): (&Provider, &Integration),
    record: SetAside,
    run: &str,
) -> SetAsideRow {
    let open = record.resolved_at.is_none();
    let tried = open && tries_again(integration);
    SetAsideRow {
        id: record.id.0,
        retry: format!(
            "/settings/integrations/{}/set-aside/{}/retry",
            provider.key, record.id.0
        ),
        run: run.to_owned(),
        stream: provider.words.stream(record.stream),
        external_id: record.external_id,
        field: record.field.unwrap_or_default(),
        reason: record.reason,
        attempts: record.attempts,
        next: shell.maybe_time(record.next_attempt_at.filter(|_| tried)),
        resolved: match record.resolution.as_deref() {
            Some("read") => "read since".to_owned(),
            Some("gone") => "gone at the vendor".to_owned(),
            Some(other) => other.to_owned(),
            None if tried => "with the next run".to_owned(),
            None if open => "once it is connected again".to_owned(),
            None => String::new(),
        },
        can_retry: tried,
    }
}

/// A record by name and id; by its id alone where it has no name.
fn named(label: &str, id: &str) -> String {
    if label.trim().is_empty() || label == id {
        format!("Record {id}")
    } else {
        format!("{label} ({id})")
    }
}

/// Who answered a question, what and when; nothing while it is open.
#[must_use]
pub fn answer_words(shell: &Shell, question: &RemovalQuestion) -> String {
    let by = question.answered_by.as_deref().unwrap_or("Somebody");
    let when = shell
        .maybe_time(question.answered_at)
        .map(|time| format!(", {}", time.absolute))
        .unwrap_or_default();
    match question.state {
        QuestionState::Open => String::new(),
        QuestionState::Confirmed => format!("{by} confirmed that they are gone{when}."),
        QuestionState::Refused => format!("{by} kept them{when}."),
        QuestionState::Replaced => format!("A newer full run settled it{when}."),
    }
}

/// A question in the list of runs: what it is about and what became of it.
fn question_line(shell: &Shell, words: Words, question: &RemovalQuestion) -> String {
    let what = words.stream(question.stream).to_lowercase();
    let missing = grouped(question.missing);
    match question.state {
        QuestionState::Open => format!("Asks whether {missing} {what} are gone."),
        _ => format!(
            "{missing} {what} missing: {}",
            answer_words(shell, question)
        ),
    }
}

/// A mass-removal question.
#[must_use]
pub fn to_question(shell: &Shell, words: Words, question: RemovalQuestion) -> QuestionView {
    let what = words.stream(question.stream).to_lowercase();
    let answer = answer_words(shell, &question);
    QuestionView {
        uuid: question.uuid.to_string(),
        title: format!(
            "{} of {} {what} are missing at the vendor. Are they gone?",
            grouped(question.missing),
            grouped(question.present)
        ),
        sentence: format!(
            "A full run did not find {}. More than a fifth of a stream is never marked as removed without asking: it may be a lost right \
             or a filter at the vendor.",
            counted(
                question.missing,
                "record that is here",
                "records that are here"
            )
        ),
        asked: shell.time(question.asked_at),
        sample: question
            .sample
            .into_iter()
            .map(|record| named(&record.label, &record.external_id))
            .collect(),
        open: question.state == QuestionState::Open,
        answer,
    }
}
