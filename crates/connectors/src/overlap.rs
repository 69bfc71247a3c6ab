//! A list walked by numbered pages in the order of the ids, for vendors that cannot be asked for records above an id.
//!
//! Pages that merely follow one another lose records: when one that was read is deleted, all behind it move up and the
//! next page begins one too late. So pages overlap. The size of each is chosen such that it begins at or before the
//! last record seen, which costs a few rows; a page in which nothing seen before comes up again proves a gap, and is
//! asked for anew from further up. A page smaller than asked shows the vendor's own limit, which the walk then keeps to.
//!
//! Where the vendor does not count, or counts fewer than it sent, a short page is no end: only one that is empty or has
//! nothing new is. A full one that ends with the last record seen is none either.
//!
//! The cursor says how many records were passed and which id was the last; it survives a restart.

use domain::hint::Hint;

use crate::error::{Error, ErrorKind, Result};
use crate::page::Cursor;
use crate::walk::{DISORDERED, Position, Seen, capped_page};

/// How often nothing new is accepted in a row before the run gives up.
const STALLS: u32 = 3;

/// Most pages asked for to find the last record seen after a gap.
const SEARCH: u32 = 60;

/// Where a walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Records of the vendor's list up to and with the last one seen.
    count: u64,
    /// The highest id seen; `None` at the start.
    last: Option<i64>,
    /// The largest page the vendor makes; 0 while it makes those asked for.
    cap: u32,
    stalls: u32,
    /// Pages asked for in search of the last record seen, and how many of them lay behind it; never part of a cursor.
    searched: u32,
    behind: u32,
}

/// One page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbered {
    /// Its number, from 1.
    pub page: u64,
    /// Records in it.
    pub size: u32,
}

impl Numbered {
    /// Records before it.
    const fn offset(self) -> u64 {
        (self.page - 1) * self.size as u64
    }
}

/// What an answer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it held.
    pub seen: Seen,
    /// The highest id in it, whether seen before or not.
    pub top: Option<i64>,
    /// Records that came more than once in it.
    pub doubled: usize,
    /// How many records the vendor counts in the whole list.
    pub total: Option<u64>,
}

/// How to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The page is good; the list goes on at the cursor, or ends.
    On(Option<Cursor>, Option<String>),
    /// Records may have slipped through before the page: ask again from here.
    Again(Place),
}

