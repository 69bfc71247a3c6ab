//! The two-minute window (rule P12) and what becomes of a request while a run is active (rule P9). Pure.

use std::collections::BTreeSet;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::run::Trigger;
use domain::stream::Stream;

use super::RunMode;

/// Length of the window.
pub const WINDOW: i64 = 2 * UtcMillis::MINUTE;

/// The key under which the same sync is recognised, and `None` for triggers the window does not apply to. The
/// settings' revision is a part of it, so that a sync after a change of settings always runs. Buttons, wizard and
/// command line share a key; *Quick Sync* reads less than *Resync* and has one of its own, and so has a sync of some
/// `streams` only.
#[must_use]
pub fn key(
    integration: IntegrationId,
    trigger: Trigger,
    mode: RunMode,
    streams: Option<&BTreeSet<Stream>>,
    revision: i64,
) -> Option<String> {
    let class = match streams {
        _ if trigger == Trigger::QuickSync => "quick".to_owned(),
        Some(streams) => streams.iter().fold("of".to_owned(), |class, stream| {
            format!("{class}.{}", stream.key())
        }),
        None => "person".to_owned(),
    };
    trigger
        .is_windowed()
        .then(|| format!("sync:{integration}:{class}:{}:{revision}", mode.key()))
}

/// What an active run reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    /// What woke it.
    pub trigger: Trigger,
    /// How it reads.
    pub mode: RunMode,
    /// Its streams.
    pub streams: BTreeSet<Stream>,
    /// Those it has not begun to read.
    pub ahead: BTreeSet<Stream>,
    /// The settings it was planned with.
    pub settings_revision: i64,
}

/// What becomes of a request while a run is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhileActive {
    /// The active run is what was asked for.
    Join,
    /// It waits behind the active run: each stream is marked for a successor.
    Queue,
    /// The active run is ended and replaced.
    Supersede,
}

/// Decides about a request for `streams` in `mode` by `trigger`.
///
/// A person who asks again for the same sync joins it, and so does one who asks for changes in streams that the run will
/// still read: it meets them there. Anything else that could tell about a later change (a webhook, a
/// smaller sync while a bigger one runs, other settings) is queued, since the active run may be past that stream.
#[must_use]
pub fn while_active(
    active: &Active,
    trigger: Trigger,
    mode: RunMode,
    streams: &BTreeSet<Stream>,
    revision: i64,
) -> WhileActive {
    if trigger == Trigger::ClearResync {
        return WhileActive::Supersede;
    }
    let same = active.mode == mode && streams.is_subset(&active.streams);
    let ahead = mode == RunMode::Incremental && streams.is_subset(&active.ahead);
    let joins = active.settings_revision == revision && (same || ahead);
    match trigger {
        Trigger::Schedule => WhileActive::Join,
        _ if trigger.is_windowed() && joins => WhileActive::Join,
        _ => WhileActive::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGRATION: IntegrationId = IntegrationId(7);

    #[test]
    fn p12_only_a_person_asking_has_a_window_and_the_revision_is_in_its_key() {
        for trigger in Trigger::ALL {
            let key = key(INTEGRATION, trigger, RunMode::Full, None, 3);
            assert_eq!(key.is_some(), trigger.is_windowed(), "{trigger:?}");
        }
        let at = |trigger, mode, revision| {
            key(INTEGRATION, trigger, mode, None, revision).expect("windowed")
        };
        let of = |stream: Stream| {
            let some = BTreeSet::from([stream]);
            key(
                INTEGRATION,
                Trigger::Resync,
                RunMode::Incremental,
                Some(&some),
                1,
            )
            .expect("windowed")
        };
        assert_ne!(
            of(Stream::Companies),
            of(Stream::Technicians),
            "each list has its own"
        );
        assert_ne!(
            of(Stream::Companies),
            at(Trigger::Resync, RunMode::Incremental, 1)
        );
        assert_eq!(
            at(Trigger::Wizard, RunMode::Full, 1),
            at(Trigger::Resync, RunMode::Full, 1)
        );
        assert_ne!(
            at(Trigger::Resync, RunMode::Full, 1),
            at(Trigger::Resync, RunMode::Full, 2)
        );
        assert_ne!(
            at(Trigger::Resync, RunMode::Full, 1),
            at(Trigger::Resync, RunMode::Incremental, 1)
        );
        assert_ne!(
            at(Trigger::Resync, RunMode::Incremental, 1),
            at(Trigger::QuickSync, RunMode::Incremental, 1)
        );
    }

    #[test]
    fn p9_a_request_while_a_run_is_active() {
        let all: BTreeSet<Stream> = Stream::ALL.into();
        let tickets: BTreeSet<Stream> = [Stream::Tickets].into();
        let active = |mode, streams: &BTreeSet<Stream>| Active {
            trigger: Trigger::Schedule,
            mode,
            streams: streams.clone(),
            ahead: BTreeSet::new(),
            settings_revision: 1,
        };
        let full = active(RunMode::Full, &all);
        let early = Active {
            ahead: tickets.clone(),
            ..full.clone()
        };
        let small = active(RunMode::Incremental, &tickets);
        let waiting = Active {
            ahead: tickets.clone(),
            ..small.clone()
        };
        use RunMode::{Full, Incremental};
        use WhileActive::{Join, Queue, Supersede};
        for (active, trigger, mode, streams, revision, expected) in [
            (&full, Trigger::Resync, Full, &all, 1, Join),
            (&full, Trigger::Resync, Full, &all, 2, Queue),
            (&full, Trigger::QuickSync, Incremental, &tickets, 1, Queue),
            (&early, Trigger::QuickSync, Incremental, &tickets, 1, Join),
            (&early, Trigger::QuickSync, Incremental, &tickets, 2, Queue),
            (&early, Trigger::QuickSync, Incremental, &all, 1, Queue),
            (&early, Trigger::Webhook, Incremental, &tickets, 1, Queue),
            (&waiting, Trigger::Resync, Full, &tickets, 1, Queue),
            (&full, Trigger::Webhook, Incremental, &tickets, 1, Queue),
            (&full, Trigger::Schedule, Incremental, &all, 1, Join),
            (&full, Trigger::ClearResync, Full, &all, 1, Supersede),
            (&full, Trigger::SettingsChange, Full, &tickets, 2, Queue),
            (&small, Trigger::Resync, Incremental, &all, 1, Queue),
            (&small, Trigger::QuickSync, Incremental, &tickets, 1, Join),
        ] {
            assert_eq!(
                while_active(active, trigger, mode, streams, revision),
                expected,
                "{trigger:?} {mode:?} {revision}"
            );
        }
    }
}
