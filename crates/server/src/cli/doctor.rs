//! `portico doctor`: looks at everything and says what is wrong, also beside a running Portico.

use std::process::ExitCode;
use std::sync::Arc;

use domain::clock::{SharedClock, SystemClock};
use store::Store;
use store::doctor::{self, Level};

use super::{Source, output};
use crate::app;

/// Prints the checks; the exit status tells whether one failed.
///
/// # Errors
/// When the configuration cannot be used.
pub async fn run(source: &Source) -> anyhow::Result<ExitCode> {
    let config = source.load(None)?;
    tell(
        Level::Ok,
        "Configuration",
        &format!("can be read; people open {}", config.base_address()),
    );
    let clock: SharedClock = Arc::new(SystemClock);
    let store = match Store::open_read_only(app::store_config(&config), clock).await {
        Ok(store) => store,
        Err(error) => {
            tell(Level::Fail, "Database", &error.to_string());
            output::say("\nThe other checks need the database.");
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut worst = Level::Ok;
    for check in doctor::check(&store).await {
        tell(check.level, check.name, &check.detail);
        worst = worst.max(check.level);
    }
    store.close().await;
    output::say(match worst {
        Level::Ok => "\nAll is well.",
        Level::Warn => "\nPortico works. The lines with WARN say what to look at.",
        Level::Fail => "\nPortico does not work like this. The lines with FAIL say what to do.",
    });
    Ok(if worst == Level::Fail {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn tell(level: Level, name: &str, detail: &str) {
    let word = match level {
        Level::Ok => "ok  ",
        Level::Warn => "WARN",
        Level::Fail => "FAIL",
    };
    output::say(&format!("{word}  {name:<17} {detail}"));
}
