//! Watermarks (rule P3): up to which instant of the vendor's clock a stream is known complete.
//!
//! The next watermark is taken when a part of a run begins, from the vendor's own clock, minus the overlap the
//! provider needs for changes that become visible late. It is kept in the part's row while pages are read, and
//! becomes the stream's watermark only in the commit that finishes a complete part.
//!
//! The clock that dates a vendor's answers is not always the one that stamps its records. A record cannot have changed
//! after it was answered, so each stamp that came tells how far stamps lag behind the date *at most*: the smallest
//! difference seen is taken off as well. A part that read everything measures it anew, others only narrow it.

use domain::clock::UtcMillis;

/// The most that stamps are expected to lag behind the date of answers, and what is taken off while no stamp told.
const WIDEST: i64 = UtcMillis::DAY;

/// The vendor's clock, where it can be believed.
///
/// One more than a day ahead of ours is not: one answer dated in another century would hide every later change.
#[must_use]
pub fn believed(vendor_time: Option<UtcMillis>, started_at: UtcMillis) -> Option<UtcMillis> {
    vendor_time.filter(|at| at.since(started_at) < UtcMillis::DAY)
}

/// The watermark a part of a run will leave behind when it completes, but for the lag of stamps.
///
/// `vendor_time` is the `Date` of the first answer; it is a whole second, cut off, and was taken after the question
/// was evaluated, which the overlap covers. Where it tells nothing to be believed, our own clock at the start stands in.
#[must_use]
pub fn next(vendor_time: Option<UtcMillis>, started_at: UtcMillis, overlap: i64) -> UtcMillis {
    believed(vendor_time, started_at)
        .unwrap_or(started_at)
        .plus(-overlap.max(0))
}

/// How far stamps lag behind the date of an answer at most, by the stamps that came with it; `None` when they do not
/// tell. Stamps later than the answer, whose date is a whole second cut off, tell nothing: a clock that is ahead hides no
/// change, and some are typed by people.
#[must_use]
pub fn lag(told: UtcMillis, changes: &[UtcMillis]) -> Option<i64> {
    let not_later = |at: &&UtcMillis| at.since(told) < UtcMillis::SECOND;
    let newest = changes.iter().filter(not_later).max()?;
    Some(told.since(*newest).clamp(0, WIDEST))
}

/// What is known of the lag after a part of a run: what it saw when it read everything, since clocks are set; otherwise
/// the smaller of that and what was known.
#[must_use]
pub fn learned(full: bool, known: Option<i64>, seen: Option<i64>) -> Option<i64> {
    if full {
        return seen;
    }
    [known, seen].into_iter().flatten().min()
}

