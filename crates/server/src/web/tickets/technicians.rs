//! Whose tickets the list can be narrowed to: everybody's, or, where they are too many for one list, the viewer's own,
//! those of whoever is chosen, and those of whom a name finds.

use domain::id::IntegrationId;
use domain::text::name_key;
use store::technicians::{self, TechnicianRow};

use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Failure;
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
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn offer(
        app: &App,
        staff: &Staff,
        integration: IntegrationId,
        chosen: Option<&str>,
        name: &str,
    ) -> Result<Self, Failure> {
        let (store, viewer) = (app.store(), staff.viewer());
        let all = technicians::count_for_viewer(store, viewer, integration, OFFERED as i64 + 1);
        if all.await? <= OFFERED as u64 {
            let all = technicians::list_for_viewer(store, viewer, Some(integration)).await?;
            return Ok(Self::all(all));
        }
        let found = match name_key(name).is_empty() {
            true => Vec::new(),
            false => {
                let most = FOUND as i64 + 1;
                technicians::list_named(store, viewer, integration, name, most).await?
            }
        };
        let mut known =
            technicians::list_of_user(store, viewer, integration, staff.identity).await?;
        if let Some(id) = chosen {
            known.extend(technicians::find_for_viewer(store, viewer, integration, id).await?);
        }
        Ok(Self::some(known, found, chosen, name))
    }

    fn all(people: Vec<TechnicianRow>) -> Self {
        Self {
            choices: choices(people),
            ..Self::default()
        }
    }

    /// Of many: those who are offered whatever was typed, and whom the name found, one more than are shown.
    fn some(
        known: Vec<TechnicianRow>,
        mut found: Vec<TechnicianRow>,
        chosen: Option<&str>,
        name: &str,
    ) -> Self {
        let count = found.len();
        found.truncate(FOUND);
        let settled = found
            .iter()
            .any(|row| chosen == Some(row.external_id.as_str()));
        found.extend(known);
        found.sort_by(|a, b| (&a.name_key, a.id).cmp(&(&b.name_key, b.id)));
        found.dedup_by_key(|row| row.id);
        Self {
            note: if name_key(name).is_empty() || settled {
                String::new()
            } else {
                note(name, count)
            },
            choices: choices(found),
            many: true,
        }
    }
}

fn choices(people: Vec<TechnicianRow>) -> Vec<Choice> {
    people
        .into_iter()
        .filter(|row| row.person)
        .map(|row| Choice::new(row.external_id, row.name, false))
        .collect()
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

    fn person(id: i64, name: &str) -> TechnicianRow {
        TechnicianRow {
            id,
            integration: IntegrationId(1),
            external_id: format!("x{id}"),
            name_key: name_key(name),
            name: name.to_owned(),
            email: None,
            title: None,
            active: true,
            person: id != 1,
            identity: None,
        }
    }

    fn some(known: &[i64], found: &[i64], chosen: Option<&str>) -> (Vec<String>, Technicians) {
        let people = |ids: &[i64]| {
            let one = |id: &i64| person(*id, &format!("Ann Wéber {id:04}"));
            ids.iter().map(one).collect()
        };
        let name = if found.is_empty() { "" } else { "wéber" };
        let made = Technicians::some(people(known), people(found), chosen, name);
        let ids = made.choices.iter().map(|one| one.value.clone()).collect();
        (ids, made)
    }

    #[test]
    fn people_alone_are_offered() {
        let all = (1..=3).map(|id| person(id, "Ann")).collect();
        let made = Technicians::all(all);
        assert_eq!(made.choices.len(), 2, "the first is a service account");
        assert!(!made.many && made.note.is_empty());
    }

    #[test]
    fn of_many_the_known_and_the_found_are_offered_once_and_by_name() {
        let (ids, made) = some(&[3, 9], &[], Some("x9"));
        assert_eq!(ids, ["x3", "x9"]);
        assert!(made.many && made.note.is_empty());
        let (ids, made) = some(&[3, 4_999], &[2, 3], Some("x4999"));
        assert_eq!(ids, ["x2", "x3", "x4999"]);
        assert!(
            made.note.starts_with("2 technicians match"),
            "{}",
            made.note
        );
        let (_, made) = some(&[3], &[3], Some("x3"));
        assert_eq!(made.note, "", "the one that was found is chosen");
        let many: Vec<i64> = (100..151).collect();
        let (ids, made) = some(&[3], &many, None);
        assert_eq!(ids.len(), 51, "the first of those found, and the own");
        assert!(made.note.starts_with("More than 50 technicians"));
    }

    #[test]
    fn a_name_that_finds_nobody_says_so() {
        let made = Technicians::some(Vec::new(), Vec::new(), None, "zoe");
        assert_eq!(made.note, "No technician matches “zoe”.");
        assert!(made.many && made.choices.is_empty());
    }
}
