//! What is written down about a role: read from a form, and put together when two administrators edit at once.

use domain::permission::{Area, Grants, RoleKind};
use domain::text::{has_visible, one_line};
use serde::{Deserialize, Serialize};
use store::roles::{Role, RoleContent};

use super::matrix::{self, level_text};
use crate::web::form::Fields;

/// Longest name.
const NAME: usize = 100;
/// Longest description.
const DESCRIPTION: usize = 300;

/// The content of a role.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Content {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// What it grants.
    pub grants: Grants,
    /// Whether it is chosen beforehand.
    pub is_default: bool,
    /// Whether it asks for a second factor.
    pub two_factor: bool,
}

/// Which parts of a role this viewer may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editable {
    /// Name and description.
    pub words: bool,
    /// Whether it is the default and asks for a second factor.
    pub flags: bool,
    /// What it grants.
    pub grants: bool,
}

impl Content {
    /// What is stored.
    #[must_use]
    pub fn of(role: &Role) -> Self {
        Self {
            name: role.name.clone(),
            description: role.description.clone(),
            grants: role.grants.clone(),
            is_default: role.is_default,
            two_factor: role.requires_two_factor,
        }
    }

    /// What a form carries. What could not be changed on the page, or was not on it, is as it was.
    #[must_use]
    pub fn read(fields: &Fields, kind: RoleKind, base: &Self, editable: Editable) -> Self {
        let mut content = base.clone();
        if editable.words {
            content.name = fields.text("name").to_owned();
            content.description = one_line(fields.text("description"));
        }
        if editable.flags {
            content.two_factor = fields.has("two_factor");
            // A default role stays one until another becomes it.
            content.is_default = base.is_default || fields.has("is_default");
        }
        if editable.grants {
            let chosen = matrix::read(fields, kind);
            for area in matrix::areas(kind) {
                if !fields.has(&format!("grant.{}", area.key())) {
                    continue;
                }
                match chosen.0.get(&area) {
                    Some(level) => content.grants.0.insert(area, *level),
                    None => content.grants.0.remove(&area),
                };
            }
        }
        content
    }

    /// For the store.
    #[must_use]
    pub fn as_row(&self) -> RoleContent<'_> {
        RoleContent {
            name: &self.name,
            description: &self.description,
            grants: &self.grants,
            is_default: self.is_default,
            requires_two_factor: self.two_factor,
        }
    }

    /// What is wrong with name and description, empty when nothing is.
    #[must_use]
    pub fn problems(&self) -> (String, String) {
        let name = match self.name.chars().count() {
            _ if !has_visible(&self.name) => "Enter a name.".to_owned(),
            length if length > NAME => format!("Use at most {NAME} characters."),
            _ => String::new(),
        };
        let description = if self.description.chars().count() > DESCRIPTION {
            format!("Use at most {DESCRIPTION} characters.")
        } else {
            String::new()
        };
        (name, description)
    }

    /// For the audit log.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Two edits of one role put together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// What only one of them changed is as that one left it; what both changed is as I left it.
    pub content: Content,
    /// What both changed, differently, each with what the other saved.
    pub conflicts: Vec<String>,
    /// The areas among these.
    pub areas: Vec<(Area, String)>,
}

/// Puts two edits together: nothing that only one of them touched is lost.
#[must_use]
pub fn merge(base: &Content, theirs: &Content, mine: &Content) -> Merged {
    let mut merged = Merged {
        content: theirs.clone(),
        ..Merged::default()
    };
    let text = |value: &String| format!("“{value}”");
    let switch = |on: &bool| if *on { "on" } else { "off" }.to_owned();
    let mut conflicts = Vec::new();
    if pick(
        &base.name,
        &theirs.name,
        &mine.name,
        &mut merged.content.name,
    ) {
        conflicts.push(format!(
            "Role Name: saved {}, yours {}",
            text(&theirs.name),
            text(&mine.name)
        ));
    }
    if pick(
        &base.description,
        &theirs.description,
        &mine.description,
        &mut merged.content.description,
    ) {
        conflicts.push(format!(
            "Description: saved {}, yours {}",
            text(&theirs.description),
            text(&mine.description)
        ));
    }
    if pick(
        &base.two_factor,
        &theirs.two_factor,
        &mine.two_factor,
        &mut merged.content.two_factor,
    ) {
        conflicts.push(format!(
            "Requires two-factor: saved {}",
            switch(&theirs.two_factor)
        ));
    }
    if pick(
        &base.is_default,
        &theirs.is_default,
        &mine.is_default,
        &mut merged.content.is_default,
    ) {
        conflicts.push(format!(
            "Set as Default: saved {}",
            switch(&theirs.is_default)
        ));
    }
    for area in Area::ALL {
        let of = |content: &Content| content.grants.0.get(&area).copied();
        let mut level = of(theirs);
        if pick(&of(base), &of(theirs), &of(mine), &mut level) {
            let saved = level_text(area, of(theirs));
            conflicts.push(format!(
                "{}: saved {saved}, yours {}",
                area.label(),
                level_text(area, of(mine))
            ));
            merged
                .areas
                .push((area, format!("Meanwhile saved by somebody else: {saved}.")));
        }
        match level {
            Some(level) => merged.content.grants.0.insert(area, level),
            None => merged.content.grants.0.remove(&area),
        };
    }
    merged.conflicts = conflicts;
    merged
}

/// Puts mine in place unless I did not touch it; answers whether both changed it, differently.
fn pick<T: PartialEq + Clone>(base: &T, theirs: &T, mine: &T, place: &mut T) -> bool {
    if mine == base || mine == theirs {
        return false;
    }
    place.clone_from(mine);
    theirs != base
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::permission::Level;

    fn content(name: &str, tickets: Level) -> Content {
        Content {
            name: name.into(),
            grants: Grants([(Area::Tickets, tickets), (Area::Companies, Level::Read)].into()),
            ..Content::default()
        }
    }

    #[test]
    fn what_only_one_changed_is_kept() {
        let merged = merge(
            &content("Desk", Level::Read),
            &content("Service Desk", Level::Read),
            &content("Desk", Level::Write),
        );
        assert_eq!(merged.content, content("Service Desk", Level::Write));
        assert!(merged.conflicts.is_empty());
    }

    #[test]
    fn what_both_changed_is_a_question_and_mine_is_shown() {
        let merged = merge(
            &content("Desk", Level::Read),
            &content("Desk", Level::Manage),
            &content("Desk", Level::Write),
        );
        assert_eq!(merged.content, content("Desk", Level::Write));
        assert_eq!(
            merged.conflicts,
            ["Tickets: saved Manage Tickets, yours Write Tickets"]
        );
        assert_eq!(merged.areas.len(), 1);
    }

    #[test]
    fn what_the_page_could_not_change_stays() {
        let base = content("Desk", Level::Manage);
        let fields = Fields::parse(b"name=Other&grant.tickets=read&grant.users=manage");
        let words = Editable {
            words: true,
            flags: false,
            grants: false,
        };
        let read = Content::read(&fields, RoleKind::Staff, &base, words);
        assert_eq!(
            read,
            Content {
                name: "Other".into(),
                ..base.clone()
            }
        );
        let all = Editable {
            words: true,
            flags: true,
            grants: true,
        };
        let read = Content::read(&fields, RoleKind::Staff, &base, all);
        assert_eq!(read.grants.0.get(&Area::Tickets), Some(&Level::Read));
        assert_eq!(
            read.grants.0.get(&Area::Companies),
            Some(&Level::Read),
            "not on the page"
        );
        assert_eq!(read.grants.0.get(&Area::Users), Some(&Level::Manage));
    }
}
