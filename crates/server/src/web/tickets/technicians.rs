//! Whose tickets the list can be narrowed to: everybody's, or, where they are too many for one list, the viewer's own,
//! those of whoever is chosen, and those of whom a name finds.

use domain::id::IdentityId;
use domain::text::name_key;
use store::technicians::TechnicianRow;

use crate::web::view::Choice;
use crate::web::view::number::counted;

/// More technicians than this are found by name.
const OFFERED: usize = 200;
/// At most so many of those a name finds are offered.
const FOUND: usize = 50;

/// The choices, and what is said about a name that was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Technicians {
    /// The choices by name, none marked.
    pub choices: Vec<Choice>,
    /// Whether there are too many to offer all, so that a field to find them by name is needed.
    pub many: bool,
    /// What came of the name; empty when there is nothing to say.
    pub note: String,
}

impl Technicians {
    /// The choices for a viewer. `chosen` is the vendor's id of whom the list is narrowed to, `name` what was typed to
    /// find others.
    #[must_use]
    pub fn offer(
        all: &[TechnicianRow],
        viewer: IdentityId,
        chosen: Option<&str>,
        name: &str,
    ) -> Self {
        let people: Vec<&TechnicianRow> = all.iter().filter(|row| row.person).collect();
        let choice = |row: &TechnicianRow| Choice::new(&row.external_id, &row.name, false);
        if people.len() <= OFFERED {
            return Self {
                choices: people.into_iter().map(choice).collect(),
                ..Self::default()
            };
        }
        let key = name_key(name);
        let matches = |row: &&TechnicianRow| {
            !key.is_empty() && key.split(' ').all(|word| row.name_key.contains(word))
        };
        let found: Vec<i64> = people
            .iter()
            .copied()
            .filter(matches)
            .map(|row| row.id)
            .collect();
        let is_chosen = |row: &TechnicianRow| chosen == Some(row.external_id.as_str());
        let is_offered = |row: &&TechnicianRow| {
            row.identity == Some(viewer)
                || is_chosen(row)
                || found.iter().take(FOUND).any(|id| *id == row.id)
        };
        let settled = people
            .iter()
            .any(|row| is_chosen(row) && found.contains(&row.id));
        Self {
            note: if key.is_empty() || settled {
                String::new()
            } else {
                note(name, found.len())
            },
            choices: people.into_iter().filter(is_offered).map(choice).collect(),
            many: true,
        }
    }
}

fn note(name: &str, found: usize) -> String {
    match found {
        0 => format!("No technician matches “{name}”."),
        1..=FOUND => {
            let found = i64::try_from(found).unwrap_or(i64::MAX);
            let technicians = counted(found, "technician matches", "technicians match");
            format!("{technicians} “{name}”. Choose in “Assigned to” whose tickets to show.")
        }
        _ => format!(
            "More than {FOUND} technicians match “{name}”. The first {FOUND} are in “Assigned to”: type more of the \
             name to find the others."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::IntegrationId;

    const ME: IdentityId = IdentityId(7);

    fn people(count: i64) -> Vec<TechnicianRow> {
        let row = |id: i64| {
            let name = format!("{} Wéber {id}", if id % 2 == 0 { "Ann" } else { "Bob" });
            TechnicianRow {
                id,
                integration: IntegrationId(1),
                external_id: format!("x{id}"),
                name_key: name_key(&name),
                name,
                email: None,
                title: None,
                active: true,
                person: id != 1,
                identity: (id == 3).then_some(ME),
            }
        };
        (1..=count).map(row).collect()
    }

    fn offer(count: i64, chosen: Option<&str>, name: &str) -> (Vec<String>, Technicians) {
        let made = Technicians::offer(&people(count), ME, chosen, name);
        let ids = made.choices.iter().map(|one| one.value.clone()).collect();
        (ids, made)
    }

    #[test]
    fn a_few_are_all_offered() {
        let (ids, made) = offer(201, None, "nobody");
        assert_eq!(ids.len(), 200, "all people");
        assert!(!made.many && made.note.is_empty());
    }

    #[test]
    fn of_many_the_own_the_chosen_and_the_found_are_offered() {
        let (ids, made) = offer(202, Some("x9"), "");
        assert_eq!(ids, ["x3", "x9"]);
        assert!(made.many && made.note.is_empty());
        let (ids, made) = offer(5_000, None, "  WÉBER   4999 ");
        assert_eq!(ids, ["x3", "x4999"]);
        assert!(made.note.starts_with("1 technician matches"));
        let (_, made) = offer(5_000, Some("x4999"), "wéber 4999");
        assert_eq!(made.note, "", "the one that was found is chosen");
        let (ids, made) = offer(5_000, None, "ann");
        assert_eq!(ids.len(), 51, "the first of those found, and the own");
        assert!(made.note.starts_with("More than 50 technicians"));
        let (ids, made) = offer(5_000, None, "zoe");
        assert_eq!(ids, ["x3"]);
        assert_eq!(made.note, "No technician matches “zoe”.");
    }
}
