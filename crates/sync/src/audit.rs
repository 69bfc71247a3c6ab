//! Audit entries of the engine (rule X4): every change of a connection, its settings or its data names who, what,
//! before and after. Written in the transaction of the change; never with a secret.

use serde_json::Value;
use store::Tx;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::integrations::Integration;

use crate::error::Result;

/// Leaves an entry about an integration.
pub(crate) async fn of_integration(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    integration: &Integration,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let entry = AuditEntry {
        actor,
        action,
        subject_kind: "integration",
        subject_id: integration.uuid.as_str(),
        subject_label: &integration.name,
        before,
        after,
    };
    Ok(insert_entry(tx, &entry).await?)
}
