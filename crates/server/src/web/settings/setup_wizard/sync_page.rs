//! Step 2, *Sync*: what is read, how often, which tickets, and who becomes a user by themselves.

use askama::Template;
use domain::provider::ContactTypeChoice;

use super::choice_list::ChoiceList;
use super::connect_page::MissingRight;
use super::form::Problems;
use super::frame::Frame;
use super::merge::Conflict;
use super::options::Options;
use super::statuses::Search;
use crate::web::view::{Choice, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/sync.html")]
pub struct SyncPage {
    /// The frame of the site.
    pub shell: Shell,
    /// The frame of the wizard.
    pub frame: Frame,
    /// What the form starts from.
    pub start: FormStart,
    /// Rights the API user lacks.
    pub missing: Vec<MissingRight>,
    /// What is read and when.
    pub options: Options,
    /// Users made of contacts.
    pub auto_import: AutoImport,
    /// Which field tells the type of a contact, where that is a choice.
    pub contact_type: Option<ContactType>,
    /// Whether there is anything to choose from yet.
    pub has_reference_data: bool,
    /// Which statuses are shown.
    pub search: Search,
    /// What is kept or left out: of tickets first.
    pub scopes: Vec<ScopeCard>,
    /// Whether companies come from here.
    pub company_source: bool,
    /// Where skipping inactive companies is a choice, its label and whether it is on.
    pub skip_inactive: Option<(&'static str, bool)>,
    /// Lists that say which companies become companies here.
    pub companies: Vec<ChoiceList>,
    /// The step was not left before: leaving it starts the first sync.
    pub first: bool,
}

/// What a form of settings starts from, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct FormStart {
    /// The settings' revision.
    pub revision: i64,
    /// The settings, to tell later what somebody else changed.
    pub base: String,
    /// What somebody else changed while the form was open.
    pub conflicts: Vec<Conflict>,
    /// What is wrong, by field.
    pub problems: Problems,
}

impl FormStart {
    /// What is wrong with a field.
    #[must_use]
    pub fn error(&self, field: &str) -> &str {
        self.problems.get(field).map_or("", String::as_str)
    }

    /// The problems in one line; nothing when there are none.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.problems.len() {
            0 => String::new(),
            1 => "Nothing was saved yet: one thing below needs a look.".to_owned(),
            count => format!("Nothing was saved yet: {count} things below need a look."),
        }
    }
}

/// Lists that keep or leave out records of a kind.
#[derive(Debug, Clone)]
pub struct ScopeCard {
    /// What its head is found by.
    pub id: &'static str,
    /// Its head.
    pub title: &'static str,
    /// What becomes of records outside.
    pub help: &'static str,
    /// The lists.
    pub lists: Vec<ChoiceList>,
}

/// The field that tells the type of a contact.
#[derive(Debug, Clone)]
pub struct ContactType {
    /// The words.
    pub words: ContactTypeChoice,
    /// The fields there are.
    pub fields: Vec<Choice>,
    /// What is wrong with it.
    pub error: String,
}

/// *Auto-Import* with its role and what it would do.
#[derive(Debug, Clone, Default)]
pub struct AutoImport {
    /// It is on.
    pub on: bool,
    /// Roles for company users.
    pub roles: Vec<Choice>,
    /// What is wrong with the role.
    pub error: String,
    /// Where it is counted what it would do now.
    pub preview: String,
    /// How many contacts have an account already; empty: none.
    pub accounts: String,
}

/// Samples other tests use too.
#[cfg(test)]
pub mod samples {
    use super::super::choice_list::ChoiceList;
    use super::super::merge::Conflict;
    use super::{Choice, FormStart};
    use crate::web::view::sample::{self, HOSTILE};

    /// Many choices, some of them hostile.
    pub fn choices(count: usize) -> Vec<Choice> {
        let mut all: Vec<_> = (0..count)
            .map(|n| Choice::new(n.to_string(), format!("Managed Services {n}"), n % 3 == 0))
            .collect();
        all.push(Choice::new("long", sample::long(), false));
        all.push(Choice::new("hostile", HOSTILE, true));
        all
    }

