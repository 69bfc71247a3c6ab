//! What the setup wizard asks for and says, where that differs from provider to provider.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::reference::ReferenceKind;
use crate::settings::{IntegrationSettings, OpportunityDefaults};
use crate::setup::SetupStep;
use crate::stage::OwnStages;

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
    /// Types whose tickets are kept.
    TicketTypes,
    /// Types of projects whose tickets are left out.
    ExcludeProjectTypes,
    /// Types whose opportunities are left out.
    ExcludeOpportunityTypes,
    /// Kinds whose opportunities come in on their own, of those that were seen.
    OpportunityKinds,
    /// Types whose companies become companies here on their own.
    CompanyTypes,
    /// Types whose companies do not.
    ExcludeCompanyTypes,
    /// Statuses whose companies do not.
    ExcludeCompanyStatuses,
}

impl ScopeField {
    /// Every list.
    pub const ALL: [Self; 10] = [
        Self::Queues,
        Self::Categories,
        Self::ExcludeStatuses,
        Self::TicketTypes,
        Self::ExcludeProjectTypes,
        Self::ExcludeOpportunityTypes,
        Self::OpportunityKinds,
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
            Self::TicketTypes => "ticket_type",
            Self::ExcludeProjectTypes => "exclude_project_type",
            Self::ExcludeOpportunityTypes => "exclude_opportunity_type",
            Self::OpportunityKinds => "opportunity_kind",
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
            Self::TicketTypes => ReferenceKind::TicketType,
            Self::ExcludeProjectTypes => ReferenceKind::ProjectType,
            Self::ExcludeOpportunityTypes => ReferenceKind::OpportunityType,
            Self::OpportunityKinds => ReferenceKind::SeenOpportunityKind,
            Self::CompanyTypes | Self::ExcludeCompanyTypes => ReferenceKind::CompanyType,
            Self::ExcludeCompanyStatuses => ReferenceKind::CompanyStatus,
        }
    }

    /// The step of the wizard that has it.
    #[must_use]
    pub const fn step(self) -> SetupStep {
        match self {
            Self::OpportunityKinds => SetupStep::Configure,
            _ => SetupStep::Sync,
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

    /// Whether it is about projects, and through them about their tickets.
    #[must_use]
    pub const fn is_of_projects(self) -> bool {
        matches!(self, Self::ExcludeProjectTypes)
    }

    /// Whether it is about opportunities.
    #[must_use]
    pub const fn is_of_opportunities(self) -> bool {
        matches!(self, Self::ExcludeOpportunityTypes | Self::OpportunityKinds)
    }

    /// What was chosen.
    #[must_use]
    pub const fn of(self, settings: &IntegrationSettings) -> &BTreeSet<String> {
        match self {
            Self::Queues => &settings.scope.queues,
            Self::Categories => &settings.scope.categories,
            Self::ExcludeStatuses => &settings.scope.exclude_statuses,
            Self::TicketTypes => &settings.scope.ticket_types,
            Self::ExcludeProjectTypes => &settings.scope.exclude_project_types,
            Self::ExcludeOpportunityTypes => &settings.scope.exclude_opportunity_types,
            Self::OpportunityKinds => &settings.opportunity_import.kinds,
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
            Self::TicketTypes => &mut settings.scope.ticket_types,
            Self::ExcludeProjectTypes => &mut settings.scope.exclude_project_types,
            Self::ExcludeOpportunityTypes => &mut settings.scope.exclude_opportunity_types,
            Self::OpportunityKinds => &mut settings.opportunity_import.kinds,
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

/// What decides which opportunities come in on their own, in the provider's words
/// ([`crate::opportunity_import::OpportunityImport`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpportunityImportForm {
    /// Label of the switch.
    pub enabled: &'static str,
    /// What it does.
    pub enabled_help: &'static str,
    /// Label of the least value.
    pub minimum: &'static str,
    /// What it does.
    pub minimum_help: &'static str,
    /// Kinds that come in. They are free texts there: the list has those that were seen.
    pub kinds: ScopeList,
    /// The vendor field of an opportunity that tells its kind.
    pub kind_field: &'static str,
}

/// Types of contacts that stand in no list of the vendor's: those that were seen are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactTypes {
    /// The vendor field of a contact that has their names.
    pub field: &'static str,
    /// Where the account decides which of its own fields they are told by: the choice.
    pub choice: Option<ContactTypeChoice>,
}

/// The name of the form's field with the field that tells the type of a contact.
pub const CONTACT_TYPE_FIELD: &str = "contact_type_field";

/// Which field of contacts tells their type, in the provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactTypeChoice {
    /// Its label.
    pub label: &'static str,
    /// What choosing does.
    pub help: &'static str,
    /// What nothing chosen means.
    pub none: &'static str,
    /// The vendor's name of the title, which may be chosen although it is no field of the account's own here.
    pub title: &'static str,
}

/// A default for opportunities made in Portico.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpportunityValue {
    /// Who owns it when its maker has no account at the vendor.
    FallbackOwner,
    /// The workflow it goes through.
    Workflow,
    /// The stage it begins in.
    Stage,
    /// Its status.
    Status,
    /// Its type.
    Type,
    /// Its category.
    Category,
    /// Its second category.
    Category2,
    /// Its third category.
    Category3,
    /// Its fourth category.
    Category4,
    /// The probability it begins with, one of a list.
    Probability,
    /// The probability it begins with, in percent.
    ConversionProbability,
    /// Days from its start to its projected close.
    ProjectedCloseDays,
}

