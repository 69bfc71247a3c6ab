//! What the lists of people and of companies to import have in common: search and views, paging, *Select all*, how many
//! are selected and how many of these are not shown. The parts of the page are `settings/imports/list_*.html`.

use std::collections::BTreeSet;

use domain::imports::ImportKind;
use store::listing::PageKey;

use super::list_state::{ListState, View};
use super::list_sync::{self, ListSync, Listed, list_sync};
use super::quick_match::QuickMatch;
use super::{LastImport, last};
use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::Shell;
use crate::web::view::number::grouped;

/// The frame of a list.
#[derive(Debug, Clone, Default)]
pub struct ListFrame {
    /// Where the form goes.
    pub action: String,
    /// Where *Cancel* leads; empty: there is no such button.
    pub cancel: String,
    /// What can be searched by: *name or e-mail*.
    pub by: &'static str,
    /// What is listed, inside a sentence.
    pub many: String,
    /// How old the list is.
    pub sync: ListSync,
    /// What was searched for.
    pub search: String,
    /// What the list is narrowed to, to recognise another search.
    pub was: String,
    /// Whether linked ones are hidden.
    pub unlinked_only: bool,
    /// Which rows are shown.
    pub view: View,
    /// How many there are.
    pub count: String,
    /// What is wrong with the whole form; empty when nothing is.
    pub error: String,
    /// What to say when no row is shown.
    pub nothing: String,
    /// What to do then.
    pub nothing_help: String,
    /// Everything that was chosen and is not shown.
    pub carried: Vec<Carried>,
    /// What *Select all* leaves out and is not shown.
    pub except: Vec<i64>,
    /// What Quick Match found, while it is on.
    pub quick: Option<QuickMatch>,
    /// Offered when more match than the page shows.
    pub everyone: Option<Everyone>,
    /// How many are selected.
    pub selected: u64,
    /// The place of this page.
    pub page: String,
    /// The page before.
    pub previous: Option<String>,
    /// The next page.
    pub next: Option<String>,
    /// The newest import.
    pub last: Option<LastImport>,
}

/// A choice about a row that is not shown, kept in a hidden field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Name of the field.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it counts on the button.
    pub counts: bool,
}

impl Carried {
    /// A row that is ticked.
    #[must_use]
    pub fn pick(id: i64, counts: bool) -> Self {
        Self {
            name: "pick".to_owned(),
            value: id.to_string(),
            counts,
        }
    }
}

/// *Select all*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Everyone {
    /// How many.
    pub count: u64,
    /// What it says.
    pub label: String,
    /// What it means.
    pub help: String,
    /// Whether it is ticked.
    pub on: bool,
    /// How many it leaves out.
    pub except: u64,
}

impl Everyone {
    /// Says that it selects so many, each of which `is`, or all of which `are` so: *Select all 4 that are proposed*.
    #[must_use]
    pub fn label(count: u64, is: &str, are: &str) -> String {
        match count {
            1 => format!("Select the one that {is}"),
            count => format!("Select all {} that {are}", number(count)),
        }
    }

    /// Of what Quick Match proposes, each linked to a `target`.
    #[must_use]
    pub fn proposed(count: u64, target: &str, state: &ListState) -> Option<Self> {
        (count > 0).then(|| Self {
            count,
            label: Self::label(count, "is proposed", "are proposed"),
            help: if count == 1 {
                format!("It is linked to the {target} that stands in its row.")
            } else {
                format!("Also those on other pages. Each is linked to the {target} that stands in its row.")
            },
            on: state.everyone,
            except: state.except.len() as u64,
        })
    }
}

/// A row as far as it can be ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Row id.
    pub id: i64,
    /// Whether it is ticked.
    pub ticked: bool,
    /// Whether *Select all* means it.
    pub covered: bool,
}

/// What is shown of a list.
#[derive(Debug)]
pub struct Page<'a> {
    /// The source of the list.
    pub listed: Listed<'a>,
    /// What is imported from it.
    pub kind: ImportKind,
    /// Whether it is a part of the wizard.
    pub in_setup: bool,
    /// What was asked for.
    pub state: &'a ListState,
    /// The rows.
    pub ticks: Vec<Tick>,
    /// The page before, and the next.
    pub around: (Option<PageKey>, Option<PageKey>),
    /// What Quick Match found, while it is on.
    pub quick: Option<QuickMatch>,
    /// *Select all*.
    pub everyone: Option<Everyone>,
    /// What was chosen and is not shown.
    pub carried: Vec<Carried>,
}

