//! What Quick Match found, in words.

use sync::quick_match::Match;

use crate::web::view::number::{counted, grouped};

/// What it found for a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuickMatch {
    /// How many rows it proposes a link for.
    pub links: u64,
    /// What it found, in a sentence.
    pub sentence: String,
    /// Whether that is nothing.
    pub nothing: bool,
}

impl QuickMatch {
    /// Sums up what it says about the rows of a list of `one` or `many`, in which a row is linked with `by_hand`.
    #[must_use]
    pub fn of<'a>(
        found: impl Iterator<Item = &'a Match>,
        (one, many): (&str, &str),
        by_hand: &str,
    ) -> Self {
        let (mut links, mut ties) = (0_i64, 0_i64);
        for found in found {
            match found {
                Match::Link { .. } => links += 1,
                Match::Tie { .. } => ties += 1,
            }
        }
        let mut sentence = format!(
            "Quick Match proposes a link for {}.",
            counted(links, one, many)
        );
        if ties > 0 {
            sentence.push_str(&format!(
                " For {} more several are equally good: use {by_hand} there.",
                grouped(ties)
            ));
        }
        if links > 0 {
            sentence.push_str(
                " Look through them and select; nothing is saved before they are imported.",
            );
        }
        Self {
            links: links.unsigned_abs(),
            sentence,
            nothing: links == 0 && ties == 0,
        }
    }

    /// What it says about one row, of which an import that links it to nothing makes a new `one`.
    #[must_use]
    pub fn words(found: &Match, one: &str) -> String {
        match found {
            Match::Link { why, .. } => format!("Proposed: {why}."),
            Match::Tie { why } => format!(
                "Several are equally good ({why}), so none is proposed. Selected as it is, it becomes a new {one}."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANIES: (&str, &str) = ("company", "companies");

    #[test]
    fn links_and_ties_are_told_apart() {
        let tie = Match::Tie {
            why: "same phone number".into(),
        };
        let told = QuickMatch::of([&tie].into_iter(), COMPANIES, "Link…");
        assert_eq!((told.links, told.nothing), (0, false));
        assert!(
            told.sentence
                .contains("For 1 more several are equally good: use Link… there.")
        );
        assert!(QuickMatch::words(&tie, "company").contains("(same phone number), so none"));
        let none = QuickMatch::of([].into_iter(), COMPANIES, "Link…");
        assert!(none.nothing && none.sentence.contains("0 companies"));
    }
}
