//! The forms of the steps *Sync* and *Configure*, read and checked against what may be chosen.

use std::collections::{BTreeMap, BTreeSet};

use domain::opportunity_import::cents;
use domain::provider::{CONTACT_TYPE_FIELD, OpportunityValue, ScopeField};
use domain::reference::ReferenceKind;
use domain::settings::{INTERVALS, IntegrationSettings};
use domain::stage::Stage;
use domain::stream::RecordType;

use super::client_comment_status;
use super::everywhere::{set_stages, set_ticks};
use super::known::Known;
use crate::web::form::Fields;

/// The switch that lets opportunities come in on their own.
pub const IMPORT_ENABLED: &str = "opportunity_import";

/// The least value of those that do.
pub const IMPORT_MINIMUM: &str = "opportunity_minimum";

/// What is wrong with a form, by the name of the field.
pub type Problems = BTreeMap<&'static str, String>;

/// What is said about an interval that is not offered.
pub const INTERVAL_PROBLEM: &str = "Choose one of the intervals of the list.";

/// The interval of a form, if it has one.
///
/// # Errors
/// When it is none that is offered.
pub fn read_interval(fields: &Fields) -> Result<Option<u32>, &'static str> {
    if !fields.has("interval") {
        return Ok(None);
    }
    let minutes = fields.text("interval").parse().ok();
    match minutes.filter(|minutes| INTERVALS.contains(minutes)) {
        Some(minutes) => Ok(Some(minutes)),
        None => Err(INTERVAL_PROBLEM),
    }
}

fn unlisted(value: &str) -> String {
    let shown: String = value.chars().take(60).collect();
    format!(
        "“{shown}” is not in this list. Reload the page to see what there is to choose from now."
    )
}

/// A list of a form: where it is kept.
pub type Set = fn(&mut IntegrationSettings) -> &mut BTreeSet<String>;

const AUDIENCES: (&str, ReferenceKind, Set) =
    ("public_audience", ReferenceKind::NotePublish, |s| {
        &mut s.public_note_audiences
    });
const CLOSED: (&str, ReferenceKind, Set) = ("closed_status", ReferenceKind::TicketStatus, |s| {
    &mut s.closed_statuses
});

/// Reads the form of the step *Sync* over the settings it started from. What the form did not show stays. Also answers
/// what is wrong, so that the form can be shown again as it was filled in.
#[must_use]
pub fn read_sync(
    fields: &Fields,
    base: IntegrationSettings,
    known: &Known<'_>,
) -> (IntegrationSettings, Problems) {
    let mut form = Reading {
        fields,
        known,
        settings: base,
        problems: Problems::new(),
    };
    form.record_types();
    form.schedule();
    form.auto_import();
    if fields.has("with_reference_data") {
        form.settings.company_source = fields.has("company_source");
        let setup = &known.provider.setup;
        if setup.skip_inactive.is_some() {
            form.settings.skip_inactive_companies = fields.has("skip_inactive_companies");
        }
        for list in setup.companies.iter().chain(setup.scope) {
            form.scope(list.field);
        }
        form.contact_type();
    }
    (form.settings, form.problems)
}

/// Reads the form of the step *Configure*, like [`read_sync`].
#[must_use]
pub fn read_configure(
    fields: &Fields,
    base: IntegrationSettings,
    known: &Known<'_>,
) -> (IntegrationSettings, Problems) {
    let mut form = Reading {
        fields,
        known,
        settings: base,
        problems: Problems::new(),
    };
    if fields.has("with_reference_data") {
        form.list(CLOSED);
        form.list(AUDIENCES);
        form.client_comment_status();
        form.stages();
    }
    if fields.has("with_opportunities") {
        form.opportunity();
        form.opportunity_import();
    }
    (form.settings, form.problems)
}

struct Reading<'a> {
    fields: &'a Fields,
    known: &'a Known<'a>,
    settings: IntegrationSettings,
    problems: Problems,
}

