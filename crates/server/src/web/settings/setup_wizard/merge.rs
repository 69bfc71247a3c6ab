//! Two edits of the same settings, put together when two people saved at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::opportunity_import::typed;
use domain::provider::{OpportunityValue, Provider, SetupData};
use domain::reference::{ReferenceItem, ReferenceKind};
use domain::settings::IntegrationSettings;
use domain::stage::Stage;
use domain::stream::RecordType;

use super::statuses::{Shared, Statuses};
use crate::web::view::number::grouped;

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

/// Names of a list that a summary tells one by one.
const TOLD: usize = 12;

/// Labels of reference values, for showing sets of their ids.
pub struct Labels<'a> {
    /// The label of each value and its place among all.
    values: BTreeMap<(ReferenceKind, &'a str), (usize, &'a str)>,
    /// Names of statuses that several boards have, of those in use and of the others.
    shared: [&'a [Shared]; 2],
    roles: BTreeMap<&'a str, &'a str>,
    provider: SetupData,
}

impl<'a> Labels<'a> {
    /// The labels of a provider's items, with the names that several boards have, and of roles, given as id and name.
    #[must_use]
    pub fn of(
        provider: &Provider,
        items: &'a [ReferenceItem],
        statuses: &'a Statuses,
        roles: &'a [(String, String)],
    ) -> Self {
        // A status says whether it is in use.
        let told = statuses.all.iter();
        let told: BTreeMap<&str, &str> = told
            .map(|status| (status.id.as_str(), status.label.as_str()))
            .collect();
        let items = items.iter().enumerate();
        let values = items.map(|(place, item)| {
            let id = item.external_id.as_str();
            let status = item.kind == ReferenceKind::TicketStatus;
            let told = told.get(id).copied().filter(|_| status);
            ((item.kind, id), (place, told.unwrap_or(&item.label)))
        });
        let roles = roles.iter().map(|(id, name)| (id.as_str(), name.as_str()));
        Self {
            values: values.collect(),
            shared: [&statuses.shared, &statuses.retired],
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
        let names = self.names(kind, ids);
        let told: Vec<&str> = names.iter().take(TOLD).map(String::as_str).collect();
        let mut list = told.join(", ");
        if names.len() > TOLD {
            let more = i64::try_from(names.len() - TOLD).unwrap_or(i64::MAX);
            list = format!("{list} and {} more", grouped(more));
        }
        list
    }

    /// Names in the order of the vendor; one that all of its boards have, once.
    fn names(&self, kind: ReferenceKind, ids: &BTreeSet<String>) -> Vec<String> {
        let mut names: Vec<(usize, String)> = Vec::new();
        let mut once = BTreeSet::new();
        let place = |id: &str| {
            self.values
                .get(&(kind, id))
                .map_or(usize::MAX, |(at, _)| *at)
        };
        if kind == ReferenceKind::TicketStatus {
            for (shared, state) in self.shared.into_iter().zip(["", ", no longer in use"]) {
                let all = |one: &&Shared| one.ids.iter().all(|id| ids.contains(id));
                for one in shared.iter().filter(all) {
                    let first = one.ids.first().map_or(usize::MAX, |id| place(id));
                    names.push((first, one.told(state)));
                    once.extend(one.ids.iter());
                }
            }
        }
        let others = ids.iter().filter(|id| !once.contains(id));
        names.extend(others.map(|id| (place(id), self.one(kind, id).to_owned())));
        names.sort();
        names.into_iter().map(|(_, name)| name).collect()
    }

    fn one<'b>(&self, kind: ReferenceKind, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.values.get(&(kind, id)).map_or(id, |(_, label)| label)
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
    let import = labels.provider.opportunity_import;
    if let Some(form) = import {
        merge.field(
            form.enabled,
            (base, theirs, mine),
            |s| &mut s.opportunity_import.enabled,
            |s| &s.opportunity_import.enabled,
            switch,
        );
        let amount = |cents: &Option<i64>| cents.map_or_else(|| "none".to_owned(), typed);
        merge.field(
            form.minimum,
            (base, theirs, mine),
            |s| &mut s.opportunity_import.minimum_cents,
            |s| &s.opportunity_import.minimum_cents,
            amount,
        );
    }
    for one in labels
        .provider
        .scope
        .iter()
        .chain(labels.provider.companies)
        .chain(import.as_ref().map(|form| &form.kinds))
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
    let comment = list(ReferenceKind::TicketStatus, "stays as it is");
    merge.field(
        "Client Comment Status",
        (base, theirs, mine),
        |s| &mut s.client_comment_status,
        |s| &s.client_comment_status,
        comment,
    );
    let types = labels.provider.contact_types;
    if let Some(choice) = types.and_then(|types| types.choice) {
        merge.field(
            choice.label,
            (base, theirs, mine),
            |s| &mut s.contact_type_field,
            |s| &s.contact_type_field,
            |id| labels.some(ReferenceKind::SeenContactField, id.as_ref()),
        );
    }
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
    use super::super::statuses::samples::status;
    use super::*;

    #[test]
    fn statuses_are_told_in_order_and_once_for_all_boards() {
        let item = |id: &str, label: &str| ReferenceItem {
            kind: ReferenceKind::TicketStatus,
            external_id: id.into(),
            label: label.into(),
            parent: None,
            active: true,
            sort_order: 0,
            closes: false,
            system: false,
        };
        let items = [
            item("9", "Help Desk: New"),
            item("4", "Help Desk: Assigned"),
            item("7", "Security: New"),
            item("5", "Security: Lone"),
            item("1", "Help Desk: Old"),
            item("2", "Security: Old"),
        ];
        let mut all = vec![
            status("9", "Help Desk", "New"),
            status("4", "Help Desk", "Assigned"),
            status("7", "Security", "New"),
            status("5", "Security", "Lone"),
            status("1", "Help Desk", "Old"),
            status("2", "Security", "Old"),
        ];
        for old in all.iter_mut().skip(4) {
            old.active = false;
        }
        let statuses = Statuses::new(all);
        let provider = domain::provider::find("connectwise_psa").expect("there");
        let labels = Labels::of(provider, &items, &statuses, &[]);
        let set = |ids: &[&str]| {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            labels.set(ReferenceKind::TicketStatus, &ids, "no status")
        };
        assert_eq!(
            set(&["4", "5", "7", "9"]),
            "New (2 boards), Help Desk: Assigned, Security: Lone"
        );
        assert_eq!(
            set(&["1", "2"]),
            "Old (2 boards, no longer in use)",
            "not in use, and told once"
        );
        assert_eq!(set(&["4", "7"]), "Help Desk: Assigned, Security: New");
        assert_eq!(set(&[]), "no status");
        let many: Vec<String> = (100..120).map(|id| id.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(set(&many).ends_with("111 and 8 more"), "{}", set(&many));
    }

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
        let (merged, told) = merge(
            &base,
            &theirs,
            &mine,
            &Labels::of(provider, &[], &Statuses::default(), &[]),
        );
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
