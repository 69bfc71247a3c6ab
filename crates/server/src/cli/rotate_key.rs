//! `portico rotate-key`: a new master key, everything sealed again with it, and the old one retired.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use domain::clock::{SharedClock, SystemClock};
use serde_json::{Value, json};
use store::audit::{Actor, AuditEntry, insert_entry};
use store::{Store, key_ring, secrets};

use super::{Source, lost_key, output};
use crate::app;
use crate::config::Config;

/// Secrets sealed again in one go.
const BATCH: i64 = 100;

/// Arguments of `portico rotate-key`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only seal everything with the newest key in the file, without making another. With PostgreSQL this is the second
    /// step, after the file was copied to every node; until then the new key seals nothing.
    #[arg(long)]
    seal: bool,

    /// Retire an older key, by the name `portico doctor` gives it: the database no longer asks for it, and it leaves the
    /// key file. Refused while something is sealed with it.
    #[arg(long, value_name = "KEY", conflicts_with = "seal")]
    forget: Option<String>,

    /// Go on without a key that is lost for good: disconnects the integrations and takes off the authenticator apps whose
    /// secrets only it could open. Everything else stays. Says whom it concerns, and asks.
    #[arg(long, conflicts_with_all = ["seal", "forget"])]
    lost: bool,

    /// With --lost: do not ask.
    #[arg(long, requires = "lost")]
    yes: bool,
}

/// Adds a key and seals with it. With PostgreSQL the sealing waits until every node has the file.
///
/// # Errors
/// When Portico is running on this SQLite database, or a file cannot be used.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let config = source.load(None)?;
    if arguments.lost {
        return lost_key::give_up(&config, arguments.yes).await;
    }
    let store_config = app::store_config(&config);
    let file = key_ring::path(&store_config.database, &store_config.master_key)
        .context("The master key is not in a file")?;
    if let Some(key) = &arguments.forget {
        return forget(&config, &file, key).await;
    }
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
    let newest = secrets::use_newest_key(&store).await?;
    while secrets::rotate_batch(&store, BATCH).await? > 0 {}
    let mut tx = store.begin().await?;
    let after = Some(json!({ "key": newest }));
    insert_entry(&mut tx, &entry("master_key.rotate", None, after)).await?;
    tx.commit().await?;
    store.close().await;
    output::say(&format!("Every stored secret is sealed with {newest} now."));
    Ok(())
}

/// Strikes a key out of the database, then out of the file. Broken off between the two it can be done again.
async fn forget(config: &Config, file: &Path, key: &str) -> anyhow::Result<()> {
    let store = open(config).await?;
    let mut tx = store.begin().await?;
    secrets::forget_key(&mut tx, key).await?;
    let before = Some(json!({ "key": key }));
    insert_entry(&mut tx, &entry("master_key.forget", before, None)).await?;
    tx.commit().await?;
    store.close().await;
    key_ring::remove_key(file, key).with_context(|| {
        format!("The database no longer needs the key {key}, but it is still in the key file")
    })?;
    let file = file.display();
    output::say(&format!(
        "The key {key} is retired and no longer in {file}. A backup from before the rotation needs it for its credentials."
    ));
    if config.uses_postgres() {
        output::say("Take it out of the key file of every other node too.");
    }
    Ok(())
}

/// An entry about the master key.
pub const fn entry(action: &str, before: Option<Value>, after: Option<Value>) -> AuditEntry<'_> {
    AuditEntry {
        actor: &Actor::CommandLine,
        action,
        subject_kind: "installation",
        subject_id: "master_key",
        subject_label: "Master key",
        before,
        after,
    }
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    let clock: SharedClock = Arc::new(SystemClock);
    app::open_store(config, clock).await
}
