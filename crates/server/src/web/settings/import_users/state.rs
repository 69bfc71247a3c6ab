//! What the form of a list of people carries beside what every list does: addresses, links, role and welcome.

use std::collections::{BTreeMap, BTreeSet};

use domain::email::email_key;

use crate::web::form::Fields;
use crate::web::settings::imports::list_state::ListState;
use crate::web::view::Query;

/// The state of the list of people.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PickerState {
    /// What every list carries.
    pub list: ListState,
    /// Addresses typed for those without one.
    pub emails: BTreeMap<i64, String>,
    /// Users to link to, by e-mail.
    pub links: BTreeMap<i64, String>,
    /// Which of these the page itself had proposed.
    pub suggested: BTreeMap<i64, String>,
    /// Those at a client who are to become staff, by the address that was ticked.
    pub joins: BTreeMap<i64, String>,
    /// The role, by its id in addresses.
    pub role: String,
    /// Whether to send the welcome e-mail.
    pub welcome: bool,
}

impl PickerState {
    /// From an address.
    #[must_use]
    pub fn of_query(query: &Query) -> Self {
        Self {
            list: ListState::of_query(query),
            ..Self::default()
        }
    }

    /// What was sent.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let mut state = Self {
            list: ListState::of_form(fields),
            role: fields.text("role").to_owned(),
            welcome: fields.has("welcome"),
            ..Self::default()
        };
        for (name, value) in fields.iter() {
            let value = value.trim();
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
        state
    }

    /// The user somebody is to be linked to: one that was typed, or one the page proposed for somebody who is ticked.
    #[must_use]
    pub fn link_of(&self, id: i64) -> Option<&str> {
        let proposed = || {
            self.proposed_link(id)
                .filter(|_| self.list.picks.contains(&id))
        };
        self.typed_link(id).or_else(proposed)
    }

    /// The user a person typed, other than the one the page proposed.
    #[must_use]
    pub fn typed_link(&self, id: i64) -> Option<&str> {
        let link = self.links.get(&id)?;
        (self.suggested.get(&id) != Some(link)).then_some(link)
    }

    /// The user the page proposed, as long as it stands in the field.
    #[must_use]
    pub fn proposed_link(&self, id: i64) -> Option<&str> {
        let link = self.links.get(&id)?;
        (self.suggested.get(&id) == Some(link)).then_some(link)
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
        self.list.everyone || !self.chosen().is_empty()
    }

    /// Whether somebody may be created, who then needs a role: links alone need none.
    #[must_use]
    pub fn creates(&self) -> bool {
        (self.list.everyone && !self.list.is_quick())
            || self
                .chosen()
                .into_iter()
                .any(|id| self.link_of(id).is_none())
    }

    /// Everybody who is chosen one by one: ticked, or linked to a user that was typed.
    #[must_use]
    pub fn chosen(&self) -> BTreeSet<i64> {
        let linked = self.links.keys().filter(|id| self.link_of(**id).is_some());
        self.list.picks.iter().chain(linked).copied().collect()
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
        assert_eq!(
            (state.list.search.as_str(), state.list.unlinked_only),
            ("hub", true)
        );
        assert_eq!(state.list.picks, [1, 2].into());
        assert_eq!(state.emails, [(2, "a@b.example".to_owned())].into());
        assert_eq!(state.chosen(), [1, 2, 3].into());
        assert!(state.list.import && state.welcome && !state.list.everyone);
    }

    #[test]
    fn a_proposed_link_counts_only_when_it_is_ticked() {
        let proposed = "link.5=ann@x.example&suggested.5=ann@x.example";
        assert_eq!(read(proposed).chosen(), BTreeSet::new());
        let ticked = read(&format!("{proposed}&pick=5"));
        assert_eq!(ticked.link_of(5), Some("ann@x.example"));
        assert_eq!(ticked.typed_link(5), None, "nobody typed it");
        let other = read("link.5=bob@x.example&suggested.5=ann@x.example");
        assert_eq!(other.link_of(5), Some("bob@x.example"));
        assert_eq!(other.typed_link(5), other.link_of(5));
        let emptied = read("link.5=&suggested.5=ann@x.example&pick=5");
        assert_eq!(emptied.link_of(5), None, "somebody new is wanted");
        assert_eq!((other.creates(), emptied.creates()), (false, true));
    }
}
