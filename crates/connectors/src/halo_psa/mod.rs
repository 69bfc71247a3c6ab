//! Halo PSA: clients, users, agents, tickets with their actions, and opportunities over its REST API.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod answer;
mod beside;
mod client;
mod config;
mod contact_types;
mod custom_fields;
mod details;
mod map;
mod probe;
mod query;
mod reference;
mod replies;
mod wire;

use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::stream::{PullMode, Stream};

use self::answer::{count, map_stream, seen_stream};
use self::client::Client;
use self::query::{acted, by_id, list, one_row, source, with_custom_fields};
use self::replies::{Came, List};
use crate::connector::{Connect, Connector, Fetched, check_by_id, check_stream};
use crate::error::{ErrorKind, Result};
use crate::http::exchange::read;
use crate::http::send::Answer;
use crate::limits::Limits;
use crate::overlap::{Found, Place, Step};
use crate::page::{ConnectionReport, Cursor, Page, PageRequest};
use crate::walk::{Position, numeric};

/// What the product is called in messages.
const NAME: &str = "Halo PSA";

/// Halo PSA.
pub struct HaloPsa {
    client: Client,
    came: Came,
}

impl HaloPsa {
    /// Builds the connector; nothing is sent yet.
    ///
    /// # Errors
    /// `Invalid` with the form field that cannot be used.
    pub fn new(connect: Connect) -> Result<Self> {
        Ok(Self {
            client: Client::new(connect)?,
            came: Came::default(),
        })
    }

    /// Asks for the page a request stands for, again and from further up while records may have slipped through.
    async fn page<T: Send>(
        &self,
        request: &PageRequest<'_>,
        fields: &str,
        make: impl Fn(&Answer, Position) -> Result<(T, Found)> + Send + Sync,
    ) -> Result<(T, Option<Cursor>, Option<String>)> {
        check_stream(self.capability(), request.stream)?;
        let source = source(request.stream);
        let (of, cursor) = replies::part(request);
        let mut place = Place::read(cursor.as_ref())?;
        let wanted = request.page_size.clamp(2, source.largest_page);
        loop {
            let asked = place.ask(wanted);
            let position = place.position()?;
            let call = match of {
                List::Acted(since) => acted(since, self.client.sender.clock.now(), asked),
                _ => list(request.stream, request.mode, request.scope, asked),
            };
            let call = with_custom_fields(call, fields);
            let (made, found) = read(&self.client, &call, |answer| make(answer, position)).await?;
            if !source.paged {
                return Ok((made, None, None));
            }
            match place.go_on(NAME, source.operation, wanted, asked, &found)? {
                Step::On(next, oddity) => return Ok((made, replies::onward(of, next), oddity)),
                Step::Again(from) => place = from,
            }
        }
    }
}

impl fmt::Debug for HaloPsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HaloPsa")
            .field("config", &self.client.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Connector for HaloPsa {
    fn provider(&self) -> &'static str {
        "halo_psa"
    }

    fn capability(&self) -> &'static Capability {
        static NONE: Capability = Capability::NONE;
        provider::find("halo_psa").map_or(&NONE, |provider| &provider.capability)
    }

    fn mapper_version(&self) -> u32 {
        map::VERSION
    }

    async fn limits(&self) -> Result<Limits> {
        Ok(self.client.config.limits())
    }

    async fn test_connection(&self) -> Result<ConnectionReport> {
        probe::test_connection(&self.client).await
    }

    async fn reference_data(&self) -> Result<Vec<ReferenceItem>> {
        reference::read_all(&self.client).await
    }

    async fn list_page(&self, request: PageRequest<'_>) -> Result<Page> {
        check_stream(self.capability(), request.stream)?;
        let anew = request.stream == Stream::Companies;
        let (tenant, beside) = self.client.tenant_for(request.stream, anew).await?;
        let map = |answer: &Answer, position| map_stream(request.stream, answer, position, &tenant);
        let (fields, of_fields) = self.client.custom_fields(request.stream).await?;
        let (mut page, next, oddity) = self.page(&request, &fields, map).await?;
        self.came.heed(&request, &mut page);
        page.beside.extend(beside.into_iter().chain(of_fields));
        details::add(&self.client, &tenant.sites, &mut page).await?;
        details::tell_of_contacts(&self.client, &mut page);
        Ok(Page {
            next,
            oddity,
            ..page
        })
    }

    fn knows_cursor(&self, stream: Stream, cursor: &Cursor) -> bool {
        let cursor = match replies::inside(cursor) {
            Some(inside) if stream == Stream::Tickets => inside,
            _ => Some(cursor.clone()),
        };
        Place::read(cursor.as_ref()).is_ok()
    }

    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        let decode = |answer: &Answer, position| {
            let found = seen_stream(request.stream, answer, position)?;
            Ok((found.seen.received - found.seen.before, found))
        };
        let (fields, _beside) = self.client.custom_fields(request.stream).await?;
        let (received, next, _oddity) = self.page(&request, &fields, decode).await?;
        Ok((received, next))
    }

    async fn total(&self, stream: Stream, mode: PullMode, scope: &Scope) -> Result<Option<u64>> {
        if !source(stream).paged {
            return Ok(None);
        }
        let call = list(stream, mode, scope, one_row());
        read(&self.client, &call, |answer| count(call.operation, answer)).await
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        check_by_id(self.capability(), stream)?;
        let call = by_id(stream, numeric(NAME, "fetch", external_id)?);
        let (fields, of_fields) = self.client.custom_fields(stream).await?;
        let call = with_custom_fields(call, &fields);
        let (tenant, beside) = self.client.tenant_for(stream, false).await?;
        let map = |answer: &Answer| map_stream(stream, answer, Position::default(), &tenant);
        let mut page = match read(&self.client, &call, map).await {
            Ok((page, _found)) => page,
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(Fetched::Gone),
            Err(error) => return Err(error),
        };
        page.beside.extend(beside.into_iter().chain(of_fields));
        details::tell_of_contacts(&self.client, &mut page);
        Ok(page.into())
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        const OPERATION: &str = "list the actions of a ticket";
        let ticket = numeric(NAME, OPERATION, ticket_external_id)?;
        let mut count = None;
        loop {
            let call = query::actions(OPERATION, ticket, count);
            let map = |answer: &Answer| answer::actions(OPERATION, answer, ticket);
            let (page, total) = read(&self.client, &call, map).await?;
            let received = u64::from(page.received);
            match total.filter(|total| *total > received) {
                None => {
                    if received == 0 {
                        probe::require_actions(&self.client, OPERATION, ticket).await?;
                    }
                    return Ok(page);
                }
                // The list has no pages: a limit of the vendor's is passed by asking for all of them.
                Some(total) if count.is_none() => count = Some(total),
                // It may count its own entries, which are not asked for: what came is kept, and the difference told.
                Some(total) => {
                    let oddity = format!("{NAME} counts {total} actions and lists {received}.");
                    return Ok(Page {
                        oddity: Some(oddity),
                        ..page
                    });
                }
            }
        }
    }
}
