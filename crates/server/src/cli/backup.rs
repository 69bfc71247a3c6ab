//! `portico backup`: a copy of the SQLite database, also while Portico runs.

use std::path::PathBuf;
use std::sync::Arc;

use domain::clock::{SharedClock, SystemClock};
use store::Store;
use store::backup::sqlite_backup;

use super::{Source, output};
use crate::app;

/// Arguments of `portico backup`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// File to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Writes the backup.
///
/// # Errors
/// When the database cannot be read or the file cannot be written.
pub async fn run(source: &Source, arguments: Arguments) -> anyhow::Result<()> {
    let config = source.load(None)?;
    let clock: SharedClock = Arc::new(SystemClock);
    let store = Store::open_read_only(app::store_config(&config), clock).await?;
    let backup = sqlite_backup(&store, &arguments.to).await?;
    store.close().await;
    output::say(&format!(
        "Wrote {} ({} KiB).\n{}",
        backup.path.display(),
        backup.bytes.div_ceil(1024),
        backup.notice
    ));
    Ok(())
}
