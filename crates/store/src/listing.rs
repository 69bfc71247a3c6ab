//! Pages of lists: by key and not by number, so that page 2,000 costs what page 1 does, and rows that arrive meanwhile
//! neither repeat nor hide a row.
//!
//! A list is walked in two steps. First the keys of a page: sort key and row id, from one or several ranges of an
//! index that are merged here. Then the rows of these ids, with their labels. Both steps carry the viewer into SQL
//! (rule X3).

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Counts are exact up to this many.
pub const COUNTED: u64 = 10_000;

/// How many rows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Exactly this many.
    Exact(u64),
    /// More than this many: shown as "10,000+".
    MoreThan(u64),
    /// A search with more matches than are looked at. The list has this many rows and no others.
    Cut {
        /// The rows the list has.
        rows: u64,
        /// Whether they are of the matches that were stored last; else of any.
        newest: bool,
    },
}

impl Count {
    pub(crate) const fn bounded(found: u64, bound: u64) -> Self {
        if found > bound {
            Self::MoreThan(bound)
        } else {
            Self::Exact(found)
        }
    }

    /// Of a search of which `rows` are left. `newest` tells how the matches were cut; `None` when they were not.
    pub(crate) fn of_search(rows: &[Place], cut: Option<bool>) -> Self {
        Self::of_matches(rows.len() as u64, cut)
    }

    /// The same by how many are left.
    pub(crate) fn of_matches(rows: u64, cut: Option<bool>) -> Self {
        match cut {
            Some(newest) => Self::Cut { rows, newest },
            None => Self::Exact(rows),
        }
    }
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Smallest, earliest, A first.
    #[default]
    Ascending,
    /// Largest, latest, Z first.
    Descending,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Ascending => 0,
            Self::Descending => 1,
        }
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SortKey {
    Number(i64),
    Text(String),
}

/// Where a page begins: after a row, or before one. Its text form goes into addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    pub(crate) key: SortKey,
    pub(crate) id: i64,
    pub(crate) before: bool,
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.before { 'b' } else { 'a' };
        match &self.key {
            SortKey::Number(number) => write!(f, "{side}n{number}.{}", self.id),
            SortKey::Text(text) => write!(f, "{side}t{}.{}", URL_SAFE_NO_PAD.encode(text), self.id),
        }
    }
}

/// The text of a [`PageKey`] was not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPageKey;

impl fmt::Display for NoPageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a place in a list")
    }
}

impl std::error::Error for NoPageKey {}

impl FromStr for PageKey {
    type Err = NoPageKey;

    fn from_str(text: &str) -> Result<Self, NoPageKey> {
        let (head, id) = text.rsplit_once('.').ok_or(NoPageKey)?;
        let before = match head.get(..1) {
            Some("a") => false,
            Some("b") => true,
            _ => return Err(NoPageKey),
        };
        let rest = head.get(2..).ok_or(NoPageKey)?;
        let key = match head.get(1..2) {
            Some("n") => SortKey::Number(rest.parse().map_err(|_| NoPageKey)?),
            Some("t") => {
                let bytes = URL_SAFE_NO_PAD.decode(rest).map_err(|_| NoPageKey)?;
                let text = String::from_utf8(bytes).map_err(|_| NoPageKey)?;
                SortKey::Text(domain::text::without_nul(text))
            }
            _ => return Err(NoPageKey),
        };
        Ok(Self {
            key,
            id: id.parse().map_err(|_| NoPageKey)?,
            before,
        })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<PageKey>,
    /// Where the page before ends, if there is one.
    pub previous: Option<PageKey>,
    /// How many rows the whole list has.
    pub count: Count,
}

/// A row's place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) key: SortKey,
    pub(crate) id: i64,
}

impl Place {
    /// A place in a list sorted by a text.
    pub(crate) const fn text(key: String, id: i64) -> Self {
        Self {
            key: SortKey::Text(key),
            id,
        }
    }
}

row! {
    /// A place in a list sorted by a number or an instant.
    pub(crate) struct NumberPlace {
        id: i64,
        sort_key: i64,
    }
}

row! {
    /// A place in a list sorted by a text.
    pub(crate) struct TextPlace {
        id: i64,
        sort_key: String,
    }
}

impl From<NumberPlace> for Place {
    fn from(row: NumberPlace) -> Self {
        Self {
            key: SortKey::Number(row.sort_key),
            id: row.id,
        }
    }
}

impl From<TextPlace> for Place {
    fn from(row: TextPlace) -> Self {
        Self {
            key: SortKey::Text(row.sort_key),
            id: row.id,
        }
    }
}

/// One step through a list: from where, which way, how far.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    /// The way rows are read, which is the other one for a page before a key.
    pub(crate) read: Direction,
    start: Option<Place>,
    back: bool,
    limit: usize,
}

/// Sorts after every name.
const LAST_TEXT: &str = "\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}";
/// Most rows of a page.
const LARGEST_PAGE: u32 = 500;

impl Walk {
    /// A page of at most `limit` rows, from `from` on. A key of a list sorted by something else starts at the
    /// beginning.
    pub(crate) fn new(
        direction: Direction,
        from: Option<&PageKey>,
        limit: u32,
        text: bool,
    ) -> Self {
        let from = from.filter(|from| matches!(from.key, SortKey::Text(_)) == text);
        let back = from.is_some_and(|from| from.before);
        Self {
            read: if back {
                direction.reversed()
            } else {
                direction
            },
            start: from.map(|from| Place {
                key: from.key.clone(),
                id: from.id,
            }),
            back,
            limit: limit.clamp(1, LARGEST_PAGE) as usize,
        }
    }

