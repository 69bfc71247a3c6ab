//! *Delete data*: a second, named action after *Disconnect*. What was synced is removed from the database in small
//! commits; companies people work with stay, without the link.

use domain::id::IntegrationId;
use domain::stream::Stream;
use serde_json::json;
use store::audit::Actor;
use store::{installation_settings, integration_data, integrations, jobs, pages, secrets};

use super::message;
use super::outcome::ActionOutcome;
use super::save::{account_setting, blocks_setting};
use crate::audit;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::request;

/// How many records of a kind are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// All of them.
    pub all: u64,
    /// Those of them that no page shows: out of scope, or removed.
    pub hidden: u64,
}

/// What an integration brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldData {
    /// Companies of the vendor, but those that a person removed and blocked.
    pub companies: Held,
    /// Contacts.
    pub contacts: Held,
    /// Technicians.
    pub technicians: Held,
    /// Tickets.
    pub tickets: Held,
    /// Comments of tickets.
    pub notes: Held,
    /// Opportunities.
    pub opportunities: Held,
}

/// Counts what *Disconnect* keeps and *Delete data* removes, what no page shows among it.
///
/// # Errors
/// As any statement.
pub async fn held_data(engine: &Engine, id: IntegrationId) -> Result<HeldData> {
    let store = engine.store();
    let all = integration_data::count_rows(store, id).await?;
    let held = async |all: u64, stream| -> Result<Held> {
        let shown = pages::count_shown(store, id, stream).await?;
        let hidden = all.saturating_sub(shown);
        Ok(Held { all, hidden })
    };
    Ok(HeldData {
        // Blocked ones are on no page and stay, so they count neither way.
        companies: Held {
            all: all.companies,
            hidden: all.hidden_companies,
        },
        contacts: held(all.contacts, Stream::Contacts).await?,
        technicians: held(all.technicians, Stream::Technicians).await?,
        tickets: held(all.tickets, Stream::Tickets).await?,
        notes: held(all.notes, Stream::TicketNotes).await?,
        opportunities: held(all.opportunities, Stream::Opportunities).await?,
    })
}

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
