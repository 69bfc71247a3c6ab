//! `portico rotate-key --lost`: goes on without a master key nobody has any more, and gives up what it sealed.

use std::io::BufRead as _;
use std::sync::Arc;

use anyhow::bail;
use domain::clock::{SharedClock, SystemClock, UtcMillis};
use serde_json::json;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::nodes::{self, Node};
use store::secrets::{self, Lost};
use store::{Store, identities, integrations, two_factor};
use sync::{Engine, EngineConfig};

use super::output;
use super::rotate_key::entry;
use crate::app;
use crate::config::Config;

/// A node that showed that it lives within this time is taken to live.
const ALIVE: i64 = UtcMillis::MINUTE;

/// Disconnects the integrations and takes off the authenticator apps whose secrets are lost, then forgets the keys.
/// Broken off in the middle it can be done again.
///
/// # Errors
/// When Portico is running with this database, nothing is lost, or the answer is not yes.
pub async fn give_up(config: &Config, confirmed: bool) -> anyhow::Result<()> {
    let clock: SharedClock = Arc::new(SystemClock);
    let store =
        Store::open_without_lost_keys(app::store_config(config), Arc::clone(&clock)).await?;
    let lost = secrets::list_lost(&store).await?;
    if lost.keys.is_empty() {
        store.close().await;
        bail!("Nothing is lost: the key file has every key this database asks for");
    }
    // Another node may have the key in its file; then only this one's file is behind. With SQLite nobody else is there.
    let alive =
        |node: &Node| config.uses_postgres() && store.now().since(node.heartbeat_at) < ALIVE;
    if let Some(node) = nodes::list_nodes(&store).await?.into_iter().find(alive) {
        store.close().await;
        bail!(
            "Portico runs with this database (node {}). Stop it everywhere first; and if its key file has the key, copy that \
             file here instead",
            node.id
        );
    }
    tell(&store, &lost).await?;
    if !confirmed && !says_yes()? {
        store.close().await;
        bail!("Nothing was given up");
    }
    let engine = Engine::new(
        store.clone(),
        clock,
        EngineConfig::new("command line".to_owned()),
    );
    for id in &lost.integrations {
        sync::connect::disconnect(&engine, &Actor::CommandLine, *id).await?;
    }
    let mut tx = store.begin().await?;
    for id in &lost.identities {
        two_factor::disable(&mut tx, *id).await?;
        if let Some(person) = identities::find_identity_in(&mut tx, *id).await? {
            let subject = AuditEntry {
                subject_kind: "identity",
                subject_id: person.uuid.as_str(),
                subject_label: &person.email,
                ..entry("two_factor.reset", None, None)
            };
            insert_entry(&mut tx, &subject).await?;
        }
    }
    secrets::give_up_lost(&mut tx, &lost.keys).await?;
    let before = Some(json!({ "keys": lost.keys }));
    insert_entry(&mut tx, &entry("master_key.give_up", before, None)).await?;
    tx.commit().await?;
    let newest = store.key_ids().pop().unwrap_or_default();
    store.close().await;
    output::say(&format!(
        "Done. The key {newest} seals from now on. Keep a copy of the key file apart from the backups, start Portico, and \
         connect the integrations again in Settings, Integrations."
    ));
    Ok(())
}

/// Whom it concerns.
async fn tell(store: &Store, lost: &Lost) -> anyhow::Result<()> {
    output::say(&format!(
        "The key file lacks {}, which this database asks for. Without it:",
        lost.keys.join(", ")
    ));
    for id in &lost.integrations {
        let integration = integrations::find_integration(store, *id).await?;
        let name = integration.map_or_else(|| id.to_string(), |found| found.name);
        output::say(&format!(
            "  {name} is disconnected until it is connected again; what it brought stays"
        ));
    }
    for id in &lost.identities {
        let person = identities::find_identity(store, *id).await?;
        let email = person.map_or_else(|| id.to_string(), |found| found.email);
        output::say(&format!("  {email} loses the authenticator app"));
    }
    if lost.integrations.is_empty() && lost.identities.is_empty() {
        output::say("  nothing that is in use");
    }
    Ok(())
}

fn says_yes() -> anyhow::Result<bool> {
    output::say(
        "A copy of the key file, if there is one, saves all of that. Give it up? Type yes:",
    );
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
