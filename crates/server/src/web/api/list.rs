//! What every list of the API shares: the envelope, the cursor, the limit, and reading parameters.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::id::{IntegrationId, PublicId};
use serde::Serialize;
use store::Store;
use store::listing::{Count, Direction, Listing, PageKey};
use utoipa::ToSchema;

use crate::app::App;
use crate::web::error::Failure;
use crate::web::form::Fields;

/// Rows of a page when none is asked for.
pub(super) const USUAL: u32 = 25;

/// Most rows of a page.
pub(super) const MOST: u32 = 100;

/// Values of the parameter `direction`.
pub(super) const DIRECTIONS: [(&str, Direction); 2] = [
    ("asc", Direction::Ascending),
    ("desc", Direction::Descending),
];

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Pass it as `cursor` to get the next page; null on the last one.
    pub next_cursor: Option<String>,
    /// How many rows the whole list has.
    pub count: ListCount,
}

/// How many rows a list has.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListCount {
    /// The number.
    pub value: u64,
    /// Whether it is exact; otherwise there are more than this.
    pub exact: bool,
    /// Whether a search had more matches than are looked at. Then these rows are all one can page through, in most
    /// searches those that were stored last: search for more letters, or set a filter.
    pub cut: bool,
}

impl ListCount {
    /// Of a list that is not counted: exact where the first page is all there is.
    const fn of_page(rows: usize, first: bool, more: bool) -> Self {
        Self {
            value: rows as u64,
            exact: first && !more,
            cut: false,
        }
    }
}

impl From<Count> for ListCount {
    fn from(count: Count) -> Self {
        let (value, exact, cut) = match count {
            Count::Exact(value) => (value, true, false),
            Count::MoreThan(value) => (value, false, false),
            Count::Cut { rows, .. } => (rows, false, true),
        };
        Self { value, exact, cut }
    }
}

impl<T> Page<T> {
    /// A page of the store as a page of the API.
    pub fn of<Row>(listing: Listing<Row>, to: impl FnMut(Row) -> T) -> Self {
        Self {
            next_cursor: listing.next.map(|key| key.to_string()),
            count: listing.count.into(),
            data: listing.rows.into_iter().map(to).collect(),
        }
    }

    /// A page of a list that is walked without being counted. `rows` holds one more than `limit` where the list goes
    /// on; `cursor` says where the next page begins.
    pub fn walked<Row>(
        mut rows: Vec<Row>,
        limit: u32,
        first: bool,
        cursor: impl Fn(&Row) -> String,
        to: impl FnMut(Row) -> T,
    ) -> Self {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(cursor);
        Self::part(rows.into_iter().map(to).collect(), next, first)
    }

    /// A page of such a list, with where the next one begins.
    pub fn part(data: Vec<T>, next_cursor: Option<String>, first: bool) -> Self {
        Self {
            count: ListCount::of_page(data.len(), first, next_cursor.is_some()),
            next_cursor,
            data,
        }
    }

    /// A list that is always whole.
    pub fn whole(data: Vec<T>) -> Self {
        Self::part(data, None, true)
    }
}

/// Which part of a list that pages by key is asked for.
#[derive(Debug)]
pub struct Paging {
    /// Its order.
    pub direction: Direction,
    /// Where the page begins.
    pub cursor: Option<PageKey>,
    /// How many rows.
    pub limit: u32,
}

/// The parameters of a request, read strictly: an unknown or repeated one is refused, so that a mistyped filter does
/// not quietly answer everything.
#[derive(Debug)]
pub struct Parameters(Fields);

impl FromRequestParts<App> for Parameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        Ok(Self(Fields::parse(
            parts.uri.query().unwrap_or_default().as_bytes(),
        )))
    }
}

impl Parameters {
    /// Refuses parameters that are not in the list.
    ///
    /// # Errors
    /// 400, naming the first one that is not, or that comes twice.
    pub fn only(self, known: &[&str]) -> Result<Self, Failure> {
        for (name, _) in self.0.iter() {
            if !known.contains(&name) {
                return Err(wrong(
                    name,
                    format!("is not a parameter here; these are: {}", known.join(", ")),
                ));
            }
            if self.0.all(name).count() > 1 {
                return Err(wrong(name, "comes more than once"));
            }
        }
        Ok(self)
    }

