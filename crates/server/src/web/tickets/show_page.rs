//! One ticket: stage, details in the provider's words, description and notes, where it comes from.

use askama::Template;
use domain::stage::Stage;

use crate::web::view::{Badge, BodyView, Fact, FactSection, Link, Origin, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "tickets/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Its id in addresses.
    pub uuid: String,
    /// The number people quote.
    pub number: String,
    /// Title.
    pub title: String,
    /// Provider name.
    pub provider: &'static str,
    /// Provider key.
    pub provider_key: &'static str,
    /// Company.
    pub company: String,
    /// The company's page, when it is one of Portico's.
    pub company_href: String,
    /// Contact.
    pub contact: String,
    /// Status.
    pub status: Option<Badge>,
    /// Open or closed.
    pub closed: Badge,
    /// The ticket it was merged into; without an address when that is not here, or not the viewer's to see.
    pub merged_into: Option<Link>,
    /// Priority.
    pub priority: String,
    /// Its page in the vendor's product.
    pub web_url: String,
    /// The five stages.
    pub stages: Vec<StageStep>,
    /// When it was created.
    pub created: Time,
    /// What was asked.
    pub description: Option<BodyView>,
    /// Notes, newest first.
    pub notes: Vec<NoteView>,
    /// Whether there are more than are shown.
    pub more_notes: bool,
    /// Whether notes are still being read (rule P15).
    pub notes_loading: bool,
    /// Which notes can be shown.
    pub note_filters: Vec<Link>,
    /// Which of them are.
    pub note_filter: usize,
    /// Details.
    pub facts: Vec<Fact>,
    /// Further vendor fields.
    pub sections: Vec<FactSection>,
    /// Where it comes from.
    pub origin: Origin,
}

/// One stage of the stepper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageStep {
    /// Its label.
    pub label: &'static str,
    /// The ticket is past it.
    pub done: bool,
    /// The ticket is there.
    pub now: bool,
}

/// One note.
#[derive(Debug, Clone)]
pub struct NoteView {
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: Option<Time>,
    /// Title, often empty.
    pub title: String,
    /// Text.
    pub body: BodyView,
    /// Staff only.
    pub internal: bool,
    /// Written by the vendor's automation.
    pub system: bool,
}

/// The stepper for a stage; no step is marked when there is none.
#[must_use]
pub fn steps(now: Option<Stage>) -> Vec<StageStep> {
    Stage::ALL
        .into_iter()
        .map(|stage| StageStep {
            label: stage.label(),
            done: now.is_some_and(|now| stage < now),
            now: now == Some(stage),
        })
        .collect()
}

impl ShowPage {
    /// Whether the present status is mapped to a stage.
    #[must_use]
    pub fn has_stage(&self) -> bool {
        self.stages.iter().any(|stage| stage.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::clock::UtcMillis;

    fn page(now: Option<Stage>) -> ShowPage {
        let shell = sample::shell(Section::Tickets);
        let at = |minutes: i64| shell.time(shell.now.plus(-minutes * UtcMillis::MINUTE));
        let note = |author: &str, minutes, text: &str, internal, system| NoteView {
            author: author.into(),
            at: Some(at(minutes)),
            title: if system {
                "Workflow rule fired".into()
            } else {
                String::new()
            },
            body: BodyView::plain(text),
            internal,
            system,
        };
        let facts = [
            ("Queue", "Level I Support"),
            ("Resource", "Jonas Weber"),
            ("Category", "Standard"),
            ("Type", "Service Request"),
            ("Source", "Email"),
            ("Contact", HOSTILE),
        ];
        ShowPage {
            uuid: "t".into(),
            number: "T20260314.0007".into(),
            title: "Printer on the second floor prints blank pages".into(),
            provider: "Autotask",
            provider_key: "autotask",
            company: sample::long(),
            company_href: "/companies/c".into(),
            contact: HOSTILE.into(),
            status: Some(Badge::plain("In Progress")),
            closed: Badge::closed(false),
            merged_into: now.map(|_| Link::new("/tickets/p", "T20260314.0001")),
            priority: "High".into(),
            web_url: "https://ww3.autotask.net/Autotask/x".into(),
            stages: steps(now),
            created: at(3_000),
            description: Some(BodyView::sanitised("<p>Since this morning the printer prints <strong>blank</strong> pages.</p><ul><li>Toner is new</li><li>Restarted twice</li></ul>".into())),
            notes: vec![
                note("Jonas Weber", 12, "Drum unit ordered, arrives Monday.\nCustomer informed by phone.", false, false),
                note("Jonas Weber", 60, "Model is out of warranty, offer a replacement first.", true, false),
                note("Autotask", 90, "Ticket was assigned by workflow rule.", true, true),
                note(HOSTILE, 200, HOSTILE, false, false),
                note("Maria Huber", 300, &sample::long(), false, false),
            ],
            more_notes: true,
            notes_loading: true,
            note_filters: vec![Link::new("/t", "Conversation"), Link::new("/t?notes=public", "Public only"), Link::new("/t?notes=all", "With system notes")],
            note_filter: 0,
            facts: facts.into_iter().map(|(label, value)| Fact::new(label, value)).collect(),
            sections: vec![FactSection { title: "Classification".into(), facts: vec![Fact::new("Issue Type", sample::long())] }],
            origin: Origin {
                provider_key: "autotask".into(),
                integration: "Autotask".into(),
                external_id: "29684810".into(),
                updated: Some(at(12)),
                stored: at(9),
                web_url: "https://ww3.autotask.net/Autotask/x".into(),
                sandbox: true,
            },
            shell,
        }
    }

    #[test]
    fn renders() {
        let html = sample::check("ticket", &page(Some(Stage::Working)));
        assert!(html.contains(r#"aria-current="step""#));
        assert_eq!(html.matches("Internal</span>").count(), 2);
        assert!(
            html.contains(r#"Merged into <a class="mono" href="/tickets/p">T20260314.0001</a>"#)
        );
        let html = sample::check("ticket_unmapped", &page(None));
        assert!(html.contains("is not mapped to a stage"));
        assert!(
            !html.contains(r#"aria-current="step""#),
            "no stage rather than a wrong one"
        );
    }
}
