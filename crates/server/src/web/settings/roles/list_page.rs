//! The list of roles, and the question before one is deleted.

use askama::Template;

use crate::web::view::{Link, Shell};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/roles/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// Roles of staff, roles of people at companies.
    pub groups: Vec<Group>,
}

/// Roles of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    /// The kind's key.
    pub key: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What they are for.
    pub help: &'static str,
    /// What to say when there are none.
    pub none: &'static str,
    /// The roles.
    pub rows: Vec<Row>,
}

/// One role.
#[derive(Debug, Clone)]
pub struct Row {
    /// Id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// How many have it.
    pub users: String,
    /// Where they are listed; empty for whoever may not see them.
    pub users_href: String,
    /// What it grants, such as *Manage Users*.
    pub levels: Vec<String>,
    /// Whether it asks for a second factor.
    pub two_factor: bool,
    /// Whether it is chosen beforehand.
    pub is_default: bool,
    /// Whether it is the viewer's own.
    pub yours: bool,
    /// Whether it can be deleted when nobody uses it.
    pub deletable: bool,
}

/// The question before a role is deleted, or why it cannot be.
#[derive(Debug, Template)]
#[template(path = "settings/roles/delete.html")]
pub struct DeletePage {
    /// The frame.
    pub shell: Shell,
    /// Id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Why it cannot be deleted whatever is done; empty: it can.
    pub refused: String,
    /// Who and what uses it, each with the place to change that.
    pub uses: Vec<Link>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let row = |name: &str| Row {
            uuid: "r".into(),
            name: name.into(),
            description: "Everyday work.".into(),
            users: "12".into(),
            users_href: "/settings/users?role=r".into(),
            levels: [
                "Read Companies",
                "Write Tickets",
                "Read Opportunities",
                "Read Integrations",
            ]
            .map(str::to_owned)
            .into(),
            two_factor: false,
            is_default: false,
            yours: false,
            deletable: true,
        };
        let staff = Group {
            key: "staff",
            title: "Staff roles",
            help: "For the people of your own company.",
            none: "",
            rows: vec![
                Row {
                    yours: true,
                    two_factor: true,
                    deletable: false,
                    ..row("Administrator")
                },
                Row {
                    is_default: true,
                    ..row("Technician")
                },
                Row {
                    description: sample::long(),
                    levels: vec![],
                    users: "0".into(),
                    users_href: String::new(),
                    ..row(HOSTILE)
                },
                row(&sample::long()),
            ],
        };
        let company = Group {
            key: "company",
            title: "Company roles",
            help: "For the people of your clients.",
            none: "Add one to let people of your clients in.",
            rows: vec![],
        };
        let shell = sample::shell(Section::Settings);
        let list = ListPage {
            shell: shell.clone(),
            groups: vec![staff, company],
        };
        let html = sample::check("roles", &list);
        assert!(html.contains("Role Changes Not Taking Effect"));
        let mut question = DeletePage {
            shell,
            uuid: "r".into(),
            name: HOSTILE.into(),
            refused: String::new(),
            uses: vec![
                Link::new("/settings/users?role=r", "12 users"),
                Link::new("", "3 people at companies"),
            ],
        };
        let html = sample::check("role_used", &question);
        assert!(html.contains("cannot be deleted") && !html.contains(">Delete</button>"));
        question.uses.clear();
        assert!(sample::check("role_delete", &question).contains(">Delete</button>"));
    }
}
