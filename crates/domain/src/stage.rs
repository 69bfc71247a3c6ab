//! Resolution status stepper: the stage a ticket's present status stands for (design 5).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reference::{ReferenceItem, ReferenceKind};

/// The five stages, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Newly created or not yet triaged.
    New,
    /// Reviewed and categorised.
    Triaged,
    /// Actively worked on.
    Working,
    /// Waiting for the client or somebody else.
    Waiting,
    /// Completed.
    Resolved,
}

impl Stage {
    /// The stages in order.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Triaged,
        Self::Working,
        Self::Waiting,
        Self::Resolved,
    ];

    /// The label of the step.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Triaged => "Triaged",
            Self::Working => "Working",
            Self::Waiting => "Waiting",
            Self::Resolved => "Resolved",
        }
    }
}

/// Which stage each status stands for, by reference id.
pub type StageMap = BTreeMap<String, Stage>;

/// The stage of a status; an unmapped status has none, rather than a wrong one.
#[must_use]
pub fn stage_of(map: &StageMap, status: Option<&str>) -> Option<Stage> {
    status.and_then(|id| map.get(id)).copied()
}

/// A first mapping proposed from the statuses' labels and system flags, until an administrator sets one.
/// Labels that match nothing stay unmapped.
#[must_use]
pub fn propose(items: &[ReferenceItem]) -> StageMap {
    const WORDS: [(&str, Stage); 29] = [
        ("complete", Stage::Resolved),
        ("closed", Stage::Resolved),
        ("resolved", Stage::Resolved),
        ("invoiced", Stage::Resolved),
        ("cancel", Stage::Resolved),
        ("wait", Stage::Waiting),
        ("hold", Stage::Waiting),
        ("pending", Stage::Waiting),
        ("with user", Stage::Waiting),
        ("with supplier", Stage::Waiting),
        ("with client", Stage::Waiting),
        ("action required", Stage::Working),
        ("updated", Stage::Working),
        ("customer note", Stage::Triaged),
        ("customer reply", Stage::Working),
        ("responded", Stage::Working),
        ("in progress", Stage::Working),
        ("working", Stage::Working),
        ("work ", Stage::Working),
        ("escalat", Stage::Working),
        ("dispatch", Stage::Working),
        ("scheduled", Stage::Working),
        ("on site", Stage::Working),
        ("review", Stage::Working),
        ("assigned", Stage::Triaged),
        ("triage", Stage::Triaged),
        ("accepted", Stage::Triaged),
        ("acknowledged", Stage::Triaged),
        ("new", Stage::New),
    ];
    items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus)
        .filter_map(|item| {
            let label = item.label.to_lowercase();
            let stage = WORDS
                .iter()
                .find(|(word, _)| label.contains(word))
                .map(|(_, stage)| *stage)?;
            Some((item.external_id.clone(), stage))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(id: &str, label: &str) -> ReferenceItem {
        ReferenceItem {
            kind: ReferenceKind::TicketStatus,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system: false,
            closes: false,
        }
    }

    #[test]
    fn labels_propose_stages_and_the_unknown_stays_unmapped() {
        let map = propose(&[
            status("1", "New"),
            status("7", "Waiting Customer"),
            status("8", "In Progress"),
            status("5", "Complete"),
            status("30", "With User"),
            status("31", "Action Required"),
            status("99", "Zebra"),
            ReferenceItem {
                kind: ReferenceKind::Queue,
                ..status("40", "Waiting room")
            },
        ]);
        assert_eq!(stage_of(&map, Some("40")), None, "a queue has no stage");
        assert_eq!(stage_of(&map, Some("1")), Some(Stage::New));
        assert_eq!(stage_of(&map, Some("7")), Some(Stage::Waiting));
        assert_eq!(stage_of(&map, Some("8")), Some(Stage::Working));
        assert_eq!(stage_of(&map, Some("5")), Some(Stage::Resolved));
        assert_eq!(stage_of(&map, Some("30")), Some(Stage::Waiting));
        assert_eq!(stage_of(&map, Some("31")), Some(Stage::Working));
        assert_eq!(stage_of(&map, Some("99")), None);
        assert_eq!(stage_of(&map, None), None);
    }
}