impl ListFrame {
    /// The frame of a list, but for what is said of its rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(app: &App, shell: &Shell, page: Page<'_>) -> Result<Self, Failure> {
        let (state, listed) = (page.state, page.listed);
        let (provider, integration) = (listed.provider, listed.integration.id);
        let here = list_sync::address(provider, listed.stream);
        let shown: BTreeSet<i64> = page.ticks.iter().map(|tick| tick.id).collect();
        Ok(Self {
            sync: list_sync(app, shell, listed, here, String::new()).await?,
            last: last(
                app,
                shell,
                (provider, integration),
                page.kind,
                page.in_setup,
            )
            .await?,
            search: state.search.clone(),
            was: state.was(),
            unlinked_only: state.unlinked_only,
            view: state.view,
            page: state
                .page
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            previous: page.around.0.map(|key| key.to_string()),
            next: page.around.1.map(|key| key.to_string()),
            except: state.except.difference(&shown).copied().collect(),
            selected: selected(page.everyone.as_ref(), &page.ticks, &page.carried),
            quick: page.quick,
            everyone: page.everyone,
            carried: page.carried,
            ..Self::default()
        })
    }

    /// How many are selected one by one and not shown.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.carried.iter().filter(|one| one.counts).count()
    }

    /// Says so; empty when all are shown.
    #[must_use]
    pub fn hidden_words(&self) -> String {
        let (all, hidden) = (self.selected, self.hidden() as u64);
        match hidden {
            0 => String::new(),
            1 if all == 1 => "What is selected is not shown here.".to_owned(),
            hidden if hidden == all => format!("All {} are not shown here.", number(all)),
            1 => "1 of them is not shown here.".to_owned(),
            hidden => format!("{} of them are not shown here.", number(hidden)),
        }
    }

    /// Whether the view that shows them is offered: with *Select all* it would be another choice.
    #[must_use]
    pub fn offers_selected(&self) -> bool {
        self.view != View::Selected && !self.everyone.as_ref().is_some_and(|all| all.on)
    }
}

fn selected(everyone: Option<&Everyone>, ticks: &[Tick], carried: &[Carried]) -> u64 {
    let all = everyone.filter(|everyone| everyone.on);
    let ticked = ticks
        .iter()
        .filter(|row| row.ticked && !(all.is_some() && row.covered));
    let carried = carried.iter().filter(|carried| carried.counts);
    all.map_or(0, |everyone| everyone.count.saturating_sub(everyone.except))
        + ticked.count() as u64
        + carried.count() as u64
}

/// A count with its thousands.
#[must_use]
pub fn number(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(selected: u64, hidden: i64) -> ListFrame {
        ListFrame {
            selected,
            carried: (0..hidden).map(|id| Carried::pick(id, true)).collect(),
            ..ListFrame::default()
        }
    }

    #[test]
    fn what_is_selected_and_not_shown_is_told() {
        assert_eq!(frame(3, 0).hidden_words(), "");
        assert_eq!(frame(3, 1).hidden_words(), "1 of them is not shown here.");
        assert_eq!(
            frame(1, 1).hidden_words(),
            "What is selected is not shown here."
        );
        assert_eq!(frame(2, 2).hidden_words(), "All 2 are not shown here.");
        assert_eq!(
            frame(1_300, 1_200).hidden_words(),
            "1,200 of them are not shown here."
        );
        let quiet = ListFrame {
            carried: vec![Carried::pick(1, false)],
            ..frame(5, 0)
        };
        assert_eq!(quiet.hidden_words(), "", "what Select all means anyway");
    }

    #[test]
    fn one_is_no_all() {
        let state = ListState::default();
        let label = |count| Everyone::proposed(count, "user", &state).map(|all| all.label);
        assert_eq!(label(0), None);
        assert_eq!(label(1).as_deref(), Some("Select the one that is proposed"));
        assert_eq!(
            label(1_200).as_deref(),
            Some("Select all 1,200 that are proposed")
        );
    }
}
