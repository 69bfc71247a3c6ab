//! Request limits: so many requests in any span of time.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The requests of the last span.
pub struct Window {
    recent: Mutex<VecDeque<i64>>,
    most: usize,
    span_ms: i64,
    apply: bool,
}

impl Window {
    /// At most this many requests in a span; without `apply` it only counts.
    pub fn new(most: usize, span_ms: i64, apply: bool) -> Self {
        Self {
            recent: Mutex::default(),
            most,
            span_ms,
            apply,
        }
    }

    /// Counts requests that other integrations of the tenant made.
    pub fn spend(&self, count: usize, now_ms: i64) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.extend(std::iter::repeat_n(now_ms, count.min(self.most)));
    }

    /// Counts a request; when there were too many, says after how many seconds one is free again.
    pub fn admit(&self, now_ms: i64) -> Option<u32> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        while recent
            .front()
            .is_some_and(|at| *at <= now_ms - self.span_ms)
        {
            recent.pop_front();
        }
        let surplus = (recent.len() + 1).saturating_sub(self.most);
        if self.apply && surplus > 0 {
            // The instant at which enough of the counted requests are a span old.
            let free_at = recent
                .get(surplus - 1)
                .map_or(now_ms, |at| at + self.span_ms);
            let seconds = (free_at - now_ms).div_euclid(1_000) + 1;
            return u32::try_from(seconds).ok();
        }
        recent.push_back(now_ms);
        if recent.len() > self.most * 2 {
            recent.pop_front();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_when_to_come_back() {
        let window = Window::new(1_000, 60_000, true);
        for millisecond in 0..1_000 {
            assert!(window.admit(millisecond).is_none());
        }
        assert_eq!(window.admit(10_000), Some(51));
        assert!(window.admit(10_000 + 51_000).is_none());
    }
}
