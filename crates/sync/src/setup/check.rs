//! Whether settings can be saved: what they point at must still be there. Pure.

use std::collections::{BTreeMap, BTreeSet};

use domain::advice::LostStatus;
use domain::id::PublicId;
use domain::provider::{CONTACT_TYPE_FIELD, OpportunityValue, ScopeField};
use domain::reference::{Boards, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::setup::SetupStep;
use domain::stream::RecordType;
use store::reference_items::StoredReferenceItem;

/// A value that cannot be saved, with the form field it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    /// The step of the wizard that has the field.
    pub step: SetupStep,
    /// Name of the form field.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// Everything that is wrong with settings, given what the vendor lists (what it no longer does included) and the
/// company roles there are. Stages of statuses that are gone are left alone: they explain old tickets and cannot be chosen any more.
#[must_use]
pub fn check(
    settings: &IntegrationSettings,
    items: &[StoredReferenceItem],
    company_roles: &[PublicId],
) -> Vec<SettingsProblem> {
    let mut check = Check {
        items,
        problems: Vec::new(),
    };
    if settings.record_types.is_empty() {
        let nothing = "Choose at least one record type; with none there is nothing to read.";
        check.add(SetupStep::Sync, "record_type", nothing.to_owned());
    }
    for field in ScopeField::ALL {
        // Kinds that were seen are no list of the vendor's: one that is chosen is its own label.
        if field.kind() != ReferenceKind::SeenOpportunityKind {
            check.still_there(field.step(), field.key(), field.kind(), field.of(settings));
        }
    }
    check.still_there(
        SetupStep::Sync,
        CONTACT_TYPE_FIELD,
        ReferenceKind::SeenContactField,
        &settings.contact_type_field,
    );
    if let Some(chosen) = &settings.default_contact_role
        && !company_roles.iter().any(|role| role.as_str() == chosen)
    {
        let gone = "This role does not exist any more. Choose another one.";
        check.add(SetupStep::Sync, "default_contact_role", gone.to_owned());
    }
    let configure = [
        (
            "closed_status",
            ReferenceKind::TicketStatus,
            &settings.closed_statuses,
        ),
        (
            "public_audience",
            ReferenceKind::NotePublish,
            &settings.public_note_audiences,
        ),
    ];
    for (field, kind, chosen) in configure {
        check.still_there(SetupStep::Configure, field, kind, chosen);
    }
    check.still_offered(
        "client_comment_status",
        ReferenceKind::TicketStatus,
        &settings.client_comment_status,
    );
    if settings.record_types.contains(&RecordType::Opportunities) {
        check.opportunity(settings);
    }
    check.problems
}

/// Most statuses that are named; a board that is deleted takes all of its own with it.
const NAMED: usize = 5;

/// What settings point at that is gone: what [`check`] refuses, and statuses that have a stage. Those may be saved, since they
/// explain old tickets, but what took their place has none yet.
#[must_use]
pub fn gone(
    settings: &IntegrationSettings,
    items: &[StoredReferenceItem],
    company_roles: &[PublicId],
) -> Vec<SettingsProblem> {
    let mut found = Check {
        items,
        problems: check(settings, items, company_roles),
    };
    let lost: Vec<&StoredReferenceItem> = items
        .iter()
        .filter(|item| item.kind == ReferenceKind::TicketStatus && item.removed_at.is_some())
        .filter(|item| settings.stages.contains_key(&item.external_id))
        .collect();
    let named = lost.iter().take(NAMED);
    let names: Vec<String> = named
        .map(|item| found.called(Some(*item), &item.external_id))
        .collect();
    let names = names.join(", ");
    let message = match lost.len() {
        0 => return found.problems,
        1 => format!(
            "{names} is not on the vendor's list any more. Choose a stage for what took its place, and No stage for it."
        ),
        many => {
            let more = match many.saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "{names}{more} are not on the vendor's list any more. Choose a stage for what took their place, and No stage \
                 for them."
            )
        }
    };
    found.add(SetupStep::Configure, "stage", message);
    found.problems
}

