//! What is read from an integration: one row for each stream.

use domain::provider::Provider;
use store::checkpoints::Checkpoint;
use store::integrations::Integration;
use sync::stream_state;

use super::detail_page::StreamRow;
use super::waiting_companies::WaitingCompanies;
use crate::app::App;
use crate::web::error::Failure;
use crate::web::view::Shell;
use crate::web::view::number::grouped;
use crate::web::view::time::every;

/// The streams of an integration, in reading order.
///
/// # Errors
/// When the database does not answer.
pub async fn streams(
    app: &App,
    shell: &Shell,
    provider: &'static Provider,
    integration: &Integration,
) -> Result<Vec<StreamRow>, Failure> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for state in stream_state::streams(app.engine(), integration).await? {
        let found = state.checkpoint.as_ref();
        let (mut note, mut note_meaning) = (String::new(), String::new());
        if let Some(here) = state.companies {
            let left = WaitingCompanies::count(app, provider, integration).await?;
            if !left.is_none() {
                let verb = if here == 1 {
                    "is a company"
                } else {
                    "are companies"
                };
                note = format!("{} {verb} in Portico", grouped(number(here)));
                let why = [left.text(), left.blocked_text()];
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