/// The watermark to store. After a part that read everything, the one it leaves behind; otherwise it never moves
/// backwards within a generation.
#[must_use]
pub fn advance(
    full: bool,
    stored: Option<UtcMillis>,
    next: Option<UtcMillis>,
    lag: Option<i64>,
) -> Option<UtcMillis> {
    let next = next.map(|next| next.plus(-lag.unwrap_or(WIDEST)));
    if full { next } else { stored.max(next) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVERLAP: i64 = 5 * UtcMillis::MINUTE;

    #[test]
    fn p3_the_vendors_clock_minus_the_overlap_is_the_next_watermark() {
        let vendor = UtcMillis(1_000_000);
        let ours = UtcMillis(9_000_000);
        assert_eq!(next(Some(vendor), ours, 300_000), UtcMillis(700_000));
        assert_eq!(next(None, ours, 300_000), UtcMillis(8_700_000));
        let absurd = ours.plus(UtcMillis::DAY);
        assert_eq!(next(Some(absurd), ours, 300_000), UtcMillis(8_700_000));
    }

    #[test]
    fn p3_a_watermark_moves_backwards_only_when_everything_was_read() {
        let (early, late) = (UtcMillis(1), UtcMillis(2));
        let none = Some(0);
        assert_eq!(advance(false, Some(late), Some(early), none), Some(late));
        assert_eq!(advance(false, Some(early), Some(late), none), Some(late));
        assert_eq!(advance(false, Some(early), None, none), Some(early));
        assert_eq!(advance(false, None, Some(early), none), Some(early));
        assert_eq!(advance(false, None, None, none), None);
        assert_eq!(advance(true, Some(late), Some(early), none), Some(early));
    }

    #[test]
    fn p3_the_lag_is_the_smallest_that_a_stamp_told() {
        let told = UtcMillis(10 * UtcMillis::DAY);
        let ago = |millis: i64| told.plus(-millis);
        assert_eq!(lag(told, &[]), None);
        assert_eq!(lag(told, &[ago(70), ago(50), ago(-1_000)]), Some(50));
        assert_eq!(lag(told, &[ago(-1_000)]), None, "later than the answer");
        assert_eq!(lag(told, &[ago(-999)]), Some(0), "in the same second");
        assert_eq!(lag(told, &[UtcMillis(0)]), Some(WIDEST));
        assert_eq!(learned(false, Some(50), Some(70)), Some(50));
        assert_eq!(learned(false, Some(70), Some(50)), Some(50));
        assert_eq!(learned(false, Some(70), None), Some(70));
        assert_eq!(learned(true, Some(50), Some(70)), Some(70));
        assert_eq!(learned(true, Some(50), None), None);
    }

    /// Numbers without a pattern, the same each time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: i64) -> i64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 1).cast_signed() % limit
        }
    }

    /// A vendor whose stamps are `behind` its date: what it changed, and what runs asked for.
    struct Desk {
        behind: i64,
        /// When a change became visible by the date, and its stamp.
        changes: Vec<(UtcMillis, UtcMillis)>,
        watermark: Option<UtcMillis>,
        lag: Option<i64>,
    }

    impl Desk {
        fn change(&mut self, at: UtcMillis, visible_after: i64) {
            let stamp = at.plus(-self.behind);
            self.changes.push((at.plus(visible_after), stamp));
        }

        /// A run at a time by the date; answers which changes it read.
        fn run(&mut self, full: bool, now: UtcMillis) -> Vec<usize> {
            let told = UtcMillis(now.0 / UtcMillis::SECOND * UtcMillis::SECOND);
            let since = self.watermark.filter(|_| !full);
            let all = self.changes.iter().enumerate();
            let read: Vec<usize> = all
                .filter(|(_, (visible, _))| *visible <= now)
                .filter(|(_, (_, stamp))| since.is_none_or(|since| *stamp >= since))
                .map(|(number, _)| number)
                .collect();
            let stamps: Vec<UtcMillis> = read.iter().map(|one| self.changes[*one].1).collect();
            self.lag = learned(full, self.lag, lag(told, &stamps));
            let next = next(Some(told), now, OVERLAP);
            self.watermark = advance(full, self.watermark, Some(next), self.lag);
            read
        }
    }

    #[test]
    fn p3_stamps_of_another_clock_lose_no_change_and_repeat_none_for_ever() {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        for round in 0..400 {
            let behind = dice.below(4 * UtcMillis::HOUR) - 2 * UtcMillis::HOUR;
            let mut desk = Desk {
                behind,
                changes: Vec::new(),
                watermark: None,
                lag: None,
            };
            let mut now = UtcMillis(100 * UtcMillis::DAY);
            for _ in 0..dice.below(3) {
                desk.change(now.plus(-dice.below(2 * UtcMillis::DAY)), 0);
            }
            let mut known = std::collections::BTreeSet::new();
            for turn in 0..40 {
                known.extend(desk.run(turn % 20 == 0, now));
                let visible = desk.changes.iter().enumerate();
                let missed: Vec<_> = visible
                    .filter(|(number, (at, _))| *at <= now && !known.contains(number))
                    .collect();
                assert!(missed.is_empty(), "{round}: {behind} behind: {missed:?}");
                let later = now.plus(1_000 + dice.below(40 * UtcMillis::MINUTE));
                for _ in 0..dice.below(3) {
                    let at = now.plus(dice.below(later.since(now)));
                    desk.change(at, dice.below(OVERLAP - 2_000));
                }
                now = later;
            }
            // Nothing happens any more: one more look at what may have come late, and then nothing.
            now = now.plus(OVERLAP);
            desk.run(false, now);
            now = now.plus(WIDEST + 2 * UtcMillis::HOUR + OVERLAP);
            desk.run(false, now);
            now = now.plus(OVERLAP + UtcMillis::SECOND);
            assert_eq!(desk.run(false, now), [] as [usize; 0], "{round}");
        }
    }
}
