//! One contact.

use askama::Template;

use super::accounts_page::AccountPart;
use crate::web::view::{Fact, FactSection, Origin, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "contacts/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Name.
    pub name: String,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// The company's primary contact.
    pub primary: bool,
    /// Switched on there.
    pub active: bool,
    /// Its portal account; `None` where there cannot be one, since its company is none here.
    pub account: Option<AccountPart>,
    /// Details.
    pub facts: Vec<Fact>,
    /// Further vendor fields.
    pub sections: Vec<FactSection>,
    /// Where it comes from.
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::super::accounts_page::samples::account;
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Contacts);
        let part = |account| AccountPart {
            account,
            by_other: true,
            none: sample::long(),
            others: "/contacts/accounts?company=c".into(),
        };
        let row = account(&shell, HOSTILE);
        let mut page = ShowPage {
            account: Some(part(Some(row))),
            name: HOSTILE.into(),
            company: sample::long(),
            company_href: "/companies/c".into(),
            primary: true,
            active: false,
            facts: vec![
                Fact::new("E-mail", HOSTILE).linked("mailto:a@example.com"),
                Fact::new("Title", sample::long()),
            ],
            sections: vec![FactSection {
                title: "Contact".into(),
                facts: vec![Fact::new("Note", HOSTILE)],
            }],
            origin: Origin {
                provider_key: "autotask".into(),
                integration: "Autotask".into(),
                external_id: "29684810".into(),
                updated: None,
                stored: shell.time(shell.now),
                web_url: String::new(),
                sandbox: true,
            },
            shell,
        };
        let html = sample::check("contact", &page);
        assert!(html.contains("/settings/roles/r") && html.contains("another contact"));
        page.account = Some(part(None));
        sample::check("contact_without_account", &page);
    }
}
