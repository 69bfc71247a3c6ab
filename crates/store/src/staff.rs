//! The list of staff users, and what administrators do to one of them.
//!
//! A page is one range of one index of `staff_membership`, which has copies of the name, the address and the last
//! sign-in for that. Status and role are in the index too; a search looks at the text of each member it walks by, which
//! with 5,000 of them takes a few milliseconds.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId, RoleId};
use domain::permission::{Area, Grants, Permission};

use crate::account_links;
use crate::db::Db;
use crate::decode::{flag, json, known, optional, plain, public_id};
use crate::error::Result;
use crate::identities::{MembershipStatus, lock_staff};
use crate::listing::{Count, Direction, Listing, NumberPlace, PageKey, Place, TextPlace, Walk};
use crate::open::Store;
use crate::sessions;
use crate::text_search::patterns;
use crate::tx::Tx;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StaffSort {
    /// Name.
    #[default]
    Name,
    /// Last sign-in; whoever never signed in comes before the first.
    LastSignIn,
}

/// Which staff users to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StaffQuery {
    /// Only those whose name or e-mail address has these words.
    pub search: Option<String>,
    /// Only those of this status.
    pub status: Option<MembershipStatus>,
    /// Only those with this role.
    pub role: Option<RoleId>,
    /// What the list is sorted by.
    pub sort: StaffSort,
    /// Which way.
    pub direction: Direction,
    /// Where the page begins.
    pub page: Option<PageKey>,
    /// Rows of a page; 500 at most.
    pub limit: u32,
}

/// A staff user in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// The identity.
    pub id: IdentityId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Job title.
    pub job_title: Option<String>,
    /// The role's id in addresses.
    pub role_uuid: PublicId,
    /// The role's name.
    pub role_name: String,
    /// Status.
    pub status: MembershipStatus,
    /// The administrator who cannot be switched off by others.
    pub primary_admin: bool,
    /// Whether a password is set.
    pub has_password: bool,
    /// When it last signed in.
    pub last_sign_in_at: Option<UtcMillis>,
    /// Whether it has a second factor: codes or a passkey.
    pub two_factor: bool,
    /// Provider and name of the integrations it is linked to a technician of, by name.
    pub sources: Vec<StaffSource>,
}

/// Where a staff user is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSource {
    /// Key of the provider.
    pub provider: String,
    /// Name of the integration.
    pub integration: String,
}

row! {
    struct Raw {
        id: IdentityId = i64 => plain(IdentityId),
        uuid: PublicId = String => public_id,
        name: String,
        email: String,
        job_title: Option<String>,
        role_uuid: PublicId = String => public_id,
        role_name: String,
        status: MembershipStatus = String => known(MembershipStatus::from_key),
        primary_admin: bool = i64 => flag,
        has_password: bool = i64 => flag,
        last_sign_in_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        two_factor: bool = i64 => flag,
    }
}

row! {
    struct RawSource {
        identity_id: i64,
        provider: String,
        integration: String,
    }
}

/// A page of staff users, with how many the whole list has.
///
/// # Errors
/// As any statement.
pub async fn list_staff_page(store: &Store, query: &StaffQuery) -> Result<Listing<StaffRow>> {
    let by_name = query.sort == StaffSort::Name;
    let walk = Walk::new(query.direction, query.page.as_ref(), query.limit, by_name);
    let (status, role) = (
        query.status.map(MembershipStatus::key),
        query.role.map(|id| id.0),
    );
    let [a, b, c, d] = patterns(query.search.as_deref());
    let way = walk.read.index();
    let places: Vec<Place> = if by_name {
        let (bound, id) = walk.text_bound();
        let sql = [KEYS_NAME_ASCENDING, KEYS_NAME_DESCENDING][way];
        let rows: Vec<TextPlace> = read_all!(
            store,
            sql,
            status,
            role,
            a,
            b,
            c,
            d,
            &bound,
            id,
            walk.asked()
        )?;
        rows.into_iter().map(Place::from).collect()
    } else {
        let (bound, id) = walk.number_bound();
        let sql = [KEYS_SIGN_IN_ASCENDING, KEYS_SIGN_IN_DESCENDING][way];
        let rows: Vec<NumberPlace> = read_all!(
            store,
            sql,
            status,
            role,
            a,
            b,
            c,
            d,
            bound,
            id,
            walk.asked()
        )?;
        rows.into_iter().map(Place::from).collect()
    };
    let count = count_staff(store, query).await?;
    let page = walk.page(places);
    let rows = rows_by_id(store, &page.ids).await?;
    Ok(page.listing(rows, |row| row.id.0, count))
}

