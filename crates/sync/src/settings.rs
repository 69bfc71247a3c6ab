//! Saving an integration's settings, and what a change makes necessary (rule P13).

use std::collections::BTreeSet;

use domain::id::IntegrationId;
use domain::run::Trigger;
use domain::scope::Scope;
use domain::settings::{INTERVALS, IntegrationSettings};
use domain::stream::Stream;
use store::audit::Actor;
use store::checkpoints::{self, Checkpoint};
use store::{Tx, integrations};

use crate::connect::SettingsOutcome;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request::{self, RunMode};
use crate::run_plan::Wanted;
use crate::{audit, schedule};

/// Saves settings if nobody changed them since `expected_revision`, and asks for the run the change makes necessary.
///
/// # Errors
/// `NoIntegration`; else as any statement.
pub async fn update_settings(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
    expected_revision: i64,
    mut settings: IntegrationSettings,
) -> Result<SettingsOutcome> {
    if !INTERVALS.contains(&settings.interval_minutes) {
        settings.interval_minutes = IntegrationSettings::default().interval_minutes;
    }
    let mut tx = engine.store().begin().await?;
    let before = integrations::lock_integration(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    if before.settings == settings {
        return Ok(SettingsOutcome::Unchanged);
    }
    if !integrations::update_settings(&mut tx, id, expected_revision, &settings).await? {
        return Ok(SettingsOutcome::Conflict);
    }
    let saved = integrations::find_integration_in(&mut tx, id)
        .await?
        .ok_or(Error::NoIntegration(id))?;
    let need = Need::of(&before.settings, &settings);
    let (streams, whole) = (need.streams, need.whole);
    forget_watermarks(&mut tx, id, &whole).await?;
    let resync = !streams.is_empty() && saved.has_credentials();
    if resync {
        let wanted = Wanted {
            mode: RunMode::Incremental,
            streams: Some(streams),
            whole,
        };
        request::ask_in(
            engine,
            &mut tx,
            &saved,
            actor,
            Trigger::SettingsChange,
            wanted,
        )
        .await?;
    }
    if saved.has_credentials() && saved.refused_since.is_none() {
        let next = settings
            .auto_sync
            .then(|| schedule::next_slot(engine.now(), schedule::interval(&saved), &saved.uuid));
        if before.settings.auto_sync != settings.auto_sync
            || before.settings.interval_minutes != settings.interval_minutes
        {
            integrations::update_next_sync(&mut tx, id, next).await?;
        }
    }
    let json = |settings: &IntegrationSettings| serde_json::to_value(settings).ok();
    audit::of_integration(
        &mut tx,
        actor,
        "integration.settings",
        &saved,
        json(&before.settings),
        json(&settings),
    )
    .await?;
    tx.commit().await?;
    Ok(SettingsOutcome::Saved {
        revision: saved.settings_revision,
        resync,
    })
}

/// Streams that have to be read whole lose their watermark, so that the need outlives a run that fails: every later
/// run reads them whole until one completes.
async fn forget_watermarks(
    tx: &mut Tx,
    id: IntegrationId,
    streams: &BTreeSet<Stream>,
) -> Result<()> {
    for stream in streams {
        if let Some(known) = checkpoints::find_checkpoint_in(tx, id, *stream).await? {
            let forgotten = Checkpoint {
                watermark: None,
                ..known
            };
            checkpoints::upsert_checkpoint(tx, &forgotten).await?;
        }
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
    /// for who may read a comment need a full read of their streams.
    fn of(before: &IntegrationSettings, after: &IntegrationSettings) -> Self {
        let mut need = Self::default();
        for stream in Stream::ALL {
            if after.reads(stream) && !before.reads(stream) {
                need.whole(stream);
            }
        }
        if before.scope != after.scope || before.closed_statuses != after.closed_statuses {
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
        if before.company_source != after.company_source
            || before.company_types != after.company_types
        {
            need.whole(Stream::Companies);
        }
        if before.public_note_audiences != after.public_note_audiences {
            need.whole(Stream::TicketNotes);
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
        for (before, after, expected) in [
            (scope(&[], &[]), scope(&["8"], &[]), false),
            (scope(&["8", "9"], &[]), scope(&["8"], &[]), false),
            (scope(&["8"], &[]), scope(&["9"], &[]), true),
            (scope(&["8"], &[]), scope(&[], &[]), true),
            (scope(&[], &["5"]), scope(&[], &[]), true),
            (scope(&[], &[]), scope(&[], &["5"]), false),
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
        let none = IntegrationSettings {
            record_types: [RecordType::Companies].into(),
            ..before.clone()
        };
        let need = Need::of(&none, &before);
        assert!(need.whole.contains(&Stream::Tickets) && need.whole.contains(&Stream::Contacts));
        assert!(!need.whole.contains(&Stream::Companies));
    }
}
