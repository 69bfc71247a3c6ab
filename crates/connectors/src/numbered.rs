//! A list walked by page number, for vendors that can be asked for nothing better.
//!
//! Pages shift when a record vanishes meanwhile, and plain page numbers then skip one without a word. So each page is
//! chosen to overlap the one before by at least a record: page 2 of 99 begins with the last record of page 1 of 100.
//! Where that record, the *seam*, is not where it must be, something moved, and the walk goes back before it goes on.
//! A vendor that makes pages of its own size, whatever is asked, is walked by its size; then there is no seam. Its size
//! shows on the first page, which is therefore asked for by one record less than a round number. Should that happen to be
//! its size, the second page has no seam, and the beginning is asked for once more by another size.
//! A page that brings nothing new although more are said to follow is a stall: a few in a row end the walk with an error.
//! Where nothing is said about what follows, the walk goes on until a page brings nothing new: an empty one, or what is left
//! of the one before.

use std::collections::BTreeSet;

use domain::hint::Hint;

use crate::error::{Error, ErrorKind, Result};
use crate::page::Cursor;
use crate::walk::capped_page;

/// How often in a row the walk goes back, or gets a page without a new record, before it gives up.
const STALLS: u32 = 3;

/// Where a walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Records read, counted from the beginning of the list.
    read: u64,
    /// The most it ever was; less is read while the walk goes back.
    furthest: u64,
    /// Id of the last of them: the next page is asked to begin with it, or by the vendor's own size must not end with it.
    seam: Option<i64>,
    /// The vendor's own page size, when it makes no other.
    own_size: Option<u64>,
    stalls: u32,
}

/// The page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Number, from 1.
    pub number: u64,
    /// Records asked for.
    pub size: u64,
    /// The most that were wanted.
    wanted: u64,
}

impl Window {
    fn start(self) -> u64 {
        (self.number - 1) * self.size
    }
}

/// What a page held, as far as going on is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Held {
    /// Ids in the order they came; those that could not be read are left out.
    pub ids: Vec<i64>,
    /// Records as they came, repeats and unreadable ones included.
    pub received: usize,
    /// Whether the vendor says that pages follow; `None` when it says nothing about it.
    pub more: Option<bool>,
    /// Page sizes that this list is known to have, whatever is asked.
    pub usual: &'static [u64],
}

/// How a walk goes on after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// How many of the page's first ids had come with the page before.
    pub known: usize,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// What about the page is odd (rule P10).
    pub oddity: Option<String>,
}

impl Place {
    /// Reads a cursor.
    ///
    /// # Errors
    /// `Unexpected` for a text that is no cursor of a walk by page number.
    pub fn read(cursor: Option<&Cursor>) -> Result<Self> {
        let Some(Cursor(text)) = cursor else {
            return Ok(Self::default());
        };
        let mut parts = text.split(':');
        let mut part = || parts.next().filter(|part| !part.is_empty());
        let place = (|| {
            (part()? == "page").then_some(())?;
            let number = |text: &str| text.parse::<i64>().ok();
            let count = |text: &str| text.parse::<u64>().ok();
            Some(Self {
                read: count(part()?)?,
                furthest: count(part()?)?,
                stalls: part()?.parse().ok()?,
                seam: part().map_or(Some(None), |text| match text {
                    "-" => Some(None),
                    text => number(text).map(Some),
                })?,
                own_size: part().map_or(Some(None), |text| {
                    count(text).filter(|size| *size > 0).map(Some)
                })?,
            })
        })();
        place.ok_or_else(|| {
            let message = format!("{text:?} is no cursor");
            Error::new(ErrorKind::Unexpected, "go on with a list", message).without_effect()
        })
    }

    fn cursor(self) -> Cursor {
        let seam = self
            .seam
            .map_or_else(|| "-".to_owned(), |id| id.to_string());
        let mut text = format!(
            "page:{}:{}:{}:{seam}",
            self.read, self.furthest, self.stalls
        );
        if let Some(size) = self.own_size {
            text.push_str(&format!(":{size}"));
        }
        Cursor(text)
    }

    /// The page to ask for: the one of at most `wanted` records that brings the most new ones behind the seam.
    #[must_use]
    pub fn window(self, wanted: u32) -> Window {
        let wanted = u64::from(wanted.max(1));
        let of = |number, size| Window {
            number,
            size,
            wanted,
        };
        if let Some(size) = self.own_size {
            return of(self.read / size + 1, size);
        }
        let Some(last) = self.read.checked_sub(1) else {
            // A size that no vendor makes by itself, so that a page of its own shows at once; another one each time the
            // walk is back at the beginning.
            let less = 1 + u64::from(self.stalls);
            return of(1, wanted.saturating_sub(less).max(1));
        };
        let new = |size: &u64| (last / size + 1) * size - self.read;
        match (1..=wanted).max_by_key(|size| (new(size), *size)) {
            Some(size) if new(&size) > 0 => of(last / size + 1, size),
            // No page size reaches over the seam: so few records, or so small a page.
            _ => {
                let size = (1..=wanted)
                    .rev()
                    .find(|size| self.read.is_multiple_of(*size));
                let size = size.unwrap_or(1);
                of(self.read / size + 1, size)
            }
        }
    }