row! {
    /// A staff user by name.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct NamedStaff {
        /// The identity.
        pub id: IdentityId = i64 => plain(IdentityId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Name.
        pub name: String,
        /// E-mail address.
        pub email: String,
        /// Whether a welcome e-mail is of use: no password is set, and the user is not deactivated.
        pub takes_welcome: bool = i64 => flag,
    }
}

/// Those of these people that are staff, by name.
///
/// # Errors
/// As any statement.
pub async fn list_named(store: &Store, uuids: &[&str]) -> Result<Vec<NamedStaff>> {
    Ok(match store.db() {
        _ if uuids.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let uuids = serde_json::to_string(uuids)?;
            sqlx::query_as(NAMED_SQLITE)
                .bind(uuids)
                .fetch_all(r)
                .await?
        }
        Db::Pg(pool) => {
            sqlx::query_as(NAMED_POSTGRES)
                .bind(uuids)
                .fetch_all(pool)
                .await?
        }
    })
}

/// How many staff users a list has, whatever the page.
///
/// # Errors
/// As any statement.
pub async fn count_staff(store: &Store, query: &StaffQuery) -> Result<Count> {
    let (status, role) = (
        query.status.map(MembershipStatus::key),
        query.role.map(|id| id.0),
    );
    let [a, b, c, d] = patterns(query.search.as_deref());
    let row: Option<(i64,)> = read_one!(store, COUNT, status, role, a, b, c, d)?;
    Ok(Count::Exact(row.map_or(0, |row| row.0.unsigned_abs())))
}

async fn rows_by_id(store: &Store, ids: &[i64]) -> Result<Vec<StaffRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (rows, sources): (Vec<Raw>, Vec<RawSource>) = match store.db() {
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(ids)?;
            (
                sqlx::query_as(PAGE_SQLITE).bind(&ids).fetch_all(r).await?,
                sqlx::query_as(SOURCES_SQLITE)
                    .bind(&ids)
                    .fetch_all(r)
                    .await?,
            )
        }
        Db::Pg(pool) => (
            sqlx::query_as(PAGE_POSTGRES)
                .bind(ids)
                .fetch_all(pool)
                .await?,
            sqlx::query_as(SOURCES_POSTGRES)
                .bind(ids)
                .fetch_all(pool)
                .await?,
        ),
    };
    let of = |id: IdentityId| {
        sources
            .iter()
            .filter(|source| source.identity_id == id.0)
            .map(|source| StaffSource {
                provider: source.provider.clone(),
                integration: source.integration.clone(),
            })
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|row| StaffRow {
            sources: of(row.id),
            id: row.id,
            uuid: row.uuid,
            name: row.name,
            email: row.email,
            job_title: row.job_title,
            role_uuid: row.role_uuid,
            role_name: row.role_name,
            status: row.status,
            primary_admin: row.primary_admin,
            has_password: row.has_password,
            last_sign_in_at: row.last_sign_in_at,
            two_factor: row.two_factor,
        })
        .collect())
}

/// Changes the status of a staff user; `false` when there is none. Switching one off ends its sessions and spends its
/// links in the same transaction.
///
/// # Errors
/// As any statement.
pub async fn set_staff_status(
    tx: &mut Tx,
    identity: IdentityId,
    status: MembershipStatus,
) -> Result<bool> {
    if status == MembershipStatus::Disabled {
        sessions::remove_sessions(tx, identity, None).await?;
        account_links::remove_links(tx, identity).await?;
    }
    // An invitation's link is made after its status; any other change is a reason to ask for a new one.
    if status != MembershipStatus::Invited {
        account_links::spend_links(tx, identity).await?;
    }
    Ok(execute!(tx, SET_STATUS, identity.0, status.key())? == 1)
}

