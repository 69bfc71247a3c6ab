//! What an administrator chose for one integration, stored as JSON with a revision that counts its changes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::opportunity_import::OpportunityImport;
use crate::scope::Scope;
use crate::stage::StageMap;
use crate::stream::{RecordType, Stream};

/// How often auto-sync runs, in minutes.
pub const INTERVALS: [u32; 3] = [5, 15, 30];

/// Settings of one integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrationSettings {
    /// Auto-sync on or off; survives restarts.
    pub auto_sync: bool,
    /// Auto-sync interval: one of [`INTERVALS`].
    pub interval_minutes: u32,
    /// Import existing tickets, notes and opportunities on first connect. Off: only those active from the
    /// connection on. Companies, contacts and technicians are always read whole, since tickets need them.
    pub initial_import: bool,
    /// The record types to sync.
    pub record_types: BTreeSet<RecordType>,
    /// Ticket sync scope.
    pub scope: Scope,
    /// Company types that become Portico companies on their own; empty means all.
    pub company_types: BTreeSet<String>,
    /// *Exclude Company Types*: company types that do not.
    pub exclude_company_types: BTreeSet<String>,
    /// *Exclude Company Statuses*: company statuses that do not.
    pub exclude_company_statuses: BTreeSet<String>,
    /// *Skip Inactive Companies*: companies the vendor has switched off do not.
    pub skip_inactive_companies: bool,
    /// Whether this integration is where Portico companies come from.
    pub company_source: bool,
    /// Statuses that mean a ticket is closed.
    pub closed_statuses: BTreeSet<String>,
    /// Resolution status stepper.
    pub stages: StageMap,
    /// Audiences of a comment that clients may read.
    pub public_note_audiences: BTreeSet<String>,
    /// *Auto-Import*: active contacts of companies here become users, not invited yet.
    pub auto_import: bool,
    /// *Default Role for Imported Contacts*: id of a company role.
    pub default_contact_role: Option<String>,
    /// The field of contacts that tells their type, for vendors where the account decides that.
    pub contact_type_field: Option<String>,
    /// *Client Comment Status*: the status a ticket gets when a client comments. Acts once comments are sent.
    pub client_comment_status: Option<String>,
    /// *Enable opportunity auto-import* and what narrows it.
    pub opportunity_import: OpportunityImport,
    /// Defaults of opportunities made here. Act once opportunities are sent.
    pub opportunity: OpportunityDefaults,
}

/// Defaults of opportunities that are made in Portico.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OpportunityDefaults {
    /// *Fallback Owner*: who owns it when its maker is not linked to anybody there.
    pub fallback_owner: Option<String>,
    /// *Default Workflow*.
    pub workflow: Option<String>,
    /// *Default Stage*.
    pub stage: Option<String>,
    /// *Default Status*.
    pub status: Option<String>,
    /// *Default Type*.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// *Default Category*.
    pub category: Option<String>,
    /// *Category 2*, of four that some vendors have.
    pub category_2: Option<String>,
    /// *Category 3*.
    pub category_3: Option<String>,
    /// *Category 4*.
    pub category_4: Option<String>,
    /// *Default Probability*, one of a list.
    pub probability: Option<String>,
    /// *Default Conversion Probability*, in percent.
    pub conversion_probability: Option<u32>,
    /// *Projected Close Days*: from the start date on.
    pub projected_close_days: Option<u32>,
}

impl Default for IntegrationSettings {
    fn default() -> Self {
        Self {
            auto_sync: true,
            interval_minutes: 15,
            initial_import: true,
            record_types: RecordType::ALL.into(),
            scope: Scope::default(),
            company_types: BTreeSet::new(),
            exclude_company_types: BTreeSet::new(),
            exclude_company_statuses: BTreeSet::new(),
            skip_inactive_companies: true,
            company_source: false,
            closed_statuses: BTreeSet::new(),
            stages: StageMap::new(),
            public_note_audiences: BTreeSet::new(),
            auto_import: false,
            default_contact_role: None,
            contact_type_field: None,
            client_comment_status: None,
            opportunity_import: OpportunityImport::default(),
            opportunity: OpportunityDefaults::default(),
        }
    }
}

impl IntegrationSettings {
    /// Whether a stream is to be read.
    #[must_use]
    pub fn reads(&self, stream: Stream) -> bool {
        self.record_types.contains(&stream.record_type())
    }
}
