//! Accounts: links in e-mails that let a person in without a password, and what a person wants to be told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::UtcMillis;

/// What a link in an e-mail is for. Either leads to the page where a password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// The first sign-in of somebody who was added or imported.
    Welcome,
    /// A forgotten password.
    ResetPassword,
}

impl LinkPurpose {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Welcome, Self::ResetPassword];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::ResetPassword => "reset_password",
        }
    }

    /// The purpose with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.key() == key)
    }

    /// How long a link may be used, in milliseconds.
    #[must_use]
    pub const fn lifetime(self) -> i64 {
        match self {
            Self::Welcome => 7 * UtcMillis::DAY,
            Self::ResetPassword => UtcMillis::HOUR,
        }
    }

    /// The same in words, for the e-mail and for the page that says a link has expired.
    #[must_use]
    pub const fn lifetime_label(self) -> &'static str {
        match self {
            Self::Welcome => "7 days",
            Self::ResetPassword => "1 hour",
        }
    }
}

/// Something a person can be told by e-mail. What concerns the safety of the account is always sent and not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notification {
    /// An integration refuses its credentials.
    IntegrationTrouble,
    /// A ticket of mine changed.
    TicketUpdates,
    /// An opportunity of mine changed.
    OpportunityUpdates,
}

impl Notification {
    /// Every notification, in the order of the profile.
    pub const ALL: [Self; 3] = [
        Self::IntegrationTrouble,
        Self::TicketUpdates,
        Self::OpportunityUpdates,
    ];

    /// The stable key in forms and in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::IntegrationTrouble => "integration_trouble",
            Self::TicketUpdates => "ticket_updates",
            Self::OpportunityUpdates => "opportunity_updates",
        }
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::IntegrationTrouble => "Integrations that need attention",
            Self::TicketUpdates => "Updates to my tickets",
            Self::OpportunityUpdates => "Updates to my opportunities",
        }
    }

    /// When it is sent.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::IntegrationTrouble => {
                "When an integration refuses its credentials, so that auto-sync is paused. Sent to whoever may manage \
                 integrations."
            }
            Self::TicketUpdates | Self::OpportunityUpdates => {
                "Comes with a later version; your choice is kept until then."
            }
        }
    }
}

/// What a person wants to be told; what was never chosen is on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Notifications(BTreeMap<Notification, bool>);

impl Notifications {
    /// Whether one is on.
    #[must_use]
    pub fn is_on(&self, notification: Notification) -> bool {
        self.0.get(&notification).copied().unwrap_or(true)
    }

    /// Switches one on or off.
    pub fn set(&mut self, notification: Notification, on: bool) {
        self.0.insert(notification, on);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_and_lifetimes_are_as_said() {
        for purpose in LinkPurpose::ALL {
            assert_eq!(LinkPurpose::from_key(purpose.key()), Some(purpose));
        }
        assert_eq!(LinkPurpose::Welcome.lifetime(), 7 * 24 * 3_600_000);
        assert_eq!(LinkPurpose::ResetPassword.lifetime(), 3_600_000);
    }

    #[test]
    fn what_was_never_chosen_is_on() {
        let mut chosen: Notifications = serde_json::from_str("{}").expect("JSON");
        assert!(Notification::ALL.into_iter().all(|one| chosen.is_on(one)));
        chosen.set(Notification::TicketUpdates, false);
        let text = serde_json::to_string(&chosen).expect("JSON");
        assert_eq!(text, r#"{"ticket_updates":false}"#);
        let read: Notifications = serde_json::from_str(&text).expect("JSON");
        assert!(!read.is_on(Notification::TicketUpdates));
        assert!(read.is_on(Notification::IntegrationTrouble));
        for one in Notification::ALL {
            assert_eq!(
                serde_json::to_string(&one).expect("JSON"),
                format!("\"{}\"", one.key())
            );
        }
    }
}
