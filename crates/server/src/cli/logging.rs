//! The log: standard error, as text for people or JSON for machines.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts the log of this process, and sends panics there.
///
/// # Errors
/// When the level is none.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives(&log.level))
        .with_context(|| format!("log.level: {:?} is no level", log.level))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder
            .with_ansi(std::io::stderr().is_terminal())
            .try_init(),
    };
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        let cause = panic.payload_as_str().unwrap_or("no text");
        tracing::error!(place, cause, "panic");
    }));
    Ok(())
}

/// The level with the exceptions that make the log readable: files that are served are not listed at the start, and a
/// statement that took long is not printed as SQL. Who gives directives of their own, or asks for everything, gets what
/// they ask for.
fn directives(level: &str) -> String {
    let plain = ["error", "warn", "info"];
    if plain.contains(&level.trim().to_ascii_lowercase().as_str()) {
        format!("{level},memory_serve=warn,sqlx=error")
    } else {
        level.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_levels_leave_out_what_is_no_news() {
        assert_eq!(directives("info"), "info,memory_serve=warn,sqlx=error");
        for own in ["debug", "info,sqlx=debug"] {
            assert_eq!(directives(own), own);
        }
        for level in ["info", "WARN", "error", "debug", "nonsense=x=y"] {
            assert_eq!(
                EnvFilter::try_new(directives(level)).is_ok(),
                EnvFilter::try_new(level).is_ok(),
                "{level}"
            );
        }
    }
}
