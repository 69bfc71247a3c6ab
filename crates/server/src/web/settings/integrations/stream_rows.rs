//! What is read from an integration: one row for each stream.

use domain::provider::Provider;
use store::checkpoints::Checkpoint;
use store::company_adoption::count_unlinked;
use store::company_import::count_blocked;
use store::integrations::Integration;
use sync::stream_state;

use super::detail_page::StreamRow;
use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::Shell;
use crate::web::view::number::{counted, grouped};
use crate::web::view::time::every;

/// The streams of an integration, in reading order.
///
/// # Errors
/// When the database does not answer.
pub async fn streams(
    app: &App,
    shell: &Shell,
    provider: &Provider,
    integration: &Integration,
) -> Result<Vec<StreamRow>, Failure> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for state in stream_state::streams(app.engine(), integration).await? {
        let found = state.checkpoint.as_ref();
        let (mut note, mut note_meaning) = (String::new(), String::new());
        if let Some(here) = state.companies {
            let left = NotCompanies::count(app, integration).await?;
            if left.unlinked + left.blocked > 0 {
                note = format!("{} are companies in Portico", grouped(number(here)));
                let why = [
                    left.unlinked_text(provider.name),
                    left.blocked_text(provider.name),
                ];
                note_meaning = why.into_iter().flatten().collect::<Vec<_>>().join(" ");
            }
        }
        let (verified, verified_meaning) = verified(found);
        rows.push(StreamRow {
            label: provider.words.stream(state.capability.stream),
            records: state
                .records
                .map_or_else(|| "–".to_owned(), |count| grouped(number(count))),
            note,
            note_meaning,
            last_completed: shell.maybe_time(found.and_then(|one| one.last_completed_at)),
            how: if !state.selected {
                "switched off".to_owned()
            } else if state.capability.incremental {
                "by change".to_owned()
            } else {
                format!("whole, every {}", every(state.capability.full_cadence))
            },
            full_completed: shell.maybe_time(found.and_then(|one| one.full_completed_at)),
            verified,
            verified_meaning,
        });
    }
    Ok(rows)
}

/// The company records of a company source that are no companies of Portico.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotCompanies {
    /// Those that stand for no company, since the rules of the *Sync* step keep them from it.
    pub unlinked: u64,
    /// Those whose company a person removed.
    pub blocked: u64,
}

impl NotCompanies {
    /// How many there are now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(app: &App, integration: &Integration) -> Result<Self, Failure> {
        Ok(Self {
            unlinked: count_unlinked(app.store(), integration.id).await?,
            blocked: count_blocked(app.store(), integration.id, None).await?,
        })
    }

    /// Says how many stand for no company, and why; nothing when none does.
    #[must_use]
    pub fn unlinked_text(self, provider: &str) -> Option<String> {
        let (verb, because) = if self.unlinked == 1 {
            ("is not a company", "it is inactive, or of a type or status")
        } else {
            (
                "are not companies",
                "they are inactive, or of a type or status",
            )
        };
        let records = records(self.unlinked)?;
        Some(format!(
            "{records} of {provider} {verb} here: {because} that the Sync step leaves out."
        ))
    }

    /// Says how many are blocked; nothing when none is.
    #[must_use]
    pub fn blocked_text(self, provider: &str) -> Option<String> {
        let rest = if self.blocked == 1 {
            "is blocked: its company was removed here."
        } else {
            "are blocked: their companies were removed here."
        };
        Some(format!("{} of {provider} {rest}", records(self.blocked)?))
    }
}

fn records(count: u64) -> Option<String> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (count > 0).then(|| counted(count, "record", "records"))
}

/// Whether the last full run agreed with the vendor's own total. A stream that is only read by change has none.
fn verified(found: Option<&Checkpoint>) -> (&'static str, &'static str) {
    match found {
        None => ("", ""),
        Some(one) if one.full_completed_at.is_none() => (
            "–",
            "Only full runs are compared, and this is read by change",
        ),
        Some(one) => match one.verified {
            Some(true) => ("verified", "The vendor's own total agreed"),
            Some(false) => ("differed", "The vendor's own total differed"),
            None => (
                "not verified",
                "The vendor told no total, or it changed while the records were read",
            ),
        },
    }
}
