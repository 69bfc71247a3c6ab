//! MSP staff records as vendors know them: for filters, owners, and their import as staff users.

pub(crate) mod import;

use domain::id::{IdentityId, IntegrationId};
use domain::viewer::Viewer;

use crate::decode::{flag, optional, plain};
use crate::error::Result;
use crate::listing::{COUNTED, Count, Direction, Listing, PageKey, Place, Walk};
use crate::open::Store;
use crate::text_search::patterns;
use crate::tx::Tx;

pub use import::{
    ClientPerson, ImportCounts, ImportQuery, ImportRow, ImportUser, Linked, count_importable,
    find_importable_in, is_linked_in, link_technician_in, list_found, list_importable,
    list_importable_ids, list_linked, list_sharing_address, list_some_importable,
};

row! {
    /// A technician.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct TechnicianRow {
        /// Row id.
        pub id: i64,
        /// The integration it comes from.
        pub integration: IntegrationId = i64 => plain(IntegrationId),
        /// The vendor's id.
        pub external_id: String,
        /// First and last name.
        pub name: String,
        /// What lists sort it by.
        pub name_key: String,
        /// E-mail address as typed there.
        pub email: Option<String>,
        /// Job title.
        pub title: Option<String>,
        /// Whether the vendor has it switched on.
        pub active: bool = i64 => flag,
        /// Whether it is a person, not an API-only or service record.
        pub person: bool = i64 => flag,
        /// The user it is linked to.
        pub identity: Option<IdentityId> = Option<i64> => optional(IdentityId),
    }
}

/// All technicians by name, for what has to name or offer every one; nobody's at a client.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: Option<IntegrationId>,
) -> Result<Vec<TechnicianRow>> {
    let (all, _) = viewer.bind();
    read_all!(store, LIST, all, integration.map(|id| id.0))
}

/// The technician with the vendor's id, of this integration; `None` for a viewer at a client.
///
/// # Errors
/// As any statement.
pub async fn find_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    external_id: &str,
) -> Result<Option<TechnicianRow>> {
    let (all, _) = viewer.bind();
    read_one!(store, FIND, all, integration.0, external_id)
}

/// The technicians of an integration that are this user.
///
/// # Errors
/// As any statement.
pub async fn list_of_user(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    user: IdentityId,
) -> Result<Vec<TechnicianRow>> {
    let (all, _) = viewer.bind();
    read_all!(store, OF_USER, all, integration.0, user.0)
}

/// People among the technicians of an integration whose name has every word of a search, by name, at most `limit`.
///
/// # Errors
/// As any statement.
pub async fn list_named(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    search: &str,
    limit: i64,
) -> Result<Vec<TechnicianRow>> {
    let ((all, _), [a, b, c, d]) = (viewer.bind(), patterns(Some(search)));
    read_all!(store, NAMED, all, integration.0, a, b, c, d, limit)
}

/// How many technicians of an integration a viewer may see, counted up to `most`.
///
/// # Errors
/// As any statement.
pub async fn count_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: IntegrationId,
    most: i64,
) -> Result<u64> {
    let (all, _) = viewer.bind();
    let found: Option<(i64,)> = read_one!(store, COUNT, all, integration.0, most)?;
    Ok(found.map_or(0, |row| row.0.unsigned_abs()))
}

/// A page of technicians by name, at most `limit` of them; nobody's at a client.
///
/// # Errors
/// As any statement.
pub async fn list_page_for_viewer(
    store: &Store,
    viewer: &Viewer,
    integration: Option<IntegrationId>,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<TechnicianRow>> {
    let (all, _) = viewer.bind();
    let integration = integration.map(|id| id.0);
    // Only walked forwards: a key of a page before begins the list anew.
    let page = page.filter(|key| !key.before);
    let walk = Walk::new(Direction::Ascending, page, limit, true);
    let (bound, bound_id) = walk.text_bound();
    let asked = walk.asked();
    let read = async { read_all!(store, PAGE, all, integration, &bound, bound_id, asked) };
    let count = async { read_one!(store, COUNT, all, integration, COUNTED as i64 + 1) };
    let (rows, found): (Vec<TechnicianRow>, Option<(i64,)>) =
        futures_util::future::try_join(read, count).await?;
    let place = |row: &TechnicianRow| Place::text(row.name_key.clone(), row.id);
    let found = found.map_or(0, |row| row.0.unsigned_abs());
    let page = walk.page(rows.iter().map(place).collect());
    Ok(page.listing(rows, |row| row.id, Count::bounded(found, COUNTED)))
}

/// Whether another person of the same tool, who is linked to nobody either, has the same e-mail address.
///
/// # Errors
/// As any statement.
pub async fn shares_address_in(tx: &mut Tx, technician: i64) -> Result<bool> {
    let row: Option<(i64,)> = tx_one!(tx, SHARES_ADDRESS, technician)?;
    Ok(row.is_some())
}

/// Those a viewer may see, of all integrations or of one.
macro_rules! technicians {
    () => {
        "FROM technician w WHERE CAST($1 AS BIGINT) = 1 AND w.absent = 0 AND (CAST($2 AS BIGINT) IS NULL OR w.integration_id = $2)"
    };
}

macro_rules! technician_row {
    () => {
        "SELECT w.id, w.integration_id AS integration, w.external_id, TRIM(w.first_name || ' ' || w.last_name) AS name, w.name_key, w.email,
        w.title, w.active, w.person, w.identity_id AS identity "
    };
}

macro_rules! technician_rows {
    () => {
        concat!(technician_row!(), technicians!())
    };
}

/// Those a viewer may see, of one integration.
macro_rules! rows_of_one {
    () => {
        concat!(
            technician_row!(),
            "FROM technician w WHERE CAST($1 AS BIGINT) = 1 AND w.absent = 0 AND w.integration_id = $2"
        )
    };
}

statements! {
    SHARES_ADDRESS = "SELECT o.id FROM technician w JOIN technician o ON o.integration_id = w.integration_id AND o.email_key = w.email_key
        WHERE w.id = $1 AND o.id <> w.id AND o.absent = 0 AND o.active = 1 AND o.person = 1 AND o.identity_id IS NULL LIMIT 1";
    LIST = concat!(technician_rows!(), " ORDER BY w.name_key, w.id");
    FIND = concat!(rows_of_one!(), " AND w.external_id = $3");
    OF_USER = concat!(rows_of_one!(), " AND w.identity_id = $3 ORDER BY w.name_key, w.id");
    NAMED = concat!(rows_of_one!(), " AND w.person = 1 AND (CAST($3 AS TEXT) IS NULL OR w.name_key LIKE $3 ESCAPE '\\')
         AND (CAST($4 AS TEXT) IS NULL OR w.name_key LIKE $4 ESCAPE '\\') AND (CAST($5 AS TEXT) IS NULL OR w.name_key LIKE $5 ESCAPE '\\')
         AND (CAST($6 AS TEXT) IS NULL OR w.name_key LIKE $6 ESCAPE '\\') ORDER BY w.name_key, w.id LIMIT $7");
    PAGE = concat!(technician_rows!(), " AND (w.name_key, w.id) > ($3, $4) ORDER BY w.name_key, w.id LIMIT $5");
    COUNT = concat!("SELECT count(*) AS found FROM (SELECT 1 AS one ", technicians!(), " LIMIT $3) counted");
}
