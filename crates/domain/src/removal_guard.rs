//! Mass-removal guard (rule P11): when a run must ask before it marks records as deleted by the vendor.

/// More than this many records, and more than this share, ask first.
const RECORDS: u64 = 10;
const PERCENT: u64 = 20;

/// Whether a person must confirm that `removed` of the `present` records of a stream are gone.
///
/// Scope changes, clears and entries of a deletion feed are not counted and do not come here.
#[must_use]
pub const fn must_ask(removed: u64, present: u64) -> bool {
    removed > RECORDS && removed.saturating_mul(100) > present.saturating_mul(PERCENT)
}

#[cfg(test)]
mod tests {
    use super::must_ask;

    #[test]
    fn table() {
        for (removed, present, expected) in [
            (0, 0, false),
            (10, 10, false),
            (11, 11, true),
            (11, 54, true),
            (11, 55, false),
            (200, 1_000, false),
            (201, 1_000, true),
        ] {
            assert_eq!(
                must_ask(removed, present),
                expected,
                "{removed} of {present}"
            );
        }
    }
}
