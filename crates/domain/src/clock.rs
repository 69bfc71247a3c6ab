//! Instants and the clock that is passed as an argument wherever time matters.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Stored as `BIGINT` (design 3).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct UtcMillis(pub i64);

impl UtcMillis {
    /// Milliseconds in one second, minute, hour and day.
    pub const SECOND: i64 = 1_000;
    /// Milliseconds in one minute.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// Milliseconds in one hour.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// Milliseconds in one day of 24 hours.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// This instant moved by `millis` (negative: earlier), saturating at the ends of the range.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads an RFC 3339 instant of any precision. `None` when the text is no instant or lies outside
    /// the years 0001 to 9999, so that a vendor's nonsense date is set aside instead of stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let stamp: jiff::Timestamp = text.trim().parse().ok()?;
        let millis = stamp.as_millisecond();
        (-62_135_596_800_000..=253_402_300_799_999)
            .contains(&millis)
            .then_some(Self(millis))
    }

    /// RFC 3339 in UTC with milliseconds, such as `2026-03-01T14:05:00.000Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(stamp) => format!("{stamp:.3}"),
            Err(_) => String::from("out of range"),
        }
    }
}

impl fmt::Display for UtcMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

/// Where the present instant comes from. Passed as an argument; only [`SystemClock`] reads the machine.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present instant.
    fn now(&self) -> UtcMillis;
}

/// A clock shared by the parts of one process.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock showing `start`.
    #[must_use]
    pub fn starting_at(start: UtcMillis) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(start.0)))
    }

    /// Moves the clock by `millis`.
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcMillis {
        UtcMillis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_every_precision_are_read() {
        for text in [
            "2026-03-01T14:05:00Z",
            "2026-03-01T14:05:00.000Z",
            "2026-03-01T15:05:00+01:00",
        ] {
            assert_eq!(
                UtcMillis::parse(text),
                Some(UtcMillis(1_772_373_900_000)),
                "{text}"
            );
        }
        for text in [
            "",
            "yesterday",
            "2026-02-30T00:00:00Z",
            "99999-01-01T00:00:00Z",
        ] {
            assert_eq!(UtcMillis::parse(text), None, "{text}");
        }
    }

    #[test]
    fn text_form_round_trips() {
        let instant = UtcMillis(1_772_373_900_123);
        assert_eq!(UtcMillis::parse(&instant.to_rfc3339()), Some(instant));
    }
}
