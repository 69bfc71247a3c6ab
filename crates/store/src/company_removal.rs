//! Companies that a person removes, and the block that comes of it: what stands for a removed company at the vendors
//! stays linked to it, so that no sync makes it again ([`crate::company_adoption`]), until somebody takes the block off.
//!
//! Only what is Portico's own goes with a company: its place in the lists and who is a member of it. The vendors' records
//! stay, since the next full sync would bring them again. Staff who are limited to some companies stay assigned to a
//! removed one: like everybody else of the staff they still find what was read of it, and can take its block off.

use domain::clock::UtcMillis;
use domain::id::{CompanyId, PublicId};
use domain::viewer::Viewer;
use serde::Serialize;

use crate::companies::CompanyLink;
use crate::companies::list::rows_by_id;
use crate::decode::plain;
use crate::error::Result;
use crate::listing::{COUNTED, Count, Direction, Listing, PageKey, Place, Walk};
use crate::open::Store;
use crate::text_search::patterns;
use crate::tx::Tx;

/// Most members whom a removal names.
pub const NAMED_MEMBERS: i64 = 300;

row! {
    /// Who loses a company with its removal, in numbers: people at the company, not staff assigned to it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Members {
        /// All, whatever their status.
        pub total: i64,
        /// Those who may sign in.
        pub active: i64,
    }
}

row! {
    /// Somebody whose membership ended, as the audit log keeps it.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
    pub struct EndedMembership {
        /// Id of the person.
        pub user: String,
        /// The person's name.
        pub name: String,
        /// Id of the role the person had there.
        pub role: String,
        /// Its name.
        pub role_name: String,
        /// Status of the membership.
        pub status: String,
    }
}

/// What a removal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedCompany {
    /// Row id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Memberships that ended.
    pub members: u64,
    /// Those of them that are named, at most [`NAMED_MEMBERS`].
    pub ended: Vec<EndedMembership>,
    /// Companies of vendors that are blocked now.
    pub blocked: u64,
}

/// A blocked company in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedCompany {
    /// Row id.
    pub id: CompanyId,
    /// Id in addresses.
    pub uuid: PublicId,
    /// Name.
    pub name: String,
    /// When it was removed.
    pub removed_at: Option<UtcMillis>,
    /// Kind and name of who removed it, as in the audit log; `None` when the log does not say.
    pub removed_by: Option<String>,
    /// The vendors' companies that syncs skip.
    pub links: Vec<CompanyLink>,
}

row! {
    struct Raw {
        id: CompanyId = i64 => plain(CompanyId),
        name: String,
    }
}

row! {
    struct RawBlocked {
        id: i64,
        sort_key: String,
        removed_by: Option<String>,
    }
}

/// How many are members of a company, without the staff assigned to it.
///
/// # Errors
/// As any statement.
pub async fn count_members(store: &Store, company: &PublicId) -> Result<Members> {
    let found: Option<Members> = read_one!(store, MEMBERS, company.as_str())?;
    Ok(found.unwrap_or_default())
}

/// Removes a company, ends its memberships but those of staff assigned to it, and blocks what stands for it at the
/// vendors. `None` when there is no such company or it was removed before.
///
/// # Errors
/// As any statement.
pub async fn remove_company_in(tx: &mut Tx, company: &PublicId) -> Result<Option<RemovedCompany>> {
    let now = tx.store().now();
    // A link to it that somebody makes at this moment is waited for here, and seen by the statement that decides whether
    // there is something to block; or it waits for us and finds the company removed.
    execute!(tx, LOCK, company.as_str())?;
    if execute!(tx, REMOVE, company.as_str(), now.0)? == 0 {
        return Ok(None);
    }
    let Some(found) = tx_one!(tx, FIND, company.as_str())?.map(|row: Raw| row) else {
        return Ok(None);
    };
    let ended = tx_all!(tx, MEMBERS_NAMED, found.id.0, NAMED_MEMBERS)?;
    let members = execute!(tx, END_MEMBERSHIPS, found.id.0)?;
    let links: Option<(i64,)> = tx_one!(tx, COUNT_LINKS, found.id.0)?;
    Ok(Some(RemovedCompany {
        id: found.id,
        name: found.name,
        members,
        ended,
        blocked: links.map_or(0, |row| row.0.unsigned_abs()),
    }))
}

