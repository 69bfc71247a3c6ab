//! How contacts are reached, for releases whose lists leave it out: a request for each contact then, on pages that are small
//! for it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use domain::record::Batch;
use domain::stream::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::client::{Client, is_missing_record};
use super::map::put_reached;
use super::wire::CwCommunication;
use crate::error::{ErrorKind, Result};
use crate::http::decode::{Text, document};
use crate::http::send::Answer;
use crate::page::{Page, Unreadable};

const OPERATION: &str = "list the communications of a contact";

/// The field of a contact that a list may leave out.
const FIELD: &str = "communicationItems";

/// Contacts read at once; the permits hold back what the vendor does not want at once.
const AT_ONCE: usize = 3;

/// After so many failures in a row the trouble is not one contact's, and the page is read again later.
const FAILURES: usize = 3;

/// Most contacts on a page where each costs a request.
pub(super) const MOST: u32 = 100;

/// Whether lists of this tenant leave it out, as far as this connector was told.
#[derive(Debug, Default)]
pub(super) struct Missing(AtomicBool);

impl Missing {
    /// Whether a page showed it.
    pub(super) fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Remembers it.
    pub(super) fn know(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Whether an answer with contacts leaves out how they are reached. A contact without any has an empty list; what
/// counts is that no record of the page knows the field.
pub(super) fn are_missing(stream: Stream, answer: &Answer, page: &Page) -> bool {
    stream == Stream::Contacts
        && page.received > 0
        && !Text::of(&answer.body).as_str().contains(FIELD)
}

/// Adds to the contacts of a page how they are reached; one whose communications make no sense or cannot be had is set aside.
///
/// # Errors
/// As any request, where it is not one contact that fails.
pub(super) async fn add(client: &Client, page: &mut Page) -> Result<()> {
    let Batch::Contacts(contacts) = &mut page.batch else {
        return Ok(());
    };
    let ids: Vec<String> = contacts.iter().map(|one| one.external_id.clone()).collect();
    let failures = AtomicUsize::new(0);
    let mut reads: Vec<BoxFuture<'_, Result<Told>>> = Vec::with_capacity(ids.len());
    for id in &ids {
        reads.push(Box::pin(of(client, id, &failures)));
    }
    let told: Vec<Told> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
    let mut kept = Vec::with_capacity(told.len());
    for (mut contact, told) in std::mem::take(contacts).into_iter().zip(told) {
        match told {
            Ok(items) => {
                put_reached(&mut contact, items);
                kept.push(contact);
            }
            Err(reason) => page.unreadable.push(Unreadable {
                external_id: contact.external_id,
                field: Some(FIELD.to_owned()),
                reason,
            }),
        }
    }
    *contacts = kept;
    Ok(())
}

/// The communications of a contact, or what about them cannot be read.
type Told = std::result::Result<Vec<CwCommunication<'static>>, String>;

/// <https://developer.connectwise.com/Products/ConnectWise_PSA/REST#/ContactCommunications>
async fn of(client: &Client, contact: &str, failures: &AtomicUsize) -> Result<Told> {
    let make = |answer: &Answer| {
        let text = Text::of(&answer.body);
        let items: Vec<CwCommunication<'_>> = document(OPERATION, text.as_str())?;
        let received = items.len();
        let items = items.into_iter().map(CwCommunication::into_owned);
        Ok((items.collect::<Vec<_>>(), received))
    };
    let path = format!("company/contacts/{contact}/communications");
    // Counted, and refused, as the contacts themselves.
    let endpoint = super::stream::path(Stream::Contacts).1;
    let pages = client.numbered(OPERATION, endpoint, &path, Some("id asc"), make);
    match pages.await {
        Ok(pages) => {
            failures.store(0, Ordering::Relaxed);
            Ok(Ok(pages.into_iter().flatten().collect()))
        }
        // A contact that is gone since is not reached at all.
        Err(error) if is_missing_record(&error) => Ok(Ok(Vec::new())),
        Err(error) => match error.kind {
            ErrorKind::Unexpected => Ok(Err(error.message)),
            ErrorKind::Unavailable | ErrorKind::Invalid
                if failures.fetch_add(1, Ordering::Relaxed) + 1 < FAILURES =>
            {
                Ok(Err(error.message))
            }
            _ => Err(error),
        },
    }
}
