//! `GET …/setup/import`: step 4.

use axum::extract::{Path, State};
use domain::setup::SetupStep;

use super::frame::Frame;
use super::import_page::{Companies, ImportPage, Tab, Users};
use super::strip::strip;
use super::summary::summary;
use super::wizard::{Offer, Wizard};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::page;
use crate::web::view::{Query, Section};

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
    let overview = sync::status::overview(app.engine(), integration.id).await?;
    let overview = overview.ok_or_else(|| Failure::not_found("Integration"))?;
    let offer = Offer::load(&app, &integration).await?;
    let tab = if query.text("tab") == "companies" {
        Tab::Companies(Companies::Off)
    } else {
        Tab::Users(Users::Off)
    };
    let words = wizard.provider.words;
    page(&ImportPage {
        frame: Frame::new(wizard.provider, &wizard.place, STEP),
        strip: strip(&app, &shell, wizard.provider, &overview).await?,
        tab,
        people: words.technicians,
        set: summary(wizard.provider, &integration, &offer),
        shell,
    })
}
