//! Reading lists, single records and the comments of a ticket.

mod contacts;

use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::side_list::SideList;
use domain::stream::{PullMode, Stream};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::client::{Client, LARGEST_PAGE, paged};
use super::map::{MADE_CONTACTS, Tenant, is_hidden};
use super::wire::{
    SyncroComment, SyncroContact, SyncroCustomer, SyncroId, SyncroPage, SyncroTicket, SyncroUser,
    SyncroWrapped,
};
use super::{NAME, probe};
use crate::connector::Fetched;
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Readable, Text, document, each};
use crate::http::exchange::{Call, read};
use crate::http::send::Answer;
use crate::mapping::{Decoded, Record, decode};
use crate::numbered::{Held, Place, Step, Window};
use crate::page::{Cursor, Page, PageRequest, Unreadable};
use crate::probe::Area;
use crate::walk::{Announced, Position, Seen, go_on, numeric};

const LIST_TECHNICIANS: &str = "list technicians";
const LIST_NOTES: &str = "list the comments of a ticket";

/// Rows of tickets, of which a ticket by itself has less. They take no right of their own.
const ROWS: Area = Area::new("tickets", "Rows of tickets", "", false);

/// A list that is walked by page number.
struct List {
    operation: &'static str,
    path: &'static str,
    /// Sizes its pages are known to have (fact sheet, 3.2).
    usual: &'static [u64],
}

fn list_of(stream: Stream) -> List {
    let (operation, path, usual): (_, _, &[u64]) = match stream {
        Stream::Companies => ("list customers", "customers", &[100]),
        Stream::Contacts => ("list contacts", "contacts", &[50]),
        _ => ("list tickets", "tickets", &[25, 50]),
    };
    List {
        operation,
        path,
        usual,
    }
}

/// The question for a list. Times of change are asked for strictly after an instant there, and inclusively here.
fn question(stream: Stream, mode: PullMode) -> Call {
    let list = list_of(stream);
    let call = Call::get(list.operation, list.path, list.path);
    match (stream, mode) {
        (Stream::Companies, _) => call.with("include_disabled", "true"),
        (Stream::Tickets, PullMode::Since { since } | PullMode::Full { floor: Some(since) }) => {
            call.with("since_updated_at", since.plus(-1).to_rfc3339())
        }
        _ => call,
    }
}

/// One page of a stream.
pub(super) async fn page(client: &Client, request: &PageRequest<'_>) -> Result<Page> {
    let stream = request.stream;
    if stream == Stream::Technicians {
        return technicians(client, request).await;
    }
    if stream == Stream::Contacts {
        return contacts::page(client, request).await;
    }
    let (place, window) = position(request.cursor, request)?;
    let call = paged(question(stream, request.mode), window);
    let list = list_of(stream);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let tenant = Tenant::default();
        let (mut page, _) = match stream {
            Stream::Companies => map_of::<SyncroCustomer<'_>>(&list, &text, place, window, &tenant),
            _ => map_of::<SyncroTicket<'_>>(&list, &text, place, window, &tenant),
        }?;
        page.vendor_time = answer.vendor_time;
        Ok(page)
    };
    read(client, &call, make).await
}

/// A page of a stream decoded and thrown away.
pub(super) async fn decoded(
    client: &Client,
    request: &PageRequest<'_>,
) -> Result<(usize, Option<Cursor>)> {
    let stream = request.stream;
    if stream == Stream::Technicians {
        let page = technicians(client, request).await?;
        return Ok((page.received as usize, page.next));
    }
    if stream == Stream::Contacts {
        // Where the list goes on depends on what its records are mapped to.
        let page = contacts::page(client, request).await?;
        return Ok((page.received as usize, page.next));
    }
    let (place, window) = position(request.cursor, request)?;
    let list = list_of(stream);
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        match stream {
            Stream::Companies => seen_of::<SyncroCustomer<'_>>(&list, &text, place, window),
            _ => seen_of::<SyncroTicket<'_>>(&list, &text, place, window),
        }
    };
    read(client, &paged(question(stream, request.mode), window), make).await
}

/// Whether a cursor is one of a stream.
pub(super) fn knows(stream: Stream, cursor: &Cursor) -> bool {
    match stream {
        Stream::Technicians => Position::read(Some(cursor)).is_ok(),
        Stream::Contacts => contacts::knows(cursor),
        _ => Place::read(Some(cursor)).is_ok(),
    }
}

