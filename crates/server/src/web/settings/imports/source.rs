//! Where an import comes from, and what has to be there before one can begin.

use domain::permission::{Area, Permission};
use domain::provider::{self, Provider};
use domain::stream::Stream;
use store::integrations::Integration;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Failure;
use crate::web::settings::integrations::find::{find_of, find_provider};

/// Where the records of a list come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The provider.
    pub provider: &'static Provider,
    /// Its integration.
    pub integration: Integration,
}

/// A prerequisite that is not met, with the place where it can be.
#[derive(Debug, Clone, Default)]
pub struct Missing {
    /// Symbol of the sprite.
    pub symbol: &'static str,
    /// What is missing.
    pub title: String,
    /// What to do.
    pub sentence: String,
    /// Where; empty when the viewer cannot do it.
    pub href: String,
    /// What the link says.
    pub label: String,
}

/// The provider of an address, if it has what a list shows at all.
///
/// # Errors
/// `404` for any other.
pub fn provider_with(key: &str, stream: Stream) -> Result<&'static Provider, Failure> {
    let provider = find_provider(key)?;
    if provider.capability.stream(stream).is_none() {
        return Err(Failure::not_found("Import"));
    }
    Ok(provider)
}

/// The source of a list, if the provider is connected; else where it can be.
///
/// # Errors
/// When the database does not answer.
pub async fn find_source(
    app: &App,
    person: &SignedIn,
    provider: &'static Provider,
    stream: Stream,
) -> Result<Result<Source, Missing>, Failure> {
    let name = provider.name;
    let found = find_of(app.store(), provider).await?;
    if let Some(integration) = found.filter(Integration::has_credentials) {
        return Ok(Ok(Source {
            provider,
            integration,
        }));
    }
    let connects = person.may(Permission::manage(Area::Integrations));
    Ok(Err(Missing {
        symbol: "plug",
        title: format!("{name} is not connected"),
        sentence: if connects {
            format!(
                "At least one integration must be configured and active. Connect {name}, and its {} appear here.",
                provider.words.stream(stream).to_lowercase()
            )
        } else {
            format!(
                "At least one integration must be configured and active. Somebody with the right Manage Integrations can connect {name}."
            )
        },
        href: if connects {
            format!("/settings/integrations/{}/setup", provider.key)
        } else {
            String::new()
        },
        label: format!("Connect {name}"),
    }))
}

/// A tool in an *Import* menu.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Key of the provider.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it is connected.
    pub connected: bool,
}

/// The tools that have what a list shows, connected or not.
#[must_use]
pub fn tools(integrations: &[Integration], stream: Stream) -> Vec<Tool> {
    provider::ALL
        .into_iter()
        .filter(|one| one.available && one.capability.stream(stream).is_some())
        .map(|provider| Tool {
            key: provider.key,
            name: provider.name,
            connected: integrations
                .iter()
                .any(|one| one.provider == provider.key && one.has_credentials()),
        })
        .collect()
}
