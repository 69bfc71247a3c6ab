//! External companies that become companies of Portico on their own (the rule is `domain::company_adoption`).
//!
//! A company is created and linked in the commit that stores the external one. It stays when the vendor removes its
//! company, and what a person removed is not created again.

use domain::clock::UtcMillis;
use domain::id::{IntegrationId, PublicId};
use serde::Serialize;

use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::tx::{Connection, Tx};

/// What an adoption did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Adopted {
    /// Companies created.
    pub created: u64,
    /// Companies that had been removed, but not by a person, and are back.
    pub restored: u64,
    /// Companies that stay removed because a person removed them.
    pub blocked: u64,
}

row! {
    struct Candidate {
        id: i64,
        name: String,
        name_key: String,
        company_id: Option<i64>,
        removed_at: Option<i64>,
        removed_reason: Option<String>,
    }
}

/// A company to create, with the external company it stands for.
#[derive(Serialize)]
struct NewCompany {
    id: i64,
    uuid: String,
    name: String,
    name_key: String,
    external: i64,
}

/// Makes companies of these external companies, by the vendor's ids, where they have none. The caller has decided that
/// they should be (rule of `domain::company_adoption`) and has stored them before.
///
/// # Errors
/// As any statement.
pub async fn adopt(
    tx: &mut Tx,
    integration: IntegrationId,
    external_ids: &[&str],
) -> Result<Adopted> {
    if external_ids.is_empty() {
        return Ok(Adopted::default());
    }
    // A company that an administrator imports or links at this moment is waited for, and found linked below.
    lock(tx, integration, external_ids).await?;
    let candidates = candidates(tx, integration, external_ids).await?;
    let now = tx.store().now();
    let mut done = Adopted::default();
    let mut new = Vec::new();
    for candidate in candidates {
        match (
            candidate.company_id,
            candidate.removed_at,
            candidate.removed_reason.as_deref(),
        ) {
            (None, ..) => new.push(candidate),
            (Some(_), None, _) => {}
            (Some(_), Some(_), Some("blocked")) => done.blocked += 1,
            (Some(company), Some(_), _) => done.restored += execute!(tx, RESTORE, company)?,
        }
    }
    done.created = new.len() as u64;
    create(tx, integration, new, now).await?;
    Ok(done)
}

/// Keeps external companies as they are until the commit, by the vendor's ids. Whoever writes several of them takes them
/// all at once here, so that everybody takes them in the same order. On SQLite nobody else writes anyway.
///
/// # Errors
/// As any statement.
pub async fn lock(tx: &mut Tx, integration: IntegrationId, external_ids: &[&str]) -> Result<()> {
    if let Connection::Pg(transaction) = tx.connection() {
        sqlx::query(LOCK_POSTGRES)
            .bind(integration.0)
            .bind(external_ids)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

async fn candidates(
    tx: &mut Tx,
    integration: IntegrationId,
    external_ids: &[&str],
) -> Result<Vec<Candidate>> {
    Ok(match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = serde_json::to_string(external_ids)?;
            sqlx::query_as(CANDIDATES_SQLITE)
                .bind(integration.0)
                .bind(ids)
                .fetch_all(&mut **transaction)
                .await?
        }
        Connection::Pg(transaction) => {
            sqlx::query_as(CANDIDATES_POSTGRES)
                .bind(integration.0)
                .bind(external_ids)
                .fetch_all(&mut **transaction)
                .await?
        }
    })
}

async fn create(
    tx: &mut Tx,
    integration: IntegrationId,
    candidates: Vec<Candidate>,
    now: UtcMillis,
) -> Result<()> {
    if candidates.is_empty() {
        return Ok(());
    }
    let first = tx.next_ids("company", candidates.len()).await?;
    let new: Vec<NewCompany> = (first..)
        .zip(candidates)
        .map(|(id, candidate)| NewCompany {
            id,
            uuid: PublicId::new(now).as_str().to_owned(),
            name: candidate.name,
            name_key: candidate.name_key,
            external: candidate.id,
        })
        .collect();
    let linked = match tx.connection() {
        Connection::Lite(transaction) => {
            let rows = serde_json::to_string(&new)?;
            sqlx::query(CREATE_SQLITE)
                .bind(&rows)
                .bind(integration.0)
                .bind(now.0)
                .execute(&mut **transaction)
                .await?;
            sqlx::query(LINK_SQLITE)
                .bind(&rows)
                .execute(&mut **transaction)
                .await?
                .rows_affected()
        }
        Connection::Pg(transaction) => {
            let ids: Vec<i64> = new.iter().map(|company| company.id).collect();
            let externals: Vec<i64> = new.iter().map(|company| company.external).collect();
            let texts = |text: fn(&NewCompany) -> &str| new.iter().map(text).collect::<Vec<_>>();
            let query = sqlx::query(CREATE_POSTGRES)
                .bind(&ids)
                .bind(texts(|company| &company.uuid))
                .bind(texts(|company| &company.name));
            let query = query
                .bind(texts(|company| &company.name_key))
                .bind(integration.0)
                .bind(now.0);
            query.execute(&mut **transaction).await?;
            sqlx::query(LINK_POSTGRES)
                .bind(&ids)
                .bind(&externals)
                .execute(&mut **transaction)
                .await?
                .rows_affected()
        }
    };
    if linked == new.len() as u64 {
        return Ok(());
    }
    // A company that nothing stands for must not stay: the commit is decided again.
    Err(StoreError::new(
        ErrorKind::Conflict {
            constraint: "external_company_company_id".to_owned(),
        },
        "a company was linked by somebody else at this moment",
    ))
}

