//! CSV exports: streamed page by page, safe to open in a spreadsheet.

use std::future::Future;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::clock::UtcMillis;
use futures_util::{StreamExt, stream};
use jiff::tz::TimeZone;
use store::listing::{Listing, PageKey};

use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::view::list::cut_text;

/// Most rows of an export.
const MOST_ROWS: usize = 10_000;

/// Rows read at once.
pub const PAGE: u32 = 500;

/// A column of an export: its heading and what a row has there.
#[derive(Debug)]
pub enum Column<Row> {
    /// A text.
    Text(&'static str, fn(&Row) -> &str),
    /// A text that is made for the file.
    Made(&'static str, fn(&Row) -> String),
    /// An instant, in the viewer's zone, which the heading names.
    Instant(&'static str, fn(&Row) -> Option<UtcMillis>),
    /// The same, with whether it is a date that stands for itself.
    InstantOrDate(&'static str, fn(&Row) -> Option<(UtcMillis, bool)>),
}

impl<Row> Column<Row> {
    fn heading(&self, zone: &TimeZone) -> String {
        match self {
            Self::Text(heading, _) | Self::Made(heading, _) => (*heading).to_owned(),
            Self::Instant(heading, _) | Self::InstantOrDate(heading, _) => {
                format!("{heading} ({})", zone.iana_name().unwrap_or("local time"))
            }
        }
    }

    fn push(&self, text: &mut String, row: &Row, zone: &TimeZone) {
        match self {
            Self::Text(_, cell) => push_cell(text, cell(row)),
            Self::Made(_, cell) => push_cell(text, &cell(row)),
            Self::Instant(_, cell) => {
                if let Some(at) = cell(row) {
                    push_cell(text, &instant(at, zone));
                }
            }
            Self::InstantOrDate(_, cell) => match cell(row) {
                Some((at, true)) => push_cell(text, &date(at)),
                Some((at, false)) => push_cell(text, &instant(at, zone)),
                None => {}
            },
        }
    }
}

/// Answers with a file of everything `fetch` finds, at most 10,000 rows. A last row says what is missing, when there are
/// more or when a search was cut. The first page is read before the answer begins, so that a failure is still a page.
///
/// # Errors
/// When the first page cannot be read.
pub async fn export<Row, C, F, W>(what: &str, staff: &Staff, columns: C, fetch: F) -> Answer
where
    Row: Send + 'static,
    C: AsRef<[Column<Row>]> + Send + Sync + 'static,
    F: Fn(Option<PageKey>) -> W + Send + Sync + 'static,
    W: Future<Output = store::Result<Listing<Row>>> + Send,
{
    let zone = staff.zone.clone();
    // A byte order mark, so that spreadsheets read UTF-8 as UTF-8.
    let mut text = String::from("\u{feff}");
    push_row(&mut text, columns.as_ref(), |text, column| {
        push_cell(text, &column.heading(&zone));
    });
    let found = fetch(None).await?;
    let count = found.rows.len();
    push_rows(&mut text, columns.as_ref(), &found.rows, &zone);
    let missing = cut_text(found.count, what);
    if found.next.is_none() {
        push_note(&mut text, &missing);
    }
    let first = stream::iter([Ok::<_, ExportError>(Bytes::from(text))]);
    let start = (found.next, count, fetch, columns, zone, missing);
    let rest = stream::unfold(
        start,
        |(next, count, fetch, columns, zone, missing)| async move {
            let key = next?;
            let mut text = String::new();
            if count >= MOST_ROWS {
                push_note(
                    &mut text,
                    "Only the first 10,000 rows are in this file. Narrow the filters to export the others.",
                );
                let next = (None, count, fetch, columns, zone, missing);
                return Some((Ok(Bytes::from(text)), next));
            }
            match fetch(Some(key)).await {
                Ok(found) => {
                    push_rows(&mut text, columns.as_ref(), &found.rows, &zone);
                    let count = count + found.rows.len();
                    if found.next.is_none() {
                        push_note(&mut text, &missing);
                    }
                    let next = (found.next, count, fetch, columns, zone, missing);
                    Some((Ok(Bytes::from(text)), next))
                }
                // The download breaks off, so that nobody takes half a file for a whole one.
                Err(_) => Some((
                    Err(ExportError),
                    (None, count, fetch, columns, zone, missing),
                )),
            }
        },
    );
    // Compression asks once more after the end, which an unfolding stream answers with a panic unless it is fused.
    let rows = first.chain(rest).fuse();
    let body = Body::from_stream(rows);
    attachment(what, staff, body)
}

/// Answers with a file of these rows, for what is whole and of a size that was looked at before.
///
/// # Errors
/// When the name cannot stand in a header, which would be a mistake in the caller.
pub fn file<Row>(what: &str, staff: &Staff, columns: &[Column<Row>], rows: &[Row]) -> Answer {
    let mut text = String::from("\u{feff}");
    push_row(&mut text, columns, |text, column| {
        push_cell(text, &column.heading(&staff.zone));
    });
    push_rows(&mut text, columns, rows, &staff.zone);
    attachment(what, staff, Body::from(text))
}

fn attachment(what: &str, staff: &Staff, body: Body) -> Answer {
    let name = format!(
        "attachment; filename=\"{what}_export_{}.csv\"",
        date(staff.now())
    );
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
fn instant(at: UtcMillis, zone: &TimeZone) -> String {
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

fn push_rows<Row>(text: &mut String, columns: &[Column<Row>], rows: &[Row], zone: &TimeZone) {
    for row in rows {
        push_row(text, columns, |text, column| column.push(text, row, zone));
    }
}

fn push_row<Row>(
    text: &mut String,
    columns: &[Column<Row>],
    push: impl Fn(&mut String, &Column<Row>),
) {
    for (position, column) in columns.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        push(text, column);
    }
    text.push_str("\r\n");
}

/// A row of one cell that says what is missing from the file, if anything is.
fn push_note(text: &mut String, note: &str) {
    if !note.is_empty() {
        push_cell(text, note);
        text.push_str("\r\n");
    }
}

/// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
fn push_cell(text: &mut String, cell: &str) {
    let cell = &*domain::text::shown(cell);
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
            ("a\u{202e}b\u{1b}", "ab\u{241b}"),
            ("\u{202e}=1", "\"'=1\""),
        ] {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, expected, "{cell}");
        }
    }

    #[test]
    fn a_heading_names_the_zone_of_its_instants() {
        let columns: [Column<UtcMillis>; 2] = [
            Column::Made("Number", |at| at.0.to_string()),
            Column::Instant("Updated", |at| Some(*at)),
        ];
        let zone = TimeZone::get("Europe/Berlin").expect("compiled in");
        let mut text = String::new();
        push_row(&mut text, &columns, |text, column| {
            push_cell(text, &column.heading(&zone));
        });
        push_rows(&mut text, &columns, &[UtcMillis(1_772_373_900_000)], &zone);
        assert_eq!(
            text,
            "Number,Updated (Europe/Berlin)\r\n1772373900000,2026-03-01 15:05:00\r\n"
        );
        assert_eq!(columns[1].heading(&TimeZone::UTC), "Updated (UTC)");
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
