//! ConnectWise PSA (formerly ConnectWise Manage): companies, contacts, members, service tickets with their notes, and
//! opportunities over its REST API 3.0.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod base;
mod client;
mod conditions;
mod config;
mod forecast;
mod map;
mod probe;
mod reference;
mod stream;
mod wire;

use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::record::Batch;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use self::client::{Client, LARGEST_PAGE};
use self::stream::{map_notes, map_stream, path, seen_stream};
use crate::connector::{Connect, Connector, Fetched, check_by_id, check_stream};
use crate::error::{ErrorKind, Result};
use crate::http::exchange::{Api, Place};
use crate::http::send::Answer;
use crate::limits::Limits;
use crate::page::{ConnectionReport, Cursor, Page, PageRequest};
use crate::walk::{Position, go_on, numeric};

/// What the product is called in messages.
const NAME: &str = "ConnectWise";

/// ConnectWise PSA.
pub struct ConnectWisePsa {
    client: Client,
}

impl ConnectWisePsa {
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

impl fmt::Debug for ConnectWisePsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectWisePsa")
            .field("config", &self.client.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Connector for ConnectWisePsa {
    fn provider(&self) -> &'static str {
        "connectwise_psa"
    }

    fn capability(&self) -> &'static Capability {
        static NONE: Capability = Capability::NONE;
        provider::find("connectwise_psa").map_or(&NONE, |provider| &provider.capability)
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
        let question = self.question(&request)?;
        let tenant = self.client.tenant_for(request.stream).await?;
        let map = |answer: &Answer| map_stream(request.stream, answer, question.position, &tenant);
        let (mut page, seen) = self.ask(&question, map).await?;
        forecast::add(&self.client, &mut page).await?;
        let Question {
            operation,
            position,
            asked,
            ..
        } = question;
        (page.next, page.oddity) = go_on(NAME, operation, position, asked, &seen)?;
        Ok(page)
    }

    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        if request.stream == Stream::Opportunities {
            // Most of its requests depend on the ids of the first.
            let page = self.list_page(request).await?;
            return Ok((page.received as usize, page.next));
        }
        let question = self.question(&request)?;
        let decode = |answer: &Answer| seen_stream(request.stream, answer, question.position);
        let seen = self.ask(&question, decode).await?;
        let Question {
            operation,
            position,
            asked,
            ..
        } = question;
        let (next, _oddity) = go_on(NAME, operation, position, asked, &seen)?;
        Ok((seen.received, next))
    }

    async fn total(&self, stream: Stream, mode: PullMode, scope: &Scope) -> Result<Option<u64>> {
        check_stream(self.capability(), stream)?;
        let (_, path) = path(stream);
        let conditions = conditions::of(stream, mode, scope);
        self.client.count(path, &conditions).await.map(Some)
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        check_by_id(self.capability(), stream)?;
        let (_, path) = path(stream);
        let id = numeric(NAME, "fetch", external_id)?;
        let tenant = self.client.tenant_for(stream).await?;
        let map = |answer: &Answer| map_stream(stream, answer, Position::default(), &tenant);
        // A condition tells a missing record from a missing route; `GET /{path}/{id}` answers 404 to both.
        let (mut page, _seen) = self
            .client
            .forward(
                "fetch",
                path,
                &conditions::by_id(id),
                Position::default(),
                1,
                map,
            )
            .await?;
        forecast::add(&self.client, &mut page).await?;
        Ok(match page.unreadable.into_iter().next() {
            Some(unreadable) => Fetched::Unreadable(unreadable),
            None if page.batch.is_empty() => Fetched::Gone,
            None => Fetched::Record(page.batch),
        })
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        const OPERATION: &str = "list the notes of a ticket";
        const ENDPOINT: &str = "service/tickets/allNotes";
        let ticket = numeric(NAME, OPERATION, ticket_external_id)?;
        let path = format!("service/tickets/{ticket}/allNotes");
        let map = |answer: &Answer| {
            map_notes(OPERATION, ticket, answer).map(|page| {
                let received = page.received as usize;
                (page, received)
            })
        };
        let read = self.client.numbered(OPERATION, ENDPOINT, &path, map).await;
        let pages = match read {
            Ok(pages) => pages,
            // The ticket is gone, or it became a project ticket; there is nothing to read either way.
            Err(error) if error.kind == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let none = Page::of(Batch::TicketNotes(Vec::new()));
        Ok(pages.into_iter().reduce(Page::joined).unwrap_or(none))
    }
}

/// One page's question.
struct Question {
    operation: &'static str,
    path: &'static str,
    conditions: String,
    position: Position,
    asked: u32,
}

impl ConnectWisePsa {
    fn question(&self, request: &PageRequest<'_>) -> Result<Question> {
        check_stream(self.capability(), request.stream)?;
        let (operation, path) = path(request.stream);
        Ok(Question {
            operation,
            path,
            conditions: conditions::of(request.stream, request.mode, request.scope),
            position: Position::read(request.cursor)?,
            asked: request.page_size.clamp(1, LARGEST_PAGE),
        })
    }

    async fn ask<T: Send>(
        &self,
        question: &Question,
        make: impl Fn(&Answer) -> Result<T> + Send + Sync,
    ) -> Result<T> {
        let Question {
            operation,
            path,
            conditions,
            position,
            asked,
        } = question;
        self.client
            .forward(operation, path, conditions, *position, *asked, make)
            .await
    }
}
