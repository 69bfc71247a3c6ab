//! Autotask PSA: companies, contacts, resources, tickets, notes and opportunities over its REST API v1.0.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod answer;
mod client;
mod config;
mod locations;
mod map;
mod probe;
mod query;
mod reference;
mod wire;
mod zone;

use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use self::answer::{decode_stream, map_stream};
use self::client::Client;
use self::query::{LARGEST_PAGE, conditions, page, source};
use self::wire::AutotaskQuery;
use crate::connector::{Connect, Connector, Fetched, check_by_id};
use crate::error::{Error, ErrorKind, Result};
use crate::http::exchange::{Api, Place};
use crate::http::send::Answer;
use crate::limits::Limits;
use crate::page::{ConnectionReport, Cursor, Page, PageRequest};
use crate::walk::{Position, Seen, go_on, numeric};

/// What the product is called in messages.
const NAME: &str = "Autotask";

/// Autotask PSA.
pub struct Autotask {
    client: Client,
}

impl Autotask {
    /// Builds the connector; nothing is sent yet.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub fn new(connect: Connect) -> Result<Self> {
        Ok(Self {
            client: Client::new(connect)?,
        })
    }

    async fn answer(
        &self,
        stream: Stream,
        query: &AutotaskQuery,
        position: Position,
    ) -> Result<(Page, Seen)> {
        let source = source(stream);
        let tenant = self.client.tenant_for(stream).await?;
        let map = |answer: &Answer| map_stream(stream, answer, position, &tenant);
        self.client
            .query(source.operation, source.entity, query, map)
            .await
    }
}

impl fmt::Debug for Autotask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Autotask")
            .field("config", &self.client.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Connector for Autotask {
    fn provider(&self) -> &'static str {
        "autotask"
    }

    fn capability(&self) -> &'static Capability {
        static NONE: Capability = Capability::NONE;
        provider::find("autotask").map_or(&NONE, |provider| &provider.capability)
    }

    fn mapper_version(&self) -> u32 {
        map::VERSION
    }

    async fn limits(&self) -> Result<Limits> {
        Ok(self.client.place().await?.limits().clone())
    }

    async fn test_connection(&self) -> Result<ConnectionReport> {
        probe::test_connection(&self.client).await
    }

    async fn reference_data(&self) -> Result<Vec<ReferenceItem>> {
        reference::read(&self.client).await
    }

    async fn list_page(&self, request: PageRequest<'_>) -> Result<Page> {
        let (position, asked, query) = question(&request)?;
        let (mut page, seen) = self.answer(request.stream, &query, position).await?;
        locations::add(&self.client, &mut page).await?;
        let operation = source(request.stream).operation;
        (page.next, page.oddity) = go_on(NAME, operation, position, asked, &seen)?;
        Ok(page)
    }

    fn knows_cursor(&self, _stream: Stream, cursor: &Cursor) -> bool {
        Position::read(Some(cursor)).is_ok()
    }

    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        let (position, asked, query) = question(&request)?;
        let source = source(request.stream);
        let decode = |answer: &Answer| decode_stream(request.stream, answer, position);
        let seen = self
            .client
            .query(source.operation, source.entity, &query, decode)
            .await?;
        let (next, _oddity) = go_on(NAME, source.operation, position, asked, &seen)?;
        Ok((seen.received, next))
    }

    async fn total(&self, stream: Stream, mode: PullMode, scope: &Scope) -> Result<Option<u64>> {
        let query = query::count(conditions(stream, mode, scope));
        self.client
            .count("count records", source(stream).entity, &query)
            .await
            .map(Some)
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        check_by_id(self.capability(), stream)?;
        // A query tells a missing record from a missing route; `GET /{entity}/{id}` answers 404 to both.
        let query = client::by_id(stream, numeric(NAME, "fetch", external_id)?);
        let (mut page, _seen) = self.answer(stream, &query, Position::default()).await?;
        locations::add(&self.client, &mut page).await?;
        Ok(page.into())
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        let ticket = numeric(NAME, "list the notes of a ticket", ticket_external_id)?;
        let mut position = Position::default();
        let mut whole: Option<Page> = None;
        loop {
            let (page, seen) = self
                .answer(
                    Stream::TicketNotes,
                    &client::notes_of(ticket, position),
                    position,
                )
                .await?;
            let operation = "list the notes of a ticket";
            let (next, oddity) = go_on(NAME, operation, position, LARGEST_PAGE, &seen)?;
            let page = Page { oddity, ..page };
            whole = Some(match whole {
                None => page,
                Some(before) => before.joined(page),
            });
            match next {
                Some(cursor) => position = Position::read(Some(&cursor))?,
                None => {
                    return whole.ok_or_else(|| {
                        Error::new(
                            ErrorKind::Unexpected,
                            "list the notes of a ticket",
                            "no page",
                        )
                    });
                }
            }
        }
    }
}

/// The question a page request stands for, with where it stands and how many records it asks for.
fn question(request: &PageRequest<'_>) -> Result<(Position, u32, AutotaskQuery)> {
    let position = Position::read(request.cursor)?;
    let asked = request.page_size.clamp(1, LARGEST_PAGE);
    let conditions = conditions(request.stream, request.mode, request.scope);
    Ok((
        position,
        asked,
        page(position, source(request.stream), asked, conditions),
    ))
}
