//! Two edits of the same settings, put together when two people saved at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::provider::{OpportunityValue, Provider, SetupData};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::stage::Stage;
use domain::stream::RecordType;

/// One setting that somebody else changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The setting.
    pub label: String,
    /// What it was when the form was opened.
    pub before: String,
    /// What they saved.
    pub theirs: String,
    /// What the form holds now.
    pub form: String,
    /// Both changed it.
    pub both: bool,
}

/// Labels of reference values, for showing sets of their ids.
pub struct Labels<'a> {
    values: BTreeMap<(ReferenceKind, &'a str), &'a str>,
    roles: BTreeMap<&'a str, &'a str>,
    provider: SetupData,
}

impl<'a> Labels<'a> {
    /// The labels of a provider's items and of roles, given as id and name.
    #[must_use]
    pub fn of(
        provider: &Provider,
        items: &'a [ReferenceItem],
        roles: &'a [(String, String)],
    ) -> Self {
        let values = items
            .iter()
            .map(|item| ((item.kind, item.external_id.as_str()), item.label.as_str()));
        let roles = roles.iter().map(|(id, name)| (id.as_str(), name.as_str()));
        Self {
            values: values.collect(),
            roles: roles.collect(),
            provider: provider.setup,
        }
    }

    /// A set of ids as a list of labels.
    #[must_use]
    pub fn set(&self, kind: ReferenceKind, ids: &BTreeSet<String>, none: &str) -> String {
        self.list(kind, ids, none)
    }

    /// One id that may not be set.
    #[must_use]
    pub fn some(&self, kind: ReferenceKind, id: Option<&String>) -> String {
        id.map_or("none", |id| self.one(kind, id)).to_owned()
    }

    /// A default of opportunities.
    #[must_use]
    pub fn default_of(&self, value: OpportunityValue, set: Option<&String>) -> String {
        match value.kind() {
            Some(kind) => self.some(kind, set),
            None => set.map_or("none", String::as_str).to_owned(),
        }
    }

    /// A role that may not be set.
    #[must_use]
    pub fn role(&self, id: Option<&String>) -> String {
        let name = id.map_or("none", |id| {
            self.roles
                .get(id.as_str())
                .copied()
                .unwrap_or("a deleted role")
        });
        name.to_owned()
    }

    fn list(&self, kind: ReferenceKind, ids: &BTreeSet<String>, none: &str) -> String {
        if ids.is_empty() {
            return none.to_owned();
        }
        let names: Vec<&str> = ids.iter().map(|id| self.one(kind, id)).collect();
        names.join(", ")
    }

    fn one<'b>(&self, kind: ReferenceKind, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.values.get(&(kind, id)).copied().unwrap_or(id)
    }
}

/// Puts two edits of the same settings together. What only they changed is theirs, everything else mine; what they
/// changed is told, with whether I changed it too.
#[must_use]
pub fn merge(
    base: &IntegrationSettings,
    theirs: &IntegrationSettings,
    mine: &IntegrationSettings,
    labels: &Labels<'_>,
) -> (IntegrationSettings, Vec<Conflict>) {
    let mut merge = Merge {
        merged: mine.clone(),
        told: Vec::new(),
    };
    let switch = |on: &bool| if *on { "on" } else { "off" }.to_owned();
    merge.field(
        "Auto-sync",
        (base, theirs, mine),
        |s| &mut s.auto_sync,
        |s| &s.auto_sync,
        switch,
    );
    let minutes = |minutes: &u32| format!("{minutes} minutes");
    merge.field(
        "Interval",
        (base, theirs, mine),
        |s| &mut s.interval_minutes,
        |s| &s.interval_minutes,
        minutes,
    );
    merge.field(
        "Initial import",
        (base, theirs, mine),
        |s| &mut s.initial_import,
        |s| &s.initial_import,
        switch,
    );
    let kinds = |kinds: &BTreeSet<RecordType>| {
        kinds
            .iter()
            .map(|kind| kind.label())
            .collect::<Vec<_>>()
            .join(", ")
    };
    merge.field(
        "Record types",
        (base, theirs, mine),
        |s| &mut s.record_types,
        |s| &s.record_types,
        kinds,
    );
    let list =
        |kind, none: &'static str| move |ids: &BTreeSet<String>| labels.list(kind, ids, none);
    for one in labels
        .provider
        .scope
        .iter()
        .chain(labels.provider.companies)
    {
        let field = one.field;
        merge.field(
            one.label,
            (base, theirs, mine),
            |s| field.of_mut(s),
            |s| field.of(s),
            list(field.kind(), one.none),
        );
    }
    merge.field(
        "Companies come from here",
        (base, theirs, mine),
        |s| &mut s.company_source,
        |s| &s.company_source,
        switch,
    );
    merge.field(
        labels
            .provider
            .skip_inactive
            .unwrap_or("Skip Inactive Companies"),
        (base, theirs, mine),
        |s| &mut s.skip_inactive_companies,
        |s| &s.skip_inactive_companies,
        switch,
    );
    let audiences = list(ReferenceKind::NotePublish, "nobody: all notes are internal");
    merge.field(
        "Note audiences",
        (base, theirs, mine),
        |s| &mut s.public_note_audiences,
        |s| &s.public_note_audiences,
        audiences,
    );
    let closed = list(ReferenceKind::TicketStatus, "as the vendor marks them");
    merge.field(
        "Closed Statuses",
        (base, theirs, mine),
        |s| &mut s.closed_statuses,
        |s| &s.closed_statuses,
        closed,
    );
    merge.field(
        "Auto-Import",
        (base, theirs, mine),
        |s| &mut s.auto_import,
        |s| &s.auto_import,
        switch,
    );
    merge.field(
        "Default Role for Imported Contacts",
        (base, theirs, mine),
        |s| &mut s.default_contact_role,
        |s| &s.default_contact_role,
        |role| labels.role(role.as_ref()),
    );
    let some = |kind| move |id: &Option<String>| labels.some(kind, id.as_ref());
    merge.field(
        "Client Comment Status",
        (base, theirs, mine),
        |s| &mut s.client_comment_status,
        |s| &s.client_comment_status,
        some(ReferenceKind::TicketStatus),
    );
    for one in labels.provider.opportunity {
        let of = |s: &IntegrationSettings| one.value.text(&s.opportunity);
        let (was, now, typed) = (of(base), of(theirs), of(mine));
        if now == was {
            continue;
        }
        let both = typed != was && typed != now;
        if !both {
            one.value.put(&mut merge.merged.opportunity, now.clone());
        }
        let form = if both { &typed } else { &now };
        let show = |set: &Option<String>| labels.default_of(one.value, set.as_ref());
        merge.tell(
            one.label.to_owned(),
            [show(&was), show(&now), show(form)],
            both,
        );
    }
    merge.stages(base, theirs, mine, labels);
    (merge.merged, merge.told)
}

