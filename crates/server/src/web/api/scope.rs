//! What an API key may read.

use domain::permission::{Area, Grants, Permission};
use domain::viewer::Viewer;

/// A scope of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Companies and their contacts.
    CompaniesRead,
    /// Tickets and their comments.
    TicketsRead,
    /// Opportunities.
    OpportunitiesRead,
    /// Integrations, their streams, runs and removal questions, technicians and reference data.
    IntegrationsRead,
}

impl Scope {
    /// Every scope, in the order of the form.
    pub const ALL: [Self; 4] = [
        Self::CompaniesRead,
        Self::TicketsRead,
        Self::OpportunitiesRead,
        Self::IntegrationsRead,
    ];

    /// The stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CompaniesRead => "companies.read",
            Self::TicketsRead => "tickets.read",
            Self::OpportunitiesRead => "opportunities.read",
            Self::IntegrationsRead => "integrations.read",
        }
    }

    /// The scope with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == key)
    }

    /// What it lets a program read.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CompaniesRead => "Companies, contacts and contact groups",
            Self::TicketsRead => "Tickets and their comments, internal ones included",
            Self::OpportunitiesRead => "Opportunities",
            Self::IntegrationsRead => {
                "Integrations, syncs and what they ask, technicians and reference data"
            }
        }
    }

    /// The permission the scope stands for.
    #[must_use]
    pub const fn permission(self) -> Permission {
        Permission::read(match self {
            Self::CompaniesRead => Area::Companies,
            Self::TicketsRead => Area::Tickets,
            Self::OpportunitiesRead => Area::Opportunities,
            Self::IntegrationsRead => Area::Integrations,
        })
    }
}

/// The scopes that somebody may give a key: nobody gives it more than they have. A key reads every company, so whoever
/// sees only some of them has none to give.
#[must_use]
pub fn grantable(viewer: &Viewer, own: &Grants) -> Vec<Scope> {
    match viewer {
        Viewer::Staff(_) => of_grants(own).collect(),
        Viewer::Members(_) | Viewer::ApiKey(_) => Vec::new(),
    }
}

/// The grants of a key with these scopes.
#[must_use]
pub fn to_grants(scopes: &[Scope]) -> Grants {
    Grants(
        scopes
            .iter()
            .map(|scope| scope.permission())
            .map(|permission| (permission.area, permission.level))
            .collect(),
    )
}

/// The scopes that grants stand for.
pub fn of_grants(grants: &Grants) -> impl Iterator<Item = Scope> {
    Scope::ALL
        .into_iter()
        .filter(|scope| grants.allow(scope.permission()))
}

#[cfg(test)]
mod tests {
    use domain::id::IdentityId;
    use domain::permission::Level;

    use super::*;

    #[test]
    fn nobody_gives_a_key_more_than_they_have() {
        let me = IdentityId(1);
        let own = Grants(
            [
                (Area::Settings, Level::Manage),
                (Area::Tickets, Level::Read),
                (Area::Companies, Level::Manage),
            ]
            .into(),
        );
        let given = grantable(&Viewer::Staff(me), &own);
        assert_eq!(given, [Scope::CompaniesRead, Scope::TicketsRead]);
        assert_eq!(grantable(&Viewer::Members(me), &own), []);
        let all = grantable(&Viewer::Staff(me), &Grants::everything());
        assert_eq!(all, Scope::ALL);
    }
}
