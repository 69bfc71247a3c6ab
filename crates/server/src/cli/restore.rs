//! `portico restore`: puts a backup in the place of the SQLite database.

use std::path::PathBuf;

use anyhow::Context;
use domain::clock::{Clock, SystemClock};
use store::backup;

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
    output::say(&format!(
        "Restored {} (schema {}).",
        arguments.from.display(),
        restored.migration
    ));
    if let Some(kept) = restored.replaced {
        output::say(&format!(
            "The database that was there is kept as {}.",
            kept.display()
        ));
    }
    if !restored.needs_keys.is_empty() {
        let file = config.master_key_file();
        output::say(&format!(
            "It needs the master key file {} with the key {}.",
            file.display(),
            restored.needs_keys.join(", ")
        ));
        if !file.exists() {
            output::complain(
                "That file is missing: put your copy of it there before starting Portico.",
            );
        }
    }
    Ok(())
}