impl OpportunityValue {
    /// Every default.
    pub const ALL: [Self; 12] = [
        Self::FallbackOwner,
        Self::Workflow,
        Self::Stage,
        Self::Status,
        Self::Type,
        Self::Category,
        Self::Category2,
        Self::Category3,
        Self::Category4,
        Self::Probability,
        Self::ConversionProbability,
        Self::ProjectedCloseDays,
    ];

    /// The name of the form's field.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FallbackOwner => "fallback_owner",
            Self::Workflow => "default_workflow",
            Self::Stage => "default_stage",
            Self::Status => "default_status",
            Self::Type => "default_type",
            Self::Category => "default_category",
            Self::Category2 => "default_category_2",
            Self::Category3 => "default_category_3",
            Self::Category4 => "default_category_4",
            Self::Probability => "default_probability",
            Self::ConversionProbability => "default_conversion_probability",
            Self::ProjectedCloseDays => "projected_close_days",
        }
    }

    /// What is chosen from; `None` for a number.
    #[must_use]
    pub const fn kind(self) -> Option<ReferenceKind> {
        match self {
            Self::FallbackOwner => Some(ReferenceKind::Owner),
            Self::Workflow => Some(ReferenceKind::Workflow),
            Self::Stage => Some(ReferenceKind::OpportunityStage),
            Self::Status => Some(ReferenceKind::OpportunityStatus),
            Self::Type => Some(ReferenceKind::OpportunityType),
            Self::Category => Some(ReferenceKind::OpportunityCategory),
            Self::Category2 => Some(ReferenceKind::Category2),
            Self::Category3 => Some(ReferenceKind::Category3),
            Self::Category4 => Some(ReferenceKind::Category4),
            Self::Probability => Some(ReferenceKind::OpportunityProbability),
            Self::ConversionProbability | Self::ProjectedCloseDays => None,
        }
    }

    /// The numbers that may be typed; `None` for what is chosen from a list.
    #[must_use]
    pub const fn range(self) -> Option<RangeInclusive<u32>> {
        match self {
            Self::ConversionProbability => Some(0..=100),
            // Ten years.
            Self::ProjectedCloseDays => Some(1..=3_650),
            _ => None,
        }
    }

    /// The number in a text; `None` for one that may not be typed.
    #[must_use]
    pub fn number(self, typed: &str) -> Option<u32> {
        let number = typed.parse().ok()?;
        self.range()?.contains(&number).then_some(number)
    }

    /// What is chosen or typed, as a form has it.
    #[must_use]
    pub fn text(self, defaults: &OpportunityDefaults) -> Option<String> {
        // A place is the same in what may be changed, and a copy costs a few short texts.
        match self.place(&mut defaults.clone()) {
            Place::Choice(id) => id.clone(),
            Place::Number(number) => number.map(|number| number.to_string()),
        }
    }

    /// Keeps what was chosen or typed. A text that is no number of the range is none.
    pub fn put(self, defaults: &mut OpportunityDefaults, text: Option<String>) {
        match self.place(defaults) {
            Place::Choice(id) => *id = text,
            Place::Number(number) => {
                *number = text.and_then(|text| self.number(&text));
            }
        }
    }

    const fn place(self, defaults: &mut OpportunityDefaults) -> Place<'_> {
        match self {
            Self::FallbackOwner => Place::Choice(&mut defaults.fallback_owner),
            Self::Workflow => Place::Choice(&mut defaults.workflow),
            Self::Stage => Place::Choice(&mut defaults.stage),
            Self::Status => Place::Choice(&mut defaults.status),
            Self::Type => Place::Choice(&mut defaults.kind),
            Self::Category => Place::Choice(&mut defaults.category),
            Self::Category2 => Place::Choice(&mut defaults.category_2),
            Self::Category3 => Place::Choice(&mut defaults.category_3),
            Self::Category4 => Place::Choice(&mut defaults.category_4),
            Self::Probability => Place::Choice(&mut defaults.probability),
            Self::ConversionProbability => Place::Number(&mut defaults.conversion_probability),
            Self::ProjectedCloseDays => Place::Number(&mut defaults.projected_close_days),
        }
    }
}

