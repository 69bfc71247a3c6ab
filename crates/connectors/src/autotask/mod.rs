//! Autotask PSA: companies, contacts, resources, tickets, notes and opportunities over its REST API v1.0.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod answer;
mod client;
mod config;
mod map;
mod probe;
mod query;
mod reference;
mod value;
mod wire;
mod zone;

use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::record::Batch;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use self::answer::{Answered, decode_stream, map_stream};
use self::client::Client;
use self::query::{LARGEST_PAGE, Position, conditions, go_on, source};
use self::wire::AutotaskQuery;
use crate::connector::{Connect, Connector, Fetched};
use crate::error::{Error, ErrorKind, Result};
use crate::http::send::Answer;
use crate::limits::Limits;
use crate::page::{ConnectionReport, Cursor, Page, PageRequest};

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

    /// Reads and decodes one page and throws it away: the reference a sync is measured against (design 7). Same
    /// request, client and page size as [`Connector::list_page`]; nothing is mapped.
    ///
    /// # Errors
    /// As any request.
    pub async fn decode_only(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        let (position, asked, query) = question(&request)?;
        let source = source(request.stream);
        let decode = |answer: &Answer| decode_stream(request.stream, answer, position);
        let seen = self
            .client
            .query(source.operation, source.entity, &query, decode)
            .await?;
        let (next, _oddity) = go_on(position, asked, &seen, source.operation)?;
        Ok((seen.received, next))
    }

    async fn answer(
        &self,
        stream: Stream,
        query: &AutotaskQuery,
        position: Position,
    ) -> Result<Answered> {
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
        Ok(self.client.zone().await?.limits.clone())
    }

    async fn test_connection(&self) -> Result<ConnectionReport> {
        probe::test_connection(&self.client).await
    }

    async fn reference_data(&self) -> Result<Vec<ReferenceItem>> {
        reference::read(&self.client).await
    }

    async fn list_page(&self, request: PageRequest<'_>) -> Result<Page> {
        let (position, asked, query) = question(&request)?;
        let Answered { mut page, seen } = self.answer(request.stream, &query, position).await?;
        (page.next, page.oddity) = go_on(position, asked, &seen, source(request.stream).operation)?;
        Ok(page)
    }

    async fn total(&self, stream: Stream, mode: PullMode, scope: &Scope) -> Result<Option<u64>> {
        let query = query::count(conditions(stream, mode, scope));
        self.client
            .count("count records", source(stream).entity, &query)
            .await
            .map(Some)
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        if !self
            .capability()
            .stream(stream)
            .is_some_and(|stream| stream.by_id)
        {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "fetch",
                "this provider cannot do that",
            )
            .without_effect());
        }
        // A query tells a missing record from a missing route; `GET /{entity}/{id}` answers 404 to both.
        let query = client::by_id(stream, numeric(external_id, "fetch")?);
        let Answered { page, .. } = self.answer(stream, &query, Position::default()).await?;
        Ok(match page.unreadable.into_iter().next() {
            Some(unreadable) => Fetched::Unreadable(unreadable),
            None if page.batch.is_empty() => Fetched::Gone,
            None => Fetched::Record(page.batch),
        })
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        let ticket = numeric(ticket_external_id, "list the notes of a ticket")?;
        let mut position = Position::default();
        let mut whole: Option<Page> = None;
        loop {
            let Answered { page, seen } = self
                .answer(
                    Stream::TicketNotes,
                    &client::notes_of(ticket, position),
                    position,
                )
                .await?;
            let (next, oddity) =
                go_on(position, LARGEST_PAGE, &seen, "list the notes of a ticket")?;
            let page = Page { oddity, ..page };
            whole = Some(match whole {
                None => page,
                Some(before) => joined(before, page),
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
        position.query(source(request.stream), asked, conditions),
    ))
}

/// Autotask's ids are numbers.
fn numeric(id: &str, operation: &'static str) -> Result<i64> {
    id.parse().map_err(|_| {
        Error::new(
            ErrorKind::Invalid,
            operation,
            format!("{id:?} is no id of Autotask"),
        )
        .without_effect()
    })
}

/// Two pages of the notes of one ticket as one.
fn joined(before: Page, after: Page) -> Page {
    let batch = match (before.batch, after.batch) {
        (Batch::TicketNotes(mut first), Batch::TicketNotes(second)) => {
            first.extend(second);
            Batch::TicketNotes(first)
        }
        (first, _) => first,
    };
    let mut unreadable = before.unreadable;
    unreadable.extend(after.unreadable);
    Page {
        batch,
        unreadable,
        repeated: before.repeated + after.repeated,
        received: before.received.saturating_add(after.received),
        next: None,
        vendor_time: before.vendor_time.or(after.vendor_time),
        oddity: before.oddity.or(after.oddity),
    }
}
