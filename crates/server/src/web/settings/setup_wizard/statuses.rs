//! Ticket statuses as the steps *Sync* and *Configure* show them: by board where each board has statuses of its own, a
//! name that several boards have once for all of them, and no more at once than a page can carry.

use std::collections::{BTreeMap, BTreeSet};

use domain::reference::{ReferenceItem, ReferenceKind};
use domain::text::name_key;
use store::reference_items::StoredReferenceItem;

use crate::web::view::number::grouped;

/// Most statuses a page shows at once. The others are found by a part of their name.
pub const MOST: usize = 300;

/// A ticket status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// Its name, as its board calls it.
    pub name: String,
    /// The same told apart from all others: with its board, and whether it is in use.
    pub label: String,
    /// The board it belongs to: id and name.
    pub board: Option<(String, String)>,
    /// Whether tickets can get it now.
    pub active: bool,
}

/// The statuses of an integration.
#[derive(Debug, Clone, Default)]
pub struct Statuses {
    /// All of them, in the order of the vendor; those no longer in use are last.
    pub all: Vec<Status>,
    /// The names that several boards have, of those in use.
    pub shared: Vec<Shared>,
    /// The same of those that are not.
    pub retired: Vec<Shared>,
}

impl Statuses {
    /// Of what is stored, and the same as forms have it.
    #[must_use]
    pub fn of(stored: &[StoredReferenceItem], items: &[ReferenceItem]) -> Self {
        Self::new(statuses(stored, items))
    }

    /// Of these.
    #[must_use]
    pub fn new(all: Vec<Status>) -> Self {
        Self {
            shared: shared(&all, true),
            retired: shared(&all, false),
            all,
        }
    }

    /// What the row for all boards of a status is found by; empty when it has none.
    #[must_use]
    pub fn key_of(&self, status: &Status) -> String {
        let key = name_key(&status.name);
        let of_all = |one: &Shared| one.key == key && one.ids.contains(&status.id);
        if self.shared.iter().any(of_all) {
            key
        } else {
            String::new()
        }
    }

    /// The names that several boards have, of what is shown.
    pub fn shared_of(&self, shown: &[&Status]) -> impl Iterator<Item = &Shared> {
        let keys: BTreeSet<String> = shown.iter().map(|one| name_key(&one.name)).collect();
        self.shared
            .iter()
            .filter(move |one| keys.contains(&one.key))
    }
}

fn statuses(stored: &[StoredReferenceItem], items: &[ReferenceItem]) -> Vec<Status> {
    let of_kind = |kind| stored.iter().filter(move |item| item.kind == kind);
    let boards: BTreeMap<&str, &str> = of_kind(ReferenceKind::Queue)
        .map(|item| (item.external_id.as_str(), item.label.as_str()))
        .collect();
    let known: BTreeMap<&str, &StoredReferenceItem> = of_kind(ReferenceKind::TicketStatus)
        .map(|item| (item.external_id.as_str(), item))
        .collect();
    let of_tickets = |item: &&ReferenceItem| item.kind == ReferenceKind::TicketStatus;
    items
        .iter()
        .filter(of_tickets)
        .map(|item| {
            let board = item
                .parent
                .as_deref()
                .and_then(|id| boards.get_key_value(id));
            let stored = known.get(item.external_id.as_str());
            let gone = stored.is_some_and(|stored| stored.removed_at.is_some());
            Status {
                id: item.external_id.clone(),
                name: stored.map_or(&item.label, |stored| &stored.label).clone(),
                label: told_in_use(&item.label, item.active, gone),
                board: board.map(|(id, name)| ((*id).to_owned(), (*name).to_owned())),
                active: item.active,
            }
        })
        .collect()
}

/// A label with what is to be known about a value that is not in use.
#[must_use]
pub fn told_in_use(label: &str, active: bool, gone: bool) -> String {
    if active {
        label.to_owned()
    } else if gone {
        format!("{label} (no longer listed)")
    } else {
        format!("{label} (inactive)")
    }
}

