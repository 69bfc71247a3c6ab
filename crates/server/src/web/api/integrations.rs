//! `/api/v1/integrations`: status and freshness. What one of them tells beside that is in `integration_detail`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::id::IntegrationId;
use domain::status::IntegrationStatus;
use serde::Serialize;
use store::{Store, integrations};
use sync::status::{self, Overview};
use utoipa::ToSchema;

use super::label::instant;
use super::list::{Page, Parameters, found, path_id};
use crate::app::App;
use crate::web::access::ApiCaller;
use crate::web::error::Failure;

/// Ids of integrations as the API writes them.
pub type Ids = BTreeMap<IntegrationId, String>;

/// The ids of all integrations.
///
/// # Errors
/// When the database does not answer.
pub async fn ids(store: &Store) -> Result<Ids, Failure> {
    let all = integrations::list_integrations(store).await?;
    let id = |one: integrations::Integration| (one.id, one.uuid.to_string());
    Ok(all.into_iter().map(id).collect())
}

/// The integration that an address names.
///
/// # Errors
/// 404 when there is none.
pub async fn in_path(store: &Store, id: &str) -> Result<integrations::Integration, Failure> {
    let uuid = path_id(id, "Integration")?;
    let one = integrations::find_integration_by_uuid(store, &uuid).await?;
    found(one, "Integration")
}

/// Milliseconds as whole seconds, rounded up, since what is told so is a bound.
#[must_use]
pub const fn seconds(millis: i64) -> i64 {
    (millis + 999) / 1_000
}

/// A configured provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integration {
    /// Id of the integration.
    id: String,
    /// Key of the provider, such as `autotask`.
    provider: String,
    /// Name.
    name: String,
    /// `connected`, `disconnected`, `error` or `syncing`.
    status: &'static str,
    /// The vendor does not answer properly, but not for long enough to call it an error.
    warning: bool,
    /// What is wrong, in the vendor's words.
    trouble: Option<String>,
    /// Account, tenant or zone there.
    account: String,
    /// When a run last ended well.
    last_sync_at: Option<String>,
    /// How many seconds what is shown may lag behind the vendor at most; null before the first complete run.
    freshness_seconds: Option<i64>,
    /// When everything was last read whole.
    last_reconciliation_at: Option<String>,
    /// Whether auto-sync is on.
    auto_sync: bool,
    /// When auto-sync is due.
    next_sync_at: Option<String>,
    /// Records that could not be read and are tried again.
    set_aside: i64,
    /// Questions about mass removals that wait for a person.
    open_questions: usize,
    /// Rights the credentials lack.
    missing_rights: Vec<String>,
}

const fn key(status: IntegrationStatus) -> &'static str {
    match status {
        IntegrationStatus::Connected => "connected",
        IntegrationStatus::Disconnected => "disconnected",
        IntegrationStatus::Error => "error",
        IntegrationStatus::Syncing => "syncing",
    }
}

/// The integration as lists show it.
#[must_use]
pub fn to_integration(overview: Overview) -> Integration {
    let row = overview.integration;
    Integration {
        id: row.uuid.to_string(),
        provider: row.provider,
        name: row.name,
        status: key(overview.status.status),
        warning: overview.status.warning,
        trouble: overview.trouble.map(|trouble| trouble.message),
        account: row.account,
        last_sync_at: instant(overview.last_sync_at),
        freshness_seconds: overview
            .freshness
            .map(|freshness| seconds(freshness.at_most)),
        last_reconciliation_at: instant(overview.last_reconciliation_at),
        auto_sync: row.auto_sync,
        next_sync_at: instant(overview.next_sync_at),
        set_aside: overview.set_aside,
        open_questions: overview.questions.len(),
        missing_rights: overview
            .missing_rights
            .into_iter()
            .map(|right| format!("{}: {}", right.area, right.right))
            .collect(),
    }
}

/// All integrations with status and freshness.
///
/// # Errors
/// 400 for a wrong parameter.
#[utoipa::path(
    get,
    path = "/api/v1/integrations",
    operation_id = "list_integrations",
    summary = "All integrations with status and freshness",
    tag = "integrations",
    responses((status = 200, description = "All integrations", body = Page<Integration>)),
)]
pub async fn list(
    State(app): State<App>,
    _: ApiCaller,
    parameters: Parameters,
) -> Result<Json<Page<Integration>>, Failure> {
    parameters.only(&[])?;
    let overviews = status::overviews(app.engine()).await?;
    Ok(Json(Page::whole(
        overviews.into_iter().map(to_integration).collect(),
    )))
}