/// Where a default is kept.
enum Place<'d> {
    /// Id of a value of a list.
    Choice(&'d mut Option<String>),
    /// A number.
    Number(&'d mut Option<u32>),
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
    /// The lists of *Ticket Sync Scope* and of *Opportunity Sync Scope*.
    pub scope: &'static [ScopeList],
    /// The lists that say which companies become companies here on their own.
    pub companies: &'static [ScopeList],
    /// The label of *Skip Inactive Companies*, in the provider's word. Where it is no choice, inactive companies are always
    /// skipped.
    pub skip_inactive: Option<&'static str>,
    /// The defaults for opportunities.
    pub opportunity: &'static [OpportunityField],
    /// What decides which opportunities come in on their own; `None` where all do.
    pub opportunity_import: Option<OpportunityImportForm>,
    /// Types of contacts that are in no list; `None` where there are none such.
    pub contact_types: Option<ContactTypes>,
    /// The stages its own statuses stand for at first; others go by the words of their labels.
    pub stages: OwnStages,
    /// Label of the status a ticket gets at first when a client comments on it; empty where it stays as it is.
    pub client_comment_status: &'static str,
}

impl SetupData {
    /// Nothing yet, for a provider that is not available.
    pub const NONE: Self = Self {
        flows: &[],
        scope: &[],
        companies: &[],
        skip_inactive: None,
        opportunity: &[],
        opportunity_import: None,
        contact_types: None,
        stages: &[],
        client_comment_status: "",
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_default_has_a_place_of_its_own() {
        let mut defaults = OpportunityDefaults::default();
        for (place, value) in (1..).zip(OpportunityValue::ALL) {
            assert_eq!(value.text(&defaults), None, "{}", value.key());
            value.put(&mut defaults, Some(place.to_string()));
        }
        for (place, value) in (1..).zip(OpportunityValue::ALL) {
            let kept = value.text(&defaults);
            assert_eq!(kept, Some(place.to_string()), "{}", value.key());
            assert_eq!(value.kind().is_none(), value.range().is_some());
        }
        for (typed, kept) in [
            ("101", None),
            ("-1", None),
            ("soon", None),
            ("0", Some("0")),
        ] {
            let value = OpportunityValue::ConversionProbability;
            value.put(&mut defaults, Some(typed.to_owned()));
            assert_eq!(value.text(&defaults).as_deref(), kept, "{typed}");
        }
    }
}
