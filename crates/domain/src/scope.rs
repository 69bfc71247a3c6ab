//! Sync scope: which tickets and companies are kept (rule P13). Applied here whatever the vendor was asked for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::TicketRecord;

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
    /// *Ticket Types*: reference ids; empty means every type.
    pub ticket_types: BTreeSet<String>,
    /// *Exclude Project Types*: reference ids; tickets of no project are kept.
    pub exclude_project_types: BTreeSet<String>,
    /// *Exclude Opportunity Types*: reference ids.
    pub exclude_opportunity_types: BTreeSet<String>,
}

/// What the scope looks at in a ticket: reference ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TicketFacts<'a> {
    /// Of the queue, board or team.
    pub queue: Option<&'a str>,
    /// Of the category.
    pub category: Option<&'a str>,
    /// Of the status.
    pub status: Option<&'a str>,
    /// Of the type.
    pub kind: Option<&'a str>,
    /// Of the type of its project.
    pub project_type: Option<&'a str>,
}

impl<'a> TicketFacts<'a> {
    /// Those of a record as a connector hands it over.
    #[must_use]
    pub fn of(ticket: &'a TicketRecord) -> Self {
        Self {
            queue: ticket.queue_id.as_deref(),
            category: ticket.category_id.as_deref(),
            status: ticket.status_id.as_deref(),
            kind: ticket.type_id.as_deref(),
            project_type: ticket.fields.get(PROJECT_TYPE).and_then(Value::as_str),
        }
    }
}

/// The key of the project's type among a ticket's vendor fields.
pub const PROJECT_TYPE: &str = "project_type";

/// Why a ticket is outside the scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutOfScope {
    /// Its queue was not selected.
    Queue,
    /// Its category was not selected.
    Category,
    /// Its type was not selected.
    Type,
    /// Its status is excluded.
    Status,
    /// The type of its project is excluded.
    ProjectType,
    /// An opportunity whose type is excluded.
    OpportunityType,
}

impl Scope {
    /// What of it a vendor may be asked to narrow its list of tickets by. The rest is judged here alone, so that such
    /// tickets come all the same, and the vendor's total counts them.
    #[must_use]
    pub fn asked(&self) -> Self {
        Self {
            queues: self.queues.clone(),
            categories: self.categories.clone(),
            exclude_statuses: self.exclude_statuses.clone(),
            ..Self::default()
        }
    }

    /// Whether a ticket is kept.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn check_ticket(&self, ticket: TicketFacts<'_>) -> Result<(), OutOfScope> {
        let TicketFacts {
            queue,
            category,
            status,
            kind,
            project_type,
        } = ticket;
        let selected = |set: &BTreeSet<String>, id: Option<&str>| {
            set.is_empty() || id.is_some_and(|id| set.contains(id))
        };
        if !selected(&self.queues, queue) {
            return Err(OutOfScope::Queue);
        }
        if !selected(&self.categories, category) {
            return Err(OutOfScope::Category);
        }
        if !selected(&self.ticket_types, kind) {
            return Err(OutOfScope::Type);
        }
        if project_type.is_some_and(|id| self.exclude_project_types.contains(id)) {
            return Err(OutOfScope::ProjectType);
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
        let sets = [
            &self.queues,
            &self.categories,
            &self.exclude_statuses,
            &self.ticket_types,
            &self.exclude_project_types,
        ];
        sets.into_iter().all(BTreeSet::is_empty)
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
            ticket_types: set(&["1"]),
            exclude_project_types: set(&["7"]),
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
            let ticket = TicketFacts {
                queue,
                category,
                status,
                kind: Some("1"),
                project_type: None,
            };
            assert_eq!(scope.check_ticket(ticket), expected, "{ticket:?}");
        }
        let kept = TicketFacts {
            queue: Some("8"),
            category: Some("3"),
            kind: Some("1"),
            ..TicketFacts::default()
        };
        let of_kind = |kind| scope.check_ticket(TicketFacts { kind, ..kept });
        assert_eq!(of_kind(Some("1")), Ok(()));
        assert_eq!(of_kind(Some("2")), Err(OutOfScope::Type));
        assert_eq!(of_kind(None), Err(OutOfScope::Type));
        let of_project = |project_type| {
            scope.check_ticket(TicketFacts {
                project_type,
                ..kept
            })
        };
        assert_eq!(of_project(Some("7")), Err(OutOfScope::ProjectType));
        assert_eq!(of_project(Some("8")), Ok(()));
        assert_eq!(of_project(None), Ok(()), "of no project");
        assert_eq!(
            Scope::default().check_ticket(TicketFacts::default()),
            Ok(()),
            "an empty scope keeps everything"
        );
        assert!(Scope::default().is_everything() && !scope.is_everything());
    }
}
