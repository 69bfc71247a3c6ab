//! The settings form of an integration, read and checked.

use std::collections::{BTreeMap, BTreeSet};

use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::{INTERVALS, IntegrationSettings};
use domain::stage::Stage;
use domain::stream::RecordType;

use crate::web::form::Fields;

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

/// Reads the sync options of a form over settings. Also answers what is wrong with them, so that the form can be shown
/// again as it was filled in.
#[must_use]
pub fn read_options(
    fields: &Fields,
    mut settings: IntegrationSettings,
    offered: impl Fn(RecordType) -> bool,
) -> (IntegrationSettings, Problems) {
    let mut problems = Problems::new();
    settings.auto_sync = fields.has("auto_sync");
    settings.initial_import = fields.has("initial_import");
    match read_interval(fields) {
        Ok(minutes) => {
            settings.interval_minutes = minutes.unwrap_or(settings.interval_minutes);
        }
        Err(problem) => {
            problems.insert("interval", problem.to_owned());
        }
    }
    let kinds: Vec<RecordType> = RecordType::ALL
        .into_iter()
        .filter(|kind| offered(*kind))
        .collect();
    let chosen: Vec<&str> = fields.all("record_type").collect();
    let unknown = chosen
        .iter()
        .find(|key| !kinds.iter().any(|kind| kind.key() == **key));
    settings.record_types = kinds
        .iter()
        .copied()
        .filter(|kind| chosen.contains(&kind.key()))
        .collect();
    if let Some(key) = unknown {
        problems.insert("record_type", unlisted(key));
    } else if settings.record_types.is_empty() {
        let nothing = "Choose at least one record type; with none there is nothing to read.";
        problems.insert("record_type", nothing.to_owned());
    }
    (settings, problems)
}

fn unlisted(value: &str) -> String {
    let shown: String = value.chars().take(60).collect();
    format!(
        "“{shown}” is not in this list. Reload the page to see what there is to choose from now."
    )
}

/// What may be chosen from: the vendor's values, and what is chosen already though the vendor lists it no more.
pub struct Known<'a> {
    /// The vendor's values.
    pub items: &'a [ReferenceItem],
    /// The settings as stored.
    pub stored: &'a IntegrationSettings,
}

impl Known<'_> {
    fn lists(&self, kind: ReferenceKind, id: &str) -> bool {
        self.items
            .iter()
            .any(|item| item.kind == kind && item.external_id == id)
    }
}

type Set = fn(&mut IntegrationSettings) -> &mut BTreeSet<String>;

/// The lists of the form that hold reference values.
const LISTS: [(&str, ReferenceKind, Set); 6] = [
    ("queue", ReferenceKind::Queue, |s| &mut s.scope.queues),
    ("category", ReferenceKind::TicketCategory, |s| {
        &mut s.scope.categories
    }),
    ("exclude_status", ReferenceKind::TicketStatus, |s| {
        &mut s.scope.exclude_statuses
    }),
    ("company_type", ReferenceKind::CompanyType, |s| {
        &mut s.company_types
    }),
    ("public_audience", ReferenceKind::NotePublish, |s| {
        &mut s.public_note_audiences
    }),
    ("closed_status", ReferenceKind::TicketStatus, |s| {
        &mut s.closed_statuses
    }),
];

