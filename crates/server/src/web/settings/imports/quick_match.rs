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
        let mut sentence = match links {
            0 => "No link is proposed.".to_owned(),
            links => format!("A link is proposed for {}.", counted(links, one, many)),
        };
        if ties > 0 {
            sentence.push_str(&format!(
                " For {}{} several are equally good: use {by_hand} there.",
                grouped(ties),
                match (links, ties) {
                    (0, 1) => format!(" {one}"),
                    (0, _) => format!(" {many}"),
                    _ => " more".to_owned(),
                }
            ));
        }
        sentence.push_str(match links {
            0 => "",
            1 => " Look at it and select it; nothing is saved before it is imported.",
            _ => " Look through them and select; nothing is saved before they are imported.",
        });
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
            told.sentence.contains(
                "No link is proposed. For 1 company several are equally good: use Link… there."
            ),
            "{}",
            told.sentence
        );
        let link = Match::Link {
            target: sync::quick_match::Target {
                uuid: domain::id::PublicId::new(domain::clock::UtcMillis(0)),
                name: "Harbour".into(),
                email: String::new(),
            },
            why: "same name".into(),
        };
        let one = QuickMatch::of([&link].into_iter(), COMPANIES, "Link…");
        assert_eq!(
            one.sentence,
            "A link is proposed for 1 company. Look at it and select it; nothing is saved before it is imported."
        );
        let both = QuickMatch::of([&link, &tie, &link].into_iter(), COMPANIES, "Link…");
        assert!(
            both.sentence
                .starts_with("A link is proposed for 2 companies. For 1 more several are"),
            "{}",
            both.sentence
        );
        assert!(QuickMatch::words(&tie, "company").contains("(same phone number), so none"));
        let none = QuickMatch::of([].into_iter(), COMPANIES, "Link…");
        assert!(none.nothing && none.sentence == "No link is proposed.");
    }
}
