//! What the setup wizard asks for and says, where that differs from provider to provider.

use std::collections::BTreeSet;

use crate::reference::ReferenceKind;
use crate::settings::{IntegrationSettings, OpportunityDefaults};

/// What is synced and which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// The data, in the provider's word.
    pub data: &'static str,
    /// Whether changes also go to the vendor. They do only where the connector can write.
    pub both_ways: bool,
    /// What that is.
    pub note: &'static str,
}

/// A list of the step *Sync*: what is kept or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeField {
    /// Queues, boards or teams whose tickets are kept.
    Queues,
    /// Categories whose tickets are kept.
    Categories,
    /// Statuses whose tickets are left out.
    ExcludeStatuses,
    /// Types whose opportunities are left out.
    ExcludeOpportunityTypes,
    /// Types whose companies become companies here on their own.
    CompanyTypes,
    /// Types whose companies do not.
    ExcludeCompanyTypes,
    /// Statuses whose companies do not.
    ExcludeCompanyStatuses,
}

impl ScopeField {
    /// Every list.
    pub const ALL: [Self; 7] = [
        Self::Queues,
        Self::Categories,
        Self::ExcludeStatuses,
        Self::ExcludeOpportunityTypes,
        Self::CompanyTypes,
        Self::ExcludeCompanyTypes,
        Self::ExcludeCompanyStatuses,
    ];

    /// The name of the form's field.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Queues => "queue",
            Self::Categories => "category",
            Self::ExcludeStatuses => "exclude_status",
            Self::ExcludeOpportunityTypes => "exclude_opportunity_type",
            Self::CompanyTypes => "company_type",
            Self::ExcludeCompanyTypes => "exclude_company_type",
            Self::ExcludeCompanyStatuses => "exclude_company_status",
        }
    }

    /// What is chosen from.
    #[must_use]
    pub const fn kind(self) -> ReferenceKind {
        match self {
            Self::Queues => ReferenceKind::Queue,
            Self::Categories => ReferenceKind::TicketCategory,
            Self::ExcludeStatuses => ReferenceKind::TicketStatus,
            Self::ExcludeOpportunityTypes => ReferenceKind::OpportunityType,
            Self::CompanyTypes | Self::ExcludeCompanyTypes => ReferenceKind::CompanyType,
            Self::ExcludeCompanyStatuses => ReferenceKind::CompanyStatus,
        }
    }

    /// Whether it is about companies, and not about tickets or opportunities.
    #[must_use]
    pub const fn is_of_companies(self) -> bool {
        matches!(
            self,
            Self::CompanyTypes | Self::ExcludeCompanyTypes | Self::ExcludeCompanyStatuses
        )
    }

    /// What was chosen.
    #[must_use]
    pub const fn of(self, settings: &IntegrationSettings) -> &BTreeSet<String> {
        match self {
            Self::Queues => &settings.scope.queues,
            Self::Categories => &settings.scope.categories,
            Self::ExcludeStatuses => &settings.scope.exclude_statuses,
            Self::ExcludeOpportunityTypes => &settings.scope.exclude_opportunity_types,
            Self::CompanyTypes => &settings.company_types,
            Self::ExcludeCompanyTypes => &settings.exclude_company_types,
            Self::ExcludeCompanyStatuses => &settings.exclude_company_statuses,
        }
    }

    /// Where the choice is kept.
    pub const fn of_mut(self, settings: &mut IntegrationSettings) -> &mut BTreeSet<String> {
        match self {
            Self::Queues => &mut settings.scope.queues,
            Self::Categories => &mut settings.scope.categories,
            Self::ExcludeStatuses => &mut settings.scope.exclude_statuses,
            Self::ExcludeOpportunityTypes => &mut settings.scope.exclude_opportunity_types,
            Self::CompanyTypes => &mut settings.company_types,
            Self::ExcludeCompanyTypes => &mut settings.exclude_company_types,
            Self::ExcludeCompanyStatuses => &mut settings.exclude_company_statuses,
        }
    }
}

