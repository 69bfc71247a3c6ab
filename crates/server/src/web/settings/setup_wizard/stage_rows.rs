//! The *Resolution Status Stepper* as the step *Configure* shows it: the stage of each status, by board where each board
//! has its own, and once for all boards that have a status of a name.

use std::collections::BTreeMap;

use domain::stage::StageMap;
use domain::text::name_key;

use super::choice_list::under;
use super::everywhere::stage_of_all;
use super::statuses::{Board, NOT_IN_USE, Search, Shared, Status, Statuses, by_board};
use crate::web::view::number::{counted, grouped};

/// Most names in the line of what has no stage.
const MOST_NAMES: usize = 12;

/// The rows.
#[derive(Debug, Clone, Default)]
pub struct StageRows {
    /// What several boards have, once for all of them.
    pub everywhere: Vec<EverywhereStage>,
    /// The statuses by board.
    pub groups: Vec<StageGroup>,
    /// Statuses without a stage, in one line.
    pub unmapped: String,
    /// There are so many that one looks for them.
    pub many: bool,
}

/// The statuses of a board.
#[derive(Debug, Clone)]
pub struct StageGroup {
    /// Its name; empty where there are no boards.
    pub name: String,
    /// How many of how many have a stage.
    pub count: String,
    /// Some have none.
    pub lacking: bool,
    /// It is opened from the start.
    pub open: bool,
    /// The statuses.
    pub rows: Vec<StageRow>,
}

impl StageGroup {
    /// A label as it stands under the name of the board.
    #[must_use]
    pub fn short<'l>(&self, label: &'l str) -> &'l str {
        under(&self.name, label)
    }
}

/// A status with its stage.
#[derive(Debug, Clone)]
pub struct StageRow {
    /// Its id.
    pub id: String,
    /// Its label, with its board.
    pub label: String,
    /// The label of its stage; empty: none.
    pub stage: &'static str,
    /// What stands for all boards, by its name, when there is such a row.
    pub everywhere: String,
}

/// A name that several boards have.
#[derive(Debug, Clone)]
pub struct EverywhereStage {
    /// What its boards are found by.
    pub key: String,
    /// The name.
    pub label: String,
    /// How many boards have it.
    pub boards: usize,
    /// The stage of all of them, as [`stage_of_all`] says it.
    pub stage: &'static str,
}

impl StageRows {
    /// The rows of a page. What the form changed of what is `stored` is among them, whatever is looked for.
    #[must_use]
    pub fn new(
        statuses: &Statuses,
        search: &Search,
        stages: &StageMap,
        stored: &StageMap,
        refused: bool,
    ) -> Self {
        let set = |one: &Status| stages.contains_key(&one.id);
        let changed = |one: &Status| stages.get(&one.id) != stored.get(&one.id);
        let shown = search.shown(&statuses.all, set, changed);
        let stage = |one: &Status| stages.get(&one.id).map_or("", |stage| stage.label());
        let (all, with) = per_board(statuses, stages);
        let open = refused || !search.find.is_empty();
        let group = |board: Board<'_>| {
            let old = board.name == NOT_IN_USE;
            let id = board
                .statuses
                .first()
                .map(|one| id_of(one))
                .unwrap_or_default();
            let (all, with) = if old {
                (board.statuses.len(), board.statuses.len())
            } else {
                (count(&all, id), count(&with, id))
            };
            StageGroup {
                open: open || board.name.is_empty(),
                count: told(with, all),
                lacking: with < all,
                rows: board
                    .statuses
                    .iter()
                    .map(|status| StageRow {
                        id: status.id.clone(),
                        label: status.label.clone(),
                        stage: stage(status),
                        everywhere: statuses.key_of(status),
                    })
                    .collect(),
                name: board.name,
            }
        };
        let row_of = |one: &Shared| EverywhereStage {
            key: one.key.clone(),
            label: one.name.clone(),
            boards: one.ids.len(),
            stage: stage_of_all(one, stages),
        };
        Self {
            everywhere: statuses.shared_of(&shown).map(row_of).collect(),
            many: shown.len() > 12,
            unmapped: unmapped(statuses, stages),
            groups: by_board(&shown).into_iter().map(group).collect(),
        }
    }
}

fn id_of(status: &Status) -> &str {
    status.board.as_ref().map_or("", |(id, _)| id.as_str())
}

fn count(counts: &BTreeMap<&str, usize>, board: &str) -> usize {
    counts.get(board).copied().unwrap_or_default()
}

type Counts<'s> = BTreeMap<&'s str, usize>;

