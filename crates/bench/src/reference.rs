//! What the first sync is compared with: the same client reads the same pages, decodes them and stores nothing.
//!
//! Runs in a process of its own (`bench reference`), with the runtime and the allocator of the product.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use connectors::Connect;
use connectors::connector::RequestCounter;
use connectors::limits::{Unlimited, Urgency};
use connectors::page::PageRequest;
use domain::provider;
use domain::scope::Scope;
use domain::secret::Secret;
use domain::stream::{PullMode, Stream};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::credentials;
use crate::machine;
use crate::process::{Output, Process};
use crate::sandbox::Address;

/// How long one pass may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What one pass over a stream took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Pass {
    /// Records decoded.
    pub records: u64,
    /// Seconds from the first request to the last record.
    pub seconds: f64,
    /// Processor seconds of this process for it.
    pub cpu_seconds: f64,
}

impl Pass {
    /// Records in a second.
    pub fn per_second(&self) -> f64 {
        self.records as f64 / self.seconds.max(1e-9)
    }
}

/// Starts the process and waits for its figures.
pub async fn measure(bench: &Path, dir: &Path, sandbox: &Address) -> Result<Pass> {
    let arguments = [
        "reference",
        "--vendor",
        &sandbox.vendor,
        "--sandbox",
        sandbox.url.as_str(),
    ]
    .map(str::to_owned);
    let output = Output::fresh(dir, "reference");
    let mut process = Process::start("reference", bench, &arguments, &[], output)?;
    process
        .wait_for_line(PATIENCE, |line| serde_json::from_str(line).ok())
        .await
}

/// The process itself: reads all tickets page after page, as a full run does.
pub async fn run(vendor: &str, sandbox: Url) -> Result<Pass> {
    let form = credentials::form(vendor);
    let connector = connectors::build(
        vendor,
        Connect {
            credentials: form
                .into_iter()
                .map(|(key, value)| (key, Secret::from(value)))
                .collect(),
            public_note_audiences: None,
            contact_type_field: None,
            installation_code: None,
            base_url: Some(sandbox),
            request_limit: None,
            permits: Arc::new(Unlimited),
            urgency: Urgency::Background,
            memory: Arc::default(),
            requests: Arc::new(RequestCounter::default()),
        },
    )?;
    let page_size = provider::find(vendor)
        .and_then(|provider| provider.capability.stream(Stream::Tickets))
        .map(|stream| stream.page_size)
        .context("the vendor has no tickets")?;
    let scope = Scope::default();
    let (start, cpu) = (Instant::now(), machine::cpu_seconds(std::process::id())?);
    let (mut records, mut cursor) = (0, None);
    loop {
        let request = PageRequest {
            stream: Stream::Tickets,
            mode: PullMode::Full { floor: None },
            cursor: cursor.as_ref(),
            scope: &scope,
            page_size,
        };
        let (received, next) = connector.decode_page(request).await?;
        records += u64::try_from(received)?;
        match next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    Ok(Pass {
        records,
        seconds: start.elapsed().as_secs_f64(),
        cpu_seconds: machine::cpu_seconds(std::process::id())? - cpu,
    })
}
