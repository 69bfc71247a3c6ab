//! The list of users.

use askama::Template;

use crate::web::settings::imports::source::Tool;
use crate::web::view::{Badge, Choice, Heading, Pager, Shell, Time};

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/users/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// Tools people can be imported from.
    pub sources: Vec<Tool>,
    /// What was searched for.
    pub search: String,
    /// Statuses to filter by.
    pub statuses: Vec<Choice>,
    /// Roles to filter by.
    pub roles: Vec<Choice>,
    /// Sort.
    pub sort: String,
    /// Direction.
    pub direction: String,
    /// Whether anything is filtered by.
    pub filtered: bool,
    /// Whether several can be changed at once.
    pub bulk: bool,
    /// What can be done with several.
    pub actions: Vec<Choice>,
    /// Column headings.
    pub headings: Vec<Heading>,
    /// The users.
    pub rows: Vec<Row>,
    /// Count and paging.
    pub pager: Pager,
    /// Everybody who matches, when that is more than the page: how many, and what the tick says.
    pub everyone: Option<(u64, String)>,
    /// The status filtered by.
    pub status: String,
    /// The role filtered by.
    pub role: String,
}

/// One user.
#[derive(Debug, Clone)]
pub struct Row {
    /// Id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Job title.
    pub title: String,
    /// Role.
    pub role: String,
    /// Status.
    pub status: Badge,
    /// Whether a second factor is set up.
    pub two_factor: bool,
    /// When the user last signed in.
    pub last_sign_in: Option<Time>,
    /// The tools with a linked record.
    pub sources: Vec<String>,
    /// Whether it is the viewer.
    pub you: bool,
    /// The administrator who cannot be switched off by others.
    pub primary: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::users::status_badge;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use store::identities::MembershipStatus;

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let row = |name: &str, status| Row {
            uuid: "u".into(),
            name: name.into(),
            email: "maria.huber@northwind-msp.example".into(),
            title: "Service Desk Lead".into(),
            role: "Technician".into(),
            status: status_badge(status),
            two_factor: true,
            last_sign_in: Some(shell.time(shell.now)),
            sources: vec!["Autotask".into()],
            you: false,
            primary: false,
        };
        let mut page = ListPage {
            sources: vec![
                Tool {
                    key: "autotask",
                    name: "Autotask",
                    connected: true,
                },
                Tool {
                    key: "halo_psa",
                    name: "Halo PSA",
                    connected: false,
                },
            ],
            everyone: Some((5_012, "Select all 5,012 users that match".into())),
            status: "active".into(),
            role: String::new(),
            search: HOSTILE.into(),
            statuses: vec![Choice::new("active", "Active", true)],
            roles: vec![Choice::new("r", HOSTILE, false)],
            sort: String::new(),
            direction: String::new(),
            filtered: false,
            bulk: true,
            actions: vec![Choice::new("role", "Change role", false)],
            headings: [
                "Name",
                "E-mail",
                "Role",
                "Status",
                "Two-factor",
                "Last Login",
                "Linked to",
            ]
            .map(Heading::fixed)
            .into(),
            rows: vec![
                Row {
                    you: true,
                    primary: true,
                    ..row("Ada Moreno", MembershipStatus::Active)
                },
                Row {
                    two_factor: false,
                    last_sign_in: None,
                    ..row("Maria Huber", MembershipStatus::Imported)
                },
                Row {
                    email: sample::long(),
                    role: sample::long(),
                    title: sample::long(),
                    sources: vec!["Autotask".into(), HOSTILE.into()],
                    ..row(&sample::long(), MembershipStatus::Invited)
                },
                row(HOSTILE, MembershipStatus::Disabled),
            ],
            pager: Pager {
                count: "4 users".into(),
                next: Some("/x".into()),
                export: "/settings/users.csv".into(),
                ..Pager::default()
            },
            shell,
        };
        let html = sample::check("users", &page);
        assert!(html.contains("Import from Autotask") && html.contains("not connected<"));
        assert!(html.contains("User Can’t Access a Feature"));
        page.rows.clear();
        assert!(sample::check("users_empty", &page).contains("Nobody else yet"));
        page.shell.rights.manage_users = false;
        page.bulk = false;
        assert!(!sample::check("users_reader", &page).contains("Add User"));
    }
}