    /// Rows to ask every range for: one more than shown, which tells whether the list goes on.
    pub(crate) fn asked(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// The numbers a page begins beyond.
    pub(crate) fn number_bound(&self) -> (i64, i64) {
        match (&self.start, self.read) {
            (
                Some(Place {
                    key: SortKey::Number(number),
                    id,
                }),
                _,
            ) => (*number, *id),
            (_, Direction::Ascending) => (i64::MIN, i64::MIN),
            (_, Direction::Descending) => (i64::MAX, i64::MAX),
        }
    }

    /// The text and id a page begins beyond.
    pub(crate) fn text_bound(&self) -> (String, i64) {
        match (&self.start, self.read) {
            (
                Some(Place {
                    key: SortKey::Text(text),
                    id,
                }),
                _,
            ) => (text.clone(), *id),
            (_, Direction::Ascending) => (String::new(), i64::MIN),
            (_, Direction::Descending) => (LAST_TEXT.to_owned(), i64::MAX),
        }
    }

    fn order(&self, a: &Place, b: &Place) -> Ordering {
        let ascending = (&a.key, a.id).cmp(&(&b.key, b.id));
        if self.read == Direction::Ascending {
            ascending
        } else {
            ascending.reverse()
        }
    }

    /// Merges the ranges read into one page.
    pub(crate) fn page(&self, mut places: Vec<Place>) -> Page {
        places.sort_by(|a, b| self.order(a, b));
        places.dedup();
        let more = places.len() > self.limit;
        places.truncate(self.limit);
        if self.back {
            places.reverse();
        }
        let (has_next, has_previous) = if self.back {
            (true, more)
        } else {
            (more, self.start.is_some())
        };
        let key = |place: Option<&Place>, before| {
            place.map(|place| PageKey {
                key: place.key.clone(),
                id: place.id,
                before,
            })
        };
        Page {
            next: key(places.last(), false).filter(|_| has_next),
            previous: key(places.first(), true).filter(|_| has_previous),
            ids: places.iter().map(|place| place.id).collect(),
        }
    }

    /// The page of a whole list held in memory, such as the matches of a search.
    pub(crate) fn page_of_all(&self, mut places: Vec<Place>) -> Page {
        if let Some(start) = &self.start {
            places.retain(|place| self.order(place, start) == Ordering::Greater);
        }
        self.page(places)
    }

    /// The page of rows that are in memory, all of a list or a range of it that goes beyond the page: for a list that no
    /// number alone tells the rows of.
    pub(crate) fn rows<T>(
        &self,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> Place,
        count: Count,
    ) -> Listing<T> {
        let page = self.page_of_all(rows.iter().map(&place).collect());
        if let Some(start) = &self.start {
            rows.retain(|row| self.order(&place(row), start) == Ordering::Greater);
        }
        rows.sort_by(|a, b| self.order(&place(a), &place(b)));
        rows.truncate(self.limit);
        if self.back {
            rows.reverse();
        }
        Listing {
            rows,
            next: page.next,
            previous: page.previous,
            count,
        }
    }
}

/// Which rows a page has, and where it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) ids: Vec<i64>,
    pub(crate) next: Option<PageKey>,
    pub(crate) previous: Option<PageKey>,
}

impl Page {
    /// Puts rows that were read by id into the page's order. A row that vanished in between is left out.
    pub(crate) fn listing<T>(
        self,
        rows: Vec<T>,
        id: impl Fn(&T) -> i64,
        count: Count,
    ) -> Listing<T> {
        let mut by_id: std::collections::HashMap<i64, T> =
            rows.into_iter().map(|row| (id(&row), row)).collect();
        let rows = self.ids.iter().filter_map(|id| by_id.remove(id)).collect();
        Listing {
            rows,
            next: self.next,
            previous: self.previous,
            count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(key: i64, id: i64) -> Place {
        Place {
            key: SortKey::Number(key),
            id,
        }
    }

    #[test]
    fn keys_survive_an_address() {
        for key in [
            SortKey::Number(-5),
            SortKey::Text("müller & söhne.x".into()),
            SortKey::Text(String::new()),
        ] {
            for before in [false, true] {
                let key = PageKey {
                    key: key.clone(),
                    id: 42,
                    before,
                };
                assert_eq!(key.to_string().parse(), Ok(key));
            }
        }
        for text in ["", "a", "an.", "xn1.2", "at!!.1", "ay1.1", "é.1", "aé1.1"] {
            assert_eq!(text.parse::<PageKey>(), Err(NoPageKey), "{text}");
        }
    }

    #[test]
    fn a_list_is_walked_both_ways() {
        let all: Vec<Place> = [(1, 1), (1, 2), (1, 3), (2, 4), (3, 5)]
            .map(|(key, id)| place(key, id))
            .into();
        let mut key = None;
        let mut pages = Vec::new();
        loop {
            let page =
                Walk::new(Direction::Descending, key.as_ref(), 2, false).page_of_all(all.clone());
            pages.push(page.ids.clone());
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        assert_eq!(pages, [vec![5, 4], vec![3, 2], vec![1]]);
        let back = PageKey {
            key: SortKey::Number(1),
            id: 1,
            before: true,
        };
        let walk = Walk::new(Direction::Descending, Some(&back), 2, false);
        assert_eq!(walk.read, Direction::Ascending);
        let page = walk.page_of_all(all);
        assert_eq!(page.ids, [3, 2]);
        assert!(page.previous.is_some() && page.next.is_some());
    }
}
