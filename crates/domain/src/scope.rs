//! Sync scope: which tickets and companies are kept (rule P13). Applied here whatever the vendor was asked for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What an administrator chose to sync. Empty sets mean *all*.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// *Queues to Sync*: reference ids; empty means every queue, and tickets without one.
    pub queues: BTreeSet<String>,
    /// *Categories*: reference ids; empty means every category.
    pub categories: BTreeSet<String>,
    /// *Exclude Statuses*: reference ids.
    pub exclude_statuses: BTreeSet<String>,
    /// *Exclude Opportunity Types*: reference ids.
    pub exclude_opportunity_types: BTreeSet<String>,
}

/// Why a ticket is outside the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfScope {
    /// Its queue was not selected.
    Queue,
    /// Its category was not selected.
    Category,
    /// Its status is excluded.
    Status,
    /// An opportunity whose type is excluded.
    OpportunityType,
}

impl OutOfScope {
    /// A sentence for the sync log and the explanation on a ticket.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Queue => "Its queue is not among Queues to Sync.",
            Self::Category => "Its category is not among Categories.",
            Self::Status => "Its status is among Exclude Statuses.",
            Self::OpportunityType => "Its type is among Exclude Opportunity Types.",
        }
    }
}

impl Scope {
    /// Whether a ticket with these reference ids is kept.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check_ticket(
        &self,
        queue: Option<&str>,
        category: Option<&str>,
        status: Option<&str>,
    ) -> Result<(), OutOfScope> {
        let selected = |set: &BTreeSet<String>, id: Option<&str>| {
            set.is_empty() || id.is_some_and(|id| set.contains(id))
        };
        if !selected(&self.queues, queue) {
            return Err(OutOfScope::Queue);
        }
        if !selected(&self.categories, category) {
            return Err(OutOfScope::Category);
        }
        if status.is_some_and(|id| self.exclude_statuses.contains(id)) {
            return Err(OutOfScope::Status);
        }
        Ok(())
    }

    /// Whether an opportunity of this type is kept.
    ///
    /// # Errors
    /// Why not.
    pub fn check_opportunity(&self, kind: Option<&str>) -> Result<(), OutOfScope> {
        match kind {
            Some(id) if self.exclude_opportunity_types.contains(id) => {
                Err(OutOfScope::OpportunityType)
            }
            _ => Ok(()),
        }
    }

    /// Whether every ticket is kept.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.queues.is_empty() && self.categories.is_empty() && self.exclude_statuses.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn scope_table() {
        let scope = Scope {
            queues: set(&["8"]),
            categories: set(&["3"]),
            exclude_statuses: set(&["5"]),
            exclude_opportunity_types: set(&["2"]),
        };
        assert_eq!(
            scope.check_opportunity(Some("2")),
            Err(OutOfScope::OpportunityType)
        );
        assert_eq!(scope.check_opportunity(Some("1")), Ok(()));
        assert_eq!(scope.check_opportunity(None), Ok(()));
        let cases = [
            (Some("8"), Some("3"), Some("1"), Ok(())),
            (Some("9"), Some("3"), Some("1"), Err(OutOfScope::Queue)),
            (None, Some("3"), Some("1"), Err(OutOfScope::Queue)),
            (Some("8"), None, Some("1"), Err(OutOfScope::Category)),
            (Some("8"), Some("3"), Some("5"), Err(OutOfScope::Status)),
            (Some("8"), Some("3"), None, Ok(())),
        ];
        for (queue, category, status, expected) in cases {
            assert_eq!(
                scope.check_ticket(queue, category, status),
                expected,
                "{queue:?} {category:?} {status:?}"
            );
        }
        assert_eq!(
            Scope::default().check_ticket(None, None, None),
            Ok(()),
            "an empty scope keeps everything"
        );
    }
}
