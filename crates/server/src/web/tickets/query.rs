//! The ticket list's address: filters, sort, page. All of it is kept in the address, so that it can be bookmarked.

use domain::id::IntegrationId;
use store::integrations::Integration;
use store::listing::{Direction, PageKey};
use store::tickets::{TicketFilter, TicketSort};

use crate::web::view::Query;
use crate::web::view::list::{address, direction_word};

/// In an address and in the API, the technician of tickets that are assigned to nobody.
pub const UNASSIGNED: &str = "unassigned";

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct TicketQuery {
    /// Filters for the store.
    pub filter: TicketFilter,
    /// Sort.
    pub sort: TicketSort,
    /// Direction.
    pub direction: Direction,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// `open`, `closed` or `all`.
    pub closed: &'static str,
    /// Part of the name of technicians to choose from, where they are too many to offer all.
    pub technician_name: String,
    integration: String,
    company: String,
}

impl TicketQuery {
    /// Reads an address. Statuses, queues and the like are ids of one vendor, so they count only when it is clear of
    /// which: `integrations` has one, or the address names one. Tickets of nobody are told apart at every vendor.
    #[must_use]
    pub fn read(query: &Query, integrations: &[Integration]) -> Self {
        let closed = match query.0.text("closed") {
            "closed" => "closed",
            "all" => "all",
            _ => "open",
        };
        let named = query.text("integration");
        let named = integrations
            .iter()
            .find(|integration| integration.uuid.as_str() == named);
        let only: Option<IntegrationId> = match (named, integrations) {
            (Some(integration), _) => Some(integration.id),
            (None, [integration]) => Some(integration.id),
            _ => None,
        };
        let of_vendor = |name: &str| only.and_then(|_| query.some(name));
        let company = query.text("company").parse().ok();
        let unassigned = query.text("technician") == UNASSIGNED;
        Self {
            filter: TicketFilter {
                integration: only.filter(|_| named.is_some() || has_vendor_filter(query)),
                status: of_vendor("status"),
                queue: of_vendor("queue"),
                priority: of_vendor("priority"),
                technician: of_vendor("technician").filter(|_| !unassigned),
                unassigned,
                closed: match closed {
                    "open" => Some(false),
                    "closed" => Some(true),
                    _ => None,
                },
                search: query.some("search"),
                company: company.clone(),
            },
            sort: if query.0.text("sort") == "created" {
                TicketSort::Created
            } else {
                TicketSort::Updated
            },
            direction: query.direction(Direction::Descending),
            page: query.page(),
            closed,
            technician_name: of_vendor("technician_name").unwrap_or_default(),
            integration: named
                .map(|integration| integration.uuid.to_string())
                .unwrap_or_default(),
            company: company
                .map(|company| company.to_string())
                .unwrap_or_default(),
        }
    }

    /// Whose tickets are asked for, as in an address.
    #[must_use]
    pub fn technician(&self) -> Option<&str> {
        if self.filter.unassigned {
            Some(UNASSIGNED)
        } else {
            self.filter.technician.as_deref()
        }
    }

    /// The word for the sort in an address; nothing for the default.
    #[must_use]
    pub const fn sort_word(&self) -> &'static str {
        match self.sort {
            TicketSort::Updated => "",
            TicketSort::Created => "created",
        }
    }

    /// The word for the direction in an address; nothing for the default.
    #[must_use]
    pub const fn direction_word(&self) -> &'static str {
        match self.direction {
            Direction::Descending => "",
            Direction::Ascending => direction_word(Direction::Ascending),
        }
    }

    /// Whether anything is filtered by, beyond *open*.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.closed != "open" || self.is_narrowed()
    }

    /// Whether anything is filtered by, beyond whether tickets are closed.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        let filter = &self.filter;
        let texts = [
            &filter.status,
            &filter.queue,
            &filter.priority,
            &filter.technician,
            &filter.search,
        ];
        filter.company.is_some()
            || filter.unassigned
            || !self.integration.is_empty()
            || texts.iter().any(|text| text.is_some())
    }

    /// An address with these filters and other values in place of some.
    #[must_use]
    pub fn address(&self, path: &str, replaced: &[(&str, &str)]) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let filter = &self.filter;
        let closed = if self.closed == "open" {
            ""
        } else {
            self.closed
        };
        let values: [(&str, String); 12] = [
            ("search", text(&filter.search)),
            ("closed", closed.to_owned()),
            ("integration", self.integration.clone()),
            ("status", text(&filter.status)),
            ("priority", text(&filter.priority)),
            ("queue", text(&filter.queue)),
            (
                "technician",
                self.technician().unwrap_or_default().to_owned(),
            ),
            ("technician_name", self.technician_name.clone()),
            ("company", self.company.clone()),
            ("sort", self.sort_word().to_owned()),
            ("direction", self.direction_word().to_owned()),
            ("page", String::new()),
        ];
        let pairs: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| {
                let other = replaced
                    .iter()
                    .find(|(replaced, _)| replaced == name)
                    .map(|(_, value)| *value);
                (*name, other.unwrap_or(value))
            })
            .collect();
        address(path, &pairs)
    }
}

fn has_vendor_filter(query: &Query) -> bool {
    ["status", "queue", "priority", "technician"]
        .iter()
        .any(|name| query.some(name).is_some())
}
