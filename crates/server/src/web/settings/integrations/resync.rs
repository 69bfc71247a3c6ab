//! `POST /settings/integrations/{provider}/resync` and `…/quick-sync`.

use axum::extract::{Path, State};
use domain::provider::Provider;
use domain::run::Trigger;
use domain::setup::SetupStep;
use sync::request::{RequestOutcome, RunMode, request_sync};

use super::find::{address, find};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::{Answer, Failure};
use crate::web::form::Fields;
use crate::web::page::see_other;
use crate::web::settings::setup_wizard::frame::address as setup_address;

/// Reads everything again now. Leads to the run, also when it is one that was running already (rules P9, P12).
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn resync(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    let (provider, outcome) = ask(&app, &staff, &key, Trigger::Resync, RunMode::Full).await?;
    see_other(&after(provider, &outcome))
}

/// Reads what changed in tickets now.
///
/// # Errors
/// As [`resync`].
pub async fn quick_sync(
    State(app): State<App>,
    staff: Staff,
    Path(key): Path<String>,
    fields: Fields,
) -> Answer {
    let (provider, outcome) =
        ask(&app, &staff, &key, Trigger::QuickSync, RunMode::Incremental).await?;
    see_other(&after_on(provider, &outcome, fields.text("back")))
}

async fn ask(
    app: &App,
    staff: &Staff,
    key: &str,
    trigger: Trigger,
    mode: RunMode,
) -> Result<(&'static Provider, RequestOutcome), Failure> {
    let (provider, integration) = find(app.store(), key).await?;
    let outcome = request_sync(app.engine(), &staff.actor(), integration.id, trigger, mode).await?;
    Ok((provider, outcome))
}

/// Where a request leads that was made on a page: with `setup`, back to the wizard, which shows the sync itself.
#[must_use]
pub fn after_on(provider: &Provider, outcome: &RequestOutcome, page: &str) -> String {
    let there = after(provider, outcome);
    if page != "setup" {
        return there;
    }
    let notice = there.split_once('?').map_or("", |(_, notice)| notice);
    let notice = notice.replace("notice=sync_", "notice=setup_sync_");
    format!("{}?{notice}", setup_address(provider, SetupStep::Configure))
}

/// Where a request leads.
#[must_use]
pub fn after(provider: &Provider, outcome: &RequestOutcome) -> String {
    let run = |uuid: &domain::id::PublicId, notice: &str| {
        format!(
            "/settings/integrations/{}/runs/{uuid}?notice={notice}",
            provider.key
        )
    };
    match outcome {
        RequestOutcome::Started(at) => run(&at.uuid, "sync_started"),
        RequestOutcome::Joined(at) => run(&at.uuid, "sync_joined"),
        RequestOutcome::Queued { behind } => run(&behind.uuid, "sync_queued"),
        RequestOutcome::Recent { run: Some(uuid) } => run(uuid, "sync_recent"),
        RequestOutcome::Recent { run: None } => format!(
            "/settings/integrations/{}/runs?notice=sync_recent",
            provider.key
        ),
        RequestOutcome::NotConnected => address(provider, "not_connected"),
        RequestOutcome::SetupOpen => address(provider, "setup_open"),
        RequestOutcome::NothingToRead => address(provider, "nothing_to_read"),
    }
}
