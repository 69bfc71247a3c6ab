//! `portico restore`: puts a backup in the place of the SQLite database.

use std::path::{Path, PathBuf};

use anyhow::Context;
use domain::clock::{Clock, SystemClock};
use domain::secret::Secret;
use store::backup;
use store::key_ring::KeyRing;

use super::{Source, output};
use crate::app;

/// Arguments of `portico restore`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

/// Checks the backup, keeps the present database beside it, and puts the backup in its place.
///
/// # Errors
/// When Portico is running, or the backup is damaged or too new.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let config = source.load(None)?;
    if !config.uses_postgres() {
        app::make_private_folder(&config.storage.data_dir)?;
    }
    let store_config = app::store_config(&config);
    let restored = backup::restore(&arguments.from, &store_config.database, SystemClock.now())
        .await
        .with_context(|| {
            format!(
                "{} was not restored; nothing was changed",
                arguments.from.display()
            )
        })?;
    let stands = match &store_config.database {
        store::Database::Sqlite(path) => path.display().to_string(),
        store::Database::Postgres(_) => String::new(),
    };
    output::say(&format!(
        "Restored: {} is now the database {stands}.",
        arguments.from.display()
    ));
    if let Some(kept) = restored.replaced {
        output::say(&format!(
            "The database that was there before is kept as {}; delete it once all is well.",
            kept.display()
        ));
    }
    if !restored.needs_keys.is_empty() {
        tell_keys(&config.master_key_file(), &restored.needs_keys);
    }
    output::say("Start Portico again, or run `portico doctor` to look first.");
    Ok(())
}

/// Whether the credentials in the backup can be read, and what to do when they cannot.
fn tell_keys(file: &Path, needed: &[String]) {
    let ring = std::fs::read_to_string(file)
        .ok()
        .and_then(|text| KeyRing::parse(&Secret::from(text)).ok());
    let known = ring.map(|ring| ring.ids()).unwrap_or_default();
    let missing: Vec<&str> = needed
        .iter()
        .filter(|key| !known.contains(key))
        .map(String::as_str)
        .collect();
    let file = file.display();
    if missing.is_empty() {
        output::say(&format!(
            "The credentials in it can be read: the key file {file} has their key."
        ));
    } else {
        output::complain(&format!(
            "The credentials in it cannot be read yet: the key file {file} is missing or lacks the key {}. Put your \
             copy of the key file there before you start Portico; if there is none, run portico rotate-key --lost.",
            missing.join(", ")
        ));
    }
}
