//! The application: one value that owns everything a request or command needs. No global state hangs beside it.

use std::sync::{Arc, OnceLock};

use anyhow::Context;
use axum::body::Bytes;
use domain::clock::SharedClock;
use store::{KeySource, Store, StoreConfig};
use sync::{Engine, EngineConfig};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::web::cookie::CookieJar;
use crate::web::metrics::Recorder;
use crate::web::rate::RateLimits;

/// How many passwords are hashed at once: each takes 19 MB and a processor.
const PASSWORDS_AT_ONCE: usize = 2;

/// The application. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    store: Store,
    engine: Engine,
    clock: SharedClock,
    cookies: CookieJar,
    warning: Option<String>,
    passwords: Semaphore,
    rates: RateLimits,
    recorder: Recorder,
    api_document: OnceLock<Bytes>,
    read_outbox: bool,
    stop: CancellationToken,
}

/// What differs between ways to start.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Replaces vendors' addresses, by provider key: the demo's sandbox.
    pub base_urls: std::collections::BTreeMap<String, Url>,
    /// Requests in vendors' windows, by provider key, where the configuration names none.
    pub request_limits: std::collections::BTreeMap<String, u32>,
    /// Lets whoever may manage settings read messages in the outbox: the demo, where nobody receives mail.
    pub read_outbox: bool,
    /// Cancelled when the process is to end.
    pub stop: CancellationToken,
}

impl App {
    /// Opens the database and puts the application together. Nothing runs in the background yet.
    ///
    /// # Errors
    /// When the data folder cannot be made or the database cannot be opened.
    pub async fn open(config: Config, clock: SharedClock, start: Start) -> anyhow::Result<Self> {
        let store = open_store(&config, Arc::clone(&clock)).await?;
        let mut engine_config = EngineConfig::new(node_name());
        engine_config.address = config.base_address();
        engine_config.concurrency = config.worker.concurrency;
        engine_config.private_addresses = config.security.private_addresses;
        engine_config.mail = config.mail_config()?;
        engine_config.base_urls = start.base_urls;
        engine_config.request_limits = start.request_limits;
        for installed in &config.installed {
            let key = installed.provider.to_owned();
            if let Some(code) = &installed.code {
                engine_config
                    .installation_codes
                    .insert(key.clone(), code.clone());
            }
            if let Some(limit) = installed.request_limit {
                engine_config.request_limits.insert(key.clone(), limit);
            }
            if let Some(address) = &installed.base_url {
                engine_config
                    .base_urls
                    .entry(key)
                    .or_insert_with(|| address.clone());
            }
        }
        let engine = Engine::new(store.clone(), Arc::clone(&clock), engine_config);
        Ok(Self(Arc::new(Inner {
            cookies: CookieJar::new(config.is_https()),
            warning: plain_http_warning(&config),
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
            rates: RateLimits::default(),
            recorder: Recorder::install(),
            api_document: OnceLock::new(),
            read_outbox: start.read_outbox,
            stop: start.stop,
            config,
            store,
            engine,
            clock,
        })))
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The sync engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Whether what is known of a provider's product comes from a sandbox: the process was told to ask another address
    /// than the vendor's. Its links to screens lead nowhere then, or to somebody else's account.
    #[must_use]
    pub fn is_sandbox(&self, provider: &str) -> bool {
        self.engine().config().base_urls.contains_key(provider)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// Names and flags of cookies.
    #[must_use]
    pub fn cookies(&self) -> CookieJar {
        self.0.cookies
    }

    /// A standing warning for every page.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        self.0.warning.as_deref()
    }

    /// Limits how many passwords are hashed at once.
    #[must_use]
    pub fn passwords(&self) -> &Semaphore {
        &self.0.passwords
    }

    /// Request limits of API keys.
    #[must_use]
    pub fn rates(&self) -> &RateLimits {
        &self.0.rates
    }

    /// Where metrics are collected.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    /// The API description as served, made once.
    #[must_use]
    pub fn api_document(&self) -> &OnceLock<Bytes> {
        &self.0.api_document
    }

    /// Whether messages in the outbox may be read on the settings page.
    #[must_use]
    pub fn reads_outbox(&self) -> bool {
        self.0.read_outbox
    }

    /// Cancelled when the process is to end; long answers such as event streams end with it.
    #[must_use]
    pub fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("App")
            .field(&self.0.config.server.listen)
            .finish()
    }
}

/// What a configuration opens the database with.
#[must_use]
pub fn store_config(config: &Config) -> StoreConfig {
    let mut store_config = if config.uses_postgres() {
        StoreConfig::postgres(
            config.database.url.clone(),
            KeySource::File(config.master_key_file()),
        )
    } else {
        StoreConfig::sqlite(config.sqlite_file())
    };
    store_config.connections = config.database.connections;
    if !config.security.master_key_file.is_empty() {
        store_config.master_key = KeySource::File(config.master_key_file());
    }
    store_config
}

/// Opens the database a configuration names, for work.
///
/// # Errors
/// When the data folder cannot be made or the database cannot be opened.
pub async fn open_store(config: &Config, clock: SharedClock) -> anyhow::Result<Store> {
    if !config.uses_postgres() {
        make_private_folder(&config.storage.data_dir)?;
    }
    Ok(Store::open(store_config(config), clock).await?)
}

/// Creates a folder that only its owner may enter, unless it is there.
///
/// # Errors
/// When it cannot be created.
pub fn make_private_folder(folder: &std::path::Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("The data folder {} cannot be created", folder.display()))
}

/// New at every start, so that leases of an earlier start are never mistaken for this one's.
fn node_name() -> String {
    format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple())
}

fn plain_http_warning(config: &Config) -> Option<String> {
    (!config.is_https() && !config.is_for_this_machine()).then(|| {
        "This site is reached by plain http: passwords and data cross the network readable. Put a proxy with https in \
         front and set server.base_address to its address."
            .to_owned()
    })
}
