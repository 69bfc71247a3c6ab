//! First settings of a new connection, drawn from the vendor's own reference data. Pure.

use std::collections::BTreeSet;

use domain::provider::{ScopeField, ScopeList, SetupData};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::stage;

/// What stays of somebody's settings when the data of an account was deleted and one is connected again: how it is synced.
/// Everything that is named by the vendor's ids, or says who becomes a user here, was chosen for the account that is gone,
/// and in another the same ids mean something else.
#[must_use]
pub fn beside_the_account(before: &IntegrationSettings) -> IntegrationSettings {
    IntegrationSettings {
        auto_sync: before.auto_sync,
        interval_minutes: before.interval_minutes,
        initial_import: before.initial_import,
        record_types: before.record_types.clone(),
        skip_inactive_companies: before.skip_inactive_companies,
        ..IntegrationSettings::default()
    }
}

/// Fills what is empty. For a new connection only: later an empty list is a choice.
#[must_use]
pub fn fill(
    mut settings: IntegrationSettings,
    items: &[ReferenceItem],
    company_source: bool,
    setup: &SetupData,
) -> IntegrationSettings {
    if settings.stages.is_empty() {
        settings.stages = stage::propose(items, setup.stages);
    }
    if settings.closed_statuses.is_empty() {
        settings.closed_statuses = closed(items);
    }
    if settings.client_comment_status.is_empty() && !setup.client_comment_status.is_empty() {
        settings.client_comment_status = ids(items, ReferenceKind::TicketStatus, |item| {
            item.label.eq_ignore_ascii_case(setup.client_comment_status)
        });
    }
    if settings.public_note_audiences.is_empty() {
        settings.public_note_audiences = ids(items, ReferenceKind::NotePublish, |item| {
            // Not *All Internal Users*: clients would read what is meant for staff (rule X3).
            item.label.starts_with("All") && !item.label.to_lowercase().contains("internal")
        });
    }
    if company_source && !settings.company_source {
        settings.company_source = true;
        let chosen = |list: &ScopeList| list.field == ScopeField::CompanyTypes;
        if setup.companies.iter().any(chosen) {
            settings.company_types = ids(items, ReferenceKind::CompanyType, |item| {
                item.label.eq_ignore_ascii_case("customer")
            });
        }
    }
    settings
}

/// Statuses that mean *closed*: those the vendor itself says so of, whatever they are called; else its system value, else
/// any that is called so.
fn closed(items: &[ReferenceItem]) -> BTreeSet<String> {
    let closing = ids(items, ReferenceKind::TicketStatus, |item| item.closes);
    if !closing.is_empty() {
        return closing;
    }
    // ConnectWise begins the names of statuses that close a ticket with a mark, as its users do.
    let called = |item: &ReferenceItem| {
        let label = item.label.trim_start_matches('>').trim();
        ["complete", "completed", "closed", "resolved", "invoiced"]
            .iter()
            .any(|word| label.eq_ignore_ascii_case(word))
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
    use domain::stage::Stage;

    use super::*;

    fn setup(provider: &str) -> &'static SetupData {
        &domain::provider::find(provider).expect("there").setup
    }

    #[test]
    fn connectwise_says_what_closes_and_leaves_types_out_instead_of_choosing_them() {
        let item = |kind, id: &str, label: &str, closes| ReferenceItem {
            kind,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system: false,
            closes,
        };
        let items = [
            item(ReferenceKind::TicketStatus, "1/1", "New", false),
            item(ReferenceKind::TicketStatus, "1/10", ">Closed", true),
            item(ReferenceKind::TicketStatus, "1/11", ">Cancelled", true),
            item(ReferenceKind::TicketStatus, "1/12", "Completed?", false),
            item(ReferenceKind::CompanyType, "1", "Customer", false),
        ];
        let new = IntegrationSettings::default();
        let filled = fill(new, &items, true, setup("connectwise_psa"));
        let closed = ["1/10".to_owned(), "1/11".to_owned()];
        assert_eq!(filled.closed_statuses, closed.into(), "by its own word");
        assert!(filled.company_types.is_empty(), "there is no such choice");
    }

    fn item(kind: ReferenceKind, id: &str, label: &str, system: bool) -> ReferenceItem {
        ReferenceItem {
            kind,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system,
            closes: false,
        }
    }

    #[test]
    fn a_vendors_own_statuses_are_proposed_as_its_sheet_has_them() {
        let labels = ["New", "Scheduled", "In Progress", "Customer Reply"];
        let items = labels.map(|label| item(ReferenceKind::TicketStatus, label, label, false));
        let new = IntegrationSettings::default;
        let filled = fill(new(), &items, false, setup("syncro"));
        let stages = labels.map(|label| filled.stages.get(label).copied());
        let expected = [Stage::New, Stage::Triaged, Stage::Working, Stage::Working];
        assert_eq!(stages, expected.map(Some));
        let reply = ["Customer Reply".to_owned()];
        assert_eq!(filled.client_comment_status, reply.into());
        let filled = fill(new(), &items, false, setup("autotask"));
        assert_eq!(filled.stages.get("Scheduled"), Some(&Stage::Working));
        assert!(filled.client_comment_status.is_empty(), "stays as it is");
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
        let filled = fill(
            IntegrationSettings::default(),
            &items,
            true,
            setup("autotask"),
        );
        assert_eq!(filled.closed_statuses, ["5".to_owned()].into());
        assert_eq!(filled.public_note_audiences, ["1".to_owned()].into());
        assert_eq!(filled.company_types, ["1".to_owned()].into());
        assert!(filled.company_source && filled.stages.len() >= 2);

        let chosen = IntegrationSettings {
            closed_statuses: ["20".to_owned()].into(),
            ..IntegrationSettings::default()
        };
        let filled = fill(chosen, &items, false, setup("autotask"));
        assert_eq!(filled.closed_statuses, ["20".to_owned()].into());
        assert!(!filled.company_source && filled.company_types.is_empty());
    }
}
