//! The roles Portico comes with. They are made once; whatever an administrator changes on them stays.

use crate::permission::{Area, Grants, Level, RoleKind};

/// A shipped role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RolePreset {
    /// Staff: everything.
    Administrator,
    /// Staff: everything but integrations, roles and the installation.
    Manager,
    /// Staff: everyday work.
    Technician,
    /// Staff: sees, and changes nothing.
    ReadOnly,
    /// Company: looks after the company's people.
    CompanyAdmin,
    /// Company: decides about the company's tickets.
    CompanyManager,
    /// Company: opens tickets.
    CompanyUser,
    /// Company: sees tickets.
    CompanyViewer,
    /// Company: training, and nothing else.
    TrainingOnly,
}

impl RolePreset {
    /// Every shipped role, those of staff first.
    pub const ALL: [Self; 9] = [
        Self::Administrator,
        Self::Manager,
        Self::Technician,
        Self::ReadOnly,
        Self::CompanyAdmin,
        Self::CompanyManager,
        Self::CompanyUser,
        Self::CompanyViewer,
        Self::TrainingOnly,
    ];

    /// The stable key stored in the database; it stays when the role is renamed.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Manager => "manager",
            Self::Technician => "technician",
            Self::ReadOnly => "read_only",
            Self::CompanyAdmin => "company_admin",
            Self::CompanyManager => "company_manager",
            Self::CompanyUser => "company_user",
            Self::CompanyViewer => "company_viewer",
            Self::TrainingOnly => "training_only",
        }
    }

    /// The preset with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.key() == key)
    }

    /// Whom it is for.
    #[must_use]
    pub const fn kind(self) -> RoleKind {
        match self {
            Self::Administrator | Self::Manager | Self::Technician | Self::ReadOnly => {
                RoleKind::Staff
            }
            Self::CompanyAdmin
            | Self::CompanyManager
            | Self::CompanyUser
            | Self::CompanyViewer
            | Self::TrainingOnly => RoleKind::Company,
        }
    }

    /// The name it is made with.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::Manager | Self::CompanyManager => "Manager",
            Self::Technician => "Technician",
            Self::ReadOnly => "Read Only",
            Self::CompanyAdmin => "Admin",
            Self::CompanyUser => "User",
            Self::CompanyViewer => "Viewer",
            Self::TrainingOnly => "Training Only",
        }
    }

    /// The description it is made with.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Administrator => {
                "Everything, credentials and roles included. Two-factor authentication is recommended."
            }
            Self::Manager => "Everyday work and the people who do it; no credentials and no roles.",
            Self::Technician => "Everyday work on tickets; sees companies and opportunities.",
            Self::ReadOnly => "Sees companies, tickets and opportunities, and changes nothing.",
            Self::CompanyAdmin => "Looks after the company and all of its tickets.",
            Self::CompanyManager => "Sees the company and works on all of its tickets.",
            Self::CompanyUser => "Opens tickets and follows them.",
            Self::CompanyViewer => "Sees tickets, and changes nothing.",
            Self::TrainingOnly => "Training, and nothing else.",
        }
    }

    /// What it grants when it is made.
    #[must_use]
    pub fn grants(self) -> Grants {
        use Area::{Companies, Integrations, Opportunities, Tickets, Users};
        use Level::{Manage, Read, Write};
        let granted: &[(Area, Level)] = match self {
            Self::Administrator => return Grants::everything(),
            Self::Manager => &[
                (Companies, Write),
                (Tickets, Manage),
                (Opportunities, Manage),
                (Integrations, Write),
                (Users, Write),
            ],
            Self::Technician => &[
                (Companies, Read),
                (Tickets, Write),
                (Opportunities, Read),
                (Integrations, Read),
            ],
            Self::ReadOnly => &[(Companies, Read), (Tickets, Read), (Opportunities, Read)],
            Self::CompanyAdmin => &[(Companies, Write), (Tickets, Manage)],
            Self::CompanyManager => &[(Companies, Read), (Tickets, Manage)],
            Self::CompanyUser => &[(Companies, Read), (Tickets, Write)],
            Self::CompanyViewer => &[(Tickets, Read)],
            Self::TrainingOnly => &[],
        };
        Grants(granted.iter().copied().collect())
    }

    /// Whether new people of its kind get this role unless another is chosen.
    #[must_use]
    pub const fn is_default(self) -> bool {
        matches!(self, Self::Technician | Self::CompanyViewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_stable_and_names_unique_among_their_kind() {
        let mut names = std::collections::BTreeSet::new();
        for preset in RolePreset::ALL {
            assert_eq!(RolePreset::from_key(preset.key()), Some(preset));
            assert!(names.insert((preset.kind().key(), preset.label())));
            assert!(preset.description().ends_with('.'));
        }
        for kind in RoleKind::ALL {
            let defaults = RolePreset::ALL
                .into_iter()
                .filter(|preset| preset.kind() == kind && preset.is_default());
            assert_eq!(defaults.count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn staff_roles_are_nested_and_company_roles_stay_with_companies_and_tickets() {
        let chain = [
            RolePreset::ReadOnly,
            RolePreset::Technician,
            RolePreset::Manager,
            RolePreset::Administrator,
        ];
        for pair in chain.windows(2) {
            assert!(pair[0].grants().within(&pair[1].grants()), "{pair:?}");
            assert!(!pair[1].grants().within(&pair[0].grants()), "{pair:?}");
        }
        for preset in RolePreset::ALL
            .into_iter()
            .filter(|preset| preset.kind() == RoleKind::Company)
        {
            let areas: Vec<Area> = preset.grants().0.into_keys().collect();
            assert!(
                areas
                    .iter()
                    .all(|area| matches!(area, Area::Companies | Area::Tickets)),
                "{preset:?}"
            );
        }
        assert_eq!(RolePreset::TrainingOnly.grants(), Grants::default());
    }
}
