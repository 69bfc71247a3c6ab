//! How many tickets a filter has by itself, remembered for a minute.
//!
//! Of several filters the one with the fewest tickets leads. Which one that is changes rarely, and a wrong answer costs
//! time and nothing else, while counting each filter anew was most of what such a list cost. Nothing shown comes from here.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::clock::UtcMillis;
use domain::id::IntegrationId;

use super::filter::Lead;

/// Milliseconds a size is remembered.
const REMEMBERED: i64 = 60_000;
/// Most filters remembered; beyond that all are forgotten, since they fill again within one list each.
const MOST: usize = 2_000;

/// What a size was counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Counted {
    pub(super) lead: Lead,
    /// The lead's value; for companies the address of Portico's company.
    pub(super) value: String,
    pub(super) integration: Option<IntegrationId>,
    pub(super) closed: Option<bool>,
}

/// Sizes by what they were counted for, each with when it was counted.
#[derive(Debug, Default)]
pub(crate) struct Sizes(Mutex<HashMap<Counted, (UtcMillis, u64)>>);

impl Sizes {
    /// The size, if it was counted within the last minute.
    pub(super) fn find(&self, counted: &Counted, now: UtcMillis) -> Option<u64> {
        let sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, size) = sizes.get(counted)?;
        // A clock that was set back makes nothing last longer.
        (0..REMEMBERED).contains(&(now.0 - at.0)).then_some(*size)
    }

    pub(super) fn keep(&self, counted: Counted, now: UtcMillis, size: u64) {
        let mut sizes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sizes.len() >= MOST {
            sizes.clear();
        }
        sizes.insert(counted, (now, size));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn technician(value: &str) -> Counted {
        Counted {
            lead: Lead::Technician,
            value: value.to_owned(),
            integration: None,
            closed: Some(false),
        }
    }

    #[test]
    fn a_size_is_remembered_for_a_minute_and_for_its_filter_alone() {
        let sizes = Sizes::default();
        sizes.keep(technician("7"), UtcMillis(1_000), 12);
        let find = |counted, now| sizes.find(&counted, UtcMillis(now));
        assert_eq!(find(technician("7"), 1_000), Some(12));
        assert_eq!(find(technician("7"), 60_999), Some(12));
        assert_eq!(find(technician("7"), 61_000), None);
        assert_eq!(find(technician("7"), 999), None);
        assert_eq!(find(technician("8"), 1_000), None);
        let both = Counted {
            closed: None,
            ..technician("7")
        };
        assert_eq!(find(both, 1_000), None);
    }

    #[test]
    fn no_more_are_remembered_than_the_bound() {
        let sizes = Sizes::default();
        for number in 0..5 * MOST {
            sizes.keep(technician(&number.to_string()), UtcMillis(0), 1);
        }
        assert!(sizes.0.lock().unwrap().len() <= MOST);
    }
}
