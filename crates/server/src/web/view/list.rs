//! Lists: addresses that carry filters, column headings that sort, previous and next page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::listing::{Count, Direction, PageKey};

use super::number::{counted, grouped};
use crate::web::form::Fields;

/// Rows of a page.
pub const PAGE_ROWS: u32 = 50;

/// The query of an address. What cannot be read is ignored: an old or mistyped address still shows a list.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Fields);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Fields::parse(
            parts.uri.query().unwrap_or_default().as_bytes(),
        )))
    }
}

impl Query {
    /// A value without white space around it, at most 200 characters; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.0.text(name).chars().take(200).collect()
    }

    /// The same, `None` when it is empty.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Where the page begins.
    #[must_use]
    pub fn page(&self) -> Option<PageKey> {
        self.0.text("page").parse().ok()
    }

    /// Which way the list is sorted.
    #[must_use]
    pub fn direction(&self, default: Direction) -> Direction {
        match self.0.text("direction") {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => default,
        }
    }
}

/// The word for a direction in an address.
#[must_use]
pub const fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    }
}

/// A count with its noun: `1,204 tickets`, `10,000+ tickets`.
#[must_use]
pub fn count_text(count: Count, one: &str, many: &str) -> String {
    match count {
        Count::Exact(number) => counted(i64::try_from(number).unwrap_or(i64::MAX), one, many),
        Count::MoreThan(number) | Count::Cut { rows: number, .. } => format!(
            "{}+ {many}",
            grouped(i64::try_from(number).unwrap_or(i64::MAX))
        ),
    }
}

/// What a list and its export say when a search has more matches than are looked at; empty for a whole list.
#[must_use]
pub fn cut_text(count: Count, many: &str) -> String {
    let Count::Cut { rows, newest } = count else {
        return String::new();
    };
    let rows = grouped(i64::try_from(rows).unwrap_or(i64::MAX));
    let which = if newest {
        "the matches that came to Portico last, whatever they are sorted by"
    } else {
        "more matches"
    };
    format!(
        "Too many {many} match. The list and its export have only {rows} of {which}. Search for more letters or set a \
         filter to find the others."
    )
}

/// A count alone: `1,204`, `10,000+`.
#[must_use]
pub fn count_number(count: Count) -> String {
    match count {
        Count::Exact(number) => grouped(i64::try_from(number).unwrap_or(i64::MAX)),
        Count::MoreThan(number) | Count::Cut { rows: number, .. } => {
            format!("{}+", grouped(i64::try_from(number).unwrap_or(i64::MAX)))
        }
    }
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Address.
    pub href: String,
    /// What it says.
    pub label: String,
}

impl Link {
    /// A link.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// One option of a select or checkbox list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it is chosen.
    pub on: bool,
}

impl Choice {
    /// An option.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>, on: bool) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            on,
        }
    }
}

/// The heading of a column, with an address when one can sort by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The label.
    pub label: &'static str,
    /// Where to sort by it; empty when one cannot.
    pub href: String,
    /// `ascending`, `descending`, or nothing when the list is sorted by something else.
    pub order: &'static str,
    /// Whether the column holds numbers.
    pub number: bool,
    /// What its values are in, below the label; empty where the label says all.
    pub note: &'static str,
}

impl Heading {
    /// A column one can sort by. `sorted` when the list is; following the link then turns it round.
    #[must_use]
    pub fn sorting(
        label: &'static str,
        sorted: Option<Direction>,
        first: Direction,
        href: impl Fn(Direction) -> String,
    ) -> Self {
        let order = match sorted {
            Some(Direction::Ascending) => "ascending",
            Some(Direction::Descending) => "descending",
            None => "",
        };
        Self {
            label,
            href: href(sorted.map_or(first, Direction::reversed)),
            order,
            number: false,
            note: "",
        }
    }

    /// A column one cannot sort by.
    #[must_use]
    pub const fn fixed(label: &'static str) -> Self {
        Self {
            label,
            href: String::new(),
            order: "",
            number: false,
            note: "",
        }
    }
}

/// Previous and next page, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pager {
    /// `1,204 tickets`, `10,000+ tickets`.
    pub count: String,
    /// Address of the page before, if any.
    pub previous: Option<String>,
    /// Address of the next page, if any.
    pub next: Option<String>,
    /// Address of the CSV export with the same filters.
    pub export: String,
    /// What is missing from the list, if anything.
    pub note: String,
}

impl Pager {
    /// Paging through a list whose addresses `to` makes from a place in it.
    #[must_use]
    pub fn new(
        count: String,
        previous: Option<&PageKey>,
        next: Option<&PageKey>,
        to: impl Fn(&str) -> String,
        export: String,
    ) -> Self {
        let link = |key: Option<&PageKey>| key.map(|key| to(&key.to_string()));
        Self {
            count,
            previous: link(previous),
            next: link(next),
            export,
            note: String::new(),
        }
    }

    /// The same, with a note when a search was cut.
    #[must_use]
    pub fn cut(mut self, count: Count, many: &str) -> Self {
        self.note = cut_text(count, many);
        self
    }
}

const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// An address with the given query parameters; empty values are left out, so that addresses stay readable.
#[must_use]
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut text = String::from(path);
    let mut mark = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        text.push(mark);
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, QUERY));
        mark = '&';
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_what_was_typed() {
        assert_eq!(
            address("/tickets", &[("search", ""), ("closed", "all")]),
            "/tickets?closed=all"
        );
        assert_eq!(
            address("/tickets", &[("search", "a&b=ü 1")]),
            "/tickets?search=a%26b%3D%C3%BC%201"
        );
        assert_eq!(address("/tickets", &[]), "/tickets");
    }
}