fn position(cursor: Option<&Cursor>, request: &PageRequest<'_>) -> Result<(Place, Window)> {
    let place = Place::read(cursor)?;
    let window = place.window(request.page_size.clamp(1, LARGEST_PAGE));
    Ok((place, window))
}

fn decode_of<'a, W: Record<'a>>(list: &List, text: &'a Text<'_>) -> Result<Decoded<W>> {
    decode(
        text,
        "id",
        |text| serde_json::from_str::<SyncroPage<W>>(text).map(SyncroPage::parts),
        |text| document::<SyncroPage<&RawValue>>(list.operation, text).map(SyncroPage::parts),
    )
}

fn step_of<'a, W: Record<'a>>(
    list: &List,
    decoded: &Decoded<W>,
    place: Place,
    window: Window,
) -> Result<Step> {
    let held = Held {
        ids: decoded.records.iter().map(Record::id).collect(),
        received: decoded.received,
        more: decoded.announced.more,
        usual: list.usual,
    };
    place.step(NAME, list.operation, window, &held)
}

fn seen_of<'a, W: Record<'a>>(
    list: &List,
    text: &'a Text<'_>,
    place: Place,
    window: Window,
) -> Result<(usize, Option<Cursor>)> {
    let decoded = decode_of::<W>(list, text)?;
    let step = step_of(list, &decoded, place, window)?;
    Ok((decoded.received - step.known, step.next))
}

/// Decodes and maps a page. What overlaps the page before was read and is left out.
fn map_of<'a, W: Record<'a, Tenant = Tenant>>(
    list: &List,
    text: &'a Text<'_>,
    place: Place,
    window: Window,
    tenant: &Tenant,
) -> Result<(Page, usize)> {
    let mut decoded = decode_of::<W>(list, text)?;
    let step = step_of(list, &decoded, place, window)?;
    decoded.records.drain(..step.known);
    decoded.received -= step.known;
    // Ids come in no order that could be relied on.
    let (mut page, _) = decoded.map(Position::default(), tenant);
    page.next = step.next;
    page.oddity = step.oddity;
    Ok((page, step.known))
}

/// Users: the list has no more than names, so each is asked for. Those who left are in the list too.
async fn technicians(client: &Client, request: &PageRequest<'_>) -> Result<Page> {
    let position = Position::read(request.cursor)?;
    let asked = request.page_size.clamp(1, LARGEST_PAGE);
    let listed = client.listed_users(position.last.is_none()).await?;
    let after = listed
        .ids
        .iter()
        .filter(|id| position.last.is_none_or(|last| **id > last));
    let chosen: Vec<i64> = after.clone().take(asked as usize).copied().collect();
    let more = after.count() > chosen.len();
    let tenant = Tenant {
        assignable: client.assignable().await?,
        ..Tenant::default()
    };
    let (mut records, mut unreadable) = (Vec::new(), Vec::new());
    if position.last.is_none() {
        let reason = "a pair of number and name was expected";
        unreadable.extend((0..listed.unreadable).map(|_| Unreadable {
            external_id: String::new(),
            field: None,
            reason: reason.to_owned(),
        }));
    }
    for id in &chosen {
        // One that is gone since is in no list any more.
        let Some((body, _)) =
            single(client, LIST_TECHNICIANS, "users", format!("users/{id}")).await?
        else {
            continue;
        };
        let page = alone::<SyncroUser<'_>>(&Text::of(&body), &tenant)?;
        if let Batch::Technicians(mut user) = page.batch {
            records.append(&mut user);
        }
        unreadable.extend(page.unreadable);
    }
    let seen = Seen {
        received: chosen.len(),
        highest: chosen.last().copied(),
        announced: Announced {
            more: Some(more),
            count: None,
        },
        ..Seen::default()
    };
    let (next, _) = go_on(NAME, LIST_TECHNICIANS, position, asked, &seen)?;
    let nameless = if position.last.is_none() {
        listed.unreadable
    } else {
        0
    };
    Ok(Page {
        batch: Batch::Technicians(records),
        unreadable,
        repeated: 0,
        received: u32::try_from(chosen.len() + nameless).unwrap_or(u32::MAX),
        next,
        vendor_time: listed.vendor_time,
        oddity: None,
        findings: Vec::new(),
        beside: Vec::new(),
    })
}