/// How many statuses in use each board has, and how many of them have a stage.
fn per_board<'s>(statuses: &'s Statuses, stages: &StageMap) -> (Counts<'s>, Counts<'s>) {
    let (mut all, mut with) = (Counts::new(), Counts::new());
    for status in statuses.all.iter().filter(|one| one.active) {
        *all.entry(id_of(status)).or_default() += 1;
        *with.entry(id_of(status)).or_default() += usize::from(stages.contains_key(&status.id));
    }
    (all, with)
}

fn told(with: usize, all: usize) -> String {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    if with == all {
        return counted(number(all), "status", "statuses");
    }
    format!(
        "{} of {} have a stage",
        grouped(number(with)),
        grouped(number(all))
    )
}

/// The statuses in use without a stage in one line, a name that several boards have once.
fn unmapped(statuses: &Statuses, stages: &StageMap) -> String {
    let mut names: Vec<(String, &str, usize)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for status in statuses
        .all
        .iter()
        .filter(|one| one.active && !stages.contains_key(&one.id))
    {
        let key = name_key(&status.name);
        let place = *places.entry(key).or_insert(names.len());
        match names.get_mut(place) {
            Some((label, name, boards)) => {
                *boards += 1;
                *label = format!("{name} ({boards} boards)");
            }
            None => names.push((status.label.clone(), &status.name, 1)),
        }
    }
    let shown: Vec<&str> = names
        .iter()
        .take(MOST_NAMES)
        .map(|(label, _, _)| label.as_str())
        .collect();
    let mut line = shown.join(", ");
    if names.len() > MOST_NAMES {
        let more = i64::try_from(names.len() - MOST_NAMES).unwrap_or(i64::MAX);
        line = format!("{line} and {} more", grouped(more));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::super::statuses::samples::status;
    use super::*;
    use domain::stage::Stage;

    fn stages(set: &[(&str, Stage)]) -> StageMap {
        set.iter()
            .map(|(id, stage)| ((*id).to_owned(), *stage))
            .collect()
    }

    #[test]
    fn boards_say_how_many_of_their_statuses_have_a_stage() {
        let mut all = vec![
            status("1", "Help Desk", "New"),
            status("2", "Security", "New"),
            status("3", "Security", "Odd"),
            status("4", "Help Desk", "Odd"),
            status("5", "Security", "Lone"),
            status("6", "Security", "Old"),
            status("7", "Security", "Older"),
        ];
        all[5].active = false;
        all[6].active = false;
        let set = stages(&[
            ("1", Stage::New),
            ("2", Stage::Triaged),
            ("6", Stage::Resolved),
        ]);
        let rows = StageRows::new(&Statuses::new(all), &Search::default(), &set, &set, false);
        let heads: Vec<(&str, &str, bool)> = rows
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.count.as_str(), group.lacking))
            .collect();
        assert_eq!(
            heads,
            [
                ("Help Desk", "1 of 2 have a stage", true),
                ("Security", "1 of 3 have a stage", true),
                (NOT_IN_USE, "1 status", false),
            ]
        );
        assert_eq!(rows.unmapped, "Odd (2 boards), Security: Lone");
        let everywhere: Vec<(&str, &str, usize)> = rows
            .everywhere
            .iter()
            .map(|one| (one.label.as_str(), one.stage, one.boards))
            .collect();
        assert_eq!(everywhere, [("New", "board", 2), ("Odd", "", 2)]);
        assert!(rows.groups.iter().all(|group| !group.open));
    }

    #[test]
    fn of_very_many_what_was_changed_is_shown_and_the_line_is_short() {
        let all = (0..10_000).map(|n| status(&n.to_string(), "Help Desk", &format!("Status {n}")));
        let statuses = Statuses::new(all.collect());
        let search = Search::of("status 77", &statuses.all);
        let stored = stages(&[("5000", Stage::New)]);
        let typed = stages(&[("5000", Stage::New), ("6000", Stage::New)]);
        let rows = StageRows::new(&statuses, &search, &typed, &stored, false);
        let group = &rows.groups[0];
        assert!(group.open, "what was found is in sight");
        assert_eq!(group.count, "2 of 10,000 have a stage");
        let ids: Vec<&str> = group.rows.iter().map(|row| row.id.as_str()).collect();
        assert!(
            ids.contains(&"6000") && ids.contains(&"7700") && !ids.contains(&"5000"),
            "{ids:?}"
        );
        assert_eq!(ids.len(), 281);
        assert!(
            rows.unmapped.ends_with("Status 11 and 9,986 more"),
            "{}",
            rows.unmapped
        );
    }
}
