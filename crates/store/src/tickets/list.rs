//! The list of tickets.

use domain::viewer::Viewer;

use super::filter::{self, Lead, others};
use super::row::{self, TicketRow};
use super::search::search;
use super::sizes::Counted;
use super::{TicketFilter, TicketSort};
use crate::error::Result;
use crate::listing::{COUNTED, Count, Direction, Listing, NumberPlace, Page, PageKey, Place, Walk};
use crate::open::Store;
use crate::text_search::Terms;
use crate::viewer_companies;

/// Tickets a viewer may see, at most `limit` of them (500 at most).
///
/// A search looks at the newest 500 matches; its count says when there are more. A ticket's whole number finds that
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
    let Some(terms) = filter.search.as_deref().and_then(Terms::parse) else {
        return walk_ranges(store, viewer, filter, sort, &walk).await;
    };
    let (places, count) = search(store, viewer, filter, sort, &terms).await?;
    let (page, rows) = filled(store, viewer, walk.page_of_all(places)).await?;
    Ok(page.listing(rows, |row| row.id, count))
}

/// A page with its rows.
async fn filled(store: &Store, viewer: &Viewer, page: Page) -> Result<(Page, Vec<TicketRow>)> {
    let rows = row::rows_by_id(store, viewer, &page.ids).await?;
    Ok((page, rows))
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
    starts: Vec<Start>,
    /// Values of the flag closed.
    closed: &'static [i64],
}

/// Where a range begins.
struct Start {
    integration: i64,
    /// The lead's value.
    value: Option<String>,
    /// The vendor's id of a company that does not lead.
    company: Option<String>,
}

impl Ranges {
    fn each(&self) -> impl Iterator<Item = (&Start, i64)> {
        self.starts
            .iter()
            .flat_map(|start| self.closed.iter().map(move |closed| (start, *closed)))
    }

    /// Whether nothing but the lead narrows them, so that an index alone can count them.
    fn are_plain(&self, viewer: &Viewer, filter: &TicketFilter) -> bool {
        others(filter, self.lead).iter().all(Option::is_none)
            && self.starts.iter().all(|start| start.company.is_none())
            && (viewer.bind().0 == 1 || self.lead == Lead::Company)
    }
}

/// A company with more tickets than this leads only when nothing else could: its index has no other filter's columns.
const LOOKED_UP: u64 = 2_000;
/// At most so many of a filter's tickets are sorted by creation; of more of them a page is looked for among all.
const SORTED: u64 = 1_000;
/// So many tickets of all are looked at for that.
const WALKED: i64 = 20_000;

async fn ranges(store: &Store, viewer: &Viewer, filter: &TicketFilter) -> Result<Ranges> {
    let closed: &[i64] = match filter.closed {
        Some(true) => &[1],
        Some(false) => &[0],
        None => &[0, 1],
    };
    let externals =
        viewer_companies::limited_to(store, viewer, filter.company.as_ref(), filter.integration)
            .await?;
    let integrations = viewer_companies::integrations(store, filter.integration).await?;
    let mut candidates: Vec<Ranges> = Vec::new();
    if let Some(externals) = &externals {
        let start = |(integration, id): &(i64, String)| Start {
            integration: *integration,
            value: Some(id.clone()),
            company: None,
        };
        candidates.push(Ranges {
            lead: Lead::Company,
            starts: externals.iter().map(start).collect(),
            closed,
        });
    }
    for lead in [
        Lead::Technician,
        Lead::Nobody,
        Lead::Status,
        Lead::Priority,
        Lead::Queue,
    ] {
        let Some(value) = filter::led(filter, lead) else {
            continue;
        };
        let start = |integration, company| Start {
            integration,
            value: Some(value.to_owned()),
            company,
        };
        let starts = match &externals {
            Some(externals) => externals
                .iter()
                .map(|(integration, id)| start(*integration, Some(id.clone())))
                .collect(),
            None => integrations.iter().map(|id| start(*id, None)).collect(),
        };
        candidates.push(Ranges {
            lead,
            starts,
            closed,
        });
    }
    choose(store, viewer, filter, candidates)
        .await
        .map(|chosen| match chosen {
            Some(ranges) => ranges,
            None => Ranges {
                lead: Lead::All,
                starts: integrations
                    .into_iter()
                    .map(|integration| Start {
                        integration,
                        value: None,
                        company: None,
                    })
                    .collect(),
                closed,
            },
        })
}

/// Of several filters the one with the fewest tickets leads, since all of its range may have to be read. Somebody who
/// sees some companies is led by those.
async fn choose(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    mut candidates: Vec<Ranges>,
) -> Result<Option<Ranges>> {
    if candidates.len() < 2 || viewer.bind().0 != 1 {
        candidates.truncate(1);
        return Ok(candidates.pop());
    }
    let sizes = candidates
        .iter()
        .map(|ranges| size(store, viewer, filter, ranges));
    let sizes = futures_util::future::try_join_all(sizes).await?;
    let size = |ranges: &Ranges, size: u64| {
        if ranges.lead == Lead::Company && size > LOOKED_UP {
            u64::MAX
        } else {
            size
        }
    };
    let smallest = candidates
        .into_iter()
        .zip(sizes)
        .min_by_key(|(ranges, found)| size(ranges, *found));
    Ok(smallest.map(|(ranges, _)| ranges))
}

