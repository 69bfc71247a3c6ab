//! The page of one integration: what is known about it, its settings, and what can be done with it.

use askama::Template;

use super::card::{Card, State};
use super::connect_page::MissingRight;
use super::options::Options;
use super::settings_form::Problems;
use crate::web::view::{Badge, Choice, Link, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/detail.html")]
pub struct DetailPage {
    /// The frame.
    pub shell: Shell,
    /// Name and status.
    pub card: Card,
    /// Credentials are stored.
    pub connected: bool,
    /// What the overview shows.
    pub overview: Overview,
    /// What somebody else changed while this form was open.
    pub conflicts: Vec<Conflict>,
    /// What is wrong with the form, by field.
    pub problems: Problems,
    /// Why the form was not saved.
    pub form_error: String,
    /// The settings' revision this form starts from.
    pub revision: i64,
    /// The settings this form starts from, to tell later what somebody else changed.
    pub base: String,
    /// Sync options.
    pub options: Options,
    /// Whether there is anything to choose from yet.
    pub has_reference_data: bool,
    /// *Queues to Sync*, in the vendor's word.
    pub queues_label: String,
    /// Queues to sync.
    pub queues: Vec<Choice>,
    /// Categories to sync.
    pub categories: Vec<Choice>,
    /// Statuses left out.
    pub exclude_statuses: Vec<Choice>,
    /// Whether companies come from here.
    pub company_source: bool,
    /// Company types that become companies.
    pub company_types: Vec<Choice>,
    /// Audiences clients may read.
    pub public_audiences: Vec<Choice>,
    /// Statuses that mean closed.
    pub closed_statuses: Vec<Choice>,
    /// The stage of each status.
    pub stages: Vec<StageChoice>,
}

/// What is known about an integration, kept up to date while the page is open.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/overview.html")]
pub struct Overview {
    /// What the card says.
    pub state: State,
    /// Rights the API user lacks.
    pub missing: Vec<MissingRight>,
    /// Mass-removal questions that wait.
    pub questions: Vec<Link>,
    /// Mass-removal questions that were answered, newest first.
    pub answered: Vec<AnsweredQuestion>,
    /// Last completed full run.
    pub reconciliation: Option<Time>,
    /// When reference data was last read.
    pub reference_data: Option<Time>,
    /// What is read.
    pub streams: Vec<StreamRow>,
}

/// A mass-removal question that was answered.
#[derive(Debug, Clone)]
pub struct AnsweredQuestion {
    /// What was missing, leading to the run that asked.
    pub link: Link,
    /// When it was asked.
    pub asked: Time,
    /// Who answered what, and when.
    pub answer: String,
}

/// The status beside the name alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/status.html")]
pub struct StatusPart {
    /// The status.
    pub status: Badge,
}

/// One stream.
#[derive(Debug, Clone)]
pub struct StreamRow {
    /// Its name.
    pub label: &'static str,
    /// How many records are here.
    pub records: String,
    /// How many of them became something else here, when that differs.
    pub note: String,
    /// Why it differs.
    pub note_meaning: String,
    /// When it was last read to the end.
    pub last_completed: Option<Time>,
    /// By change, whole and how often, or not at all.
    pub how: String,
    /// When it was last read whole.
    pub full_completed: Option<Time>,
    /// Whether the vendor's own total agreed.
    pub verified: &'static str,
    /// What that means.
    pub verified_meaning: &'static str,
}

/// One setting that somebody else changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The setting.
    pub label: String,
    /// What it was when the form was opened.
    pub before: String,
    /// What they saved.
    pub theirs: String,
    /// What the form holds now.
    pub form: String,
    /// Both changed it.
    pub both: bool,
}

/// A status with the stages to choose from.
#[derive(Debug, Clone)]
pub struct StageChoice {
    /// The status, by reference id.
    pub value: String,
    /// Its label.
    pub label: String,
    /// The five stages.
    pub stages: Vec<Choice>,
}

impl DetailPage {
    /// What is wrong with a field of the form.
    #[must_use]
    pub fn error(&self, field: &str) -> &str {
        self.problems.get(field).map_or("", String::as_str)
    }
}

