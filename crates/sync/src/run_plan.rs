//! Which streams a run reads, in which order and how. Pure: facts in, plan out.

use std::collections::{BTreeMap, BTreeSet};

use domain::capability::{Capability, StreamCapability};
use domain::clock::UtcMillis;
use domain::run::Trigger;
use domain::settings::IntegrationSettings;
use domain::stream::{PullMode, Stream};

use crate::request::RunMode;

/// What is stored about a stream's progress in the present generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Everything up to this instant of the vendor's clock is known.
    pub watermark: Option<UtcMillis>,
    /// When the last part of a run completed, by our clock.
    pub last_completed_at: Option<UtcMillis>,
}

/// The facts a plan follows from.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// What the provider can do.
    pub capability: &'a Capability,
    /// What the administrator chose.
    pub settings: &'a IntegrationSettings,
    /// Stored progress; a stream without an entry was never read in this generation.
    pub progress: &'a BTreeMap<Stream, Progress>,
    /// Since when the integration is connected, by the vendor's clock; the floor when existing records are not imported.
    pub connected_at: UtcMillis,
    /// Now.
    pub now: UtcMillis,
}

/// One stream of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStream {
    /// The stream.
    pub stream: Stream,
    /// How it is read.
    pub mode: PullMode,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Everything, or what changed.
    pub mode: RunMode,
    /// Only these streams; all that are selected when `None`.
    pub streams: Option<BTreeSet<Stream>>,
    /// Among them, streams that are read whole even though the run as such is incremental.
    pub whole: BTreeSet<Stream>,
}

impl Wanted {
    /// What a trigger asks for by itself.
    #[must_use]
    pub fn by(trigger: Trigger, mode: RunMode) -> Self {
        // Quick Sync is an immediate ticket sync (product reference 2.3).
        let streams = (trigger == Trigger::QuickSync).then(|| {
            [
                Stream::Tickets,
                Stream::TicketNotes,
                Stream::DeletedTickets,
                Stream::DeletedTicketActivity,
            ]
            .into()
        });
        Self {
            mode,
            streams,
            whole: BTreeSet::new(),
        }
    }
}

/// Plans a run: streams in reading order (rule P8), each whole or since its watermark.
///
/// A stream is read whole when asked for, when it has no watermark in this generation, or when the vendor cannot
/// filter it by change; in the last case only when its cadence is due (rule S1), else it is left out of this run.
/// Deletion feeds are never read whole: what was deleted before we ever looked concerns nothing we hold.
#[must_use]
pub fn plan(facts: &Facts<'_>, wanted: &Wanted) -> Vec<PlannedStream> {
    let mut plan: Vec<PlannedStream> = facts
        .capability
        .streams
        .iter()
        .filter(|capability| facts.settings.reads(capability.stream))
        .filter(|capability| {
            wanted
                .streams
                .as_ref()
                .is_none_or(|streams| streams.contains(&capability.stream))
        })
        .filter_map(|capability| {
            let mode = mode_of(facts, wanted, capability)?;
            Some(PlannedStream {
                stream: capability.stream,
                mode,
            })
        })
        .collect();
    plan.sort_by_key(|planned| planned.stream);
    plan
}

fn mode_of(facts: &Facts<'_>, wanted: &Wanted, capability: &StreamCapability) -> Option<PullMode> {
    let stream = capability.stream;
    let progress = facts.progress.get(&stream).copied().unwrap_or_default();
    let whole = wanted.mode == RunMode::Full || wanted.whole.contains(&stream);
    let floor = floor(facts.settings, stream, facts.connected_at);
    let full = PullMode::Full { floor };
    if stream.is_deletion_feed() {
        let since = progress
            .watermark
            .unwrap_or(facts.now.plus(-UtcMillis::DAY));
        return Some(PullMode::Since { since });
    }
    if !capability.incremental {
        // Without a watermark what is here is known to be incomplete, whenever it was read.
        let due = progress.watermark.is_none()
            || progress
                .last_completed_at
                .is_none_or(|last| facts.now.since(last) >= capability.full_cadence);
        return (whole || due).then_some(full);
    }
    match progress.watermark {
        // A watermark may lie before the floor: what was last active before it stays out all the same.
        Some(since) if !whole => Some(PullMode::Since {
            since: since.max(floor.unwrap_or(since)),
        }),
        _ => Some(full),
    }
}

