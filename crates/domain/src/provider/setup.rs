//! What the setup wizard asks for and says, where that differs from provider to provider.

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

/// A list of *Ticket Sync Scope*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeField {
    /// Queues, boards or teams whose tickets are kept.
    Queues,
    /// Categories whose tickets are kept.
    Categories,
    /// Statuses whose tickets are left out.
    ExcludeStatuses,
}

/// A list of *Ticket Sync Scope* with its words.
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
    /// Its category.
    Category,
    /// Days from its start to its projected close.
    ProjectedCloseDays,
}

impl OpportunityValue {
    /// The name of the form's field.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::FallbackOwner => "fallback_owner",
            Self::Stage => "default_stage",
            Self::Category => "default_category",
            Self::ProjectedCloseDays => "projected_close_days",
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
    /// The lists of *Ticket Sync Scope*.
    pub scope: &'static [ScopeList],
    /// The defaults for opportunities.
    pub opportunity: &'static [OpportunityField],
}

impl SetupData {
    /// Nothing yet, for a provider that is not available.
    pub const NONE: Self = Self {
        flows: &[],
        scope: &[],
        opportunity: &[],
    };
}
