//! Saving an integration's settings, and what a change makes necessary (rule P13).

use std::collections::BTreeSet;

use domain::id::IntegrationId;
use domain::provider::ScopeField;
use domain::reference::ReferenceKind;
use domain::run::Trigger;
use domain::scope::Scope;
use domain::settings::{INTERVALS, IntegrationSettings};
use domain::stream::Stream;
use store::Tx;
use store::audit::Actor;
use store::checkpoints::{self, Checkpoint};
use store::integrations::{self, Integration};
use store::reference_items;

use crate::connect::SettingsOutcome;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request::{self, RequestOutcome, RunMode};
use crate::run_plan::Wanted;
use crate::{audit, auto_import, schedule};

/// Saves settings if nobody changed them since `expected_revision`, and asks for the run the change makes necessary.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn update_settings(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    expected_revision: i64,
    settings: IntegrationSettings,
) -> Result<SettingsOutcome> {
    let mut tx = engine.store().begin().await?;
    let before = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let saved = match put(engine, &mut tx, actor, &before, expected_revision, settings).await? {
        Put::Unchanged => return Ok(SettingsOutcome::Unchanged),
        Put::Conflict => return Ok(SettingsOutcome::Conflict),
        Put::Saved(saved) => saved,
    };
    let run = saved.ask(engine, &mut tx, actor).await?;
    tx.commit().await?;
    Ok(saved.outcome(run.as_ref()))
}

/// What became of settings in a transaction.
pub(crate) enum Put {
    /// Saved.
    Saved(Box<Saved>),
    /// Equal to what was there.
    Unchanged,
    /// Somebody else saved meanwhile.
    Conflict,
}

/// Settings that were saved, before the commit.
pub(crate) struct Saved {
    /// The integration as it is now.
    pub integration: Integration,
    need: Need,
}

impl Saved {
    /// Asks for the run the change makes necessary; `None` when it needs none.
    pub async fn ask(
        &self,
        engine: &Engine,
        tx: &mut Tx,
        actor: &Actor,
    ) -> Result<Option<RequestOutcome>> {
        if self.need.streams.is_empty() || !self.integration.is_armed() {
            return Ok(None);
        }
        let wanted = Wanted {
            mode: RunMode::Incremental,
            streams: Some(self.need.streams.clone()),
            whole: self.need.whole.clone(),
        };
        let trigger = Trigger::SettingsChange;
        let asked = request::ask_in(engine, tx, &self.integration, actor, trigger, wanted).await?;
        Ok(Some(asked))
    }

    /// What the person who saved is told.
    pub const fn outcome(&self, run: Option<&RequestOutcome>) -> SettingsOutcome {
        SettingsOutcome::Saved {
            revision: self.integration.settings_revision,
            resync: run.is_some(),
        }
    }
}