/// How many records a stream has. Tickets do not tell.
pub(super) async fn total(client: &Client, stream: Stream, mode: PullMode) -> Result<Option<u64>> {
    match stream {
        Stream::Technicians => {
            let listed = client.users().await?;
            Ok(u64::try_from(listed.ids.len() + listed.unreadable).ok())
        }
        Stream::Companies | Stream::Contacts => {
            client
                .count(&question(stream, mode).with("per_page", "1"))
                .await
        }
        _ => Ok(None),
    }
}

/// The body of a single record and the vendor's clock; `None` when the vendor has none.
async fn single(
    client: &Client,
    operation: &'static str,
    endpoint: &'static str,
    path: String,
) -> Result<Option<(Vec<u8>, Option<UtcMillis>)>> {
    let make = |answer: &Answer| {
        document::<IgnoredAny>(operation, Text::of(&answer.body).as_str())?;
        Ok((answer.body.clone(), answer.vendor_time))
    };
    match read(client, &Call::get(operation, endpoint, path), make).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The raw text of a single record, which is under a key or bare.
fn unwrapped<'a>(operation: &'static str, text: &'a str) -> Result<&'a RawValue> {
    match serde_json::from_str::<SyncroWrapped<'a>>(text) {
        Ok(wrapped) => Ok(wrapped.record),
        Err(_) => document(operation, text),
    }
}

/// A page of a single record.
fn alone<'a, W: Record<'a, Tenant = Tenant>>(text: &'a Text<'_>, tenant: &Tenant) -> Result<Page> {
    let raw = unwrapped("fetch", text.as_str())?;
    let (records, unreadable) = each::<W>(&[raw], "id", text.repaired());
    Ok(page_of(records, unreadable, tenant))
}

fn page_of<'a, W: Record<'a, Tenant = Tenant>>(
    records: Vec<W>,
    unreadable: Vec<Unreadable>,
    tenant: &Tenant,
) -> Page {
    let decoded = Decoded {
        received: records.len() + unreadable.len(),
        records,
        unreadable,
        announced: Announced::default(),
    };
    decoded.map(Position::default(), tenant).0
}

/// One record by id.
pub(super) async fn one(client: &Client, stream: Stream, external_id: &str) -> Result<Fetched> {
    const OPERATION: &str = "fetch";
    if stream == Stream::Contacts
        && let Some(customer) = external_id.strip_prefix(MADE_CONTACTS)
    {
        let customer = numeric(NAME, OPERATION, customer)?;
        return contacts::made_of(client, customer).await;
    }
    let id = numeric(NAME, OPERATION, external_id)?;
    let path = match stream {
        Stream::Technicians => "users",
        _ => list_of(stream).path,
    };
    let Some((body, _)) = single(client, OPERATION, path, format!("{path}/{id}")).await? else {
        if stream == Stream::Tickets {
            probe::require_details(client, OPERATION).await?;
        }
        return Ok(Fetched::Gone);
    };
    let text = Text::of(&body);
    let page = match stream {
        Stream::Companies => alone::<SyncroCustomer<'_>>(&text, &Tenant::default())?,
        Stream::Contacts => {
            let raw = unwrapped(OPERATION, text.as_str())?;
            let customers = contacts::customer_of(raw).into_iter().collect();
            let (tenant, beside) = client.tenant_of(&customers).await?;
            let mut page = alone::<SyncroContact<'_>>(&text, &tenant)?;
            page.beside.push(beside);
            page
        }
        Stream::Technicians => {
            let tenant = Tenant {
                assignable: client.assignable().await?,
                ..Tenant::default()
            };
            alone::<SyncroUser<'_>>(&text, &tenant)?
        }
        _ => ticket(client, id, &text).await?,
    };
    Ok(page.into())
}

