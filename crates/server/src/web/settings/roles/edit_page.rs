//! Creating and editing a role.

use askama::Template;

use super::matrix::MatrixSection;
use crate::web::view::{Choice, Link, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/roles/edit.html")]
pub struct EditPage {
    /// The frame.
    pub shell: Shell,
    /// Id in addresses; empty: a new role.
    pub uuid: String,
    /// Title of the page.
    pub heading: String,
    /// *Staff role* or *Company role*.
    pub kind_label: &'static str,
    /// The kind inside a sentence.
    pub kind_word: &'static str,
    /// The kinds to choose from for a new role.
    pub kinds: Vec<Choice>,
    /// Who has it.
    pub uses: Option<Link>,
    /// Came with Portico.
    pub shipped: bool,
    /// Why it cannot be changed; empty: it can.
    pub locked: String,
    /// What is wrong with the whole form.
    pub error: String,
    /// What two administrators changed at once.
    pub conflicts: Vec<String>,
    /// The state the page was opened on.
    pub revision: i64,
    /// What the role was then.
    pub base: String,
    /// Name.
    pub name: String,
    /// What is wrong with it.
    pub name_error: String,
    /// Description.
    pub description: String,
    /// What is wrong with it.
    pub description_error: String,
    /// Whether it asks for a second factor.
    pub two_factor: bool,
    /// Whether it is chosen beforehand.
    pub is_default: bool,
    /// Whether it is the default now, which only another default ends.
    pub default_locked: bool,
    /// Whether the viewer may change name and description.
    pub can_rename: bool,
    /// Whether the viewer may change whether it is the default and asks for a second factor.
    pub can_manage: bool,
    /// Whether the viewer may change what it grants.
    pub can_grant: bool,
    /// The permissions.
    pub matrix: Vec<MatrixSection>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::roles::matrix::matrix;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use domain::permission::{Area, Grants, Level, RoleKind};

    #[test]
    fn renders() {
        let grants = Grants(
            [
                (Area::Companies, Level::Read),
                (Area::Tickets, Level::Write),
                (Area::Users, Level::Manage),
            ]
            .into(),
        );
        let mut own = Grants::everything();
        own.0.insert(Area::Settings, Level::Read);
        let meanwhile = [(Area::Tickets, "Meanwhile saved: Read Tickets".to_owned())];
        let mut page = EditPage {
            shell: sample::shell(Section::Settings),
            uuid: "r".into(),
            heading: HOSTILE.into(),
            kind_label: "Staff role",
            kind_word: "staff",
            kinds: vec![],
            uses: Some(Link::new("/settings/users?role=r", "12 users")),
            shipped: false,
            locked: String::new(),
            error: "Nothing was saved.".into(),
            conflicts: vec![HOSTILE.into()],
            revision: 3,
            base: "{\"name\":\"<script>\"}".into(),
            name: sample::long(),
            name_error: "Another staff role has this name.".into(),
            description: HOSTILE.into(),
            description_error: String::new(),
            two_factor: true,
            is_default: false,
            default_locked: false,
            can_rename: true,
            can_manage: true,
            can_grant: true,
            matrix: matrix(RoleKind::Staff, &grants, &own, &meanwhile),
        };
        let html = sample::check("role", &page);
        assert!(html.contains("Start a sync") && html.contains("Meanwhile saved"));
        page.uuid.clear();
        page.heading = "Add Role".into();
        page.uses = None;
        page.conflicts.clear();
        page.error.clear();
        page.name_error.clear();
        page.name = "Technician".into();
        page.kinds = vec![
            Choice::new("staff", "Staff: people of your own company", true),
            Choice::new("company", "Company: people of your clients", false),
        ];
        sample::check("role_new", &page);
        page.uuid = "r".into();
        page.can_rename = false;
        page.can_manage = false;
        page.can_grant = false;
        page.locked = "You need the right Manage Roles to change it.".into();
        let html = sample::check("role_reader", &page);
        assert!(!html.contains(">Save</button>"));
    }
}
