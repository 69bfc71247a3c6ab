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

/// What a vendor's own statuses stand for, by label.
pub type OwnStages = &'static [(&'static str, Stage)];

/// Words that labels are known by, the first that a label has deciding. Whole words, for *Unresolved* is not resolved.
const WORDS: &[(Stage, &[&str])] = &[
    (
        Stage::Resolved,
        &[
            "complete",
            "completed",
            "closed",
            "resolved",
            "invoiced",
            "cancel",
            "canceled",
            "cancelled",
        ],
    ),
    (
        Stage::Waiting,
        &[
            "wait",
            "waiting",
            "awaiting",
            "hold",
            "onhold",
            "pending",
            "with user",
            "with supplier",
            "with client",
        ],
    ),
    (Stage::Working, &["action required", "updated"]),
    (Stage::Triaged, &["customer note"]),
    (
        Stage::Working,
        &[
            "customer reply",
            "responded",
            "in progress",
            "working",
            "work",
            "escalate",
            "escalated",
            "escalation",
            "dispatch",
            "dispatched",
            "scheduled",
            "rescheduled",
            "on site",
            "onsite",
            "review",
            "reviewed",
            "reviewing",
        ],
    ),
    (
        Stage::Triaged,
        &[
            "assigned",
            "reassigned",
            "triage",
            "triaged",
            "accepted",
            "acknowledged",
        ],
    ),
    (Stage::New, &["new"]),
];

/// A first mapping proposed from the vendor's own statuses and else from the words of a label, until an administrator sets
/// one. Labels that match nothing stay unmapped.
#[must_use]
pub fn propose(items: &[ReferenceItem], own: OwnStages) -> StageMap {
    items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus)
        .filter_map(|item| {
            let label = item.label.trim();
            let named = own
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(label));
            let stage = named.map(|(_, stage)| *stage).or_else(|| by_words(label))?;
            Some((item.external_id.clone(), stage))
        })
        .collect()
}

fn by_words(label: &str) -> Option<Stage> {
    let label = label.to_lowercase();
    let words: Vec<&str> = label
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    WORDS
        .iter()
        .find(|(_, phrases)| phrases.iter().any(|phrase| has(&words, phrase)))
        .map(|(stage, _)| *stage)
}

/// Whether the words have a phrase that nothing before it turns round, as *Not yet completed* does.
fn has(words: &[&str], phrase: &str) -> bool {
    let phrase: Vec<&str> = phrase.split(' ').collect();
    let mut places = words.windows(phrase.len()).enumerate();
    places.any(|(at, window)| window == phrase.as_slice() && !is_negated(&words[..at]))
}

fn is_negated(before: &[&str]) -> bool {
    let mut before = before.iter().rev();
    let word = before.find(|word| !matches!(**word, "yet" | "been" | "fully"));
    word.is_some_and(|word| matches!(*word, "not" | "non" | "never" | "un"))
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
        let items = [
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
        ];
        let map = propose(&items, &[]);
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

    /// What the sheets of the vendors say, and what looks like it.
    #[test]
    fn labels_are_known_by_whole_words_and_a_vendors_own_come_first() {
        let proposed = |vendor: &str, label: &str| {
            let setup = &crate::provider::find(vendor).expect("there").setup;
            stage_of(&propose(&[status("1", label)], setup.stages), Some("1"))
        };
        for (label, stage) in [
            ("Unresolved", None),
            ("Incomplete", None),
            ("Not Completed", None),
            ("Not yet resolved", None),
            ("Un-assigned", None),
            ("Unassigned", None),
            ("Renewal", None),
            ("Not Started - Waiting", Some(Stage::Waiting)),
            (">Closed", Some(Stage::Resolved)),
            ("Cancelled", Some(Stage::Resolved)),
            ("Waiting Client Response", Some(Stage::Waiting)),
            ("With Supplier", Some(Stage::Waiting)),
            ("On-Hold", Some(Stage::Waiting)),
            ("Customer Note Added", Some(Stage::Triaged)),
            ("Client Responded", Some(Stage::Working)),
            ("Escalate", Some(Stage::Working)),
            ("Dispatched", Some(Stage::Working)),
            ("Assigned (old)", Some(Stage::Triaged)),
            ("New (E-Mail)", Some(Stage::New)),
        ] {
            for vendor in crate::provider::ALL.map(|provider| provider.key) {
                assert_eq!(proposed(vendor, label), stage, "{vendor}: {label}");
            }
        }
        for (label, stage) in [
            ("New", Stage::New),
            ("Scheduled", Stage::Triaged),
            ("In Progress", Stage::Working),
            ("Customer Reply", Stage::Working),
            ("Waiting for Parts", Stage::Waiting),
            ("Waiting on Customer", Stage::Waiting),
            ("Resolved", Stage::Resolved),
            ("Invoiced", Stage::Resolved),
        ] {
            assert_eq!(proposed("syncro", label), Some(stage), "{label}");
        }
        assert_eq!(proposed("autotask", "Scheduled"), Some(Stage::Working));
    }
}
