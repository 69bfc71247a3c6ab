//! What a provider's connector can do. A claimed capability has a passing trial in the behaviour suite;
//! an operation that is not claimed answers `Unsupported`.

use crate::clock::UtcMillis;
use crate::stream::Stream;

/// How a provider can be read for one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamCapability {
    /// The stream.
    pub stream: Stream,
    /// The vendor can filter it by time of change. Without, every run is a full one at a slower cadence (rule S1).
    pub incremental: bool,
    /// The vendor can tell how many records there are, so that full runs can be verified (rule P10).
    pub total: bool,
    /// One record can be fetched by id.
    pub by_id: bool,
    /// Records per page asked for.
    pub page_size: u32,
    /// Milliseconds subtracted from a watermark, for vendors whose change times become visible late (rule P3).
    pub overlap: i64,
    /// Milliseconds between runs of a stream that is not incremental.
    pub full_cadence: i64,
    /// What the ids of records begin with that the connector makes of other ones: the vendor does not count them, so its
    /// total proves nothing about them. Of those of contacts only such stay whose address no listed contact of the company has.
    /// Empty where it makes none.
    pub made_ids: &'static str,
    /// What is read of so many of its records a night only; `None` where every full run reads all there is.
    pub turns: Option<Turns>,
}

/// Something about records that takes a request for each of them, so that where there are many each has its turn after
/// some nights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// What is read, as a sentence begins with it.
    pub what: &'static str,
    /// One of the records.
    pub of: &'static str,
    /// Records that have their turn in a night.
    pub a_night: u64,
}

impl Turns {
    /// After how many nights each of so many records has had its turn.
    #[must_use]
    pub fn nights(&self, records: u64) -> u64 {
        records.div_ceil(self.a_night).max(1)
    }
}

impl StreamCapability {
    /// An incremental stream with total and by-id look-up: page 500, overlap 5 minutes.
    #[must_use]
    pub const fn incremental(stream: Stream) -> Self {
        Self {
            stream,
            incremental: true,
            total: true,
            by_id: true,
            page_size: 500,
            overlap: 5 * UtcMillis::MINUTE,
            full_cadence: UtcMillis::DAY,
            made_ids: "",
            turns: None,
        }
    }

    /// A stream the vendor cannot filter by change: read whole, hourly.
    #[must_use]
    pub const fn full_only(stream: Stream) -> Self {
        Self {
            incremental: false,
            full_cadence: UtcMillis::HOUR,
            ..Self::incremental(stream)
        }
    }
}

/// How a vendor lists the comments of tickets (rule P15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteListing {
    /// As a stream of their own, for all tickets.
    Global,
    /// One request per ticket only.
    PerTicket,
    /// Not at all.
    None,
}

/// What a connector can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// The streams it reads, in reading order.
    pub streams: &'static [StreamCapability],
    /// How comments are listed.
    pub notes: NoteListing,
    /// A ticket that has an instant of completion is closed, whatever its status. Not so where it may keep the instant when
    /// it is opened again: there the closed statuses alone decide.
    pub completion_closes: bool,
    /// It can create and change tickets and comments.
    pub write: bool,
    /// It can register webhooks and verify deliveries.
    pub webhooks: bool,
}

impl Capability {
    /// A connector that can do nothing: the provider is not available yet.
    pub const NONE: Self = Self {
        streams: &[],
        notes: NoteListing::None,
        completion_closes: false,
        write: false,
        webhooks: false,
    };

    /// How this provider can be read for a stream; `None` when it has no such records.
    #[must_use]
    pub fn stream(&self, stream: Stream) -> Option<&'static StreamCapability> {
        self.streams
            .iter()
            .find(|capability| capability.stream == stream)
    }
}
