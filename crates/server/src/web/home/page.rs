//! The page *Home*.

use askama::Template;

use crate::web::tickets::list_page::TicketRow;
use crate::web::view::{Badge, Link, Shell, Tone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "home/show.html")]
pub struct HomePage {
    /// The frame.
    pub shell: Shell,
    /// Whether any integration is or was connected.
    pub anything_connected: bool,
    /// What needs attention.
    pub attention: Vec<Attention>,
    /// How many of what there are.
    pub counts: Vec<Count>,
    /// Newest open tickets.
    pub tickets: Vec<TicketRow>,
    /// The integrations.
    pub integrations: Vec<IntegrationLine>,
}

/// Something that needs attention.
#[derive(Debug, Clone)]
pub struct Attention {
    /// How bad.
    pub tone: Tone,
    /// Class of the symbol.
    pub tone_class: &'static str,
    /// In a few words.
    pub title: String,
    /// What is the matter.
    pub sentence: String,
    /// Where to do something about it; `None` where that page is closed to this person.
    pub link: Option<Link>,
}

/// A count.
#[derive(Debug, Clone)]
pub struct Count {
    /// What is counted.
    pub label: &'static str,
    /// How many.
    pub value: String,
    /// The list.
    pub href: String,
}

/// An integration in short.
#[derive(Debug, Clone)]
pub struct IntegrationLine {
    /// Name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// Status.
    pub status: Badge,
    /// How old data can be at most.
    pub freshness: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tickets::list_page::samples;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::status::IntegrationStatus;

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Home);
        let count = |label, value: &str| Count {
            label,
            value: value.into(),
            href: "/x".into(),
        };
        let item = |tone, tone_class, sentence: &str| Attention {
            tone,
            tone_class,
            title: "Autotask refuses the credentials".into(),
            sentence: sentence.into(),
            link: (tone == Tone::Bad).then(|| Link::new("/x", "Update credentials")),
        };
        let mut page = HomePage {
            anything_connected: true,
            attention: vec![
                item(Tone::Bad, "bad-text", HOSTILE),
                item(Tone::Warning, "warn-text", &sample::long()),
            ],
            counts: vec![
                count("Companies", "310"),
                count("Contacts", "4,120"),
                count("Open tickets", "10,000+"),
                count("Opportunities", "84"),
            ],
            tickets: samples::rows(&shell),
            integrations: vec![IntegrationLine {
                name: "Autotask".into(),
                href: "/x".into(),
                status: Badge::status(IntegrationStatus::Syncing),
                freshness: "at most 7 min old".into(),
            }],
            shell,
        };
        sample::check("home", &page);
        page.anything_connected = false;
        assert!(sample::check("home_empty", &page).contains("Connect your PSA"));
    }
}
