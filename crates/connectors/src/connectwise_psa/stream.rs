//! Which list stands for which stream, and what an answer of it holds.

use std::collections::BTreeSet;

use domain::record::Batch;
use domain::stream::Stream;
use serde_json::value::RawValue;

use super::client::leads_on;
use super::map::{Tenant, is_set, note_id, to_ticket_note};
use super::wire::{CwCompany, CwContact, CwMember, CwNote, CwOpportunity, CwTicket};
use crate::error::{Error, ErrorKind, Result};
use crate::http::decode::{Text, document, each};
use crate::http::send::Answer;
use crate::mapping::{Decoded, Record, decode};
use crate::page::{Page, Unreadable};
use crate::walk::{Announced, Position, Seen};

/// The operation in errors, and the address of a stream's list; it is also the endpoint requests are counted by.
pub(super) const fn path(stream: Stream) -> (&'static str, &'static str) {
    match stream {
        Stream::Companies => ("list companies", "company/companies"),
        Stream::Technicians => ("list members", "system/members"),
        Stream::Contacts => ("list contacts", "company/contacts"),
        Stream::Opportunities => ("list opportunities", "sales/opportunities"),
        // The others are not claimed and never asked for.
        _ => ("list tickets", "service/tickets"),
    }
}

macro_rules! by_stream {
    ($stream:expr, $function:ident ( $($argument:expr),* )) => {
        match $stream {
            Stream::Companies => $function::<CwCompany<'_>>($($argument),*),
            Stream::Technicians => $function::<CwMember<'_>>($($argument),*),
            Stream::Contacts => $function::<CwContact<'_>>($($argument),*),
            Stream::Tickets => $function::<CwTicket<'_>>($($argument),*),
            Stream::Opportunities => $function::<CwOpportunity<'_>>($($argument),*),
            _ => Err(Error::new(ErrorKind::Unsupported, "list", "this provider cannot do that")),
        }
    };
}

/// Decodes a page and maps nothing.
///
/// # Errors
/// As [`document`].
pub(super) fn seen_stream(stream: Stream, answer: &Answer, position: Position) -> Result<Seen> {
    let text = Text::of(&answer.body);
    by_stream!(stream, seen_of(path(stream).0, &text, answer, position))
}

/// Decodes and maps a page; the way on and oddities are left to the caller.
///
/// # Errors
/// As [`document`].
pub(super) fn map_stream(
    stream: Stream,
    answer: &Answer,
    position: Position,
    tenant: &Tenant,
) -> Result<(Page, Seen)> {
    let text = Text::of(&answer.body);
    let (mut page, seen) = by_stream!(
        stream,
        map_of(path(stream).0, &text, answer, position, tenant)
    )?;
    page.vendor_time = answer.vendor_time;
    Ok((page, seen))
}

/// Lists are bare; what follows is told in the header.
fn decode_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    answer: &Answer,
) -> Result<Decoded<W>> {
    let announced = Announced {
        more: Some(leads_on(answer)),
        count: None,
    };
    decode(
        text,
        "id",
        |text| serde_json::from_str::<Vec<W>>(text).map(|records| (records, announced)),
        |text| document::<Vec<&RawValue>>(operation, text).map(|records| (records, announced)),
    )
}

fn seen_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    answer: &Answer,
    position: Position,
) -> Result<Seen> {
    Ok(decode_of::<W>(operation, text, answer)?.seen(position))
}

fn map_of<'a, W: Record<'a, Tenant = Tenant>>(
    operation: &'static str,
    text: &'a Text<'_>,
    answer: &Answer,
    position: Position,
    tenant: &Tenant,
) -> Result<(Page, Seen)> {
    Ok(decode_of::<W>(operation, text, answer)?.map(position, tenant))
}

/// What notes say, or leave out, that no record keeps.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The ids of those that are marked as the issue.
    pub(super) issues: BTreeSet<String>,
    /// The ids of those that came without `internalFlag`.
    pub(super) unmarked: BTreeSet<String>,
}

impl Marks {
    /// Those of two pages.
    pub(super) fn joined(mut self, other: Self) -> Self {
        self.issues.extend(other.issues);
        self.unmarked.extend(other.unmarked);
        self
    }
}

/// One page of the notes of a ticket. They come in the order of time, and their ids are only good within one kind of
/// note, so the walk by id is nothing for them. With it comes what no record keeps.
///
/// # Errors
/// As [`document`].
pub(super) fn map_notes(
    operation: &'static str,
    ticket: i64,
    answer: &Answer,
) -> Result<(Page, Marks)> {
    let text = Text::of(&answer.body);
    let raw: Vec<&RawValue> = document(operation, text.as_str())?;
    let (read, mut unreadable) = each::<CwNote<'_>>(&raw, "id", text.repaired());
    for one in &mut unreadable {
        // Its kind is unknown, and so is its id.
        one.external_id.clear();
    }
    let (mut notes, mut marks) = (Vec::with_capacity(read.len()), Marks::default());
    for note in read {
        let external_id = note_id(note.note_type.as_ref(), note.id);
        if is_set(note.issue_flag) {
            marks.issues.insert(external_id.clone());
        }
        if note.internal_flag.is_none() {
            marks.unmarked.insert(external_id.clone());
        }
        match to_ticket_note(ticket, note) {
            Ok(note) => notes.push(note),
            Err(bad) => unreadable.push(Unreadable {
                external_id,
                field: Some(bad.field.to_owned()),
                reason: bad.reason,
            }),
        }
    }
    let page = Page {
        unreadable,
        received: u32::try_from(raw.len()).unwrap_or(u32::MAX),
        vendor_time: answer.vendor_time,
        ..Page::of(Batch::TicketNotes(notes))
    };
    Ok((page, marks))
}
