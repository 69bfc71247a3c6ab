//! On whose behalf a query runs (rule X3). Every list and look-up of records carries a viewer into SQL.

use crate::id::IdentityId;

/// Who is looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Staff who may see every company.
    Staff(IdentityId),
    /// A person at a client, or staff restricted to assigned companies: only companies with an active
    /// membership of this identity.
    Members(IdentityId),
    /// An API key of the MSP, with the rights of its scopes.
    ApiKey(i64),
}

impl Viewer {
    /// The two values a viewer-limited statement binds: 1 when every company may be seen, and the identity
    /// whose memberships limit it otherwise (0 has none).
    #[must_use]
    pub const fn bind(&self) -> (i64, i64) {
        match self {
            Self::Staff(identity) => (1, identity.0),
            Self::Members(identity) => (0, identity.0),
            Self::ApiKey(_) => (1, 0),
        }
    }

    /// Whether internal comments may be shown.
    #[must_use]
    pub const fn sees_internal(&self) -> bool {
        !matches!(self, Self::Members(_))
    }
}