/// Takes the block off a removed company: what stood for it at the vendors stands for nothing and can be imported again.
/// Answers its name and how many those are; `None` when it is not blocked.
///
/// # Errors
/// As any statement.
pub async fn unblock_company_in(tx: &mut Tx, company: &PublicId) -> Result<Option<(String, u64)>> {
    if execute!(tx, UNBLOCK, company.as_str())? == 0 {
        return Ok(None);
    }
    let Some(found) = tx_one!(tx, FIND, company.as_str())?.map(|row: Raw| row) else {
        return Ok(None);
    };
    let freed = execute!(tx, FREE_LINKS, found.id.0)?;
    Ok(Some((found.name, freed)))
}

/// A blocked company, if the viewer may see it.
///
/// # Errors
/// As any statement.
pub async fn find_blocked(
    store: &Store,
    viewer: &Viewer,
    company: &PublicId,
) -> Result<Option<BlockedCompany>> {
    let (all, identity) = viewer.bind();
    let found: Option<RawBlocked> =
        read_one!(store, FIND_BLOCKED, all, identity, company.as_str())?;
    let rows = found.into_iter().collect();
    Ok(with_links(store, viewer, rows).await?.into_iter().next())
}

/// Blocked companies by name, at most `limit` of them (500 at most).
///
/// # Errors
/// As any statement.
pub async fn list_blocked(
    store: &Store,
    viewer: &Viewer,
    search: Option<&str>,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<BlockedCompany>> {
    let walk = Walk::new(Direction::Ascending, page, limit, true);
    let (all, identity) = viewer.bind();
    let [a, b, c, d] = patterns(search);
    let (bound, id) = walk.text_bound();
    let sql = [KEYS_ASCENDING, KEYS_DESCENDING][walk.read.index()];
    let found: Vec<RawBlocked> = read_all!(
        store,
        sql,
        all,
        identity,
        a,
        b,
        c,
        d,
        &bound,
        id,
        walk.asked()
    )?;
    let count = count_found(store, viewer, search).await?;
    let place = |row: &RawBlocked| Place::text(row.sort_key.clone(), row.id);
    let page = walk.page(found.iter().map(place).collect());
    let shown = found
        .into_iter()
        .filter(|row| page.ids.contains(&row.id))
        .collect();
    let rows = with_links(store, viewer, shown).await?;
    Ok(page.listing(rows, |row: &BlockedCompany| row.id.0, count))
}

/// How many companies are blocked.
///
/// # Errors
/// As any statement.
pub async fn count_blocked(store: &Store, viewer: &Viewer) -> Result<Count> {
    count_found(store, viewer, None).await
}

async fn count_found(store: &Store, viewer: &Viewer, search: Option<&str>) -> Result<Count> {
    let (all, identity) = viewer.bind();
    let [a, b, c, d] = patterns(search);
    let most = COUNTED as i64 + 1;
    let row: Option<(i64,)> = read_one!(store, COUNT, all, identity, a, b, c, d, most)?;
    Ok(Count::bounded(
        row.map_or(0, |row| row.0.unsigned_abs()),
        COUNTED,
    ))
}

async fn with_links(
    store: &Store,
    viewer: &Viewer,
    rows: Vec<RawBlocked>,
) -> Result<Vec<BlockedCompany>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut companies = rows_by_id(store, viewer, &ids).await?;
    let mut blocked = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(place) = companies.iter().position(|one| one.id.0 == row.id) else {
            continue;
        };
        let company = companies.swap_remove(place);
        blocked.push(BlockedCompany {
            id: company.id,
            uuid: company.uuid,
            name: company.name,
            removed_at: company.removed_at,
            removed_by: row.removed_by,
            links: company.links,
        });
    }
    Ok(blocked)
}

