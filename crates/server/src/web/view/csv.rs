//! CSV exports: streamed page by page, safe to open in a spreadsheet.

use std::future::Future;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::clock::UtcMillis;
use futures_util::stream;
use jiff::tz::TimeZone;
use store::listing::PageKey;

use crate::web::error::{Answer, Failure};

/// Most rows of an export.
const MOST_ROWS: usize = 10_000;

/// One page of an export: rows of cells, and where the next page begins.
pub type ExportPage = (Vec<Vec<String>>, Option<PageKey>);

/// Answers with a file of everything `fetch` finds, at most 10,000 rows, said so in a last row when there are more.
/// The first page is read before the answer begins, so that a failure is still a page.
///
/// # Errors
/// When the first page cannot be read.
pub async fn export<F, W>(what: &str, now: UtcMillis, head: &[&str], fetch: F) -> Answer
where
    F: Fn(Option<PageKey>) -> W + Send + Sync + 'static,
    W: Future<Output = Result<ExportPage, Failure>> + Send,
{
    // A byte order mark, so that spreadsheets read UTF-8 as UTF-8.
    let mut text = String::from("\u{feff}");
    push_row(&mut text, head);
    let (rows, next) = fetch(None).await?;
    let count = rows.len();
    push_rows(&mut text, &rows);
    let first = stream::iter([Ok::<_, ExportError>(Bytes::from(text))]);
    let rest = stream::unfold((next, count, fetch), |(next, count, fetch)| async move {
        let key = next?;
        if count >= MOST_ROWS {
            let mut note = String::new();
            push_row(
                &mut note,
                &[
                    "Only the first 10,000 rows are in this file. Narrow the filters to export the others.",
                ],
            );
            return Some((Ok(Bytes::from(note)), (None, count, fetch)));
        }
        match fetch(Some(key)).await {
            Ok((rows, next)) => {
                let mut text = String::new();
                push_rows(&mut text, &rows);
                let count = count + rows.len();
                Some((Ok(Bytes::from(text)), (next, count, fetch)))
            }
            // The download breaks off, so that nobody takes half a file for a whole one.
            Err(_) => Some((Err(ExportError), (None, count, fetch))),
        }
    });
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let name = format!("attachment; filename=\"{what}_export_{}.csv\"", date(now));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).map_err(Failure::internal)?,
    );
    Ok::<Response, Failure>(response)
}

/// The database failed in the middle of an export.
#[derive(Debug, thiserror::Error)]
#[error("the export could not be finished")]
struct ExportError;

/// An instant in a file: ISO 8601 in the viewer's zone, without fractions.
#[must_use]
pub fn instant(at: UtcMillis, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.to_rfc3339(),
        |stamp| {
            stamp
                .to_zoned(zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

/// A date that stands for itself.
#[must_use]
pub fn date(at: UtcMillis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| at.to_rfc3339(),
        |stamp| {
            stamp
                .to_zoned(TimeZone::UTC)
                .strftime("%Y-%m-%d")
                .to_string()
        },
    )
}

fn push_rows(text: &mut String, rows: &[Vec<String>]) {
    for row in rows {
        push_row(text, row);
    }
}

fn push_row(text: &mut String, cells: &[impl AsRef<str>]) {
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        push_cell(text, cell.as_ref());
    }
    text.push_str("\r\n");
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
        || cell.starts_with(['＝', '＋', '－', '＠']);
    if !formula && !cell.contains(['"', ',', '\n', '\r', '\'']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+43 316", "\"'+43 316\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\tx", "\"'\tx\""),
        ] {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected, "{cell}");
        }
    }

    #[test]
    fn instants_are_in_the_viewers_zone() {
        let zone = TimeZone::get("America/New_York").expect("compiled in");
        assert_eq!(
            instant(UtcMillis(1_772_373_900_000), &zone),
            "2026-03-01 09:05:00"
        );
        assert_eq!(date(UtcMillis(1_772_323_200_000)), "2026-03-01");
    }
}
