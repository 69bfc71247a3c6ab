//! The fields of a user: what is shown, what was typed, and what became of it when two people edit at once.

use serde::{Deserialize, Serialize};

use crate::web::form::Fields;
use crate::web::view::Choice;

/// The values of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserValues {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Job title.
    pub title: String,
    /// Phone.
    pub phone: String,
    /// The role, by its id in addresses.
    pub role: String,
}

/// The keys of the text fields, in order.
pub const KEYS: [&str; 4] = ["name", "email", "title", "phone"];

impl UserValues {
    /// What a form carries.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        Self {
            name: fields.text("name").to_owned(),
            email: fields.text("email").to_owned(),
            title: fields.text("title").to_owned(),
            phone: fields.text("phone").to_owned(),
            role: fields.text("role").to_owned(),
        }
    }

    /// The value of a text field.
    #[must_use]
    pub fn get(&self, key: &str) -> &str {
        match key {
            "name" => &self.name,
            "email" => &self.email,
            "title" => &self.title,
            "phone" => &self.phone,
            "role" => &self.role,
            _ => "",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// The field: a key of [`KEYS`] or `role`; empty: the whole form.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub sentence: String,
    /// Where that can be done; empty: nowhere in particular.
    pub href: String,
    /// What the link says.
    pub label: String,
}

impl Problem {
    /// A problem without a link.
    #[must_use]
    pub fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            field,
            sentence: sentence.into(),
            ..Self::default()
        }
    }
}

/// The form.
#[derive(Debug, Clone, Default)]
pub struct UserForm {
    /// What is wrong with the whole of it.
    pub error: String,
    /// What stands in the fields.
    pub values: UserValues,
    /// What stood in them when the page was opened.
    pub base: UserValues,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What somebody else saved meanwhile, by field.
    pub meanwhile: Vec<(&'static str, String)>,
    /// Whether the viewer may save anything.
    pub editable: bool,
    /// Why the e-mail address cannot be changed; empty: it can.
    pub email_locked: String,
    /// Why the role cannot be changed; empty: it can.
    pub role_locked: String,
    /// Roles to choose from.
    pub roles: Vec<Choice>,
    /// Name of the present role.
    pub role_name: String,
    /// What is wrong with the role.
    pub role_error: String,
    /// The role somebody else gave meanwhile.
    pub role_meanwhile: String,
    /// Whether a role has to be chosen first.
    pub role_needed: bool,
    /// Whether to send the welcome e-mail.
    pub welcome: bool,
    /// The person at a client who has the address, and what becomes of that one; empty: nobody has.
    pub client: String,
    /// Whether whoever has it is to become one of the staff.
    pub join: bool,
    /// The address that is said for.
    pub join_key: String,
}

/// A text field.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name and id.
    pub key: &'static str,
    /// Label.
    pub label: &'static str,
    /// Type of the input.
    pub kind: &'static str,
    /// What stands in it.
    pub value: String,
    /// Most characters.
    pub max: usize,
    /// Whether it must be filled in.
    pub required: bool,
    /// What is wrong.
    pub error: String,
    /// Where that can be changed.
    pub error_href: String,
    /// What that link says.
    pub error_label: String,
    /// What somebody else saved meanwhile.
    pub meanwhile: String,
    /// Why it cannot be changed.
    pub locked: String,
    /// What it is for.
    pub help: &'static str,
}

impl Field {
    /// Whether something under it describes it.
    #[must_use]
    pub const fn is_described(&self) -> bool {
        !(self.error.is_empty()
            && self.meanwhile.is_empty()
            && self.locked.is_empty()
            && self.help.is_empty())
    }

    /// The ids of what describes it.
    #[must_use]
    pub fn described_by(&self) -> String {
        let key = self.key;
        let mut ids = Vec::new();
        if !self.error.is_empty() {
            ids.push(format!("{key}-error"));
        }
        if !self.meanwhile.is_empty() {
            ids.push(format!("{key}-meanwhile"));
        }
        if !self.locked.is_empty() || !self.help.is_empty() {
            ids.push(format!("{key}-help"));
        }
        ids.join(" ")
    }
}

