//! One user, adding one, and the questions asked before something is done to some.

use askama::Template;

use super::form::UserForm;
use crate::web::contacts::accounts_page::AccountRow;
use crate::web::view::{Badge, Choice, Fact, Shell};

/// One user.
#[derive(Debug, Template)]
#[template(path = "settings/users/show.html")]
pub struct ShowPage {
    /// The frame.
    pub shell: Shell,
    /// Id in addresses.
    pub uuid: String,
    /// Name.
    pub name: String,
    /// Initials of it.
    pub initials: String,
    /// E-mail.
    pub email: String,
    /// Whether it is the viewer.
    pub you: bool,
    /// The administrator who cannot be switched off by others.
    pub primary: bool,
    /// Status.
    pub status: Badge,
    /// What the status means.
    pub status_meaning: String,
    /// Last login and the like.
    pub facts: Vec<Fact>,
    /// Why something cannot be done.
    pub access_note: String,
    /// The fields.
    pub form: UserForm,
    /// Records of vendors that are this person.
    pub links: Vec<LinkedRecord>,
    /// The accounts the person has at clients.
    pub accounts: Vec<AccountRow>,
    /// Whether a welcome e-mail can be sent.
    pub can_welcome: bool,
    /// What its button says.
    pub welcome_label: &'static str,
    /// Whether a lost second factor can be taken away.
    pub can_reset: bool,
    /// Whether the user can be switched off.
    pub can_deactivate: bool,
    /// Whether the user can be switched on.
    pub can_reactivate: bool,
}

/// A record of a vendor that is this person.
#[derive(Debug, Clone)]
pub struct LinkedRecord {
    /// Row id.
    pub id: i64,
    /// Key of the provider.
    pub provider_key: String,
    /// Name of the integration.
    pub integration: String,
    /// Name there.
    pub name: String,
    /// E-mail there.
    pub email: String,
    /// The vendor's id.
    pub external_id: String,
    /// Inactive, removed.
    pub note: String,
}

/// Adding a user.
#[derive(Debug, Template)]
#[template(path = "settings/users/new.html")]
pub struct NewPage {
    /// The frame.
    pub shell: Shell,
    /// The fields.
    pub form: UserForm,
}

/// A question before something is done.
#[derive(Debug, Template)]
#[template(path = "settings/users/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub shell: Shell,
    /// The question.
    pub title: String,
    /// Where the form goes.
    pub action: String,
    /// Where *Cancel* leads.
    pub back: String,
    /// What it carries.
    pub hidden: Vec<(String, String)>,
    /// What happens.
    pub lines: Vec<String>,
    /// Whom it is about, when there are several.
    pub people: Vec<Named>,
    /// What to say about those not listed.
    pub more: String,
    /// Roles to choose from, when one is needed.
    pub roles: Vec<Choice>,
    /// What is wrong with the role.
    pub role_error: String,
    /// Why it cannot be done.
    pub error: String,
    /// What the button says; empty: there is nothing to confirm.
    pub button: String,
    /// Whether something is lost.
    pub dangerous: bool,
}

/// A person in short.
#[derive(Debug, Clone)]
pub struct Named {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
}

/// What became of a change of several.
#[derive(Debug, Template)]
#[template(path = "settings/users/bulk_result.html")]
pub struct BulkResultPage {
    /// The frame.
    pub shell: Shell,
    /// What was done.
    pub title: String,
    /// Class of the banner.
    pub tone: &'static str,
    /// Its symbol.
    pub symbol: &'static str,
    /// How many were done and not done.
    pub summary: String,
    /// How many were done.
    pub done_count: String,
    /// The first of them.
    pub done: Vec<BulkLine>,
    /// What to say about the others.
    pub done_more: String,
    /// How many were not.
    pub refused_count: String,
    /// The first of them, and why.
    pub refused: Vec<BulkLine>,
    /// What to say about the others.
    pub refused_more: String,
}