/// The floor of a full run: records last active before it are outside the coverage.
#[must_use]
pub fn floor(
    settings: &IntegrationSettings,
    stream: Stream,
    connected_at: UtcMillis,
) -> Option<UtcMillis> {
    let bounded = matches!(
        stream,
        Stream::Tickets | Stream::TicketNotes | Stream::Opportunities
    );
    (bounded && !settings.initial_import).then_some(connected_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::provider;
    use domain::stream::RecordType;

    const NOW: UtcMillis = UtcMillis(1_800_000_000_000);

    fn autotask() -> &'static Capability {
        &provider::find("autotask")
            .expect("known provider")
            .capability
    }

    fn planned(
        settings: &IntegrationSettings,
        progress: &BTreeMap<Stream, Progress>,
        wanted: &Wanted,
    ) -> Vec<PlannedStream> {
        let facts = Facts {
            capability: autotask(),
            settings,
            progress,
            connected_at: NOW.plus(-1),
            now: NOW,
        };
        plan(&facts, wanted)
    }

    fn all_known() -> BTreeMap<Stream, Progress> {
        Stream::ALL
            .into_iter()
            .map(|stream| {
                let progress = Progress {
                    watermark: Some(NOW.plus(-UtcMillis::MINUTE)),
                    last_completed_at: Some(NOW.plus(-UtcMillis::MINUTE)),
                };
                (stream, progress)
            })
            .collect()
    }

    #[test]
    fn p8_streams_are_planned_in_reading_order() {
        let wanted = Wanted::by(Trigger::Connect, RunMode::Full);
        let plan = planned(&IntegrationSettings::default(), &BTreeMap::new(), &wanted);
        let streams: Vec<Stream> = plan.iter().map(|planned| planned.stream).collect();
        assert_eq!(streams, Stream::ALL);
    }

    #[test]
    fn the_first_run_is_full_and_later_ones_ask_since_the_watermark() {
        let settings = IntegrationSettings::default();
        let wanted = Wanted::by(Trigger::Schedule, RunMode::Incremental);
        let first = planned(&settings, &BTreeMap::new(), &wanted);
        assert!(
            first
                .iter()
                .all(|p| p.mode.is_full() || p.stream.is_deletion_feed())
        );
        let later = planned(&settings, &all_known(), &wanted);
        assert!(later.iter().all(|p| p.mode
            == PullMode::Since {
                since: NOW.plus(-UtcMillis::MINUTE)
            }));
    }

    #[test]
    fn s1_a_stream_without_a_change_filter_waits_for_its_cadence() {
        let settings = IntegrationSettings::default();
        let wanted = Wanted::by(Trigger::Schedule, RunMode::Incremental);
        let mut progress = all_known();
        let reads = |progress: &BTreeMap<Stream, Progress>, wanted: &Wanted| {
            planned(&settings, progress, wanted)
                .iter()
                .any(|p| p.stream == Stream::Technicians)
        };
        assert!(!reads(&progress, &wanted), "not due");
        let known = progress[&Stream::Technicians];
        let forgotten = Progress {
            watermark: None,
            ..known
        };
        progress.insert(Stream::Technicians, forgotten);
        assert!(reads(&progress, &wanted), "to be read whole at once");
        progress.insert(Stream::Technicians, known);
        let full = Wanted::by(Trigger::Resync, RunMode::Full);
        assert!(reads(&progress, &full), "asked for");
        progress.insert(
            Stream::Technicians,
            Progress {
                watermark: known.watermark,
                last_completed_at: Some(NOW.plus(-UtcMillis::HOUR)),
            },
        );
        assert!(reads(&progress, &wanted), "due");
    }

    #[test]
    fn s1_initial_import_off_sets_a_floor_for_what_grows() {
        let settings = IntegrationSettings {
            initial_import: false,
            ..IntegrationSettings::default()
        };
        let wanted = Wanted::by(Trigger::Connect, RunMode::Full);
        for planned in planned(&settings, &BTreeMap::new(), &wanted) {
            let bounded = matches!(
                planned.stream,
                Stream::Tickets | Stream::TicketNotes | Stream::Opportunities
            );
            if let PullMode::Full { floor } = planned.mode {
                assert_eq!(floor.is_some(), bounded, "{:?}", planned.stream);
            }
        }
    }

    #[test]
    fn s1_only_selected_record_types_are_read() {
        let settings = IntegrationSettings {
            record_types: [RecordType::Companies].into(),
            ..IntegrationSettings::default()
        };
        let wanted = Wanted::by(Trigger::Connect, RunMode::Full);
        let plan = planned(&settings, &BTreeMap::new(), &wanted);
        assert_eq!(plan.len(), 1);
        assert_eq!(plan[0].stream, Stream::Companies);
    }

    #[test]
    fn quick_sync_reads_tickets_only() {
        let wanted = Wanted::by(Trigger::QuickSync, RunMode::Incremental);
        let plan = planned(&IntegrationSettings::default(), &all_known(), &wanted);
        assert!(
            plan.iter()
                .all(|p| p.stream.record_type() == RecordType::Tickets)
        );
        assert_eq!(plan.len(), 4);
    }
}