/// Gives companies the name the vendor has now, those whose primary integration this is and which it brought here.
/// Answers how many were renamed. Takes the vendor's ids of the external companies just stored.
///
/// # Errors
/// As any statement.
pub async fn update_names(
    tx: &mut Tx,
    integration: IntegrationId,
    external_ids: &[&str],
) -> Result<u64> {
    if external_ids.is_empty() {
        return Ok(0);
    }
    let renamed: Vec<(i64,)> = match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = serde_json::to_string(external_ids)?;
            sqlx::query_as(RENAME_SQLITE)
                .bind(integration.0)
                .bind(ids)
                .fetch_all(&mut **transaction)
                .await?
        }
        Connection::Pg(transaction) => {
            sqlx::query_as(RENAME_POSTGRES)
                .bind(integration.0)
                .bind(external_ids)
                .fetch_all(&mut **transaction)
                .await?
        }
    };
    let ids: Vec<i64> = renamed.into_iter().map(|row| row.0).collect();
    crate::text_search::update_indexed_in(tx, "company", &ids).await?;
    Ok(ids.len() as u64)
}

/// How many companies an integration has that stand for none here, not even for one that was removed.
///
/// # Errors
/// As any statement.
pub async fn count_unlinked(store: &Store, integration: IntegrationId) -> Result<u64> {
    let row: Option<(i64,)> = read_one!(store, COUNT, integration.0)?;
    Ok(row.map_or(0, |row| row.0.unsigned_abs()))
}

macro_rules! candidate {
    () => {
        "SELECT x.id, x.name, x.name_key, x.company_id, c.removed_at, c.removed_reason
        FROM external_company x LEFT JOIN company c ON c.id = x.company_id WHERE x.integration_id = $1 AND x.external_id"
    };
}

/// Of an integration's external companies, the one that brought a company here names it.
macro_rules! rename {
    () => {
        "UPDATE company SET name = x.name, name_key = x.name_key FROM external_company x
        WHERE x.company_id = company.id AND company.primary_integration_id = $1 AND x.integration_id = $1 AND x.link_origin = 'source'
        AND x.absent = 0 AND company.name <> x.name AND x.external_id"
    };
}

statements! {
    CANDIDATES_SQLITE for Sqlite = concat!(candidate!(), " IN (SELECT value FROM json_each($2)) ORDER BY x.id");
    CANDIDATES_POSTGRES for Postgres = concat!(candidate!(), " = ANY(CAST($2 AS TEXT[])) ORDER BY x.id");
    LOCK_POSTGRES for Postgres = "SELECT id FROM external_company WHERE integration_id = $1 AND external_id = ANY(CAST($2 AS TEXT[]))
        ORDER BY id FOR NO KEY UPDATE";
    RESTORE = "UPDATE company SET removed_at = NULL, removed_reason = NULL
        WHERE id = $1 AND removed_at IS NOT NULL AND COALESCE(removed_reason, '') <> 'blocked'";
    CREATE_SQLITE for Sqlite = "INSERT INTO company (id, uuid, name, name_key, primary_integration_id, created_at)
        SELECT json_extract(value, '$.id'), json_extract(value, '$.uuid'), json_extract(value, '$.name'), json_extract(value, '$.name_key'), $2, $3
        FROM json_each($1)";
    CREATE_POSTGRES for Postgres = "INSERT INTO company (id, uuid, name, name_key, primary_integration_id, created_at)
        SELECT n.*, CAST($5 AS BIGINT), CAST($6 AS BIGINT) FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS TEXT[]), CAST($3 AS TEXT[]), CAST($4 AS TEXT[])) n";
    // The plus keeps SQLite from walking every company that is linked to nothing, for each of the new ones.
    LINK_SQLITE for Sqlite = "UPDATE external_company SET company_id = n.company, link_origin = 'source'
        FROM (SELECT json_extract(value, '$.external') AS external, json_extract(value, '$.id') AS company FROM json_each($1)) n
        WHERE external_company.id = n.external AND +external_company.company_id IS NULL";
    LINK_POSTGRES for Postgres = "UPDATE external_company SET company_id = n.company, link_origin = 'source'
        FROM UNNEST(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])) AS n (company, external)
        WHERE external_company.id = n.external AND external_company.company_id IS NULL";
    RENAME_SQLITE for Sqlite = concat!(rename!(), " IN (SELECT value FROM json_each($2)) RETURNING id");
    RENAME_POSTGRES for Postgres = concat!(rename!(), " = ANY(CAST($2 AS TEXT[])) RETURNING company.id");
    COUNT = "SELECT count(*) AS found FROM external_company WHERE integration_id = $1 AND absent = 0 AND company_id IS NULL";
}
