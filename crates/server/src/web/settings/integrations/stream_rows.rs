//! What is read from an integration: one row for each stream.

use domain::provider::Provider;
use domain::stream::Stream;
use store::checkpoints::{Checkpoint, list_checkpoints};
use store::company_adoption::count_adopted;
use store::integrations::Integration;
use store::pages::count_shown;

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
    let checkpoints = list_checkpoints(app.store(), integration.id).await?;
    let mut rows = Vec::new();
    for capability in provider.capability.streams {
        let stream = capability.stream;
        let found = checkpoints
            .iter()
            .find(|one| one.stream == stream && one.generation == integration.generation);
        let mut records = "–".to_owned();
        let (mut note, mut note_meaning) = (String::new(), String::new());
        if !stream.is_deletion_feed() {
            let count = count_shown(app.store(), integration.id, stream).await?;
            records = grouped(i64::try_from(count).unwrap_or(i64::MAX));
            if stream == Stream::Companies && integration.settings.company_source {
                let elsewhere = not_companies(app, integration, count).await?;
                if elsewhere > 0 {
                    let here = i64::try_from(count).unwrap_or(i64::MAX) - elsewhere;
                    note = format!("{} in Portico", counted(here, "company", "companies"));
                    note_meaning = format!("{}.", not_companies_text(elsewhere, provider.name));
                }
            }
        }
        let (verified, verified_meaning) = verified(found);
        rows.push(StreamRow {
            label: provider.words.stream(stream),
            records,
            note,
            note_meaning,
            last_completed: shell.maybe_time(found.and_then(|one| one.last_completed_at)),
            how: if !integration.settings.reads(stream) {
                "switched off".to_owned()
            } else if capability.incremental {
                "by change".to_owned()
            } else {
                format!("whole, every {}", every(capability.full_cadence))
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
