//! What must be confirmed: a page of its own, shown as a dialog where scripts run. It says what goes and what stays.

use askama::Template;

use crate::web::settings::imports::kept_list::KeptList;
use crate::web::view::Shell;
use crate::web::view::number::{counted, grouped};
use store::integration_data::Held;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/integrations/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub shell: Shell,
    /// The question.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
    /// The word on the button.
    pub button: String,
    /// Whether something is lost.
    pub dangerous: bool,
    /// Heading of what goes or happens.
    pub goes_title: &'static str,
    /// What goes.
    pub goes: Vec<String>,
    /// What stays.
    pub stays: Vec<String>,
    /// What to do afterwards.
    pub afterwards: String,
    /// The word to type, or nothing.
    pub typed: String,
    /// What is wrong with what was typed.
    pub typed_error: String,
    /// Why it was not done.
    pub error: String,
    /// The part of the page under a dialog that shows what was done, by its id, so that nothing else of that page is
    /// lost; empty: the answer is a page of its own.
    pub refresh: &'static str,
    /// The list it opened from, where no scripts run.
    pub kept: KeptList,
}

/// How many records there are, with how many of them no page shows.
#[must_use]
pub fn held(held: Held, one: &str, many: &str) -> String {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let all = counted(number(held.all), one, many);
    match held.hidden {
        0 => all,
        hidden => format!(
            "{all}, {} of them out of scope or removed",
            grouped(number(hidden))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn what_no_page_shows_is_counted_too() {
        let tickets = |all, hidden| held(Held { all, hidden }, "ticket", "tickets");
        assert_eq!(tickets(1, 0), "1 ticket");
        assert_eq!(
            tickets(1_203, 1_061),
            "1,203 tickets, 1,061 of them out of scope or removed"
        );
    }

    #[test]
    fn renders() {
        let mut page = ConfirmPage {
            shell: sample::shell(Section::Settings),
            title: "Delete the data of Autotask?".into(),
            lead: sample::long(),
            action: "/x".into(),
            back: "/y".into(),
            button: "Delete".into(),
            dangerous: true,
            goes_title: "What goes",
            goes: vec!["1,204 contacts".into(), "48,120 tickets".into()],
            stays: vec!["310 companies".into()],
            afterwards: "This cannot be undone.".into(),
            typed: "Autotask".into(),
            typed_error: "Type the name exactly.".into(),
            error: String::new(),
            refresh: "sync-strip",
            kept: KeptList::default(),
        };
        assert!(!sample::check("confirm", &page).contains("kept-list"));
        page.kept.action = "/list".into();
        page.kept.text = HOSTILE.into();
        assert!(sample::check("confirm_kept", &page).contains(r#"form="kept-list""#));
    }
}
