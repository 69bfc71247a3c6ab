//! The whole report of an import as a file, also while it runs.

use axum::extract::{Path, State};
use domain::imports::{ImportKind, ImportOutcome};
use sync::{auto_import, import_companies, import_users};

use super::contacts::require;
use super::show::find_import;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::settings::import_companies::require_import;
use crate::web::view::csv::{self, Column};

/// A line of the file.
#[derive(Default)]
struct Line {
    outcome: Option<ImportOutcome>,
    name: String,
    here: String,
    company: String,
    role: String,
    reason: String,
}

impl Line {
    fn outcome(&self) -> String {
        self.outcome
            .map(ImportOutcome::key)
            .unwrap_or_default()
            .to_owned()
    }
}

const PEOPLE: &[Column<Line>] = &[
    Column::Made("Outcome", Line::outcome),
    Column::Text("Name", |line| &line.name),
    Column::Text("E-mail", |line| &line.here),
    Column::Text("Role", |line| &line.role),
    Column::Text("Reason", |line| &line.reason),
];

const COMPANIES: &[Column<Line>] = &[
    Column::Made("Outcome", Line::outcome),
    Column::Text("Name", |line| &line.name),
    Column::Text("In Portico", |line| &line.here),
    Column::Text("Reason", |line| &line.reason),
];

const CONTACTS: &[Column<Line>] = &[
    Column::Made("Outcome", Line::outcome),
    Column::Text("Name", |line| &line.name),
    Column::Text("E-mail", |line| &line.here),
    Column::Text("Company", |line| &line.company),
    Column::Text("Role", |line| &line.role),
    Column::Text("Reason", |line| &line.reason),
];

/// Of what *Auto-Import* did.
///
/// # Errors
/// As [`export_users`]; `403` for whoever sees some companies only.
pub async fn export_contacts(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    require(&staff)?;
    let (_, import) = find_import(&app, &key, &import, ImportKind::Contacts).await?;
    let report = auto_import::read(app.engine(), &import, i64::MAX).await?;
    let role = import.role_name.unwrap_or_default();
    let done = |outcome| {
        let role = role.clone();
        move |done: auto_import::ContactDone| Line {
            outcome: Some(outcome),
            name: done.name,
            here: done.email,
            company: done.company,
            role: role.clone(),
            reason: String::new(),
        }
    };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(report.created.into_iter().map(done(ImportOutcome::Created)));
    lines.extend(report.joined.into_iter().map(done(ImportOutcome::Linked)));
    lines.extend(report.skipped.into_iter().map(|skipped| Line {
        outcome: Some(ImportOutcome::Skipped),
        reason: skipped.reason.sentence().to_owned(),
        name: skipped.name,
        here: skipped.email,
        company: skipped.company,
        role: String::new(),
    }));
    csv::file("auto_import_of_contacts", &staff, CONTACTS, &lines)
}

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
    let role = import.role_name.unwrap_or_default();
    let done = |outcome| {
        let role = role.clone();
        move |done: import_users::Done| Line {
            outcome: Some(outcome),
            // Whoever is linked keeps the role it had.
            role: if outcome == ImportOutcome::Created {
                role.clone()
            } else {
                String::new()
            },
            // As in the lines of those left out: whom it is about, in the words of the tool.
            name: if done.there.is_empty() {
                done.name
            } else {
                done.there
            },
            here: done.email,
            ..Line::default()
        }
    };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(report.created.into_iter().map(done(ImportOutcome::Created)));
    lines.extend(report.linked.into_iter().map(done(ImportOutcome::Linked)));
    lines.extend(report.skipped.into_iter().map(|skipped| Line {
        outcome: Some(ImportOutcome::Skipped),
        reason: skipped.reason.sentence(),
        name: skipped.name,
        ..Line::default()
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
            outcome: Some(outcome),
            name: done.name,
            here: done.company_name,
            ..Line::default()
        }
    };
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(report.created.into_iter().map(done(ImportOutcome::Created)));
    lines.extend(report.linked.into_iter().map(done(ImportOutcome::Linked)));
    lines.extend(report.skipped.into_iter().map(|skipped| Line {
        outcome: Some(ImportOutcome::Skipped),
        reason: skipped.reason.sentence(),
        name: skipped.name,
        ..Line::default()
    }));
    csv::file("import_of_companies", &staff, COMPANIES, &lines)
}
