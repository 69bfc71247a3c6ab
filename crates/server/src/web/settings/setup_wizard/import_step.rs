//! `GET …/setup/import` and the forms of its two tabs: step 4.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::permission::{Area, Permission};
use domain::setup::SetupStep;
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
use crate::web::form::Fields;
use crate::web::page::page_with;
use crate::web::settings::import_users::{
    Addresses, Outcome, PickerState, answer, picker, source, unread,
};
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
    let tab = match (query.text("tab").as_str(), now) {
        ("companies", false) => Tab::Companies(Companies::Off),
        ("companies", true) => {
            let chosen = Chosen::of_query(&query);
            let here = (wizard.provider, &integration);
            Tab::Companies(company_tab(&app, &staff, &shell, here, &offer, chosen).await?)
        }
        (_, false) => Tab::Users(Users::Off),
        (_, true) => {
            let (_, users) = people(&app, &staff, &wizard, None).await?;
            Tab::Users(users)
        }
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

/// *Import Users*: searches, turns pages, or imports.
///
/// # Errors
/// As [`show`].
pub async fn import_users(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let (status, users) = people(&app, &staff, &wizard, Some(&fields)).await?;
    let shell = staff.shell(Section::Settings);
    let offer = Offer::load(&app, &integration).await?;
    render(
        &app,
        &wizard,
        &integration,
        &offer,
        shell,
        status,
        Tab::Users(users),
    )
    .await
}

/// *Import Companies*: searches, turns pages, or imports.
///
/// # Errors
/// As [`show`].
pub async fn import_companies(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (wizard, integration) = match Wizard::at(&app, &key, STEP).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    let shell = staff.shell(Section::Settings);
    let offer = Offer::load(&app, &integration).await?;
    let chosen = Chosen::of_form(&fields);
    let here = (wizard.provider, &integration);
    let companies = company_tab(&app, &staff, &shell, here, &offer, chosen).await?;
    let status = match &companies {
        Companies::List(list) if !list.error.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let tab = Tab::Companies(companies);
    render(&app, &wizard, &integration, &offer, shell, status, tab).await
}

/// The people of the provider, what is missing for importing them, or what an import did.
async fn people(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    sent: Option<&Fields>,
) -> Result<(StatusCode, Users), Failure> {
    let refused = if sent.is_some() {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let source = match source(app, staff, wizard.provider).await? {
        Ok(source) => source,
        Err(missing) => return Ok((refused, Users::Missing(missing))),
    };
    let here = wizard.address(STEP);
    let addresses = Addresses {
        action: format!("{here}/users"),
        cancel: String::new(),
        again: format!("{here}?tab=users&now=on"),
        done: if staff.may(Permission::read(Area::Users)) {
            "/settings/users".to_owned()
        } else {
            String::new()
        },
        done_label: "See all users".to_owned(),
    };
    let Some(fields) = sent else {
        if let Some(missing) = unread(app, &source).await? {
            return Ok((StatusCode::OK, Users::Missing(missing)));
        }
        let state = PickerState::default();
        let picker = picker(app, staff, &source, &addresses, &state).await?;
        return Ok((StatusCode::OK, Users::Picker(picker)));
    };
    Ok(
        match answer(app, staff, &source, &addresses, fields).await? {
            Outcome::Again(status, picker) => (status, Users::Picker(*picker)),
            Outcome::Done(summary) => (StatusCode::OK, Users::Summary(*summary)),
        },
    )
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
