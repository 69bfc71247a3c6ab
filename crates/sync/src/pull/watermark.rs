//! Watermarks (rule P3): up to which instant of the vendor's clock a stream is known complete.
//!
//! The next watermark is taken when a part of a run begins, from the vendor's own clock, minus the overlap the
//! provider needs for changes that become visible late. It is kept in the part's row while pages are read, and
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
    fn p3_a_watermark_never_moves_backwards() {
        let (early, late) = (UtcMillis(1), UtcMillis(2));
        assert_eq!(advance(Some(late), Some(early)), Some(late));
        assert_eq!(advance(Some(early), Some(late)), Some(late));
        assert_eq!(advance(Some(early), None), Some(early));
        assert_eq!(advance(None, Some(early)), Some(early));
        assert_eq!(advance(None, None), None);
    }
}
