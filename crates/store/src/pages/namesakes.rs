//! Other contacts of a company with the address of one, as far as a full run has met them.

use domain::id::{IntegrationId, StreamRunId};

use crate::error::Result;
use crate::tx::Tx;

row! {
    /// A contact with the same address.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Namesake {
        /// The vendor's id.
        pub external_id: String,
        /// Whether it is stored as the primary one.
        pub primary: bool = i64 => crate::decode::flag,
    }
}

/// The contacts of a company with an address, in its normal form, that the run has seen.
///
/// # Errors
/// As any statement.
pub async fn list_namesakes(
    tx: &mut Tx,
    stream_run: StreamRunId,
    integration: IntegrationId,
    company: &str,
    email_key: &str,
) -> Result<Vec<Namesake>> {
    tx_all!(tx, LIST, integration.0, email_key, company, stream_run.0)
}

statements! {
    // `OFFSET 0`: as in `list_unseen`, marks are looked up and never lead. The plus: nor does the integration, which PostgreSQL
    // may take for one of a single contact.
    LIST = "SELECT c.external_id, c.is_primary AS \"primary\" FROM external_contact c
        WHERE +c.integration_id = $1 AND c.email_key = $2 AND c.company_external_id = $3 AND EXISTS
            (SELECT 1 FROM seen_mark s WHERE s.stream_run_id = $4 AND s.external_id = c.external_id LIMIT 1 OFFSET 0)
        ORDER BY c.external_id";
}