/// Members who are not staff limited to some companies: for these a membership is the assignment.
macro_rules! of_people {
    () => {
        "NOT EXISTS (SELECT 1 FROM staff_membership s WHERE s.identity_id = m.identity_id AND s.all_companies = 0)"
    };
}

macro_rules! blocked {
    () => {
        concat!(
            "c.removed_at IS NOT NULL AND c.removed_reason = 'blocked' AND ",
            company_viewer!("c")
        )
    };
}

/// The words of a search.
macro_rules! searched {
    () => {
        "(CAST($3 AS TEXT) IS NULL OR c.name_key LIKE $3 ESCAPE '\\') AND (CAST($4 AS TEXT) IS NULL OR c.name_key LIKE $4 ESCAPE '\\')
         AND (CAST($5 AS TEXT) IS NULL OR c.name_key LIKE $5 ESCAPE '\\') AND (CAST($6 AS TEXT) IS NULL OR c.name_key LIKE $6 ESCAPE '\\')"
    };
}

/// A blocked company with whoever removed it last, as the audit log has it.
macro_rules! blocked_row {
    () => {
        "SELECT c.id, c.name_key AS sort_key, (SELECT a.actor FROM audit_entry a WHERE a.subject_kind = 'company' AND a.subject_id = c.uuid
            AND a.action = 'company.remove' ORDER BY a.id DESC LIMIT 1) AS removed_by FROM company c WHERE "
    };
}

macro_rules! blocked_keys {
    ($than:literal, $order:literal) => {
        concat!(
            blocked_row!(),
            blocked!(),
            " AND ",
            searched!(),
            " AND (c.name_key, c.id) ",
            $than,
            " ($7, $8) ORDER BY c.name_key ",
            $order,
            ", c.id ",
            $order,
            " LIMIT $9"
        )
    };
}

statements! {
    MEMBERS = concat!("SELECT count(*) AS total, CAST(COALESCE(sum(CASE WHEN m.status = 'active' THEN 1 ELSE 0 END), 0) AS BIGINT) AS active
        FROM company_membership m JOIN company c ON c.id = m.company_id WHERE c.uuid = $1 AND ", of_people!());
    // Without a company at a vendor there is nothing to block.
    REMOVE = "UPDATE company SET removed_at = $2, removed_reason = CASE WHEN EXISTS
            (SELECT 1 FROM external_company x WHERE x.company_id = company.id) THEN 'blocked' ELSE 'removed' END
        WHERE uuid = $1 AND removed_at IS NULL";
    FIND = "SELECT id, name FROM company WHERE uuid = $1";
    MEMBERS_NAMED = concat!("SELECT i.uuid AS \"user\", i.name, r.uuid AS role, r.name AS role_name, m.status FROM company_membership m
        JOIN identity i ON i.id = m.identity_id JOIN role r ON r.id = m.role_id WHERE m.company_id = $1 AND ", of_people!(), "
        ORDER BY m.identity_id LIMIT $2");
    END_MEMBERSHIPS = concat!("DELETE FROM company_membership AS m WHERE m.company_id = $1 AND ", of_people!());
    COUNT_LINKS = "SELECT count(*) AS found FROM external_company WHERE company_id = $1";
    UNBLOCK = "UPDATE company SET removed_reason = 'unblocked' WHERE uuid = $1 AND removed_reason = 'blocked'";
    FREE_LINKS = "UPDATE external_company SET company_id = NULL, link_origin = NULL WHERE company_id = $1";
    FIND_BLOCKED = concat!(blocked_row!(), blocked!(), " AND c.uuid = $3");
    KEYS_ASCENDING = blocked_keys!(">", "ASC");
    KEYS_DESCENDING = blocked_keys!("<", "DESC");
    COUNT = concat!("SELECT count(*) AS found FROM (SELECT 1 FROM company c WHERE ", blocked!(), " AND ", searched!(), " LIMIT $7) n");
    LOCK = "UPDATE company SET created_at = created_at WHERE uuid = $1 AND removed_at IS NULL";
}
