//! The list of contacts.

use askama::Template;

use crate::web::view::{Choice, Heading, Pager, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "contacts/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// Active, inactive.
    pub active: Vec<Choice>,
    /// The tools, where there are several.
    pub tools: Vec<Choice>,
    /// The company, by its id in addresses.
    pub company: String,
    /// Its name.
    pub company_name: String,
    /// Direction.
    pub direction: String,
    /// Whether anything is filtered by.
    pub filtered: bool,
    /// Whether there is no integration contacts could come from.
    pub nothing_connected: bool,
    /// Column headings.
    pub headings: Vec<Heading>,
    /// The contacts.
    pub rows: Vec<Row>,
    /// Count and paging.
    pub pager: Pager,
}

/// One contact.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// The tool it comes from; empty where all on the page come from one.
    pub tool: String,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// E-mail.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Job title.
    pub title: String,
    /// The company's primary contact.
    pub primary: bool,
    /// Switched on there.
    pub active: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let row = |name: &str| Row {
            uuid: "c".into(),
            name: name.into(),
            tool: "ConnectWise Manage".into(),
            company: sample::long(),
            company_href: String::new(),
            email: "maria.huber@brightwater.example".into(),
            phone: "+43 316 123456".into(),
            title: HOSTILE.into(),
            primary: true,
            active: false,
        };
        let mut page = ListPage {
            shell: sample::shell(Section::Contacts),
            search: HOSTILE.into(),
            active: vec![
                Choice::new("yes", "Active", true),
                Choice::new("no", "Inactive", false),
            ],
            tools: vec![
                Choice::new("a", "Autotask", false),
                Choice::new("h", HOSTILE, true),
            ],
            company: "c".into(),
            company_name: sample::long(),
            direction: String::new(),
            filtered: false,
            nothing_connected: true,
            headings: ["Name", "Company", "E-mail", "Phone", "Title", "State"]
                .map(Heading::fixed)
                .into(),
            rows: vec![row("Maria Huber"), row(HOSTILE), row(&sample::long())],
            pager: Pager {
                count: "3 contacts".into(),
                ..Pager::default()
            },
        };
        sample::check("contacts", &page);
        page.rows.clear();
        sample::check("contacts_empty", &page);
    }
}
