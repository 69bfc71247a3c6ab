//! What a form says about a status on every board that has one of its name, beside what it says board by board. A board's
//! own row that was changed holds against the row for all of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::stage::{Stage, StageMap};

use super::statuses::Shared;
use crate::web::form::Fields;

/// As set board by board: the boards differ, or shall.
pub const BY_BOARD: &str = "board";
/// All of them are ticked.
pub const ON: &str = "on";
/// None of them is.
pub const OFF: &str = "off";

/// The stage that all have, as a form sends it; [`BY_BOARD`] when they differ.
#[must_use]
pub fn stage_of_all(one: &Shared, stages: &StageMap) -> &'static str {
    let label = |id: &String| stages.get(id).map_or("", |stage| stage.label());
    let mut labels = one.ids.iter().map(label);
    let first = labels.next().unwrap_or_default();
    if labels.all(|other| other == first) {
        first
    } else {
        BY_BOARD
    }
}

/// Whether all are chosen, none, or some.
#[must_use]
pub fn ticks_of_all(one: &Shared, chosen: &BTreeSet<String>) -> &'static str {
    match one.ids.iter().filter(|id| chosen.contains(*id)).count() {
        0 => OFF,
        count if count == one.ids.len() => ON,
        _ => BY_BOARD,
    }
}

/// Sets the stages of what the form has for all boards, over those of the boards' own rows.
///
/// # Errors
/// A value that is no stage.
pub fn set_stages<'f>(
    fields: &'f Fields,
    shared: &[Shared],
    base: &StageMap,
    stages: &mut StageMap,
) -> Result<(), &'f str> {
    let sent = by_name(fields, "stage_all.");
    let was = by_name(fields, "stage_was.");
    for one in shared {
        let Some(wanted) = sent.get(one.key.as_str()).filter(|sent| **sent != BY_BOARD) else {
            continue;
        };
        let found = Stage::ALL
            .into_iter()
            .find(|stage| stage.label() == *wanted);
        if found.is_none() && !wanted.is_empty() {
            return Err(wanted);
        }
        let was = was.get(one.key.as_str()).filter(|was| **was != BY_BOARD);
        for id in &one.ids {
            let label = |map: &StageMap| map.get(id).map_or("", |stage| stage.label());
            if label(stages) != was.map_or_else(|| label(base), |was| *was) {
                continue;
            }
            match found {
                Some(stage) => stages.insert(id.clone(), stage),
                None => stages.remove(id),
            };
        }
    }
    Ok(())
}

/// Ticks, or takes the tick off, what the form has for all boards, over the boxes of the boards.
pub fn set_ticks(
    fields: &Fields,
    name: &str,
    shared: &[Shared],
    base: &BTreeSet<String>,
    chosen: &mut BTreeSet<String>,
) {
    let (all, marks) = (format!("{name}_all"), format!("{name}_was."));
    let sent: BTreeSet<&str> = fields.all(&all).collect();
    let was = by_name(fields, &marks);
    for one in shared {
        let ticked = sent.contains(one.key.as_str());
        let was = was.get(one.key.as_str()).copied().unwrap_or(BY_BOARD);
        if ticked == (was == ON) {
            continue;
        }
        for id in &one.ids {
            let before = match was {
                ON => true,
                OFF => false,
                _ => base.contains(id),
            };
            if chosen.contains(id) != before {
                continue;
            }
            if ticked {
                chosen.insert(id.clone());
            } else {
                chosen.remove(id);
            }
        }
    }
}