/// The statuses that settings use and that are gone, by name. Without any list of statuses nothing is known to be gone.
#[must_use]
pub fn lost_statuses(
    settings: &IntegrationSettings,
    items: &[StoredReferenceItem],
) -> Vec<LostStatus> {
    let check = Check {
        items,
        problems: Vec::new(),
    };
    let kind = ReferenceKind::TicketStatus;
    let statuses = items.iter().filter(|item| item.kind == kind);
    let statuses: BTreeMap<&str, &StoredReferenceItem> = statuses
        .map(|item| (item.external_id.as_str(), item))
        .collect();
    if statuses.is_empty() {
        return Vec::new();
    }
    let comment = &settings.client_comment_status;
    let mut used: BTreeSet<&String> = settings.closed_statuses.union(comment).collect();
    used.extend(settings.stages.keys());
    let mut lost: Vec<LostStatus> = used
        .into_iter()
        .filter_map(|id| {
            let found = statuses.get(id.as_str()).copied();
            let listed = found.is_some_and(|item| item.removed_at.is_none());
            // An inactive one may still be on tickets, but none gets it any more.
            let offered = listed && found.is_some_and(|item| item.active);
            let client_comment = comment.contains(id) && !offered;
            (!listed || client_comment).then(|| LostStatus {
                name: check.label(found, id),
                closes: !listed && settings.closed_statuses.contains(id),
                stage: settings.stages.get(id).copied().filter(|_| !listed),
                client_comment,
            })
        })
        .collect();
    lost.sort_by(|a, b| {
        let weight = |status: &LostStatus| !(status.closes || status.client_comment);
        (weight(a), &a.name).cmp(&(weight(b), &b.name))
    });
    lost
}

struct Check<'a> {
    items: &'a [StoredReferenceItem],
    problems: Vec<SettingsProblem>,
}

