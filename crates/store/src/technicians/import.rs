//! Technicians that can become staff users: active people of one integration, each linked to one user at most.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId, PublicId};

use crate::db::Db;
use crate::decode::{flag, instant, optional, optional_known, optional_public_id, plain};
use crate::error::Result;
use crate::identities::MembershipStatus;
use crate::listing::{Count, Direction, Listing, PageKey, Place, TextPlace, Walk};
use crate::open::Store;
use crate::quick_match::{Found, places};
use crate::text_search::patterns;
use crate::tx::Tx;

/// Which technicians to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportQuery {
    /// Of this integration.
    pub integration: IntegrationId,
    /// Only those whose name or e-mail address has these words.
    pub search: Option<String>,
    /// Only those that are linked to no user.
    pub unlinked_only: bool,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// Rows of a page; 500 at most.
    pub limit: u32,
}

/// A user, as far as the import dialog names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUser {
    /// The identity.
    pub id: IdentityId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether it is one of the staff and is switched off, so that it cannot sign in.
    pub deactivated: bool,
}

/// A person at a client who is no staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPerson {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// A company this person is a member of, by name; empty: none any more.
    pub company: String,
}

/// A technician in the import dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Row id.
    pub id: i64,
    /// The integration it comes from.
    pub integration: IntegrationId,
    /// The vendor's id.
    pub external_id: String,
    /// First and last name.
    pub name: String,
    /// E-mail address as typed there.
    pub email: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Whether the vendor has it switched on, and it is a person and still there.
    pub active: bool,
    /// When it was last stored by a sync.
    pub stored_at: UtcMillis,
    /// The user it is linked to.
    pub identity: Option<ImportUser>,
    /// While it is linked to nobody: the staff user who has its address.
    pub taken_by: Option<ImportUser>,
    /// The name of another record of the same integration that this staff user is linked to.
    pub taken_as: Option<String>,
    /// While it is linked to nobody: the person at a client who has its address, with the company.
    pub client: Option<ClientPerson>,
}

/// How many technicians the dialog has, within a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    /// All.
    pub all: u64,
    /// Those linked to no user.
    pub unlinked: u64,
    /// Those of them without an e-mail address.
    pub without_email: u64,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It is so now.
    Linked,
    /// The technician is linked to this user already.
    AlreadyLinkedTo(IdentityId),
    /// The user is linked to another technician of the same integration.
    TargetHasAnother,
    /// The user is gone.
    TargetGone,
    /// The technician is gone.
    Gone,
}

row! {
    struct Raw {
        id: i64,
        integration: IntegrationId = i64 => plain(IntegrationId),
        external_id: String,
        name: String,
        email: Option<String>,
        title: Option<String>,
        active: bool = i64 => flag,
        stored_at: UtcMillis = i64 => instant,
        identity_id: Option<IdentityId> = Option<i64> => optional(IdentityId),
        identity_uuid: Option<PublicId> = Option<String> => optional_public_id,
        identity_name: Option<String>,
        identity_email: Option<String>,
        taken_id: Option<IdentityId> = Option<i64> => optional(IdentityId),
        taken_uuid: Option<PublicId> = Option<String> => optional_public_id,
        taken_name: Option<String>,
        taken_email: Option<String>,
        taken_status: Option<MembershipStatus> = Option<String> => optional_known(MembershipStatus::from_key),
        taken_company: Option<String>,
        taken_as: Option<String>,
    }
}

fn user(
    id: Option<IdentityId>,
    uuid: Option<PublicId>,
    name: Option<String>,
    email: Option<String>,
) -> Option<ImportUser> {
    Some(ImportUser {
        id: id?,
        uuid: uuid?,
        name: name?,
        email: email?,
        deactivated: false,
    })
}

