//! The clock of a sandbox: runs with real time and can be moved forward.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that starts anywhere and only goes forward.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    start_ms: i64,
    advanced_ms: AtomicI64,
    /// How far the `Date` of answers is ahead.
    date_ahead_ms: AtomicI64,
}

impl Clock {
    /// A clock that shows `start_ms` now.
    pub fn starting_at(start_ms: i64) -> Self {
        Self {
            started: Instant::now(),
            start_ms,
            advanced_ms: AtomicI64::new(0),
            date_ahead_ms: AtomicI64::new(0),
        }
    }

    /// Milliseconds since 1970 on this clock.
    pub fn now_ms(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.start_ms
            .saturating_add(elapsed)
            .saturating_add(self.advanced_ms.load(Ordering::Relaxed))
    }

    /// Moves the clock forward; negative values are ignored.
    pub fn advance(&self, ms: i64) {
        self.advanced_ms.fetch_add(ms.max(0), Ordering::Relaxed);
    }

    /// Sets how far the `Date` of answers is ahead of the clock that stamps records, as behind a proxy with a clock of its
    /// own; behind it when negative.
    pub fn set_date_ahead(&self, ms: i64) {
        self.date_ahead_ms.store(ms, Ordering::Relaxed);
    }

    /// Milliseconds since 1970 as the `Date` of an answer tells.
    pub fn date_ms(&self) -> i64 {
        self.now_ms()
            .saturating_add(self.date_ahead_ms.load(Ordering::Relaxed))
    }

    /// The time as an HTTP `Date` header.
    pub fn http_date(&self) -> String {
        let ms = u64::try_from(self.date_ms()).unwrap_or(0);
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(ms))
    }
}

/// The wall clock, read when a sandbox starts or stores how far its own clock is from it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place of this crate that reads the wall clock"
)]
pub fn wall_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}