/// Gives a staff user another role, effective at once; `false` when there is no such user.
///
/// # Errors
/// `Reference` when the role is gone.
pub async fn set_staff_role(tx: &mut Tx, identity: IdentityId, role: RoleId) -> Result<bool> {
    Ok(execute!(tx, SET_ROLE, identity.0, role.0)? == 1)
}

row! {
    struct Granted {
        identity_id: i64,
        grants: Grants = String => json,
    }
}

/// Who may sign in and manage both users and roles, in the order of their making. Two transactions that both ask wait
/// for each other, so that two administrators cannot switch each other off.
///
/// # Errors
/// As any statement.
pub async fn list_active_administrators_in(tx: &mut Tx) -> Result<Vec<IdentityId>> {
    lock_staff(tx).await?;
    let active: Vec<Granted> = tx_all!(tx, ACTIVE_WITH_GRANTS)?;
    Ok(active
        .into_iter()
        .filter(|one| is_administrator(&one.grants))
        .map(|one| IdentityId(one.identity_id))
        .collect())
}

row! {
    struct Unguarded {
        identity_id: i64,
        name: String,
        grants: Grants = String => json,
    }
}

/// Active administrators (users and roles are theirs to manage) who sign in with a password alone, by name. Those whose
/// role requires a second factor are left out: they are asked for one at their next sign-in.
///
/// # Errors
/// As any statement.
pub async fn list_administrators_without_second_factor(
    store: &Store,
) -> Result<Vec<(IdentityId, String)>> {
    let active: Vec<Unguarded> = read_all!(store, ACTIVE_WITHOUT_SECOND_FACTOR)?;
    Ok(active
        .into_iter()
        .filter(|one| is_administrator(&one.grants))
        .map(|one| (IdentityId(one.identity_id), one.name))
        .collect())
}

fn is_administrator(grants: &Grants) -> bool {
    [Area::Users, Area::Roles]
        .into_iter()
        .all(|area| grants.allow(Permission::manage(area)))
}

/// Status, role and the words of a search.
macro_rules! staff_filter {
    () => {
        "(CAST($1 AS TEXT) IS NULL OR s.status = $1) AND (CAST($2 AS BIGINT) IS NULL OR s.role_id = $2)
         AND (CAST($3 AS TEXT) IS NULL OR s.search_text LIKE $3 ESCAPE '\\') AND (CAST($4 AS TEXT) IS NULL OR s.search_text LIKE $4 ESCAPE '\\')
         AND (CAST($5 AS TEXT) IS NULL OR s.search_text LIKE $5 ESCAPE '\\') AND (CAST($6 AS TEXT) IS NULL OR s.search_text LIKE $6 ESCAPE '\\')"
    };
}

macro_rules! staff_keys {
    ($key:literal, $than:literal, $order:literal) => {
        concat!(
            "SELECT s.identity_id AS id, s.",
            $key,
            " AS sort_key FROM staff_membership s WHERE ",
            staff_filter!(),
            " AND (s.",
            $key,
            ", s.identity_id) ",
            $than,
            " ($7, $8) ORDER BY s.",
            $key,
            " ",
            $order,
            ", s.identity_id ",
            $order,
            " LIMIT $9"
        )
    };
}