/// A name that several boards have a status of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// What the name is compared by.
    pub key: String,
    /// The name.
    pub name: String,
    /// The statuses.
    pub ids: Vec<String>,
}

impl Shared {
    /// The name with the number of its boards and what else is to be known of it.
    #[must_use]
    pub fn told(&self, state: &str) -> String {
        format!("{} ({} boards{state})", self.name, self.ids.len())
    }
}

/// The names that more than one board has a status of, of those in use or of the others.
fn shared(statuses: &[Status], in_use: bool) -> Vec<Shared> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: Vec<Shared> = Vec::new();
    let of_boards = statuses
        .iter()
        .filter(|one| one.active == in_use && one.board.is_some());
    for status in of_boards {
        let key = name_key(&status.name);
        let place = *places.entry(key.clone()).or_insert(names.len());
        if place == names.len() {
            names.push(Shared {
                key,
                name: status.name.clone(),
                ids: Vec::new(),
            });
        }
        if let Some(found) = names.get_mut(place) {
            found.ids.push(status.id.clone());
        }
    }
    names.retain(|one| one.ids.len() > 1);
    names
}

/// Which statuses a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What is looked for, as it was typed.
    pub find: String,
    /// Not all of them are shown: what is said about it. Empty when all are.
    pub note: String,
}

impl Search {
    /// A search among these statuses.
    #[must_use]
    pub fn of(find: &str, statuses: &[Status]) -> Self {
        let all = statuses.iter().filter(|one| one.active).count();
        let count = |count: usize| grouped(i64::try_from(count).unwrap_or(i64::MAX));
        let note = if all > MOST {
            format!(
                "There are {} statuses. What is set or changed is shown, and at most {} of the others: find the one you \
                 look for by a part of its name. What is not shown stays as it is.",
                count(all),
                count(MOST)
            )
        } else {
            String::new()
        };
        Self {
            find: find.chars().take(200).collect(),
            note,
        }
    }

    /// Not all statuses are shown.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        !self.note.is_empty()
    }

    /// The statuses to show: those in use, and others that are `set`. Where there are too many, those that must be
    /// shown and the first that match.
    #[must_use]
    pub fn shown<'s>(
        &self,
        statuses: &'s [Status],
        set: impl Fn(&Status) -> bool,
        must: impl Fn(&Status) -> bool,
    ) -> Vec<&'s Status> {
        let find = name_key(&self.find);
        let words: Vec<&str> = find.split(' ').filter(|word| !word.is_empty()).collect();
        let offered = statuses.iter().filter(|one| one.active || set(one));
        if !self.is_needed() {
            return offered.collect();
        }
        let mut room = MOST;
        offered
            .filter(|one| {
                if must(one) {
                    return true;
                }
                let label = one.label.to_lowercase();
                let shown = room > 0 && words.iter().all(|word| label.contains(word));
                room -= usize::from(shown);
                shown
            })
            .collect()
    }
}

/// Statuses of one board; of no board where the vendor has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board<'s> {
    /// Name of the board; empty where there are none.
    pub name: String,
    /// Its statuses.
    pub statuses: Vec<&'s Status>,
}

/// The head of what is set and not in use at the vendor any more.
pub const NOT_IN_USE: &str = "Not in use there any more";

