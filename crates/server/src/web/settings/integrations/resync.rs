//! `POST /settings/integrations/{provider}/resync` and `…/quick-sync`.

use axum::extract::{Path, State};
use domain::provider::Provider;
use domain::run::Trigger;
use sync::request::{RequestOutcome, RunMode, request_sync};

use super::find::{address, find};
use crate::app::App;
use crate::web::access::Staff;
use crate::web::error::Answer;
use crate::web::page::see_other;

/// Reads everything again now. Leads to the run, also when it is one that was running already (rules P9, P12).
///
/// # Errors
/// `404`; else when the database does not answer.
pub async fn resync(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    ask(&app, &staff, &key, Trigger::Resync, RunMode::Full).await
}

/// Reads what changed in tickets now.
///
/// # Errors
/// As [`resync`].
pub async fn quick_sync(State(app): State<App>, staff: Staff, Path(key): Path<String>) -> Answer {
    ask(&app, &staff, &key, Trigger::QuickSync, RunMode::Incremental).await
}

async fn ask(app: &App, staff: &Staff, key: &str, trigger: Trigger, mode: RunMode) -> Answer {
    let (provider, integration) = find(app.store(), key).await?;
    let outcome = request_sync(app.engine(), &staff.actor(), integration.id, trigger, mode).await?;
    see_other(&after(provider, &outcome))
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
