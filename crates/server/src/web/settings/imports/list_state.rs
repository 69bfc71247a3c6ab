//! What the form of a list of an import carries, of people or companies: what the list is narrowed to, the place in it,
//! and what is ticked.

use std::collections::BTreeSet;

use store::listing::PageKey;

use super::marks::Marks;
use crate::web::form::Fields;
use crate::web::view::Query;

/// Most characters of a search.
const SEARCH: usize = 200;

/// Which rows a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Those of the search.
    #[default]
    All,
    /// Those Quick Match has something to say about, with what it proposes.
    Quick,
    /// Those that are ticked.
    Selected,
}

impl View {
    /// The word in the form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Quick => "quick",
            Self::Selected => "selected",
        }
    }
}

/// The state of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListState {
    /// What is searched for; empty: nothing.
    pub search: String,
    /// Whether linked ones are hidden.
    pub unlinked_only: bool,
    /// Which rows are shown.
    pub view: View,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// What is ticked.
    pub picks: BTreeSet<i64>,
    /// Whether everything that matches is meant.
    pub everyone: bool,
    /// What that leaves out.
    pub except: BTreeSet<i64>,
    /// Whether everything on the page is to be ticked.
    pub tick_page: bool,
    /// Whether this is the import itself.
    pub import: bool,
    /// Whether the list is to be read again.
    pub sync: bool,
}

impl ListState {
    /// From an address: what the list is narrowed to, and nothing that is done.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            search: query
                .some("search")
                .unwrap_or_default()
                .chars()
                .take(SEARCH)
                .collect(),
            unlinked_only: query.text("unlinked") == "1",
            view: match query.text("view").as_str() {
                "quick" => View::Quick,
                "selected" => View::Selected,
                _ => View::All,
            },
            ..Self::default()
        }
    }

    /// From the form: a search or another page keeps what was ticked one by one. Another search begins on its first page,
    /// and keeps nothing of *Select all*, also not the part of it that was on the page.
    #[must_use]
    pub fn of_form(fields: &Fields) -> Self {
        let asked = Query(fields.clone());
        let action = fields.text("action");
        let mut state = Self {
            picks: fields
                .all("pick")
                .filter_map(|id| id.parse().ok())
                .collect(),
            tick_page: action == "tick",
            import: matches!(action, "import" | "complete"),
            sync: action == "sync",
            ..Self::of_query(&asked)
        };
        let mut same = !fields.has("was") || fields.text("was") == state.was();
        let marks = Marks::read(fields);
        let view = match action {
            // What is proposed is looked through before anything of it is selected.
            "quick" => Some(View::Quick),
            "selected" => Some(View::Selected),
            "whole" => Some(View::All),
            _ => None,
        };
        if let Some(view) = view {
            state.view = view;
            same = false;
        }
        if state.view == View::Selected && view.is_some() {
            // A search would hide some of them again.
            state.search.clear();
        }
        if same {
            let place = if fields.has("to") { "to" } else { "page" };
            state.page = fields.text(place).parse().ok();
            state.everyone = fields.has("everyone");
            state.except = marks.except(&state.picks);
        } else {
            marks.forget(&mut state.picks);
        }
        state
    }

    /// What the list is narrowed to, to recognise another search.
    #[must_use]
    pub fn was(&self) -> String {
        let unlinked = u8::from(self.unlinked_only);
        format!("{unlinked}{}:{}", self.view.word(), self.search)
    }

    /// What is searched for, if anything.
    #[must_use]
    pub fn searched(&self) -> Option<&str> {
        Some(self.search.as_str()).filter(|text| !text.is_empty())
    }

    /// Whether only what Quick Match has something to say about is shown.
    #[must_use]
    pub const fn is_quick(&self) -> bool {
        matches!(self.view, View::Quick)
    }

    /// *Select all*, for an import.
    #[must_use]
    pub fn meant(&self) -> Option<sync::imports::Everyone> {
        self.everyone.then(|| sync::imports::Everyone {
            search: self.search.clone(),
            except: self.except.clone(),
            proposed: self.is_quick(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ListState {
        ListState::of_form(&Fields::parse(text.as_bytes()))
    }

    #[test]
    fn another_search_begins_anew() {
        let state = read("was=0%3Aann&search=bob&page=atYQ.1&everyone=1&pick=7");
        assert_eq!((state.page, state.everyone), (None, false));
        assert_eq!(state.picks, [7].into(), "but who was ticked stays so");
        let state = read("was=0%3Abob&search=bob&page=atYQ.1&everyone=1");
        assert!(state.page.is_some() && state.everyone);
    }

    #[test]
    fn what_is_selected_is_shown_whatever_was_searched_for() {
        let state =
            read("was=1quick%3Aann&view=quick&search=ann&unlinked=1&pick=7&action=selected");
        assert_eq!((state.view, state.search.as_str()), (View::Selected, ""));
        assert_eq!(state.picks, [7].into());
        let state = read("was=1selected%3A&view=selected&unlinked=1&pick=7&action=whole");
        assert_eq!((state.view, state.picks), (View::All, [7].into()));
    }

    #[test]
    fn what_only_select_all_had_ticked_goes_with_it() {
        let sent = "was=0%3A&all_shown=1&everyone=1&on_page=1&on_page=2&pick=1&pick=9";
        let state = read(sent);
        assert_eq!((state.except.clone(), state.everyone), ([2].into(), true));
        let state = read(&format!("{sent}&action=quick"));
        assert_eq!((state.view, state.everyone), (View::Quick, false));
        assert_eq!(state.picks, [9].into());
        assert!(state.except.is_empty());
    }
}
