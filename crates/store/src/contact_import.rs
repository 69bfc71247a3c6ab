//! Contacts to import as users: active ones of companies that are here, and the membership each gets.

use domain::contact_import::{ContactImport, ContactSkip};
use domain::id::{CompanyId, IdentityId, IntegrationId, PublicId, RoleId};

use crate::db::Engine;
use crate::decode::{flag, optional_known, plain, public_id};
use crate::error::Result;
use crate::identities::MembershipStatus;
use crate::listing::{COUNTED, Count};
use crate::open::Store;
use crate::tx::{Connection, Tx};

row! {
    /// An active contact of a company here that has not become a member of it by itself.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ContactCandidate {
        /// Row id; grows from candidate to candidate.
        pub id: i64,
        /// Its id in addresses.
        pub uuid: PublicId = String => public_id,
        /// The vendor's id.
        pub external_id: String,
        /// First and last name.
        pub name: String,
        /// E-mail address as typed there.
        pub email: Option<String>,
        /// Phone number.
        pub phone: Option<String>,
        /// Job title.
        pub title: Option<String>,
        /// Whether its company is the MSP itself.
        pub own_company: bool = i64 => flag,
        /// The company here.
        pub company: CompanyId = i64 => plain(CompanyId),
        /// Its id in addresses.
        pub company_uuid: PublicId = String => public_id,
        /// Its name.
        pub company_name: String,
        /// Why an earlier import left it out, if it did.
        pub left_out: Option<ContactSkip> = Option<String> => optional_known(ContactSkip::from_key),
    }
}

/// The next candidates after a row id. Read outside of a transaction, since it may walk by many who are members.
///
/// # Errors
/// As any statement.
pub async fn list_candidates(
    store: &Store,
    integration: IntegrationId,
    after: i64,
    limit: i64,
) -> Result<Vec<ContactCandidate>> {
    let text = match store.engine() {
        Engine::Sqlite => CANDIDATES_SQLITE,
        Engine::Postgres => CANDIDATES_POSTGRES,
    };
    read_all!(store, text, integration.0, after, limit)
}

/// Whether a candidate still is one: since it was listed it may have left its company, or that one its link, or the
/// company may have been removed. Who removes the company at this moment waits for our commit, and ends what it made.
///
/// # Errors
/// As any statement.
pub async fn is_candidate_in(tx: &mut Tx, contact: &ContactCandidate) -> Result<bool> {
    let (id, company) = (contact.id, contact.company.0);
    let found: Option<(i64,)> = match tx.connection() {
        Connection::Lite(transaction) => {
            let query = sqlx::query_as(IS_CANDIDATE_SQLITE).bind(id).bind(company);
            query.fetch_optional(&mut **transaction).await?
        }
        Connection::Pg(transaction) => {
            let query = sqlx::query_as(IS_CANDIDATE_POSTGRES).bind(id).bind(company);
            query.fetch_optional(&mut **transaction).await?
        }
    };
    Ok(found.is_some())
}

/// Whether a person is a member of a company, whatever the status.
///
/// # Errors
/// As any statement.
pub async fn is_member_in(tx: &mut Tx, identity: IdentityId, company: CompanyId) -> Result<bool> {
    let found: Option<(i64,)> = tx_one!(tx, IS_MEMBER, identity.0, company.0)?;
    Ok(found.is_some())
}

/// Makes a person a member of a company with status *imported*, unless it is one; a membership that is there stays as
/// it is. Answers whether one was made.
///
/// # Errors
/// `Reference` when one of them does not exist.
pub async fn insert_membership(
    tx: &mut Tx,
    identity: IdentityId,
    role: RoleId,
    integration: IntegrationId,
    contact: &ContactCandidate,
) -> Result<bool> {
    let now = tx.store().now();
    let made = execute!(
        tx,
        INSERT_MEMBERSHIP,
        identity.0,
        contact.company.0,
        role.0,
        MembershipStatus::Imported.key(),
        integration.0,
        &contact.external_id,
        now.0
    )?;
    Ok(made == 1)
}

/// How many active contacts of an integration have an account already, made from them; counting stops beyond 10,000.
///
/// # Errors
/// As any statement.
pub async fn count_accounts(store: &Store, integration: IntegrationId) -> Result<Count> {
    let bound = i64::try_from(COUNTED).unwrap_or(i64::MAX).saturating_add(1);
    let found: Option<(i64,)> = read_one!(store, COUNT_ACCOUNTS, integration.0, bound)?;
    Ok(Count::bounded(
        found.map_or(0, |row| row.0.unsigned_abs()),
        COUNTED,
    ))
}

/// Forgets that contacts are left out that can no longer be imported at all: they are members by now, or inactive, or
/// gone, or their company is.
///
/// # Errors
/// As any statement.
pub async fn remove_old_skips(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    execute!(tx, REMOVE_OLD_SKIPS, integration.0).map(drop)
}

/// Keeps that a contact is left out, or, without a reason, that it no longer is.
///
/// # Errors
/// As any statement.
pub async fn put_skip(
    tx: &mut Tx,
    integration: IntegrationId,
    external_id: &str,
    reason: Option<ContactSkip>,
) -> Result<()> {
    match reason {
        Some(reason) => execute!(tx, PUT_SKIP, integration.0, external_id, reason.key())?,
        None => execute!(tx, REMOVE_SKIP, integration.0, external_id)?,
    };
    Ok(())
}

