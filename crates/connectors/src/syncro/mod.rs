//! Syncro: customers, contacts, users, tickets and their comments over its REST API v1.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod client;
mod config;
mod map;
mod probe;
mod read;
mod reference;
mod wire;

use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use self::client::Client;
use crate::connector::{Connect, Connector, Fetched, check_by_id, check_stream};
use crate::error::Result;
use crate::limits::Limits;
use crate::page::{ConnectionReport, Cursor, Page, PageRequest};

/// What the product is called in messages.
const NAME: &str = "Syncro";

/// Syncro.
pub struct Syncro {
    client: Client,
}

impl Syncro {
    /// Builds the connector; nothing is sent yet.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub fn new(connect: Connect) -> Result<Self> {
        Ok(Self {
            client: Client::new(connect)?,
        })
    }
}

impl fmt::Debug for Syncro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Syncro")
            .field("config", &self.client.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Connector for Syncro {
    fn provider(&self) -> &'static str {
        "syncro"
    }

    fn capability(&self) -> &'static Capability {
        static NONE: Capability = Capability::NONE;
        provider::find("syncro").map_or(&NONE, |provider| &provider.capability)
    }

    fn mapper_version(&self) -> u32 {
        map::VERSION
    }

    async fn limits(&self) -> Result<Limits> {
        Ok(self.client.limits().clone())
    }

    async fn test_connection(&self) -> Result<ConnectionReport> {
        probe::test_connection(&self.client).await
    }

    async fn reference_data(&self) -> Result<Vec<ReferenceItem>> {
        reference::read(&self.client).await
    }

    async fn list_page(&self, request: PageRequest<'_>) -> Result<Page> {
        check_stream(self.capability(), request.stream)?;
        read::page(&self.client, &request).await
    }

    fn knows_cursor(&self, stream: Stream, cursor: &Cursor) -> bool {
        read::knows(stream, cursor)
    }

    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        check_stream(self.capability(), request.stream)?;
        read::decoded(&self.client, &request).await
    }

    async fn total(&self, stream: Stream, mode: PullMode, _scope: &Scope) -> Result<Option<u64>> {
        check_stream(self.capability(), stream)?;
        read::total(&self.client, stream, mode).await
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        check_by_id(self.capability(), stream)?;
        read::one(&self.client, stream, external_id).await
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        read::notes(&self.client, ticket_external_id).await
    }
}