impl UserForm {
    /// What the page was opened with, for a hidden field.
    #[must_use]
    pub fn base_text(&self) -> String {
        serde_json::to_string(&self.base).unwrap_or_default()
    }

    /// Puts problems where they belong: at the role, or above the form.
    pub fn tell(&mut self, problems: Vec<Problem>) {
        for problem in problems {
            match problem.field {
                "" => self.error = problem.sentence,
                "role" => self.role_error = problem.sentence,
                _ => self.problems.push(problem),
            }
        }
    }

    /// The text fields, ready to be shown.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let read_only = if self.editable {
            String::new()
        } else {
            "Changing it needs the right Write Users.".to_owned()
        };
        KEYS.into_iter()
            .map(|key| {
                let (label, kind, max) = match key {
                    "name" => ("Name", "text", 200),
                    "email" => ("E-mail", "email", 254),
                    "title" => ("Job title", "text", 200),
                    _ => ("Phone", "tel", 50),
                };
                let problem = self.problems.iter().find(|problem| problem.field == key);
                let meanwhile = self.meanwhile.iter().find(|(field, _)| *field == key);
                let (sentence, href, link) = problem.map_or_else(Default::default, |problem| {
                    (
                        problem.sentence.clone(),
                        problem.href.clone(),
                        problem.label.clone(),
                    )
                });
                Field {
                    key,
                    label,
                    kind,
                    value: self.values.get(key).to_owned(),
                    max,
                    required: matches!(key, "name" | "email"),
                    error: sentence,
                    error_href: href,
                    error_label: link,
                    meanwhile: meanwhile.map(|(_, text)| text.clone()).unwrap_or_default(),
                    locked: if key == "email" && !self.email_locked.is_empty() {
                        self.email_locked.clone()
                    } else {
                        read_only.clone()
                    },
                    help: if key == "email" {
                        "What the person signs in with."
                    } else {
                        ""
                    },
                }
            })
            .collect()
    }
}

/// Two edits of the same user put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// What only this person changed, and both changed alike; everything else is as it is now.
    pub values: UserValues,
    /// Fields both changed, differently.
    pub conflicts: Vec<&'static str>,
}

/// Puts two edits together: what this person did not touch is kept as somebody else left it.
#[must_use]
pub fn merge(base: &UserValues, theirs: &UserValues, mine: &UserValues) -> Merged {
    let mut values = theirs.clone();
    let mut conflicts = Vec::new();
    for key in KEYS.into_iter().chain(["role"]) {
        let (base, theirs, mine) = (base.get(key), theirs.get(key), mine.get(key));
        if mine == base || mine == theirs {
            continue;
        }
        if theirs != base {
            conflicts.push(key);
        }
        let place = match key {
            "name" => &mut values.name,
            "email" => &mut values.email,
            "title" => &mut values.title,
            "phone" => &mut values.phone,
            _ => &mut values.role,
        };
        mine.clone_into(place);
    }
    Merged { values, conflicts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(name: &str, title: &str, role: &str) -> UserValues {
        UserValues {
            name: name.into(),
            title: title.into(),
            role: role.into(),
            ..UserValues::default()
        }
    }

    #[test]
    fn two_edits_of_different_fields_are_both_kept() {
        let merged = merge(
            &values("Ann", "", "r1"),
            &values("Ann", "Lead", "r1"),
            &values("Anna", "", "r1"),
        );
        assert_eq!(merged.values, values("Anna", "Lead", "r1"));
        assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn two_edits_of_one_field_are_a_question() {
        let merged = merge(
            &values("Ann", "", "r1"),
            &values("Annette", "", "r2"),
            &values("Anna", "", "r2"),
        );
        assert_eq!(merged.conflicts, ["name"]);
        assert_eq!(merged.values, values("Anna", "", "r2"), "mine is shown");
    }
}
