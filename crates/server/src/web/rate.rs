//! Request limits of API keys: a token bucket per key, in this process.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::clock::UtcMillis;

/// Requests per minute of one key.
pub const PER_MINUTE: i64 = 300;

/// Milliseconds in which one request becomes available again.
const REFILL: i64 = UtcMillis::MINUTE / PER_MINUTE;

/// What is left for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Whether this request may pass.
    pub allowed: bool,
    /// How many more may follow at once.
    pub remaining: i64,
    /// Milliseconds until the whole allowance is there again.
    pub reset_in: i64,
}

/// The buckets. Each is one instant: when it would be full again (the generic cell rate algorithm).
#[derive(Debug, Default)]
pub struct RateLimits(Mutex<HashMap<i64, UtcMillis>>);

impl RateLimits {
    /// Takes one request from a key's bucket.
    pub fn take(&self, key: i64, now: UtcMillis) -> Allowance {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > 10_000 {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(&key).copied().unwrap_or(now).max(now);
        let used = full_at.since(now);
        let allowed = used + REFILL <= UtcMillis::MINUTE;
        let full_at = if allowed {
            full_at.plus(REFILL)
        } else {
            full_at
        };
        buckets.insert(key, full_at);
        let reset_in = full_at.since(now);
        Allowance {
            allowed,
            remaining: (UtcMillis::MINUTE - reset_in) / REFILL,
            reset_in,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let limits = RateLimits::default();
        let now = UtcMillis(1_000_000);
        for n in 1..=PER_MINUTE {
            let allowance = limits.take(1, now);
            assert!(allowance.allowed);
            assert_eq!(allowance.remaining, PER_MINUTE - n);
        }
        assert!(!limits.take(1, now).allowed);
        assert!(limits.take(2, now).allowed, "keys do not share");
        assert!(limits.take(1, now.plus(REFILL)).allowed);
        assert!(!limits.take(1, now.plus(REFILL)).allowed);
        assert_eq!(
            limits.take(1, now.plus(10 * UtcMillis::MINUTE)).remaining,
            PER_MINUTE - 1
        );
    }
}
