//! One company: what is known about it and from where, its records in each tool, contacts, tickets, opportunities.

use askama::Template;

use super::locations::Locations;
use crate::web::contacts::accounts_page::AccountRow;
use crate::web::tickets::list_page::TicketRow;
use crate::web::view::{Fact, Link, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "companies/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Its id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// How it came to be removed, in a sentence; `None` while it is here.
    pub removed: Option<&'static str>,
    /// Whether syncs skip it.
    pub blocked: bool,
    /// What is known, each with its origin.
    pub facts: Vec<Fact>,
    /// Where all of them come from, when that is the same.
    pub facts_origin: String,
    /// Its records in the connected tools.
    pub externals: Vec<ExternalRow>,
    /// Newest open tickets.
    pub tickets: Vec<TicketRow>,
    /// How many open tickets there are.
    pub ticket_count: String,
    /// First contacts.
    pub contacts: Vec<ContactLine>,
    /// How many contacts there are.
    pub contact_count: String,
    /// First portal accounts.
    pub accounts: Vec<AccountRow>,
    /// How many there are.
    pub account_count: String,
    /// Newest opportunities.
    pub opportunities: Vec<OpportunityLine>,
    /// How many opportunities there are.
    pub opportunity_count: String,
    /// Its locations, under the word its tools have for them.
    pub locations: Locations,
}

impl ShowPage {
    /// Whether several tools know the company, so that its records say which they come from.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.externals.len() > 1
    }

    /// Where the company is opened in a tool's own screens: once for each tool, or by name where one has it twice.
    #[must_use]
    pub fn openings(&self) -> Vec<Link> {
        let there = || self.externals.iter().filter(|row| !row.href.is_empty());
        there()
            .map(|row| {
                let tool = &row.integration;
                let twice = there().filter(|one| one.integration == *tool).count() > 1;
                let label = if twice {
                    format!("Open in {tool}: {}", row.external_id)
                } else {
                    format!("Open in {tool}")
                };
                Link::new(row.href.clone(), label)
            })
            .collect()
    }
}

/// A record of a tool that is this company.
#[derive(Debug, Clone)]
pub struct ExternalRow {
    /// The integration.
    pub integration: String,
    /// The name there.
    pub name: String,
    /// The id there.
    pub external_id: String,
    /// Inactive, removed.
    pub note: String,
    /// Its page there; empty when there is none.
    pub href: String,
    /// Whether it is of a sandbox, which has no pages.
    pub sandbox: bool,
}

/// A person in short, whom one contact or several are.
#[derive(Debug, Clone)]
pub struct ContactLine {
    /// Its id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// The tools that have the person, each with its contact.
    pub tools: Vec<Link>,
    /// E-mail.
    pub email: String,
    /// The company's primary contact.
    pub primary: bool,
    /// Switched on there.
    pub active: bool,
}

/// An opportunity in short.
#[derive(Debug, Clone)]
pub struct OpportunityLine {
    /// Its id in addresses.
    pub uuid: String,
    /// Title.
    pub title: String,
    /// The tool it comes from.
    pub tool: String,
    /// Stage.
    pub stage: String,
    /// Amount.
    pub amount: String,
}

#[cfg(test)]
mod tests {
    use super::super::locations;
    use super::*;
    use crate::web::contacts::accounts_page::samples::account;
    use crate::web::tickets::list_page::samples;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Companies);
        let contact = |name: &str| ContactLine {
            uuid: "c".into(),
            name: name.into(),
            tools: vec![
                Link::new("/contacts/c", "ConnectWise Manage"),
                Link::new("/contacts/d", "Halo PSA"),
            ],
            email: HOSTILE.into(),
            primary: true,
            active: false,
        };
        let opportunity = |title: &str| OpportunityLine {
            uuid: "o".into(),
            title: title.into(),
            tool: "Halo PSA".into(),
            stage: "Proposal".into(),
            amount: "12,480.00".into(),
        };
        let external = |name: &str| ExternalRow {
            integration: "Autotask".into(),
            name: name.into(),
            external_id: "291".into(),
            note: "inactive".into(),
            href: "https://ww3.autotask.net/x?a=1&b=2".into(),
            sandbox: true,
        };
        let page = ShowPage {
            uuid: "c".into(),
            name: sample::long(),
            removed: Some("It was removed here."),
            blocked: true,
            facts: vec![
                Fact::new("Phone", "+43 316 123456").from("from Autotask, its primary integration"),
                Fact::new("Address", "Hauptplatz 1\n8010 Graz")
                    .from("from Autotask, its primary integration"),
                Fact::new("Website", HOSTILE),
            ],
            facts_origin: "All from Autotask, its primary integration".into(),
            externals: vec![
                external("Brightwater Dental"),
                ExternalRow {
                    external_id: "292".into(),
                    ..external(HOSTILE)
                },
                ExternalRow {
                    integration: "Halo PSA".into(),
                    ..external(&sample::long())
                },
            ],
            tickets: samples::rows(&shell),
            ticket_count: "12 open tickets".into(),
            contacts: vec![contact("Maria Huber"), contact(&sample::long())],
            contact_count: "24 contacts".into(),
            accounts: vec![account(&shell, "Maria Huber"), account(&shell, HOSTILE)],
            account_count: "12 accounts".into(),
            opportunities: vec![
                opportunity("Firewall replacement"),
                opportunity(&sample::long()),
            ],
            opportunity_count: "2 opportunities".into(),
            locations: locations::sample(),
            shell,
        };
        let html = sample::check("company", &page);
        assert!(html.contains(r#"target="_blank" rel="noopener noreferrer""#));
        let opened: Vec<String> = page.openings().into_iter().map(|one| one.label).collect();
        assert_eq!(
            opened,
            [
                "Open in Autotask: 291",
                "Open in Autotask: 292",
                "Open in Halo PSA"
            ],
            "each of its records, and none twice by one name"
        );
    }
}
