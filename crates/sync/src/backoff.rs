//! How long to wait before trying again. Pure: attempts in, milliseconds out.

use domain::clock::UtcMillis;

/// Waits between attempts while a vendor does not answer (rule S2), in minutes; the last one repeats.
const OUTAGE_MINUTES: [i64; 6] = [1, 2, 5, 10, 15, 30];

/// Attempts inside one run before the run ends as failed and the schedule goes on instead.
pub const OUTAGE_ATTEMPTS: i64 = 5;

/// Longest wait of a connector's request that a worker sits out with its lease; longer ones go back to the job
/// (rule S5).
pub const INLINE_WAIT: i64 = 5 * UtcMillis::SECOND;

/// Wait after the given number of failures in a row; the first failure is 1.
#[must_use]
pub fn outage(failures: i64) -> i64 {
    let index = usize::try_from(failures.max(1) - 1).unwrap_or(0);
    OUTAGE_MINUTES[index.min(OUTAGE_MINUTES.len() - 1)] * UtcMillis::MINUTE
}

/// Wait before a record that could not be read is tried again: one minute doubling to six hours (rule P6).
#[must_use]
pub fn set_aside(attempts: i64) -> i64 {
    let doublings = attempts.clamp(1, 20) - 1;
    (UtcMillis::MINUTE << doublings).min(6 * UtcMillis::HOUR)
}

/// Wait when a vendor's limit is used up: as long as it asks for. A minute where it does not say, or says that there is
/// nothing to wait for: short waits were sat out before, and it refused again.
#[must_use]
pub fn limit(asked: Option<i64>) -> i64 {
    asked
        .filter(|wait| *wait >= UtcMillis::SECOND)
        .unwrap_or(UtcMillis::MINUTE)
}

/// Wait before a job is tried again that failed for a reason of our own, such as a database that is busy.
#[must_use]
pub fn internal(attempts: i64) -> i64 {
    let doublings = attempts.clamp(1, 10) - 1;
    (UtcMillis::SECOND << doublings).min(5 * UtcMillis::MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stop_growing() {
        let minutes = |millis: i64| millis / UtcMillis::MINUTE;
        let outages: Vec<i64> = (0..=8).map(|failures| minutes(outage(failures))).collect();
        assert_eq!(outages, [1, 1, 2, 5, 10, 15, 30, 30, 30]);
        assert_eq!(minutes(set_aside(0)), 1);
        assert_eq!(minutes(set_aside(1)), 1);
        assert_eq!(minutes(set_aside(4)), 8);
        assert_eq!(set_aside(100), 6 * UtcMillis::HOUR);
        let limits = [None, Some(0), Some(999), Some(1_000), Some(90_000)].map(limit);
        assert_eq!(limits, [60_000, 60_000, 60_000, 1_000, 90_000]);
        assert_eq!(internal(1), UtcMillis::SECOND);
        assert_eq!(internal(99), 5 * UtcMillis::MINUTE);
    }
}