/// A list of the step *Sync* with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeList {
    /// Which.
    pub field: ScopeField,
    /// Its label, such as *Queues to Sync*.
    pub label: &'static str,
    /// What choosing does.
    pub help: &'static str,
    /// What nothing chosen means.
    pub none: &'static str,
}

/// A default for opportunities made in Portico.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpportunityValue {
    /// Who owns it when its maker has no account at the vendor.
    FallbackOwner,
    /// The stage it begins in.
    Stage,
    /// Its status.
    Status,
    /// Its type.
    Type,
    /// Its category.
    Category,
    /// The probability it begins with.
    Probability,
    /// Days from its start to its projected close.
    ProjectedCloseDays,
}

impl OpportunityValue {
    /// Every default that is chosen from a list.
    pub const CHOICES: [Self; 6] = [
        Self::FallbackOwner,
        Self::Stage,
        Self::Status,
        Self::Type,
        Self::Category,
        Self::Probability,
    ];

    /// The name of the form's field.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FallbackOwner => "fallback_owner",
            Self::Stage => "default_stage",
            Self::Status => "default_status",
            Self::Type => "default_type",
            Self::Category => "default_category",
            Self::Probability => "default_probability",
            Self::ProjectedCloseDays => "projected_close_days",
        }
    }

    /// What is chosen from; `None` for a number.
    #[must_use]
    pub const fn kind(self) -> Option<ReferenceKind> {
        match self {
            Self::FallbackOwner => Some(ReferenceKind::Owner),
            Self::Stage => Some(ReferenceKind::OpportunityStage),
            Self::Status => Some(ReferenceKind::OpportunityStatus),
            Self::Type => Some(ReferenceKind::OpportunityType),
            Self::Category => Some(ReferenceKind::OpportunityCategory),
            Self::Probability => Some(ReferenceKind::OpportunityProbability),
            Self::ProjectedCloseDays => None,
        }
    }

    /// Where the choice is kept; `None` for a number.
    pub const fn of_mut(self, defaults: &mut OpportunityDefaults) -> Option<&mut Option<String>> {
        match self {
            Self::FallbackOwner => Some(&mut defaults.fallback_owner),
            Self::Stage => Some(&mut defaults.stage),
            Self::Status => Some(&mut defaults.status),
            Self::Type => Some(&mut defaults.kind),
            Self::Category => Some(&mut defaults.category),
            Self::Probability => Some(&mut defaults.probability),
            Self::ProjectedCloseDays => None,
        }
    }

    /// What was chosen; `None` for a number too.
    #[must_use]
    pub const fn of(self, defaults: &OpportunityDefaults) -> Option<&String> {
        match self {
            Self::FallbackOwner => defaults.fallback_owner.as_ref(),
            Self::Stage => defaults.stage.as_ref(),
            Self::Status => defaults.status.as_ref(),
            Self::Type => defaults.kind.as_ref(),
            Self::Category => defaults.category.as_ref(),
            Self::Probability => defaults.probability.as_ref(),
            Self::ProjectedCloseDays => None,
        }
    }
}

/// A default with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpportunityField {
    /// Which.
    pub value: OpportunityValue,
    /// Its label.
    pub label: &'static str,
    /// What it does.
    pub help: &'static str,
}

/// What the wizard shows for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetupData {
    /// What is synced and which way.
    pub flows: &'static [Flow],
    /// The lists of *Ticket Sync Scope*, and what is left out of opportunities.
    pub scope: &'static [ScopeList],
    /// The lists that say which companies become companies here on their own.
    pub companies: &'static [ScopeList],
    /// Whether *Skip Inactive Companies* is a choice. Where it is none, inactive companies are always skipped.
    pub skip_inactive: bool,
    /// The defaults for opportunities.
    pub opportunity: &'static [OpportunityField],
}

impl SetupData {
    /// Nothing yet, for a provider that is not available.
    pub const NONE: Self = Self {
        flows: &[],
        scope: &[],
        companies: &[],
        skip_inactive: false,
        opportunity: &[],
    };
}
