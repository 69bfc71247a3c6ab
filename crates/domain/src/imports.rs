//! Imports of a vendor's staff or companies that a person asked for, and of contacts by *Auto-Import*: what they are
//! called and how they are counted.

use serde::{Deserialize, Serialize};

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Technicians become staff users.
    Users,
    /// The vendor's companies become companies here.
    Companies,
    /// Contacts become users of their companies, by *Auto-Import*.
    Contacts,
}

impl ImportKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Users, Self::Companies, Self::Contacts];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Companies => "companies",
            Self::Contacts => "contacts",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// What became of one record of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportOutcome {
    /// Something new was made here.
    Created,
    /// It was linked to what is here.
    Linked,
    /// It was left out, with a reason.
    Skipped,
}

impl ImportOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Created, Self::Linked, Self::Skipped];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Linked => "linked",
            Self::Skipped => "skipped",
        }
    }

    /// The outcome with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.key() == key)
    }
}

/// Why an import ended before its last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStop {
    /// The role was deleted, or may no longer be given by whoever asked.
    RoleGone,
    /// Whoever asked was switched off or lost the right.
    NotAllowed,
    /// It failed again and again; the log says why.
    Trouble,
}

impl ImportStop {
    const ALL: [Self; 3] = [Self::RoleGone, Self::NotAllowed, Self::Trouble];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::RoleGone => "role_gone",
            Self::NotAllowed => "not_allowed",
            Self::Trouble => "trouble",
        }
    }

    /// The reason with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stop| stop.key() == key)
    }

    /// What happened and what to do, given what is left, such as `12 people were`.
    #[must_use]
    pub fn sentence(self, left: &str) -> String {
        match self {
            Self::RoleGone => format!(
                "The role was deleted while the import ran, or can no longer be given: {left} left as they were. Import \
                 them again with another role."
            ),
            Self::NotAllowed => format!(
                "Whoever started the import was deactivated or lost the right while it ran: {left} left as they were. \
                 Somebody with the right can import them again."
            ),
            Self::Trouble => format!(
                "The import stopped half-way because something went wrong here; the log says what: {left} left as they \
                 were. Import them again."
            ),
        }
    }
}

/// How far an import has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// Records that were asked for.
    pub total: u64,
    /// Made here.
    pub created: u64,
    /// Linked.
    pub linked: u64,
    /// Left out.
    pub skipped: u64,
    /// Welcome e-mails on their way.
    pub welcomed: u64,
}

impl ImportCounts {
    /// Records that were decided.
    #[must_use]
    pub const fn decided(&self) -> u64 {
        self.created + self.linked + self.skipped
    }

    /// Records that were not looked at yet, or never will be.
    #[must_use]
    pub const fn rest(&self) -> u64 {
        self.total.saturating_sub(self.decided())
    }

    /// Counts one decision.
    pub fn count(&mut self, outcome: ImportOutcome) {
        match outcome {
            ImportOutcome::Created => self.created += 1,
            ImportOutcome::Linked => self.linked += 1,
            ImportOutcome::Skipped => self.skipped += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_back_and_counts_add_up() {
        for kind in ImportKind::ALL {
            assert_eq!(ImportKind::from_key(kind.key()), Some(kind));
        }
        for stop in ImportStop::ALL {
            assert_eq!(ImportStop::from_key(stop.key()), Some(stop));
            assert!(stop.sentence("2 people were").contains("2 people were"));
        }
        let mut counts = ImportCounts {
            total: 5,
            ..ImportCounts::default()
        };
        for outcome in ImportOutcome::ALL {
            assert_eq!(ImportOutcome::from_key(outcome.key()), Some(outcome));
            counts.count(outcome);
        }
        assert_eq!((counts.decided(), counts.rest()), (3, 2));
    }
}
