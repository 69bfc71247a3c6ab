//! Tickets with a new action: a second list of each incremental run. Halo does not say whether a new action counts as a
//! change of its ticket, and where it does not, a reply would show up no sooner than the next night.
//!
//! The walk goes through the tickets that changed first and then through those with a new action; what had come with the
//! first list is left out of the second.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::clock::UtcMillis;
use domain::record::Batch;
use domain::stream::{PullMode, Stream};

use crate::page::{Cursor, Page, PageRequest};

/// What cursors in the second list begin with.
const MARK: &str = "a:";

/// Tickets a walk remembers at most (rule P7); what comes twice beyond them does no harm.
const REMEMBERED: usize = 50_000;

/// Which list a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// The only one of its walk.
    Only,
    /// Tickets that changed; those with a new action follow.
    Changed,
    /// Tickets with an action since an instant.
    Acted(UtcMillis),
}

/// The list a page is of, and the cursor inside it.
pub(super) fn part(request: &PageRequest<'_>) -> (List, Option<Cursor>) {
    let cursor = request.cursor;
    let PullMode::Since { since } = request.mode else {
        return (List::Only, cursor.cloned());
    };
    if request.stream != Stream::Tickets {
        return (List::Only, cursor.cloned());
    }
    match cursor.and_then(inside) {
        Some(inside) => (List::Acted(since), inside),
        None => (List::Changed, cursor.cloned()),
    }
}

/// The cursor inside the second list, where one leads there; there is none at its beginning.
pub(super) fn inside(cursor: &Cursor) -> Option<Option<Cursor>> {
    let inside = cursor.0.strip_prefix(MARK)?;
    Some((!inside.is_empty()).then(|| Cursor(inside.to_owned())))
}

/// Where the walk goes on behind a page of a list.
pub(super) fn onward(list: List, next: Option<Cursor>) -> Option<Cursor> {
    match (list, next) {
        (List::Changed, None) => Some(Cursor(MARK.to_owned())),
        (List::Acted(_), Some(Cursor(inside))) => Some(Cursor(format!("{MARK}{inside}"))),
        (_, next) => next,
    }
}

/// Tickets that came with the first list. After a restart in the middle of a run some come twice, which does no harm.
#[derive(Debug, Default)]
pub(super) struct Came(Mutex<HashSet<String>>);

impl Came {
    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the tickets of a page of the first list, unreadable ones too, and leaves them out of one of the second.
    pub(super) fn heed(&self, request: &PageRequest<'_>, page: &mut Page) {
        let Batch::Tickets(tickets) = &mut page.batch else {
            return;
        };
        let mut ids = self.ids();
        if request.cursor.is_none() {
            ids.clear();
        }
        match part(request).0 {
            List::Only => {}
            List::Changed => {
                let readable = tickets.iter().map(|one| &one.external_id);
                let came = readable.chain(page.unreadable.iter().map(|one| &one.external_id));
                let room = REMEMBERED.saturating_sub(ids.len());
                ids.extend(came.take(room).cloned());
            }
            List::Acted(_) => {
                let before = tickets.len() + page.unreadable.len();
                tickets.retain(|one| !ids.contains(&one.external_id));
                page.unreadable
                    .retain(|one| !ids.contains(&one.external_id));
                let left_out = before - tickets.len() - page.unreadable.len();
                let left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
                page.received = page.received.saturating_sub(left_out);
            }
        }
    }
}