    /// Decides how to go on after a page. A walk never ends early because a page was smaller than asked, and never goes
    /// round in circles.
    ///
    /// # Errors
    /// `Unavailable` when the list does not come to rest.
    pub fn step(
        self,
        vendor: &str,
        operation: &'static str,
        window: Window,
        held: &Held,
    ) -> Result<Step> {
        let distinct = held.ids.iter().collect::<BTreeSet<_>>().len() as u64;
        let unread = (held.received - held.ids.len()) as u64;
        let count = distinct + unread;
        let mut next = self;
        let (told_more, untold) = (held.more == Some(true), held.more.is_none());
        // At the beginning it shows whether the vendor makes pages of the size asked for.
        let makes_its_own = count > window.size
            || (window.number == 1 && count > 0 && count < window.size && (told_more || untold));
        if makes_its_own && self.own_size.is_none() {
            next.own_size = Some(count);
        }
        let size = next.own_size.unwrap_or(window.size);
        let full = count >= size;
        let smaller = count < window.wanted && !held.usual.contains(&size);
        let short = if untold {
            false
        } else if self.own_size.is_some() || makes_its_own {
            smaller && (full || told_more)
        } else {
            count < window.size && told_more
        };
        let oddity = short.then(|| capped_page(count, window.wanted));
        // What lies between the beginning of the page and the seam is known; the seam is its last known record.
        let overlaps = self.own_size.is_none() && self.seam.is_some() && window.start() < self.read;
        let known = match self.seam.filter(|_| overlaps) {
            None => 0,
            Some(seam) => match held.ids.iter().rposition(|id| *id == seam) {
                Some(at) => at + 1,
                None => {
                    next.stalls = self.stalls + 1;
                    next.read = window.start().saturating_sub(size);
                    next.seam = None;
                    0
                }
            },
        };
        let goes_back = next.stalls > self.stalls;
        // By its own size pages touch and do not overlap, so one that ends like the one before is that one again.
        let ends_alike = self.own_size.is_some() && held.ids.last().copied() == self.seam;
        let nothing_new = count == 0 || known as u64 == count;
        // Where nothing is said, what is left of the page before is no whole page: that one came again.
        let comes_again = untold && count > 0 && (ends_alike || (full && nothing_new));
        let stands = !goes_back && ((told_more && (nothing_new || ends_alike)) || comes_again);
        if stands && next.own_size == self.own_size {
            next.stalls = self.stalls + 1;
        }
        if next.stalls > STALLS {
            let message = format!(
                "{vendor} answered {} times with a page that brings nothing new or does not follow the one before",
                next.stalls
            );
            return Err(Error::new(ErrorKind::Unavailable, operation, message)
                .with_status(200)
                .with_hint(Hint::VendorTrouble));
        }
        if !goes_back {
            next.read = if makes_its_own && window.number == 1 {
                // Its second page is next, however much of the list was read by other sizes.
                size
            } else if next.own_size.is_some() {
                (window.number * size).max(self.read + 1)
            } else {
                window.start() + count
            };
            next.seam = held.ids.last().copied();
            if next.read > self.furthest {
                next.furthest = next.read;
                if !stands {
                    next.stalls = 0;
                }
            }
        }
        let goes_on = goes_back || full || told_more || (untold && !nothing_new);
        Ok(Step {
            known,
            next: goes_on.then(|| next.cursor()),
            oddity,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A vendor's list and how it makes pages of it.
    struct List {
        ids: Vec<i64>,
        own_size: Option<usize>,
        /// It says nothing about what follows.
        silent: bool,
    }

    impl List {
        fn page(&self, window: Window) -> Held {
            let size = self.own_size.unwrap_or(window.size as usize);
            let start = ((window.number as usize - 1) * size).min(self.ids.len());
            let end = self.ids.len().min(start + size);
            Held {
                ids: self.ids[start..end].to_vec(),
                received: end - start,
                more: (!self.silent).then_some(end < self.ids.len()),
                usual: &[50],
            }
        }
    }

    /// Walks a list to its end; `between` may change it after each page.
    fn walk(
        mut list: List,
        wanted: u32,
        mut between: impl FnMut(usize, &mut Vec<i64>),
    ) -> (Vec<i64>, usize, Vec<String>) {
        let (mut seen, mut oddities, mut pages) = (Vec::new(), Vec::new(), 0);
        let mut cursor = None;
        loop {
            let place = Place::read(cursor.as_ref()).expect("our own cursor");
            let window = place.window(wanted);
            assert!(window.size <= u64::from(wanted) || list.own_size.is_some());
            let held = list.page(window);
            let step = place
                .step("The vendor", "list", window, &held)
                .expect("a step");
            seen.extend(&held.ids[step.known..]);
            oddities.extend(step.oddity);
            pages += 1;
            between(pages, &mut list.ids);
            cursor = step.next;
            assert!(pages < 1_100, "it never ends");
            if cursor.is_none() {
                return (seen, pages, oddities);
            }
        }
    }

    fn list(count: i64, own_size: Option<usize>) -> List {
        List {
            ids: (0..count).map(|n| 10_000 - n).collect(),
            own_size,
            silent: false,
        }
    }

    #[test]
    fn every_record_comes_once_in_few_pages() {
        for count in [0, 1, 6, 99, 100, 101, 250, 1_000] {
            for wanted in [100, 20, 7, 2, 1] {
                let all = list(count, None);
                let expected = all.ids.clone();
                let (seen, pages, oddities) = walk(all, wanted, |_, _| {});
                assert_eq!(seen, expected, "{count} by {wanted}");
                assert!(oddities.is_empty(), "{oddities:?}");
                if wanted == 100 {
                    assert!(pages as i64 <= count / 90 + 2, "{count}: {pages}");
                }
            }
        }
    }

    #[test]
    fn a_list_that_says_nothing_about_what_follows_is_walked_to_its_end() {
        for own in [None, Some(100), Some(50), Some(7), Some(1)] {
            for count in [0, 1, 2, 6, 7, 49, 50, 51, 99, 100, 101, 250] {
                for wanted in [100, 51, 50, 7, 2, 1] {
                    let all = List {
                        silent: true,
                        ..list(count, own)
                    };
                    let expected: BTreeSet<i64> = all.ids.iter().copied().collect();
                    let (seen, pages, oddities) = walk(all, wanted, |_, _| {});
                    let seen: BTreeSet<i64> = seen.into_iter().collect();
                    assert_eq!(seen, expected, "{count} by {own:?}, asked for {wanted}");
                    assert_eq!(oddities, [""; 0], "{count} by {own:?}");
                    let most = count as usize / own.unwrap_or(100).min(wanted as usize) * 2 + 4;
                    assert!(pages <= most, "{count} by {own:?} of {wanted}: {pages}");
                }
            }
        }
    }

    /// One that answers the last page for every number behind it is not taken for one without an end, nor for the end.
    #[test]
    fn a_page_that_comes_again_where_nothing_is_said_ends_the_walk() {
        for own_size in [None, Some(50)] {
            let all = List {
                silent: true,
                ..list(200, own_size)
            };
            let mut cursor = None;
            let ended = (0..40).find_map(|_| {
                let place = Place::read(cursor.as_ref()).expect("our own cursor");
                let window = place.window(100);
                let first = Window {
                    number: 1,
                    ..window
                };
                match place.step("The vendor", "list", window, &all.page(first)) {
                    Ok(step) => {
                        cursor = Some(step.next.expect("no end"));
                        None
                    }
                    Err(error) => Some(error),
                }
            });
            assert!(ended.expect("it never ends").is_temporary(), "{own_size:?}");
        }
    }

    #[test]
    fn a_record_that_vanishes_skips_none() {
        for wanted in [100, 20, 7] {
            for at in [1, 2, 3] {
                let all = list(500, None);
                let expected: BTreeSet<i64> = all.ids.iter().copied().collect();
                let (seen, ..) = walk(all, wanted, |pages, ids| {
                    if pages == at {
                        // Three that were read.
                        ids.drain(1..4);
                    }
                });
                let seen: BTreeSet<i64> = seen.into_iter().collect();
                assert_eq!(seen, expected, "by {wanted}, after page {at}");
            }
        }
    }

    #[test]
    fn records_that_come_meanwhile_shift_nothing_out() {
        let all = list(500, None);
        let expected = all.ids.clone();
        let (seen, ..) = walk(all, 100, |pages, ids| {
            if pages < 4 {
                ids.insert(0, 20_000 + pages as i64);
            }
        });
        assert_eq!(seen, expected, "each once, the seam moved along");
    }

    #[test]
    fn a_vendor_with_pages_of_its_own_is_walked_by_them() {
        let (seen, pages, oddities) = walk(list(230, Some(50)), 100, |_, _| {});
        assert_eq!((seen.len(), pages), (230, 5));
        assert!(oddities.is_empty(), "its size is known: {oddities:?}");
        let (seen, pages, oddities) = walk(list(96, Some(9)), 100, |_, _| {});
        assert_eq!((seen.len(), pages), (96, 11));
        assert_eq!(oddities.len(), 10, "all but the last are odd: {oddities:?}");
        assert!(
            oddities
                .iter()
                .all(|oddity| oddity.starts_with("A page held 9 records although")),
            "{oddities:?}"
        );
    }

    #[test]
    fn a_vendors_own_size_that_is_the_one_asked_for_is_noticed() {
        for own in [100, 50, 25, 10] {
            for count in 0..=4 * own as i64 {
                let all = list(count, Some(own));
                let expected: BTreeSet<i64> = all.ids.iter().copied().collect();
                let (seen, pages, _) = walk(all, own as u32, |_, _| {});
                // One less than a page looks like a full page of the size that is asked for first: it comes twice.
                if count + 1 != own as i64 {
                    assert_eq!(seen.len(), expected.len(), "{count} by {own}: each once");
                }
                let seen: BTreeSet<i64> = seen.into_iter().collect();
                assert_eq!(seen, expected, "{count} by {own}");
                assert!(pages <= 8, "{count} by {own}: {pages}");
                // Where it is the odd size that is asked for, the beginning comes twice.
                let all = list(count, Some(own));
                let (seen, pages, _) = walk(all, own as u32 + 1, |_, _| {});
                let seen: BTreeSet<i64> = seen.into_iter().collect();
                assert_eq!(seen, expected, "{count} by {own} and one");
                assert!(pages <= 8, "{count} by {own} and one: {pages}");
            }
        }
    }

    #[test]
    fn a_page_that_comes_again_and_again_ends_the_walk() {
        let all = list(500, None);
        let (mut cursor, mut pages) = (None, 0);
        let error = loop {
            let place = Place::read(cursor.as_ref()).expect("our own cursor");
            let window = place.window(100);
            let before = Window {
                number: window.number.max(2) - 1,
                ..window
            };
            match place.step("The vendor", "list", window, &all.page(before)) {
                Ok(step) => cursor = step.next,
                Err(error) => break error,
            }
            pages += 1;
            assert!(pages < 20, "it never ends");
        };
        assert!(error.is_temporary());
    }

    #[test]
    fn an_own_size_below_what_is_asked_is_walked_to_its_end() {
        for (own, wanted) in [(2, 3), (2, 5), (1, 3), (2, 100), (3, 4)] {
            for count in 0..12 {
                let all = list(count, Some(own));
                let expected: BTreeSet<i64> = all.ids.iter().copied().collect();
                let (seen, ..) = walk(all, wanted, |_, _| {});
                let seen: BTreeSet<i64> = seen.into_iter().collect();
                assert_eq!(seen, expected, "{count} by {own}, asked for {wanted}");
            }
        }
    }

    /// However the vendor answers, a page that is said to be followed and brings nothing new ends the walk as a stall.
    #[test]
    fn pages_without_anything_new_are_a_stall() {
        type Answer = fn(Window) -> Vec<i64>;
        let answers: [(&str, u32, Answer); 4] = [
            ("always the first two", 3, |_| vec![9, 8]),
            ("always one", 100, |_| vec![9]),
            ("nothing at all", 100, |_| Vec::new()),
            ("nothing behind the first", 100, |window| {
                if window.number == 1 {
                    vec![9, 8]
                } else {
                    Vec::new()
                }
            }),
        ];
        for (what, wanted, answer) in answers {
            let mut cursor = None;
            let ended = (0..40).find_map(|_| {
                let place = Place::read(cursor.as_ref()).expect("our own cursor");
                let window = place.window(wanted);
                let ids = answer(window);
                let held = Held {
                    received: ids.len(),
                    ids,
                    more: Some(true),
                    usual: &[],
                };
                match place.step("The vendor", "list", window, &held) {
                    Ok(step) => {
                        assert!(step.next.is_some() && step.next != cursor, "{what}");
                        cursor = step.next;
                        None
                    }
                    Err(error) => Some(error),
                }
            });
            let error = ended.unwrap_or_else(|| panic!("{what}: it never ends"));
            assert!(error.is_temporary(), "{what}: {error}");
        }
    }

    #[test]
    fn cursors_survive_text() {
        for place in [
            Place::default(),
            Place {
                read: 200,
                furthest: 300,
                seam: Some(-5),
                own_size: None,
                stalls: 2,
            },
            Place {
                read: 100,
                furthest: 100,
                seam: None,
                own_size: Some(50),
                stalls: 0,
            },
        ] {
            assert_eq!(Place::read(Some(&place.cursor())).expect("our own"), place);
        }
        for other in [
            "123",
            "123+1",
            "page",
            "page:x:0:0:-",
            "page:5:5:0:-:0",
            "of another connector",
            "",
        ] {
            assert!(Place::read(Some(&Cursor(other.into()))).is_err(), "{other}");
        }
    }
}
