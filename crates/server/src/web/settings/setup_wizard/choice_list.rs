//! Lists of boxes: values of a vendor to tick, by board where each board has its own.

use std::collections::BTreeSet;

use super::everywhere::{BY_BOARD, ON, ticks_of_all};
use super::statuses::{Board, NOT_IN_USE, Search, Shared, Status, Statuses, by_board};
use crate::web::view::Choice;

/// A list of boxes.
#[derive(Debug, Clone, Default)]
pub struct ChoiceList {
    /// What is sent.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What choosing does.
    pub help: &'static str,
    /// What nothing chosen means.
    pub none: &'static str,
    /// What several boards have, once for all of them.
    pub everywhere: Vec<EverywhereBox>,
    /// The boxes.
    pub groups: Vec<ChoiceGroup>,
    /// Not all there is to choose from is shown.
    pub partial: bool,
    /// What is wrong with it.
    pub error: String,
}

/// Boxes under a head.
#[derive(Debug, Clone)]
pub struct ChoiceGroup {
    /// The head; empty: none.
    pub name: String,
    /// It is opened from the start.
    pub open: bool,
    /// The boxes.
    pub items: Vec<GroupedChoice>,
}

/// A box of a group.
#[derive(Debug, Clone)]
pub struct GroupedChoice {
    /// The box; its label tells it apart from those of other groups.
    pub choice: Choice,
    /// What stands for all boards, by its name, when there is such a row.
    pub everywhere: String,
}

impl GroupedChoice {
    /// A box that no row for all boards stands for.
    #[must_use]
    pub fn alone(choice: Choice) -> Self {
        Self {
            choice,
            everywhere: String::new(),
        }
    }
}

/// A box for all boards that have a status of its name.
#[derive(Debug, Clone)]
pub struct EverywhereBox {
    /// What its boards are found by.
    pub key: String,
    /// The name.
    pub label: String,
    /// How many boards have it.
    pub boards: usize,
    /// On all of them, on none, or on some; as [`ticks_of_all`] says it.
    pub state: &'static str,
}

impl EverywhereBox {
    /// Ticked: on all boards.
    #[must_use]
    pub fn on(&self) -> bool {
        self.state == ON
    }

    /// Some boards have it ticked and some do not.
    #[must_use]
    pub fn mixed(&self) -> bool {
        self.state == BY_BOARD
    }
}

impl ChoiceGroup {
    /// How many are ticked.
    #[must_use]
    pub fn ticked(&self) -> usize {
        self.items.iter().filter(|item| item.choice.on).count()
    }

    /// A label as it stands under the head of the group.
    #[must_use]
    pub fn short<'l>(&self, label: &'l str) -> &'l str {
        under(&self.name, label)
    }
}

/// A label as it stands under the head of its board.
#[must_use]
pub fn under<'l>(head: &str, label: &'l str) -> &'l str {
    let rest = label
        .strip_prefix(head)
        .and_then(|rest| rest.strip_prefix(": "));
    rest.unwrap_or(label)
}

impl ChoiceList {
    /// The boxes of a list without boards.
    #[must_use]
    pub fn flat(choices: Vec<Choice>) -> Vec<ChoiceGroup> {
        let items = choices.into_iter().map(GroupedChoice::alone);
        vec![ChoiceGroup {
            name: String::new(),
            open: true,
            items: items.collect(),
        }]
    }

    /// The same list with ticket statuses to tick: those in use, those that are chosen, and of the others those that are
    /// to be known here `also`.
    #[must_use]
    pub fn of_statuses(
        mut self,
        statuses: &Statuses,
        search: &Search,
        chosen: &BTreeSet<String>,
        also: impl Fn(&Status) -> bool,
    ) -> Self {
        let on = |one: &Status| chosen.contains(&one.id);
        let shown = search.shown(&statuses.all, |one| on(one) || also(one), on);
        let open = !search.find.is_empty() || !self.error.is_empty();
        let group = |board: Board<'_>| ChoiceGroup {
            open: open
                || board.name.is_empty()
                || board.name == NOT_IN_USE && board.statuses.iter().any(|one| on(one)),
            items: board
                .statuses
                .iter()
                .map(|status| GroupedChoice {
                    choice: Choice::new(&status.id, &status.label, on(status)),
                    everywhere: statuses.key_of(status),
                })
                .collect(),
            name: board.name,
        };
        self.groups = by_board(&shown).into_iter().map(group).collect();
        self.partial = search.is_needed();
        let gone = unlisted(chosen, &statuses.all);
        if !gone.is_empty() {
            self.groups.extend(Self::flat(gone));
        }
        let box_of = |one: &Shared| EverywhereBox {
            key: one.key.clone(),
            label: one.name.clone(),
            boards: one.ids.len(),
            state: ticks_of_all(one, chosen),
        };
        self.everywhere = statuses.shared_of(&shown).map(box_of).collect();
        self
    }

    /// Number of boxes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.items.len()).sum()
    }

    /// Nothing to tick.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What is chosen and nobody knows any more.
#[must_use]
pub fn unlisted(chosen: &BTreeSet<String>, statuses: &[Status]) -> Vec<Choice> {
    let known: BTreeSet<&str> = statuses.iter().map(|one| one.id.as_str()).collect();
    let gone = chosen.iter().filter(|id| !known.contains(id.as_str()));
    gone.map(|id| Choice::new(id, format!("{id} (no longer listed)"), true))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::everywhere::OFF;
    use super::super::statuses::samples::status;
    use super::*;

    #[test]
    fn statuses_stand_under_their_boards_and_once_for_all_of_them() {
        let mut all = vec![
            status("1", "Help Desk", "Closed"),
            status("2", "Security", "Closed"),
            status("3", "Security", "New"),
            status("4", "Security", "New"),
            status("5", "Security", "Old"),
        ];
        all[3].board = all[0].board.clone();
        all[4].active = false;
        let statuses = Statuses::new(all);
        let chosen = ["1", "5", "gone"].map(str::to_owned).into();
        let list =
            ChoiceList::default().of_statuses(&statuses, &Search::default(), &chosen, |_| false);
        let heads: Vec<(&str, usize, usize)> = list
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.items.len(), group.ticked()))
            .collect();
        assert_eq!(
            heads,
            [
                ("Help Desk", 2, 1),
                ("Security", 2, 0),
                (NOT_IN_USE, 1, 1),
                ("", 1, 1)
            ]
        );
        let help_desk = &list.groups[0];
        let closed = &help_desk.items[0];
        assert_eq!(help_desk.short(&closed.choice.label), "Closed");
        assert_eq!(closed.everywhere, "closed");
        assert_eq!(list.groups[2].items[0].everywhere, "", "by itself");
        let states: Vec<(&str, &str)> = list
            .everywhere
            .iter()
            .map(|one| (one.label.as_str(), one.state))
            .collect();
        assert_eq!(states, [("Closed", BY_BOARD), ("New", OFF)]);
        let gone = list.groups[3].items[0].choice.label.as_str();
        assert_eq!(gone, "gone (no longer listed)");
    }
}
