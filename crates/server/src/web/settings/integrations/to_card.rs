//! Cards, from the engine's overview to what is shown.

use std::collections::BTreeMap;

use domain::capability::Turns;
use domain::id::PublicId;
use domain::provider::{Provider, Words};
use domain::run::RunState;
use domain::status::IntegrationStatus;
use domain::stream::{RecordType, Stream};
use store::integrations::Integration;
use store::removal_questions::RemovalQuestion;
use store::runs::{StreamRun, find_run_of_stream_run, list_stream_runs};
use sync::status::{Overview, SlowStream};

use super::card::{Card, Problem, Running, State};
use super::reference_note::reference_note;
use crate::app::App;
use crate::web::error::Failure;
use crate::web::settings::setup_wizard::frame::{Place, STEPS};
use crate::web::view::number::{counted, grouped};
use crate::web::view::time::{every, length_of};
use crate::web::view::{Badge, Link, Shell, Tone};

/// The card of a provider: with its integration, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn card(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    overview: Option<&Overview>,
) -> Result<Card, Failure> {
    let status = match overview {
        Some(overview) => Some(overview.status.status),
        None => provider
            .available
            .then_some(IntegrationStatus::Disconnected),
    };
    let integration = overview.map(|overview| &overview.integration);
    let state = match overview {
        Some(overview) => Some(state(app, shell, provider, overview).await?),
        None => None,
    };
    Ok(Card {
        key: provider.key,
        name: provider.name,
        description: provider.description,
        available: provider.available,
        psa: provider.category == domain::provider::Category::Psa,
        opportunities: provider.has(RecordType::Opportunities),
        setup: setup(provider, integration),
        setup_next: integration.is_none_or(|one| !Place::of(one).completed),
        interval_error: String::new(),
        status: status.map(Badge::status),
        state,
    })
}

/// The way into the setup wizard.
#[must_use]
pub fn setup(provider: &Provider, integration: Option<&Integration>) -> Link {
    let label = match integration {
        None => "Configure".to_owned(),
        Some(one) if !one.has_credentials() => "Connect again".to_owned(),
        Some(one) => match STEPS
            .iter()
            .position(|step| !Place::of(one).completed && *step == one.setup_step)
        {
            Some(index) => format!("Finish setup (step {} of {})", index + 1, STEPS.len()),
            None => "Configure".to_owned(),
        },
    };
    let href = format!("/settings/integrations/{}/setup", provider.key);
    Link::new(href, label)
}

/// What there is to say about an integration.
///
/// # Errors
/// When the database does not answer.
pub async fn state(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    overview: &Overview,
) -> Result<State, Failure> {
    let integration = &overview.integration;
    let connected = integration.has_credentials();
    let running = match &overview.active_run {
        Some(run) => {
            let streams = list_stream_runs(app.store(), run.id).await?;
            let href = run_address(provider, &run.uuid);
            Some(running(href, &streams, provider.words))
        }
        None => None,
    };
    let next_sync_note = if !connected {
        "not connected"
    } else if !integration.is_armed() {
        "when step 2 of the setup is left"
    } else if !integration.settings.auto_sync {
        "auto-sync is off"
    } else if integration.refused_since.is_some() {
        "paused until the credentials work"
    } else {
        "soon"
    };
    Ok(State {
        connected,
        armed: integration.is_armed(),
        account: integration.account.clone(),
        problem: problem(app, shell, provider, overview).await?,
        running,
        last_sync: shell.maybe_time(overview.last_sync_at),
        freshness: freshness(provider, overview),
        next_sync: shell.maybe_time(overview.next_sync_at.filter(|_| connected)),
        next_sync_note,
        auto_sync: integration.settings.auto_sync,
        interval: integration.settings.interval_minutes,
        reference: reference_note(shell, provider, overview),
        slower: slower(provider, &overview.slow_streams, &overview.turns),
    })
}

/// How old data can be at most (rule S4): all of it, or where lists are read whole at a slower pace, what is read by
/// change. How old those lists may be is told apart.
#[must_use]
pub fn freshness(provider: &Provider, overview: &Overview) -> String {
    let Some(fresh) = overview.freshness else {
        return "not known before the first complete sync".to_owned();
    };
    let age = length_of(fresh.at_most);
    let slow = &overview.slow_streams;
    // One that missed its turn is what is furthest behind.
    let late = slow.iter().any(|slow| slow.stream == fresh.stream);
    let notes = |stream: &&Stream| **stream != Stream::TicketNotes;
    let names: Vec<String> = overview
        .by_change
        .iter()
        .filter(notes)
        .map(|stream| provider.words.stream(*stream).to_lowercase())
        .collect();
    if slow.is_empty() || late || names.is_empty() {
        return format!("Data is at most {age} old");
    }
    let names = listed(&names);
    let first = names.chars().next().map(char::to_uppercase);
    let rest: String = names.chars().skip(1).collect();
    let first: String = first.into_iter().flatten().collect();
    format!("{first}{rest} are at most {age} old")
}

