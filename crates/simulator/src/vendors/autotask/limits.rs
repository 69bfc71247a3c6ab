//! Three requests at a time for each object, ten thousand in an hour for the whole tenant.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::refusal::Refusal;

/// Requests at a time for each object endpoint.
const THREADS: usize = 3;
/// Requests in a rolling hour.
pub const THRESHOLD: usize = 10_000;
/// Minutes that the threshold looks back.
pub const TIMEFRAME_MINUTES: i64 = 60;

#[derive(Default)]
struct Counters {
    in_flight: HashMap<String, usize>,
    recent: VecDeque<i64>,
}

/// The vendor's limits.
#[derive(Clone)]
pub struct Limits {
    counters: Arc<Mutex<Counters>>,
    apply: bool,
}

/// The place of one request among those in flight.
struct Place {
    counters: Arc<Mutex<Counters>>,
    endpoint: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counters.in_flight.get_mut(&self.endpoint) {
            *count -= 1;
        }
    }
}

/// What the limits say about a request.
pub enum Verdict {
    /// Go on after a delay; hold the place until done.
    Go {
        /// Milliseconds.
        delay_ms: u64,
        /// The place.
        place: Box<dyn Send>,
    },
    /// Refused.
    Stop(Refusal),
}

impl Limits {
    /// Limits that apply, or a tenant that never comes near them: a client that obeys what the threshold information
    /// says would otherwise wait for limits that are off.
    pub fn new(apply: bool) -> Self {
        Self {
            counters: Arc::default(),
            apply,
        }
    }

    /// Requests in the hour before `now_ms`.
    pub fn recent(&self, now_ms: i64) -> usize {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut counters.recent, now_ms);
        counters.recent.len()
    }

    /// Counts requests that other integrations of the tenant made.
    pub fn spend(&self, count: usize, now_ms: i64) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut counters.recent, now_ms);
        let room = (THRESHOLD * 2).saturating_sub(counters.recent.len());
        counters
            .recent
            .extend(std::iter::repeat_n(now_ms, count.min(room)));
    }

    /// Counts a request and decides about it.
    pub fn admit(&self, endpoint: &str, now_ms: i64) -> Verdict {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut counters.recent, now_ms);
        if self.apply && counters.recent.len() >= THRESHOLD {
            return Verdict::Stop(Refusal::with_status(
                429,
                format!(
                    "The number of requests in the last {TIMEFRAME_MINUTES} minutes is above the threshold of {THRESHOLD}."
                ),
            ));
        }
        let endpoint = endpoint.to_lowercase();
        let in_flight = counters.in_flight.entry(endpoint.clone()).or_default();
        if self.apply && *in_flight >= THREADS {
            return Verdict::Stop(Refusal::with_status(
                429,
                format!(
                    "Itgenatr005: the limit of {THREADS} concurrent requests per API tracking identifier and object endpoint was reached."
                ),
            ));
        }
        *in_flight += 1;
        if self.apply {
            counters.recent.push_back(now_ms);
        }
        let used = counters.recent.len();
        let delay_ms = match used {
            _ if !self.apply => 0,
            _ if used > THRESHOLD * 3 / 4 => 1_000,
            _ if used > THRESHOLD / 2 => 500,
            _ => 0,
        };
        drop(counters);
        Verdict::Go {
            delay_ms,
            place: Box::new(Place {
                counters: Arc::clone(&self.counters),
                endpoint,
            }),
        }
    }
}

fn forget_old(recent: &mut VecDeque<i64>, now_ms: i64) {
    while recent
        .front()
        .is_some_and(|at| *at <= now_ms - TIMEFRAME_MINUTES * 60_000)
    {
        recent.pop_front();
    }
}
