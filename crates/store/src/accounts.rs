//! Portal accounts: people at clients who can be let in, one row for each company somebody is a member of. By e-mail
//! address, which every one of them has.

use domain::clock::UtcMillis;
use domain::contact_import::ContactSkip;
use domain::id::{CompanyId, IntegrationId, PublicId};
use domain::text::name_key;
use domain::viewer::Viewer;

use crate::db::Db;
use crate::decode::{flag, known, optional, optional_public_id, plain, public_id};
use crate::error::Result;
use crate::identities::MembershipStatus;
use crate::listing::{COUNTED, Count, Direction, Listing, PageKey, Place, Walk};
use crate::open::Store;
use crate::text_search::{MATCHES, Terms};

/// Whose accounts to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AccountsOf {
    /// Everybody's.
    #[default]
    All,
    /// Of those with this role.
    Role(PublicId),
    /// Of the members of this company.
    Company(PublicId),
    /// Of this person, one for each company.
    Person(PublicId),
}

impl AccountsOf {
    const fn id(&self) -> Option<&PublicId> {
        match self {
            Self::All => None,
            Self::Role(id) | Self::Company(id) | Self::Person(id) => Some(id),
        }
    }
}

row! {
    /// A membership of a company with the person who has it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Account {
        /// The company, by row id.
        pub id: CompanyId = i64 => plain(CompanyId),
        /// What the list is sorted by.
        pub sort_key: String,
        /// The person's id in addresses.
        pub person: PublicId = String => public_id,
        /// Name.
        pub name: String,
        /// E-mail address.
        pub email: String,
        /// Status of the membership.
        pub status: MembershipStatus = String => known(MembershipStatus::from_key),
        /// The role's id in addresses.
        pub role: PublicId = String => public_id,
        /// The role's name.
        pub role_name: String,
        /// The company's id in addresses.
        pub company: PublicId = String => public_id,
        /// The company's name.
        pub company_name: String,
        /// The contact it was made from, while that is here.
        pub contact: Option<PublicId> = Option<String> => optional_public_id,
        /// The integration of that contact, by name.
        pub integration: Option<String>,
        /// When the membership was made.
        pub created_at: UtcMillis = i64 => crate::decode::instant,
        /// When the person last signed in.
        pub last_sign_in_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// Whether the person is one of the staff too.
        pub is_staff: bool = i64 => flag,
    }
}

