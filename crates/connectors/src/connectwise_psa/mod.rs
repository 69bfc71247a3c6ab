//! ConnectWise PSA (formerly ConnectWise Manage): companies, contacts, members, service and project tickets with their
//! notes, and opportunities over its REST API 3.0.
//!
//! The connector itself is thin delegation to the modules below. What a person needs to know follows.
#![doc = include_str!("README.md")]

mod base;
mod client;
mod communications;
mod conditions;
mod config;
mod forecast;
mod map;
mod own_notes;
mod probe;
mod projects;
mod reference;
mod sites;
mod stream;
mod wire;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use domain::capability::Capability;
use domain::provider;
use domain::record::{Batch, TicketNoteRecord, Visibility};
use domain::reference::ReferenceItem;
use domain::scope::Scope;
use domain::side_list::SideList;
use domain::stream::{PullMode, Stream};

use self::client::{Client, LARGEST_PAGE};
use self::map::{is_own, leave_one_description};
use self::projects::List;
use self::sites::Turn;
use self::stream::{Marks, map_notes, map_stream, path, seen_stream};
use crate::connector::{Connect, Connector, Fetched, check_by_id, check_stream};
use crate::error::Result;
use crate::http::exchange::{Api, Place};
use crate::http::send::Answer;
use crate::limits::Limits;
use crate::page::{Beside, ConnectionReport, Cursor, Page, PageRequest};
use crate::probe::allowed;
use crate::walk::{Position, Seen, go_on, numeric};

/// Times as many companies on a page whose sites are not asked for.
const WIDER: u32 = 20;

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

/// What it can do.
fn capability() -> &'static Capability {
    static NONE: Capability = Capability::NONE;
    provider::find("connectwise_psa").map_or(&NONE, |provider| &provider.capability)
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
        capability()
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
        let turn = sites::turn(&self.client, request.stream, request.mode).await?;
        let mut question = self.question(&request, turn)?;
        let tenant = self.client.tenant_for(request.stream).await?;
        let map = |answer: &Answer, question: &Question| {
            let (page, seen) = map_stream(request.stream, answer, question.position, &tenant)?;
            let unreached = communications::are_missing(request.stream, answer, &page);
            Ok((page, seen, unreached))
        };
        let mut asked = self.ask(&question, |answer| map(answer, &question)).await?;
        if let Some((page, _, true)) = &asked
            && page.received > communications::MOST
        {
            self.client.no_communications.know();
            question.asked = communications::MOST;
            asked = self.ask(&question, |answer| map(answer, &question)).await?;
        }
        let Some((mut page, seen, unreached)) = asked else {
            let mut none = Page::of(Batch::Tickets(Vec::new()));
            none.findings.push(projects::AREA.finding(true));
            return Ok(none);
        };
        // What was received is held against what the server lets itself be asked for.
        question.asked = self.client.at_most(question.asked);
        if question.list == List::Project {
            page.findings.push(projects::AREA.finding(false));
        }
        projects::add_types(&self.client, &mut page).await?;
        forecast::add(&self.client, &mut page).await?;
        sites::add(&self.client, &mut page, turn).await?;
        if unreached {
            communications::add(&self.client, &mut page).await?;
        }
        (page.next, page.oddity) = question.go_on(&seen)?;
        Ok(page)
    }

    fn knows_cursor(&self, stream: Stream, cursor: &Cursor) -> bool {
        let (_, inside) = projects::part(stream, Some(cursor));
        Position::read(inside.as_ref()).is_ok()
    }

    async fn decode_page(&self, request: PageRequest<'_>) -> Result<(usize, Option<Cursor>)> {
        if [Stream::Companies, Stream::Opportunities].contains(&request.stream) {
            // Most of its requests depend on the ids of the first.
            let page = self.list_page(request).await?;
            return Ok((page.received as usize, page.next));
        }
        let mut question = self.question(&request, Turn::Everybody)?;
        let decode = |answer: &Answer| seen_stream(request.stream, answer, question.position);
        let Some(seen) = self.ask(&question, decode).await? else {
            return Ok((0, None));
        };
        question.asked = self.client.at_most(question.asked);
        let (next, _oddity) = question.go_on(&seen)?;
        Ok((seen.received, next))
    }

    async fn total(&self, stream: Stream, mode: PullMode, scope: &Scope) -> Result<Option<u64>> {
        check_stream(self.capability(), stream)?;
        let (_, path) = path(stream);
        let conditions = conditions::of(stream, mode, scope);
        let count = self.client.count(path, &conditions).await?;
        if stream == Stream::Companies && conditions.is_empty() {
            // Also what the sites are asked by; where it is known already, it stays.
            let _known = self.client.sites.companies.set(count);
        }
        if stream != Stream::Tickets {
            return Ok(Some(count));
        }
        // Without the right to tickets of projects nobody knows how many there are, and none may be taken for gone.
        let of_projects = allowed(self.client.count(projects::TICKETS, &conditions).await)?;
        Ok(of_projects.map(|of_projects| count + of_projects))
    }

    async fn fetch(&self, stream: Stream, external_id: &str) -> Result<Fetched> {
        check_by_id(self.capability(), stream)?;
        let id = numeric(NAME, "fetch", external_id)?;
        let mut page = self.one(stream, path(stream).1, id).await?;
        if stream == Stream::Tickets && page.received == 0 {
            match allowed(self.one(stream, projects::TICKETS, id).await)? {
                Some(of_project) => page = of_project,
                None => return Ok(Fetched::Unreadable(projects::unknown(id))),
            }
        }
        projects::add_types(&self.client, &mut page).await?;
        forecast::add(&self.client, &mut page).await?;
        sites::add(&self.client, &mut page, Turn::Everybody).await?;
        Ok(page.into())
    }

    async fn ticket_notes(&self, ticket_external_id: &str) -> Result<Page> {
        let ticket = numeric(NAME, LIST_NOTES, ticket_external_id)?;
        let mut tickets = SERVICE;
        let mut pages = there(self.notes_of(tickets, ticket, "allNotes").await)?;
        if pages.is_none() {
            // The ticket is one of a project, or gone. Where those may not be seen nobody knows which, and it would be
            // wrong to say that it has no notes.
            tickets = projects::TICKETS;
            pages = there(self.notes_of(tickets, ticket, "allNotes").await)?;
        }
        let none = Page::of(Batch::TicketNotes(Vec::new()));
        let (pages, marks): (Vec<_>, Vec<_>) = pages.into_iter().flatten().unzip();
        let mut page = pages.into_iter().reduce(Page::joined).unwrap_or(none);
        let marks = marks.into_iter().reduce(Marks::joined).unwrap_or_default();
        if let Batch::TicketNotes(notes) = &mut page.batch {
            let beside = self.complete(notes, &marks, tickets, ticket).await?;
            page.beside.extend(beside);
            leave_one_description(notes, &marks.issues, page.unreadable.is_empty());
            // Any time is better than none: comments stand in the order of time. One that is known here stays.
            for note in notes {
                note.created_at = note.created_at.or(note.updated_at);
            }
        }
        Ok(page)
    }
}

