//! What a card and the page of an integration say about the reading of queues, statuses and the like.

use domain::provider::Provider;
use sync::status::Overview;

use super::card::ReferenceNote;
use crate::web::view::{Shell, Tone};

/// What there is to say while it waits or after it failed; nothing when all is well.
#[must_use]
pub fn reference_note(
    shell: &Shell,
    provider: &Provider,
    overview: &Overview,
) -> Option<ReferenceNote> {
    let read = overview.reference_read.as_ref()?;
    let last_read = shell.maybe_time(overview.integration.reference_data_at);
    if read.waits() {
        return Some(ReferenceNote {
            tone: Tone::Plain,
            title: "Statuses, priorities, categories and types are being read.".to_owned(),
            message: String::new(),
            hint: String::new(),
            last_read,
        });
    }
    let failed = shell.time(read.failed_at?).absolute;
    let again = match read.next_attempt_at {
        Some(at) => format!("Tried again {}.", shell.time(at).relative),
        None if overview.integration.refused_since.is_some() => {
            "Not tried again before the credentials work.".to_owned()
        }
        None if overview.integration.settings.auto_sync => {
            "Tried again with the nightly reconciliation, or with Sync PSA Data.".to_owned()
        }
        None => "Not tried again by itself: auto-sync is off. Use Sync PSA Data.".to_owned(),
    };
    Some(ReferenceNote {
        tone: Tone::Warning,
        title: format!("PSA data could not be read, {failed}. {again}"),
        message: read.message.clone().unwrap_or_default(),
        hint: read
            .hint
            .map(|hint| hint.sentence(provider))
            .unwrap_or_default(),
        last_read,
    })
}