/// The overview's fields, where templates look for them.
impl std::ops::Deref for DetailPage {
    type Target = Overview;

    fn deref(&self) -> &Overview {
        &self.overview
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::integrations::list_page::samples;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::clock::UtcMillis;
    use domain::stage::Stage;
    use domain::status::IntegrationStatus;
    use domain::stream::Stream;

    fn choices(count: usize) -> Vec<Choice> {
        let long = Choice::new("long", sample::long(), false);
        let mut all: Vec<_> = (0..count)
            .map(|n| Choice::new(n.to_string(), format!("Queue {n}"), n % 3 == 0))
            .collect();
        all.extend([long, Choice::new("hostile", HOSTILE, true)]);
        all
    }

    fn page() -> DetailPage {
        let shell = sample::shell(Section::Settings);
        let state = samples::state(&shell);
        let time = Some(shell.time(shell.now.plus(-6 * UtcMillis::MINUTE)));
        let streams = Stream::ALL.into_iter().map(|stream| StreamRow {
            label: stream.label(),
            records: "12,480".into(),
            note: if stream == Stream::Companies {
                "32 companies in Portico".into()
            } else {
                String::new()
            },
            note_meaning: "9 records of Autotask are not companies here.".into(),
            last_completed: time.clone(),
            how: "by change".into(),
            full_completed: time.clone(),
            verified: "verified",
            verified_meaning: "The vendor's own total agreed",
        });
        let overview = Overview {
            state: state.clone(),
            missing: vec![MissingRight {
                area: "Opportunities".into(),
                right: HOSTILE.into(),
                required: false,
            }],
            questions: vec![Link::new(
                "/x",
                "412 of 1,204 contacts are missing at the vendor.",
            )],
            answered: vec![AnsweredQuestion {
                link: Link::new("/x", "412 of 1,204 contacts are missing at the vendor."),
                asked: shell.time(shell.now),
                answer: format!("{HOSTILE} kept them, 14 Mar 2026, 10:05 CET."),
            }],
            reconciliation: time.clone(),
            reference_data: time.clone(),
            streams: streams.collect(),
        };
        let stages = (0..9).map(|n| StageChoice {
            value: n.to_string(),
            label: if n == 4 {
                HOSTILE.into()
            } else {
                format!("Status {n}")
            },
            stages: Stage::ALL
                .map(|stage| Choice::new(stage.label(), stage.label(), stage == Stage::Working))
                .into(),
        });
        DetailPage {
            card: Card {
                key: "autotask",
                name: "Autotask",
                description: "Account and ticket synchronization",
                available: true,
                psa: true,
                interval_error: String::new(),
                status: Some(Badge::status(IntegrationStatus::Connected)),
                state: Some(state),
            },
            connected: true,
            overview,
            conflicts: Vec::new(),
            form_error: String::new(),
            problems: Problems::new(),
            revision: 3,
            base: r#"{"auto_sync":true}"#.into(),
            options: Options::sample(),
            has_reference_data: true,
            queues_label: "Queues to Sync".into(),
            queues: choices(12),
            categories: choices(2),
            exclude_statuses: choices(9),
            company_source: true,
            company_types: choices(5),
            public_audiences: choices(2),
            closed_statuses: choices(9),
            stages: stages.collect(),
            shell,
        }
    }

    #[test]
    fn renders() {
        sample::check("integration", &page());
        let conflict = Conflict {
            label: "Auto-sync interval".into(),
            before: "15 minutes".into(),
            theirs: "5 minutes".into(),
            form: HOSTILE.into(),
            both: true,
        };
        let mut page = page();
        page.conflicts = vec![
            conflict.clone(),
            Conflict {
                both: false,
                ..conflict
            },
        ];
        let html = sample::check("integration_conflict", &page);
        assert!(html.contains("both changed"));
        page.conflicts.clear();
        page.problems = ["queue", "stage", "closed_status"]
            .map(|field| (field, HOSTILE.to_owned()))
            .into();
        let html = sample::check("integration_refused", &page);
        assert_eq!(html.matches("field-error").count(), 3);
    }
}