/// Accounts at companies a viewer may see, at most `limit` of them (500 at most). A search looks at 500 matches.
///
/// # Errors
/// As any statement.
pub async fn list_for_viewer(
    store: &Store,
    viewer: &Viewer,
    of: &AccountsOf,
    search: Option<&str>,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<Account>> {
    let walk = Walk::new(Direction::Ascending, page, limit, true);
    let place = |row: &Account| Place::text(row.sort_key.clone(), row.id.0);
    if let Some(terms) = search.and_then(Terms::parse) {
        let (rows, count) = search_for_viewer(store, viewer, of, &terms).await?;
        return Ok(walk.rows(rows, place, count));
    }
    let (all, identity) = viewer.bind();
    let id = of.id().map(PublicId::as_str);
    let forward = walk.read == Direction::Ascending;
    let (sql, count) = match (of, forward) {
        (AccountsOf::All | AccountsOf::Role(_), true) => (BY_ROLE, COUNT_BY_ROLE),
        (AccountsOf::All | AccountsOf::Role(_), false) => (BY_ROLE_BACK, COUNT_BY_ROLE),
        (AccountsOf::Company(_), true) => (BY_COMPANY, COUNT_BY_COMPANY),
        (AccountsOf::Company(_), false) => (BY_COMPANY_BACK, COUNT_BY_COMPANY),
        (AccountsOf::Person(_), true) => (BY_PERSON, COUNT_BY_PERSON),
        (AccountsOf::Person(_), false) => (BY_PERSON_BACK, COUNT_BY_PERSON),
    };
    let (key, after) = walk.text_bound();
    let asked = walk.asked();
    let rows: Vec<Account> = read_all!(store, sql, all, identity, id, &key, after, asked)?;
    let bound = COUNTED as i64 + 1;
    let count: Option<(i64,)> = read_one!(store, count, all, identity, id, bound)?;
    let count = count.map_or(0, |row| row.0.unsigned_abs());
    Ok(walk.rows(rows, place, Count::bounded(count, COUNTED)))
}

/// The accounts that have every word of a search in name or address, and how many they are. At most 500 matches are
/// looked at, those of the newest people.
async fn search_for_viewer(
    store: &Store,
    viewer: &Viewer,
    of: &AccountsOf,
    terms: &Terms,
) -> Result<(Vec<Account>, Count)> {
    let (all, identity) = viewer.bind();
    let only = |id: Option<&PublicId>| id.map(|id| id.as_str().to_owned());
    let [role, company, person] = match of {
        AccountsOf::All => [None, None, None],
        AccountsOf::Role(id) => [only(Some(id)), None, None],
        AccountsOf::Company(id) => [None, only(Some(id)), None],
        AccountsOf::Person(id) => [None, None, only(Some(id))],
    };
    let mut rows: Vec<Account> = if terms.is_indexed() {
        match store.db() {
            Db::Lite { r, .. } => {
                let query = sqlx::query_as(MATCH_SQLITE).bind(all).bind(identity);
                let query = query.bind(role).bind(company).bind(person);
                let query = query.bind(MATCHES + 1).bind(terms.phrases());
                query.fetch_all(r).await?
            }
            Db::Pg(pool) => {
                let [first, second] = terms.patterns();
                let query = sqlx::query_as(MATCH_POSTGRES).bind(all).bind(identity);
                let query = query.bind(role).bind(company).bind(person);
                let query = query.bind(MATCHES + 1).bind(first).bind(second);
                query.fetch_all(pool).await?
            }
        }
    } else {
        let (from, until) = terms.range();
        let most = MATCHES + 1;
        read_all!(
            store, MATCH_KEY, all, identity, role, company, person, most, from, until
        )?
    };
    let cut = rows.len() as i64 > MATCHES;
    rows.truncate(MATCHES as usize);
    rows.retain(|row| {
        let text = || format!("{} {}", name_key(&row.name), row.sort_key);
        !terms.is_indexed() || terms.matches(&text())
    });
    let found = rows.len() as u64;
    let count = Count::of_matches(found, cut.then(|| terms.is_indexed()));
    Ok((rows, count))
}

/// The account of a contact: made from it, or that of a member of its company who has its address.
///
/// # Errors
/// As any statement.
pub async fn find_of_contact(
    store: &Store,
    viewer: &Viewer,
    contact: &PublicId,
) -> Result<Option<Account>> {
    let (all, identity) = viewer.bind();
    read_one!(store, OF_CONTACT, all, identity, contact.as_str())
}

/// Why *Auto-Import* leaves a contact out, as last decided; `None` when it does not, or never looked.
///
/// # Errors
/// As any statement.
pub async fn find_skip(
    store: &Store,
    integration: IntegrationId,
    external_id: &str,
) -> Result<Option<ContactSkip>> {
    let found: Option<(String,)> = read_one!(store, SKIP, integration.0, external_id)?;
    Ok(found.and_then(|row| ContactSkip::from_key(&row.0)))
}

macro_rules! account_row {
    ($rest:expr) => {
        account_row!("identity i JOIN company_membership m ON m.identity_id = i.id JOIN company c ON c.id = m.company_id AND c.removed_at IS NULL
        JOIN role r ON r.id = m.role_id", $rest)
    };
    ($from:literal, $rest:expr) => {
        concat!(
            "SELECT m.company_id AS id, i.email_key AS sort_key, i.uuid AS person, i.name, i.email, m.status, r.uuid AS role, r.name AS role_name,
            c.uuid AS company, c.name AS company_name, k.uuid AS contact, g.name AS integration, m.created_at, i.last_sign_in_at,
            CASE WHEN s.identity_id IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS is_staff
        FROM ", $from, "
        LEFT JOIN external_contact k ON k.integration_id = m.contact_integration_id AND k.external_id = m.contact_external_id AND k.absent = 0
        LEFT JOIN integration g ON g.id = m.contact_integration_id
        LEFT JOIN staff_membership s ON s.identity_id = i.id
        WHERE ",
            company_viewer!("c"),
            " AND ",
            $rest
        )
    };
}

macro_rules! of_role {
    () => {
        "(CAST($3 AS TEXT) IS NULL OR r.uuid = $3)"
    };
}

/// What every search binds; the words follow from `$7` on.
macro_rules! of_match {
    () => {
        "(CAST($3 AS TEXT) IS NULL OR r.uuid = $3) AND (CAST($4 AS TEXT) IS NULL OR c.uuid = $4) AND (CAST($5 AS TEXT) IS NULL OR i.uuid = $5)"
    };
}

macro_rules! accounts {
    ($of:expr, $beyond:literal, $direction:literal) => {
        account_row!(concat!(
            $of,
            " AND i.email_key ",
            $beyond,
            "= $4 AND (i.email_key ",
            $beyond,
            " $4 OR m.company_id ",
            $beyond,
            " $5)
        ORDER BY i.email_key ",
            $direction,
            ", m.company_id ",
            $direction,
            " LIMIT $6"
        ))
    };
}

macro_rules! count_accounts {
    ($of:expr) => {
        concat!(
            "SELECT count(*) AS found FROM (SELECT 1 AS one FROM identity i JOIN company_membership m ON m.identity_id = i.id
            JOIN company c ON c.id = m.company_id AND c.removed_at IS NULL JOIN role r ON r.id = m.role_id WHERE ",
            company_viewer!("c"), " AND ", $of, " LIMIT $4) f"
        )
    };
}

statements! {
    BY_ROLE = accounts!(of_role!(), ">", "ASC");
    BY_ROLE_BACK = accounts!(of_role!(), "<", "DESC");
    COUNT_BY_ROLE = count_accounts!(of_role!());
    BY_COMPANY = accounts!("c.uuid = $3", ">", "ASC");
    BY_COMPANY_BACK = accounts!("c.uuid = $3", "<", "DESC");
    COUNT_BY_COMPANY = count_accounts!("c.uuid = $3");
    BY_PERSON = accounts!("i.uuid = $3", ">", "ASC");
    BY_PERSON_BACK = accounts!("i.uuid = $3", "<", "DESC");
    COUNT_BY_PERSON = count_accounts!("i.uuid = $3");
    MATCH_SQLITE for Sqlite = account_row!("identity_search f CROSS JOIN identity i ON i.id = f.rowid
        CROSS JOIN company_membership m ON m.identity_id = i.id CROSS JOIN company c ON c.id = m.company_id AND c.removed_at IS NULL
        CROSS JOIN role r ON r.id = m.role_id", concat!(of_match!(), " AND f.identity_search MATCH $7 ORDER BY f.rowid DESC, m.company_id LIMIT $6"));
    MATCH_POSTGRES for Postgres = account_row!(concat!(of_match!(), " AND (COALESCE(i.name_key, '') || ' ' || i.email_key) LIKE $7
        AND (CAST($8 AS TEXT) IS NULL OR (COALESCE(i.name_key, '') || ' ' || i.email_key) LIKE $8) ORDER BY i.id DESC, m.company_id LIMIT $6"));
    MATCH_KEY = account_row!(concat!("i.id IN (SELECT one.id FROM identity one WHERE one.name_key >= $7 AND one.name_key < $8
        UNION SELECT two.id FROM identity two WHERE two.email_key >= $7 AND two.email_key < $8) AND ", of_match!(), " LIMIT $6"));
    OF_CONTACT = account_row!("m.company_id = (SELECT ox.company_id FROM external_contact ok JOIN external_company ox
            ON ox.integration_id = ok.integration_id AND ox.external_id = ok.company_external_id WHERE ok.uuid = $3)
        AND (k.uuid = $3 OR i.email_key = (SELECT ok.email_key FROM external_contact ok WHERE ok.uuid = $3))
        ORDER BY CASE WHEN k.uuid = $3 THEN 0 ELSE 1 END, i.id LIMIT 1");
    SKIP = "SELECT reason FROM contact_skip WHERE integration_id = $1 AND contact_external_id = $2";
}
