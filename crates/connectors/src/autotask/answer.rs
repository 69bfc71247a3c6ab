//! One answer of a query: decoded, mapped, each record once, the unreadable ones named.

use std::collections::HashMap;

use domain::stream::Stream;
use serde_json::value::RawValue;

use super::map::{Record, Tenant};
use super::query::{Position, Seen, source};
use super::wire::{
    AutotaskCompany, AutotaskContact, AutotaskContactGroup, AutotaskContactGroupContact,
    AutotaskDeletedActivity, AutotaskDeletedTicket, AutotaskOpportunity, AutotaskPage,
    AutotaskPageDetails, AutotaskResource, AutotaskTicket, AutotaskTicketNote,
};
use crate::error::Result;
use crate::http::decode::{Text, document, each};
use crate::http::send::Answer;
use crate::page::{Page, Unreadable};

/// One answer of a query: our records and what the page said.
pub(super) struct Answered {
    pub(super) page: Page,
    pub(super) seen: Seen,
}

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
    by_stream!(
        stream,
        decode_only_of(source(stream).operation, &text, position)
    )
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
) -> Result<Answered> {
    let text = Text::of(&answer.body);
    let mut answered = by_stream!(
        stream,
        map_of(source(stream).operation, &text, position, tenant)
    )?;
    answered.page.vendor_time = answer.vendor_time;
    Ok(answered)
}

/// A decoded page.
struct Decoded<W> {
    records: Vec<W>,
    unreadable: Vec<Unreadable>,
    received: usize,
    details: AutotaskPageDetails,
}

fn decode_of<'a, W: Record<'a>>(operation: &'static str, text: &'a Text<'_>) -> Result<Decoded<W>> {
    if !text.repaired()
        && let Ok(page) = serde_json::from_str::<AutotaskPage<W>>(text.as_str())
    {
        let received = page.items.len();
        return Ok(Decoded {
            records: page.items,
            unreadable: Vec::new(),
            received,
            details: page.details,
        });
    }
    let page: AutotaskPage<&'a RawValue> = document(operation, text.as_str())?;
    let (records, unreadable) = each(&page.items, "id", text.repaired());
    Ok(Decoded {
        records,
        unreadable,
        received: page.items.len(),
        details: page.details,
    })
}

fn decode_only_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
) -> Result<Seen> {
    let decoded = decode_of::<W>(operation, text)?;
    let mut seen = Seen {
        received: decoded.received,
        details: decoded.details,
        ..Seen::default()
    };
    for record in &decoded.records {
        note(&mut seen, position, record.id());
    }
    Ok(seen)
}

fn map_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
    tenant: &Tenant,
) -> Result<Answered> {
    let decoded = decode_of::<W>(operation, text)?;
    let mut seen = Seen {
        received: decoded.received,
        details: decoded.details,
        ..Seen::default()
    };
    let mut unreadable = Vec::new();
    for mut one in decoded.unreadable {
        match one.external_id.parse::<i64>() {
            Ok(id) if !note(&mut seen, position, id) => continue,
            Ok(_) => {}
            // Autotask's ids are numbers: a text that is none names no record, and the record it belongs to is not to
            // be taken for missing (rule P5). Nothing can be said about where it stands.
            Err(_) => one.external_id.clear(),
        }
        unreadable.push(one);
    }
    let mut records: Vec<W::Ours> = Vec::with_capacity(decoded.records.len());
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut ascending = i64::MIN;
    let mut repeated = 0;
    let kept = decoded
        .records
        .into_iter()
        .map(|record| (record.id(), record));
    for (id, record) in kept {
        if !note(&mut seen, position, id) {
            repeated += 1;
            continue;
        }
        let ours = match record.map(tenant) {
            Ok(ours) => ours,
            Err(bad) => {
                unreadable.push(Unreadable {
                    external_id: id.to_string(),
                    field: Some(bad.field.to_owned()),
                    reason: bad.reason,
                });
                continue;
            }
        };
        // The last of several wins. Ids ascend, so nearly always the new one is higher than all before.
        if id > ascending {
            ascending = id;
        } else if let Some(place) = places.get(&id) {
            repeated += 1;
            records[*place] = ours;
            continue;
        } else {
            seen.disordered = true;
        }
        places.insert(id, records.len());
        records.push(ours);
    }
    let page = Page {
        batch: W::batch(records),
        unreadable,
        repeated,
        received: u32::try_from(seen.received).unwrap_or(u32::MAX),
        next: None,
        vendor_time: None,
        oddity: None,
    };
    Ok(Answered { page, seen })
}

/// Takes note of one id; `false` when it came with an earlier page.
fn note(seen: &mut Seen, position: Position, id: i64) -> bool {
    if position.last.is_some_and(|last| id <= last) {
        seen.before += 1;
        return false;
    }
    seen.highest = seen.highest.max(Some(id));
    true
}
