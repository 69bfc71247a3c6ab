//! What the list of companies to import shows: one component for the dialog and for the wizard's Import step.

use crate::web::settings::imports::list_frame::ListFrame;
use crate::web::view::{Link, Time};

/// Companies to choose from.
#[derive(Debug, Default)]
pub struct CompanyList {
    /// What every list has.
    pub list: ListFrame,
    /// The provider's word for a company.
    pub one: &'static str,
    /// Its plural.
    pub many: &'static str,
    /// When a synced company becomes a company on its own.
    pub rule: String,
    /// How many will, and how many wait.
    pub outlook: String,
    /// The companies.
    pub rows: Vec<CompanyRow>,
}

/// One company of the provider.
#[derive(Debug, Clone, Default)]
pub struct CompanyRow {
    /// Row id of the vendor's record.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Type and place, whichever are known; and what tells it from others of its name, where there are some.
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
    use crate::web::settings::imports::list_frame::{Carried, Everyone};
    use crate::web::settings::imports::list_state::View;
    use crate::web::settings::imports::list_sync::ListSync;
    use crate::web::settings::imports::quick_match::QuickMatch;
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
        let list = ListFrame {
            action: "/settings/integrations/autotask/setup/import/companies".into(),
            by: "name",
            many: "clients".into(),
            view: View::Quick,
            sync: ListSync {
                what: "Clients".into(),
                read: Some(shell.time(shell.now)),
                ..ListSync::default()
            },
            search: HOSTILE.into(),
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
            carried: vec![
                Carried::pick(77, true),
                Carried {
                    name: "link.77".into(),
                    value: "y".into(),
                    counts: false,
                },
            ],
            count: "10,000+ clients".into(),
            next: Some("an1.2".into()),
            ..ListFrame::default()
        };
        CompanyList {
            list,
            one: "Client",
            many: "Clients",
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
        }
    }
}
