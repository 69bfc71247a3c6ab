//! The list of companies.

use askama::Template;

use crate::web::settings::imports::source::Tool;
use crate::web::view::{Choice, Heading, Pager, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "companies/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// Integrations to filter by.
    pub integrations: Vec<Choice>,
    /// Whether removed ones are shown.
    pub removed: bool,
    /// Sort.
    pub sort: String,
    /// Direction.
    pub direction: String,
    /// Whether anything is filtered by.
    pub filtered: bool,
    /// Whether there is no integration companies could come from.
    pub nothing_connected: bool,
    /// Tools whose companies can be imported or linked, for those who may.
    pub sources: Vec<Tool>,
    /// How many companies were removed here and are blocked; nothing when none is, or for whom it is no matter.
    pub blocked: String,
    /// Companies of tools that are none here, with where that is changed.
    pub elsewhere: Vec<NoteLine>,
    /// Column headings.
    pub headings: Vec<Heading>,
    /// The companies.
    pub rows: Vec<Row>,
    /// Count and paging.
    pub pager: Pager,
}

/// Why companies of a tool are none here.
#[derive(Debug, Clone)]
pub struct NoteLine {
    /// How many, and why.
    pub text: String,
    /// Where it is changed, for those who may.
    pub href: Option<String>,
    /// The words of the link there.
    pub link: &'static str,
}

/// One company.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// City.
    pub city: String,
    /// Phone.
    pub phone: String,
    /// The records of connected tools that are this company.
    pub links: Vec<LinkLine>,
    /// When it was added.
    pub created: Time,
}

/// A record of a tool that is a company.
#[derive(Debug, Clone)]
pub struct LinkLine {
    /// The integration.
    pub integration: String,
    /// The name there.
    pub name: String,
    /// The id there.
    pub external_id: String,
    /// The vendor no longer has it.
    pub removed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Companies);
        let row = |name: &str| Row {
            uuid: "c".into(),
            name: name.into(),
            city: if name == HOSTILE {
                HOSTILE.into()
            } else {
                "Saarbrücken".into()
            },
            phone: "+49 681 555 0199".into(),
            links: vec![LinkLine {
                integration: "Autotask".into(),
                name: HOSTILE.into(),
                external_id: "291".into(),
                removed: true,
            }],
            created: shell.time(shell.now),
        };
        let rows = vec![
            row("Brightwater Dental Group"),
            row(HOSTILE),
            row(&sample::long()),
            row("Osprey Logistics GmbH"),
        ];
        let mut page = ListPage {
            search: HOSTILE.into(),
            integrations: vec![Choice::new("1", "Autotask", true)],
            removed: false,
            sort: String::new(),
            direction: String::new(),
            filtered: false,
            nothing_connected: true,
            sources: vec![Tool {
                key: "autotask",
                name: "Autotask",
                connected: false,
            }],
            blocked: "10,000+".into(),
            elsewhere: vec![
                NoteLine {
                    text: HOSTILE.into(),
                    href: Some("/companies/import/autotask".into()),
                    link: "Import or link them",
                },
                NoteLine {
                    text: "1 record of Autotask is blocked: its company was removed here.".into(),
                    href: None,
                    link: "Blocked Companies",
                },
            ],
            headings: vec![
                Heading {
                    href: "/x".into(),
                    order: "ascending",
                    ..Heading::fixed("Name")
                },
                Heading::fixed("City"),
                Heading::fixed("Phone"),
                Heading::fixed("Known as"),
                Heading {
                    href: "/x".into(),
                    ..Heading::fixed("Added")
                },
            ],
            rows,
            pager: Pager {
                count: "310 companies".into(),
                next: Some("/y".into()),
                ..Pager::default()
            },
            shell,
        };
        sample::check("companies", &page);
        page.rows.clear();
        assert!(sample::check("companies_empty", &page).contains("Connect a PSA"));
        page.shell.rights.manage_integrations = false;
        let html = sample::check("companies_empty_reader", &page);
        assert!(!html.contains("Connect a PSA") && html.contains("the right Manage Integrations"));
        page.nothing_connected = false;
        assert!(sample::check("companies_waiting", &page).contains("Look at the sync"));
    }
}
