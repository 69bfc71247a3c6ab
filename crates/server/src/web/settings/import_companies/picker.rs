//! What the list of companies to import shows: one component for the dialog and for the wizard's Import step.

use crate::web::settings::import_users::picker::Everyone;
use crate::web::settings::imports::LastImport;
use crate::web::settings::imports::list_sync::ListSync;
use crate::web::settings::imports::quick_match::QuickMatch;
use crate::web::view::{Link, Pager, Time};

/// Companies to choose from.
#[derive(Debug, Default)]
pub struct CompanyList {
    /// Where the form goes.
    pub action: String,
    /// Where *Cancel* leads; empty: there is no such button.
    pub cancel: String,
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
pub(crate) mod samples {
    //! A list with long and hostile texts.

    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    /// A page of the list with everything on it.
    pub(crate) fn list() -> CompanyList {
        let shell = sample::shell(Section::Settings);
        let row = |id: i64, name: &str| CompanyRow {
            id,
            name: name.into(),
            about: "Customer · Vienna".into(),
            synced: Some(shell.time(shell.now)),
            future: "Stays out: type Prospect is not selected".into(),
            link_address: format!("/companies/import/autotask/{id}/link?from=setup"),
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
}
