//! `GET …/setup/import` and the forms of its two tabs: step 4.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::imports::ImportKind;
use domain::permission::{Area, Permission};
use domain::setup::SetupStep;
use store::integrations::Integration;

use super::complete::end;
use super::frame::Frame;
use super::import_companies::{Answered, Chosen, companies as company_tab, import_or_list};
use super::import_page::{Companies, ImportPage, Tab, Users};
use super::strip::strip;
use super::summary::summary;
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::{page_with, see_other};
use crate::web::settings::import_users::{
    Addresses, Missing, Outcome, PickerState, answer, picker, source, unread,
};
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::{Place, find_import, to_report};
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
            Tab::Companies(Companies::Missing(companies_missing()))
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
    render(
        &app,
        &wizard,
        &integration,
        &offer,
        shell,
        StatusCode::OK,
        tab,
    )
    .await
}

/// The notice after *Complete Setup* with somebody or something selected.
const IMPORTS: &str = "setup_completed_imports";

/// Whether a list was sent by *Complete Setup*: what is selected in it is imported first, with mistakes told at their
/// fields, and the setup ends.
fn completes(fields: &Fields) -> bool {
    fields.text("action") == "complete"
}

/// *Import Users*: searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// As [`show`].
pub async fn import_users(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let completes = completes(&fields);
    if completes && !PickerState::read(&fields).selects() {
        return end(&app, &staff, &wizard, &integration, "setup_completed").await;
    }
    let (status, users) = match source(&app, &staff, wizard.provider).await? {
        Err(missing) => (StatusCode::CONFLICT, Users::Missing(missing)),
        Ok(source) => match answer(&app, &staff, &source, &addresses(&wizard), &fields).await? {
            Outcome::Again(status, picker) => (status, Users::Picker(picker)),
            Outcome::Begun(_) if completes => {
                return end(&app, &staff, &wizard, &integration, IMPORTS).await;
            }
            Outcome::Begun(import) => {
                let place = Place::setup(wizard.provider, ImportKind::Users, &import);
                return see_other(place.address());
            }
        },
    };
    let shell = staff.shell(Section::Settings);
    let offer = Offer::load(&app, &integration).await?;
    let tab = Tab::Users(users);
    render(&app, &wizard, &integration, &offer, shell, status, tab).await
}

/// *Import Companies*: searches, turns pages, or begins an import and leads to its report.
///
/// # Errors
/// As [`show`].
pub async fn import_companies(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let chosen = Chosen::of_form(&fields);
    let completes = completes(&fields);
    if completes && !chosen.selects() {
        return end(&app, &staff, &wizard, &integration, "setup_completed").await;
    }
    let shell = staff.shell(Section::Settings);
    let offer = Offer::load(&app, &integration).await?;
    let here = (wizard.provider, &integration);
    let (status, list) = match import_or_list(&app, &staff, &shell, here, &offer, chosen).await? {
        Answered::Begun(_) if completes => {
            return end(&app, &staff, &wizard, &integration, IMPORTS).await;
        }
        Answered::Begun(import) => {
            let place = Place::setup(wizard.provider, ImportKind::Companies, &import);
            return see_other(place.address());
        }
        Answered::List(status, list) => (status, list),
    };
    let tab = Tab::Companies(Companies::List(list));
    render(&app, &wizard, &integration, &offer, shell, status, tab).await
}

/// Whether somebody may import companies: a company that is imported is a company that is added.
fn may_import_companies(staff: &Staff) -> bool {
    staff.may(Permission::manage(Area::Companies))
}

fn companies_missing() -> Missing {
    Missing {
        symbol: "lock",
        title: "You need the right Manage Companies".to_owned(),
        sentence: "You must have the Manage Companies permission to import or link companies. Ask an administrator to \
                   give it to your role."
            .to_owned(),
        href: String::new(),
        label: String::new(),
    }
}

/// Where the list of people leads.
fn addresses(wizard: &Wizard) -> Addresses {
    Addresses {
        action: format!("{}/users", wizard.address(STEP)),
        cancel: String::new(),
        in_setup: true,
    }
}

/// The people of the provider, or what is missing for importing them.
async fn people(app: &App, staff: &Staff, wizard: &Wizard) -> Result<Users, Failure> {
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
async fn report(
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

async fn render(
    app: &App,
    wizard: &Wizard,
    integration: &Integration,
    offer: &Offer,
    shell: Shell,
    status: StatusCode,
    tab: Tab,
) -> Answer {
    let overview = sync::status::overview(app.engine(), integration.id).await?;
    let overview = overview.ok_or_else(|| Failure::not_found("Integration"))?;
    page_with(
        status,
        &ImportPage {
            frame: Frame::new(wizard.provider, &wizard.place, STEP),
            strip: strip(app, &shell, wizard.provider, &overview).await?,
            tab,
            people: wizard.provider.words.technicians,
            set: summary(wizard.provider, integration, offer),
            shell,
        },
    )
}
