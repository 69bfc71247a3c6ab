//! The provider an address names, and its integration if there is one.

use axum::response::Response;
use domain::permission::{Area, Permission};
use domain::provider::{self, Provider};
use store::Store;
use store::integrations::{Integration, list_integrations};

use crate::web::access::Staff;
use crate::web::error::Failure;
use crate::web::page::see_other;

/// The provider with this key, if it can be connected.
///
/// # Errors
/// `404` for a provider that is unknown or not available yet.
pub fn find_provider(key: &str) -> Result<&'static Provider, Failure> {
    provider::find(key)
        .filter(|provider| provider.available)
        .ok_or_else(|| Failure::not_found("Integration"))
}

/// The integration of a provider, connected or not. There is one per provider on these pages; should there be more,
/// the first.
///
/// # Errors
/// When the database does not answer.
pub async fn find_of(store: &Store, provider: &Provider) -> Result<Option<Integration>, Failure> {
    let all = list_integrations(store).await?;
    Ok(all
        .into_iter()
        .find(|integration| integration.provider == provider.key))
}

/// Whether there is anything of an integration: it is connected, or was and its data is kept. Not after *Delete data*.
#[must_use]
pub fn is_in_use(integration: &Integration) -> bool {
    integration.has_credentials()
        || !integration.account.is_empty()
        || integration.last_success_at.is_some()
}

/// The provider with this key and its integration.
///
/// # Errors
/// `404` when there is none.
pub async fn find(store: &Store, key: &str) -> Result<(&'static Provider, Integration), Failure> {
    let provider = find_provider(key)?;
    let integration = find_of(store, provider)
        .await?
        .ok_or_else(|| Failure::not_found("Integration"))?;
    Ok((provider, integration))
}

/// The provider with this key and its integration; without one, where a person who followed a link goes instead: to the
/// setup, or to the cards when the role does not allow connecting.
///
/// # Errors
/// `404` for a provider that is unknown or not available yet.
pub async fn find_or_connect(
    store: &Store,
    staff: &Staff,
    key: &str,
) -> Result<Result<(&'static Provider, Integration), Response>, Failure> {
    let provider = find_provider(key)?;
    if let Some(integration) = find_of(store, provider).await? {
        return Ok(Ok((provider, integration)));
    }
    let instead = if staff.may(Permission::manage(Area::Integrations)) {
        format!("{}/setup", address(provider, ""))
    } else {
        "/settings/integrations".to_owned()
    };
    Ok(Err(see_other(&instead)?))
}

/// The address of an integration's page.
#[must_use]
pub fn address(provider: &Provider, notice: &str) -> String {
    let base = format!("/settings/integrations/{}", provider.key);
    if notice.is_empty() {
        base
    } else {
        format!("{base}?notice={notice}")
    }
}
