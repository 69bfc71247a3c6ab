//! Step 4, *Import (Optional)*: staff and companies to take over now, what is set, and *Complete Setup*.

use askama::Template;

use super::connect_page::MissingRight;
use super::frame::Frame;
use super::strip::Strip;
use super::summary::Part;
use crate::web::settings::import_companies::picker::CompanyList;
use crate::web::settings::import_users::picker::{PickState, Picker};
use crate::web::settings::imports::list_frame::number;
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::{LastImport, Missing};
use crate::web::view::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/setup_wizard/import.html")]
pub struct ImportPage {
    /// The frame of the site.
    pub shell: Shell,
    /// The frame of the wizard.
    pub frame: Frame,
    /// How the sync is going.
    pub strip: Strip,
    /// What is shown: the tab with its content.
    pub tab: Tab,
    /// The list of the tab that is not shown, as one text; empty when there is none.
    pub other: String,
    /// The list of the tab that is shown, while a report has taken its place; empty when there is none.
    pub kept: String,
    /// How many are selected in the list of the tab that is not shown.
    pub other_count: u64,
    /// How many are selected in the list of this tab that a report has taken the place of.
    pub kept_count: u64,
    /// The people that were imported although the setup stays open.
    pub begun: Option<Begun>,
    /// The newest import, beside a switch that is off; a list shows its own.
    pub last: Option<LastImport>,
    /// The provider's word for its people.
    pub people: &'static str,
    /// What is set, step by step.
    pub set: Vec<Part>,
    /// The required rights that keep the setup from being completed.
    pub blocking: Vec<MissingRight>,
    /// Address of the step *Connect*, where rights are looked at again.
    pub connect: String,
    /// Address of the step *Sync*, where what needs them can be switched off.
    pub sync: String,
}

/// An import of people that *Complete Setup* began before it refused the list of companies.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Its id in addresses.
    pub import: String,
    /// How far it is, or what it did.
    pub words: String,
    /// Whether it still runs.
    pub running: bool,
    /// Whether all who were selected are here, once it ended.
    pub whole: bool,
    /// Whether this is the answer that refused the companies.
    pub refused: bool,
}

/// A tab with what it shows.
#[derive(Debug)]
pub enum Tab {
    /// *Import Users*.
    Users(Users),
    /// *Import Companies*.
    Companies(Companies),
}

impl Tab {
    /// The word in the address.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Users(_) => "users",
            Self::Companies(_) => "companies",
        }
    }
}

impl Tab {
    /// How many are selected in the list that it shows; `None` when it shows none.
    #[must_use]
    pub const fn selected(&self) -> Option<u64> {
        match self {
            Self::Users(Users::Picker(picker)) => Some(picker.list.selected),
            Self::Companies(Companies::List(companies)) => Some(companies.list.selected),
            _ => None,
        }
    }
}

/// What *Import Users* shows.
#[derive(Debug)]
pub enum Users {
    /// The switch is off.
    Off,
    /// People to choose from.
    Picker(Box<Picker>),
    /// How far an import is, or what it did.
    Report(Box<Report>),
    /// What must be there first.
    Missing(Missing),
}

impl ImportPage {
    /// The tabs: key, name and symbol.
    pub const TABS: [(&'static str, &'static str, &'static str); 2] = [
        ("users", "Import Users", "users"),
        ("companies", "Import Companies", "building"),
    ];

    /// Whether a tab is the one that is shown.
    #[must_use]
    pub fn is_here(&self, key: &str) -> bool {
        self.tab.key() == key
    }

    /// Whether the list that is shown goes with the viewer to another tab.
    #[must_use]
    pub fn takes_list_to(&self, key: &str) -> bool {
        self.has_list() && (key != "companies" || self.shell.rights.manage_companies)
    }

    /// How many are selected under a tab; `None`: nothing, and no list is shown.
    #[must_use]
    pub fn selected(&self, key: &str) -> Option<String> {
        let kept = if self.is_here(key) {
            self.kept_count
        } else {
            self.other_count
        };
        self.tab
            .selected()
            .filter(|_| self.is_here(key))
            .or((kept > 0).then_some(kept))
            .map(number)
    }

    /// Whether a list is shown in which nothing is selected.
    #[must_use]
    pub const fn selects_nothing(&self) -> bool {
        matches!(self.tab.selected(), Some(0))
    }

    /// Whether a list is kept that is not on the page.
    #[must_use]
    pub const fn keeps_list(&self) -> bool {
        !self.other.is_empty() || !self.kept.is_empty()
    }

    /// Whether something is kept that only a form takes along: a list, or what was imported before.
    #[must_use]
    pub const fn keeps(&self) -> bool {
        self.keeps_list() || self.begun.is_some()
    }

    /// Whether there is a list to select in: *Complete Setup* sends it then.
    #[must_use]
    pub const fn has_list(&self) -> bool {
        matches!(
            self.tab,
            Tab::Users(Users::Picker(_)) | Tab::Companies(Companies::List(_))
        )
    }
}

/// What *Import Companies* shows.
#[derive(Debug)]
pub enum Companies {
    /// The switch is off.
    Off,
    /// Companies to choose from.
    List(Box<CompanyList>),
    /// How far an import is, or what it did.
    Report(Box<Report>),
    /// What is missing for importing.
    Missing(Missing),
}

#[cfg(test)]
mod tests {
    use super::super::frame::Place;
    use super::super::{strip, summary};
    use super::*;
    use crate::web::settings::import_companies::picker::samples as company_samples;
    use crate::web::settings::import_users::picker::samples;
    use crate::web::settings::imports::report::samples as reports;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::setup::SetupStep;

