//! One answer of a query: the vendor's envelope around records, and which record stands for which stream.

use domain::stream::Stream;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::map::Tenant;
use super::query::source;
use super::wire::{
    AutotaskCompany, AutotaskContact, AutotaskContactGroup, AutotaskContactGroupContact,
    AutotaskDeletedActivity, AutotaskDeletedTicket, AutotaskOpportunity, AutotaskPage,
    AutotaskResource, AutotaskTicket, AutotaskTicketNote,
};
use crate::error::Result;
use crate::http::decode::{Text, document};
use crate::http::send::Answer;
use crate::mapping::{Decoded, Record, decode};
use crate::page::Page;
use crate::walk::{Position, Seen};

macro_rules! by_stream {
    ($stream:expr, $function:ident ( $($argument:expr),* )) => {
        match $stream {
            Stream::Companies => $function::<AutotaskCompany<'_>>($($argument),*),
            Stream::Technicians => $function::<AutotaskResource<'_>>($($argument),*),
            Stream::Contacts => $function::<AutotaskContact<'_>>($($argument),*),
            Stream::ContactGroups => $function::<AutotaskContactGroup<'_>>($($argument),*),
            Stream::ContactGroupMembers => $function::<AutotaskContactGroupContact>($($argument),*),
            Stream::Tickets => $function::<AutotaskTicket<'_>>($($argument),*),
            Stream::TicketNotes => $function::<AutotaskTicketNote<'_>>($($argument),*),
            Stream::Opportunities => $function::<AutotaskOpportunity<'_>>($($argument),*),
            Stream::DeletedTickets => $function::<AutotaskDeletedTicket<'_>>($($argument),*),
            Stream::DeletedTicketActivity => $function::<AutotaskDeletedActivity<'_>>($($argument),*),
        }
    };
}

/// Decodes a page and maps nothing.
///
/// # Errors
/// As [`document`].
pub(super) fn decode_stream(stream: Stream, answer: &Answer, position: Position) -> Result<Seen> {
    let text = Text::of(&answer.body);
    by_stream!(stream, seen_of(source(stream).operation, &text, position))
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
        map_of(source(stream).operation, &text, position, tenant)
    )?;
    page.vendor_time = answer.vendor_time;
    Ok((page, seen))
}

/// A page as far as it can be decoded.
///
/// # Errors
/// As [`document`].
fn decode_of<'a, W: Deserialize<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
) -> Result<Decoded<W>> {
    decode(
        text,
        "id",
        |text| serde_json::from_str::<AutotaskPage<W>>(text).map(AutotaskPage::parts),
        |text| document::<AutotaskPage<&RawValue>>(operation, text).map(AutotaskPage::parts),
    )
}

/// The records of a small list, each once, as what `make` makes of them. One that cannot be read is left out.
///
/// # Errors
/// As [`document`].
pub(super) fn small<'a, W: Deserialize<'a>, T>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
    id: impl Fn(&W) -> i64,
    make: impl FnMut(W) -> T,
) -> Result<(Vec<T>, Seen)> {
    let decoded = decode_of::<W>(operation, text)?;
    let mut seen = Seen {
        received: decoded.received,
        announced: decoded.announced,
        ..Seen::default()
    };
    for one in &decoded.unreadable {
        if let Ok(id) = one.external_id.parse() {
            seen.note(position, id);
        }
    }
    let new = decoded.records.into_iter();
    let made = new
        .filter(|one| seen.note(position, id(one)))
        .map(make)
        .collect();
    Ok((made, seen))
}

fn seen_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
) -> Result<Seen> {
    Ok(decode_of::<W>(operation, text)?.seen(position))
}

fn map_of<'a, W: Record<'a, Tenant = Tenant>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
    tenant: &Tenant,
) -> Result<(Page, Seen)> {
    Ok(decode_of::<W>(operation, text)?.map(position, tenant))
}
