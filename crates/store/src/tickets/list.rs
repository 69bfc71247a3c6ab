//! The list of tickets.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use domain::viewer::Viewer;

use super::filter::{self, Lead};
use super::{Labelled, TicketFilter, TicketSort};
use crate::db::Db;
use crate::error::Result;
use crate::listing::{
    COUNTED, Count, Direction, Listing, NumberPlace, Page, PageKey, Place, SortKey, Walk,
};
use crate::open::Store;
use crate::text_search::{MATCHES, Terms};
use crate::viewer_companies;

/// A ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// Row id.
    pub id: i64,
    /// Id in addresses.
    pub uuid: PublicId,
    /// The integration it comes from.
    pub integration: IntegrationId,
    /// Key of that integration's provider.
    pub provider: String,
    /// The vendor's id.
    pub external_id: String,
    /// The number people quote.
    pub number: String,
    /// One-line summary.
    pub title: String,
    /// Status.
    pub status: Option<Labelled>,
    /// Queue, board or team.
    pub queue: Option<Labelled>,
    /// Priority.
    pub priority: Option<Labelled>,
    /// Whether it counts as closed.
    pub closed: bool,
    /// Name of the Portico company, else of the vendor's.
    pub company: Option<String>,
    /// Address of the Portico company.
    pub company_uuid: Option<PublicId>,
    /// Name of the contact.
    pub contact: Option<String>,
    /// Name of the assigned technician.
    pub technician: Option<String>,
    /// When it is due.
    pub due_at: Option<UtcMillis>,
    /// When it was created.
    pub created_at: UtcMillis,
    /// When it was completed.
    pub closed_at: Option<UtcMillis>,
    /// When anything last happened on it.
    pub updated_at: UtcMillis,
}

row! {
    struct Raw {
        id: i64,
        uuid: PublicId = String => crate::decode::public_id,
        integration_id: i64,
        provider: String,
        external_id: String,
        number: String,
        title: String,
        status_id: Option<String>,
        status_label: Option<String>,
        queue_id: Option<String>,
        queue_label: Option<String>,
        priority_id: Option<String>,
        priority_label: Option<String>,
        closed: bool = i64 => crate::decode::flag,
        company_name: Option<String>,
        company_uuid: Option<String>,
        contact_name: Option<String>,
        technician_name: Option<String>,
        due_at: Option<i64>,
        created_at: i64,
        closed_at: Option<i64>,
        updated_at: i64,
    }
}

impl From<Raw> for TicketRow {
    fn from(row: Raw) -> Self {
        let name = |name: Option<String>| name.filter(|name| !name.is_empty());
        Self {
            id: row.id,
            uuid: row.uuid,
            integration: IntegrationId(row.integration_id),
            provider: row.provider,
            external_id: row.external_id,
            number: row.number,
            title: row.title,
            status: Labelled::new(row.status_id, row.status_label),
            queue: Labelled::new(row.queue_id, row.queue_label),
            priority: Labelled::new(row.priority_id, row.priority_label),
            closed: row.closed,
            company: name(row.company_name),
            company_uuid: row.company_uuid.and_then(|uuid| uuid.parse().ok()),
            contact: name(row.contact_name),
            technician: name(row.technician_name),
            due_at: row.due_at.map(UtcMillis),
            created_at: UtcMillis(row.created_at),
            closed_at: row.closed_at.map(UtcMillis),
            updated_at: UtcMillis(row.updated_at),
        }
    }
}

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
    let rows = rows_by_id(store, viewer, &page.ids).await?;
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

/// Filters that do not lead; the leading one is bound by its range.
fn others(filter: &TicketFilter, lead: Lead) -> [Option<&str>; 4] {
    [
        filter.status.as_deref().filter(|_| lead != Lead::Status),
        filter.queue.as_deref().filter(|_| lead != Lead::Queue),
        filter
            .priority
            .as_deref()
            .filter(|_| lead != Lead::Priority),
        filter
            .technician
            .as_deref()
            .filter(|_| lead != Lead::Technician),
    ]
}

async fn walk_ranges(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    walk: &Walk,
) -> Result<(Page, Count)> {
    let mut ranges = ranges(store, viewer, filter).await?;
    let count = count(store, viewer, filter, &ranges).await?;
    if ranges.lead == Lead::Company
        && sort == TicketSort::Created
        && matches!(count, Count::MoreThan(_))
    {
        ranges.lead = Lead::LargeCompany;
    }
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
    Ok((walk.page(places), count))
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

row! {
    struct Match {
        id: i64,
        updated_at: i64,
        created_at: i64,
        number: String,
        title: String,
    }
}

/// Every match of a search, up to the bound, and how many there are.
async fn search(
    store: &Store,
    viewer: &Viewer,
    filter: &TicketFilter,
    sort: TicketSort,
    terms: &Terms,
) -> Result<(Vec<Place>, Count)> {
    let (all, identity) = viewer.bind();
    let integration = filter.integration.map(|id| id.0);
    let closed = filter.closed.map(i64::from);
    let company = filter.company.as_ref().map(PublicId::as_str);
    let [status, queue, priority, technician] = others(filter, Lead::All);
    let exact: Vec<Match> = match terms.single() {
        Some((lower, upper)) => read_all!(
            store,
            MATCH_EXACT,
            all,
            identity,
            integration,
            closed,
            status,
            queue,
            priority,
            technician,
            MATCHES + 1,
            company,
            lower,
            upper
        )?,
        None => Vec::new(),
    };
    let matches: Vec<Match> = if !exact.is_empty() {
        exact
    } else if terms.is_indexed() {
        match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(closed);
                let query = query
                    .bind(status)
                    .bind(queue)
                    .bind(priority)
                    .bind(technician)
                    .bind(MATCHES + 1)
                    .bind(company);
                query.bind(terms.phrases()).fetch_all(r).await?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES)
                    .bind(all)
                    .bind(identity)
                    .bind(integration)
                    .bind(closed);
                let query = query
                    .bind(status)
                    .bind(queue)
                    .bind(priority)
                    .bind(technician)
                    .bind(MATCHES + 1)
                    .bind(company);
                query.bind(first).bind(second).fetch_all(pool).await?
            }
        }
    } else {
        let (from, until) = terms.range();
        let (upper_from, upper_until) = (from.to_uppercase(), until.to_uppercase());
        read_all!(
            store,
            MATCH_NUMBER,
            all,
            identity,
            integration,
            closed,
            status,
            queue,
            priority,
            technician,
            MATCHES + 1,
            company,
            &from,
            &until,
            &upper_from,
            &upper_until
        )?
    };
    let cut = matches.len() as i64 > MATCHES;
    let words = |row: &Match| {
        !terms.is_indexed() || terms.matches(&format!("{} {}", row.number, row.title))
    };
    let key = |row: &Match| {
        SortKey::Number(if sort == TicketSort::Updated {
            row.updated_at
        } else {
            row.created_at
        })
    };
    let places: Vec<Place> = matches
        .iter()
        .take(MATCHES as usize)
        .filter(|row| words(row))
        .map(|row| Place {
            key: key(row),
            id: row.id,
        })
        .collect();
    let found = places.len() as u64;
    Ok((
        places,
        if cut {
            Count::MoreThan(found)
        } else {
            Count::Exact(found)
        },
    ))
}

