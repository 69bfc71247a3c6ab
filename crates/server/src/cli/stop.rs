//! Ending: the first Ctrl-C or SIGTERM lets what runs come to an end, the second ends at once.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::output;

/// Exit status after a second Ctrl-C, as shells expect it.
const INTERRUPTED: i32 = 130;

/// A token that the first signal cancels.
///
/// # Errors
/// When the operating system refuses to deliver signals.
pub fn on_signal() -> anyhow::Result<CancellationToken> {
    let token = CancellationToken::new();
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let cancelled = token.clone();
    tokio::spawn(async move {
        for round in 0_u8.. {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if round > 0 {
                output::complain("Ended at once.");
                std::process::exit(INTERRUPTED);
            }
            output::complain("\nStopping; press Ctrl-C again to end at once.");
            cancelled.cancel();
        }
    });
    Ok(token)
}
