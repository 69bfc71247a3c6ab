//! The limit of the network edge in front of the product: so many requests in a minute.
//!
//! The vendor publishes no number; this one is what integrators report. The refusal comes from the
//! edge, so it is an HTML page.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::exchange::Answer;

/// Requests in a rolling minute.
pub const PER_MINUTE: usize = 1_000;
const MINUTE_MS: i64 = 60_000;

/// The requests of the last minute.
pub struct Limits {
    recent: Mutex<VecDeque<i64>>,
    apply: bool,
}

impl Limits {
    /// A limit that applies or only counts.
    pub fn new(apply: bool) -> Self {
        Self {
            recent: Mutex::default(),
            apply,
        }
    }

    /// Counts requests that other integrations of the tenant made.
    pub fn spend(&self, count: usize, now_ms: i64) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.extend(std::iter::repeat_n(now_ms, count.min(PER_MINUTE)));
    }

    /// Counts a request; answers with a refusal when there were too many.
    pub fn admit(&self, now_ms: i64) -> Option<Answer> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent.front().is_some_and(|at| *at <= now_ms - MINUTE_MS) {
            recent.pop_front();
        }
        let surplus = (recent.len() + 1).saturating_sub(PER_MINUTE);
        if self.apply && surplus > 0 {
            // The instant at which enough of the counted requests are a minute old.
            let free_at = recent.get(surplus - 1).map_or(now_ms, |at| at + MINUTE_MS);
            let seconds = (free_at - now_ms).div_euclid(1_000) + 1;
            let mut answer = Answer::html(429, TOO_MANY.to_owned());
            answer.retry_after = u32::try_from(seconds).ok();
            return Some(answer);
        }
        recent.push_back(now_ms);
        if recent.len() > PER_MINUTE * 2 {
            recent.pop_front();
        }
        None
    }
}

const TOO_MANY: &str = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n\
<center><h1>429 Too Many Requests</h1></center>\r\n</body>\r\n</html>\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_when_to_come_back() {
        let limits = Limits::new(true);
        for second in 0..PER_MINUTE as i64 {
            assert!(limits.admit(second).is_none());
        }
        let refusal = limits.admit(10_000).unwrap();
        assert_eq!((refusal.status, refusal.retry_after), (429, Some(51)));
        assert!(limits.admit(10_000 + 51_000).is_none());
    }
}