macro_rules! staff_row {
    ($from:literal) => {
        concat!("SELECT i.id, i.uuid, i.name, i.email, i.job_title, r.uuid AS role_uuid, r.name AS role_name, s.status, s.primary_admin,
            CASE WHEN i.password_hash IS NULL THEN CAST(0 AS BIGINT) ELSE 1 END AS has_password, i.last_sign_in_at,
            CASE WHEN EXISTS (SELECT 1 FROM two_factor t WHERE t.identity_id = i.id) OR EXISTS (SELECT 1 FROM passkey p WHERE p.identity_id = i.id)
                THEN CAST(1 AS BIGINT) ELSE 0 END AS two_factor
        FROM ", $from)
    };
}

macro_rules! sources {
    ($from:literal) => {
        concat!(
            "SELECT w.identity_id, g.provider, g.name AS integration FROM ",
            $from,
            " AND w.absent = 0 ORDER BY g.name, g.id"
        )
    };
}

statements! {
    KEYS_NAME_ASCENDING = staff_keys!("name_key", ">", "ASC");
    KEYS_NAME_DESCENDING = staff_keys!("name_key", "<", "DESC");
    KEYS_SIGN_IN_ASCENDING = staff_keys!("last_sign_in_at", ">", "ASC");
    KEYS_SIGN_IN_DESCENDING = staff_keys!("last_sign_in_at", "<", "DESC");
    COUNT = concat!("SELECT count(*) AS found FROM staff_membership s WHERE ", staff_filter!());
    // SQLite is told to look each row of the page up by its id, whatever it believes about the size of the table.
    PAGE_SQLITE for Sqlite = staff_row!("json_each($1) f CROSS JOIN identity i NOT INDEXED CROSS JOIN staff_membership s ON s.identity_id = i.id
        CROSS JOIN role r ON r.id = s.role_id WHERE i.id = f.value");
    PAGE_POSTGRES for Postgres = staff_row!("staff_membership s JOIN identity i ON i.id = s.identity_id JOIN role r ON r.id = s.role_id
        WHERE s.identity_id = ANY(CAST($1 AS BIGINT[]))");
    SOURCES_SQLITE for Sqlite = sources!("json_each($1) f CROSS JOIN technician w INDEXED BY technician_by_identity ON w.identity_id = f.value
        CROSS JOIN integration g ON g.id = w.integration_id WHERE w.identity_id IS NOT NULL");
    SOURCES_POSTGRES for Postgres = sources!("technician w JOIN integration g ON g.id = w.integration_id WHERE w.identity_id = ANY(CAST($1 AS BIGINT[]))");
    NAMED_SQLITE for Sqlite = "SELECT i.id, i.uuid, i.name, i.email,
        CASE WHEN i.password_hash IS NULL AND s.status <> 'disabled' THEN CAST(1 AS BIGINT) ELSE 0 END AS takes_welcome FROM json_each($1) f CROSS JOIN identity i ON i.uuid = f.value
        CROSS JOIN staff_membership s ON s.identity_id = i.id ORDER BY s.name_key, i.id";
    NAMED_POSTGRES for Postgres = "SELECT i.id, i.uuid, i.name, i.email,
        CASE WHEN i.password_hash IS NULL AND s.status <> 'disabled' THEN CAST(1 AS BIGINT) ELSE 0 END AS takes_welcome FROM identity i JOIN staff_membership s ON s.identity_id = i.id
        WHERE i.uuid = ANY(CAST($1 AS TEXT[])) ORDER BY s.name_key, i.id";
    SET_STATUS = "UPDATE staff_membership SET status = $2 WHERE identity_id = $1";
    SET_ROLE = "UPDATE staff_membership SET role_id = $2 WHERE identity_id = $1";
    ACTIVE_WITHOUT_SECOND_FACTOR = "SELECT s.identity_id, i.name, r.grants FROM staff_membership s JOIN role r ON r.id = s.role_id
        JOIN identity i ON i.id = s.identity_id
        WHERE s.status = 'active' AND r.requires_two_factor = 0
        AND NOT EXISTS (SELECT 1 FROM two_factor t WHERE t.identity_id = i.id) AND NOT EXISTS (SELECT 1 FROM passkey p WHERE p.identity_id = i.id)
        ORDER BY i.name, i.id";
    ACTIVE_WITH_GRANTS = "SELECT s.identity_id, r.grants FROM staff_membership s JOIN role r ON r.id = s.role_id
        WHERE s.status = 'active' ORDER BY s.identity_id";
}
