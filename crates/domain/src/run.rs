//! Sync runs: what woke them, how they end, what they counted.

use serde::{Deserialize, Serialize};

/// What asked for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The connection was just made.
    Connect,
    /// Auto-sync.
    Schedule,
    /// *Resync*.
    Resync,
    /// *Quick Sync*.
    QuickSync,
    /// *Clear & Resync*.
    ClearResync,
    /// Leaving the Sync step of the setup wizard.
    Wizard,
    /// The command line.
    CommandLine,
    /// A settings change that needs a full run.
    SettingsChange,
    /// The nightly reconciliation.
    Reconciliation,
    /// A verified webhook.
    Webhook,
    /// A retry after a failure.
    Retry,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Self; 11] = [
        Self::Connect,
        Self::Schedule,
        Self::Resync,
        Self::QuickSync,
        Self::ClearResync,
        Self::Wizard,
        Self::CommandLine,
        Self::SettingsChange,
        Self::Reconciliation,
        Self::Webhook,
        Self::Retry,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Schedule => "schedule",
            Self::Resync => "resync",
            Self::QuickSync => "quick_sync",
            Self::ClearResync => "clear_resync",
            Self::Wizard => "wizard",
            Self::CommandLine => "command_line",
            Self::SettingsChange => "settings_change",
            Self::Reconciliation => "reconciliation",
            Self::Webhook => "webhook",
            Self::Retry => "retry",
        }
    }

    /// The trigger with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trigger| trigger.key() == key)
    }

    /// What the sync log says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Connect => "First connection",
            Self::Schedule => "Auto-sync",
            Self::Resync => "Resync",
            Self::QuickSync => "Quick Sync",
            Self::ClearResync => "Clear & Resync",
            Self::Wizard => "Setup wizard",
            Self::CommandLine => "Command line",
            Self::SettingsChange => "Settings change",
            Self::Reconciliation => "Nightly reconciliation",
            Self::Webhook => "Webhook",
            Self::Retry => "Retry",
        }
    }

    /// Whether the two-minute window applies (rule P12): a person asking, never webhooks, the schedule,
    /// retries, *Clear & Resync* or a settings change.
    #[must_use]
    pub const fn is_windowed(self) -> bool {
        matches!(
            self,
            Self::Resync | Self::QuickSync | Self::Wizard | Self::CommandLine
        )
    }
}

/// State of a run or of one stream's part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waiting for a worker.
    Waiting,
    /// Being worked on.
    Running,
    /// Everything was read.
    Completed,
    /// Finished, but something was set aside, held back or not read.
    Partial,
    /// Ended without finishing.
    Failed,
    /// Replaced by a newer run before it finished.
    Superseded,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Running,
        Self::Completed,
        Self::Partial,
        Self::Failed,
        Self::Superseded,
    ];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }

    /// The state with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// What one stream's part of a run counted. `fetched = stored + unchanged + out_of_scope + set_aside` (rule P10),
/// where stored is created + changed; `repeated` counts records a page carried twice and is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Distinct records the vendor sent.
    pub fetched: i64,
    /// New here.
    pub created: i64,
    /// Known and different.
    pub changed: i64,
    /// Known and equal: no write.
    pub unchanged: i64,
    /// Not kept because of the scope.
    pub out_of_scope: i64,
    /// Could not be read.
    pub set_aside: i64,
    /// Marked as removed.
    pub removed: i64,
    /// Sent again within one page or run.
    pub repeated: i64,
    /// Pages stored.
    pub pages: i64,
    /// Requests sent.
    pub requests: i64,
}

impl Counts {
    /// Whether the sum of rule P10 holds.
    #[must_use]
    pub const fn adds_up(&self) -> bool {
        self.fetched
            == self.created + self.changed + self.unchanged + self.out_of_scope + self.set_aside
    }

    /// Adds another part's counts.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            fetched: self.fetched + other.fetched,
            created: self.created + other.created,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
            out_of_scope: self.out_of_scope + other.out_of_scope,
            set_aside: self.set_aside + other.set_aside,
            removed: self.removed + other.removed,
            repeated: self.repeated + other.repeated,
            pages: self.pages + other.pages,
            requests: self.requests + other.requests,
        }
    }
}