/// Saves settings over those of an integration that this transaction holds: the row, the watermarks of what has to be
/// read whole, the schedule and the audit entry.
pub(crate) async fn put(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    before: &Integration,
    expected_revision: i64,
    mut settings: IntegrationSettings,
) -> Result<Put> {
    let id = before.id;
    if !INTERVALS.contains(&settings.interval_minutes) {
        settings.interval_minutes = IntegrationSettings::default().interval_minutes;
    }
    if before.settings == settings {
        return Ok(Put::Unchanged);
    }
    if !integrations::update_settings(tx, id, expected_revision, &settings).await? {
        return Ok(Put::Conflict);
    }
    let integration = integrations::find_integration_in(tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let need = Need::of(&before.settings, &settings);
    forget_watermarks(tx, &integration, &need.whole).await?;
    if before.settings.contact_type_field != settings.contact_type_field {
        // Those of the new field come as its contacts are read.
        reference_items::remove_all_seen(tx, id, ReferenceKind::ContactType).await?;
    }
    let other_times = before.settings.auto_sync != settings.auto_sync
        || before.settings.interval_minutes != settings.interval_minutes;
    if other_times && integration.is_armed() && integration.refused_since.is_none() {
        let interval = schedule::interval(&integration);
        let next = settings
            .auto_sync
            .then(|| schedule::next_slot(engine.now(), interval, &integration.uuid));
        integrations::update_next_sync(tx, id, next).await?;
    }
    auto_import::after_settings(engine, tx, &integration, &before.settings).await?;
    let json = |settings: &IntegrationSettings| serde_json::to_value(settings).ok();
    audit::of_integration(
        tx,
        actor,
        "integration.settings",
        &integration,
        json(&before.settings),
        json(&settings),
    )
    .await?;
    Ok(Put::Saved(Box::new(Saved { integration, need })))
}

/// Streams that have to be read whole lose their watermark, so that the need outlives a run that fails: every later
/// run reads them whole until one that began with these settings completes. One that is on its way with the former
/// ones leaves the row as it finds it, which is why there is one even before the first run has come to its end.
async fn forget_watermarks(
    tx: &mut Tx,
    integration: &Integration,
    streams: &BTreeSet<Stream>,
) -> Result<()> {
    let generation = integration.generation;
    for stream in streams {
        let known = checkpoints::find_checkpoint_in(tx, integration.id, *stream).await?;
        let forgotten = match known.filter(|known| known.generation == generation) {
            Some(known) => Checkpoint {
                watermark: None,
                ..known
            },
            None => Checkpoint::unread(integration.id, *stream, generation),
        };
        checkpoints::upsert_checkpoint(tx, &forgotten).await?;
    }
    Ok(())
}

/// What a change makes necessary.
#[derive(Debug, Default, PartialEq, Eq)]
struct Need {
    /// Streams to read.
    streams: BTreeSet<Stream>,
    /// Among them, those to read whole.
    whole: BTreeSet<Stream>,
}

impl Need {
    /// Pure: compares settings. Narrowing the scope needs only a look at stored tickets, which the run does first;
    /// widening it needs what was never stored. A newly selected type, an earlier floor, other rules for companies or
    /// for who may read a comment, and another field for the types of contacts need a full read of their streams.
    fn of(before: &IntegrationSettings, after: &IntegrationSettings) -> Self {
        let mut need = Self::default();
        for stream in Stream::ALL {
            if after.reads(stream) && !before.reads(stream) {
                need.whole(stream);
            }
        }
        let tickets = |settings: &IntegrationSettings| Scope {
            exclude_opportunity_types: BTreeSet::new(),
            ..settings.scope.clone()
        };
        if tickets(before) != tickets(after) || before.closed_statuses != after.closed_statuses {
            need.streams.insert(Stream::Tickets);
            if widens(&before.scope, &after.scope) {
                need.whole(Stream::Tickets);
            }
        }
        if after.initial_import && !before.initial_import {
            for stream in [Stream::Tickets, Stream::TicketNotes, Stream::Opportunities] {
                need.whole(stream);
            }
        }
        if before.scope.exclude_opportunity_types != after.scope.exclude_opportunity_types
            || before.opportunity_import != after.opportunity_import
        {
            need.whole(Stream::Opportunities);
        }
        let companies = ScopeField::ALL
            .into_iter()
            .filter(|field| field.is_of_companies())
            .any(|field| field.of(before) != field.of(after));
        if companies
            || before.company_source != after.company_source
            || before.skip_inactive_companies != after.skip_inactive_companies
        {
            need.whole(Stream::Companies);
        }
        if before.public_note_audiences != after.public_note_audiences {
            need.whole(Stream::TicketNotes);
        }
        if before.contact_type_field != after.contact_type_field {
            need.whole(Stream::Contacts);
        }
        need
    }

    fn whole(&mut self, stream: Stream) {
        self.streams.insert(stream);
        self.whole.insert(stream);
    }
}

/// Whether a scope lets in what another left out.
fn widens(before: &Scope, after: &Scope) -> bool {
    let selected = |before: &BTreeSet<String>, after: &BTreeSet<String>| {
        !before.is_empty() && (after.is_empty() || !after.is_subset(before))
    };
    selected(&before.queues, &after.queues)
        || selected(&before.categories, &after.categories)
        || selected(&before.ticket_types, &after.ticket_types)
        || !before
            .exclude_project_types
            .is_subset(&after.exclude_project_types)
        || !before.exclude_statuses.is_subset(&after.exclude_statuses)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::stream::RecordType;

    fn set(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn p13_only_a_wider_scope_needs_everything_read() {
        let scope = |queues: &[&str], statuses: &[&str]| Scope {
            queues: set(queues),
            exclude_statuses: set(statuses),
            ..Scope::default()
        };
        let of_types = |types: &[&str]| Scope {
            ticket_types: set(types),
            ..Scope::default()
        };
        let no_projects = |types: &[&str]| Scope {
            exclude_project_types: set(types),
            ..Scope::default()
        };
        for (before, after, expected) in [
            (scope(&[], &[]), scope(&["8"], &[]), false),
            (scope(&["8", "9"], &[]), scope(&["8"], &[]), false),
            (scope(&["8"], &[]), scope(&["9"], &[]), true),
            (scope(&["8"], &[]), scope(&[], &[]), true),
            (scope(&[], &["5"]), scope(&[], &[]), true),
            (scope(&[], &[]), scope(&[], &["5"]), false),
            (of_types(&[]), of_types(&["3"]), false),
            (of_types(&["3"]), of_types(&["4"]), true),
            (of_types(&["3"]), of_types(&[]), true),
            (no_projects(&[]), no_projects(&["2"]), false),
            (no_projects(&["2"]), no_projects(&[]), true),
            (no_projects(&["2"]), no_projects(&["3"]), true),
        ] {
            assert_eq!(widens(&before, &after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn what_a_change_makes_necessary() {
        let before = IntegrationSettings::default();
        let mut after = before.clone();
        after.interval_minutes = 5;
        assert_eq!(Need::of(&before, &after), Need::default());
        after.scope.queues = set(&["8"]);
        let need = Need::of(&before, &after);
        assert_eq!((need.streams.len(), need.whole.len()), (1, 0));
        let mut worth = before.clone();
        worth.opportunity_import.minimum_cents = Some(1);
        let need = Need::of(&before, &worth);
        assert_eq!(need.whole, [Stream::Opportunities].into());
        let mut typed = before.clone();
        typed.contact_type_field = Some("Kind".into());
        let need = Need::of(&before, &typed);
        assert_eq!(need.whole, [Stream::Contacts].into());
        let none = IntegrationSettings {
            record_types: [RecordType::Companies].into(),
            ..before.clone()
        };
        let need = Need::of(&none, &before);
        assert!(need.whole.contains(&Stream::Tickets) && need.whole.contains(&Stream::Contacts));
        assert!(!need.whole.contains(&Stream::Companies));
    }
}
