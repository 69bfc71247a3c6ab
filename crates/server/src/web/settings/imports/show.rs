//! `GET …/import/{provider}/reports/{import}`: what became of an import that began in a dialog, and the live streams of
//! imports.

use askama::Template;
use axum::extract::{Path, State};
use domain::imports::ImportKind;
use domain::provider::Provider;
use store::imports::{Import, find_import_by_uuid};

use super::report::ReportPart;
use super::to_report::{Place, to_report};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::live::{self, Parts};
use crate::web::settings::import_companies::{self, require_import};
use crate::web::settings::import_users;
use crate::web::settings::integrations::find::find;
use crate::web::view::{Query, Section, Shell};

/// The import an address names.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn find_import(
    app: &App,
    key: &str,
    import: &str,
    kind: ImportKind,
) -> Result<(&'static Provider, Import), Failure> {
    let missing = || Failure::not_found("Import");
    let (provider, integration) = find(app.store(), key).await?;
    let uuid = import.parse().map_err(|_| missing())?;
    let found = find_import_by_uuid(app.store(), &uuid).await?;
    let found = found.filter(|one| one.integration == integration.id && one.kind == kind);
    Ok((provider, found.ok_or_else(missing)?))
}

/// An import of staff that began in the dialog.
///
/// # Errors
/// As any address.
pub async fn users(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    let (provider, import) = find_import(&app, &key, &import, ImportKind::Users).await?;
    let place = Place::dialog(provider, ImportKind::Users, &import.uuid);
    let shell = staff.shell(Section::Settings);
    let report = to_report(&app, &shell, provider, &import, place).await?;
    import_users::show_report(&staff, provider, report)
}

/// An import of companies that began in the dialog.
///
/// # Errors
/// As any address.
pub async fn companies(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
) -> Answer {
    require_import(&staff)?;
    let (provider, import) = find_import(&app, &key, &import, ImportKind::Companies).await?;
    let place = Place::dialog(provider, ImportKind::Companies, &import.uuid);
    let shell = staff.shell(Section::Companies);
    let report = to_report(&app, &shell, provider, &import, place).await?;
    import_companies::show_report(&staff, provider, report)
}

/// An import of staff as it goes on.
///
/// # Errors
/// As any address.
pub async fn users_events(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let in_setup = query.text("from") == "setup";
    events(&app, &staff, (key, import), ImportKind::Users, in_setup).await
}

/// An import of companies as it goes on.
///
/// # Errors
/// As any address.
pub async fn companies_events(
    State(app): State<App>,
    staff: Staff,
    Path((key, import)): Path<(String, String)>,
    query: Query,
) -> Answer {
    let in_setup = query.text("from") == "setup";
    let kind = ImportKind::Companies;
    require_import(&staff)?;
    events(&app, &staff, (key, import), kind, in_setup).await
}

async fn events(
    app: &App,
    staff: &Staff,
    (key, import): (String, String),
    kind: ImportKind,
    in_setup: bool,
) -> Answer {
    find_import(app, &key, &import, kind).await?;
    let (looking, staff) = (app.clone(), staff.clone());
    Ok(live::stream(app, move || {
        let (app, key, import) = (looking.clone(), key.clone(), import.clone());
        let shell = Shell {
            now: app.clock().now(),
            ..staff.shell(Section::Settings)
        };
        async move {
            let (provider, import) = find_import(&app, &key, &import, kind).await?;
            let place = if in_setup {
                Place::setup(provider, kind, &import.uuid)
            } else {
                Place::dialog(provider, kind, &import.uuid)
            };
            let done = import.finished_at.is_some();
            let report = to_report(&app, &shell, provider, &import, place).await?;
            Ok(Parts {
                elements: [("import-picker".to_owned(), ReportPart { report }.render()?)].into(),
                done,
            })
        }
    }))
}
