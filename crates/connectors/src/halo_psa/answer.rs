//! One answer of a list: an object with a count around the rows, or the bare rows.

use std::cell::Cell;

use domain::stream::Stream;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::map::{Tenant, to_note};
use super::query::source;
use super::wire::{
    HaloAction, HaloAgent, HaloClient, HaloOpportunity, HaloPage, HaloTicket, HaloUser,
};
use crate::error::Result;
use crate::http::decode::{Text, document};
use crate::http::send::Answer;
use crate::mapping::{Decoded, Record, decode};
use crate::overlap::Found;
use crate::page::Page;
use crate::value::Whole;
use crate::walk::{Announced, Position};

macro_rules! by_stream {
    ($stream:expr, $function:ident ( $($argument:expr),* )) => {
        match $stream {
            Stream::Companies => $function::<HaloClient<'_>>($($argument),*),
            Stream::Technicians => $function::<HaloAgent<'_>>($($argument),*),
            Stream::Contacts => $function::<HaloUser<'_>>($($argument),*),
            Stream::Opportunities => $function::<HaloOpportunity<'_>>($($argument),*),
            _ => $function::<HaloTicket<'_>>($($argument),*),
        }
    };
}

/// Decodes a page and maps nothing.
///
/// # Errors
/// As [`document`].
pub(super) fn seen_stream(stream: Stream, answer: &Answer, position: Position) -> Result<Found> {
    let text = Text::of(&answer.body);
    by_stream!(stream, seen_of(source(stream).operation, &text, position))
}

/// Decodes and maps a page without what had come with an earlier one; the way on and oddities are left to the caller.
///
/// # Errors
/// As [`document`].
pub(super) fn map_stream(
    stream: Stream,
    answer: &Answer,
    position: Position,
    tenant: &Tenant,
) -> Result<(Page, Found)> {
    let text = Text::of(&answer.body);
    let (mut page, found) = by_stream!(
        stream,
        map_of(source(stream).operation, &text, position, tenant)
    )?;
    page.vendor_time = answer.vendor_time;
    // Pages overlap on purpose: what had come before is none of this page's.
    let before = u32::try_from(found.seen.before).unwrap_or(u32::MAX);
    page.repeated = page.repeated.saturating_sub(before);
    page.received = page.received.saturating_sub(before);
    Ok((page, found))
}

/// How many records the vendor counts around a list.
///
/// # Errors
/// As [`document`].
pub(super) fn count(operation: &'static str, answer: &Answer) -> Result<Option<u64>> {
    #[derive(Deserialize)]
    struct Count {
        record_count: Option<Whole>,
    }
    let text = Text::of(&answer.body);
    if is_bare(text.as_str()) {
        return Ok(None);
    }
    let count: Count = document(operation, text.as_str())?;
    Ok(counted(count.record_count))
}

/// The actions of a ticket, with the number the vendor counts.
///
/// # Errors
/// As [`document`].
pub(super) fn actions(
    operation: &'static str,
    answer: &Answer,
    ticket: i64,
) -> Result<(Page, Option<u64>)> {
    let text = Text::of(&answer.body);
    let (decoded, total) = decode_of::<HaloAction<'_>>(operation, &text)?;
    let (mut page, _seen) = decoded.map(Position::default(), &Tenant::default());
    page.vendor_time = answer.vendor_time;
    for one in &mut page.unreadable {
        one.external_id = to_note(ticket, &one.external_id);
    }
    Ok((page, total))
}

/// The rows of a list beside those of records, and the count around them.
///
/// # Errors
/// As [`document`].
pub(super) fn raw_rows(
    operation: &'static str,
    answer: &Answer,
) -> Result<(Vec<Box<RawValue>>, Option<u64>)> {
    let text = Text::of(&answer.body);
    let page: HaloPage<Box<RawValue>> = document(operation, text.as_str())?;
    Ok((page.rows, counted(page.record_count)))
}

/// Whether rows come without an object around them.
fn is_bare(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

fn counted(count: Option<Whole>) -> Option<u64> {
    count.and_then(|count| u64::try_from(count.0).ok())
}

/// The rows, however they come, and the count around them.
fn rows<'a, W: Deserialize<'a>>(text: &'a str) -> serde_json::Result<(Vec<W>, Option<u64>)> {
    // A record by itself has no rows: reading one falls back to it below.
    let page: HaloPage<W> = serde_json::from_str(text)?;
    Ok((page.rows, counted(page.record_count)))
}

fn decode_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
) -> Result<(Decoded<W>, Option<u64>)> {
    let total = Cell::new(None);
    let typed = |text: &'a str| {
        // A record asked for by its address comes without a list around it.
        match rows::<W>(text) {
            Ok((rows, counted)) => {
                total.set(counted);
                Ok((rows, Announced::default()))
            }
            Err(error) => match serde_json::from_str::<W>(text) {
                Ok(one) => Ok((vec![one], Announced::default())),
                Err(_) => Err(error),
            },
        }
    };
    let raw = |text: &'a str| {
        match rows::<&'a RawValue>(text) {
            Ok((rows, counted)) => {
                total.set(counted);
                Ok((rows, Announced::default()))
            }
            Err(_) if is_record(text) => {
                Ok((vec![document(operation, text)?], Announced::default()))
            }
            Err(_) => {
                // Told as every document that cannot be read.
                let page: HaloPage<&'a RawValue> = document(operation, text)?;
                Ok((page.rows, Announced::default()))
            }
        }
    };
    let decoded = decode(text, "id", typed, raw)?;
    Ok((decoded, total.get()))
}

/// Whether a text is one record: an object with an id.
fn is_record(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Id {
        #[expect(dead_code, reason = "only whether it is there matters")]
        id: serde_json::Value,
    }
    serde_json::from_str::<Id>(text).is_ok()
}

fn seen_of<'a, W: Record<'a>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
) -> Result<Found> {
    let (decoded, total) = decode_of::<W>(operation, text)?;
    let top = decoded.records.iter().map(Record::id).max();
    Ok(Found {
        seen: decoded.seen(position),
        top,
        doubled: 0,
        total,
    })
}

fn map_of<'a, W: Record<'a, Tenant = Tenant>>(
    operation: &'static str,
    text: &'a Text<'_>,
    position: Position,
    tenant: &Tenant,
) -> Result<(Page, Found)> {
    let (decoded, total) = decode_of::<W>(operation, text)?;
    let readable = decoded.records.iter().map(Record::id);
    let others = decoded.unreadable.iter();
    let top = readable
        .chain(others.filter_map(|one| one.external_id.parse().ok()))
        .max();
    let (page, seen) = decoded.map(position, tenant);
    let doubled = (page.repeated as usize).saturating_sub(seen.before);
    let found = Found {
        seen,
        top,
        doubled,
        total,
    };
    Ok((page, found))
}
