//! Watermarks (rule P3): up to which instant of the vendor's clock a stream is known complete.
//!
//! The next watermark is taken when a part of a run begins, from the vendor's own clock, minus the overlap the
//! provider needs for changes that become visible late, and at the end brought down to what the records that came
//! prove ([`proven`]). It is kept in the part's row while pages are read, and
//! becomes the stream's watermark only in the commit that finishes a complete part.

use domain::clock::UtcMillis;

/// The watermark a part of a run will leave behind when it completes.
///
/// `vendor_time` is the `Date` of the first answer; it is a whole second, cut off, and was taken after the question
/// was evaluated, which the overlap covers. Without it, our own clock at the start stands in.
///
/// A vendor's clock more than a day ahead of ours is not believed: since a watermark never moves back, one answer
/// dated in another century would hide every later change.
#[must_use]
pub fn next(vendor_time: Option<UtcMillis>, started_at: UtcMillis, overlap: i64) -> UtcMillis {
    vendor_time
        .filter(|at| at.since(started_at) < UtcMillis::DAY)
        .unwrap_or(started_at)
        .plus(-overlap.max(0))
}

/// How far the clock that stamps records may lag behind the one that dates answers.
const MOST_LAG: i64 = UtcMillis::DAY;

/// The watermark once all pages of a part are read: not above what the records themselves prove.
///
/// Records are stamped by the application's clock, answers are dated by whatever stands before it, and the two may be an
/// hour apart: a change made now, stamped an hour ago, would lie before a watermark taken from the `Date`. The newest stamp
/// that was read proves how far the application's clock is; where it proves less, the watermark stays a day behind, which
/// costs nothing where nothing changed and a few records read again where something did.
#[must_use]
pub fn proven(dated: UtcMillis, newest: Option<UtcMillis>, overlap: i64) -> UtcMillis {
    let overlap = overlap.max(0);
    let lagging = dated.plus(-MOST_LAG);
    let proven = newest.map_or(lagging, |newest| newest.plus(-overlap));
    dated.min(proven.max(lagging))
}

/// The watermark to store: it never moves backwards within a generation.
#[must_use]
pub fn advance(stored: Option<UtcMillis>, next: Option<UtcMillis>) -> Option<UtcMillis> {
    stored.max(next)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn p3_a_watermark_is_not_above_what_records_prove() {
        let (dated, minute, hour) = (UtcMillis(1_800_000_000_000), 60_000, UtcMillis::HOUR);
        let proven = |newest| proven(dated, newest, minute);
        // The newest record is stamped an hour before the answer is dated: so may the next one be.
        assert_eq!(proven(Some(dated.plus(-hour))), dated.plus(-hour - minute));
        assert_eq!(proven(Some(dated.plus(hour))), dated, "a clock ahead");
        let day = UtcMillis::DAY;
        assert_eq!(proven(Some(dated.plus(-9 * day))), dated.plus(-day));
        assert_eq!(proven(None), dated.plus(-day), "a quiet list");
    }

    #[test]
    fn p3_a_watermark_never_moves_backwards() {
        let (early, late) = (UtcMillis(1), UtcMillis(2));
        assert_eq!(advance(Some(late), Some(early)), Some(late));
        assert_eq!(advance(Some(early), Some(late)), Some(late));
        assert_eq!(advance(Some(early), None), Some(early));
        assert_eq!(advance(None, Some(early)), Some(early));
        assert_eq!(advance(None, None), None);
    }
}