    /// A text, if it is given and not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        Some(self.0.text(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// `true` or `false`, if given.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.text(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(wrong(name, "is true or false")),
        }
    }

    /// An id as in addresses, if given.
    ///
    /// # Errors
    /// 400 when it is none.
    pub fn id(&self, name: &str) -> Result<Option<PublicId>, Failure> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| wrong(name, "is no id")))
            .transpose()
    }

    /// One of several words, if given.
    ///
    /// # Errors
    /// 400 for another word.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let found = choices
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, choice)| *choice);
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        found
            .map(Some)
            .ok_or_else(|| wrong(name, format!("is one of {}", words.join(", "))))
    }

    /// How many rows: 1 to 100.
    ///
    /// # Errors
    /// 400 for anything else.
    pub fn limit(&self) -> Result<u32, Failure> {
        match self.text("limit") {
            None => Ok(USUAL),
            Some(text) => match text.parse() {
                Ok(limit @ 1..=MOST) => Ok(limit),
                _ => Err(wrong("limit", format!("is 1 to {MOST}"))),
            },
        }
    }

    /// Where the page begins: a key, or a number in lists that are walked by one.
    ///
    /// # Errors
    /// 400 when it is no cursor of ours.
    pub fn cursor<T: FromStr>(&self) -> Result<Option<T>, Failure> {
        self.text("cursor")
            .map(|text| {
                text.parse()
                    .map_err(|_| wrong("cursor", "is not one of ours"))
            })
            .transpose()
    }

    /// Direction, cursor and limit; `usual` is the direction when none is asked for.
    ///
    /// # Errors
    /// 400 when one of them is wrong.
    pub fn paging(&self, usual: Direction) -> Result<Paging, Failure> {
        Ok(Paging {
            direction: self.choice("direction", &DIRECTIONS)?.unwrap_or(usual),
            cursor: self.cursor()?,
            limit: self.limit()?,
        })
    }

    /// The integration named by the parameter `integration`, if given.
    ///
    /// # Errors
    /// 400 when there is none of that id.
    pub async fn integration(&self, store: &Store) -> Result<Option<IntegrationId>, Failure> {
        let Some(uuid) = self.id("integration")? else {
            return Ok(None);
        };
        let found = store::integrations::find_integration_by_uuid(store, &uuid).await?;
        found
            .map(|integration| Some(integration.id))
            .ok_or_else(|| wrong("integration", "does not exist"))
    }
}

/// 400 about one parameter.
#[must_use]
pub fn wrong(parameter: &str, problem: impl Into<String>) -> Failure {
    let problem = problem.into();
    Failure::new(
        StatusCode::BAD_REQUEST,
        "invalid_parameter",
        "A parameter is wrong",
        format!("{parameter} {problem}"),
    )
    .about(parameter, problem)
}

/// What an address names.
///
/// # Errors
/// 404 when it is not there, or not for this caller.
pub fn found<T>(found: Option<T>, what: &str) -> Result<T, Failure> {
    found.ok_or_else(|| Failure::not_found(what))
}

/// The id in a path.
///
/// # Errors
/// 404 when it is none: nothing can have it.
pub fn path_id(text: &str, what: &str) -> Result<PublicId, Failure> {
    text.parse().map_err(|_| Failure::not_found(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters(Fields::parse(query.as_bytes()))
    }

    #[test]
    fn mistyped_parameters_are_refused_by_name() {
        let message =
            |result: Result<Parameters, Failure>| result.unwrap_err().message.into_owned();
        assert!(
            message(parameters("statsu=8").only(&["status"]))
                .starts_with("statsu is not a parameter here")
        );
        assert_eq!(
            message(parameters("a=1&a=2").only(&["a"])),
            "a comes more than once"
        );
        assert!(parameters("a=1").only(&["a"]).is_ok());
    }

    #[test]
    fn values_are_read_strictly() {
        assert_eq!(parameters("").limit().unwrap(), USUAL);
        assert_eq!(parameters("limit=100").limit().unwrap(), 100);
        for wrong in ["limit=0", "limit=101", "limit=x", "limit=-1"] {
            assert!(parameters(wrong).limit().is_err(), "{wrong}");
        }
        assert_eq!(
            parameters("closed=true").flag("closed").unwrap(),
            Some(true)
        );
        assert!(parameters("closed=yes").flag("closed").is_err());
        assert!(parameters("cursor=nonsense").cursor::<PageKey>().is_err());
        assert!(parameters("company=7").id("company").is_err());
        assert_eq!(
            parameters("sort=b")
                .choice("sort", &[("a", 1), ("b", 2)])
                .unwrap(),
            Some(2)
        );
        assert!(parameters("sort=c").choice("sort", &[("a", 1)]).is_err());
    }
}
