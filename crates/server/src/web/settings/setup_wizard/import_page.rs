//! Step 4, *Import (Optional)*: staff and companies to take over now, what is set, and *Complete Setup*.

use askama::Template;

use super::frame::Frame;
use super::strip::Strip;
use super::summary::Part;
use crate::web::settings::import_users::Missing;
use crate::web::settings::import_users::picker::{Everyone, PickState, Picker};
use crate::web::settings::imports::LastImport;
use crate::web::settings::imports::list_sync::ListSync;
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::settings::imports::report::Report;
use crate::web::view::{Link, Pager, Shell, Time};

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
    /// The newest import, beside a switch that is off; a list shows its own.
    pub last: Option<LastImport>,
    /// The provider's word for its people.
    pub people: &'static str,
    /// What is set, step by step.
    pub set: Vec<Part>,
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

/// Companies to choose from.
#[derive(Debug, Default)]
pub struct CompanyList {
    /// Where the form goes.
    pub action: String,
    /// How old it is.
    pub sync: ListSync,
    /// What was searched for.
    pub search: String,
    /// Whether linked ones are hidden.
    pub unlinked_only: bool,
    /// When a synced company becomes a company on its own.
    pub rule: String,
    /// How many will, and how many wait.
    pub outlook: String,
    /// What is wrong with the form; empty when nothing is.
    pub error: String,
    /// The companies.
    pub rows: Vec<CompanyRow>,
    /// *Select all N*, when more match than the page shows.
    pub everyone: Option<Everyone>,
    /// Those on other pages that *Select all* leaves out.
    pub except: Vec<i64>,
    /// What Quick Match found, while it is on.
    pub quick: Option<QuickMatch>,
    /// How many are selected.
    pub selected: usize,
    /// Those of them that are on other pages.
    pub carried: Vec<CarriedPick>,
    /// What was chosen to become of companies on other pages: name and value of a field.
    pub carried_links: Vec<(String, String)>,
    /// The place of this page.
    pub page: String,
    /// What the list is narrowed to.
    pub was: String,
    /// Paging: places in the list instead of addresses.
    pub pager: Pager,
    /// The newest import.
    pub last: Option<LastImport>,
    /// What nothing in the list means.
    pub nothing: String,
    /// What to do then.
    pub nothing_help: String,
}

/// A company on another page that is selected.
#[derive(Debug, Clone, Copy)]
pub struct CarriedPick {
    /// Row id of the vendor's record.
    pub id: i64,
    /// Whether it is counted beside *Select all*, which does not mean it.
    pub counts: bool,
}

/// One company of the provider.
#[derive(Debug, Clone, Default)]
pub struct CompanyRow {
    /// Row id of the vendor's record.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Type and place, whichever are known.
    pub about: String,
    /// When it was last read.
    pub synced: Option<Time>,
    /// The company it is linked to.
    pub linked: Option<Link>,
    /// Whether that one was removed here, and the row is skipped.
    pub blocked: bool,
    /// What will become of it without an import.
    pub future: String,
    /// A company with the same name, to link it to: its page, its name.
    pub same_name: Option<Link>,
    /// Its id in addresses.
    pub same_id: String,
    /// Whether *Select all* means it.
    pub covered: bool,
    /// What Quick Match says about it; empty when nothing.
    pub proposal: String,
    /// Whether a new company is wanted although there is one of the same name.
    pub create: bool,
    /// Where to choose a company to link to.
    pub link_address: String,
    /// Where a link that a person made is taken back; empty: it cannot be.
    pub unlink_address: String,
    /// Whether it is ticked.
    pub ticked: bool,
}

#[cfg(test)]
mod tests {
    use super::super::frame::Place;
    use super::super::{strip, summary};
    use super::*;
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
            last: None,
            people: "Resources",
            set: summary::sample(),
        }
    }

    fn list() -> CompanyList {
        let shell = sample::shell(Section::Settings);
        let row = |id: i64, name: &str| CompanyRow {
            id,
            name: name.into(),
            about: "Customer · Vienna".into(),
            synced: Some(shell.time(shell.now)),
            future: "Stays out: type Prospect is not selected".into(),
            link_address: format!(
                "/settings/integrations/autotask/setup/import/companies/{id}/link"
            ),
            ..CompanyRow::default()
        };
        CompanyList {
            action: "/settings/integrations/autotask/setup/import/companies".into(),
            sync: ListSync {
                what: "Companies".into(),
                read: Some(shell.time(shell.now)),
                ..ListSync::default()
            },
            search: HOSTILE.into(),
            rule: "Every active client of type Customer becomes a company by itself.".into(),
            outlook: "212 will, 1,004 wait.".into(),
            rows: vec![
                CompanyRow {
                    ticked: true,
                    ..row(1, "Aldergrove Dental")
                },
                CompanyRow {
                    linked: Some(Link::new("/companies/x", HOSTILE)),
                    unlink_address: "/x/unlink".into(),
                    ..row(2, HOSTILE)
                },
                CompanyRow {
                    same_name: Some(Link::new("/companies/y", sample::long())),
                    same_id: "y".into(),
                    proposal: sample::long(),
                    ..row(3, &sample::long())
                },
            ],
            everyone: Some(Everyone {
                count: 19_204,
                label: "Select all 19,204 that are not linked".into(),
                help: "Search first to select only some of them.".into(),
                on: true,
                except: 3,
            }),
            except: vec![7, 8],
            quick: Some(QuickMatch {
                links: 12,
                sentence: "A company was found for 12.".into(),
                nothing: false,
            }),
            selected: 2,
            carried: vec![CarriedPick {
                id: 77,
                counts: true,
            }],
            carried_links: vec![("link.77".into(), "y".into())],
            pager: Pager {
                count: "10,000+ companies".into(),
                next: Some("/x".into()),
                ..Pager::default()
            },
            ..CompanyList::default()
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
        let off = ImportPage {
            last: samples::picker(&sample::shell(Section::Settings)).last,
            other: HOSTILE.into(),
            ..page(Tab::Companies(Companies::Off))
        };
        let html = sample::check("setup_import_companies_off_kept", &off);
        assert!(html.contains(r#"id="other-list""#) && html.contains("in both lists"));
        let shell = sample::shell(Section::Settings);
        let picker = samples::picker(&shell);
        let both = ImportPage {
            other: HOSTILE.into(),
            ..page(Tab::Users(Users::Picker(picker.clone().into())))
        };
        let html = sample::check("setup_import_users_both", &both);
        assert!(html.contains(r#"value="tab""#) && html.contains("in both lists"));
        let html = sample::check(
            "setup_import_users",
            &page(Tab::Users(Users::Picker(picker.into()))),
        );
        assert!(html.contains("Role for imported users"));
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
            &page(Tab::Companies(Companies::List(list().into()))),
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
