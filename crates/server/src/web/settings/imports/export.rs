//! The whole report of an import as a file, also while it runs.

use axum::extract::{Path, State};
use domain::imports::{ImportKind, ImportOutcome};
use sync::{import_companies, import_users};

use super::show::find_import;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::settings::import_companies::require_import;
use crate::web::view::csv::{self, Column};

/// A line of the file.
struct Line {
    outcome: ImportOutcome,
    name: String,
    here: String,
    reason: String,
}

const PEOPLE: &[Column<Line>] = &[
    Column::Made("Outcome", |line| line.outcome.key().to_owned()),
    Column::Text("Name", |line| &line.name),
    Column::Text("E-mail", |line| &line.here),
    Column::Text("Reason", |line| &line.reason),
];

const COMPANIES: &[Column<Line>] = &[
    Column::Made("Outcome", |line| line.outcome.key().to_owned()),
    Column::Text("Name", |line| &line.name),
    Column::Text("In Portico", |line| &line.here),
    Column::Text("Reason", |line| &line.reason),
];

/// Of an import of staff.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn export_users(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    let (_, import) = find_import(&app, &key, &import, ImportKind::Users).await?;
    let report = import_users::report(app.engine(), &import, i64::MAX).await?;
    let done = |outcome| {
        move |done: import_users::Done| Line {
            outcome,
            // As in the lines of those left out: whom it is about, in the words of the tool.
            name: if done.there.is_empty() {
                done.name
            } else {
                done.there
            },
            here: done.email,
            reason: String::new(),
        }
    };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(report.created.into_iter().map(done(ImportOutcome::Created)));
    lines.extend(report.linked.into_iter().map(done(ImportOutcome::Linked)));
    lines.extend(report.skipped.into_iter().map(|skipped| Line {
        outcome: ImportOutcome::Skipped,
        reason: skipped.reason.sentence(),
        name: skipped.name,
        here: String::new(),
    }));
    csv::file("import_of_users", &staff, PEOPLE, &lines)
}

/// Of an import of companies.
///
/// # Errors
/// As [`export_users`].
pub async fn export_companies(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    require_import(&staff)?;
    let (_, import) = find_import(&app, &key, &import, ImportKind::Companies).await?;
    let report = import_companies::report(app.engine(), &import, i64::MAX).await?;
    let done = |outcome| {
        move |done: import_companies::CompanyDone| Line {
            outcome,
            name: done.name,
            here: done.company_name,
            reason: String::new(),
        }
    };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(report.created.into_iter().map(done(ImportOutcome::Created)));
    lines.extend(report.linked.into_iter().map(done(ImportOutcome::Linked)));
    lines.extend(report.skipped.into_iter().map(|skipped| Line {
        outcome: ImportOutcome::Skipped,
        reason: skipped.reason.sentence(),
        name: skipped.name,
        here: String::new(),
    }));
    csv::file("import_of_companies", &staff, COMPANIES, &lines)
}