/// Which lists are read whole, how often each of them (rule S1) and how old it may be: one sentence's part for each pace,
/// the fastest first. After it what is read by turns.
fn slower(provider: &Provider, streams: &[SlowStream], turns: &[(Turns, u64)]) -> Option<String> {
    let mut paces: BTreeMap<i64, Vec<&SlowStream>> = BTreeMap::new();
    for slow in streams {
        paces.entry(slow.cadence).or_default().push(slow);
    }
    let parts: Vec<String> = paces
        .iter()
        .map(|(cadence, streams)| {
            let names: Vec<String> = streams
                .iter()
                .map(|slow| provider.words.stream(slow.stream).to_lowercase())
                .collect();
            let ages: Option<Vec<i64>> = streams.iter().map(|slow| slow.at_most).collect();
            let age = ages.and_then(|ages| ages.into_iter().max());
            let age = age.map(|age| format!(" (at most {} old now)", length_of(age)));
            let (names, pace) = (listed(&names), every(*cadence));
            format!("{names} every {pace}{}", age.unwrap_or_default())
        })
        .collect();
    let mut told = Vec::new();
    if !parts.is_empty() {
        told.push(format!(
            "Read whole, since {} cannot list them by change: {}.",
            provider.name,
            parts.join("; ")
        ));
    }
    told.extend(turns.iter().map(|(turns, nights)| {
        format!(
            "{} are read by turns: those of each {} that does not change once in {nights} nights.",
            turns.what, turns.of
        )
    }));
    (!told.is_empty()).then(|| told.join(" "))
}

/// Names in a row: `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// What a run is at: its first stream that is not over.
#[must_use]
pub fn running(href: String, streams: &[StreamRun], words: Words) -> Running {
    let at = streams
        .iter()
        .find(|stream| stream.state == RunState::Running);
    let Some(stream) = at else {
        return Running {
            href,
            label: "Waiting for a worker".to_owned(),
            percent: None,
        };
    };
    let fetched = grouped(stream.counts.fetched);
    let label = words.stream(stream.stream);
    match stream.total_before.filter(|total| *total > 0) {
        Some(total) => Running {
            href,
            label: format!("{label}: {fetched} of about {}", grouped(total)),
            percent: Some((stream.counts.fetched.saturating_mul(100) / total).clamp(0, 100)),
        },
        None => Running {
            href,
            label: format!("{label}: {fetched} read"),
            percent: None,
        },
    }
}

/// The page of an integration.
#[must_use]
pub fn page_address(provider: &Provider) -> String {
    format!("/settings/integrations/{}", provider.key)
}

fn run_address(provider: &Provider, uuid: &PublicId) -> String {
    format!("/settings/integrations/{}/runs/{uuid}", provider.key)
}

/// Where a mass-removal question is answered: on the page of the run that asked.
///
/// # Errors
/// When the database does not answer.
pub async fn question_address(
    app: &App,
    provider: &Provider,
    question: &RemovalQuestion,
) -> Result<String, Failure> {
    let run = find_run_of_stream_run(app.store(), question.stream_run_id).await?;
    Ok(run.map_or_else(
        || format!("/settings/integrations/{}/runs", provider.key),
        |run| run_address(provider, &run.uuid),
    ))
}

/// A question in one line.
#[must_use]
pub fn question_label(words: Words, question: &RemovalQuestion) -> String {
    let (missing, present) = (grouped(question.missing), grouped(question.present));
    format!(
        "{missing} of {present} {} are missing at the vendor.",
        words.stream(question.stream).to_lowercase()
    )
}