    fn page(tab: Tab) -> ImportPage {
        let provider = domain::provider::find("autotask").expect("there");
        let place = Place {
            reached: SetupStep::Import,
            completed: false,
            connected: true,
        };
        ImportPage {
            shell: sample::shell(Section::Settings),
            frame: Frame::new(provider, &place, SetupStep::Import),
            strip: strip::sample(),
            tab,
            other: String::new(),
            kept: String::new(),
            other_count: 1_204,
            kept_count: 0,
            begun: None,
            last: None,
            people: "Resources",
            set: summary::sample(),
            blocking: Vec::new(),
            connect: "/settings/integrations/autotask/setup/connect".into(),
            sync: "/settings/integrations/autotask/setup/sync".into(),
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("setup_import_off", &page(Tab::Users(Users::Off)));
        for words in [
            "Import Users",
            "Import Companies",
            "Import Users Now",
            "Complete Setup",
            "Client contacts are not imported here",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(!html.contains("cannot be completed yet"));
        let blocked = ImportPage {
            blocking: vec![MissingRight {
                area: HOSTILE.into(),
                right: HOSTILE.into(),
                required: true,
            }],
            ..page(Tab::Users(Users::Off))
        };
        let html = sample::check("setup_import_blocked", &blocked);
        assert!(html.contains("cannot be completed yet"));
        let off = ImportPage {
            last: samples::picker(&sample::shell(Section::Settings)).list.last,
            other: HOSTILE.into(),
            ..page(Tab::Companies(Companies::Off))
        };
        let html = sample::check("setup_import_companies_off_kept", &off);
        assert!(
            html.contains(r#"id="other-list""#) && html.contains("People: <strong"),
            "{html}"
        );
        let shell = sample::shell(Section::Settings);
        let picker = samples::picker(&shell);
        let both = ImportPage {
            other: HOSTILE.into(),
            ..page(Tab::Users(Users::Picker(picker.clone().into())))
        };
        let html = sample::check("setup_import_users_both", &both);
        assert!(
            html.contains(r#"value="tab""#) && html.contains("Companies: <strong"),
            "{html}"
        );
        assert!(html.contains(r#"<span class="badge">1,204</span>"#));
        let html = sample::check(
            "setup_import_users",
            &page(Tab::Users(Users::Picker(picker.into()))),
        );
        assert!(html.contains("Role for imported users"));
        assert!(html.contains("<span data-count-part>People: <strong"));
        let mut nobody = samples::picker(&shell);
        nobody.list.selected = 0;
        let html = sample::check(
            "setup_import_users_nobody",
            &page(Tab::Users(Users::Picker(nobody.into()))),
        );
        assert!(html.contains("<span data-count-part hidden>People: <strong"));
        let begun = ImportPage {
            begun: Some(Begun {
                import: "i".into(),
                words: sample::long(),
                running: true,
                whole: false,
                refused: true,
            }),
            ..page(Tab::Companies(Companies::List(
                company_samples::list().into(),
            )))
        };
        let html = sample::check("setup_import_companies_refused", &begun);
        assert!(html.contains("The people are being imported."));
        assert_eq!(html.matches(r#"name="imported" value="i""#).count(), 2);
        let quick = samples::quick_match(&shell);
        sample::check(
            "setup_import_users_quick",
            &page(Tab::Users(Users::Picker(quick.into()))),
        );
        let report = reports::running(&shell);
        let html = sample::check(
            "setup_import_users_report",
            &page(Tab::Users(Users::Report(report.into()))),
        );
        assert!(html.contains("Importing 5,000 people"));
        let missing = Users::Missing(Missing {
            symbol: "lock",
            title: "You need the right Manage Users".into(),
            sentence: "Ask an administrator to give it to your role.".into(),
            href: "/settings/users".into(),
            label: "See the users".into(),
        });
        sample::check("setup_import_users_missing", &page(Tab::Users(missing)));
        let missing = Companies::Missing(Missing {
            symbol: "lock",
            title: "You need the right Manage Companies".into(),
            sentence: sample::long(),
            href: String::new(),
            label: String::new(),
        });
        sample::check(
            "setup_import_companies_missing",
            &page(Tab::Companies(missing)),
        );
        let html = sample::check(
            "setup_import_companies_off",
            &page(Tab::Companies(Companies::Off)),
        );
        assert!(html.contains("Import Companies Now"));
        let html = sample::check(
            "setup_import_companies",
            &page(Tab::Companies(Companies::List(
                company_samples::list().into(),
            ))),
        );
        assert!(html.contains("Import Selected"));
        assert!(
            !html.contains(r#"name="pick" value="2""#),
            "what is linked cannot be selected"
        );
        sample::check(
            "setup_import_companies_report",
            &page(Tab::Companies(Companies::Report(
                reports::ended(&shell).into(),
            ))),
        );
    }
}
