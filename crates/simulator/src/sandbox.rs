//! A running sandbox: starting and stopping it.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::clock::Clock;
use crate::config::{SandboxConfig, SandboxError, WorldConfig};
use crate::control::Control;
use crate::exchange::Setup;
use crate::fault::Faults;
use crate::host::Host;
use crate::journal::Journal;
use crate::server;
use crate::state::{StateLock, StateLog, Stored};
use crate::vendor::Credentials;
use crate::world::{MAX_TICKETS, World};

/// A running stand-in for a vendor, stopped when dropped.
pub struct Sandbox {
    base_url: Url,
    control: Control,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    /// Goes back last: until then nobody else may open the state file.
    _lock: Option<StateLock>,
}

impl Sandbox {
    /// Starts the stand-in that accepts these credentials.
    pub(crate) async fn start<C: Credentials>(
        config: SandboxConfig<C>,
    ) -> Result<Self, SandboxError> {
        check_size(&config.world)?;
        let failed = |source| SandboxError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let asked_ms = config.clock_start_ms;
        let (log, stored, lock) = match &config.state_file {
            Some(path) => {
                let (log, stored, lock) = StateLog::open(path, C::TOOL, &config.world, asked_ms)?;
                (log, stored, Some(lock))
            }
            None => (StateLog::in_memory(), Stored::fresh(asked_ms), None),
        };
        let clock = Arc::new(Clock::starting_at(stored.clock_ms));
        let mut base_url =
            Url::parse("http://127.0.0.1/").map_err(|e| SandboxError::Control(e.to_string()))?;
        let _ = base_url.set_ip_host(address.ip());
        let _ = base_url.set_port(Some(address.port()));
        let vendor = C::open(Setup {
            world: World::new(config.world, stored.base_ms, C::TOOL),
            clock: Arc::clone(&clock),
            credentials: config.credentials,
            limits: config.limits,
            origin: base_url.as_str().trim_end_matches('/').to_owned(),
            log,
            changes: stored.changes,
        })?;
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
            _lock: lock,
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
        && (1..=WorldConfig::MOST_TECHNICIANS).contains(&world.technicians)
        && world.tickets <= MAX_TICKETS
        && world.opportunities <= MAX_TICKETS
        && people <= u64::from(MAX_TICKETS);
    fits.then_some(())
        .ok_or(SandboxError::WorldSize { max: MAX_TICKETS })
}
