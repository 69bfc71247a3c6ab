//! The page of one integration: what is known about it, what is set, and what can be done with it.

use askama::Template;
use domain::provider::Troubleshooting;

use super::card::{Card, State};
use crate::web::settings::imports::LastImport;
use crate::web::settings::setup_wizard::connect_page::MissingRight;
use crate::web::settings::setup_wizard::gone::Gone;
use crate::web::settings::setup_wizard::summary::Part;
use crate::web::settings::sync_log::show_page::SetAsideRow;
use crate::web::view::{Badge, Link, Shell, Time};

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
    /// Records that could not be read.
    pub set_aside: SetAsideList,
    /// The newest imports, for whoever may import.
    pub imports: Vec<ImportRow>,
    /// What is set, step by step.
    pub set: Vec<Part>,
    /// What is set and the vendor no longer has.
    pub gone: Vec<Gone>,
    /// What was found and what to check.
    pub advice: Vec<AdviceRow>,
    /// The whole troubleshooting table.
    pub troubleshooting: &'static [Troubleshooting],
}

/// The newest import of a kind.
#[derive(Debug, Clone)]
pub struct ImportRow {
    /// Of what.
    pub label: &'static str,
    /// What it did.
    pub last: LastImport,
}

/// A row of the troubleshooting table that applies now.
#[derive(Debug, Clone)]
pub struct AdviceRow {
    /// The row.
    pub issue: &'static str,
    /// What was found.
    pub found: String,
    /// What to check; empty where that stands elsewhere on the page.
    pub check: &'static str,
    /// Something is wrong; otherwise it is how things were chosen.
    pub wrong: bool,
    /// Where it is mended, if here.
    pub mend: Option<Link>,
}

/// What is known about an integration, kept up to date while the page is open.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/overview.html")]
pub struct Overview {
    /// What the card says.
    pub state: State,
    /// Rights the API user lacks.
    pub missing: Vec<MissingRight>,
    /// How they are granted.
    pub grant: &'static str,
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

/// Records that could not be read and wait.
#[derive(Debug, Clone)]
pub struct SetAsideList {
    /// How many there are.
    pub count: String,
    /// The first of them.
    pub rows: Vec<SetAsideRow>,
    /// Whether there are more than are shown.
    pub more: bool,
    /// Whether they are tried again.
    pub tried: bool,
}

/// Their part of the page alone, for live updates.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/set_aside.html")]
pub struct SetAsidePart<'a> {
    /// The frame, for rights.
    pub shell: &'a Shell,
    /// The records.
    pub set_aside: &'a SetAsideList,
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

impl DetailPage {
    /// The viewer comes from a setup that began an import: what came of it stands first.
    #[must_use]
    pub fn just_imported(&self) -> bool {
        let told = self.shell.notice.as_ref();
        let told = told.is_some_and(|notice| notice.key.starts_with("setup_completed_import"));
        told && !self.imports.is_empty()
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
    use crate::web::settings::setup_wizard::{gone, summary};
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::clock::UtcMillis;
    use domain::status::IntegrationStatus;
    use domain::stream::Stream;

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
            note_meaning: "9 companies of Autotask wait until somebody imports or links them."
                .into(),
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
            grant: "Verify that the API user has the permissions.",
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
        DetailPage {
            card: Card {
                key: "autotask",
                name: "Autotask",
                description: "Account and ticket synchronization",
                available: true,
                psa: true,
                opportunities: true,
                setup: Link::new("/settings/integrations/autotask/setup", "Configure"),
                setup_next: false,
                interval_error: String::new(),
                status: Some(Badge::status(IntegrationStatus::Connected)),
                state: Some(state),
            },
            connected: true,
            overview,
            set_aside: SetAsideList {
                count: "104".into(),
                rows: vec![SetAsideRow {
                    id: 1,
                    retry: "/x".into(),
                    run: String::new(),
                    stream: "Tickets",
                    external_id: "29684810".into(),
                    field: "createDate".into(),
                    reason: HOSTILE.into(),
                    attempts: 3,
                    next: time,
                    resolved: String::new(),
                    can_retry: true,
                }],
                more: true,
                tried: true,
            },
            imports: vec![ImportRow {
                label: "Users",
                last: LastImport {
                    href: "/x?report=1".into(),
                    import: String::new(),
                    beside_list: false,
                    words: HOSTILE.into(),
                    running: false,
                    when: shell.time(shell.now),
                },
            }],
            set: summary::sample(),
            gone: gone::sample(),
            advice: vec![
                AdviceRow {
                    issue: "Missing data",
                    found: HOSTILE.into(),
                    check: "",
                    wrong: true,
                    mend: Some(Link::new("#missing-rights", "See which")),
                },
                AdviceRow {
                    issue: "Contacts not importing",
                    found: "Auto-Import is off.".into(),
                    check: "Verify that Auto-Import is enabled.",
                    wrong: false,
                    mend: Some(Link::new("/x", "Step 2, Sync")),
                },
            ],
            troubleshooting: domain::provider::find("autotask")
                .expect("there")
                .documentation
                .troubleshooting,
            shell,
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("integration", &page());
        assert!(html.contains("Queues to Sync") && html.contains("setup/sync"));
        let mut page = page();
        page.card.setup = Link::new("/x", "Finish setup (step 2 of 4)");
        page.card.setup_next = true;
        let html = sample::check("integration_unfinished", &page);
        assert!(html.contains("Finish setup (step 2 of 4)"));
        page.shell = sample::shell_after(Section::Settings, "setup_completed_imports");
        let html = sample::check("integration_imported", &page);
        let place = |words: &str| html.find(words).expect("there");
        assert!(place("id=\"imports\"") < place("id=\"overview\""), "first");
    }
}
