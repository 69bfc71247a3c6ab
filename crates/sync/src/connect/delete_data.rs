//! *Delete data*: a second, named action after *Disconnect*. What was synced is removed from the database in small
//! commits; companies people work with stay, without the link.

use domain::id::IntegrationId;
use serde_json::json;
use store::audit::Actor;
use store::{installation_settings, integration_data, integrations, jobs, secrets};

use super::message;
use super::outcome::ActionOutcome;
use super::save::{account_setting, blocks_setting};
use crate::audit;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request;

/// Rows removed in one commit.
const ROWS: i64 = 2_000;

/// Removes everything an integration brought. Refused while it is connected.
///
/// # Errors
/// `NoIntegration`; else as any statement. Asking again goes on where it stopped.
pub async fn delete_data(
    engine: &Engine,
    actor: &Actor,
    id: IntegrationId,
) -> Result<ActionOutcome> {
    let store = engine.store();
    let mut removed = 0;
    loop {
        let mut tx = store.begin().await?;
        let integration = integrations::lock_integration(&mut tx, id)
            .await?
            .ok_or(Error::NoIntegration(id))?;
        if integration.has_credentials() {
            return Ok(ActionOutcome::Refused(message::plain(
                "Disconnect first; then the data can be deleted.",
            )));
        }
        let gone = integration_data::remove_batch(&mut tx, id, ROWS).await?;
        removed += gone;
        let waiting = jobs::withdraw_batch(&mut tx, &request::notes_key(id), ROWS).await?;
        if gone + waiting == 0 {
            integration_data::forget_account(&mut tx, id).await?;
            secrets::remove_secrets(&mut tx, &secrets::integration_owner(id)).await?;
            let (account, blocks) = (account_setting(id), blocks_setting(id));
            let key: Option<String> =
                installation_settings::find_setting_in(&mut tx, &account).await?;
            if let Some(key) = key {
                installation_settings::put_setting(&mut tx, &blocks, &key).await?;
            }
            installation_settings::remove_setting(&mut tx, &account).await?;
            let before = json!({ "account": integration.account });
            let after = json!({ "removed_rows": removed });
            audit::of_integration(
                &mut tx,
                actor,
                "integration.delete_data",
                &integration,
                Some(before),
                Some(after),
            )
            .await?;
            tx.commit().await?;
            return Ok(ActionOutcome::Done);
        }
        tx.commit().await?;
    }
}