async fn rows_by_id(store: &Store, viewer: &Viewer, ids: &[i64]) -> Result<Vec<TicketRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (all, identity) = viewer.bind();
    let rows: Vec<Raw> = match store.db() {
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(ids)?;
            sqlx::query_as(ROWS_SQLITE)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(ROWS_POSTGRES)
                .bind(all)
                .bind(identity)
                .bind(ids)
                .fetch_all(pool)
                .await?
        }
    };
    Ok(rows.into_iter().map(TicketRow::from).collect())
}

/// Columns and labels of a listed ticket.
macro_rules! ticket_row {
    () => {
        "SELECT t.id, t.uuid, t.integration_id, i.provider, t.external_id, t.number, t.title, t.status_id, st.label AS status_label,
            t.queue_id, qu.label AS queue_label, t.priority_id, pr.label AS priority_label, t.closed,
            COALESCE(c.name, x.name) AS company_name, c.uuid AS company_uuid, TRIM(k.first_name || ' ' || k.last_name) AS contact_name,
            TRIM(w.first_name || ' ' || w.last_name) AS technician_name, t.due_at, t.created_at, t.closed_at, t.updated_at
        FROM ticket t
        JOIN integration i ON i.id = t.integration_id
        LEFT JOIN reference_item st ON st.integration_id = t.integration_id AND st.kind = 'ticket_status' AND st.external_id = t.status_id
        LEFT JOIN reference_item qu ON qu.integration_id = t.integration_id AND qu.kind = 'queue' AND qu.external_id = t.queue_id
        LEFT JOIN reference_item pr ON pr.integration_id = t.integration_id AND pr.kind = 'ticket_priority' AND pr.external_id = t.priority_id
        LEFT JOIN external_company x ON x.integration_id = t.integration_id AND x.external_id = t.company_external_id
        LEFT JOIN company c ON c.id = x.company_id
        LEFT JOIN external_contact k ON k.integration_id = t.integration_id AND k.external_id = t.contact_external_id
        LEFT JOIN technician w ON w.integration_id = t.integration_id AND w.external_id = t.technician_external_id
        WHERE t.absent = 0"
    };
}

/// What every search binds; the words follow from `$11` on.
macro_rules! match_filters {
    () => {
        concat!(
            " t.absent = 0 AND (CAST($3 AS BIGINT) IS NULL OR t.integration_id = $3) AND (CAST($4 AS BIGINT) IS NULL OR t.closed = $4)
             AND ",
            other_filters!(),
            " AND (CAST($10 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM external_company fx JOIN company fc ON fc.id = fx.company_id
                WHERE fx.integration_id = t.integration_id AND fx.external_id = t.company_external_id AND fc.uuid = $10)) AND ",
            record_viewer!("t")
        )
    };
}

statements! {
    ROWS_SQLITE for Sqlite = concat!(ticket_row!(), " AND t.id IN (SELECT value FROM json_each($3)) AND ", record_viewer!("t"));
    ROWS_POSTGRES for Postgres = concat!(ticket_row!(), " AND t.id = ANY(CAST($3 AS BIGINT[])) AND ", record_viewer!("t"));
    MATCH_SQLITE for Sqlite = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket_search f CROSS JOIN ticket t
        WHERE f.ticket_search MATCH $11 AND t.id = f.rowid AND", match_filters!(), " ORDER BY f.rowid DESC LIMIT $9");
    MATCH_POSTGRES for Postgres = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE t.search_text LIKE $11 AND (CAST($12 AS TEXT) IS NULL OR t.search_text LIKE $12) AND", match_filters!(), " ORDER BY t.id DESC LIMIT $9");
    MATCH_EXACT = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE (t.number = $11 OR t.number = $12) AND", match_filters!(), " LIMIT $9");
    MATCH_NUMBER = concat!("SELECT t.id, t.updated_at, t.created_at, t.number, t.title FROM ticket t
        WHERE ((t.number >= $11 AND t.number < $12) OR (t.number >= $13 AND t.number < $14)) AND", match_filters!(), " ORDER BY t.id DESC LIMIT $9");
}