/// The worst that is wrong, if anything is.
async fn problem(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    overview: &Overview,
) -> Result<Option<Problem>, Failure> {
    let integration = &overview.integration;
    if let Some(trouble) = &overview.trouble {
        let refused = integration.refused_since.is_some();
        let since = shell.time(trouble.since).absolute;
        let next = trouble
            .next_attempt_at
            .map(|at| format!(" Tried again {}.", shell.time(at).relative))
            .unwrap_or_default();
        let title = if refused {
            format!("{} refuses the credentials since {since}.", provider.name)
        } else {
            format!(
                "{} does not answer properly since {since}.{next}",
                provider.name
            )
        };
        return Ok(Some(Problem {
            tone: if overview.status.warning {
                Tone::Warning
            } else {
                Tone::Bad
            },
            title,
            message: trouble.message.clone(),
            hint: Some(trouble.hint.sentence(provider)),
            link: (refused && shell.rights.manage_integrations).then(|| {
                Link::new(
                    format!("/settings/integrations/{}/setup/connect", provider.key),
                    "Update credentials",
                )
            }),
        }));
    }
    if let Some(question) = overview.questions.first() {
        return Ok(Some(Problem {
            tone: Tone::Warning,
            title: question_label(provider.words, question),
            message: "Nothing was removed; a person has to answer.".to_owned(),
            hint: None,
            link: Some(Link::new(
                question_address(app, provider, question).await?,
                "Look at the question",
            )),
        }));
    }
    let failed = overview
        .last_run
        .as_ref()
        .filter(|run| run.state == RunState::Failed && integration.has_credentials());
    if let Some(run) = failed {
        return Ok(Some(Problem {
            tone: Tone::Warning,
            title: "The last sync could not finish.".to_owned(),
            message: run.message.clone().unwrap_or_default(),
            hint: run.hint.map(|hint| hint.sentence(provider)),
            link: Some(Link::new(
                run_address(provider, &run.uuid),
                "Look at the sync",
            )),
        }));
    }
    if overview.set_aside > 0 {
        let link = format!("{}#set-aside", page_address(provider));
        return Ok(Some(Problem {
            tone: Tone::Warning,
            title: format!(
                "{} could not be read.",
                counted(overview.set_aside, "record", "records")
            ),
            // Our own words, which are not set like the vendor's.
            message: String::new(),
            hint: Some(
                "They are tried again by themselves; nothing else waits for them.".to_owned(),
            ),
            link: Some(Link::new(link, "Look at the records")),
        }));
    }
    if overview.missing_rights.iter().any(|right| right.required) {
        return Ok(Some(Problem {
            tone: Tone::Warning,
            title: "The API user lacks rights that syncing needs.".to_owned(),
            message: "What needs them is not read.".to_owned(),
            hint: None,
            link: Some(Link::new(page_address(provider), "See which")),
        }));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::UtcMillis;

    #[test]
    fn s1_each_pace_is_told_with_what_is_read_at_it() {
        let syncro = domain::provider::find("syncro").expect("there");
        let slow = |at_most: fn(Stream) -> Option<i64>| -> Vec<SlowStream> {
            let streams = syncro.capability.streams.iter();
            streams
                .filter(|stream| !stream.incremental)
                .map(|stream| SlowStream {
                    stream: stream.stream,
                    cadence: stream.full_cadence,
                    at_most: at_most(stream.stream),
                })
                .collect()
        };
        assert_eq!(
            slower(syncro, &slow(|_| None), &[]).as_deref(),
            Some(
                "Read whole, since Syncro cannot list them by change: customers and contacts every 30 min; technicians every \
                 day."
            )
        );
        let ages = slow(|stream| {
            Some(match stream {
                Stream::Technicians => 5 * UtcMillis::HOUR,
                Stream::Companies => 4 * UtcMillis::MINUTE,
                _ => 12 * UtcMillis::MINUTE,
            })
        });
        assert_eq!(
            slower(syncro, &ages, &[]).as_deref(),
            Some(
                "Read whole, since Syncro cannot list them by change: customers and contacts every 30 min (at most 12 min old \
                 now); technicians every day (at most 5 h old now)."
            )
        );
        assert_eq!(slower(syncro, &[], &[]), None);
    }

    #[test]
    fn what_is_read_by_turns_is_told_with_the_nights_it_takes() {
        let connectwise = domain::provider::find("connectwise_psa").expect("there");
        let companies = connectwise.capability.stream(Stream::Companies);
        let turns = companies.and_then(|companies| companies.turns);
        let turns = turns.expect("sites take a request for each company");
        assert_eq!([1, 2_000, 2_001].map(|all| turns.nights(all)), [1, 1, 2]);
        assert_eq!(
            slower(connectwise, &[], &[(turns, 5)]).as_deref(),
            Some(
                "Sites of companies are read by turns: those of each company that does not change once in 5 nights."
            )
        );
    }
}