impl Reading<'_> {
    fn record_types(&mut self) {
        let kinds: Vec<RecordType> = RecordType::ALL
            .into_iter()
            .filter(|kind| self.known.provider.has(*kind))
            .collect();
        let chosen: Vec<&str> = self.fields.all("record_type").collect();
        let unknown = chosen
            .iter()
            .find(|key| !kinds.iter().any(|kind| kind.key() == **key));
        self.settings.record_types = kinds
            .iter()
            .copied()
            .filter(|kind| chosen.contains(&kind.key()))
            .collect();
        if let Some(key) = unknown {
            self.problems.insert("record_type", unlisted(key));
        } else if self.settings.record_types.is_empty() {
            let nothing = "Switch on at least one; with none there is nothing to read.";
            self.problems.insert("record_type", nothing.to_owned());
        }
    }

    fn schedule(&mut self) {
        self.settings.auto_sync = self.fields.has("auto_sync");
        self.settings.initial_import = self.fields.has("initial_import");
        match read_interval(self.fields) {
            Ok(Some(minutes)) => self.settings.interval_minutes = minutes,
            Ok(None) => {}
            Err(problem) => {
                self.problems.insert("interval", problem.to_owned());
            }
        }
    }

    fn auto_import(&mut self) {
        self.settings.auto_import = self.fields.has("auto_import");
        let role = self.fields.text("default_contact_role");
        let listed = self.known.roles.iter().any(|known| known == role);
        if role.is_empty() {
            self.settings.default_contact_role = None;
        } else if listed {
            self.settings.default_contact_role = Some(role.to_owned());
        } else {
            let gone = "This role does not exist any more. Choose another one.";
            self.problems
                .insert("default_contact_role", gone.to_owned());
        }
        if self.settings.auto_import && role.is_empty() {
            let missing = "Choose the role imported contacts get, or switch Auto-Import off.";
            self.problems
                .insert("default_contact_role", missing.to_owned());
        }
    }

    fn contact_type(&mut self) {
        let types = self.known.provider.setup.contact_types;
        if types.is_none_or(|types| types.choice.is_none()) {
            return;
        }
        let kept = [&self.settings, self.known.stored].map(|set| set.contact_type_field.clone());
        self.settings.contact_type_field =
            self.one(CONTACT_TYPE_FIELD, ReferenceKind::SeenContactField, kept);
    }

    fn scope(&mut self, field: ScopeField) {
        let kept = [field.of(&self.settings), field.of(self.known.stored)].map(BTreeSet::clone);
        *field.of_mut(&mut self.settings) = self.chosen(field.key(), field.kind(), &kept);
    }

    fn list(&mut self, (name, kind, place): (&'static str, ReferenceKind, Set)) {
        let mut stored = self.known.stored.clone();
        let kept = [
            place(&mut self.settings).clone(),
            place(&mut stored).clone(),
        ];
        *place(&mut self.settings) = self.chosen(name, kind, &kept);
    }

    /// The ids chosen in a list, of those there are and those that were chosen before.
    fn chosen(
        &mut self,
        name: &'static str,
        kind: ReferenceKind,
        kept: &[BTreeSet<String>; 2],
    ) -> BTreeSet<String> {
        let is_known =
            |id: &str| self.known.lists(kind, id) || kept.iter().any(|kept| kept.contains(id));
        if let Some(id) = self.fields.all(name).find(|id| !is_known(id)) {
            self.problems.insert(name, unlisted(id));
        }
        let chosen = self.fields.all(name).filter(|id| is_known(id));
        let mut chosen = chosen.map(str::to_owned).collect();
        if kind == ReferenceKind::TicketStatus {
            let [base, _] = kept;
            set_ticks(self.fields, name, self.known.shared, base, &mut chosen);
        }
        chosen
    }

    fn one(
        &mut self,
        name: &'static str,
        kind: ReferenceKind,
        kept: [Option<String>; 2],
    ) -> Option<String> {
        let id = self.fields.text(name);
        if id.is_empty() {
            None
        } else if self.known.lists(kind, id) || kept.iter().flatten().any(|kept| kept == id) {
            Some(id.to_owned())
        } else {
            self.problems.insert(name, unlisted(id));
            let [mine, _] = kept;
            mine
        }
    }

    fn client_comment_status(&mut self) {
        const NAME: &str = "client_comment_status";
        let base = &self.settings.client_comment_status;
        match client_comment_status::read(self.fields.text(NAME), base, self.known) {
            Ok(set) => self.settings.client_comment_status = set,
            Err(value) => {
                self.problems.insert(NAME, unlisted(value));
            }
        }
    }

    fn stages(&mut self) {
        let base = self.settings.stages.clone();
        let mut seen = BTreeMap::new();
        for (name, value) in self.fields.iter() {
            let Some(status) = name.strip_prefix("stage.") else {
                continue;
            };
            let is_known = self.known.lists(ReferenceKind::TicketStatus, status)
                || self.settings.stages.contains_key(status)
                || self.known.stored.stages.contains_key(status);
            let stage = Stage::ALL.into_iter().find(|stage| stage.label() == value);
            if !is_known {
                self.problems.insert("stage", unlisted(status));
                continue;
            }
            if seen
                .insert(status, value)
                .is_some_and(|before| before != value)
            {
                let twice = "A status can stand for one stage only. Choose one stage for it.";
                self.problems.insert("stage", twice.to_owned());
                continue;
            }
            match stage {
                Some(stage) => {
                    self.settings.stages.insert(status.to_owned(), stage);
                }
                None if value.is_empty() => {
                    self.settings.stages.remove(status);
                }
                None => {
                    self.problems.insert("stage", unlisted(value));
                }
            }
        }
        let stages = &mut self.settings.stages;
        if let Err(value) = set_stages(self.fields, self.known.shared, &base, stages) {
            self.problems.insert("stage", unlisted(value));
        }
    }

    /// What comes in on its own: the switch, the least value and the kinds.
    fn opportunity_import(&mut self) {
        let Some(form) = self.known.provider.setup.opportunity_import else {
            return;
        };
        self.settings.opportunity_import.enabled = self.fields.has(IMPORT_ENABLED);
        let typed = self.fields.text(IMPORT_MINIMUM);
        if typed.is_empty() {
            self.settings.opportunity_import.minimum_cents = None;
        } else if let Some(cents) = cents(typed) {
            self.settings.opportunity_import.minimum_cents = Some(cents);
        } else {
            let problem = "Type an amount, such as 5000 or 5000.50, or leave the field empty.";
            self.problems.insert(IMPORT_MINIMUM, problem.to_owned());
        }
        self.scope(form.kinds.field);
    }

    fn opportunity(&mut self) {
        for field in self.known.provider.setup.opportunity {
            let (key, value) = (field.value.key(), field.value);
            let stored = &self.known.stored.opportunity;
            let kept = [&self.settings.opportunity, stored].map(|set| value.text(set));
            let set = match value.kind() {
                Some(kind) => self.one(key, kind, kept),
                None => self.number(value, kept),
            };
            value.put(&mut self.settings.opportunity, set);
        }
    }

    fn number(&mut self, value: OpportunityValue, kept: [Option<String>; 2]) -> Option<String> {
        let typed = self.fields.text(value.key());
        if typed.is_empty() || value.number(typed).is_some() {
            return Some(typed.to_owned());
        }
        if let Some(range) = value.range() {
            let (least, most) = (range.start(), range.end());
            let problem = format!("Type a whole number from {least} to {most}.");
            self.problems.insert(value.key(), problem);
        }
        let [mine, _] = kept;
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::super::statuses::Shared;
    use super::*;
    use domain::reference::ReferenceItem;

    fn item(kind: ReferenceKind, id: &str) -> ReferenceItem {
        ReferenceItem {
            kind,
            external_id: id.into(),
            label: id.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system: false,
            closes: false,
        }
    }

    type Read = fn(&Fields, IntegrationSettings, &Known<'_>) -> (IntegrationSettings, Problems);

    fn read_over(
        read: Read,
        text: &str,
        base: IntegrationSettings,
    ) -> (IntegrationSettings, Problems) {
        use ReferenceKind::{Owner, Queue, TicketStatus};
        let mut items = ["8", "9"].map(|id| item(Queue, id)).to_vec();
        items.extend(["1", "5", "8"].map(|id| item(TicketStatus, id)));
        items.push(item(Owner, "77"));
        let known = Known {
            provider: domain::provider::find("autotask").expect("there"),
            items: &items,
            roles: &["viewer".to_owned()],
            shared: &[Shared {
                key: "new".into(),
                name: "New".into(),
                ids: ["1", "8"].map(str::to_owned).into(),
            }],
            stored: &base.clone(),
        };
        read(&Fields::parse(text.as_bytes()), base, &known)
    }

    #[test]
    fn a_form_without_record_types_is_told() {
        let (typed, problems) = read_over(
            read_sync,
            "auto_sync=on&interval=5",
            IntegrationSettings::default(),
        );
        assert_eq!(problems.keys().collect::<Vec<_>>(), [&"record_type"]);
        assert_eq!(typed.interval_minutes, 5, "what was filled in stays");
    }

    #[test]
    fn the_sync_step_is_read() {
        let mut base = IntegrationSettings::default();
        base.scope.queues.insert("gone".into());
        base.stages.insert("5".into(), Stage::Resolved);
        let (settings, problems) = read_over(
            read_sync,
            "interval=30&record_type=tickets&record_type=companies&with_reference_data=1&queue=8&queue=9&queue=gone\
             &exclude_status=5&auto_import=on&default_contact_role=viewer",
            base,
        );
        assert_eq!(problems, Problems::new());
        assert!(!settings.auto_sync && !settings.initial_import && settings.auto_import);
        assert_eq!(settings.default_contact_role.as_deref(), Some("viewer"));
        assert_eq!(settings.interval_minutes, 30);
        assert_eq!(
            settings.record_types,
            [RecordType::Companies, RecordType::Tickets].into()
        );
        assert_eq!(
            settings.scope.queues.iter().collect::<Vec<_>>(),
            ["8", "9", "gone"],
            "what was chosen stays in the form, though it is no longer listed"
        );
        assert_eq!(
            settings.stages.get("5"),
            Some(&Stage::Resolved),
            "another step's setting stays"
        );
    }

    #[test]
    fn the_field_with_the_type_of_a_contact_is_read_where_the_provider_asks_for_it() {
        let items = [item(ReferenceKind::SeenContactField, "Contact Type")];
        let read = |provider: &str, field: &str, stored: Option<&str>| {
            let stored = IntegrationSettings {
                contact_type_field: stored.map(str::to_owned),
                ..IntegrationSettings::default()
            };
            let known = Known {
                provider: domain::provider::find(provider).expect("there"),
                items: &items,
                roles: &[],
                shared: &[],
                stored: &stored,
            };
            let text = format!(
                "interval=5&record_type=users&with_reference_data=1&contact_type_field={field}"
            );
            let fields = Fields::parse(text.as_bytes());
            let (settings, problems) = read_sync(&fields, stored.clone(), &known);
            let told: Vec<_> = problems.into_keys().collect();
            (settings.contact_type_field, told.join(", "))
        };
        let some = |field: &str| Some(field.to_owned());
        let none = String::new;
        for (provider, field, stored, kept, told) in [
            ("syncro", "Contact+Type", None, some("Contact Type"), none()),
            ("syncro", "", Some("Contact Type"), None, none()),
            ("syncro", "Room", Some("Room"), some("Room"), none()),
            (
                "syncro",
                "Room",
                None,
                None,
                "contact_type_field".to_owned(),
            ),
            ("halo_psa", "Contact+Type", None, None, none()),
        ] {
            let found = read(provider, field, stored);
            assert_eq!(found, (kept, told), "{provider} {field} {stored:?}");
        }
    }

    #[test]
    fn the_configure_step_is_read() {
        let mut base = IntegrationSettings::default();
        base.stages.extend([
            ("5".to_owned(), Stage::Resolved),
            ("77".to_owned(), Stage::Waiting),
        ]);
        base.scope.queues.insert("8".into());
        let (settings, problems) = read_over(
            read_configure,
            "with_reference_data=1&closed_status=5&client_comment_status=8&stage.1=New&stage.5=&stage.8=Working\
             &with_opportunities=1&fallback_owner=77&projected_close_days=+30+",
            base,
        );
        assert_eq!(problems, Problems::new());
        assert_eq!(settings.client_comment_status, ["8".to_owned()].into());
        assert_eq!(settings.stages.get("1"), Some(&Stage::New));
        assert_eq!(settings.stages.get("5"), None);
        assert_eq!(
            settings.stages.get("77"),
            Some(&Stage::Waiting),
            "a status the form did not show keeps its stage"
        );
        assert_eq!(settings.opportunity.fallback_owner.as_deref(), Some("77"));
        assert_eq!(settings.opportunity.projected_close_days, Some(30));
        assert!(settings.auto_sync, "another step's setting stays");
        assert!(settings.scope.queues.contains("8"));
    }

    #[test]
    fn what_lets_opportunities_in_is_read_where_the_provider_asks_for_it() {
        let halo = domain::provider::find("halo_psa").expect("there");
        let items = [item(ReferenceKind::SeenOpportunityKind, "Project")];
        let base = IntegrationSettings::default();
        let known = Known {
            provider: halo,
            items: &items,
            roles: &[],
            shared: &[],
            stored: &base,
        };
        let read = |text: &str| {
            let fields = Fields::parse(text.as_bytes());
            let (settings, problems) = read_configure(&fields, base.clone(), &known);
            (settings.opportunity_import, problems)
        };
        let (set, problems) = read(
            "with_opportunities=1&opportunity_import=on&opportunity_minimum=5,000&opportunity_kind=Project",
        );
        assert_eq!(problems, Problems::new());
        assert!(set.enabled && set.kinds.contains("Project"));
        assert_eq!(set.minimum_cents, Some(500_000));
        let (set, _) = read("with_opportunities=1");
        assert!(!set.enabled && set.minimum_cents.is_none());
        assert!(read("").0.enabled, "what the form did not show stays");
        let (_, problems) =
            read("with_opportunities=1&opportunity_minimum=much&opportunity_kind=Nonsense");
        let fields: Vec<_> = problems.keys().copied().collect();
        assert_eq!(fields, ["opportunity_kind", "opportunity_minimum"]);
        let (settings, _) = read_over(
            read_configure,
            "with_opportunities=1&opportunity_minimum=5",
            IntegrationSettings::default(),
        );
        assert!(
            settings.opportunity_import.enabled,
            "Autotask has no such rule"
        );
    }

    #[test]
    fn a_name_of_several_boards_is_set_for_all_of_them() {
        let (settings, problems) = read_over(
            read_configure,
            "with_reference_data=1&stage.1=&stage.8=&stage_was.new=&stage_all.new=Waiting&closed_status_was.new=off\
             &closed_status_all=new&client_comment_status=all.new",
            IntegrationSettings::default(),
        );
        assert_eq!(problems, Problems::new());
        let waiting = ["1", "8"].map(|id| (id.to_owned(), Stage::Waiting));
        assert_eq!(settings.stages, waiting.into());
        let both: BTreeSet<String> = ["1", "8"].map(str::to_owned).into();
        assert_eq!(settings.closed_statuses, both);
        assert_eq!(settings.client_comment_status, both);
        let (settings, _) = read_over(
            read_sync,
            "interval=5&record_type=tickets&with_reference_data=1&exclude_status_was.new=off&exclude_status_all=new",
            IntegrationSettings::default(),
        );
        assert_eq!(settings.scope.exclude_statuses.len(), 2);
    }

    #[test]
    fn disabled_opportunity_defaults_keep_what_was_set() {
        let mut base = IntegrationSettings::default();
        base.opportunity.projected_close_days = Some(14);
        let (settings, problems) = read_over(read_configure, "with_reference_data=1", base);
        assert_eq!(problems, Problems::new());
        assert_eq!(settings.opportunity.projected_close_days, Some(14));
    }

    #[test]
    fn what_is_not_offered_is_told_beside_its_field() {
        let sync: Read = read_sync;
        let configure: Read = read_configure;
        for (read, extra, field) in [
            (sync, "record_type=nonsense", "record_type"),
            (sync, "queue=5", "queue"),
            (sync, "category=1", "category"),
            (sync, "exclude_status=9", "exclude_status"),
            (sync, "company_type=1", "company_type"),
            (sync, "default_contact_role=admin", "default_contact_role"),
            (sync, "auto_import=on", "default_contact_role"),
            (configure, "public_audience=1", "public_audience"),
            (configure, "closed_status=x", "closed_status"),
            (
                configure,
                "client_comment_status=9",
                "client_comment_status",
            ),
            (
                configure,
                "client_comment_status=all.gone",
                "client_comment_status",
            ),
            (configure, "stage.99=New", "stage"),
            (configure, "stage.1=Nowhere", "stage"),
            (configure, "stage.1=New&stage.1=Working", "stage"),
            (configure, "stage_all.new=Nowhere", "stage"),
            (configure, "fallback_owner=1", "fallback_owner"),
            (configure, "default_stage=1", "default_stage"),
            (configure, "projected_close_days=0", "projected_close_days"),
            (configure, "projected_close_days=-4", "projected_close_days"),
            (
                configure,
                "projected_close_days=99999999999",
                "projected_close_days",
            ),
            (
                configure,
                "projected_close_days=soon",
                "projected_close_days",
            ),
        ] {
            let text = format!(
                "interval=5&record_type=tickets&with_reference_data=1&with_opportunities=1&{extra}"
            );
            let (settings, problems) = read_over(read, &text, IntegrationSettings::default());
            assert_eq!(problems.keys().collect::<Vec<_>>(), [&field], "{extra}");
            assert!(settings.closed_statuses.is_empty() && settings.scope.queues.is_empty());
        }
        for interval in ["7", "-5", "", "x"] {
            let text = format!("record_type=tickets&interval={interval}");
            let (settings, problems) = read_over(read_sync, &text, IntegrationSettings::default());
            assert_eq!(problems.keys().collect::<Vec<_>>(), [&"interval"]);
            assert_eq!(settings.interval_minutes, 15, "not offered, not taken");
        }
    }
}
