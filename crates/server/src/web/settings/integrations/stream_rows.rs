//! What is read from an integration: one row for each stream.

use domain::provider::Provider;
use store::checkpoints::Checkpoint;
use store::company_adoption::count_adopted;
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
        if let (Some(records), Some(here)) = (state.records, state.companies) {
            let elsewhere = records.saturating_sub(here);
            if elsewhere > 0 {
                note = format!(
                    "{} in Portico",
                    counted(number(here), "company", "companies")
                );
                let text = not_companies_text(number(elsewhere), provider.name);
                note_meaning = format!("{text}.");
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

/// How many of the company records of a company source are no companies of Portico.
///
/// # Errors
/// When the database does not answer.
pub async fn not_companies(
    app: &App,
    integration: &Integration,
    records: u64,
) -> Result<i64, Failure> {
    let here = count_adopted(app.store(), integration.id).await?;
    Ok(i64::try_from(records.saturating_sub(here)).unwrap_or(i64::MAX))
}

/// Says so, and why.
#[must_use]
pub fn not_companies_text(count: i64, provider: &str) -> String {
    let (subject, verb) = if count == 1 {
        ("is not a company", "it is")
    } else {
        ("are not companies", "they are")
    };
    format!(
        "{} of {provider} {subject} here: {verb} inactive, or of a type that is not selected under Company types",
        counted(count, "record", "records")
    )
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
