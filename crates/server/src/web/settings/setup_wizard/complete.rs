//! `POST …/setup/complete`: *Complete Setup*.

use axum::extract::{Path, State};
use domain::setup::SetupStep;
use store::integrations::Integration;
use sync::connect::ActionOutcome;
use sync::setup::blocking_rights;

use super::wizard::Wizard;
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::page::see_other;
use crate::web::settings::integrations::find::address;

/// Ends the setup. Doing so twice is doing it once.
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn complete(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (wizard, integration) = match Wizard::at_sent(&app, &key, SetupStep::Import).await? {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    if !blocking_rights(&integration).is_empty() {
        let step = wizard.address(SetupStep::Import);
        return see_other(&format!("{step}?notice=setup_lacks_rights"));
    }
    end(&app, &staff, &wizard, &integration, "setup_completed").await
}

/// Ends the setup and leads to the integration with a notice.
pub(super) async fn end(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    integration: &Integration,
    notice: &'static str,
) -> Answer {
    let to = address(wizard.provider, notice);
    end_at(app, staff, wizard, integration, &to).await
}

/// Ends the setup and leads to an address.
pub(super) async fn end_at(
    app: &App,
    staff: &Staff,
    wizard: &Wizard,
    integration: &Integration,
    to: &str,
) -> Answer {
    match sync::setup::complete(app.engine(), &staff.actor(), integration.id).await? {
        ActionOutcome::Done => see_other(to),
        ActionOutcome::NotConnected => see_other(&wizard.address(SetupStep::Connect)),
        ActionOutcome::Refused(refusal) => Err(Failure::conflict(refusal.message)),
    }
}
