//! Deletion feeds: streams that tell what the vendor deleted (rule P5). An entry is the vendor's own word, so it is
//! neither counted nor held back by the mass-removal guard (rule P11).

use std::collections::BTreeSet;

use domain::job::{Job, Priority};
use domain::record::DeletionRecord;
use domain::run::Counts;
use domain::stream::Stream;
use store::pages::{self, Absence};
use store::{Tx, jobs};

use super::part::{Part, Stop};

/// Applies a page of a feed: deleted tickets are marked removed with their notes; of tickets with deleted activity,
/// whose notes the feed does not name, all notes are read again and compared.
pub(super) async fn apply(
    part: &Part<'_>,
    tx: &mut Tx,
    entries: &[DeletionRecord],
    counts: &mut Counts,
) -> Result<(), Stop> {
    let tickets = named_tickets(tx, part, entries).await?;
    let ids: Vec<&str> = tickets.iter().map(String::as_str).collect();
    let integration = part.integration.id;
    let entries = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let mut effective = 0;
    if part.row.stream == Stream::DeletedTickets {
        let gone = pages::remove_deleted(tx, integration, &ids, part.engine.now()).await?;
        effective = i64::try_from(gone.tickets).unwrap_or(i64::MAX).min(entries);
        counts.removed += effective;
    } else {
        let known = pages::read_known(tx, integration, Stream::Tickets, &ids).await?;
        for (ticket, row) in known {
            if row.absence == Absence::Present {
                let job = Job::PullTicketNotes {
                    integration,
                    ticket,
                };
                jobs::enqueue(tx, &job, Priority::Low, part.engine.now()).await?;
                effective += 1;
            }
        }
        effective = effective.min(entries);
    }
    counts.fetched += entries;
    counts.changed += effective;
    counts.unchanged += entries - effective;
    Ok(())
}

/// The tickets a page of a feed is about, by the vendor's ids. A number that fits no ticket, or several, says nothing.
async fn named_tickets(
    tx: &mut Tx,
    part: &Part<'_>,
    entries: &[DeletionRecord],
) -> Result<BTreeSet<String>, Stop> {
    let mut tickets = BTreeSet::new();
    for entry in entries {
        if let Some(id) = &entry.ticket_external_id {
            tickets.insert(id.clone());
        } else if let Some(number) = &entry.ticket_number
            && let Some(id) = pages::find_ticket_by_number(tx, part.integration.id, number).await?
        {
            tickets.insert(id);
        }
    }
    Ok(tickets)
}