/// How many tickets the ranges of a viewer who sees everything have by themselves, as counted within the last minute.
async fn size(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    ranges: &Ranges,
) -> Result<u64> {
    let counted = Counted {
        lead: ranges.lead,
        value: filter::led(filter, ranges.lead)
            .unwrap_or_default()
            .to_owned(),
        integration: filter.integration,
        closed: filter.closed,
    };
    if let Some(size) = store.ticket_sizes().find(&counted, store.now()) {
        return Ok(size);
    }
    let size = plain_count(store, viewer, ranges).await?;
    store.ticket_sizes().keep(counted, store.now(), size);
    Ok(size)
}

async fn walk_ranges(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    walk: &Walk,
) -> Result<Listing<TicketRow>> {
    let ranges = ranges(store, viewer, filter).await?;
    if ranges.lead != Lead::All && sort == TicketSort::Created {
        // How many there are decides how they are read.
        let count = count(store, viewer, filter, &ranges).await?;
        let many = !matches!(count, Count::Exact(found) if found <= SORTED);
        let page = page(store, viewer, filter, sort, walk, &ranges, many).await?;
        let (page, rows) = filled(store, viewer, page).await?;
        return Ok(page.listing(rows, |row| row.id, count));
    }
    // Counting takes about as long as reading, so both are done at once.
    let read = async {
        let page = page(store, viewer, filter, sort, walk, &ranges, false).await?;
        filled(store, viewer, page).await
    };
    let ((page, rows), count) =
        futures_util::future::try_join(read, count(store, viewer, filter, &ranges)).await?;
    Ok(page.listing(rows, |row| row.id, count))
}

async fn page(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    walk: &Walk,
    ranges: &Ranges,
    many: bool,
) -> Result<Page> {
    let text = filter::keys_text(store.engine(), ranges.lead, sort, walk.read);
    let (all, identity) = viewer.bind();
    let (bound, bound_id) = walk.number_bound();
    let [status, queue, priority, technician] = others(filter, ranges.lead);
    let mut places = Vec::new();
    for (start, closed) in ranges.each() {
        if many {
            let found = among_all(store, viewer, filter, walk, ranges.lead, start, closed).await?;
            if found.len() as i64 >= walk.asked() {
                places.extend(found.into_iter().map(Place::from));
                continue;
            }
            // The rest lies far away, or there is none: then all of the range is sorted after all.
        }
        let rows: Vec<NumberPlace> = read_all!(
            store,
            text,
            all,
            identity,
            start.integration,
            closed,
            status,
            queue,
            priority,
            technician,
            start.company.as_deref(),
            walk.asked(),
            start.value.as_deref(),
            bound,
            bound_id
        )?;
        places.extend(rows.into_iter().map(Place::from));
    }
    Ok(walk.page(places))
}

/// Those of a range that are among the next tickets of all by creation.
async fn among_all(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    walk: &Walk,
    lead: Lead,
    start: &Start,
    closed: i64,
) -> Result<Vec<NumberPlace>> {
    let (all, identity) = viewer.bind();
    let (bound, bound_id) = walk.number_bound();
    let [status, queue, priority, technician] = others(filter, Lead::All);
    let company = if lead == Lead::Company {
        start.value.as_deref()
    } else {
        start.company.as_deref()
    };
    read_all!(
        store,
        filter::walk_text(store.engine(), walk.read),
        all,
        identity,
        start.integration,
        closed,
        status,
        queue,
        priority,
        technician,
        company,
        walk.asked(),
        bound,
        bound_id,
        WALKED
    )
}

async fn count(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    ranges: &Ranges,
) -> Result<Count> {
    if ranges.are_plain(viewer, filter) {
        let found = plain_count(store, viewer, ranges).await?;
        return Ok(Count::bounded(found, COUNTED));
    }
    let (all, identity) = viewer.bind();
    let [status, queue, priority, technician] = others(filter, ranges.lead);
    let mut found: u64 = 0;
    for (start, closed) in ranges.each() {
        let left = (COUNTED + 1).saturating_sub(found);
        if left == 0 {
            break;
        }
        let row: Option<(i64,)> = read_one!(
            store,
            filter::count_text(store.engine(), ranges.lead),
            all,
            identity,
            start.integration,
            closed,
            status,
            queue,
            priority,
            technician,
            start.company.as_deref(),
            left as i64,
            start.value.as_deref()
        )?;
        found += row.map_or(0, |row| row.0.unsigned_abs());
    }
    Ok(Count::bounded(found, COUNTED))
}

/// How many tickets the ranges have by themselves, counted to one more than is shown.
async fn plain_count(store: &Store, viewer: &Viewer, ranges: &Ranges) -> Result<u64> {
    let (all, identity) = viewer.bind();
    let text = filter::plain_count_text(store.engine(), ranges.lead);
    let mut found: u64 = 0;
    for (start, closed) in ranges.each() {
        let left = (COUNTED + 1).saturating_sub(found);
        if left == 0 {
            break;
        }
        let row: Option<(i64,)> = read_one!(
            store,
            text,
            all,
            identity,
            start.integration,
            closed,
            left as i64,
            start.value.as_deref()
        )?;
        found += row.map_or(0, |row| row.0.unsigned_abs());
    }
    Ok(found)
}
