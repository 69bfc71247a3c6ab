//! What the list of people to import shows: one component for the dialog and for the wizard's Import step.

use domain::email::email_key;
use domain::provider::Troubleshooting;
use sync::users::Client;

use crate::web::settings::imports::list_frame::ListFrame;
use crate::web::view::{Choice, Time};

/// The component. Its template is `settings/import_users/picker.html`.
#[derive(Debug, Clone, Default)]
pub struct Picker {
    /// What every list has.
    pub list: ListFrame,
    /// Where more users to link to are found by typing; empty when all are in the list.
    pub people_address: String,
    /// Name of the provider.
    pub provider: String,
    /// The provider's word for its people: *Resources*.
    pub many: String,
    /// The people.
    pub rows: Vec<PickRow>,
    /// Users to link to.
    pub people: Vec<LinkPerson>,
    /// Roles the person may give.
    pub roles: Vec<Choice>,
    /// What is wrong with the role.
    pub role_error: String,
    /// Whether to send the welcome e-mail.
    pub welcome: bool,
    /// What to do when somebody is missing or cannot be selected.
    pub troubleshooting: &'static [Troubleshooting],
    /// What is particular about the provider.
    pub notes: &'static [&'static str],
}

/// A user one can link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPerson {
    /// E-mail, which is what is typed.
    pub email: String,
    /// Name.
    pub name: String,
    /// What tells users of one name apart.
    pub about: String,
}

/// One person of the provider.
#[derive(Debug, Clone, Default)]
pub struct PickRow {
    /// Row id of the vendor's record.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The vendor's number, where another on the page has the same name; else empty.
    pub number: String,
    /// E-mail there.
    pub email: String,
    /// Job title.
    pub title: String,
    /// When it was last read.
    pub synced: Option<Time>,
    /// Whether it can be selected.
    pub state: PickState,
    /// Whether it is selected.
    pub ticked: bool,
    /// Whether *Select all* means it.
    pub covered: bool,
    /// What Quick Match says about it; empty when nothing.
    pub proposal: String,
    /// The address typed for somebody without one.
    pub typed_email: String,
    /// What is wrong with it.
    pub email_error: String,
    /// The person at a client who has the address, and what becomes of that one; empty: nobody has.
    pub client: String,
    /// The address this is about.
    pub join_key: String,
    /// Whether whoever has it is to become one of the staff.
    pub join: bool,
    /// The user to link to, by e-mail.
    pub link: String,
    /// What is wrong with that.
    pub link_error: String,
    /// E-mail of the user who has this address already.
    pub suggested: String,
    /// Name of that user.
    pub suggested_name: String,
    /// Whether that user is switched off, and cannot sign in linked or not.
    pub suggested_off: bool,
}

impl PickRow {
    /// Says that the address is that of a person at a client.
    pub fn tell_client(&mut self, client: &Client, join: bool) {
        self.client = format!("{} {}.", client.who(), client.becomes());
        self.join_key = email_key(&client.email).unwrap_or_default();
        self.join = join;
    }
}

/// Whether somebody can be selected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PickState {
    /// Unlinked, with an address.
    #[default]
    Ready,
    /// Unlinked, without an address.
    NeedsEmail,
    /// Linked to a user already.
    Linked {
        /// The user's name.
        name: String,
        /// The user's page; empty when the viewer may not open it.
        href: String,
    },
}

impl PickState {
    /// The word scripts go by.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NeedsEmail => "email",
            Self::Linked { .. } => "linked",
        }
    }

    /// Whether it is linked.
    #[must_use]
    pub const fn is_linked(&self) -> bool {
        matches!(self, Self::Linked { .. })
    }

    /// Whether an address has to be typed.
    #[must_use]
    pub const fn needs_email(&self) -> bool {
        matches!(self, Self::NeedsEmail)
    }
}

#[cfg(test)]
pub mod samples {
    //! A picker with everything it can show.

    use super::*;
    use crate::web::settings::import_users::troubleshooting;
    use crate::web::settings::imports::LastImport;
    use crate::web::settings::imports::list_frame::{Carried, Everyone};
    use crate::web::settings::imports::list_state::View;
    use crate::web::settings::imports::list_sync::ListSync;
    use crate::web::settings::imports::quick_match::QuickMatch;
    use crate::web::view::Shell;
    use crate::web::view::sample::{self, HOSTILE};

