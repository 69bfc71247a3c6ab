//! The list of tickets.

use domain::viewer::Viewer;

use super::filter::{self, Lead, others};
use super::row::{self, TicketRow};
use super::search::search;
use super::{TicketFilter, TicketSort};
use crate::error::Result;
use crate::listing::{COUNTED, Count, Direction, Listing, NumberPlace, Page, PageKey, Place, Walk};
use crate::open::Store;
use crate::text_search::Terms;
use crate::viewer_companies;

/// Tickets a viewer may see, at most `limit` of them (500 at most).
///
/// A search looks at the newest 1,000 matches; its count says when there are more. A ticket's whole number finds that
/// ticket alone.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    direction: Direction,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<TicketRow>> {
    let walk = Walk::new(direction, page, limit, false);
    let (page, count) = match filter.search.as_deref().and_then(Terms::parse) {
        Some(terms) => {
            let (places, count) = search(store, viewer, filter, sort, &terms).await?;
            (walk.page_of_all(places), count)
        }
        None => walk_ranges(store, viewer, filter, sort, &walk).await?,
    };
    let rows = row::rows_by_id(store, viewer, &page.ids).await?;
    Ok(page.listing(rows, |row| row.id, count))
}

/// How many tickets a viewer may see, counted up to 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_for_viewer(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
) -> Result<Count> {
    if let Some(terms) = filter.search.as_deref().and_then(Terms::parse) {
        return Ok(search(store, viewer, filter, TicketSort::Updated, &terms)
            .await?
            .1);
    }
    let ranges = ranges(store, viewer, filter).await?;
    count(store, viewer, filter, &ranges).await
}

/// Ranges of one index that together hold everything a filter lets through.
struct Ranges {
    lead: Lead,
    /// Integration and the lead's value.
    starts: Vec<(i64, Option<String>)>,
    /// Values of the flag closed.
    closed: &'static [i64],
}

impl Ranges {
    fn each(&self) -> impl Iterator<Item = (i64, Option<&str>, i64)> {
        self.starts.iter().flat_map(|(integration, value)| {
            self.closed
                .iter()
                .map(|closed| (*integration, value.as_deref(), *closed))
        })
    }
}

async fn ranges(store: &Store, viewer: &Viewer, filter: &TicketFilter) -> Result<Ranges> {
    let closed: &[i64] = match filter.closed {
        Some(true) => &[1],
        Some(false) => &[0],
        None => &[0, 1],
    };
    if let Some(externals) =
        viewer_companies::limited_to(store, viewer, filter.company.as_ref(), filter.integration)
            .await?
    {
        let starts = externals
            .into_iter()
            .map(|(integration, id)| (integration, Some(id)))
            .collect();
        return Ok(Ranges {
            lead: Lead::Company,
            starts,
            closed,
        });
    }
    let (lead, value) = [
        (Lead::Technician, &filter.technician),
        (Lead::Status, &filter.status),
        (Lead::Priority, &filter.priority),
        (Lead::Queue, &filter.queue),
    ]
    .into_iter()
    .find(|(_, value)| value.is_some())
    .unwrap_or((Lead::All, &None));
    let integrations = viewer_companies::integrations(store, filter.integration).await?;
    Ok(Ranges {
        lead,
        starts: integrations
            .into_iter()
            .map(|id| (id, value.clone()))
            .collect(),
        closed,
    })
}

async fn walk_ranges(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    walk: &Walk,
) -> Result<(Page, Count)> {
    let mut ranges = ranges(store, viewer, filter).await?;
    if ranges.lead == Lead::Company && sort == TicketSort::Created {
        // How many there are decides how they are read.
        let count = count(store, viewer, filter, &ranges).await?;
        if matches!(count, Count::MoreThan(_)) {
            ranges.lead = Lead::LargeCompany;
        }
        return Ok((
            page(store, viewer, filter, sort, walk, &ranges).await?,
            count,
        ));
    }
    // Counting takes about as long as reading, so both are done at once.
    futures_util::future::try_join(
        page(store, viewer, filter, sort, walk, &ranges),
        count(store, viewer, filter, &ranges),
    )
    .await
}

async fn page(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    walk: &Walk,
    ranges: &Ranges,
) -> Result<Page> {
    let text = filter::keys_text(ranges.lead, sort, walk.read);
    let (all, identity) = viewer.bind();
    let (bound, bound_id) = walk.number_bound();
    let [status, queue, priority, technician] = others(filter, ranges.lead);
    let mut places = Vec::new();
    for (integration, value, closed) in ranges.each() {
        let rows: Vec<NumberPlace> = read_all!(
            store,
            text,
            all,
            identity,
            integration,
            closed,
            status,
            queue,
            priority,
            technician,
            walk.asked(),
            value,
            bound,
            bound_id
        )?;
        places.extend(rows.into_iter().map(Place::from));
    }
    Ok(walk.page(places))
}

async fn count(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    ranges: &Ranges,
) -> Result<Count> {
    let (all, identity) = viewer.bind();
    let [status, queue, priority, technician] = others(filter, ranges.lead);
    let plain = [status, queue, priority, technician]
        .iter()
        .all(Option::is_none)
        && (all == 1 || ranges.lead == Lead::Company);
    let mut found: u64 = 0;
    for (integration, value, closed) in ranges.each() {
        let left = (COUNTED + 1).saturating_sub(found);
        if left == 0 {
            break;
        }
        let row: Option<(i64,)> = if plain {
            read_one!(
                store,
                filter::plain_count_text(ranges.lead),
                all,
                identity,
                integration,
                closed,
                left as i64,
                value
            )?
        } else {
            let text = filter::count_text(ranges.lead);
            read_one!(
                store,
                text,
                all,
                identity,
                integration,
                closed,
                status,
                queue,
                priority,
                technician,
                left as i64,
                value
            )?
        };
        found += row.map_or(0, |row| row.0.unsigned_abs());
    }
    Ok(Count::bounded(found, COUNTED))
}
