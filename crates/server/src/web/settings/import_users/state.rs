//! What the form of an import carries: search, place, and every choice made so far.

use std::collections::{BTreeMap, BTreeSet};

use domain::email::email_key;
use store::listing::PageKey;

use crate::web::form::Fields;
use crate::web::settings::imports::marks::Marks;

/// Most characters of a search.
const SEARCH: usize = 200;

/// The state of the list of people.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PickerState {
    /// What is searched for.
    pub search: String,
    /// Whether linked ones are hidden.
    pub unlinked_only: bool,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// Who is ticked.
    pub picks: BTreeSet<i64>,
    /// Addresses typed for those without one.
    pub emails: BTreeMap<i64, String>,
    /// Users to link to, by e-mail.
    pub links: BTreeMap<i64, String>,
    /// Those at a client who are to become staff, by the address that was ticked.
    pub joins: BTreeMap<i64, String>,
    /// Which of these links the page itself had proposed.
    pub suggested: BTreeMap<i64, String>,
    /// Whether everybody who matches is meant.
    pub everyone: bool,
    /// Those whom it leaves out.
    pub except: BTreeSet<i64>,
    /// Only those are shown whom Quick Match has something to say about, with what it proposes.
    pub quick: bool,
    /// The role, by its id in addresses.
    pub role: String,
    /// Whether to send the welcome e-mail.
    pub welcome: bool,
    /// Whether everybody on the page is to be ticked.
    pub tick_page: bool,
    /// Whether this is the import itself.
    pub import: bool,
    /// Whether the people are to be read again.
    pub sync: bool,
}

impl PickerState {
    /// What was sent. Another search begins on its first page, and with nobody chosen by *Select all*, also not those of
    /// them who were on the page.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let mut state = Self {
            search: fields
                .text("search")
                .chars()
                .filter(|letter| *letter != '\0')
                .take(SEARCH)
                .collect(),
            unlinked_only: fields.has("unlinked"),
            quick: fields.text("quick") == "1",
            role: fields.text("role").to_owned(),
            welcome: fields.has("welcome"),
            tick_page: fields.text("action") == "tick",
            import: matches!(fields.text("action"), "import" | "complete"),
            sync: fields.text("action") == "sync",
            ..Self::default()
        };
        let same = !fields.has("shown") || fields.text("shown") == state.shown();
        if same {
            let place = fields.find("to").unwrap_or_else(|| fields.text("page"));
            state.page = place.parse().ok();
            state.everyone = fields.has("everyone");
        }
        for (name, value) in fields.iter() {
            let value = value.trim();
            if name == "pick" {
                state.picks.extend(value.parse::<i64>().ok());
                continue;
            }
            let Some((what, id)) = name.split_once('.') else {
                continue;
            };
            let Ok(id) = id.parse::<i64>() else { continue };
            let place = match what {
                "email" => &mut state.emails,
                "link" => &mut state.links,
                "suggested" => &mut state.suggested,
                "join" => &mut state.joins,
                _ => continue,
            };
            if !value.is_empty() {
                place.insert(id, value.to_owned());
            }
        }
        let marks = Marks::read(fields);
        state.except = marks.except(&state.picks);
        if !same {
            marks.forget(&mut state.picks);
            state.except.clear();
        }
        if let "quick" | "quick_off" = fields.text("action") {
            // What is proposed is looked through before anything of it is selected.
            state.quick = fields.text("action") == "quick";
            (state.everyone, state.page) = (false, None);
            marks.forget(&mut state.picks);
            state.except.clear();
        }
        state
    }

    /// What the list is narrowed to, to recognise another search.
    #[must_use]
    pub fn shown(&self) -> String {
        format!(
            "{}{}:{}",
            if self.quick { "quick " } else { "" },
            if self.unlinked_only {
                "unlinked"
            } else {
                "all"
            },
            self.search
        )
    }

    /// The user somebody is to be linked to: one that was typed, or one the page proposed for somebody who is ticked.
    #[must_use]
    pub fn link_of(&self, id: i64) -> Option<&str> {
        let link = self.links.get(&id)?;
        (self.picks.contains(&id) || self.suggested.get(&id) != Some(link)).then_some(link)
    }

    /// Whether it was said that whoever has this address becomes one of the staff.
    #[must_use]
    pub fn joins(&self, id: i64, email: &str) -> bool {
        let said = self.joins.get(&id);
        said.is_some() && said.cloned() == email_key(email)
    }

    /// Whether anybody is chosen.
    #[must_use]
    pub fn selects(&self) -> bool {
        self.everyone || !self.chosen().is_empty()
    }

    /// Everybody who is chosen one by one: ticked, or linked to a user that was typed.
    #[must_use]
    pub fn chosen(&self) -> BTreeSet<i64> {
        let linked = self.links.keys().filter(|id| self.link_of(**id).is_some());
        self.picks.iter().chain(linked).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PickerState {
        PickerState::read(&Fields::parse(text.as_bytes()))
    }

    #[test]
    fn choices_are_read_and_nonsense_is_not() {
        let state = read(
            "search=+hub+&unlinked=1&pick=1&pick=2&pick=x&email.2=+a@b.example+&email.x=1&link.3=ann@x.example&link.4=&role=r&welcome=1&action=import",
        );
        assert_eq!((state.search.as_str(), state.unlinked_only), ("hub", true));
        assert_eq!(state.picks, [1, 2].into());
        assert_eq!(state.emails, [(2, "a@b.example".to_owned())].into());
        assert_eq!(state.chosen(), [1, 2, 3].into());
        assert!(state.import && state.welcome && !state.everyone);
    }

    #[test]
    fn a_proposed_link_counts_only_when_it_is_ticked() {
        let proposed = "link.5=ann@x.example&suggested.5=ann@x.example";
        assert_eq!(read(proposed).chosen(), BTreeSet::new());
        let ticked = read(&format!("{proposed}&pick=5"));
        assert_eq!(ticked.link_of(5), Some("ann@x.example"));
        let other = read("link.5=bob@x.example&suggested.5=ann@x.example");
        assert_eq!(other.link_of(5), Some("bob@x.example"));
        let emptied = read("link.5=&suggested.5=ann@x.example&pick=5");
        assert_eq!(emptied.link_of(5), None, "somebody new is wanted");
    }

    #[test]
    fn another_search_begins_anew() {
        let place = PickerState::default().page;
        let state = read("shown=all%3Aann&search=bob&page=atYQ.1&everyone=1&pick=7");
        assert_eq!((state.page, state.everyone), (place, false));
        assert_eq!(state.picks, [7].into(), "but who was ticked stays so");
        let state = read("shown=all%3Abob&search=bob&page=atYQ.1&everyone=1");
        assert!(state.page.is_some() && state.everyone);
    }
}