/// Reads the whole settings form over the settings it started from. What the form did not show stays.
#[must_use]
pub fn read(
    fields: &Fields,
    base: IntegrationSettings,
    offered: impl Fn(RecordType) -> bool,
    known: &Known<'_>,
) -> (IntegrationSettings, Problems) {
    let (mut settings, mut problems) = read_options(fields, base, offered);
    if !fields.has("with_reference_data") {
        return (settings, problems);
    }
    settings.company_source = fields.has("company_source");
    let mut stored = known.stored.clone();
    for (name, kind, place) in LISTS {
        let (base, stored) = (place(&mut settings).clone(), place(&mut stored));
        let is_known = |id: &str| known.lists(kind, id) || base.contains(id) || stored.contains(id);
        if let Some(id) = fields.all(name).find(|id| !is_known(id)) {
            problems.insert(name, unlisted(id));
        }
        *place(&mut settings) = fields
            .all(name)
            .filter(|id| is_known(id))
            .map(str::to_owned)
            .collect();
    }
    for (name, value) in fields.iter() {
        let Some(status) = name.strip_prefix("stage.") else {
            continue;
        };
        let is_known = known.lists(ReferenceKind::TicketStatus, status)
            || settings.stages.contains_key(status)
            || stored.stages.contains_key(status);
        let stage = Stage::ALL.into_iter().find(|stage| stage.label() == value);
        match stage {
            _ if !is_known => {
                problems.insert("stage", unlisted(status));
            }
            Some(stage) => {
                settings.stages.insert(status.to_owned(), stage);
            }
            None if value.is_empty() => {
                settings.stages.remove(status);
            }
            None => {
                problems.insert("stage", unlisted(value));
            }
        }
    }
    (settings, problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: ReferenceKind, id: &str) -> ReferenceItem {
        ReferenceItem {
            kind,
            external_id: id.into(),
            label: id.into(),
            parent: None,
            active: true,
            sort_order: 0,
            system: false,
        }
    }

    fn read_over(text: &str, base: IntegrationSettings) -> (IntegrationSettings, Problems) {
        use ReferenceKind::{Queue, TicketStatus};
        let mut items = ["8", "9"].map(|id| item(Queue, id)).to_vec();
        items.extend(["1", "5", "8"].map(|id| item(TicketStatus, id)));
        let known = Known {
            items: &items,
            stored: &base.clone(),
        };
        read(&Fields::parse(text.as_bytes()), base, |_| true, &known)
    }

    #[test]
    fn a_form_without_record_types_is_told() {
        let (typed, problems) =
            read_over("auto_sync=on&interval=5", IntegrationSettings::default());
        assert_eq!(problems.keys().collect::<Vec<_>>(), [&"record_type"]);
        assert_eq!(typed.interval_minutes, 5, "what was filled in stays");
    }

    #[test]
    fn a_form_is_read() {
        let mut base = IntegrationSettings::default();
        base.stages.extend([
            ("5".to_owned(), Stage::Resolved),
            ("77".to_owned(), Stage::Waiting),
        ]);
        base.scope.queues.insert("gone".into());
        let (settings, problems) = read_over(
            "interval=30&record_type=tickets&record_type=companies&with_reference_data=1&queue=8&queue=9&queue=gone\
             &stage.1=New&stage.5=&stage.8=Working&exclude_status=5",
            base,
        );
        assert_eq!(problems, Problems::new());
        assert!(!settings.auto_sync && !settings.initial_import);
        assert_eq!(settings.interval_minutes, 30);
        assert_eq!(
            settings.record_types,
            [RecordType::Companies, RecordType::Tickets].into()
        );
        assert_eq!(
            settings.scope.queues.iter().collect::<Vec<_>>(),
            ["8", "9", "gone"],
            "what was chosen stays, though it is no longer listed"
        );
        assert_eq!(settings.stages.get("1"), Some(&Stage::New));
        assert_eq!(settings.stages.get("5"), None);
        assert_eq!(
            settings.stages.get("77"),
            Some(&Stage::Waiting),
            "a status the form did not show keeps its stage"
        );
    }

    #[test]
    fn what_is_not_offered_is_told_beside_its_field() {
        let good = "interval=5&record_type=tickets&with_reference_data=1";
        for (extra, field) in [
            ("record_type=nonsense", "record_type"),
            ("queue=5", "queue"),
            ("category=1", "category"),
            ("exclude_status=9", "exclude_status"),
            ("company_type=1", "company_type"),
            ("public_audience=1", "public_audience"),
            ("closed_status=x", "closed_status"),
            ("stage.99=New", "stage"),
            ("stage.1=Nowhere", "stage"),
        ] {
            let text = format!("{good}&{extra}");
            let (settings, problems) = read_over(&text, IntegrationSettings::default());
            assert_eq!(problems.keys().collect::<Vec<_>>(), [&field], "{extra}");
            assert_eq!(settings.stages.len(), 0, "{extra}");
            assert!(settings.closed_statuses.is_empty() && settings.scope.queues.is_empty());
        }
        for interval in ["7", "-5", "", "x"] {
            let text = format!("record_type=tickets&interval={interval}");
            let (settings, problems) = read_over(&text, IntegrationSettings::default());
            assert_eq!(problems.keys().collect::<Vec<_>>(), [&"interval"]);
            assert_eq!(settings.interval_minutes, 15, "not offered, not taken");
        }
    }
}