/// Statuses by board, those no longer in use last, under a head of their own.
#[must_use]
pub fn by_board<'s>(shown: &[&'s Status]) -> Vec<Board<'s>> {
    let mut boards: Vec<(Option<&str>, Board<'s>)> = Vec::new();
    for status in shown.iter().copied().filter(|one| one.active) {
        let id = status.board.as_ref().map(|(id, _)| id.as_str());
        match boards.iter_mut().find(|(known, _)| *known == id) {
            Some((_, board)) => board.statuses.push(status),
            None => boards.push((
                id,
                Board {
                    name: status
                        .board
                        .as_ref()
                        .map(|(_, name)| name.clone())
                        .unwrap_or_default(),
                    statuses: vec![status],
                },
            )),
        }
    }
    boards.sort_by_key(|(_, board)| (board.name.is_empty(), name_key(&board.name)));
    let old: Vec<&Status> = shown.iter().copied().filter(|one| !one.active).collect();
    let old = (!old.is_empty()).then(|| Board {
        name: NOT_IN_USE.to_owned(),
        statuses: old,
    });
    boards
        .into_iter()
        .map(|(_, board)| board)
        .chain(old)
        .collect()
}

#[cfg(test)]
pub mod samples {
    use super::Status;

    /// A status of a board, or of none.
    pub fn status(id: &str, board: &str, name: &str) -> Status {
        let named = !board.is_empty();
        Status {
            id: id.to_owned(),
            name: name.to_owned(),
            label: if named {
                format!("{board}: {name}")
            } else {
                name.to_owned()
            },
            board: named.then(|| (format!("of {board}"), board.to_owned())),
            active: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::status;
    use super::*;

    #[test]
    fn a_name_of_several_boards_is_shared_however_it_is_written() {
        let mut all = vec![
            status("1", "Help Desk", "Waiting  Client"),
            status("2", "Security", "waiting client"),
            status("3", "Security", "New"),
            status("4", "Projects", "Waiting Client"),
        ];
        all[3].active = false;
        let found = shared(&all, true);
        assert_eq!(found.len(), 1, "New is of one board: {found:?}");
        assert_eq!(
            found[0].ids,
            ["1", "2"],
            "what is not in use is set by itself"
        );
        assert_eq!(found[0].name, "Waiting  Client");
        assert_eq!(
            shared(&[status("1", "", "New"), status("2", "", "New")], true),
            []
        );
    }

    #[test]
    fn boards_come_by_name_and_what_is_not_in_use_last() {
        let mut all = [
            status("1", "Security", "New"),
            status("2", "Help Desk", "New"),
            status("3", "Help Desk", "Old"),
        ];
        all[2].active = false;
        let shown: Vec<&Status> = all.iter().collect();
        let boards = by_board(&shown);
        let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
        assert_eq!(names, ["Help Desk", "Security", NOT_IN_USE]);
        let flat = [status("1", "", "New")];
        assert_eq!(by_board(&[&flat[0]])[0].name, "");
    }

    #[test]
    fn a_page_shows_what_must_be_shown_and_the_first_that_match() {
        let mut all: Vec<Status> = (0..1_000)
            .map(|n| status(&n.to_string(), "Help Desk", &format!("Status {n}")))
            .collect();
        all.push(Status {
            active: false,
            ..status("old", "Help Desk", "Old")
        });
        let ids = |find: &str, set: fn(&Status) -> bool| -> Vec<String> {
            let search = Search::of(find, &all);
            assert!(search.note.contains("1,000"), "{}", search.note);
            search
                .shown(&all, set, |one| one.id == "777")
                .iter()
                .map(|one| one.id.clone())
                .collect()
        };
        let first = ids("", |_| false);
        assert_eq!(first.len(), MOST + 1);
        assert!(first.contains(&"299".to_owned()) && first.contains(&"777".to_owned()));
        assert!(!first.contains(&"300".to_owned()));
        let found = ids("desk STATUS 99", |one| one.id == "old");
        assert_eq!(
            found.len(),
            20,
            "those with 99, and the one that must be shown: {found:?}"
        );
        assert!(found.contains(&"999".to_owned()) && found.contains(&"777".to_owned()));
        let few = &all[..MOST];
        let search = Search::of("nothing", few);
        assert_eq!(
            search.shown(few, |_| false, |_| false).len(),
            MOST,
            "all of few"
        );
        assert_eq!(search.note, "");
    }
}
