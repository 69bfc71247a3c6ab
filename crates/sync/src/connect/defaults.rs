//! First settings of a new connection, drawn from the vendor's own reference data. Pure.

use std::collections::BTreeSet;

use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::stage;

/// Fills what an administrator has not chosen yet.
#[must_use]
pub fn fill(
    mut settings: IntegrationSettings,
    items: &[ReferenceItem],
    company_source: bool,
) -> IntegrationSettings {
    if settings.stages.is_empty() {
        settings.stages = stage::propose(items);
    }
    if settings.closed_statuses.is_empty() {
        settings.closed_statuses = closed(items);
    }
    if settings.public_note_audiences.is_empty() {
        settings.public_note_audiences = ids(items, ReferenceKind::NotePublish, |item| {
            // Not *All Internal Users*: clients would read what is meant for staff (rule X3).
            item.label.starts_with("All") && !item.label.to_lowercase().contains("internal")
        });
    }
    if company_source && !settings.company_source {
        settings.company_source = true;
        settings.company_types = ids(items, ReferenceKind::CompanyType, |item| {
            item.label.eq_ignore_ascii_case("customer")
        });
    }
    settings
}

/// Statuses that mean *closed*: the vendor's own system value, else any that is called so.
fn closed(items: &[ReferenceItem]) -> BTreeSet<String> {
    let called = |item: &ReferenceItem| {
        ["complete", "completed", "closed", "resolved", "invoiced"]
            .iter()
            .any(|word| item.label.eq_ignore_ascii_case(word))
    };
    let system = ids(items, ReferenceKind::TicketStatus, |item| {
        item.system && called(item)
    });
    if system.is_empty() {
        ids(items, ReferenceKind::TicketStatus, called)
    } else {
        system
    }
}

fn ids(
    items: &[ReferenceItem],
    kind: ReferenceKind,
    which: impl Fn(&ReferenceItem) -> bool,
) -> BTreeSet<String> {
    items
        .iter()
        .filter(|item| item.kind == kind && which(item))
        .map(|item| item.external_id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: ReferenceKind, id: &str, label: &str, system: bool) -> ReferenceItem {
        ReferenceItem {
            kind,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system,
        }
    }

    #[test]
    fn defaults_come_from_reference_data_and_never_replace_a_choice() {
        let items = [
            item(ReferenceKind::TicketStatus, "1", "New", true),
            item(ReferenceKind::TicketStatus, "5", "Complete", true),
            item(ReferenceKind::TicketStatus, "20", "Closed", false),
            item(ReferenceKind::NotePublish, "1", "All Autotask Users", false),
            item(ReferenceKind::NotePublish, "3", "All Internal Users", false),
            item(
                ReferenceKind::NotePublish,
                "2",
                "Internal Project Team",
                false,
            ),
            item(ReferenceKind::CompanyType, "1", "Customer", false),
            item(ReferenceKind::CompanyType, "3", "Prospect", false),
        ];
        let filled = fill(IntegrationSettings::default(), &items, true);
        assert_eq!(filled.closed_statuses, ["5".to_owned()].into());
        assert_eq!(filled.public_note_audiences, ["1".to_owned()].into());
        assert_eq!(filled.company_types, ["1".to_owned()].into());
        assert!(filled.company_source && filled.stages.len() >= 2);

        let chosen = IntegrationSettings {
            closed_statuses: ["20".to_owned()].into(),
            ..IntegrationSettings::default()
        };
        let filled = fill(chosen, &items, false);
        assert_eq!(filled.closed_statuses, ["20".to_owned()].into());
        assert!(!filled.company_source && filled.company_types.is_empty());
    }
}
