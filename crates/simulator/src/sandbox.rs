//! A running sandbox: starting and stopping it.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::{Clock, wall_ms};
use crate::config::{
    ConnectWisePsaCredentials, HaloPsaCredentials, SandboxConfig, SandboxError, SyncroCredentials,
    WorldConfig,
};
use crate::control::Control;
use crate::exchange::{Setup, Vendor};
use crate::fault::Faults;
use crate::host::Host;
use crate::journal::Journal;
use crate::server;
use crate::state::{StateLog, Stored};
use crate::vendors::autotask::Autotask;
use crate::vendors::connectwise_psa::ConnectWisePsa;
use crate::vendors::halo_psa::HaloPsa;
use crate::vendors::syncro::Syncro;
use crate::world::tool::Tool;
use crate::world::{MAX_TICKETS, World};

/// A running stand-in for a vendor, stopped when dropped.
pub struct Sandbox {
    base_url: Url,
    control: Control,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a stand-in for Autotask PSA. The zone look-up is at
    /// `{base_url}atservicesrest/v1.0/zoneInformation`.
    ///
    /// # Errors
    /// When the address cannot be listened on, the state file cannot be used or belongs to
    /// another world, or the world asked for is empty or too large.
    pub async fn start_autotask(config: SandboxConfig) -> Result<Self, SandboxError> {
        Self::start(config, Tool::Autotask, Autotask::new).await
    }

    /// Starts a stand-in for ConnectWise PSA. Company info is at
    /// `{base_url}login/companyinfo/{company id}`, the API below `{base_url}v4_6_release/apis/3.0`.
    ///
    /// # Errors
    /// As [`Self::start_autotask`].
    pub async fn start_connectwise_psa(
        config: SandboxConfig<ConnectWisePsaCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config, Tool::ConnectWisePsa, ConnectWisePsa::new).await
    }

    /// Starts a stand-in for Halo PSA. Tokens come from `{base_url}auth/token`, the API is below `{base_url}api`.
    ///
    /// # Errors
    /// As [`Self::start_autotask`].
    pub async fn start_halo_psa(
        config: SandboxConfig<HaloPsaCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config, Tool::HaloPsa, HaloPsa::new).await
    }

    /// Starts a stand-in for Syncro. The API is below `{base_url}api/v1`.
    ///
    /// # Errors
    /// As [`Self::start_autotask`].
    pub async fn start_syncro(
        config: SandboxConfig<SyncroCredentials>,
    ) -> Result<Self, SandboxError> {
        Self::start(config, Tool::Syncro, Syncro::new).await
    }

    async fn start<C, V: Vendor>(
        config: SandboxConfig<C>,
        tool: Tool,
        make: impl FnOnce(Setup<C>) -> Result<V, SandboxError>,
    ) -> Result<Self, SandboxError> {
        check_size(&config.world)?;
        let failed = |source| SandboxError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let start_ms = config.clock_start_ms.unwrap_or_else(wall_ms);
        let (log, stored) = match &config.state_file {
            Some(path) => StateLog::open(path, tool, &config.world, start_ms)?,
            None => (StateLog::in_memory(), Stored::fresh(start_ms)),
        };
        let clock = Arc::new(Clock::starting_at(stored.clock_ms));
        let mut base_url =
            Url::parse("http://127.0.0.1/").map_err(|e| SandboxError::Control(e.to_string()))?;
        let _ = base_url.set_ip_host(address.ip());
        let _ = base_url.set_port(Some(address.port()));
        let vendor: Arc<dyn Vendor> = Arc::new(make(Setup {
            world: World::new(config.world, stored.base_ms, tool),
            clock: Arc::clone(&clock),
            credentials: config.credentials,
            limits: config.limits,
            origin: base_url.as_str().trim_end_matches('/').to_owned(),
            log,
            changes: stored.changes,
        })?);
        let stop = CancellationToken::new();
        let host = Arc::new(Host {
            clock,
            journal: Journal::default(),
            faults: Faults::default(),
            vendor: Arc::clone(&vendor),
        });
        let tasks = vec![
            tokio::spawn(server::serve(listener, Arc::clone(&host), stop.clone())),
            tokio::spawn(vendor.run(stop.clone())),
        ];
        Ok(Self {
            base_url,
            control: Control::new(host),
            stop,
            tasks,
        })
    }

    /// Root of the sandbox, such as `http://127.0.0.1:49152/`.
    pub fn base_url(&self) -> Url {
        self.base_url.clone()
    }

    /// The steering wheel.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Stops listening, closes connections and writes what is left to the state file.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for task in self.tasks.drain(..) {
            let _ = task.await;
        }
        self.control.host().vendor.clock_moved();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn check_size(world: &WorldConfig) -> Result<(), SandboxError> {
    let people = u64::from(world.companies) * u64::from(world.contacts_per_company);
    let fits = world.companies >= 1
        && world.contacts_per_company >= 1
        && (1..=10_000).contains(&world.technicians)
        && world.tickets <= MAX_TICKETS
        && world.opportunities <= MAX_TICKETS
        && people <= u64::from(MAX_TICKETS);
    fits.then_some(())
        .ok_or(SandboxError::WorldSize { max: MAX_TICKETS })
}
