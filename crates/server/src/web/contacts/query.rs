//! The contact list's address.

use store::contacts::ContactFilter;
use store::integrations::Integration;
use store::listing::{Direction, PageKey};

use crate::web::view::Query;
use crate::web::view::list::{address, direction_word};

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct ContactQuery {
    /// Filters for the store.
    pub filter: ContactFilter,
    /// Direction, by name.
    pub direction: Direction,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// The company, by its id in addresses.
    pub company: String,
    /// The tool, by the id of its integration in addresses.
    pub integration: String,
}

impl ContactQuery {
    /// Reads an address that may name one of these tools.
    #[must_use]
    pub fn read(query: &Query, integrations: &[Integration]) -> Self {
        let company = query.text("company").parse().ok();
        let named = query.text("integration");
        let tool = integrations.iter().find(|one| one.uuid.as_str() == named);
        Self {
            filter: ContactFilter {
                integration: tool.map(|one| one.id),
                company: company.clone(),
                active: match query.0.text("active") {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                },
                search: query.some("search"),
            },
            direction: query.direction(Direction::Ascending),
            page: query.page(),
            company: company
                .map(|company| company.to_string())
                .unwrap_or_default(),
            integration: tool.map(|one| one.uuid.to_string()).unwrap_or_default(),
        }
    }

    /// The word for the active filter in an address.
    #[must_use]
    pub const fn active_word(&self) -> &'static str {
        match self.filter.active {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        }
    }

    /// The word for the direction in an address; nothing for the default.
    #[must_use]
    pub const fn direction_word(&self) -> &'static str {
        match self.direction {
            Direction::Ascending => "",
            Direction::Descending => direction_word(Direction::Descending),
        }
    }

    /// Whether anything is filtered by.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filter.company.is_some()
            || self.filter.integration.is_some()
            || self.filter.active.is_some()
            || self.filter.search.is_some()
    }

    /// An address with these filters in another direction or on another page.
    #[must_use]
    pub fn address(&self, path: &str, direction: &str, page: &str) -> String {
        let search = self.filter.search.as_deref().unwrap_or_default();
        address(
            path,
            &[
                ("search", search),
                ("active", self.active_word()),
                ("company", &self.company),
                ("integration", &self.integration),
                ("direction", direction),
                ("page", page),
            ],
        )
    }
}
