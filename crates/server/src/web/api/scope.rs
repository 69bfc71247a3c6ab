//! What an API key may read.

use domain::permission::{Area, Grants, Permission};

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
