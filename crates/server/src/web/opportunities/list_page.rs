//! The list of opportunities.

use askama::Template;

use crate::web::view::{Choice, Heading, Pager, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "opportunities/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// Stages to filter by.
    pub stages: Vec<Choice>,
    /// The company, by its id in addresses.
    pub company: String,
    /// Its name.
    pub company_name: String,
    /// Sort.
    pub sort: String,
    /// Direction.
    pub direction: String,
    /// Whether anything is filtered by.
    pub filtered: bool,
    /// Whether there is no integration opportunities could come from.
    pub nothing_connected: bool,
    /// Column headings.
    pub headings: Vec<Heading>,
    /// The opportunities.
    pub rows: Vec<Row>,
    /// Count and paging.
    pub pager: Pager,
}

/// One opportunity.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id in addresses.
    pub uuid: String,
    /// Title.
    pub title: String,
    /// The tool it comes from, where there are several.
    pub tool: String,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// Stage.
    pub stage: String,
    /// Amount.
    pub amount: String,
    /// Probability.
    pub probability: String,
    /// Projected close, a date.
    pub projected_close: String,
    /// Owner.
    pub owner: String,
    /// When anything last happened.
    pub updated: Time,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Opportunities);
        let row = |title: &str| Row {
            uuid: "o".into(),
            title: title.into(),
            tool: "ConnectWise Manage".into(),
            company: "Brightwater Dental Group".into(),
            company_href: "/companies/c".into(),
            stage: HOSTILE.into(),
            amount: "12,480.00".into(),
            probability: "60 %".into(),
            projected_close: "30 Apr 2026".into(),
            owner: "Ada Moreno".into(),
            updated: shell.time(shell.now),
        };
        let headings = [
            "Title",
            "Company",
            "Stage",
            "Amount",
            "Probability",
            "Projected close",
            "Owner",
            "Last activity",
        ];
        let rows = vec![
            row("Firewall replacement"),
            row(HOSTILE),
            row(&sample::long()),
        ];
        let mut page = ListPage {
            search: String::new(),
            stages: vec![Choice::new("1", HOSTILE, true)],
            company: String::new(),
            company_name: String::new(),
            sort: String::new(),
            direction: String::new(),
            filtered: true,
            nothing_connected: true,
            headings: headings
                .map(|label| Heading {
                    note: if label == "Amount" {
                        "tool’s own currency"
                    } else {
                        ""
                    },
                    ..Heading::fixed(label)
                })
                .into(),
            rows,
            pager: Pager {
                count: "3 opportunities".into(),
                ..Pager::default()
            },
            shell,
        };
        sample::check("opportunities", &page);
        page.rows.clear();
        sample::check("opportunities_empty", &page);
    }
}