struct Merge {
    merged: IntegrationSettings,
    told: Vec<Conflict>,
}

type Three<'a> = (
    &'a IntegrationSettings,
    &'a IntegrationSettings,
    &'a IntegrationSettings,
);

impl Merge {
    fn field<T: Clone + PartialEq>(
        &mut self,
        label: &str,
        (base, theirs, mine): Three<'_>,
        place: impl Fn(&mut IntegrationSettings) -> &mut T,
        value: impl Fn(&IntegrationSettings) -> &T,
        show: impl Fn(&T) -> String,
    ) {
        let (base, theirs, mine) = (value(base), value(theirs), value(mine));
        if theirs == base {
            return;
        }
        let both = mine != base && mine != theirs;
        if !both {
            *place(&mut self.merged) = theirs.clone();
        }
        let form = if both { mine } else { theirs };
        self.tell(
            label.to_owned(),
            [show(base), show(theirs), show(form)],
            both,
        );
    }

    /// Every status is a setting of its own.
    fn stages(
        &mut self,
        base: &IntegrationSettings,
        theirs: &IntegrationSettings,
        mine: &IntegrationSettings,
        labels: &Labels<'_>,
    ) {
        let statuses: BTreeSet<&String> = base
            .stages
            .keys()
            .chain(theirs.stages.keys())
            .chain(mine.stages.keys())
            .collect();
        for status in statuses {
            let (before, now, typed) = (
                base.stages.get(status),
                theirs.stages.get(status),
                mine.stages.get(status),
            );
            if now == before {
                continue;
            }
            let both = typed != before && typed != now;
            let form = if both { typed } else { now };
            match form {
                Some(stage) => self.merged.stages.insert(status.clone(), *stage),
                None => self.merged.stages.remove(status),
            };
            let show =
                |stage: Option<&Stage>| stage.map_or("no stage", |stage| stage.label()).to_owned();
            let label = format!(
                "Stage of {}",
                labels.one(ReferenceKind::TicketStatus, status)
            );
            self.tell(label, [show(before), show(now), show(form)], both);
        }
    }

    fn tell(&mut self, label: String, [before, theirs, form]: [String; 3], both: bool) {
        self.told.push(Conflict {
            label,
            before,
            theirs,
            form,
            both,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_edits_are_put_together_and_nothing_is_lost() {
        let base = IntegrationSettings::default();
        let mut theirs = base.clone();
        theirs.interval_minutes = 5;
        theirs.auto_sync = false;
        theirs.stages.insert("1".into(), Stage::New);
        let mut mine = base.clone();
        mine.interval_minutes = 30;
        mine.scope.queues.insert("8".into());
        mine.stages.insert("2".into(), Stage::Working);
        theirs.default_contact_role = Some("viewer".into());
        mine.opportunity.projected_close_days = Some(30);
        let provider = domain::provider::find("autotask").expect("there");
        let (merged, told) = merge(&base, &theirs, &mine, &Labels::of(provider, &[], &[]));
        assert!(!merged.auto_sync, "only they changed it");
        assert_eq!(
            merged.interval_minutes, 30,
            "both changed it: mine is in the form"
        );
        assert!(merged.scope.queues.contains("8"), "only I changed it");
        assert_eq!(merged.default_contact_role.as_deref(), Some("viewer"));
        assert_eq!(merged.opportunity.projected_close_days, Some(30));
        assert_eq!(
            (merged.stages.get("1"), merged.stages.get("2")),
            (Some(&Stage::New), Some(&Stage::Working))
        );
        let told: Vec<_> = told
            .iter()
            .map(|conflict| (conflict.label.as_str(), conflict.both))
            .collect();
        assert_eq!(
            told,
            [
                ("Auto-sync", false),
                ("Interval", true),
                ("Default Role for Imported Contacts", false),
                ("Stage of 1", false)
            ]
        );
    }
}
