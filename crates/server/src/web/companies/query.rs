//! The company list's address.

use store::companies::{CompanyFilter, CompanySort};
use store::integrations::Integration;
use store::listing::{Direction, PageKey};

use crate::web::view::Query;
use crate::web::view::list::{address, direction_word};

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct CompanyQuery {
    /// Filters for the store.
    pub filter: CompanyFilter,
    /// Sort.
    pub sort: CompanySort,
    /// Direction.
    pub direction: Direction,
    /// Where the page begins.
    pub page: Option<PageKey>,
    integration: String,
}

impl CompanyQuery {
    /// Reads an address.
    #[must_use]
    pub fn read(query: &Query, integrations: &[Integration]) -> Self {
        let named = query.text("integration");
        let named = integrations
            .iter()
            .find(|integration| integration.uuid.as_str() == named);
        let sort = if query.0.text("sort") == "created" {
            CompanySort::Created
        } else {
            CompanySort::Name
        };
        Self {
            filter: CompanyFilter {
                integration: named.map(|integration| integration.id),
                removed: query.0.text("removed") == "yes",
                search: query.some("search"),
            },
            sort,
            direction: query.direction(first(sort)),
            page: query.page(),
            integration: named
                .map(|integration| integration.uuid.to_string())
                .unwrap_or_default(),
        }
    }

    /// Whether anything is filtered by.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filter.integration.is_some() || self.filter.removed || self.filter.search.is_some()
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
                ("integration", &self.integration),
                ("removed", if self.filter.removed { "yes" } else { "" }),
                ("sort", sort),
                ("direction", direction),
                ("page", page),
            ],
        )
    }
}

/// The direction a sort begins with.
#[must_use]
pub const fn first(sort: CompanySort) -> Direction {
    match sort {
        CompanySort::Name => Direction::Ascending,
        CompanySort::Created => Direction::Descending,
    }
}

/// The word for a sort in an address; nothing for the default.
#[must_use]
pub const fn sort_word(sort: CompanySort) -> &'static str {
    match sort {
        CompanySort::Name => "",
        CompanySort::Created => "created",
    }
}
