//! `GET …/setup/import`: step 4. The forms of its two lists are in [`super::import_lists`].

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::imports::ImportKind;
use domain::setup::SetupStep;
use store::integrations::Integration;
use sync::setup::blocking_rights;

use super::connect_page::MissingRight;
use super::frame::Frame;
use super::gone::gone;
use super::import_lists::Away;
use super::import_page::{Companies, ImportPage, Tab, Users};
use super::strip::strip;
use super::summary::summary;
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page_with;
use crate::web::settings::import_companies::{
    Addresses as CompanyAddresses, Chosen, list, missing,
};
use crate::web::settings::import_users::{Addresses, PickerState, picker, source, unread};
use crate::web::settings::imports::report::Report;
use crate::web::settings::imports::{LastImport, Place, Source, find_import, last, to_report};
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
    let lacks_right = missing(&staff);
    let tab = match (query.text("tab").as_str(), now) {
        ("companies", _) if (now || !import.is_empty()) && lacks_right.is_some() => {
            Tab::Companies(lacks_right.map_or(Companies::Off, Companies::Missing))
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
            let source = Source {
                provider: wizard.provider,
                integration: integration.clone(),
            };
            let at = CompanyAddresses::setup(wizard.provider);
            let list = list(&app, &shell, &source, at, &offer, Chosen::of_query(&query)).await?;
            Tab::Companies(Companies::List(list.into()))
        }
        (_, false) => Tab::Users(Users::Off),
        (_, true) => Tab::Users(people(&app, &staff, &wizard).await?),
    };
    let here = (&wizard, &integration, &offer);
    render(&app, here, shell, StatusCode::OK, tab, Away::default()).await
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

/// The step with a tab, and what is kept of lists that are not on it.
pub(super) async fn render(
    app: &App,
    (wizard, integration, offer): (&Wizard, &Integration, &Offer),
    shell: Shell,
    status: StatusCode,
    tab: Tab,
    away: Away,
) -> Answer {
    let overview = sync::status::overview(app.engine(), integration.id).await?;
    let overview = overview.ok_or_else(|| Failure::not_found("Integration"))?;
    let kind = match tab {
        Tab::Users(Users::Off) => Some(ImportKind::Users),
        Tab::Companies(Companies::Off) if shell.rights.manage_companies => {
            Some(ImportKind::Companies)
        }
        _ => None,
    };
    let last = match kind {
        Some(kind) => last(app, &shell, (wizard.provider, integration.id), kind, true).await?,
        None => None,
    };
    let last = last.map(|last| LastImport {
        beside_list: false,
        ..last
    });
    page_with(
        status,
        &ImportPage {
            frame: Frame::new(wizard.provider, &wizard.place, STEP).telling(gone(
                wizard.provider,
                &integration.settings,
                offer,
                Some(STEP),
            )),
            strip: strip(app, &shell, wizard.provider, &overview).await?,
            tab,
            other: away.other,
            kept: away.kept,
            other_count: away.other_count,
            kept_count: away.kept_count,
            begun: away.begun,
            last,
            people: wizard.provider.words.technicians,
            set: summary(wizard.provider, integration, offer),
            blocking: blocking_rights(integration)
                .into_iter()
                .map(MissingRight::from)
                .collect(),
            connect: wizard.address(SetupStep::Connect),
            sync: wizard.address(SetupStep::Sync),
            shell,
        },
    )
}
