//! `portico serve` in a process of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use domain::provider;
use reqwest::Client;
use url::Url;

use crate::place::Place;
use crate::process::{Output, Process};
use crate::sandbox::Address;
use crate::web;

/// Requests a vendor without limits allows.
const MANY: &str = "1000000000";
const START: Duration = Duration::from_secs(60);

/// A running `portico serve`.
pub struct Product {
    process: Process,
    address: Url,
    client: Client,
}

impl Product {
    /// Starts it on a place, with the vendor at `sandbox`, and waits until it answers.
    pub async fn start(portico: &Path, place: &Place, sandbox: &Address) -> Result<Self> {
        let mut product = Self::spawn(portico, place, sandbox)?;
        product.wait_until_ready().await?;
        Ok(product)
    }

    /// Starts it and returns at once.
    pub fn spawn(portico: &Path, place: &Place, sandbox: &Address) -> Result<Self> {
        let port = free_port()?;
        let mut environment = place.environment();
        environment.extend([
            (
                "PORTICO__SERVER__LISTEN".to_owned(),
                format!("127.0.0.1:{port}"),
            ),
            (
                format!("PORTICO__{}__BASE_URL", sandbox.vendor.to_uppercase()),
                sandbox.url.to_string(),
            ),
            ("PORTICO__LOG__LEVEL".to_owned(), "warn".to_owned()),
        ]);
        // The sandbox has no limits here, so what is measured is the product and not the vendor's patience.
        let vendor = sandbox.vendor.as_str();
        let limited = |one: &provider::Provider| !one.installation.request_limit.is_empty();
        if provider::find(vendor).is_some_and(limited) {
            let name = format!("PORTICO__{}__REQUEST_LIMIT", vendor.to_uppercase());
            environment.push((name, MANY.to_owned()));
        }
        let output = Output::in_dir(&place.dir, "portico");
        let arguments = ["serve".to_owned()];
        let process = Process::start("portico serve", portico, &arguments, &environment, output)?;
        Ok(Self {
            process,
            address: Url::parse(&format!("http://127.0.0.1:{port}/"))?,
            client: web::client()?,
        })
    }

    /// Waits until it answers.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let health = self.address.join("readyz")?;
        loop {
            self.process.check_alive()?;
            if let Ok(answer) = self.client.get(health.clone()).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if start.elapsed() > START {
                bail!("portico serve did not answer within {START:?}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Where it answers.
    pub fn address(&self) -> Url {
        self.address.clone()
    }

    /// The process.
    pub const fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// `SIGKILL`.
    pub async fn kill(self) -> Result<()> {
        self.process.kill().await
    }

    /// `SIGTERM`, and a clean end.
    pub async fn stop(self) -> Result<()> {
        let status = self.process.stop().await?;
        if !status.success() {
            bail!("portico serve ended with {status}");
        }
        Ok(())
    }
}

/// Ports to try, below those that systems give to connections that leave: one of those may be the other end of a
/// request of ours by the time the child wants it.
const PORTS: RangeInclusive<u16> = 15_000..=31_999;
/// Counts the ports tried by this process, so that no two of its children are given the same.
static TRIED: AtomicU32 = AtomicU32::new(0);

/// A port nobody listens on. Another program may take it before the child does; then starting fails and says so.
fn free_port() -> Result<u16> {
    let many = u32::from(PORTS.end() - PORTS.start()) + 1;
    for _ in 0..many {
        // Where a process begins depends on its number, so that several of them rarely meet.
        let offset = std::process::id()
            .wrapping_mul(97)
            .wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed))
            % many;
        let port = PORTS.start() + u16::try_from(offset)?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port of {PORTS:?} is free")
}
