//! What the operations on a connection answer: plain data for pages and the command line.

use domain::hint::Hint;
use domain::id::{IntegrationId, PublicId};
use store::integrations::MissingPermission;

use crate::setup::SettingsProblem;

/// A connection that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSummary {
    /// Who we are there: zone, account or tenant.
    pub account: String,
    /// Address of the vendor's own screens.
    pub web_url: Option<String>,
    /// Rights that are missing, required ones first.
    pub missing: Vec<MissingRight>,
}

impl ConnectionSummary {
    /// Whether a right that syncing needs is missing.
    #[must_use]
    pub fn lacks_required(&self) -> bool {
        self.missing.iter().any(|right| right.required)
    }
}

/// A right the credentials lack.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MissingRight {
    /// What cannot be read, in the vendor's words.
    pub area: String,
    /// The right, in the words of the vendor's screens.
    pub right: String,
    /// Whether syncing needs it.
    pub required: bool,
}

impl From<&MissingPermission> for MissingRight {
    fn from(missing: &MissingPermission) -> Self {
        Self {
            area: missing.area.clone(),
            right: missing.right.clone(),
            required: missing.required,
        }
    }
}

/// Why something did not work, for the person who tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What happened, in a plain sentence.
    pub message: String,
    /// What to check.
    pub hint: Option<Hint>,
    /// Key of the form field to blame.
    pub field: Option<&'static str>,
    /// Keys of the fields of which one is to blame, where the vendor does not tell which.
    pub among: &'static [&'static str],
    /// Further fields that are wrong, with what is wrong about each.
    pub others: Vec<(&'static str, String)>,
    /// Whether the vendor was asked. Otherwise the message is Portico's own and no answer of the vendor.
    pub asked: bool,
}

/// Outcome of *Test Connection*; it saves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestOutcome {
    /// It works.
    Connected(ConnectionSummary),
    /// It does not.
    Failed(Refusal),
}

/// When a new connection begins to sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At once, with the settings given: it is set up.
    Now,
    /// When the Sync step of the setup wizard is left; until then there is no run and no schedule.
    AfterWizard,
}

/// Outcome of connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectOutcome {
    /// Saved. The first run is waiting, unless the setup wizard is to start it.
    Connected {
        /// The integration.
        integration: IntegrationId,
        /// Its id in addresses.
        uuid: PublicId,
        /// What the test showed.
        summary: ConnectionSummary,
    },
    /// Nothing was saved.
    Refused(Refusal),
}

/// Outcome of saving settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsOutcome {
    /// Saved under this revision.
    Saved {
        /// The new revision.
        revision: i64,
        /// Whether a run was asked for, because what is stored must be judged or read again.
        resync: bool,
    },
    /// Equal to what was there.
    Unchanged,
    /// Somebody else saved meanwhile; nothing was changed.
    Conflict,
    /// Values that cannot be, each with its field; nothing was changed.
    Refused(Vec<SettingsProblem>),
}

/// Outcome of an operation on an existing connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionOutcome {
    /// Done, or on its way.
    Done,
    /// It is not connected.
    NotConnected,
    /// It was not done; why.
    Refused(Refusal),
}