/// The address of the list of service tickets.
const SERVICE: &str = "service/tickets";

const LIST_NOTES: &str = "list the notes of a ticket";

/// `None` for a record that does not exist, as the product itself says; an address that does not exist is an error.
fn there<T>(outcome: Result<T>) -> Result<Option<T>> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if client::is_missing_record(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a note of the ticket itself came without the time it was written at.
fn is_undated(note: &TicketNoteRecord) -> bool {
    note.created_at.is_none() && is_own(&note.external_id)
}

/// Whether a note of the ticket itself looks as if clients could read it and did not say whether it is internal.
fn is_doubted(note: &TicketNoteRecord, marks: &Marks) -> bool {
    note.visibility == Visibility::Public
        && is_own(&note.external_id)
        && marks.unmarked.contains(&note.external_id)
}

/// One page's question.
struct Question {
    list: List,
    operation: &'static str,
    path: &'static str,
    conditions: String,
    position: Position,
    asked: u32,
}

impl Question {
    /// Where the stream goes on, and what about the page is odd.
    fn go_on(&self, seen: &Seen) -> Result<(Option<Cursor>, Option<String>)> {
        let (next, oddity) = go_on(NAME, self.operation, self.position, self.asked, seen)?;
        Ok((projects::onward(self.list, next), oddity))
    }
}

impl ConnectWisePsa {
    /// Completes notes of the ticket itself from the list of those alone, where the list of all notes left something out.
    /// In the vendor's document that one has no date but what stands in `_info`, and no `internalFlag`: what is not said to
    /// be for clients, by a list that cannot be read or does not have the note, is internal, and what is stored of the time
    /// it was written at stays.
    async fn complete(
        &self,
        notes: &mut [TicketNoteRecord],
        marks: &Marks,
        tickets: &str,
        ticket: i64,
    ) -> Result<Option<Beside>> {
        let lacking: Vec<&mut TicketNoteRecord> = notes
            .iter_mut()
            .filter(|note| is_undated(note) || is_doubted(note, marks))
            .collect();
        if lacking.is_empty() {
            return Ok(None);
        }
        let listed = own_notes::of(self, tickets, ticket).await?;
        let mut beside = own_notes::AREA.beside(SideList::OwnNotes, listed.is_none());
        // The notes that lack nothing are told whole.
        beside.read = true;
        let mut own = BTreeMap::new();
        for (page, _marks) in listed.unwrap_or_default() {
            if let Batch::TicketNotes(listed) = page.batch {
                let by_id = listed.into_iter();
                own.extend(by_id.map(|note| (note.external_id.clone(), note)));
            }
        }
        for note in lacking {
            let listed = own.get(&note.external_id);
            if is_undated(note) {
                note.created_at = listed.and_then(|listed| listed.created_at);
            }
            if is_undated(note) {
                beside.passed_over.insert(note.external_id.clone());
            }
            let shown = listed.is_some_and(|listed| listed.visibility == Visibility::Public);
            if is_doubted(note, marks) && !shown {
                note.visibility = Visibility::Internal;
                note.describes = false;
            }
        }
        // The right to notes of one kind of ticket says nothing about that of the other.
        let told = beside.finding.missing.is_some() || !beside.passed_over.is_empty();
        Ok(told.then_some(beside))
    }

    /// The notes of a ticket that a list of them has, page by page, with what no record of them keeps.
    async fn notes_of(&self, tickets: &str, ticket: i64, list: &str) -> Result<Vec<(Page, Marks)>> {
        let map = |answer: &Answer| {
            map_notes(LIST_NOTES, ticket, answer).map(|(page, marks)| {
                let received = page.received as usize;
                ((page, marks), received)
            })
        };
        let path = format!("{tickets}/{ticket}/{list}");
        let endpoint = "service/tickets/allNotes";
        self.client
            .numbered(LIST_NOTES, endpoint, &path, None, map)
            .await
    }

    /// One record of a list. A condition tells a missing record from a missing route; `GET /{path}/{id}` answers 404 to
    /// both.
    async fn one(&self, stream: Stream, path: &'static str, id: i64) -> Result<Page> {
        let tenant = self.client.tenant_for(stream).await?;
        let map = |answer: &Answer| {
            let (page, _seen) = map_stream(stream, answer, Position::default(), &tenant)?;
            let unreached = communications::are_missing(stream, answer, &page);
            Ok((page, unreached))
        };
        let (conditions, from) = (conditions::by_id(id), Position::default());
        let (mut page, unreached) = self
            .client
            .forward("fetch", path, &conditions, from, 1, map)
            .await?;
        if unreached {
            communications::add(&self.client, &mut page).await?;
        }
        Ok(page)
    }

    fn question(&self, request: &PageRequest<'_>, turn: Turn) -> Result<Question> {
        check_stream(self.capability(), request.stream)?;
        let (operation, path) = path(request.stream);
        let (list, cursor) = projects::part(request.stream, request.cursor);
        Ok(Question {
            list,
            operation,
            path: if list == List::Project {
                projects::TICKETS
            } else {
                path
            },
            conditions: conditions::of(request.stream, request.mode, request.scope),
            position: Position::read(cursor.as_ref())?,
            asked: self.asked(request, turn),
        })
    }

    /// Records of a page. Pages of companies are small because of the sites that are asked for beside them; those of
    /// contacts where each is asked about.
    fn asked(&self, request: &PageRequest<'_>, turn: Turn) -> u32 {
        let factor = match request.stream {
            Stream::Companies if sites::are_left(&self.client, turn) => WIDER,
            Stream::Companies => u32::try_from(turn.wider()).unwrap_or(WIDER).min(WIDER),
            _ => 1,
        };
        let each = request.stream == Stream::Contacts && self.client.no_communications.is_known();
        let largest = if each {
            communications::MOST
        } else {
            LARGEST_PAGE
        };
        request.page_size.saturating_mul(factor).clamp(1, largest)
    }

    /// Asks for a page. `None` for the tickets of projects where the API member may not see them: service tickets are
    /// whole without.
    async fn ask<T: Send>(
        &self,
        question: &Question,
        make: impl Fn(&Answer) -> Result<T> + Send + Sync,
    ) -> Result<Option<T>> {
        let Question {
            list,
            operation,
            path,
            conditions,
            position,
            asked,
        } = question;
        let answer = self
            .client
            .forward(operation, path, conditions, *position, *asked, make)
            .await;
        // A right that goes in the middle of the list is another matter: the rest is missing then.
        if *list == List::Project && *position == Position::default() {
            return allowed(answer);
        }
        answer.map(Some)
    }
}
