//! A list walked by id: the last id seen is the cursor, which survives a restart, needs no address from the vendor, and
//! loses nothing when records come and go meanwhile. For vendors that can be asked for records above an id, in the
//! order of their ids.

use domain::hint::Hint;

use crate::error::{Error, ErrorKind, Result};
use crate::page::Cursor;

/// How often a page without a new record is asked for again before the run gives up.
const STALLS: u32 = 3;

/// Where a walk stands: the last id seen, and how often in a row nothing new came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// `None` at the start.
    pub last: Option<i64>,
    stalls: u32,
}

impl Position {
    /// Reads a cursor: `123`, or `123+1` after a page that brought nothing new.
    ///
    /// # Errors
    /// `Unexpected` for a text that is no cursor of a walk by id.
    pub fn read(cursor: Option<&Cursor>) -> Result<Self> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        let (last, stalls) = text.split_once('+').unwrap_or((text, "0"));
        match (last.parse(), stalls.parse()) {
            (Ok(last), Ok(stalls)) => Ok(Self {
                last: (last != i64::MIN).then_some(last),
                stalls,
            }),
            _ => Err(Error::new(
                ErrorKind::Unexpected,
                "go on with a list",
                format!("{text:?} is no cursor"),
            )
            .without_effect()),
        }
    }

    fn cursor(self) -> Cursor {
        let last = self.last.unwrap_or(i64::MIN);
        Cursor(if self.stalls == 0 {
            last.to_string()
        } else {
            format!("{last}+{}", self.stalls)
        })
    }
}

/// The id of a vendor whose ids are numbers.
///
/// # Errors
/// `Invalid` for another text.
pub fn numeric(vendor: &str, operation: &'static str, id: &str) -> Result<i64> {
    id.parse().map_err(|_| {
        Error::new(
            ErrorKind::Invalid,
            operation,
            format!("{id:?} is no id of {vendor}"),
        )
        .without_effect()
    })
}

/// What an answer says about the list it is a page of, as far as the vendor tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Announced {
    /// Whether more follows; `None` when the answer says nothing about it.
    pub more: Option<bool>,
    /// How many records the vendor counts in this page.
    pub count: Option<u64>,
}

/// What one page held, as far as going on is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Records as they arrived.
    pub received: usize,
    /// Records that had come before this page: their id is not above the position.
    pub before: usize,
    /// The highest id above the position.
    pub highest: Option<i64>,
    /// A new record came after one of a higher id: then the highest id is no safe place to go on from.
    pub disordered: bool,
    /// What the vendor says about the page.
    pub announced: Announced,
}

impl Seen {
    /// Takes note of one id; `false` when it came with an earlier page.
    pub fn note(&mut self, position: Position, id: i64) -> bool {
        if position.last.is_some_and(|last| id <= last) {
            self.before += 1;
            return false;
        }
        self.highest = self.highest.max(Some(id));
        true
    }
}

/// The sentence for a page whose records are not in the order of their ids, by which the walk goes on.
pub const DISORDERED: &str =
    "The records of a page are not in the order of their ids, so that some may be missed.";

/// The sentence for a page smaller than asked that is not the last.
#[must_use]
pub fn capped_page(received: u64, asked: u64) -> String {
    let records = if received == 1 { "record" } else { "records" };
    format!("A page held {received} {records} although {asked} were asked for and more follow.")
}

