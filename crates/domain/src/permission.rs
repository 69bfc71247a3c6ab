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
    /// Staff users.
    Users,
    /// Roles and what they grant.
    Roles,
    /// Installation settings, API keys, audit.
    Settings,
}

impl Area {
    /// Every area, in the order roles are edited in.
    pub const ALL: [Self; 7] = [
        Self::Companies,
        Self::Tickets,
        Self::Opportunities,
        Self::Integrations,
        Self::Users,
        Self::Roles,
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
            Self::Roles => "roles",
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
            Self::Roles => "Roles",
            Self::Settings => "Settings",
        }
    }

    /// The part of the catalogue it stands in.
    #[must_use]
    pub const fn section(self) -> Section {
        match self {
            Self::Companies | Self::Tickets | Self::Opportunities => Section::MainNavigation,
            Self::Integrations | Self::Users | Self::Roles | Self::Settings => Section::Settings,
        }
    }

    /// What a level of it lets a person do, in one sentence; each level includes the ones before.
    #[must_use]
    pub const fn sentence(self, level: Level) -> &'static str {
        match (self, level) {
            (Self::Companies, Level::Read) => "See companies and their contacts.",
            (Self::Companies, Level::Write) => "Change companies and their contacts.",
            (Self::Companies, Level::Manage) => {
                "Add and remove companies, and decide which come from an integration."
            }
            (Self::Tickets, Level::Read) => "See tickets with their comments.",
            (Self::Tickets, Level::Write) => {
                "Open tickets, comment on them and change their status."
            }
            (Self::Tickets, Level::Manage) => "Decide how tickets are shown and to whom.",
            (Self::Opportunities, Level::Read) => "See opportunities with their amounts.",
            (Self::Opportunities, Level::Write) => "Add and change opportunities.",
            (Self::Opportunities, Level::Manage) => "Decide how opportunities are kept.",
            (Self::Integrations, Level::Read) => {
                "See integrations, their settings and the sync log."
            }
            (Self::Integrations, Level::Write) => {
                "Start a sync, and try records again that could not be read."
            }
            (Self::Integrations, Level::Manage) => {
                "Connect and disconnect integrations, and change their credentials and settings."
            }
            (Self::Users, Level::Read) => "See who is a user, with e-mail address and role.",
            (Self::Users, Level::Write) => {
                "Change the profiles of users and send welcome e-mails again."
            }
            (Self::Users, Level::Manage) => {
                "Add, import and deactivate users, and give them a role that grants no more than one's own."
            }
            (Self::Roles, Level::Read) => "See roles and what they grant.",
            (Self::Roles, Level::Write) => "Change names and descriptions of roles.",
            (Self::Roles, Level::Manage) => {
                "Add, change and delete roles, granting no more than one's own role does."
            }
            (Self::Settings, Level::Read) => "See the settings of the installation.",
            (Self::Settings, Level::Write) => "Change the settings of the installation.",
            (Self::Settings, Level::Manage) => {
                "Manage API keys, giving them no more than one's own role, and outgoing mail, and read the audit log."
            }
        }
    }
}

/// A part of the permission catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// What people work with every day.
    MainNavigation,
    /// What administrators work with.
    Settings,
}

impl Section {
    /// Every section, in the order of the catalogue.
    pub const ALL: [Self; 2] = [Self::MainNavigation, Self::Settings];

    /// The name shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::MainNavigation => "Main Navigation",
            Self::Settings => "Settings",
        }
    }

    /// Its areas, in order.
    pub fn areas(self) -> impl Iterator<Item = Area> {
        Area::ALL
            .into_iter()
            .filter(move |area| area.section() == self)
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

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Manage];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Manage => "manage",
        }
    }

    /// The level with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.key() == key)
    }

    /// The verb shown to people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Manage => "Manage",
        }
    }
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
        format!("{} {}", self.level.label(), self.area.label())
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

    /// Whether the permission is granted.
    #[must_use]
    pub fn allow(&self, permission: Permission) -> bool {
        self.0
            .get(&permission.area)
            .is_some_and(|level| *level >= permission.level)
    }

    /// Whether the other grants everything this one does: nobody hands out more than they have.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        self.0.iter().all(|(area, level)| {
            other.allow(Permission {
                area: *area,
                level: *level,
            })
        })
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
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Staff, Self::Company];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Company => "company",
        }
    }

    /// The kind with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
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

    #[test]
    fn nobody_grants_more_than_they_have() {
        let of = |pairs: &[(Area, Level)]| Grants(pairs.iter().copied().collect());
        let own = of(&[(Area::Tickets, Level::Write), (Area::Users, Level::Manage)]);
        assert!(own.within(&own));
        assert!(Grants::default().within(&own) && Grants::default().within(&Grants::default()));
        assert!(of(&[(Area::Tickets, Level::Read)]).within(&own));
        assert!(!of(&[(Area::Tickets, Level::Manage)]).within(&own));
        assert!(!of(&[(Area::Companies, Level::Read)]).within(&own));
        assert!(own.within(&Grants::everything()) && !Grants::everything().within(&own));
    }

    #[test]
    fn the_catalogue_has_every_area_once_and_a_sentence_for_each_level() {
        let areas: Vec<Area> = Section::ALL.into_iter().flat_map(Section::areas).collect();
        assert_eq!(areas, Area::ALL);
        let mut sentences: Vec<&str> = areas
            .iter()
            .flat_map(|area| Level::ALL.map(|level| area.sentence(level)))
            .collect();
        assert!(sentences.iter().all(|text| text.ends_with('.')));
        sentences.sort_unstable();
        sentences.dedup();
        assert_eq!(sentences.len(), 21);
        for level in Level::ALL {
            assert_eq!(Level::from_key(level.key()), Some(level));
            let stored = serde_json::to_string(&level).expect("JSON");
            assert_eq!(stored, format!("\"{}\"", level.key()));
        }
    }
}