    /// A list.
    pub fn list(name: &'static str, label: &'static str, count: usize) -> ChoiceList {
        ChoiceList {
            name,
            label,
            help: "Tickets in these are synced.",
            none: "All of them",
            groups: ChoiceList::flat(choices(count)),
            ..ChoiceList::default()
        }
    }

    /// A form somebody else saved meanwhile.
    pub fn conflict() -> FormStart {
        let conflict = Conflict {
            label: "Interval".into(),
            before: "15 minutes".into(),
            theirs: "5 minutes".into(),
            form: HOSTILE.into(),
            both: true,
        };
        FormStart {
            revision: 4,
            base: r#"{"auto_sync":true}"#.into(),
            conflicts: vec![
                conflict.clone(),
                Conflict {
                    both: false,
                    ..conflict
                },
            ],
            ..FormStart::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Place;
    use super::samples::list;
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::settings::IntegrationSettings;
    use domain::setup::SetupStep;

    fn page() -> SyncPage {
        let provider = domain::provider::find("autotask").expect("there");
        let place = Place {
            reached: SetupStep::Sync,
            completed: false,
            connected: true,
        };
        SyncPage {
            shell: sample::shell_after(Section::Settings, "setup_connected"),
            frame: Frame::new(provider, &place, SetupStep::Sync)
                .telling(super::super::gone::sample()),
            start: FormStart {
                revision: 1,
                base: "{}".into(),
                ..FormStart::default()
            },
            missing: vec![MissingRight {
                area: "Opportunities".into(),
                right: HOSTILE.into(),
                required: false,
            }],
            options: Options::new(&IntegrationSettings::default(), provider, false),
            auto_import: AutoImport {
                on: true,
                roles: vec![
                    Choice::new("a", "Viewer", true),
                    Choice::new("b", sample::long(), false),
                ],
                error: String::new(),
                preview: "/settings/integrations/autotask/setup/auto-import".into(),
                accounts: "409 contacts have an account already.".into(),
            },
            contact_type: Some(ContactType {
                words: ContactTypeChoice {
                    label: "Contact type field",
                    help: "Its values are the types of contacts here.",
                    none: "None: contacts have no type",
                    title: "title",
                },
                fields: samples::choices(3),
                error: String::new(),
            }),
            has_reference_data: true,
            search: Search::default(),
            scopes: vec![
                ScopeCard {
                    id: "scope",
                    title: "Ticket Sync Scope",
                    help: "Tickets outside are hidden.",
                    lists: vec![
                        list("queue", "Queues to Sync", 12),
                        list("category", "Categories", 3),
                        list("exclude_status", "Exclude Statuses", 14),
                    ],
                },
                ScopeCard {
                    id: "opportunity-scope",
                    title: "Opportunity Sync Scope",
                    help: "Opportunities outside are hidden.",
                    lists: vec![list(
                        "exclude_opportunity_type",
                        "Exclude Opportunity Types",
                        3,
                    )],
                },
            ],
            company_source: true,
            skip_inactive: Some(("Skip Inactive Clients", true)),
            companies: vec![list("company_type", "Company types", 5)],
            first: true,
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("setup_sync", &page());
        for words in [
            "Sync Users",
            "Sync Companies",
            "Enable Ticket Sync",
            "Enable Opportunity Sync",
            "Auto-Import",
            "Default Role for Imported Contacts",
            "minimal",
            "Contact type field",
            "Queues to Sync",
            "Categories",
            "Exclude Statuses",
            "in the background",
            "2 minutes",
        ] {
            assert!(html.contains(words), "{words}");
        }
        let mut page = page();
        page.start = samples::conflict();
        let html = sample::check("setup_sync_conflict", &page);
        assert!(html.contains("both changed"));
        page.start.conflicts.clear();
        page.start.problems = [("queue", HOSTILE.to_owned())].into();
        page.auto_import.error = "This role does not exist any more. Choose another one.".into();
        page.scopes[0].lists[0].error = HOSTILE.into();
        let contact_type = page.contact_type.as_mut().expect("a choice");
        contact_type.error = "“Sort” is not on the vendor's list any more.".into();
        page.has_reference_data = true;
        let html = sample::check("setup_sync_refused", &page);
        assert_eq!(html.matches("class=\"field-error\"").count(), 3);
        page.has_reference_data = false;
        sample::check("setup_sync_without_psa_data", &page);
    }
}
