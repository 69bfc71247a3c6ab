//! The list of blocked companies.

use askama::Template;

use super::list_page::LinkLine;
use crate::web::view::{Pager, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "companies/blocked.html")]
pub struct BlockedPage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// The companies.
    pub rows: Vec<BlockedRow>,
    /// Count and paging.
    pub pager: Pager,
}

/// A blocked company.
#[derive(Debug, Clone)]
pub struct BlockedRow {
    /// Its id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// When it was removed.
    pub removed: Option<Time>,
    /// Who removed it; empty when nobody knows.
    pub by: String,
    /// The records of connected tools that are skipped.
    pub links: Vec<LinkLine>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Companies);
        let link = |integration: &str, name: &str| LinkLine {
            integration: integration.into(),
            name: name.into(),
            external_id: "291".into(),
            removed: false,
        };
        let row = |name: &str, by: &str| BlockedRow {
            uuid: "c".into(),
            name: name.into(),
            removed: Some(shell.time(shell.now)),
            by: by.into(),
            links: vec![link("Autotask", name), link("Halo PSA", HOSTILE)],
        };
        let mut page = BlockedPage {
            search: String::new(),
            rows: vec![
                row("Brightwater Dental Group", "Ada Moreno"),
                row(HOSTILE, HOSTILE),
                row(&sample::long(), &sample::long()),
                row("Osprey Logistics GmbH", ""),
            ],
            pager: Pager {
                count: "4 blocked companies".into(),
                next: Some("/y".into()),
                ..Pager::default()
            },
            shell,
        };
        let html = sample::check("companies_blocked", &page);
        assert!(
            html.contains("does not bring back"),
            "says what it cannot do"
        );
        page.rows.clear();
        let html = sample::check("companies_blocked_none", &page);
        assert!(html.contains("No company is blocked"));
        page.search = HOSTILE.into();
        let html = sample::check("companies_blocked_search", &page);
        assert!(html.contains("No blocked company matches"));
    }
}
