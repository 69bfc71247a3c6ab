//! E-mails: the kinds Portico sends, and how far one has got.

/// What an e-mail is about; each kind has its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// An account was made; has a link to set a password.
    Welcome,
    /// Somebody asked for a new password; has a link.
    ResetPassword,
    /// The password was changed.
    PasswordChanged,
    /// Two-factor authentication was switched on or off, or a passkey came or went.
    TwoFactorChanged,
    /// A vendor refuses the credentials of an integration, and its schedule is paused.
    IntegrationPaused,
    /// An administrator tries whether mail arrives.
    Test,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Welcome,
        Self::ResetPassword,
        Self::PasswordChanged,
        Self::TwoFactorChanged,
        Self::IntegrationPaused,
        Self::Test,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::ResetPassword => "reset_password",
            Self::PasswordChanged => "password_changed",
            Self::TwoFactorChanged => "two_factor_changed",
            Self::IntegrationPaused => "integration_paused",
            Self::Test => "test",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Welcome => "Welcome",
            Self::ResetPassword => "Reset password",
            Self::PasswordChanged => "Password changed",
            Self::TwoFactorChanged => "Two-factor authentication changed",
            Self::IntegrationPaused => "Integration paused",
            Self::Test => "Test message",
        }
    }
}

/// How far an e-mail has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailState {
    /// Is to leave, or is tried again.
    Waiting,
    /// The mail server took it, or it lies in the folder.
    Sent,
    /// Is not tried again on its own.
    Failed,
}

impl MailState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Sent, Self::Failed];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// The state with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sent => "Sent",
            Self::Failed => "Failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::from_key(kind.key()), Some(kind));
        }
        for state in MailState::ALL {
            assert_eq!(MailState::from_key(state.key()), Some(state));
        }
    }
}
