//! The sandbox in a process of its own, and its control routes.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Client, Method};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::process::{Output, Process};
use crate::web;

const START: Duration = Duration::from_secs(60);
/// Records asked for at once when all are read.
const PAGE: usize = 5_000;

/// How large a world to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// The number it is generated from.
    pub seed: u64,
    /// Client companies.
    pub companies: u32,
    /// People at each.
    pub contacts_per_company: u32,
    /// Staff.
    pub technicians: u32,
    /// Tickets.
    pub tickets: u32,
    /// Opportunities.
    pub opportunities: u32,
}

/// Figures of a sandbox.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Stats {
    /// Requests since the start.
    pub request_count: u64,
    /// Processor seconds since the start.
    pub cpu_seconds: f64,
}

/// One request the sandbox saw.
#[derive(Debug, Clone, Deserialize)]
pub struct Seen {
    /// The vendor's name of the record kind.
    pub entity: Option<String>,
}

/// Where a vendor's sandbox is.
#[derive(Debug, Clone)]
pub struct Address {
    /// Key of the provider.
    pub vendor: String,
    /// Root of the sandbox.
    pub url: Url,
}

/// A running sandbox.
pub struct Sandbox {
    process: Process,
    address: Address,
    client: Client,
}

impl Sandbox {
    /// Starts one next to this program, without the vendor's limits and delays.
    pub async fn start(portico: &Path, dir: &Path, vendor: &str, world: World) -> Result<Self> {
        let figures = [
            ("--seed", world.seed.to_string()),
            ("--companies", world.companies.to_string()),
            ("--contacts", world.contacts_per_company.to_string()),
            ("--technicians", world.technicians.to_string()),
            ("--tickets", world.tickets.to_string()),
            ("--opportunities", world.opportunities.to_string()),
            // Rates and comparisons are of exactly the tickets asked for, the same number at every vendor.
            ("--project-tickets", "0".to_owned()),
            ("--port", "0".to_owned()),
            ("--limits", "off".to_owned()),
        ];
        let mut arguments = vec!["sandbox".to_owned(), vendor.replace('_', "-")];
        for (name, value) in figures {
            arguments.extend([name.to_owned(), value]);
        }
        let output = Output::fresh(dir, "sandbox");
        let mut process = Process::start("sandbox", portico, &arguments, &[], output)?;
        let address = process.wait_for_line(START, address_in).await?;
        Ok(Self {
            process,
            address: Address {
                vendor: vendor.to_owned(),
                url: address,
            },
            client: web::client()?,
        })
    }

    /// Where it is.
    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// Its figures.
    pub async fn stats(&self) -> Result<Stats> {
        let value = self.control(Method::GET, "stats", None).await?;
        Ok(serde_json::from_value(value)?)
    }

    /// Forgets the requests seen so far.
    pub async fn clear_journal(&self) -> Result<()> {
        self.control(Method::DELETE, "journal", None)
            .await
            .map(drop)
    }

    /// The requests seen since then, of the last 20,000.
    pub async fn journal(&self) -> Result<Vec<Seen>> {
        let value = self.control(Method::GET, "journal", None).await?;
        Ok(serde_json::from_value(value)?)
    }

    /// Plans a misbehaviour.
    pub async fn set_fault(&self, fault: &Value) -> Result<()> {
        self.control(Method::POST, "faults", Some(fault))
            .await
            .map(drop)
    }

    /// Behaves from now on.
    pub async fn clear_faults(&self) -> Result<()> {
        self.control(Method::DELETE, "faults", None).await.map(drop)
    }

    /// Creates a record and returns its id.
    pub async fn create(&self, entity: &str, fields: &Value) -> Result<i64> {
        let answer = self
            .control(Method::POST, &segment(entity), Some(fields))
            .await?;
        answer["id"].as_i64().context("a created record has no id")
    }

    /// Changes fields of a record.
    pub async fn patch(&self, entity: &str, id: i64, fields: &Value) -> Result<()> {
        let path = format!("{}/{id}", segment(entity));
        self.control(Method::PATCH, &path, Some(fields))
            .await
            .map(drop)
    }

    /// Deletes a record.
    pub async fn delete(&self, entity: &str, id: i64) -> Result<()> {
        let path = format!("{}/{id}", segment(entity));
        self.control(Method::DELETE, &path, None).await.map(drop)
    }

    /// All ids of an entity, ascending.
    pub async fn ids(&self, entity: &str) -> Result<Vec<i64>> {
        let mut answer = self
            .control(Method::GET, &format!("ids/{}", segment(entity)), None)
            .await?;
        Ok(serde_json::from_value(answer["ids"].take())?)
    }

    /// One record, as the vendor's API shows it.
    pub async fn record(&self, entity: &str, id: i64) -> Result<Value> {
        let path = format!("records/{}/{id}", segment(entity));
        let mut answer = self.control(Method::GET, &path, None).await?;
        Ok(answer["record"].take())
    }

    /// All records of an entity, as the vendor's API shows them, by id.
    pub async fn records(&self, entity: &str) -> Result<Vec<Value>> {
        let mut all: Vec<Value> = Vec::new();
        let mut after = -1;
        loop {
            let path = format!("records/{}?after={after}&limit={PAGE}", segment(entity));
            let mut answer = self.control(Method::GET, &path, None).await?;
            let page: Vec<Value> = serde_json::from_value(answer["records"].take())?;
            let full = page.len() == PAGE;
            all.extend(page);
            match all.last().and_then(|record| record["id"].as_i64()) {
                Some(last) if full => after = last,
                _ => return Ok(all),
            }
        }
    }

    /// Stops it.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await.map(drop)
    }

    async fn control(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = self.address.url.join("_control/")?.join(path)?;
        web::json(&self.client, method, url, body).await
    }
}

/// The vendor's name of an entity, slashes included, as one part of a path.
fn segment(entity: &str) -> String {
    entity.replace('/', "%2F")
}

/// The first address in a line.
fn address_in(line: &str) -> Option<Url> {
    let start = line.find("http://")?;
    let word = line[start..].split([' ', ',', '"', '\'', ')']).next()?;
    let mut url = Url::parse(word.trim_end_matches('.')).ok()?;
    url.set_path("/");
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_sentence() {
        for line in [
            "http://127.0.0.1:4000/",
            "Autotask sandbox on http://127.0.0.1:4000/atservicesrest/.",
            "address=\"http://127.0.0.1:4000\" ready",
        ] {
            let found = address_in(line).map(String::from);
            assert_eq!(found.as_deref(), Some("http://127.0.0.1:4000/"), "{line}");
        }
        assert_eq!(address_in("starting"), None);
    }
}
