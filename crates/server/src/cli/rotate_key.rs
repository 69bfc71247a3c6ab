//! `portico rotate-key`: a new master key, and everything sealed again with it.

use std::sync::Arc;

use anyhow::Context;
use domain::clock::{SharedClock, SystemClock};
use serde_json::json;
use store::audit::{Actor, AuditEntry, insert_entry};
use store::{Store, key_ring, secrets};

use super::{Source, output};
use crate::app;

/// Secrets sealed again in one go.
const BATCH: i64 = 100;

/// Arguments of `portico rotate-key`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only seal again with the newest key in the file, without making another. With PostgreSQL this is the second
    /// step, after the file was copied to every node.
    #[arg(long)]
    seal: bool,
}

/// Adds a key and seals with it. With PostgreSQL the sealing waits until every node has the file.
///
/// # Errors
/// When Portico is running on this SQLite database, or a file cannot be used.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let config = source.load(None)?;
    let store_config = app::store_config(&config);
    let file = key_ring::path(&store_config.database, &store_config.master_key)
        .context("The master key is not in a file")?;
    if !arguments.seal {
        // Opening proves that the present keys fit, and on SQLite that nobody else is at work.
        open(&config).await?.close().await;
        let id = key_ring::add_key(&file)?;
        output::say(&format!(
            "Added the key {id} to {}. Keep a copy of the file in another place.",
            file.display()
        ));
        if config.uses_postgres() {
            output::say("Copy the file to every node, then run: portico rotate-key --seal");
            return Ok(());
        }
    }
    let store = open(&config).await?;
    while secrets::rotate_batch(&store, BATCH).await? > 0 {}
    let newest = store.key_ids().pop().unwrap_or_default();
    let mut tx = store.begin().await?;
    let entry = AuditEntry {
        actor: &Actor::CommandLine,
        action: "master_key.rotate",
        subject_kind: "installation",
        subject_id: "master_key",
        subject_label: "Master key",
        before: None,
        after: Some(json!({ "key": newest })),
    };
    insert_entry(&mut tx, &entry).await?;
    tx.commit().await?;
    store.close().await;
    output::say(&format!("Every stored secret is sealed with {newest} now."));
    Ok(())
}

async fn open(config: &crate::config::Config) -> anyhow::Result<Store> {
    let clock: SharedClock = Arc::new(SystemClock);
    app::open_store(config, clock).await
}
