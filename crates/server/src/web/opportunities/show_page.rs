//! One opportunity.

use askama::Template;

use crate::web::view::{BodyView, Fact, FactSection, Origin, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "opportunities/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Title.
    pub title: String,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// Stage and status.
    pub badges: Vec<String>,
    /// Longer text.
    pub description: Option<BodyView>,
    /// Details.
    pub facts: Vec<Fact>,
    /// Further vendor fields.
    pub sections: Vec<FactSection>,
    /// Where it comes from.
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Opportunities);
        let page = ShowPage {
            title: HOSTILE.into(),
            company: sample::long(),
            company_href: String::new(),
            badges: vec!["Proposal".into(), HOSTILE.into()],
            description: Some(BodyView::plain(HOSTILE)),
            facts: vec![
                Fact::new("Amount", "12,480.00").from("in the currency of Autotask"),
                Fact::new("Owner", sample::long()),
            ],
            sections: vec![FactSection {
                title: "Opportunity".into(),
                facts: vec![Fact::new("Next Step", HOSTILE)],
            }],
            origin: Origin {
                provider_key: "autotask".into(),
                integration: "Autotask".into(),
                external_id: "29684810".into(),
                updated: Some(shell.time(shell.now)),
                stored: shell.time(shell.now),
                web_url: String::new(),
                sandbox: true,
            },
            shell,
        };
        sample::check("opportunity", &page);
    }
}
