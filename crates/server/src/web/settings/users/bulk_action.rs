//! What can be done with several users at once, in words.

/// A change of several users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAction {
    /// Another role.
    Role,
    /// Switch off.
    Disable,
    /// Switch on again.
    Enable,
    /// The welcome e-mail.
    Welcome,
}

impl BulkAction {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 4] = [Self::Welcome, Self::Role, Self::Enable, Self::Disable];

    /// The word in the form.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Welcome => "welcome",
        }
    }

    /// The action with this word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }

    /// Whether it needs *Manage Users*; otherwise *Write Users* is enough.
    #[must_use]
    pub const fn needs_manage(self) -> bool {
        !matches!(self, Self::Welcome)
    }

    /// What the list calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Role => "Change role",
            Self::Disable => "Disable",
            Self::Enable => "Enable",
            Self::Welcome => "Send welcome e-mail",
        }
    }

    /// The question, for `3 users`.
    #[must_use]
    pub fn question(self, count: &str) -> String {
        match self {
            Self::Role => format!("Change the role of {count}?"),
            Self::Disable => format!("Disable {count}?"),
            Self::Enable => format!("Enable {count}?"),
            Self::Welcome => format!("Send the welcome e-mail to {count}?"),
        }
    }

    /// The button, for `3 users`.
    #[must_use]
    pub fn button(self, count: &str) -> String {
        match self {
            Self::Role => format!("Change role of {count}"),
            Self::Disable => format!("Disable {count}"),
            Self::Enable => format!("Enable {count}"),
            Self::Welcome => format!("Send to {count}"),
        }
    }

    /// What happens.
    #[must_use]
    pub const fn effect(self) -> &'static str {
        match self {
            Self::Role => "The new role takes effect at once.",
            Self::Disable => {
                "They are deactivated: their sessions end at once, links in e-mails stop working, and they can no longer \
                 sign in. Accounts and history stay, and Enable brings them back."
            }
            Self::Enable => {
                "They can sign in again with their old passwords and roles. Who has no password yet needs the welcome \
                 e-mail."
            }
            Self::Welcome => "Each gets a link to set a password, good for 7 days and for one use.",
        }
    }

    /// Whether nobody does it to oneself.
    #[must_use]
    pub const fn spares_oneself(self) -> bool {
        !matches!(self, Self::Welcome)
    }

    /// What is said to somebody who is among the selected.
    #[must_use]
    pub const fn oneself(self) -> &'static str {
        match self {
            Self::Role => "You are among the selected: your own role stays as it is.",
            _ => "You are among the selected: your own status stays as it is.",
        }
    }

    /// The question, where it is none.
    #[must_use]
    pub const fn nothing(self) -> &'static str {
        match self {
            Self::Welcome => "No welcome e-mail to send",
            _ => "Nobody else is selected",
        }
    }

    /// What was done, after `3 users`.
    #[must_use]
    pub const fn done(self) -> &'static str {
        match self {
            Self::Role => "have the new role",
            Self::Disable => "disabled",
            Self::Enable => "enabled",
            Self::Welcome => "sent a welcome e-mail",
        }
    }
}