impl Check<'_> {
    fn add(&mut self, step: SetupStep, field: &'static str, message: String) {
        self.problems.push(SettingsProblem {
            step,
            field,
            message,
        });
    }

    fn find(&self, kind: ReferenceKind, id: &str) -> Option<&StoredReferenceItem> {
        self.items
            .iter()
            .find(|item| item.kind == kind && item.external_id == id)
    }

    /// What the chosen values are called that are not on the vendor's list, or not as they must be there.
    fn names_without<'s>(
        &self,
        kind: ReferenceKind,
        chosen: impl IntoIterator<Item = &'s String>,
        fits: impl Fn(&StoredReferenceItem) -> bool,
    ) -> Vec<String> {
        chosen
            .into_iter()
            .filter_map(|id| match self.find(kind, id) {
                Some(item) if fits(item) => None,
                found => Some(self.called(found, id)),
            })
            .collect()
    }

    /// Values that only say what is kept: an inactive one may still be on records.
    fn still_there<'s>(
        &mut self,
        step: SetupStep,
        field: &'static str,
        kind: ReferenceKind,
        chosen: impl IntoIterator<Item = &'s String>,
    ) {
        let gone = self.names_without(kind, chosen, |item| item.removed_at.is_none());
        match gone.as_slice() {
            [] => {}
            [one] => self.add(
                step,
                field,
                format!(
                    "{one} is not on the vendor's list any more. Take it out, or choose another."
                ),
            ),
            many => self.add(
                step,
                field,
                format!(
                    "{} are not on the vendor's list any more. Take them out, or choose others.",
                    many.join(", ")
                ),
            ),
        }
    }

    /// Values that records will get: they must be such as may be chosen there.
    fn still_offered<'s>(
        &mut self,
        field: &'static str,
        kind: ReferenceKind,
        chosen: impl IntoIterator<Item = &'s String>,
    ) {
        let gone = self.names_without(kind, chosen, |item| {
            item.removed_at.is_none() && item.active
        });
        if !gone.is_empty() {
            let names = gone.join(", ");
            self.add(
                SetupStep::Configure,
                field,
                format!("{names} cannot be chosen at the vendor any more. Choose another."),
            );
        }
    }

    /// What a value was called, as far as anybody knows.
    fn called(&self, found: Option<&StoredReferenceItem>, id: &str) -> String {
        format!("“{}”", self.label(found, id))
    }

    fn label(&self, found: Option<&StoredReferenceItem>, id: &str) -> String {
        let label = found.map_or_else(
            || id.to_owned(),
            |item| {
                let boards = self.items.iter();
                let boards = boards.filter(|item| item.kind == ReferenceKind::Queue);
                let boards: Boards<'_> = boards
                    .map(|board| (board.external_id.as_str(), board.label.as_str()))
                    .collect();
                boards.label(item.kind, &item.label, item.parent.as_deref())
            },
        );
        domain::text::cut(&label, 60)
    }

    fn opportunity(&mut self, settings: &IntegrationSettings) {
        let defaults = &settings.opportunity;
        for value in OpportunityValue::ALL {
            let Some(set) = value.text(defaults) else {
                continue;
            };
            if let Some(kind) = value.kind() {
                self.still_offered(value.key(), kind, [&set]);
            } else if let Some(range) = value.range().filter(|_| value.number(&set).is_none()) {
                let (least, most) = (range.start(), range.end());
                let message = format!("Type a whole number from {least} to {most}.");
                self.add(SetupStep::Configure, value.key(), message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::UtcMillis;

    fn item(kind: ReferenceKind, id: &str, label: &str) -> StoredReferenceItem {
        StoredReferenceItem {
            kind,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            is_system: false,
            removed_at: None,
        }
    }

    fn gone(item: StoredReferenceItem) -> StoredReferenceItem {
        StoredReferenceItem {
            removed_at: Some(UtcMillis(1)),
            ..item
        }
    }

    fn inactive(item: StoredReferenceItem) -> StoredReferenceItem {
        StoredReferenceItem {
            active: false,
            ..item
        }
    }

    fn items() -> Vec<StoredReferenceItem> {
        use ReferenceKind::*;
        vec![
            item(Queue, "8", "Help Desk"),
            gone(item(Queue, "9", "Level 2")),
            inactive(item(Queue, "10", "Old")),
            item(TicketStatus, "1", "New"),
            gone(item(TicketStatus, "2", "Parked")),
            inactive(item(TicketStatus, "3", "Legacy")),
            item(Owner, "29", "Sam Sales"),
            inactive(item(Owner, "30", "Gone Sam")),
            item(OpportunityStage, "1", "Lead"),
            item(SeenContactField, "Kind", "Kind"),
            gone(item(SeenContactField, "Sort", "Sort")),
        ]
    }

    fn fields(
        settings: &IntegrationSettings,
        roles: &[PublicId],
    ) -> Vec<(SetupStep, &'static str)> {
        check(settings, &items(), roles)
            .into_iter()
            .map(|problem| (problem.step, problem.field))
            .collect()
    }

    #[test]
    fn what_is_there_passes_and_an_inactive_value_may_stay_in_the_scope() {
        let mut settings = IntegrationSettings::default();
        assert_eq!(fields(&settings, &[]), []);
        settings.scope.queues = ["8".to_owned(), "10".to_owned()].into();
        settings.closed_statuses = ["3".to_owned()].into();
        settings.client_comment_status = ["1".into()].into();
        settings.contact_type_field = Some("Kind".into());
        settings.opportunity.fallback_owner = Some("29".into());
        settings.opportunity.stage = Some("1".into());
        settings.opportunity.projected_close_days = Some(30);
        settings.stages = [("77".to_owned(), domain::stage::Stage::New)].into();
        assert_eq!(fields(&settings, &[]), []);
    }

    #[test]
    fn what_vanished_is_named_at_its_field() {
        use SetupStep::{Configure, Sync};
        let with = |change: fn(&mut IntegrationSettings)| {
            let mut settings = IntegrationSettings::default();
            change(&mut settings);
            fields(&settings, &[])
        };
        assert_eq!(
            with(|s| s.scope.queues = ["9".into()].into()),
            [(Sync, "queue")]
        );
        assert_eq!(
            with(|s| s.scope.categories = ["4".into()].into()),
            [(Sync, "category")]
        );
        assert_eq!(
            with(|s| s.scope.exclude_statuses = ["2".into()].into()),
            [(Sync, "exclude_status")]
        );
        assert_eq!(
            with(|s| s.company_types = ["1".into()].into()),
            [(Sync, "company_type")]
        );
        assert_eq!(
            with(|s| s.record_types.clear()),
            [(Sync, "record_type")],
            "nothing to read"
        );
        assert_eq!(
            with(|s| s.default_contact_role = Some("x".into())),
            [(Sync, "default_contact_role")]
        );
        assert_eq!(
            with(|s| s.contact_type_field = Some("Sort".into())),
            [(Sync, "contact_type_field")]
        );
        assert_eq!(
            with(|s| s.closed_statuses = ["2".into()].into()),
            [(Configure, "closed_status")]
        );
        assert_eq!(
            with(|s| s.client_comment_status = ["3".into()].into()),
            [(Configure, "client_comment_status")],
            "it may not be chosen there"
        );
        assert_eq!(
            with(|s| s.opportunity.fallback_owner = Some("30".into())),
            [(Configure, "fallback_owner")]
        );
        assert_eq!(
            with(|s| s.opportunity.stage = Some("2".into())),
            [(Configure, "default_stage")]
        );
        assert_eq!(
            with(|s| s.opportunity.category = Some("2".into())),
            [(Configure, "default_category")]
        );
        for days in [0, 3_651] {
            let mut settings = IntegrationSettings::default();
            settings.opportunity.projected_close_days = Some(days);
            assert_eq!(
                fields(&settings, &[]),
                [(Configure, "projected_close_days")]
            );
            settings.record_types.remove(&RecordType::Opportunities);
            assert_eq!(fields(&settings, &[]), [], "switched off, not asked");
        }
        let mut settings = IntegrationSettings::default();
        settings.scope.queues = ["9".into(), "77".into()].into();
        let message = &check(&settings, &items(), &[])[0].message;
        assert!(
            message.contains("“Level 2”") && message.contains("“77”"),
            "{message}"
        );
        let settings = IntegrationSettings {
            client_comment_status: ["1", "2", "3"].map(str::to_owned).into(),
            ..IntegrationSettings::default()
        };
        let found = check(&settings, &items(), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        let message = &found[0].message;
        let gone = "“Parked”, “Legacy” cannot be chosen";
        assert!(message.starts_with(gone), "of one board each: {message}");
    }

    #[test]
    fn statuses_that_settings_use_and_that_are_gone_are_told_with_their_use() {
        use domain::stage::Stage;
        let mut settings = IntegrationSettings {
            closed_statuses: ["2", "3"].map(str::to_owned).into(),
            stages: [
                ("1", Stage::New),
                ("2", Stage::Resolved),
                ("77", Stage::Waiting),
            ]
            .map(|(id, stage)| (id.to_owned(), stage))
            .into(),
            ..IntegrationSettings::default()
        };
        let told = |settings: &IntegrationSettings| -> Vec<(String, bool, Option<Stage>, bool)> {
            lost_statuses(settings, &items())
                .into_iter()
                .map(|one| (one.name, one.closes, one.stage, one.client_comment))
                .collect()
        };
        let parked = ("Parked".to_owned(), true, Some(Stage::Resolved), false);
        let unknown = ("77".to_owned(), false, Some(Stage::Waiting), false);
        assert_eq!(told(&settings), [parked.clone(), unknown.clone()]);
        settings.client_comment_status = ["3".into()].into();
        let legacy = ("Legacy".to_owned(), false, None, true);
        assert_eq!(
            told(&settings),
            [legacy, parked, unknown],
            "none can get it"
        );
        settings.client_comment_status = ["1".into()].into();
        assert_eq!(told(&settings).len(), 2);
        settings.client_comment_status = ["1", "3"].map(str::to_owned).into();
        assert_eq!(told(&settings).len(), 3, "one board's is gone");
        assert_eq!(lost_statuses(&settings, &[]), [], "no list was read yet");
    }

    #[test]
    fn a_status_that_only_has_a_stage_is_told_and_may_be_saved() {
        use domain::stage::Stage;
        let mut settings = IntegrationSettings {
            stages: ["1", "2", "77"]
                .map(|id| (id.to_owned(), Stage::Waiting))
                .into(),
            ..IntegrationSettings::default()
        };
        let told = |settings: &IntegrationSettings, items: &[StoredReferenceItem]| {
            let found = super::gone(settings, items, &[]).into_iter();
            found
                .map(|problem| (problem.field, problem.message))
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(&settings, &[]), [], "it explains old tickets");
        let found = told(&settings, &items());
        let parked = "“Parked” is not on the vendor's list any more. Choose a stage for what took its place, and No \
                      stage for it.";
        assert_eq!(found, [("stage", parked.to_owned())]);
        settings.closed_statuses = ["2".to_owned()].into();
        let found = told(&settings, &items());
        let found: Vec<&str> = found.iter().map(|one| one.0).collect();
        assert_eq!(found, ["closed_status", "stage"]);
        settings.closed_statuses.clear();

        let many: Vec<StoredReferenceItem> = (1..=7)
            .map(|id| {
                let id = id.to_string();
                settings.stages.insert(id.clone(), Stage::Waiting);
                gone(item(ReferenceKind::TicketStatus, &id, &id))
            })
            .collect();
        let found = told(&settings, &many);
        assert!(
            found[0]
                .1
                .starts_with("“1”, “2”, “3”, “4”, “5” and 2 more are not"),
            "{found:?}"
        );
        settings.stages.clear();
        assert_eq!(told(&settings, &many), []);
    }

    #[test]
    fn contacts_get_a_company_role_that_is_there() {
        let (here, gone) = (PublicId::new(UtcMillis(1)), PublicId::new(UtcMillis(2)));
        let settings = IntegrationSettings {
            default_contact_role: Some(here.to_string()),
            ..IntegrationSettings::default()
        };
        assert_eq!(fields(&settings, &[gone.clone(), here]), []);
        let found = fields(&settings, &[gone]);
        assert_eq!(found, [(SetupStep::Sync, "default_contact_role")]);
    }
}
