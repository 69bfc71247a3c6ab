//! Connections: testing, saving, changing and removing credentials (rules X1, X4), and probing refused ones (S2).
//!
//! A test alone saves nothing. Connecting tests first; what it then saves (integration, sealed credentials, reference
//! data, defaults drawn from it, the first run, the audit entry) commits together.

mod defaults;
mod delete_data;
pub(crate) mod form;
pub(crate) mod message;
mod outcome;
mod save;

use std::collections::BTreeMap;
use std::time::Duration;

use connectors::ErrorKind;
use connectors::limits::Urgency;
use connectors::page::ConnectionReport;
use domain::id::IntegrationId;
use domain::provider::{self, Provider};
use domain::settings::IntegrationSettings;
use store::integrations::{self, Integration};

pub use delete_data::delete_data;
pub use form::{StoredValue, is_stored, removal_of, stored_values};
pub use outcome::{
    ActionOutcome, ConnectOutcome, ConnectionSummary, MissingRight, Refusal, SettingsOutcome,
    Start, TestOutcome,
};
pub use save::{connect, connected_meanwhile, disconnect, read_again, update_credentials};

use crate::connector::{self, Connection};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::{health, schedule};
use form::Credentials;

/// Tests what a person typed into a connect form; an empty secret of an existing integration is the stored one.
///
/// # Errors
/// Of our own only; the vendor's are an outcome.
pub async fn test_connection(
    engine: &Engine,
    provider: &str,
    integration: Option<IntegrationId>,
    form: &BTreeMap<String, String>,
) -> Result<TestOutcome> {
    let provider = find_provider(provider)?;
    let (stored, settings) = match integration {
        Some(id) => (
            form::stored(engine, id).await?,
            load(engine, id).await?.settings,
        ),
        None => (Credentials::new(), IntegrationSettings::default()),
    };
    let credentials = match form::read(provider, form, &stored, is_installed(engine, provider)) {
        Ok(credentials) => credentials,
        Err(refusal) => return Ok(TestOutcome::Failed(refusal)),
    };
    Ok(
        match try_out(engine, provider, credentials, &settings).await {
            Ok((_, report)) => TestOutcome::Connected(summary(report)),
            Err(refusal) => TestOutcome::Failed(refusal),
        },
    )
}

/// A person waits for a test; a vendor that takes longer is called slow instead.
const LONGEST_TEST: Duration = Duration::from_secs(30);

/// Connects with credentials and asks the vendor who we are.
async fn try_out(
    engine: &Engine,
    provider: &'static Provider,
    credentials: Credentials,
    settings: &IntegrationSettings,
) -> std::result::Result<(Connection, ConnectionReport), Refusal> {
    if !provider.available {
        return Err(message::plain(format!(
            "{} is not available yet.",
            provider.name
        )));
    }
    let refusal = |error: connectors::Error| {
        tracing::info!(provider = provider.key, %error, "a connection test failed");
        message::refusal(provider, &error)
    };
    let connection = connector::open(engine, provider.key, credentials, settings, Urgency::Person)
        .map_err(refusal)?;
    let slow = || {
        let words = format!(
            "it did not answer within {} seconds",
            LONGEST_TEST.as_secs()
        );
        connectors::Error::new(ErrorKind::Unavailable, "test connection", words)
    };
    let report = tokio::time::timeout(LONGEST_TEST, connection.connector.test_connection())
        .await
        .unwrap_or_else(|_late| Err(slow()))
        .map_err(refusal)?;
    Ok((connection, report))
}

fn summary(report: ConnectionReport) -> ConnectionSummary {
    let mut missing: Vec<MissingRight> = report
        .permissions
        .into_iter()
        .filter_map(|finding| {
            let right = finding.missing?;
            Some(MissingRight {
                area: finding.area,
                right,
                required: finding.required,
            })
        })
        .collect();
    missing.sort_by_key(|right| !right.required);
    ConnectionSummary {
        account: report.account,
        web_url: report.web_url,
        missing,
    }
}

/// Whether the installation has a code of its own that goes with every request to a vendor.
fn is_installed(engine: &Engine, provider: &Provider) -> bool {
    let codes = &engine.config().installation_codes;
    codes.contains_key(provider.key)
}

fn find_provider(key: &str) -> Result<&'static Provider> {
    provider::find(key).ok_or_else(|| Error::UnknownProvider(key.to_owned()))
}

async fn load(engine: &Engine, id: IntegrationId) -> Result<Integration> {
    integrations::find_integration(engine.store(), id)
        .await?
        .ok_or(Error::NoIntegration(id))
}

/// One look whether refused credentials work again: the schedule goes on when they do.
pub(crate) async fn probe(engine: &Engine, id: IntegrationId) -> Result<()> {
    let Some(integration) = integrations::find_integration(engine.store(), id).await? else {
        return Ok(());
    };
    if !integration.has_credentials() || integration.refused_since.is_none() {
        return Ok(());
    }
    let provider = find_provider(&integration.provider)?;
    let credentials = form::stored(engine, id).await?;
    let tried = match connector::open(
        engine,
        provider.key,
        credentials.clone(),
        &integration.settings,
        Urgency::Background,
    ) {
        Ok(connection) => connection.connector.test_connection().await,
        Err(error) => Err(error),
    };
    let mut tx = engine.store().begin().await?;
    let present = integrations::lock_integration(&mut tx, id).await?;
    let same = present.is_some_and(|present| present.has_credentials())
        && form::stored_in(&mut tx, id).await? == credentials;
    if !same {
        // Others were saved meanwhile, or none are there any more: this is no word about them.
        return Ok(());
    }
    match tried {
        Ok(_report) => {
            health::answered(&mut tx, &integration).await?;
            if integration.settings.auto_sync && integration.is_armed() {
                integrations::update_next_sync(&mut tx, id, Some(engine.now())).await?;
            }
        }
        Err(error) if error.kind == ErrorKind::AuthFailed => {
            let words = message::sentence(provider.name, &error);
            health::refused(&mut tx, engine, &integration, &words).await?;
        }
        // No word about the credentials: the next probe tells.
        Err(error) => {
            tracing::info!(%error, "a probe could not reach the vendor");
            let next = engine.now().plus(schedule::PROBE);
            integrations::update_next_probe(&mut tx, id, Some(next)).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
