//! `GET /settings/integrations/{provider}/auto-imports/{import}`: what *Auto-Import* did, with those before it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::imports::ImportKind;
use domain::viewer::Viewer;
use sync::imports::list_imports;

use super::report::Report;
use super::show::find_import;
use super::to_report::{Place, in_short, to_report};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::{Section, Shell, Time};

/// Reports listed beside one.
const LISTED: i64 = 50;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings/imports/contacts.html")]
pub struct ContactsPage {
    /// The frame.
    pub shell: Shell,
    /// Key of the provider.
    pub key: &'static str,
    /// Its name.
    pub provider: &'static str,
    /// The report.
    pub report: Report,
    /// The newest reports, this one among them.
    pub reports: Vec<Other>,
}

/// A report in a list.
#[derive(Debug, Clone)]
pub struct Other {
    /// Its page; empty for the one that is shown.
    pub href: String,
    /// What it did.
    pub words: String,
    /// When.
    pub when: Time,
}

/// Whether somebody may see what Auto-Import did: the report names people of every company.
#[must_use]
pub fn may_see(staff: &Staff, shell: &Shell) -> bool {
    shell.rights.companies && matches!(staff.viewer(), Viewer::Staff(_))
}

/// Refuses whoever sees some companies only.
///
/// # Errors
/// `403` then.
pub fn require(staff: &Staff) -> Result<(), Failure> {
    if may_see(staff, &staff.shell(Section::Settings)) {
        return Ok(());
    }
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "This report is not yours to see",
        "You see some companies only, and the report names people of all of them.",
    ))
}

/// The report.
///
/// # Errors
/// `404`; `403` for whoever sees some companies only.
pub async fn contacts(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    require(&staff)?;
    let kind = ImportKind::Contacts;
    let (provider, import) = find_import(&app, &key, &import, kind).await?;
    let shell = staff.shell(Section::Settings);
    let others = list_imports(app.store(), import.integration, kind, LISTED).await?;
    let reports = others.iter().map(|other| Other {
        href: if other.id == import.id {
            String::new()
        } else {
            let place = Place::dialog(provider, kind, &other.uuid);
            place.address().to_owned()
        },
        words: in_short(other),
        when: shell.time(other.created_at),
    });
    let place = Place::dialog(provider, kind, &import.uuid);
    page(&ContactsPage {
        reports: reports.collect(),
        report: to_report(&app, &shell, provider, &import, place).await?,
        key: provider.key,
        provider: provider.name,
        shell,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::settings::imports::report::{Again, samples};
    use crate::web::view::sample::{self, HOSTILE};

    #[test]
    fn renders() {
        let shell = sample::shell(Section::Settings);
        let other = |href: &str| Other {
            href: href.into(),
            words: format!("409 portal accounts created with the role {HOSTILE}, 12 skipped"),
            when: shell.time(shell.now),
        };
        let page = ContactsPage {
            key: "autotask",
            provider: "Autotask",
            report: Report {
                again: Again::ByItself,
                ..samples::ended(&shell)
            },
            reports: vec![other(""), other("/x")],
            shell: shell.clone(),
        };
        let html = sample::check("auto_import_report", &page);
        assert!(!html.contains("Import more"), "it goes on by itself");
    }
}
