//! The list of a ticket's own notes. It tells what the list of all notes may leave out: when one was written, and whether it
//! is internal. Without the right to it that list has to do.

use std::sync::Arc;

use domain::clock::UtcMillis;

use super::client::{Client, is_missing_record};
use super::projects;
use super::stream::Marks;
use super::{ConnectWisePsa, SERVICE};
use crate::error::Result;
use crate::page::Page;
use crate::probe::Area;

/// The name of the list.
pub(super) const ENDPOINT: &str = "service/tickets/notes";

/// The right to it, which syncing goes on without.
pub(super) const AREA: Area = Area::new(
    ENDPOINT,
    "Ticket notes",
    "Security role: Service Desk > Resource/Notes — Inquire All (without it, notes of which ConnectWise does not say who may \
     read them are internal, and new notes without a date have that of their last change)",
    false,
);

/// How long a refusal is good for: it is no single ticket's, so the other tickets are not asked about meanwhile.
const GOOD_FOR: i64 = UtcMillis::HOUR;

/// What the process remembers a refusal under; tickets of projects have a right of their own.
fn key(client: &Client, tickets: &str) -> String {
    format!("{} {tickets}", client.notes_key)
}

/// The notes of a ticket itself, page by page; none of one that is gone since, and `None` where they may not be read.
///
/// # Errors
/// As any request.
pub(super) async fn of(
    connector: &ConnectWisePsa,
    tickets: &str,
    ticket: i64,
) -> Result<Option<Vec<(Page, Marks)>>> {
    let client = &connector.client;
    let (key, now) = (key(client, tickets), client.sender.clock.now());
    let refused = client.memory.kept::<()>(&key, now.plus(-GOOD_FOR));
    if refused.is_some() {
        return Ok(None);
    }
    match connector.notes_of(tickets, ticket, "notes").await {
        Ok(listed) => Ok(Some(listed)),
        Err(error) if is_missing_record(&error) => Ok(Some(Vec::new())),
        Err(error) => {
            AREA.is_refusal(error)?;
            client.memory.keep(key, now, Arc::new(()));
            Ok(None)
        }
    }
}

/// Asks for the notes of some ticket, to see whether the right is there, and has them asked for anew.
///
/// # Errors
/// As any request.
pub(super) async fn try_one(client: &Client) -> Result<()> {
    for tickets in [SERVICE, projects::TICKETS] {
        client.memory.drop_kept(&key(client, tickets));
    }
    client.try_below(ENDPOINT, SERVICE, "notes").await
}
