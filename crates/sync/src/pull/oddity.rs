//! What is noticed about the pages of a run and how completeness is judged (rule P10). Pure.

/// Verdict on a full run, by comparing what was seen with the vendor's own totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The distinct records seen agree with what the vendor counted before and after.
    Verified,
    /// The vendor does not tell a total, or its totals and ours differ in a way that does not mean loss.
    NotVerified,
    /// Fewer records came than the vendor counts.
    Incomplete,
}

/// Compares the distinct records seen with the totals.
///
/// Totals that differ from each other mean that records came or went meanwhile; then anything between the two is
/// agreement. More than the larger total is no loss, and no proof either.
#[must_use]
pub fn judge(seen: i64, before: Option<i64>, after: Option<i64>) -> Verdict {
    let (Some(before), Some(after)) = (before, after) else {
        return Verdict::NotVerified;
    };
    let (low, high) = (before.min(after), before.max(after));
    if seen < low {
        Verdict::Incomplete
    } else if seen <= high {
        Verdict::Verified
    } else {
        Verdict::NotVerified
    }
}

/// Whether what was noticed casts doubt on the completeness of a part: then nothing is removed and the watermark
/// stays. An oddity is forgiven only when the totals prove that nothing is missing. What only forbids removal
/// ([`forbids_removal`]) is no such oddity.
#[must_use]
pub fn is_doubtful(verdict: Verdict, oddities: &[String]) -> bool {
    match verdict {
        Verdict::Verified => false,
        Verdict::NotVerified => oddities.iter().any(|oddity| !forbids_removal(oddity)),
        Verdict::Incomplete => true,
    }
}

/// Adds an oddity, once, and at most a handful per part, so that a vendor that misbehaves on every page does not
/// make the row grow.
pub fn note(oddities: &mut Vec<String>, oddity: impl Into<String>) {
    const MOST: usize = 12;
    let oddity = oddity.into();
    if (oddities.len() < MOST || forbids_removal(&oddity)) && !oddities.contains(&oddity) {
        oddities.push(oddity);
    }
}

/// What the previous page looked like, to notice one that comes again.
#[derive(Debug, Default)]
pub struct PageMemory {
    last: Vec<String>,
}

impl PageMemory {
    /// Whether this page carries the same ids as the one before it; remembers it for the next.
    pub fn repeats(&mut self, ids: &[String]) -> bool {
        let same = !ids.is_empty() && self.last == ids;
        self.last = ids.to_vec();
        same
    }
}

/// The sentence for a page that came again.
pub const REPEATED_PAGE: &str = "The vendor sent a page of records that had already come.";

/// The sentence for a record without a readable id: any record that seems missing may be this one, so nothing is
/// removed in such a run, whatever the totals say.
pub const NAMELESS: &str = "A record came without a readable id, so that nothing could be known to be missing; nothing was removed.";

/// The sentence for a part of a list that the credentials may not see: what seems to be missing may be there. What may be
/// seen did arrive, so the watermark goes on.
pub const HIDDEN: &str = "A part of the list may not be seen with these credentials, so that nothing could be known to be missing; nothing was removed.";

/// Whether something that was noticed says that any record which seems to be missing may be there all the same.
#[must_use]
pub fn forbids_removal(oddity: &str) -> bool {
    oddity == NAMELESS || oddity == HIDDEN
}

/// The sentence for records that came again on a later page.
pub const REPEATED_RECORDS: &str =
    "Some records came again on a later page; they are counted once.";

/// The sentence for a run that saw fewer records than the vendor counts.
#[must_use]
pub fn missing_records(seen: i64, before: i64, after: i64) -> String {
    if before == after {
        format!("{seen} of {before} records arrived; the rest is read again in the next run.")
    } else {
        format!(
            "{seen} records arrived, the vendor counted {before} before and {after} after; the rest is read again \
             in the next run."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p10_totals_are_compared_before_and_after() {
        for (seen, before, after, expected) in [
            (10, Some(10), Some(10), Verdict::Verified),
            (9, Some(10), Some(10), Verdict::Incomplete),
            (11, Some(10), Some(10), Verdict::NotVerified),
            (10, Some(10), Some(12), Verdict::Verified),
            (11, Some(12), Some(10), Verdict::Verified),
            (9, Some(10), Some(12), Verdict::Incomplete),
            (0, Some(0), Some(0), Verdict::Verified),
            (10, None, Some(10), Verdict::NotVerified),
            (10, Some(10), None, Verdict::NotVerified),
        ] {
            assert_eq!(
                judge(seen, before, after),
                expected,
                "{seen} {before:?} {after:?}"
            );
        }
    }

    #[test]
    fn p10_an_oddity_is_forgiven_only_when_totals_prove_completeness() {
        let odd = vec![REPEATED_PAGE.to_owned()];
        assert!(!is_doubtful(Verdict::Verified, &odd));
        assert!(is_doubtful(Verdict::NotVerified, &odd));
        assert!(!is_doubtful(Verdict::NotVerified, &[]));
        assert!(is_doubtful(Verdict::Incomplete, &[]));
        assert!(!is_doubtful(Verdict::NotVerified, &[NAMELESS.to_owned()]));
        assert!(!is_doubtful(Verdict::NotVerified, &[HIDDEN.to_owned()]));
    }

    #[test]
    fn p10_a_page_that_comes_again_is_noticed() {
        let ids = |range: std::ops::Range<i32>| range.map(|id| id.to_string()).collect::<Vec<_>>();
        let mut memory = PageMemory::default();
        assert!(!memory.repeats(&ids(0..3)));
        assert!(memory.repeats(&ids(0..3)));
        assert!(!memory.repeats(&ids(3..6)));
        assert!(!memory.repeats(&[]));
        assert!(!memory.repeats(&[]));
    }

    #[test]
    fn oddities_are_noted_once_and_not_without_end() {
        let mut oddities = Vec::new();
        for number in 0..100 {
            note(&mut oddities, "same");
            note(&mut oddities, format!("{number}"));
        }
        assert_eq!(oddities.len(), 12);
    }
}