    /// Every kind of row, long and hostile texts, a mistake at each field.
    pub fn picker(shell: &Shell) -> Picker {
        let row = |id: i64, name: &str, email: &str, title: &str| PickRow {
            id,
            name: name.into(),
            email: email.into(),
            title: title.into(),
            synced: Some(shell.time(shell.now)),
            ..PickRow::default()
        };
        let rows = vec![
            PickRow {
                ticked: true,
                ..row(
                    1,
                    "Maria Huber",
                    "maria.huber@northwind-msp.example",
                    "Service Desk Lead",
                )
            },
            row(
                2,
                "Tom Okafor",
                "tom.okafor@northwind-msp.example",
                "Technician",
            ),
            PickRow {
                state: PickState::NeedsEmail,
                ticked: true,
                email_error: troubleshooting::EMAIL_REQUIRED.solution.into(),
                ..row(3, "Petra Novak", "", "Dispatcher")
            },
            PickRow {
                client: format!("{HOSTILE}, at {HOSTILE},"),
                join_key: HOSTILE.into(),
                number: HOSTILE.into(),
                join: true,
                state: PickState::NeedsEmail,
                typed_email: HOSTILE.into(),
                ..row(4, HOSTILE, "", HOSTILE)
            },
            PickRow {
                suggested: "ada@northwind-msp.example".into(),
                suggested_name: "Ada Moreno".into(),
                suggested_off: true,
                link: "ada@northwind-msp.example".into(),
                ..row(5, "Ada Moreno", "ada@northwind-msp.example", "Owner")
            },
            PickRow {
                state: PickState::Linked {
                    name: "Jonas Weber".into(),
                    href: "/settings/users/x".into(),
                },
                ..row(
                    6,
                    "Jonas Weber",
                    "jonas.weber@northwind-msp.example",
                    "Engineer",
                )
            },
            PickRow {
                link: HOSTILE.into(),
                link_error: "No user has this address.".into(),
                ..row(7, &sample::long(), &sample::long(), &sample::long())
            },
        ];
        let list = ListFrame {
            action: "/settings/users/import/autotask".into(),
            by: "name or e-mail",
            sync: ListSync {
                what: "Resources".into(),
                ..ListSync::default()
            },
            cancel: "/settings/users".into(),
            many: "resources".into(),
            search: HOSTILE.into(),
            count: "5,012 resources, 4,980 unlinked".into(),
            error: troubleshooting::ROLE_NOT_SELECTED.solution.into(),
            carried: vec![Carried::pick(99, true)],
            everyone: Some(Everyone {
                count: 4_980,
                label: "Select all 4,980 that are unlinked".into(),
                help: "2 without an e-mail address are left out.".into(),
                on: false,
                except: 0,
            }),
            selected: 3,
            next: Some("an1.2".into()),
            last: Some(LastImport {
                href: "/settings/users/import/autotask/reports/x".into(),
                words: "1,200 of 5,000 people: 1,190 created, 10 skipped.".into(),
                running: true,
                when: shell.time(shell.now),
                import: "x".into(),
                beside_list: true,
            }),
            ..ListFrame::default()
        };
        Picker {
            list,
            people_address: "/settings/users/import/autotask/people".into(),
            provider: "Autotask".into(),
            many: "Resources".into(),
            rows,
            people: vec![
                LinkPerson {
                    email: "ada@northwind-msp.example".into(),
                    name: "Ada Moreno".into(),
                    about: "Technician, linked to Autotask".into(),
                },
                LinkPerson {
                    email: HOSTILE.into(),
                    name: HOSTILE.into(),
                    about: HOSTILE.into(),
                },
            ],
            roles: vec![
                Choice::new("r1", "Technician", false),
                Choice::new("r2", HOSTILE, false),
            ],
            role_error: troubleshooting::ROLE_NOT_SELECTED.solution.into(),
            troubleshooting: troubleshooting::ALL,
            notes: &["Resource must have an active status in Autotask."],
            ..Picker::default()
        }
    }

    /// The same with what Quick Match proposes, while the list is read again.
    pub(crate) fn quick_match(shell: &Shell) -> Picker {
        let row = |id: i64, name: &str, user: &str, proposal: &str| PickRow {
            id,
            name: name.into(),
            email: format!(
                "{}@northwind-msp.example",
                name.to_lowercase().replace(' ', ".")
            ),
            title: "Technician".into(),
            synced: Some(shell.time(shell.now)),
            ticked: !user.is_empty(),
            covered: !user.is_empty(),
            suggested: if user.is_empty() {
                String::new()
            } else {
                "t.okafor@northwind-msp.example".into()
            },
            link: if user.is_empty() {
                String::new()
            } else {
                "t.okafor@northwind-msp.example".into()
            },
            suggested_name: user.into(),
            proposal: proposal.into(),
            ..PickRow::default()
        };
        let usual = picker(shell);
        let list = ListFrame {
            search: String::new(),
            error: String::new(),
            view: View::Quick,
            sync: ListSync {
                what: "Resources".into(),
                reading: "Resources are being read: 1,200 of about 5,000".into(),
                told: "The sync has started.".into(),
                ..ListSync::default()
            },
            quick: Some(QuickMatch {
                links: 2,
                sentence: "Quick Match proposes a link for 2 people. For 1 more several are equally good: use Link User \
                           there. Look through them; nothing is saved before Import Selected."
                    .into(),
                nothing: false,
            }),
            everyone: Some(Everyone {
                count: 2,
                label: "Select all 2 that are proposed".into(),
                help: "Also those on other pages. Each is linked to the user who stands in its row.".into(),
                on: true,
                except: 0,
            }),
            last: None,
            next: None,
            selected: 2,
            carried: Vec::new(),
            ..usual.list.clone()
        };
        Picker {
            list,
            role_error: String::new(),
            rows: vec![
                row(
                    1,
                    "Tom Okafor",
                    "Tom Okafor",
                    "Proposed: same name and same e-mail domain.",
                ),
                row(
                    2,
                    &sample::long(),
                    &sample::long(),
                    "Proposed: same name without accents and same e-mail domain.",
                ),
                row(
                    3,
                    "Eva Lang",
                    "",
                    "Several are equally good (same name and same e-mail domain), so none is proposed.",
                ),
            ],
            ..usual
        }
    }
}