/// What the last import of an integration's contacts did.
///
/// # Errors
/// As any statement.
pub async fn find_report(
    store: &Store,
    integration: IntegrationId,
) -> Result<Option<ContactImport>> {
    let found: Option<(Option<String>,)> = read_one!(store, REPORT, integration.0)?;
    Ok(match found.and_then(|row| row.0) {
        Some(text) => Some(serde_json::from_str(&text)?),
        None => None,
    })
}

/// Keeps what an import did.
///
/// # Errors
/// As any statement.
pub async fn put_report(
    tx: &mut Tx,
    integration: IntegrationId,
    report: &ContactImport,
) -> Result<()> {
    let text = serde_json::to_string(report)?;
    execute!(tx, PUT_REPORT, integration.0, &text)?;
    tx.tell("integration", integration.0);
    Ok(())
}

macro_rules! is_candidate {
    () => {
        "SELECT CAST(1 AS BIGINT) AS found FROM external_contact w
        JOIN external_company x ON x.integration_id = w.integration_id AND x.external_id = w.company_external_id
        JOIN company c ON c.id = x.company_id
        WHERE w.id = $1 AND x.company_id = $2 AND w.absent = 0 AND w.active = 1 AND x.absent = 0 AND c.removed_at IS NULL"
    };
}

// `OFFSET 0` keeps PostgreSQL from joining members it has not counted yet: it would go through all of them for each contact.
macro_rules! can_be_imported {
    ($plus:literal) => {
        concat!(
            $plus, "w.absent = 0 AND ", $plus, "w.active = 1 AND ", $plus, "x.absent = 0 AND c.removed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM company_membership m WHERE m.contact_integration_id = w.integration_id
                AND m.contact_external_id = w.external_id AND m.company_id = x.company_id LIMIT 1 OFFSET 0)"
        )
    };
}

macro_rules! candidates {
    ($plus:literal) => {
        concat!(
            "SELECT w.id, w.uuid, w.external_id, TRIM(w.first_name || ' ' || w.last_name) AS name, w.email, COALESCE(w.phone, w.mobile) AS phone, w.title,
            CASE WHEN x.fields LIKE '%\"own_company\":true%' THEN CAST(1 AS BIGINT) ELSE 0 END AS own_company,
            c.id AS company, c.uuid AS company_uuid, c.name AS company_name,
            (SELECT k.reason FROM contact_skip k WHERE k.integration_id = w.integration_id AND k.contact_external_id = w.external_id) AS left_out
        FROM external_contact w
        JOIN external_company x ON x.integration_id = w.integration_id AND x.external_id = w.company_external_id
        JOIN company c ON c.id = x.company_id
        WHERE ", $plus, "w.integration_id = $1 AND w.id > $2 AND ", can_be_imported!($plus), " ORDER BY w.id LIMIT $3"
        )
    };
}

statements! {
    // The pluses keep SQLite from an index that would be sorted whole for each batch. To PostgreSQL they would hide how many
    // contacts there are, and it would sort them for that reason.
    CANDIDATES_SQLITE for Sqlite = candidates!("+");
    CANDIDATES_POSTGRES for Postgres = candidates!("");
    IS_CANDIDATE_SQLITE for Sqlite = is_candidate!();
    IS_CANDIDATE_POSTGRES for Postgres = concat!(is_candidate!(), " FOR SHARE OF c");
    IS_MEMBER = "SELECT CAST(1 AS BIGINT) AS found FROM company_membership WHERE identity_id = $1 AND company_id = $2";
    INSERT_MEMBERSHIP = "INSERT INTO company_membership
            (identity_id, company_id, role_id, status, contact_integration_id, contact_external_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (identity_id, company_id) DO NOTHING";
    // From the accounts: most contacts have none. CROSS JOIN keeps SQLite to that order.
    COUNT_ACCOUNTS = "SELECT count(*) AS found FROM (SELECT 1 AS one
        FROM company_membership m CROSS JOIN external_contact w CROSS JOIN external_company x CROSS JOIN company c
        WHERE m.contact_integration_id = $1 AND w.integration_id = m.contact_integration_id AND w.external_id = m.contact_external_id
            AND x.integration_id = w.integration_id AND x.external_id = w.company_external_id AND x.company_id = m.company_id
            AND c.id = m.company_id
            AND w.absent = 0 AND w.active = 1 AND x.absent = 0 AND c.removed_at IS NULL LIMIT $2) counted";
    REMOVE_OLD_SKIPS = concat!("DELETE FROM contact_skip WHERE integration_id = $1 AND NOT EXISTS (SELECT 1 FROM external_contact w
        JOIN external_company x ON x.integration_id = w.integration_id AND x.external_id = w.company_external_id
        JOIN company c ON c.id = x.company_id
        WHERE w.integration_id = contact_skip.integration_id AND w.external_id = contact_skip.contact_external_id AND ", can_be_imported!(""), ")");
    PUT_SKIP = "INSERT INTO contact_skip (integration_id, contact_external_id, reason) VALUES ($1, $2, $3)
        ON CONFLICT (integration_id, contact_external_id) DO UPDATE SET reason = excluded.reason";
    REMOVE_SKIP = "DELETE FROM contact_skip WHERE integration_id = $1 AND contact_external_id = $2";
    REPORT = "SELECT contact_import FROM integration WHERE id = $1";
    PUT_REPORT = "UPDATE integration SET contact_import = $2 WHERE id = $1";
}
