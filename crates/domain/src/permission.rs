//! Permissions: areas with three levels, granted by roles. Deny unless granted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How much a role may do in an area. A higher level includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// See.
    Read,
    /// Change.
    Write,
    /// Administer.
    Manage,
}

/// What a permission is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Companies and their contacts.
    Companies,
    /// Tickets.
    Tickets,
    /// Opportunities.
    Opportunities,
    /// Integrations, sync log, reference data.
    Integrations,
    /// Staff users and roles.
    Users,
    /// Installation settings, API keys, audit.
    Settings,
}

impl Area {
    /// Every area, in the order roles are edited in.
    pub const ALL: [Self; 6] = [
        Self::Companies,
        Self::Tickets,
        Self::Opportunities,
        Self::Integrations,
        Self::Users,
        Self::Settings,
    ];

    /// The word in permission keys and names.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Companies => "companies",
            Self::Tickets => "tickets",
            Self::Opportunities => "opportunities",
            Self::Integrations => "integrations",
            Self::Users => "users",
            Self::Settings => "settings",
        }
    }

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Companies => "Companies",
            Self::Tickets => "Tickets",
            Self::Opportunities => "Opportunities",
            Self::Integrations => "Integrations",
            Self::Users => "Users",
            Self::Settings => "Settings",
        }
    }
}

/// One permission, such as *Manage Integrations*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// What it is about.
    pub area: Area,
    /// How much.
    pub level: Level,
}

impl Permission {
    /// See an area.
    #[must_use]
    pub const fn read(area: Area) -> Self {
        Self {
            area,
            level: Level::Read,
        }
    }

    /// Change things in an area.
    #[must_use]
    pub const fn write(area: Area) -> Self {
        Self {
            area,
            level: Level::Write,
        }
    }

    /// Administer an area.
    #[must_use]
    pub const fn manage(area: Area) -> Self {
        Self {
            area,
            level: Level::Manage,
        }
    }

    /// The name people see, such as *Manage Integrations*.
    #[must_use]
    pub fn label(self) -> String {
        let verb = match self.level {
            Level::Read => "Read",
            Level::Write => "Write",
            Level::Manage => "Manage",
        };
        format!("{verb} {}", self.area.label())
    }
}

/// What a role grants.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Grants(pub BTreeMap<Area, Level>);

impl Grants {
    /// Everything, for the *Administrator* role.
    #[must_use]
    pub fn everything() -> Self {
        Self(
            Area::ALL
                .into_iter()
                .map(|area| (area, Level::Manage))
                .collect(),
        )
    }

    /// Reading everyday data, for the *Technician* role: no settings, users or credentials.
    #[must_use]
    pub fn technician() -> Self {
        Self(
            [
                (Area::Companies, Level::Read),
                (Area::Tickets, Level::Write),
                (Area::Opportunities, Level::Read),
                (Area::Integrations, Level::Read),
            ]
            .into(),
        )
    }

    /// Whether the permission is granted.
    #[must_use]
    pub fn allow(&self, permission: Permission) -> bool {
        self.0
            .get(&permission.area)
            .is_some_and(|level| *level >= permission.level)
    }
}

/// Whom a role is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// MSP staff.
    Staff,
    /// People at a client.
    Company,
}

impl RoleKind {
    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Company => "company",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn higher_levels_include_lower_ones_and_nothing_is_granted_by_default() {
        let grants = Grants([(Area::Tickets, Level::Write)].into());
        assert!(grants.allow(Permission::read(Area::Tickets)));
        assert!(grants.allow(Permission::write(Area::Tickets)));
        assert!(!grants.allow(Permission::manage(Area::Tickets)));
        assert!(!grants.allow(Permission::read(Area::Users)));
        assert!(
            Area::ALL
                .into_iter()
                .all(|area| !Grants::default().allow(Permission::read(area)))
        );
        assert_eq!(
            Permission::manage(Area::Integrations).label(),
            "Manage Integrations"
        );
    }
}
