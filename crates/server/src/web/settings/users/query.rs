//! The address of the users' list.

use store::identities::MembershipStatus;
use store::listing::Direction;
use store::roles::Role;
use store::staff::{StaffQuery, StaffSort};

use crate::web::form::Fields;
use crate::web::view::Query;
use crate::web::view::list::{PAGE_ROWS, address, direction_word};

/// What an address asks for.
#[derive(Debug, Clone)]
pub struct UserQuery {
    /// For the store.
    pub staff: StaffQuery,
    role: String,
}

impl UserQuery {
    /// Reads an address.
    #[must_use]
    pub fn read(query: &Query, roles: &[Role]) -> Self {
        Self::with_role(query, roles, "role")
    }

    /// Reads the filters that a form of the list carries. Its `role` is another one: the role to give.
    #[must_use]
    pub fn of_form(fields: &Fields, roles: &[Role]) -> Self {
        Self::with_role(&Query(fields.clone()), roles, "role_filter")
    }

    fn with_role(query: &Query, roles: &[Role], field: &str) -> Self {
        let named = query.text(field);
        let role = roles.iter().find(|role| role.uuid.as_str() == named);
        let sort = if query.0.text("sort") == "last_sign_in" {
            StaffSort::LastSignIn
        } else {
            StaffSort::Name
        };
        Self {
            staff: StaffQuery {
                search: query.some("search"),
                status: MembershipStatus::from_key(query.0.text("status")),
                role: role.map(|role| role.id),
                sort,
                direction: query.direction(first(sort)),
                page: query.page(),
                limit: PAGE_ROWS,
            },
            role: role.map(|role| role.uuid.to_string()).unwrap_or_default(),
        }
    }

    /// The role filtered by, by its id in addresses; empty: none.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Whether anything is filtered by.
    #[must_use]
    pub const fn is_filtered(&self) -> bool {
        self.staff.search.is_some() || self.staff.status.is_some() || self.staff.role.is_some()
    }

    /// The word for the sort in an address; nothing for the default.
    #[must_use]
    pub const fn sort_word(&self) -> &'static str {
        sort_word(self.staff.sort)
    }

    /// The word for the direction in an address; nothing for the sort's default.
    #[must_use]
    pub fn direction_word(&self) -> &'static str {
        if self.staff.direction == first(self.staff.sort) {
            ""
        } else {
            direction_word(self.staff.direction)
        }
    }

    /// An address with these filters.
    #[must_use]
    pub fn address(&self, path: &str, sort: &str, direction: &str, page: &str) -> String {
        address(
            path,
            &[
                ("search", self.staff.search.as_deref().unwrap_or_default()),
                (
                    "status",
                    self.staff.status.map_or("", MembershipStatus::key),
                ),
                ("role", &self.role),
                ("sort", sort),
                ("direction", direction),
                ("page", page),
            ],
        )
    }
}

/// The direction a sort begins with.
#[must_use]
pub const fn first(sort: StaffSort) -> Direction {
    match sort {
        StaffSort::Name => Direction::Ascending,
        StaffSort::LastSignIn => Direction::Descending,
    }
}

/// The word for a sort in an address; nothing for the default.
#[must_use]
pub const fn sort_word(sort: StaffSort) -> &'static str {
    match sort {
        StaffSort::Name => "",
        StaffSort::LastSignIn => "last_sign_in",
    }
}
