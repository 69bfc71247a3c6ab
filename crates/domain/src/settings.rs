//! What an administrator chose for one integration, stored as JSON with a revision that counts its changes.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

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
    /// *Client Comment Status*: the status a ticket gets when a client comments. Where each board has statuses of its
    /// own, those of one name, of which a ticket gets its board's; one on a board without any keeps its status. Empty:
    /// all do. Acts once comments are sent.
    #[serde(deserialize_with = "one_or_several")]
    pub client_comment_status: BTreeSet<String>,
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
            client_comment_status: BTreeSet::new(),
            opportunity_import: OpportunityImport::default(),
            opportunity: OpportunityDefaults::default(),
        }
    }
}

/// Ids, of which there was one or none before boards were told apart.
fn one_or_several<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeSet<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Several(BTreeSet<String>),
        One(Option<String>),
    }
    Ok(match Stored::deserialize(deserializer)? {
        Stored::Several(ids) => ids,
        Stored::One(id) => id.into_iter().collect(),
    })
}

impl IntegrationSettings {
    /// Whether a stream is to be read.
    #[must_use]
    pub fn reads(&self, stream: Stream) -> bool {
        self.record_types.contains(&stream.record_type())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_status_of_before_is_read_as_several_are() {
        for (stored, expected) in [
            ("{}", ""),
            (r#"{"client_comment_status":null}"#, ""),
            (r#"{"client_comment_status":"7"}"#, "7"),
            (r#"{"client_comment_status":"In Progress"}"#, "In Progress"),
            (r#"{"client_comment_status":[]}"#, ""),
            (r#"{"client_comment_status":["9","7"]}"#, "7,9"),
        ] {
            let read: IntegrationSettings = serde_json::from_str(stored).expect(stored);
            let ids: Vec<String> = read.client_comment_status.iter().cloned().collect();
            assert_eq!(ids.join(","), expected, "{stored}");
            let again = serde_json::to_string(&read).expect("it can be stored");
            let again: IntegrationSettings = serde_json::from_str(&again).expect(stored);
            assert_eq!(again, read, "{stored}");
        }
        let wrong = serde_json::from_str::<IntegrationSettings>(r#"{"client_comment_status":7}"#);
        wrong.expect_err("no id");
    }
}