impl From<Raw> for ImportRow {
    fn from(row: Raw) -> Self {
        let taken = user(
            row.taken_id,
            row.taken_uuid,
            row.taken_name,
            row.taken_email,
        );
        let (taken_by, client) = match taken {
            Some(user) if row.taken_status.is_none() => {
                let person = ClientPerson {
                    name: user.name,
                    email: user.email,
                    company: row.taken_company.unwrap_or_default(),
                };
                (None, Some(person))
            }
            other => {
                let deactivated = row.taken_status == Some(MembershipStatus::Disabled);
                (
                    other.map(|user| ImportUser {
                        deactivated,
                        ..user
                    }),
                    None,
                )
            }
        };
        Self {
            id: row.id,
            integration: row.integration,
            external_id: row.external_id,
            name: row.name,
            email: row.email,
            title: row.title,
            active: row.active,
            stored_at: row.stored_at,
            identity: user(
                row.identity_id,
                row.identity_uuid,
                row.identity_name,
                row.identity_email,
            ),
            taken_as: row.taken_as.filter(|_| taken_by.is_some()),
            taken_by,
            client,
        }
    }
}

/// A page of technicians by name: active people, with the user they are linked to or whose address they have.
///
/// # Errors
/// As any statement.
pub async fn list_importable(store: &Store, query: &ImportQuery) -> Result<Listing<ImportRow>> {
    list_among(store, query, None).await
}

/// The same with only those Quick Match has something to say about.
///
/// # Errors
/// As any statement.
pub async fn list_some_importable(
    store: &Store,
    query: &ImportQuery,
    only: &[Found],
) -> Result<Listing<ImportRow>> {
    list_among(store, query, Some(only)).await
}

/// Those of these rows that can be listed, for a list of only these.
///
/// # Errors
/// As any statement.
pub async fn list_found(
    store: &Store,
    integration: IntegrationId,
    rows: &[i64],
) -> Result<Vec<Found>> {
    Ok(match store.db() {
        _ if rows.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let query = sqlx::query_as(FOUND_SQLITE).bind(integration.0);
            query
                .bind(serde_json::to_string(rows)?)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            let query = sqlx::query_as(FOUND_POSTGRES).bind(integration.0);
            query.bind(rows).fetch_all(pool).await?
        }
    })
}

async fn list_among(
    store: &Store,
    query: &ImportQuery,
    only: Option<&[Found]>,
) -> Result<Listing<ImportRow>> {
    let walk = Walk::new(Direction::Ascending, query.page.as_ref(), query.limit, true);
    let [a, b, c, d] = patterns(query.search.as_deref());
    let (bound, id) = walk.text_bound();
    let unlinked = i64::from(query.unlinked_only);
    let sql = [KEYS_ASCENDING, KEYS_DESCENDING][walk.read.index()];
    let (page, count) = if let Some(only) = only {
        let places = places(only, query.search.as_deref());
        let count = Count::Exact(places.len() as u64);
        (walk.page_of_all(places), count)
    } else {
        let places: Vec<TextPlace> = read_all!(
            store,
            sql,
            query.integration.0,
            unlinked,
            a,
            b,
            c,
            d,
            &bound,
            id,
            walk.asked()
        )?;
        let counts = count_importable(store, query.integration, query.search.as_deref()).await?;
        let count = Count::Exact(if query.unlinked_only {
            counts.unlinked
        } else {
            counts.all
        });
        let page = walk.page(places.into_iter().map(Place::from).collect());
        (page, count)
    };
    let rows: Vec<Raw> = match store.db() {
        _ if page.ids.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(&page.ids)?;
            sqlx::query_as(PAGE_SQLITE).bind(ids).fetch_all(r).await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(PAGE_POSTGRES)
                .bind(&page.ids)
                .fetch_all(pool)
                .await?
        }
    };
    let rows = rows.into_iter().map(ImportRow::from).collect();
    Ok(page.listing(rows, |row: &ImportRow| row.id, count))
}