/// Decides how to go on after a page, and what about it is odd (rule P10). A walk never ends early because a page was
/// smaller than asked, and never goes round in circles because one came twice.
///
/// # Errors
/// `Unavailable` when the vendor keeps answering pages that bring nothing new although more is to come.
pub fn go_on(
    vendor: &str,
    operation: &'static str,
    position: Position,
    asked: u32,
    seen: &Seen,
) -> Result<(Option<Cursor>, Option<String>)> {
    let more_announced = seen.announced.more == Some(true);
    let counted = usize::try_from(seen.announced.count.unwrap_or(0)).unwrap_or(usize::MAX);
    let full = seen.received >= asked as usize;
    let short_of_count = seen.received < counted;
    let repeats = seen.before > 0 && seen.highest.is_none();

    let mut odd = Vec::new();
    if seen.before > 0 {
        odd.push(format!(
            "{} of the {} records of a page had come with an earlier page.",
            seen.before, seen.received
        ));
    }
    if short_of_count {
        odd.push(format!(
            "A page held {} records although {vendor} counts {counted} in it.",
            seen.received
        ));
    } else if !full && more_announced && !repeats {
        odd.push(capped_page(seen.received as u64, u64::from(asked)));
    }
    if seen.disordered {
        odd.push(DISORDERED.to_owned());
    }
    let oddity = (!odd.is_empty()).then(|| odd.join(" "));

    if !(full || more_announced || short_of_count || repeats) {
        return Ok((None, oddity));
    }
    let next = match seen.highest {
        Some(highest) => Position {
            last: Some(highest),
            stalls: 0,
        },
        None => Position {
            stalls: position.stalls + 1,
            ..position
        },
    };
    if next.stalls > STALLS {
        let message = format!(
            "{vendor} answered {} times without a new record although more are to come",
            next.stalls
        );
        return Err(Error::new(ErrorKind::Unavailable, operation, message)
            .with_status(200)
            .with_hint(Hint::VendorTrouble));
    }
    Ok((Some(next.cursor()), oddity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(received: usize, before: usize, highest: Option<i64>, count: u64, more: bool) -> Seen {
        Seen {
            received,
            before,
            highest,
            disordered: false,
            announced: Announced {
                more: Some(more),
                count: Some(count),
            },
        }
    }

    fn at(last: i64) -> Position {
        Position {
            last: Some(last),
            stalls: 0,
        }
    }

    fn step(position: Position, page: &Seen) -> Result<(Option<Cursor>, Option<String>)> {
        go_on("The vendor", "list tickets", position, 500, page)
    }

    #[test]
    fn a_walk_goes_on_and_ends() {
        let next = |page: &Seen| step(at(10), page).expect("a next step");
        assert_eq!(
            next(&seen(500, 0, Some(900), 500, true)),
            (Some(Cursor("900".into())), None)
        );
        assert_eq!(
            next(&seen(500, 0, Some(900), 500, false)),
            (Some(Cursor("900".into())), None),
            "a full page goes on"
        );
        assert_eq!(next(&seen(3, 0, Some(900), 3, false)), (None, None));
        assert_eq!(next(&seen(0, 0, None, 0, false)), (None, None));
        let (cursor, oddity) = next(&seen(100, 0, Some(900), 100, true));
        assert_eq!(cursor, Some(Cursor("900".into())), "a capped page goes on");
        assert_eq!(
            oddity.as_deref(),
            Some("A page held 100 records although 500 were asked for and more follow.")
        );
        let (cursor, oddity) = next(&seen(100, 0, Some(900), 500, false));
        assert!(cursor.is_some(), "fewer than the vendor counts");
        assert_eq!(
            oddity.as_deref(),
            Some("A page held 100 records although The vendor counts 500 in it.")
        );
    }

    #[test]
    fn p10_a_page_out_of_order_is_noticed() {
        let page = Seen {
            disordered: true,
            ..seen(500, 0, Some(900), 500, true)
        };
        let (cursor, oddity) = step(at(10), &page).expect("a next step");
        assert_eq!(cursor, Some(Cursor("900".into())));
        assert_eq!(oddity.as_deref(), Some(DISORDERED));
    }

    #[test]
    fn a_page_that_comes_again_is_noticed_and_does_not_circle() {
        let mut cursor = at(10).cursor();
        let again = seen(500, 500, None, 500, true);
        for stall in 1..=STALLS {
            let position = Position::read(Some(&cursor)).expect("our own cursor");
            let (next, oddity) = step(position, &again).expect("another try");
            cursor = next.expect("not the end");
            assert_eq!(cursor, Cursor(format!("10+{stall}")));
            assert!(oddity.is_some());
        }
        let position = Position::read(Some(&cursor)).expect("our own cursor");
        assert!(step(position, &again).expect_err("enough").is_temporary());
        let (next, _) = step(position, &seen(500, 2, Some(900), 500, true)).expect("progress");
        assert_eq!(
            next,
            Some(Cursor("900".into())),
            "progress forgets the stalls"
        );
    }

    #[test]
    fn cursors_survive_text() {
        assert_eq!(Position::read(None).expect("a start"), Position::default());
        for position in [
            Position::default(),
            at(0),
            at(-5),
            Position {
                last: Some(7),
                stalls: 2,
            },
            Position {
                last: None,
                stalls: 1,
            },
        ] {
            assert_eq!(
                Position::read(Some(&position.cursor())).expect("our own cursor"),
                position
            );
        }
        assert!(Position::read(Some(&Cursor("https://elsewhere".into()))).is_err());
    }
}