fn by_name<'f>(fields: &'f Fields, prefix: &str) -> BTreeMap<&'f str, &'f str> {
    let named = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?, value)));
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> Vec<Shared> {
        vec![Shared {
            key: "waiting client".into(),
            name: "Waiting Client".into(),
            ids: ["1", "2", "3"].map(str::to_owned).into(),
        }]
    }

    fn stages(set: &[(&str, Stage)]) -> StageMap {
        set.iter()
            .map(|(id, stage)| ((*id).to_owned(), *stage))
            .collect()
    }

    /// What a form makes of stages whose own rows say `own`.
    fn staged(form: &str, base: &StageMap, own: &StageMap) -> Result<StageMap, String> {
        let fields = Fields::parse(form.as_bytes());
        let mut stages = own.clone();
        set_stages(&fields, &shared(), base, &mut stages).map_err(str::to_owned)?;
        Ok(stages)
    }

    #[test]
    fn one_choice_sets_a_stage_on_every_board_and_a_boards_own_holds() {
        use Stage::{New, Waiting, Working};
        let new = stages(&[("1", New), ("2", New), ("3", New)]);
        let all = "stage_was.waiting+client=New&stage_all.waiting+client=Waiting";
        let waiting = stages(&[("1", Waiting), ("2", Waiting), ("3", Waiting)]);
        assert_eq!(staged(all, &new, &new).as_ref(), Ok(&waiting));
        let own = stages(&[("1", New), ("2", Working), ("3", New)]);
        let but_one = stages(&[("1", Waiting), ("2", Working), ("3", Waiting)]);
        assert_eq!(
            staged(all, &new, &own),
            Ok(but_one),
            "changed in its own row"
        );
        let same = "stage_was.waiting+client=New&stage_all.waiting+client=New";
        assert_eq!(
            staged(same, &new, &own).as_ref(),
            Ok(&own),
            "the row for all was left"
        );
        let by_board = "stage_was.waiting+client=New&stage_all.waiting+client=board";
        assert_eq!(staged(by_board, &new, &own).as_ref(), Ok(&own));
        let mixed = "stage_was.waiting+client=board&stage_all.waiting+client=";
        assert_eq!(
            staged(mixed, &own, &own),
            Ok(StageMap::new()),
            "no stage for all"
        );
        // A form shown again holds what was typed before, and not what is stored.
        let again = "stage_was.waiting+client=Waiting&stage_all.waiting+client=Working";
        let working = stages(&[("1", Working), ("2", Working), ("3", Working)]);
        assert_eq!(staged(again, &new, &waiting), Ok(working));
        let nonsense = "stage_all.waiting+client=Nowhere";
        assert_eq!(staged(nonsense, &new, &new), Err("Nowhere".to_owned()));
        let unknown = "stage_all.gone=Waiting";
        assert_eq!(staged(unknown, &new, &own).as_ref(), Ok(&own));
    }

    #[test]
    fn one_tick_sets_every_board_and_a_boards_own_holds() {
        let set =
            |ids: &[&str]| -> BTreeSet<String> { ids.iter().map(|id| (*id).to_owned()).collect() };
        let ticked = |form: &str, base: &[&str], own: &[&str]| {
            let mut chosen = set(own);
            let fields = Fields::parse(form.as_bytes());
            set_ticks(&fields, "closed_status", &shared(), &set(base), &mut chosen);
            chosen.into_iter().collect::<String>()
        };
        let on = "closed_status_all=waiting+client";
        for (form, base, own, expected) in [
            (
                format!("{on}&closed_status_was.waiting+client=off"),
                &["9"][..],
                &["9"][..],
                "1239",
            ),
            (
                format!("{on}&closed_status_was.waiting+client=board"),
                &["1", "2"],
                &["1"],
                "13",
            ),
            (
                format!("{on}&closed_status_was.waiting+client=on"),
                &["1", "2", "3"],
                &["1", "3"],
                "13",
            ),
            (
                "closed_status_was.waiting+client=on".into(),
                &["1", "2", "3", "9"],
                &["1", "2", "3", "9"],
                "9",
            ),
            (
                "closed_status_was.waiting+client=board".into(),
                &["1"],
                &["1"],
                "1",
            ),
            (
                "closed_status_was.waiting+client=off".into(),
                &[],
                &["2"],
                "2",
            ),
            (String::new(), &["1", "2", "3"], &["1", "2", "3"], "123"),
        ] {
            assert_eq!(
                ticked(&form, base, own),
                expected,
                "{form}: {base:?} {own:?}"
            );
        }
    }

    #[test]
    fn what_all_have_is_told() {
        let one = &shared()[0];
        let none = StageMap::new();
        assert_eq!(stage_of_all(one, &none), "");
        assert_eq!(stage_of_all(one, &stages(&[("2", Stage::New)])), BY_BOARD);
        let chosen: BTreeSet<String> = ["1", "2", "3", "4"].map(str::to_owned).into();
        assert_eq!(ticks_of_all(one, &chosen), ON);
        assert_eq!(
            ticks_of_all(one, &BTreeSet::from(["3".to_owned()])),
            BY_BOARD
        );
        assert_eq!(ticks_of_all(one, &BTreeSet::new()), OFF);
    }
}