impl Place {
    /// Reads a cursor.
    ///
    /// # Errors
    /// `Unexpected` for a text that is no cursor of a walk by numbered pages.
    pub fn read(cursor: Option<&Cursor>) -> Result<Self> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        let parts: Option<Vec<i64>> = text.split(',').map(|part| part.parse().ok()).collect();
        let place = match parts.as_deref() {
            Some([count, last, cap, stalls]) => Self::of(*count, *last, *cap, *stalls),
            _ => None,
        };
        place.ok_or_else(|| {
            let message = format!("{text:?} is no cursor");
            Error::new(ErrorKind::Unexpected, "go on with a list", message).without_effect()
        })
    }

    fn of(count: i64, last: i64, cap: i64, stalls: i64) -> Option<Self> {
        Some(Self {
            count: u64::try_from(count).ok()?,
            last: Some(last),
            cap: u32::try_from(cap).ok()?,
            stalls: u32::try_from(stalls).ok()?,
            ..Self::default()
        })
    }

    fn cursor(self) -> Cursor {
        let last = self.last.unwrap_or(i64::MIN);
        Cursor(format!(
            "{},{last},{},{}",
            self.count, self.cap, self.stalls
        ))
    }

    /// The same as a position in a walk by id: what is at or below it had come before.
    ///
    /// # Errors
    /// Never in practice; the text is our own.
    pub fn position(self) -> Result<Position> {
        match self.last {
            None => Ok(Position::default()),
            Some(last) => Position::read(Some(&Cursor(last.to_string()))),
        }
    }

    /// The page to ask for when `wanted` records are welcome: among sizes down to half of that, the one with the most
    /// new records whose page still begins at or before the last one seen.
    #[must_use]
    pub fn ask(self, wanted: u32) -> Numbered {
        let largest = match self.cap {
            0 => wanted,
            cap => wanted.min(cap),
        }
        .max(2);
        if self.count == 0 {
            return Numbered {
                page: 1,
                size: largest,
            };
        }
        let sizes = (largest.div_ceil(2).max(2)..=largest).map(|size| Numbered {
            page: (self.count - 1) / u64::from(size) + 1,
            size,
        });
        let gain = |page: &Numbered| page.offset() + u64::from(page.size) - self.count;
        sizes.max_by_key(gain).unwrap_or(Numbered {
            page: 1,
            size: largest,
        })
    }

    /// Decides how to go on after a page, and what about it is odd (rule P10).
    ///
    /// # Errors
    /// `Unavailable` when the vendor keeps answering pages that bring nothing new although more is to come.
    pub fn go_on(
        self,
        vendor: &str,
        operation: &'static str,
        wanted: u32,
        asked: Numbered,
        found: &Found,
    ) -> Result<Step> {
        let seen = &found.seen;
        let received = (seen.received - found.doubled.min(seen.received)) as u64;
        let fresh = seen.highest.is_some();
        let short = received > 0 && received < u64::from(asked.size);
        // A count of fewer than have come is none, but for a page that came again, which proves nothing.
        let proves = fresh || self.searched > 0;
        let total = found
            .total
            .filter(|total| !proves || *total >= asked.offset() + received);
        let capped = short && total.is_some_and(|total| asked.offset() + received < total);
        // Without a count a short first page may be all there is, or the vendor's own limit: it is kept to as if it were.
        let perhaps_capped = short && fresh && total.is_none() && asked.page == 1;
        // A page smaller than asked also begins elsewhere: the vendor counts by its own size.
        let offset = if capped {
            (asked.page - 1) * received
        } else {
            asked.offset()
        };
        let reached = offset + received;
        let end = match total {
            Some(total) => reached >= total,
            None => !fresh,
        };
        let mut next = Self {
            cap: if capped || perhaps_capped {
                u32::try_from(received).unwrap_or(self.cap)
            } else {
                self.cap
            },
            ..self
        };
        let gives_up = |times: u32| {
            let message = format!(
                "{vendor} answered {times} times without a new record although more are to come"
            );
            Error::new(ErrorKind::Unavailable, operation, message)
                .with_status(200)
                .with_hint(Hint::VendorTrouble)
        };
        // A page that came again is as large as it was; one that lost its last records is not.
        let shrunk = match total {
            Some(total) => total < self.count,
            None => received < u64::from(asked.size),
        };
        let gap = offset > 0 && fresh && seen.before == 0;
        let short_of_last = received > 0 && !fresh && found.top < self.last;
        // Without a count nothing but a full page says that more follows the one the last record was found on; one that
        // leads no further says nothing.
        let full = reached > self.count && !short && !fresh && total.is_none();
        // So it is when others came in before the last record and moved it to the end of the page. A page larger than asked
        // comes from a vendor that makes none: it has them all.
        let as_asked = received == u64::from(asked.size);
        let moved = full && as_asked && found.top == self.last;
        if gap || moved || ((short_of_last || full) && self.searched > 0) {
            next.searched += 1;
            if next.searched > SEARCH {
                return Err(gives_up(next.searched));
            }
            if gap {
                // What was seen last is not here: records before it are gone, and as many may have slipped through.
                let back = u64::from(asked.size / 16).max(1) << self.behind.min(40);
                next.behind += 1;
                next.count = offset.saturating_sub(back);
            } else {
                next.count = reached;
            }
            return Ok(Step::Again(next));
        }
        if received == 0 && offset > 0 && shrunk {
            next.count = total.unwrap_or(0);
            next.searched += 1;
            return match next.count {
                0 => Ok(Step::On(None, None)),
                _ if next.searched > SEARCH => Err(gives_up(next.searched)),
                _ => Ok(Step::Again(next)),
            };
        }
        let mut odd = Vec::new();
        if capped || (self.cap > 0 && self.cap < wanted && !end) {
            odd.push(capped_page(received, u64::from(wanted)));
        }
        if seen.disordered {
            odd.push(DISORDERED.to_owned());
        }
        if fresh {
            next = Self {
                count: reached,
                last: seen.highest,
                stalls: 0,
                ..next
            };
        } else if !end || (short_of_last && !shrunk) {
            // Nothing new, and not because this is the end: the page before came again, or an empty one.
            next.stalls += 1;
            if next.stalls > STALLS {
                return Err(gives_up(next.stalls));
            }
            odd.push(if received == 0 {
                "A page came empty although more follow.".to_owned()
            } else {
                format!("The {received} records of a page had come with an earlier page.")
            });
            return Ok(Step::On(Some(next.cursor()), Some(odd.join(" "))));
        }
        let oddity = (!odd.is_empty()).then(|| odd.join(" "));
        Ok(Step::On((!end).then(|| next.cursor()), oddity))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vendor's list, asked for page by page.
    struct List(Vec<i64>);

    impl List {
        fn page(&self, place: Place, asked: Numbered, cap: usize) -> Found {
            let size = (asked.size as usize).min(cap);
            let start = ((asked.page as usize - 1) * size).min(self.0.len());
            let rows = &self.0[start..(start + size).min(self.0.len())];
            self.found(place, rows)
        }

        fn found(&self, place: Place, rows: &[i64]) -> Found {
            let position = place.position().expect("our own");
            let mut seen = Seen {
                received: rows.len(),
                ..Seen::default()
            };
            for id in rows {
                seen.note(position, *id);
            }
            Found {
                seen,
                top: rows.iter().copied().max(),
                doubled: 0,
                total: Some(self.0.len() as u64),
            }
        }
    }

    /// Walks a list; `meanwhile` changes it before each request. Answers what was seen, and the number of requests.
    fn walk(
        list: &mut List,
        cap: usize,
        meanwhile: impl FnMut(&mut List, usize),
    ) -> (Vec<i64>, usize) {
        walk_told(list, cap, meanwhile, Some)
    }

    /// The same of a vendor that tells what `told` makes of the count.
    fn walk_told(
        list: &mut List,
        cap: usize,
        mut meanwhile: impl FnMut(&mut List, usize),
        told: fn(u64) -> Option<u64>,
    ) -> (Vec<i64>, usize) {
        let (mut all, mut place, mut requests) = (Vec::new(), Place::default(), 0);
        loop {
            meanwhile(list, requests);
            let asked = place.ask(100);
            assert!(asked.size <= 100 && (place.count == 0 || asked.offset() < place.count));
            let found = list.page(place, asked, cap);
            let found = Found {
                total: found.total.and_then(told),
                ..found
            };
            requests += 1;
            assert!(requests < 500, "no end");
            let step = place.go_on("The vendor", "list tickets", 100, asked, &found);
            match step.expect("a step") {
                Step::Again(from) => place = from,
                Step::On(next, _) => {
                    let position = place.position().expect("our own");
                    let size = (asked.size as usize).min(cap);
                    let start = ((asked.page as usize - 1) * size).min(list.0.len());
                    let rows = &list.0[start..(start + size).min(list.0.len())];
                    all.extend(
                        rows.iter()
                            .filter(|id| position.last.is_none_or(|last| **id > last)),
                    );
                    match next {
                        Some(cursor) => place = Place::read(Some(&cursor)).expect("a cursor"),
                        None => return (all, requests),
                    }
                }
            }
        }
    }

    #[test]
    fn every_length_is_walked_once_with_few_more_requests() {
        for length in [0, 1, 2, 99, 100, 101, 250, 1_000, 5_003] {
            let ids: Vec<i64> = (1..=length).collect();
            let (seen, requests) = walk(&mut List(ids.clone()), 1_000, |_, _| {});
            assert_eq!(seen, ids, "{length}");
            let least = (length as usize).div_ceil(100).max(1);
            assert!(
                requests <= least + least / 8 + 1,
                "{length}: {requests} for {least}"
            );
        }
    }

    #[test]
    fn nothing_slips_through_when_records_come_and_go() {
        for gone in [1, 2, 7, 40, 130] {
            let mut list = List((1..=1_000).collect());
            let (seen, requests) = walk(&mut list, 1_000, |list, request| {
                if request == 4 {
                    list.0.drain(10..10 + gone);
                    let end = list.0.len() as i64 + 1_000;
                    list.0.extend(end..end + gone as i64);
                }
            });
            assert!((1..=1_000).all(|id| seen.contains(&id)), "{gone}");
            assert!(seen.is_sorted_by(|a, b| a < b), "each once, in order");
            assert!(requests < 22, "{gone}: {requests}");
        }
    }

    #[test]
    fn a_cap_is_noticed_and_kept_to() {
        let ids: Vec<i64> = (1..=120).collect();
        let (seen, _) = walk(&mut List(ids.clone()), 9, |_, _| {});
        assert_eq!(seen, ids);
    }

    #[test]
    fn a_list_without_a_correct_count_ends_where_nothing_new_comes() {
        let tells: [fn(u64) -> Option<u64>; 2] = [|_| None, |_| Some(0)];
        for told in tells {
            for cap in [1_000, 100, 99, 40, 9] {
                for length in [0, 1, 2, 9, 10, 40, 41, 99, 100, 101, 250] {
                    let ids: Vec<i64> = (1..=length).collect();
                    let mut list = List(ids.clone());
                    let (_, counted) = walk(&mut list, cap, |_, _| {});
                    let (seen, requests) = walk_told(&mut list, cap, |_, _| {}, told);
                    assert_eq!(seen, ids, "{length} in pages of {cap}");
                    let more = usize::from(length > 0);
                    assert!(requests <= counted + more, "{length}: {requests}");
                }
            }
        }
    }

    #[test]
    fn nothing_slips_through_without_a_count() {
        let mut list = List((1..=1_000).collect());
        let gone = |list: &mut List, request: usize| {
            if request == 4 {
                list.0.drain(10..50);
            }
        };
        let (seen, _) = walk_told(&mut list, 1_000, gone, |_| None);
        assert_eq!(seen, (1..=1_000).collect::<Vec<i64>>());
    }

    #[test]
    fn without_a_count_a_full_page_that_ends_with_the_last_record_is_no_end() {
        let place = Place {
            count: 200,
            last: Some(200),
            ..Place::default()
        };
        let asked = place.ask(100);
        let came_before = (asked.offset() + u64::from(asked.size) - place.count) as i64;
        for (highest, expected) in [(300, Some(295)), (201, Some(201)), (200, None)] {
            let list = List((1 - came_before..=highest).collect());
            let uncounted = |place: Place, asked: Numbered| {
                let found = Found {
                    total: None,
                    ..list.page(place, asked, 1_000)
                };
                let step = place.go_on("The vendor", "list tickets", 100, asked, &found);
                (step.expect("a step"), found)
            };
            let (Step::Again(next), found) = uncounted(place, asked) else {
                panic!("{highest}: more may follow")
            };
            assert_eq!((found.seen.highest, found.top), (None, Some(200)));
            let (step, found) = uncounted(next, next.ask(100));
            assert_eq!(found.seen.highest, expected);
            let Step::On(next, _) = step else {
                panic!("{highest}: found again")
            };
            assert_eq!(next.is_some(), expected.is_some(), "{highest}");
        }
        // Two that are all there is, of which one came in later: they are asked for two at a time.
        let list = List(vec![199, 200]);
        let mut at = Place {
            count: 1,
            cap: 1,
            ..place
        };
        let mut ended = false;
        for _ in 0..2 {
            let asked = at.ask(100);
            let found = Found {
                total: None,
                ..list.page(at, asked, 1_000)
            };
            let step = at.go_on("The vendor", "list tickets", 100, asked, &found);
            match step.expect("a step") {
                Step::Again(next) => at = next,
                Step::On(next, _) => ended = next.is_none(),
            }
        }
        assert!(ended);
        // One that makes no pages sends the same list for good.
        let list = List((1..=200).collect());
        let found = Found {
            total: None,
            ..list.found(place, &list.0)
        };
        let step = place.go_on("The vendor", "list tickets", 100, asked, &found);
        assert_eq!(step.expect("a step"), Step::On(None, None));
    }

    #[test]
    fn a_page_that_comes_again_is_noticed_and_does_not_circle() {
        let list = List((1..=500).collect());
        let place = Place {
            count: 200,
            last: Some(200),
            ..Place::default()
        };
        let mut at = place;
        for _ in 0..STALLS {
            let asked = at.ask(100);
            let again = list.found(at, &list.0[..100]);
            let step = at.go_on("The vendor", "list tickets", 100, asked, &again);
            let Step::On(Some(next), Some(_)) = step.expect("another try") else {
                panic!("it goes on and is told")
            };
            at = Place::read(Some(&next)).expect("a cursor");
            assert_eq!((at.count, at.last), (200, Some(200)));
        }
        let again = list.found(at, &list.0[..100]);
        let gives_up = at.go_on("The vendor", "list tickets", 100, at.ask(100), &again);
        assert!(gives_up.expect_err("enough").is_temporary());
    }

    #[test]
    fn a_list_that_shrinks_to_nothing_ends() {
        let place = Place {
            count: 200,
            last: Some(200),
            ..Place::default()
        };
        let empty = List(Vec::new());
        let found = empty.found(place, &[]);
        let step = place.go_on("The vendor", "list tickets", 100, place.ask(100), &found);
        assert_eq!(step.expect("a step"), Step::On(None, None));
        assert!(Place::read(Some(&Cursor("of another".into()))).is_err());
    }
}
