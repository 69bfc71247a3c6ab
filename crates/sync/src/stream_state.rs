//! How far each stream of an integration is known to be complete (rule P3): what its page and the API tell.

use domain::capability::StreamCapability;
use domain::clock::UtcMillis;
use domain::provider;
use domain::stream::Stream;
use store::checkpoints::{self, Checkpoint};
use store::company_adoption::count_unlinked;
use store::company_import::count_blocked;
use store::integrations::Integration;
use store::pages::count_shown;

use crate::engine::Engine;
use crate::error::Result;
use crate::run_plan::floor;

/// One stream.
#[derive(Debug, Clone)]
pub struct StreamState {
    /// What the vendor can do with it.
    pub capability: &'static StreamCapability,
    /// Whether it is read at all.
    pub selected: bool,
    /// How many records are here; none for a deletion feed, which has none.
    pub records: Option<u64>,
    /// How many of them are companies of Portico; `None` for other streams.
    pub companies: Option<u64>,
    /// What a full run covers: everything, or only records active since this instant.
    pub covered_since: Option<UtcMillis>,
    /// Its progress in this generation; `None` before any run completed it.
    pub checkpoint: Option<Checkpoint>,
    /// How old what is here may be at most, in milliseconds: since the last complete pull of it began.
    pub age: Option<i64>,
}

/// The streams of an integration in reading order; none when this version does not know the provider.
///
/// # Errors
/// As any statement.
pub async fn streams(engine: &Engine, integration: &Integration) -> Result<Vec<StreamState>> {
    let (store, settings) = (engine.store(), &integration.settings);
    let Some(provider) = provider::find(&integration.provider) else {
        return Ok(Vec::new());
    };
    let mut kept = checkpoints::list_checkpoints(store, integration.id).await?;
    kept.retain(|one| one.generation == integration.generation);
    let mut states = Vec::new();
    for capability in provider.capability.streams {
        let stream = capability.stream;
        let mut state = StreamState {
            capability,
            selected: settings.reads(stream),
            records: None,
            companies: None,
            covered_since: integration
                .connected_at
                .and_then(|at| floor(settings, stream, at)),
            checkpoint: kept.iter().find(|one| one.stream == stream).cloned(),
            age: None,
        };
        if !stream.is_deletion_feed() {
            state.records = Some(count_shown(store, integration.id, stream).await?);
        }
        if stream == Stream::Companies {
            let unlinked = count_unlinked(store, integration.id).await?;
            let elsewhere = unlinked + count_blocked(store, integration.id, None).await?;
            state.companies = state.records.map(|all| all.saturating_sub(elsewhere));
        }
        let started = state.checkpoint.as_ref();
        let started = started.and_then(|checkpoint| checkpoint.last_started_at);
        state.age = started.map(|at| engine.now().since(at));
        states.push(state);
    }
    Ok(states)
}
