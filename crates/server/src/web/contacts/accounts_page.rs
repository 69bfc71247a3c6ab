//! Portal accounts: the list, and the parts of other pages that name some.

use askama::Template;

use crate::web::view::{Badge, Pager, Shell, Time};

/// The list.
#[derive(Debug, Template)]
#[template(path = "contacts/accounts.html")]
pub struct AccountsPage {
    /// The frame.
    pub shell: Shell,
    /// What was searched for.
    pub search: String,
    /// The company it is narrowed to, by its id in addresses.
    pub company: String,
    /// The role it is narrowed to, by its id in addresses.
    pub role: String,
    /// The name of either.
    pub only: String,
    /// Whether it is narrowed at all.
    pub filtered: bool,
    /// The accounts.
    pub rows: Vec<AccountRow>,
    /// Count and paging.
    pub pager: Pager,
}

/// An account at a company.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Name.
    pub name: String,
    /// The contact it was made from; empty: there is none.
    pub href: String,
    /// E-mail.
    pub email: String,
    /// Company.
    pub company: String,
    /// The company's page.
    pub company_href: String,
    /// Role.
    pub role: String,
    /// The role's page; empty for whoever may not see it.
    pub role_href: String,
    /// Status.
    pub status: Badge,
    /// The tool it was imported from; empty: a person added it.
    pub source: String,
    /// When it was made.
    pub since: Time,
    /// When it last signed in.
    pub last_sign_in: Option<Time>,
    /// Whether the person is one of the staff too.
    pub staff: bool,
    /// Its page among the users.
    pub staff_href: String,
}

/// What a contact's page says of its account.
#[derive(Debug, Clone)]
pub struct AccountPart {
    /// The account.
    pub account: Option<AccountRow>,
    /// Whether it was made from another contact with the same address.
    pub by_other: bool,
    /// Why there is none.
    pub none: String,
    /// All accounts of the company.
    pub others: String,
}

#[cfg(test)]
pub mod samples {
    //! Accounts with long and hostile texts.

    use super::*;
    use crate::web::settings::users::status_badge;
    use crate::web::view::sample::{self, HOSTILE};
    use store::identities::MembershipStatus;

    /// One account.
    pub fn account(shell: &Shell, name: &str) -> AccountRow {
        AccountRow {
            name: name.into(),
            href: "/contacts/c".into(),
            email: "maria.huber@brightwater.example".into(),
            company: sample::long(),
            company_href: "/companies/c".into(),
            role: HOSTILE.into(),
            role_href: "/settings/roles/r".into(),
            status: status_badge(MembershipStatus::Imported),
            source: "Autotask".into(),
            since: shell.time(shell.now),
            last_sign_in: None,
            staff: true,
            staff_href: "/settings/users/u".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::account;
    use super::*;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Contacts);
        let plain = AccountRow {
            href: String::new(),
            role_href: String::new(),
            source: String::new(),
            staff_href: String::new(),
            last_sign_in: Some(shell.time(shell.now)),
            ..account(&shell, HOSTILE)
        };
        let mut page = AccountsPage {
            search: HOSTILE.into(),
            company: String::new(),
            role: "r".into(),
            only: sample::long(),
            filtered: true,
            rows: vec![
                account(&shell, "Maria Huber"),
                plain,
                account(&shell, &sample::long()),
            ],
            pager: Pager {
                count: "435 accounts".into(),
                next: Some("/x".into()),
                ..Pager::default()
            },
            shell,
        };
        let html = sample::check("accounts", &page);
        assert!(html.contains(r#"name="role" value="r""#));
        page.rows.clear();
        page.filtered = false;
        sample::check("accounts_none", &page);
    }
}
