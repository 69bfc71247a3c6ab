//! When tickets come in: in the order of their numbers, mostly in office hours, the newest just
//! before the world's end. Both directions are cheap, so a query by time can seek.

use super::dice::{Dice, Purpose};
use super::instant::{DAY, HOUR};

const WEEK: i64 = 7 * DAY;
/// 1970 began on a Thursday.
const MONDAY_SHIFT: i64 = 3 * DAY;

/// Hours into a weekday and the share of the week's tickets that arrive until then.
const WEEKDAY: [(i64, f64); 9] = [
    (0, 0.0),
    (7, 0.006),
    (8, 0.015),
    (9, 0.042),
    (12, 0.110),
    (13, 0.124),
    (17, 0.176),
    (19, 0.184),
    (24, 0.190),
];
/// Share of a day of the weekend.
const WEEKEND_DAY: f64 = 0.025;

/// The arrivals of one world.
pub struct Arrivals {
    seed: u64,
    knots: Vec<(i64, f64)>,
    first: f64,
    last: f64,
    count: u32,
    first_day: i64,
    /// For each day from `first_day`, the first ticket number of it.
    day_starts: Vec<u32>,
}

impl Arrivals {
    /// Spreads `count` tickets over the time before `base_ms`.
    pub fn new(seed: u64, count: u32, base_ms: i64) -> Self {
        let days = (400 + i64::from(count) / 500).min(1_825);
        let mut arrivals = Self {
            seed,
            knots: knots(),
            first: 0.0,
            last: 0.0,
            count,
            first_day: 0,
            day_starts: Vec::new(),
        };
        arrivals.last = arrivals.load(base_ms);
        arrivals.first = arrivals.load(base_ms - days * DAY);
        let last_day = base_ms.div_euclid(DAY);
        arrivals.first_day = (base_ms - days * DAY).div_euclid(DAY);
        arrivals.day_starts = (arrivals.first_day..=last_day)
            .map(|day| arrivals.first_at_or_after(day * DAY))
            .collect();
        arrivals
    }

    /// When ticket `number` (from 1) came in.
    pub fn at(&self, number: u32) -> i64 {
        let jitter = Dice::new(self.seed, Purpose::Arrival, u64::from(number)).share() * 0.95;
        let share = (f64::from(number) - 1.0 + jitter) / f64::from(self.count.max(1));
        self.instant(self.first + (self.last - self.first) * share)
    }

    /// The first ticket that came in at `ms` or later; one past the last when none did.
    pub fn first_at_or_after(&self, ms: i64) -> u32 {
        let (mut low, mut high) = (1, self.count + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) < ms {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The position of a ticket among those of its day, from 1.
    pub fn position_in_day(&self, number: u32, at: i64) -> u32 {
        let day = at.div_euclid(DAY) - self.first_day;
        let start = usize::try_from(day)
            .ok()
            .and_then(|d| self.day_starts.get(d))
            .copied()
            .unwrap_or(1);
        number.saturating_sub(start) + 1
    }

    /// Tickets of the world that came in on the day of `ms`.
    pub fn count_on_day(&self, ms: i64) -> u32 {
        let day = ms.div_euclid(DAY) * DAY;
        self.first_at_or_after(day + DAY) - self.first_at_or_after(day)
    }

    /// Weeks of work done until `ms`, as a number that grows with the office's load.
    fn load(&self, ms: i64) -> f64 {
        let shifted = ms + MONDAY_SHIFT;
        let of_week = shifted.rem_euclid(WEEK);
        let next = self.knots.partition_point(|k| k.0 <= of_week);
        let (from, to) = (self.knots[next - 1], self.knots[next]);
        let share = (of_week - from.0) as f64 / (to.0 - from.0) as f64;
        shifted.div_euclid(WEEK) as f64 + from.1 + (to.1 - from.1) * share
    }

    /// The inverse of `load`.
    fn instant(&self, load: f64) -> i64 {
        let week = load.floor();
        let of_week = load - week;
        let next = self
            .knots
            .partition_point(|k| k.1 <= of_week)
            .clamp(1, self.knots.len() - 1);
        let (from, to) = (self.knots[next - 1], self.knots[next]);
        let share = (of_week - from.1) / (to.1 - from.1);
        week as i64 * WEEK - MONDAY_SHIFT + from.0 + ((to.0 - from.0) as f64 * share) as i64
    }
}

fn knots() -> Vec<(i64, f64)> {
    let mut knots = Vec::new();
    for day in 0..5 {
        let before = f64::from(day) * 0.190;
        let start = i64::from(day) * DAY;
        knots.extend(
            WEEKDAY[..WEEKDAY.len() - 1]
                .iter()
                .map(|(hour, share)| (start + hour * HOUR, before + share)),
        );
    }
    knots.push((5 * DAY, 0.95));
    knots.push((6 * DAY, 0.95 + WEEKEND_DAY));
    knots.push((WEEK, 1.0));
    knots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_seek_agree() {
        let base = 1_772_400_000_000;
        let arrivals = Arrivals::new(7, 10_000, base);
        let mut before = 0;
        for number in 1..=10_000 {
            let at = arrivals.at(number);
            assert!(at >= before && at <= base);
            assert_eq!(arrivals.first_at_or_after(at.max(before + 1)), number);
            before = at;
        }
        assert!(base - before < 2 * DAY);
        assert_eq!(arrivals.first_at_or_after(base + DAY), 10_001);
    }
}
