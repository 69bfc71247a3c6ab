//! The opportunity list's address.

use store::integrations::Integration;
use store::listing::{Direction, PageKey};
use store::opportunities::{OpportunityFilter, OpportunitySort};

use crate::web::view::Query;
use crate::web::view::list::{address, direction_word};

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct OpportunityQuery {
    /// Filters for the store.
    pub filter: OpportunityFilter,
    /// Sort.
    pub sort: OpportunitySort,
    /// Direction.
    pub direction: Direction,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// The company, by its id in addresses.
    pub company: String,
}

impl OpportunityQuery {
    /// Reads an address. A stage is an id of one vendor, so it counts only when there is one integration.
    #[must_use]
    pub fn read(query: &Query, integrations: &[Integration]) -> Self {
        let company = query.text("company").parse().ok();
        let only = match integrations {
            [one] => Some(one.id),
            _ => None,
        };
        let stage = only.and_then(|_| query.some("stage"));
        let sort = if query.0.text("sort") == "title" {
            OpportunitySort::Title
        } else {
            OpportunitySort::Updated
        };
        Self {
            filter: OpportunityFilter {
                integration: only.filter(|_| stage.is_some()),
                company: company.clone(),
                stage,
                search: query.some("search"),
            },
            sort,
            direction: query.direction(first(sort)),
            page: query.page(),
            company: company
                .map(|company| company.to_string())
                .unwrap_or_default(),
        }
    }

    /// Whether anything is filtered by.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filter.company.is_some() || self.filter.stage.is_some() || self.filter.search.is_some()
    }

    /// The word for the sort in an address; nothing for the default.
    #[must_use]
    pub const fn sort_word(&self) -> &'static str {
        sort_word(self.sort)
    }

    /// The word for the direction in an address; nothing for the sort's default.
    #[must_use]
    pub fn direction_word(&self) -> &'static str {
        if self.direction == first(self.sort) {
            ""
        } else {
            direction_word(self.direction)
        }
    }

    /// An address with these filters.
    #[must_use]
    pub fn address(&self, path: &str, sort: &str, direction: &str, page: &str) -> String {
        address(
            path,
            &[
                ("search", self.filter.search.as_deref().unwrap_or_default()),
                ("stage", self.filter.stage.as_deref().unwrap_or_default()),
                ("company", &self.company),
                ("sort", sort),
                ("direction", direction),
                ("page", page),
            ],
        )
    }
}

/// The direction a sort begins with.
#[must_use]
pub const fn first(sort: OpportunitySort) -> Direction {
    match sort {
        OpportunitySort::Updated => Direction::Descending,
        OpportunitySort::Title => Direction::Ascending,
    }
}

/// The word for a sort in an address; nothing for the default.
#[must_use]
pub const fn sort_word(sort: OpportunitySort) -> &'static str {
    match sort {
        OpportunitySort::Updated => "",
        OpportunitySort::Title => "title",
    }
}
