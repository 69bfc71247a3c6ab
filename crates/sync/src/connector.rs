//! Builds the connector of an integration or of a form that is being tried.

use std::sync::Arc;

use connectors::connector::RequestCounter;
use connectors::limits::Urgency;
use connectors::{Connect, Connector};
use domain::settings::IntegrationSettings;

use crate::connect::form::Credentials;
use crate::engine::Engine;

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
        public_note_audiences: settings.public_note_audiences.iter().cloned().collect(),
        installation_code: engine.config().installation_codes.get(provider).cloned(),
        base_url: engine.config().base_urls.get(provider).cloned(),
        permits: engine.permits().clone(),
        urgency,
        requests: Arc::clone(&requests),
    };
    let connector = connectors::build(provider, connect)?;
    Ok(Connection {
        connector,
        requests,
    })
}
