//! Builds the connector of an integration or of a form that is being tried.

use std::sync::Arc;

use connectors::connector::RequestCounter;
use connectors::limits::Urgency;
use connectors::{Connect, Connector};
use domain::settings::IntegrationSettings;
use store::Tx;
use store::integrations::{self, Integration};

use crate::connect::form::Credentials;
use crate::engine::Engine;
use crate::error::Result;

/// A connector and the counter of its requests.
#[derive(Clone)]
pub struct Connection {
    /// The connector.
    pub connector: Arc<dyn Connector>,
    /// Requests it sent.
    pub requests: Arc<RequestCounter>,
}

/// Builds a connector from credentials.
///
/// # Errors
/// As [`connectors::build`].
pub fn open(
    engine: &Engine,
    provider: &str,
    credentials: Credentials,
    settings: &IntegrationSettings,
    urgency: Urgency,
) -> connectors::Result<Connection> {
    let requests = Arc::new(RequestCounter::default());
    let connect = Connect {
        credentials,
        // Chosen when the connection was made; an administrator who clears the choice means nobody.
        public_note_audiences: Some(settings.public_note_audiences.iter().cloned().collect()),
        contact_type_field: settings.contact_type_field.clone(),
        installation_code: engine.config().installation_codes.get(provider).cloned(),
        base_url: engine.config().base_urls.get(provider).cloned(),
        request_limit: engine.config().request_limits.get(provider).copied(),
        permits: engine.permits().clone(),
        urgency,
        memory: engine.memory(),
        requests: Arc::clone(&requests),
    };
    let connector = connectors::build(provider, connect)?;
    Ok(Connection {
        connector,
        requests,
    })
}

/// Whether what the vendor answered still concerns what is here: not when the integration was disconnected or cleared
/// while the answer was on its way.
///
/// # Errors
/// As any statement.
pub async fn still_concerns(tx: &mut Tx, integration: &Integration) -> Result<bool> {
    let present = integrations::find_integration_in(tx, integration.id).await?;
    Ok(present.is_some_and(|present| {
        present.has_credentials() && present.generation == integration.generation
    }))
}