/// One person of it.
#[derive(Debug, Clone)]
pub struct BulkLine {
    /// Name.
    pub name: String,
    /// The user's page.
    pub href: String,
    /// The reason, or what is worth knowing.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::contacts::accounts_page::samples::account;
    use crate::web::settings::users::form::{Problem, UserValues};
    use crate::web::settings::users::status_badge;
    use crate::web::view::Section;
    use crate::web::view::sample::{self, HOSTILE};
    use store::identities::MembershipStatus;

    fn form() -> UserForm {
        UserForm {
            editable: true,
            values: UserValues {
                name: sample::long(),
                email: HOSTILE.into(),
                title: "Service Desk Lead".into(),
                phone: "+43 316 123456".into(),
                role: "r".into(),
            },
            problems: vec![Problem {
                field: "email",
                sentence: "Maria Huber has this address already.".into(),
                href: "/settings/users/x".into(),
                label: "Open Maria Huber".into(),
            }],
            meanwhile: vec![("name", "Meanwhile saved: Annette".into())],
            roles: vec![Choice::new("r", HOSTILE, true)],
            role_needed: true,
            ..UserForm::default()
        }
    }

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let mut page = ShowPage {
            uuid: "u".into(),
            name: sample::long(),
            initials: "MH".into(),
            email: HOSTILE.into(),
            you: true,
            primary: true,
            status: status_badge(MembershipStatus::Active),
            status_meaning: "Can sign in.".into(),
            facts: vec![
                Fact::new("Last Login", "6 min ago"),
                Fact::new("Role", "Technician").linked("/settings/roles/r"),
            ],
            access_note: "You cannot change your own role or status.".into(),
            form: form(),
            links: vec![LinkedRecord {
                id: 1,
                provider_key: "autotask".into(),
                integration: "Autotask".into(),
                name: HOSTILE.into(),
                email: sample::long(),
                external_id: "29682885".into(),
                note: "inactive there".into(),
            }],
            accounts: vec![account(&shell, HOSTILE)],
            can_welcome: true,
            welcome_label: "Resend welcome e-mail",
            can_reset: true,
            can_deactivate: true,
            can_reactivate: true,
            shell: shell.clone(),
        };
        let html = sample::check("user", &page);
        assert!(html.contains("Meanwhile saved: Annette"));
        page.form.role_locked = "Your own role is changed by another administrator.".into();
        page.links.clear();
        sample::check("user_locked", &page);
        sample::check(
            "user_new",
            &NewPage {
                shell: shell.clone(),
                form: form(),
            },
        );
        let question = ConfirmPage {
            shell: shell.clone(),
            title: "Disable 3 users?".into(),
            action: "/settings/users/bulk".into(),
            back: "/settings/users".into(),
            hidden: vec![("pick".into(), HOSTILE.into())],
            lines: vec!["Their sessions end at once.".into()],
            people: vec![Named {
                name: HOSTILE.into(),
                email: sample::long(),
            }],
            more: "and 240 more".into(),
            roles: vec![Choice::new("r", "Technician", false)],
            role_error: "Select a role.".into(),
            error: String::new(),
            button: "Disable 3 users".into(),
            dangerous: true,
        };
        sample::check("users_bulk", &question);
        let line = |name: &str| BulkLine {
            name: name.into(),
            href: "/settings/users/u".into(),
            reason: "This is the last active administrator. Make somebody else one first.".into(),
        };
        let result = BulkResultPage {
            shell,
            title: "Disable".into(),
            tone: "warn",
            symbol: "info",
            summary: "2 users disabled, 1 not.".into(),
            done_count: "2".into(),
            done_more: "and 1,204 more.".into(),
            refused_count: "1".into(),
            refused_more: String::new(),
            done: vec![line(HOSTILE), line("Maria Huber")],
            refused: vec![line(&sample::long())],
        };
        sample::check("users_bulk_result", &result);
    }
}