/// How many technicians a search has.
///
/// # Errors
/// As any statement.
pub async fn count_importable(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<ImportCounts> {
    let [a, b, c, d] = patterns(search);
    let row: Option<(i64, i64, i64)> = read_one!(store, COUNT, integration.0, 0_i64, a, b, c, d)?;
    Ok(
        row.map_or_else(ImportCounts::default, |(all, unlinked, without_email)| {
            ImportCounts {
                all: all.unsigned_abs(),
                unlinked: unlinked.unsigned_abs(),
                without_email: without_email.unsigned_abs(),
            }
        }),
    )
}

/// Row ids of all technicians of a search that are linked to nobody and have an e-mail address, by name: what a tick for
/// all selects.
///
/// # Errors
/// As any statement.
pub async fn list_importable_ids(
    store: &Store,
    integration: IntegrationId,
    search: Option<&str>,
) -> Result<Vec<i64>> {
    let [a, b, c, d] = patterns(search);
    let rows: Vec<(i64,)> = read_all!(store, IDS, integration.0, 1_i64, a, b, c, d)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Row ids of those who are linked to nobody and have an e-mail address that another of them has too, each with its normal
/// form.
///
/// # Errors
/// As any statement.
pub async fn list_sharing_address(
    store: &Store,
    integration: IntegrationId,
) -> Result<Vec<(i64, String)>> {
    read_all!(store, SHARING, integration.0)
}

/// One technician as it is now, on both engines kept so until the commit; with `active` false when it can no longer be
/// imported.
///
/// # Errors
/// As any statement.
pub async fn find_importable_in(tx: &mut Tx, technician: i64) -> Result<Option<ImportRow>> {
    execute!(tx, LOCK, technician)?;
    let found: Option<Raw> = tx_one!(tx, FIND, technician)?;
    Ok(found.map(ImportRow::from))
}

/// The technicians a user is linked to, by integration; those the vendor no longer has among them.
///
/// # Errors
/// As any statement.
pub async fn list_linked(store: &Store, identity: IdentityId) -> Result<Vec<ImportRow>> {
    let rows: Vec<Raw> = read_all!(store, LINKED, identity.0)?;
    Ok(rows.into_iter().map(ImportRow::from).collect())
}

/// Whether a user is linked to a technician of any integration.
///
/// # Errors
/// As any statement.
pub async fn is_linked_in(tx: &mut Tx, identity: IdentityId) -> Result<bool> {
    let found: Option<(i64,)> = tx_one!(tx, IS_LINKED, identity.0)?;
    Ok(found.is_some())
}

/// Links a technician to a user, or to nobody. Of two administrators who link it at once, the second learns of the
/// first. A user is linked to one technician of an integration at most.
///
/// # Errors
/// As any statement.
pub async fn link_technician_in(
    tx: &mut Tx,
    technician: i64,
    identity: Option<IdentityId>,
) -> Result<Linked> {
    let Some(row) = find_importable_in(tx, technician).await? else {
        return Ok(Linked::Gone);
    };
    if let Some(identity) = identity {
        if let Some(other) = row.identity {
            return Ok(Linked::AlreadyLinkedTo(other.id));
        }
        // Writing the user makes two links to it wait for each other.
        if execute!(tx, LOCK_IDENTITY, identity.0)? == 0 {
            return Ok(Linked::TargetGone);
        }
        let another: Option<(i64,)> = tx_one!(tx, FIND_OF_IDENTITY, identity.0, row.integration.0)?;
        if another.is_some() {
            return Ok(Linked::TargetHasAnother);
        }
    }
    execute!(tx, LINK, technician, identity.map(|id| id.0))?;
    Ok(Linked::Linked)
}

/// Who can be imported, linked or not, and the words of a search.
macro_rules! importable {
    () => {
        "w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1 AND (CAST($2 AS BIGINT) = 0 OR w.identity_id IS NULL)
         AND (CAST($3 AS TEXT) IS NULL OR (w.name_key || ' ' || COALESCE(w.email_key, '')) LIKE $3 ESCAPE '\\')
         AND (CAST($4 AS TEXT) IS NULL OR (w.name_key || ' ' || COALESCE(w.email_key, '')) LIKE $4 ESCAPE '\\')
         AND (CAST($5 AS TEXT) IS NULL OR (w.name_key || ' ' || COALESCE(w.email_key, '')) LIKE $5 ESCAPE '\\')
         AND (CAST($6 AS TEXT) IS NULL OR (w.name_key || ' ' || COALESCE(w.email_key, '')) LIKE $6 ESCAPE '\\')"
    };
}

macro_rules! import_keys {
    ($than:literal, $order:literal) => {
        concat!(
            "SELECT w.id AS id, w.name_key AS sort_key FROM technician w WHERE ",
            importable!(),
            " AND (w.name_key, w.id) ",
            $than,
            " ($7, $8) ORDER BY w.name_key ",
            $order,
            ", w.id ",
            $order,
            " LIMIT $9"
        )
    };
}

macro_rules! import_row {
    ($from:literal) => {
        concat!("SELECT w.id, w.integration_id AS integration, w.external_id, TRIM(w.first_name || ' ' || w.last_name) AS name, w.email, w.title,
            CASE WHEN w.active = 1 AND w.person = 1 AND w.absent = 0 THEN CAST(1 AS BIGINT) ELSE 0 END AS active, w.stored_at,
            i.id AS identity_id, i.uuid AS identity_uuid, i.name AS identity_name, i.email AS identity_email,
            t.id AS taken_id, t.uuid AS taken_uuid, t.name AS taken_name, t.email AS taken_email,
            (SELECT m.status FROM staff_membership m WHERE m.identity_id = t.id) AS taken_status,
            (SELECT min(c.name) FROM company_membership m JOIN company c ON c.id = m.company_id WHERE m.identity_id = t.id) AS taken_company,
            (SELECT min(TRIM(o.first_name || ' ' || o.last_name)) FROM technician o
                WHERE o.identity_id = t.id AND +o.integration_id = w.integration_id AND o.absent = 0) AS taken_as
        FROM ", $from, " LEFT JOIN identity i ON i.id = w.identity_id
        LEFT JOIN identity t ON t.email_key = w.email_key AND w.identity_id IS NULL WHERE ")
    };
}

statements! {
    FOUND_SQLITE for Sqlite = "SELECT w.id, w.name_key AS sort_key, w.name_key || ' ' || COALESCE(w.email_key, '') AS searched FROM json_each($2) f
        CROSS JOIN technician w NOT INDEXED WHERE w.id = f.value AND w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1";
    FOUND_POSTGRES for Postgres = "SELECT w.id, w.name_key AS sort_key, w.name_key || ' ' || COALESCE(w.email_key, '') AS searched FROM technician w
        WHERE w.id = ANY(CAST($2 AS BIGINT[])) AND w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1";
    KEYS_ASCENDING = import_keys!(">", "ASC");
    KEYS_DESCENDING = import_keys!("<", "DESC");
    COUNT = concat!("SELECT count(*) AS found, CAST(COALESCE(sum(CASE WHEN w.identity_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS unlinked,
            CAST(COALESCE(sum(CASE WHEN w.identity_id IS NULL AND w.email_key IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS without_email
        FROM technician w WHERE ", importable!());
    IDS = concat!("SELECT w.id FROM technician w WHERE ", importable!(), " AND w.email_key IS NOT NULL ORDER BY w.name_key, w.id");
    SHARING = "SELECT s.id, s.address FROM (SELECT w.id, w.email_key AS address, count(*) OVER (PARTITION BY w.email_key) AS found FROM technician w
            WHERE w.integration_id = $1 AND w.absent = 0 AND w.active = 1 AND w.person = 1 AND w.identity_id IS NULL AND w.email_key IS NOT NULL) s
        WHERE s.found > 1 ORDER BY s.id";
    PAGE_SQLITE for Sqlite = concat!(import_row!("json_each($1) f CROSS JOIN technician w NOT INDEXED"), "w.id = f.value");
    PAGE_POSTGRES for Postgres = concat!(import_row!("technician w"), "w.id = ANY(CAST($1 AS BIGINT[]))");
    FIND = concat!(import_row!("technician w"), "w.id = $1");
    IS_LINKED = "SELECT CAST(1 AS BIGINT) AS found FROM technician WHERE identity_id = $1 LIMIT 1";
    LINKED = concat!(import_row!("technician w"), "w.identity_id = $1 ORDER BY w.integration_id, w.id");
    LOCK = "UPDATE technician SET absent = absent WHERE id = $1";
    LOCK_IDENTITY = "UPDATE identity SET created_at = created_at WHERE id = $1";
    FIND_OF_IDENTITY = "SELECT id FROM technician WHERE identity_id = $1 AND integration_id = $2 AND absent = 0 LIMIT 1";
    LINK = "UPDATE technician SET identity_id = $2 WHERE id = $1";
}
