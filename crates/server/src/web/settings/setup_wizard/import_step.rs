//! `GET …/setup/import`: step 4. The forms of its two lists are in [`super::import_lists`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::imports::ImportKind;
use domain::permission::{Area, Permission};
use domain::setup::SetupStep;
use domain::viewer::Viewer;
use store::integrations::Integration;

use super::frame::Frame;
use super::import_companies::{Chosen, companies as company_tab};
use super::import_page::{Companies, ImportPage, Tab, Users};
use super::strip::strip;
use super::summary::summary;
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page_with;
use crate::web::settings::import_users::{Addresses, Missing, PickerState, picker, source, unread};
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::{Place, find_import, last, to_report};
use crate::web::view::{Query, Section, Shell};

const STEP: SetupStep = SetupStep::Import;

/// A tab with what it offers.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    query: Query,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let shell = staff.shell(Section::Settings);
    let offer = Offer::load(&app, &integration).await?;
    let now = query.text("now") == "on";
    let import = query.text("report");
    let tab = match (query.text("tab").as_str(), now) {
        ("companies", _) if (now || !import.is_empty()) && !may_import_companies(&staff) => {
            Tab::Companies(Companies::Missing(companies_missing(&staff)))
        }
        ("companies", _) if !import.is_empty() => {
            let report = report(&app, &shell, &key, &import, ImportKind::Companies).await?;
            Tab::Companies(Companies::Report(report.into()))
        }
        (_, _) if !import.is_empty() => {
            Tab::Users(match source(&app, &staff, wizard.provider).await? {
                Ok(_) => Users::Report(
                    report(&app, &shell, &key, &import, ImportKind::Users)
                        .await?
                        .into(),
                ),
                Err(missing) => Users::Missing(missing),
            })
        }
        ("companies", false) => Tab::Companies(Companies::Off),
        ("companies", true) => {
            let chosen = Chosen::of_query(&query);
            let here = (wizard.provider, &integration);
            Tab::Companies(company_tab(&app, &shell, here, &offer, chosen).await?)
        }
        (_, false) => Tab::Users(Users::Off),
        (_, true) => Tab::Users(people(&app, &staff, &wizard).await?),
    };
    let here = (&wizard, &integration, &offer);
    render(&app, here, shell, StatusCode::OK, tab, String::new()).await
}

/// Whether somebody may import companies: a company that is imported is a company that is added. Whoever is limited to some
/// companies may not, since the list names them all.
pub(super) fn may_import_companies(staff: &Staff) -> bool {
    staff.may(Permission::manage(Area::Companies)) && matches!(staff.viewer(), Viewer::Staff(_))
}

/// Refuses whoever may not.
///
/// # Errors
/// `403` then.
pub(super) fn require_import_companies(staff: &Staff) -> Result<(), Failure> {
    if may_import_companies(staff) {
        return Ok(());
    }
    if !staff.may(Permission::manage(Area::Companies)) {
        return Err(Failure::forbidden("Manage Companies"));
    }
    Err(Failure::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "Companies are not yours to import",
        "You see some companies only. Importing and linking them is for staff who see all of them.",
    ))
}

fn companies_missing(staff: &Staff) -> Missing {
    let (title, sentence) = if staff.may(Permission::manage(Area::Companies)) {
        (
            "You see some companies only",
            "Importing and linking companies is for staff who see all of them.",
        )
    } else {
        (
            "You need the right Manage Companies",
            "You must have the Manage Companies permission to import or link companies. Ask an administrator to give it \
             to your role.",
        )
    };
    Missing {
        symbol: "lock",
        title: title.to_owned(),
        sentence: sentence.to_owned(),
        href: String::new(),
        label: String::new(),
    }
}

/// Where the list of people leads.
pub(super) fn addresses(wizard: &Wizard) -> Addresses {
    Addresses {
        action: format!("{}/users", wizard.address(STEP)),
        cancel: String::new(),
        in_setup: true,
    }
}

/// The people of the provider, or what is missing for importing them.
pub(super) async fn people(app: &App, staff: &Staff, wizard: &Wizard) -> Result<Users, Failure> {
    let source = match source(app, staff, wizard.provider).await? {
        Ok(source) => source,
        Err(missing) => return Ok(Users::Missing(missing)),
    };
    if let Some(missing) = unread(app, staff, &source).await? {
        return Ok(Users::Missing(missing));
    }
    let state = PickerState::default();
    let picker = picker(app, staff, &source, &addresses(wizard), &state).await?;
    Ok(Users::Picker(picker.into()))
}

/// An import that began here.
pub(super) async fn report(
    app: &App,
    shell: &Shell,
    key: &str,
    import: &str,
    kind: ImportKind,
) -> Result<Report, Failure> {
    let (provider, import) = find_import(app, key, import, kind).await?;
    let place = Place::setup(provider, kind, &import.uuid);
    to_report(app, shell, provider, &import, place).await
}

/// The step with a tab; `other` is the list of the other one.
pub(super) async fn render(
    app: &App,
    (wizard, integration, offer): (&Wizard, &Integration, &Offer),
    shell: Shell,
    status: StatusCode,
    tab: Tab,
    other: String,
) -> Answer {
    let overview = sync::status::overview(app.engine(), integration.id).await?;
    let overview = overview.ok_or_else(|| Failure::not_found("Integration"))?;
    let kind = match tab {
        Tab::Users(Users::Off) => Some(ImportKind::Users),
        Tab::Companies(Companies::Off) => Some(ImportKind::Companies),
        _ => None,
    };
    let last = match kind {
        Some(kind) => last(app, &shell, (wizard.provider, integration.id), kind, true).await?,
        None => None,
    };
    page_with(
        status,
        &ImportPage {
            frame: Frame::new(wizard.provider, &wizard.place, STEP),
            strip: strip(app, &shell, wizard.provider, &overview).await?,
            tab,
            other,
            last,
            people: wizard.provider.words.technicians,
            set: summary(wizard.provider, integration, offer),
            shell,
        },
    )
}