/// A ticket by itself comes with its newest comments, and perhaps not with the first, which is what was asked.
async fn ticket(client: &Client, id: i64, text: &Text<'_>) -> Result<Page> {
    let raw = unwrapped(LIST_NOTES, text.as_str())?;
    let (mut tickets, unreadable) = each::<SyncroTicket<'_>>(&[raw], "id", text.repaired());
    let mut first = Vec::new();
    if let Some(ticket) = tickets.first_mut()
        && ticket
            .comments
            .take()
            .is_some_and(|comments| comments.received > 0)
    {
        let call = comments(id, Place::default().window(1));
        let make = |answer: &Answer| Ok(answer.body.clone());
        first = read(client, &call, make).await?;
    }
    let first = Text::of(&first);
    if let Some(ticket) = tickets.first_mut()
        && !first.as_str().is_empty()
    {
        let page: SyncroPage<&RawValue> = document(LIST_NOTES, first.as_str())?;
        let (records, _odd) = each(&page.records, "id", first.repaired());
        ticket.comments = Some(Readable {
            received: page.records.len(),
            records,
        });
    }
    let mut page = page_of(tickets, unreadable, &Tenant::default());
    // A ticket by itself lacks what its row in the list has: that stays as it was read last.
    let mut rows = ROWS.beside(SideList::Rows, false);
    rows.read = false;
    page.beside.push(rows);
    Ok(page)
}

/// A page of the comments of a ticket, oldest first.
fn comments(ticket: i64, window: Window) -> Call {
    let call = Call::get(LIST_NOTES, "comments", format!("tickets/{ticket}/comments"))
        .with("sort_by", "created_at")
        .with("sort_direction", "ASC");
    paged(call, window)
}

/// The first of the first page of comments when it can be read, by clients too: then it is the description.
fn description(text: &Text<'_>) -> Result<Option<i64>> {
    let page: SyncroPage<&RawValue> = document(LIST_NOTES, text.as_str())?;
    let first = page.records.get(..1).unwrap_or_default();
    let (read, _odd) = each::<SyncroComment<'_>>(first, "id", text.repaired());
    let shown = read.first().filter(|comment| !is_hidden(comment));
    Ok(shown.map(|comment| comment.id))
}

/// All comments of a ticket but its description, which is the first one that clients may read.
///
/// # Errors
/// `NotFound` for a ticket that is gone, `PermissionDenied` where the token opens no ticket.
pub(super) async fn notes(client: &Client, ticket_external_id: &str) -> Result<Page> {
    let list = List {
        operation: LIST_NOTES,
        path: "comments",
        usual: &[10],
    };
    let ticket = numeric(NAME, LIST_NOTES, ticket_external_id)?;
    let mut place = Place::default();
    let mut whole: Option<Page> = None;
    let mut described_by = None;
    loop {
        let window = place.window(LARGEST_PAGE);
        let first = whole.is_none();
        let make = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let mut decoded = decode_of::<SyncroComment<'_>>(&list, &text)?;
            let step = step_of(&list, &decoded, place, window)?;
            decoded.records.drain(..step.known);
            let described_by = if first {
                description(&text)?
            } else {
                described_by
            };
            // It comes again when the walk goes back to the beginning.
            decoded
                .records
                .retain(|comment| Some(comment.id) != described_by);
            let (mut page, _) = decoded.map(Position::default(), &Tenant::default());
            page.next = step.next;
            page.oddity = step.oddity;
            page.vendor_time = answer.vendor_time;
            Ok((page, described_by))
        };
        let page = match read(client, &comments(ticket, window), make).await {
            Ok((page, found)) => {
                described_by = found;
                page
            }
            Err(error) if error.kind == ErrorKind::NotFound => {
                probe::require_details(client, LIST_NOTES).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        let next = page.next.clone();
        whole = Some(match whole {
            None => page,
            Some(before) => before.joined(page),
        });
        match next {
            Some(cursor) => place = Place::read(Some(&cursor))?,
            None => {
                let lost = || Error::new(ErrorKind::Unexpected, LIST_NOTES, "no page");
                return whole
                    .map(|whole| Page {
                        next: None,
                        ..whole
                    })
                    .ok_or_else(lost);
            }
        }
    }
}

impl Client {
    /// A ticket to try things with.
    pub(super) async fn any_ticket(&self, operation: &'static str) -> Result<Option<i64>> {
        let mut call =
            question(Stream::Tickets, PullMode::Full { floor: None }).with("per_page", "1");
        call.operation = operation;
        let make = |answer: &Answer| {
            let text = Text::of(&answer.body);
            let page: SyncroPage<SyncroId> = document(call.operation, text.as_str())?;
            Ok(page.records.first().map(|ticket| ticket.id))
        };
        read(self, &call, make).await
    }
}
