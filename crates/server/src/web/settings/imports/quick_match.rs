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
    /// Sums up what it says about the rows of a list of `one` or `many`.
    #[must_use]
    pub fn of<'a>(found: impl Iterator<Item = &'a Match>, one: &str, many: &str) -> Self {
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
                " For {} more several are equally good: use Link… there.",
                grouped(ties)
            ));
        }
        if links > 0 {
            sentence.push_str(" Look through them; nothing is saved before Import Selected.");
        }
        Self {
            links: links.unsigned_abs(),
            sentence,
            nothing: links == 0 && ties == 0,
        }
    }

    /// What it says about one row.
    #[must_use]
    pub fn words(found: &Match) -> String {
        match found {
            Match::Link { why, .. } => format!("Proposed: {why}."),
            Match::Tie { why } => {
                format!("Several are equally good ({why}), so none is proposed.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_ties_are_told_apart() {
        let tie = Match::Tie {
            why: "same phone number".into(),
        };
        let told = QuickMatch::of([&tie].into_iter(), "company", "companies");
        assert_eq!((told.links, told.nothing), (0, false));
        assert!(
            told.sentence
                .contains("For 1 more several are equally good")
        );
        assert!(QuickMatch::words(&tie).contains("(same phone number), so none"));
        let none = QuickMatch::of([].into_iter(), "company", "companies");
        assert!(none.nothing && none.sentence.contains("0 companies"));
    }
}
