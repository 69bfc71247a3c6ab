//! *Client Comment Status* as the step *Configure* offers it: a name that several boards have once for all of them, since
//! a ticket gets the status of its own board, and what only one board has under that board.

use std::collections::BTreeSet;

use domain::reference::ReferenceKind;

use super::choice_list::{ChoiceGroup, GroupedChoice, unlisted};
use super::known::Known;
use super::merge::Labels;
use super::statuses::{Search, Shared, Status, Statuses, by_board};
use crate::web::view::Choice;

/// What is set stays, though nothing else of the list stands for it: a board came or went since it was chosen.
const KEPT: &str = "kept";

/// What stands before the key of a name that several boards have.
const ALL: &str = "all.";

/// What there is to choose from, with what is set.
#[must_use]
pub fn choices(
    statuses: &Statuses,
    search: &Search,
    set: &BTreeSet<String>,
    labels: &Labels<'_>,
) -> Vec<ChoiceGroup> {
    let on = |one: &Status| set.contains(&one.id);
    let shown = search.shown(&statuses.all, on, on);
    let everywhere: Vec<Choice> = statuses
        .shared_of(&shown)
        .map(|one| Choice::new(format!("{ALL}{}", one.key), one.told(""), is_all(one, set)))
        .collect();
    let alone = set.len() == 1;
    let mut groups = Vec::new();
    if !alone && !set.is_empty() && !everywhere.iter().any(|one| one.on) {
        let told = labels.set(ReferenceKind::TicketStatus, set, "");
        groups.push(group("As set now", vec![Choice::new(KEPT, told, true)]));
    }
    groups.push(group("On every board that has it", everywhere));
    for board in by_board(&shown) {
        // What stands for all boards is not offered for one of them, but one that is set by itself stays.
        let own = board.statuses.into_iter().filter(|one| {
            let set_alone = alone && on(one);
            set_alone || one.active && statuses.key_of(one).is_empty()
        });
        let own = own.map(|one| Choice::new(&one.id, &one.label, alone && on(one)));
        groups.push(group(&board.name, own.collect()));
    }
    if alone {
        groups.push(group("", unlisted(set, &statuses.all)));
    }
    groups.retain(|group| !group.items.is_empty());
    groups
}

/// Whether just these are set.
fn is_all(one: &Shared, set: &BTreeSet<String>) -> bool {
    one.ids.len() == set.len() && one.ids.iter().all(|id| set.contains(id))
}

fn group(name: &str, choices: Vec<Choice>) -> ChoiceGroup {
    let items = choices.into_iter().map(GroupedChoice::alone).collect();
    ChoiceGroup {
        name: name.to_owned(),
        open: true,
        items,
    }
}

/// What a form sets, which started from `base`.
///
/// # Errors
/// What was sent, when it is none of the choices.
pub fn read<'f>(
    sent: &'f str,
    base: &BTreeSet<String>,
    known: &Known<'_>,
) -> Result<BTreeSet<String>, &'f str> {
    if sent.is_empty() {
        return Ok(BTreeSet::new());
    }
    let stored = &known.stored.client_comment_status;
    let was_set = base.contains(sent) || stored.contains(sent);
    if was_set || known.lists(ReferenceKind::TicketStatus, sent) {
        return Ok([sent.to_owned()].into());
    }
    if sent == KEPT {
        return Ok(base.clone());
    }
    let name = sent.strip_prefix(ALL);
    let found = name.and_then(|name| known.shared.iter().find(|one| one.key == name));
    found
        .map(|one| one.ids.iter().cloned().collect())
        .ok_or(name.unwrap_or(sent))
}

#[cfg(test)]
mod tests {
    use domain::provider;
    use domain::settings::IntegrationSettings;

    use super::super::statuses::NOT_IN_USE;
    use super::super::statuses::samples::status;
    use super::*;

    /// New is on three boards, and on a fourth not in use any more; the others are on one.
    fn of_boards() -> Statuses {
        let mut all = vec![
            status("1", "Help Desk", "New"),
            status("2", "Help Desk", "Client Responded"),
            status("3", "Security", "new"),
            status("4", "Field Service", "New"),
            status("5", "Projects", "New"),
        ];
        all[4].active = false;
        Statuses::new(all)
    }

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// The choices as `head/value`, with a star at what is chosen.
    fn offered(statuses: &Statuses, set: &[&str]) -> Vec<String> {
        let provider = provider::find("connectwise_psa").expect("there");
        let labels = Labels::of(provider, &[], statuses, &[]);
        let groups = choices(statuses, &Search::default(), &ids(set), &labels);
        let told = groups.iter().flat_map(|group| {
            group.items.iter().map(move |item| {
                let star = if item.choice.on { "*" } else { "" };
                format!("{}/{}{star}", group.name, item.choice.value)
            })
        });
        told.collect()
    }

    #[test]
    fn a_name_of_several_boards_is_offered_once() {
        const EVERYWHERE: &str = "On every board that has it/all.new";
        const RESPONDED: &str = "Help Desk/2";
        let everywhere = format!("{EVERYWHERE}*");
        let responded = format!("{RESPONDED}*");
        let old = format!("{NOT_IN_USE}/5*");
        for (set, expected) in [
            (vec![], vec![EVERYWHERE, RESPONDED]),
            (vec!["1", "3", "4"], vec![everywhere.as_str(), RESPONDED]),
            (vec!["2"], vec![EVERYWHERE, responded.as_str()]),
            // Set before boards were told apart.
            (vec!["4"], vec![EVERYWHERE, "Field Service/4*", RESPONDED]),
            (vec!["5"], vec![EVERYWHERE, RESPONDED, old.as_str()]),
            (vec!["gone"], vec![EVERYWHERE, RESPONDED, "/gone*"]),
            // A board came, or one of its statuses went, since it was set.
            (
                vec!["1", "3"],
                vec!["As set now/kept*", EVERYWHERE, RESPONDED],
            ),
            (
                vec!["1", "3", "4", "5"],
                vec!["As set now/kept*", EVERYWHERE, RESPONDED],
            ),
        ] {
            assert_eq!(offered(&of_boards(), &set), expected, "{set:?}");
        }
        let flat = Statuses::new(vec![status("1", "", "New"), status("8", "", "Working")]);
        assert_eq!(offered(&flat, &["8"]), ["/1", "/8*"], "no boards");
    }

    #[test]
    fn what_is_chosen_for_all_boards_is_the_status_of_each() {
        let statuses = of_boards();
        let stored = IntegrationSettings {
            client_comment_status: ids(&["7"]),
            ..IntegrationSettings::default()
        };
        let known = Known {
            provider: provider::find("connectwise_psa").expect("there"),
            items: &[],
            roles: &[],
            shared: &statuses.shared,
            stored: &stored,
        };
        let base = ids(&["1", "3"]);
        for (sent, expected) in [
            ("", Ok(vec![])),
            ("all.new", Ok(vec!["1", "3", "4"])),
            (KEPT, Ok(vec!["1", "3"])),
            ("3", Ok(vec!["3"])),
            ("7", Ok(vec!["7"])),
            ("new", Err("new")),
            ("all.client responded", Err("client responded")),
            ("all.", Err("")),
            ("99", Err("99")),
        ] {
            let found = read(sent, &base, &known);
            assert_eq!(found, expected.map(|expected| ids(&expected)), "{sent}");
        }
    }
}
