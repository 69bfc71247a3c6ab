//! Steps of the setup wizard of an integration. The step stored is the furthest one that was reached.

use serde::{Deserialize, Serialize};

/// A step, in the order of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// Credentials.
    Connect,
    /// What is synced. Leaving it starts the first run and the schedule.
    Sync,
    /// What statuses mean, and defaults.
    Configure,
    /// Staff and companies to take over; may be skipped.
    Import,
    /// Nothing is left to do.
    Complete,
}

impl SetupStep {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [
        Self::Connect,
        Self::Sync,
        Self::Configure,
        Self::Import,
        Self::Complete,
    ];

    /// The stable key stored in the database, and the last segment of the step's address.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Sync => "sync",
            Self::Configure => "configure",
            Self::Import => "import",
            Self::Complete => "complete",
        }
    }

    /// The step with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Sync => "Sync",
            Self::Configure => "Configure",
            Self::Import => "Import (Optional)",
            Self::Complete => "Complete Setup",
        }
    }

    /// Whether the Sync step was left: from then on runs are started and the schedule goes.
    #[must_use]
    pub fn is_armed(self) -> bool {
        self >= Self::Configure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_ordered_and_found_by_their_key() {
        assert!(SetupStep::ALL.is_sorted());
        for step in SetupStep::ALL {
            assert_eq!(SetupStep::from_key(step.key()), Some(step));
        }
        let armed: Vec<_> = SetupStep::ALL
            .into_iter()
            .filter(|step| step.is_armed())
            .collect();
        assert_eq!(
            armed,
            [SetupStep::Configure, SetupStep::Import, SetupStep::Complete]
        );
    }
}
