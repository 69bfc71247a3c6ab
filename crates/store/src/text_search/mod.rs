//! Text search: a trigram index on both engines, so that any part of a word is found.
//!
//! SQLite: FTS5 tables without content of their own, by row id. New rows are indexed in the background by
//! [`index_pending`], which goes by a mark of the last id; rows below the mark are brought up to date in the
//! transaction that changes them. PostgreSQL: GIN indexes of the extension `pg_trgm`, which keep themselves up to date.

mod terms;

use domain::stream::Stream;
use sqlx::AssertSqlSafe;

pub(crate) use terms::{Terms, patterns, words};

use crate::db::{Db, Engine};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::tx::{Connection, Tx};

/// At most this many matches of a search are looked at, newest first.
pub(crate) const MATCHES: i64 = 500;

/// A table that is searched (SQLite).
struct Searched {
    table: &'static str,
    pending: &'static str,
    moved: &'static str,
    update: &'static str,
}

static SEARCHED: [Searched; 5] = [
    Searched {
        table: "ticket",
        pending: PENDING_TICKETS,
        moved: MOVE_TICKETS,
        update: UPDATE_TICKETS,
    },
    Searched {
        table: "company",
        pending: PENDING_COMPANIES,
        moved: MOVE_COMPANIES,
        update: UPDATE_COMPANIES,
    },
    Searched {
        table: "external_contact",
        pending: PENDING_CONTACTS,
        moved: MOVE_CONTACTS,
        update: UPDATE_CONTACTS,
    },
    Searched {
        table: "opportunity",
        pending: PENDING_OPPORTUNITIES,
        moved: MOVE_OPPORTUNITIES,
        update: UPDATE_OPPORTUNITIES,
    },
    Searched {
        table: "identity",
        pending: PENDING_PEOPLE,
        moved: MOVE_PEOPLE,
        update: UPDATE_PEOPLE,
    },
];

/// Creates what search needs and is not there. Called at start, after the migrations.
///
/// # Errors
/// `Configuration` on PostgreSQL when the extension is missing and this user may not create it; the message says what
/// the database's administrator has to run.
pub async fn install(store: &Store) -> Result<()> {
    match store.db() {
        Db::Lite { .. } => {
            let mut tx = store.begin().await?;
            for text in [
                CREATE_TICKETS,
                CREATE_COMPANIES,
                CREATE_CONTACTS,
                CREATE_OPPORTUNITIES,
                CREATE_PEOPLE,
            ] {
                execute!(tx, text)?;
            }
            for searched in &SEARCHED {
                execute!(tx, START_MARK, searched.table)?;
            }
            tx.commit().await
        }
        Db::Pg(pool) => {
            let mut tx = pool.begin().await?;
            // Several nodes may start at once.
            sqlx::query(LOCK).execute(&mut *tx).await?;
            let found: Option<(String,)> = sqlx::query_as(EXTENSION_SCHEMA)
                .fetch_optional(&mut *tx)
                .await?;
            let schema = match found {
                Some((schema,)) => schema,
                None => {
                    sqlx::query(CREATE_EXTENSION)
                        .execute(&mut *tx)
                        .await
                        .map_err(not_permitted)?;
                    "public".to_owned()
                }
            };
            // The name comes from the database's own catalogue and is quoted.
            let operators = format!("\"{}\".gin_trgm_ops", schema.replace('"', "\"\""));
            for (name, table, text) in [
                ("ticket_search_text", "ticket", "search_text"),
                ("company_search_text", "company", "name_key"),
                (
                    "external_contact_search_text",
                    "external_contact",
                    CONTACT_TEXT,
                ),
                ("opportunity_search_text", "opportunity", "title_key"),
                ("identity_search_text", "identity", PERSON_TEXT),
            ] {
                let create = format!(
                    "CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (({text}) {operators})"
                );
                sqlx::query(AssertSqlSafe(create)).execute(&mut *tx).await?;
            }
            tx.commit().await?;
            Ok(())
        }
    }
}

fn not_permitted(error: sqlx::Error) -> StoreError {
    StoreError::new(
        ErrorKind::Configuration,
        "text search needs the PostgreSQL extension pg_trgm, and this user may not create it; have an administrator of \
         the database run: CREATE EXTENSION pg_trgm WITH SCHEMA public;",
    )
    .because(error)
}

/// Indexes rows that are not yet searched, at most `batch` of each table, in one transaction. Answers whether some are
/// left. On PostgreSQL there is never anything to do.
///
/// # Errors
/// As any statement.
pub async fn index_pending(store: &Store, batch: i64) -> Result<bool> {
    if store.engine() == Engine::Postgres {
        return Ok(false);
    }
    let mut more = false;
    let mut tx = store.begin().await?;
    for searched in &SEARCHED {
        let indexed = execute!(tx, searched.pending, batch)?;
        if indexed > 0 {
            execute!(tx, searched.moved, batch)?;
        }
        more |= i64::try_from(indexed).unwrap_or(i64::MAX) >= batch;
    }
    tx.commit().await?;
    Ok(more)
}

/// Brings changed rows of a stream up to date in the index, those that are in it.
pub(crate) async fn update_indexed(tx: &mut Tx, stream: Stream, ids: &[i64]) -> Result<()> {
    let table = match stream {
        Stream::Tickets => "ticket",
        Stream::Contacts => "external_contact",
        Stream::Opportunities => "opportunity",
        _ => return Ok(()),
    };
    update_indexed_in(tx, table, ids).await
}

/// The same for a table by name.
pub(crate) async fn update_indexed_in(tx: &mut Tx, table: &str, ids: &[i64]) -> Result<()> {
    let Some(searched) = SEARCHED
        .iter()
        .find(|searched| searched.table == table && !ids.is_empty())
    else {
        return Ok(());
    };
    match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = serde_json::to_string(ids)?;
            sqlx::query(searched.update)
                .bind(ids)
                .execute(&mut **transaction)
                .await?;
        }
        Connection::Pg(_) => {}
    }
    Ok(())
}

/// The text of a contact that is searched (PostgreSQL), as in its index.
pub(crate) const CONTACT_TEXT: &str = "name_key || ' ' || COALESCE(email_key, '')";

/// The same of a person.
const PERSON_TEXT: &str = "COALESCE(name_key, '') || ' ' || email_key";

statements! {
    CREATE_TICKETS for Sqlite = "CREATE VIRTUAL TABLE IF NOT EXISTS ticket_search USING fts5
        (number, title, content='', contentless_delete=1, tokenize='trigram')";
    CREATE_COMPANIES for Sqlite = "CREATE VIRTUAL TABLE IF NOT EXISTS company_search USING fts5
        (name, content='', contentless_delete=1, tokenize='trigram')";
    CREATE_CONTACTS for Sqlite = "CREATE VIRTUAL TABLE IF NOT EXISTS external_contact_search USING fts5
        (name, email, content='', contentless_delete=1, tokenize='trigram')";
    CREATE_OPPORTUNITIES for Sqlite = "CREATE VIRTUAL TABLE IF NOT EXISTS opportunity_search USING fts5
        (title, content='', contentless_delete=1, tokenize='trigram')";
    CREATE_PEOPLE for Sqlite = "CREATE VIRTUAL TABLE IF NOT EXISTS identity_search USING fts5
        (name, email, content='', contentless_delete=1, tokenize='trigram')";
    START_MARK for Sqlite = "INSERT INTO search_progress (name, indexed_id) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
    PENDING_TICKETS for Sqlite = "INSERT INTO ticket_search (rowid, number, title)
        SELECT id, number, title FROM ticket WHERE id > (SELECT indexed_id FROM search_progress WHERE name = 'ticket') ORDER BY id LIMIT $1";
    PENDING_COMPANIES for Sqlite = "INSERT INTO company_search (rowid, name)
        SELECT id, name FROM company WHERE id > (SELECT indexed_id FROM search_progress WHERE name = 'company') ORDER BY id LIMIT $1";
    PENDING_CONTACTS for Sqlite = "INSERT INTO external_contact_search (rowid, name, email)
        SELECT id, name_key, email_key FROM external_contact
        WHERE id > (SELECT indexed_id FROM search_progress WHERE name = 'external_contact') ORDER BY id LIMIT $1";
    PENDING_OPPORTUNITIES for Sqlite = "INSERT INTO opportunity_search (rowid, title)
        SELECT id, title FROM opportunity WHERE id > (SELECT indexed_id FROM search_progress WHERE name = 'opportunity') ORDER BY id LIMIT $1";
    MOVE_TICKETS for Sqlite = "UPDATE search_progress SET indexed_id = (SELECT max(id) FROM
        (SELECT id FROM ticket WHERE id > indexed_id ORDER BY id LIMIT $1)) WHERE name = 'ticket'";
    UPDATE_TICKETS for Sqlite = "INSERT OR REPLACE INTO ticket_search (rowid, number, title) SELECT id, number, title FROM ticket
        WHERE id IN (SELECT value FROM json_each($1)) AND id <= (SELECT indexed_id FROM search_progress WHERE name = 'ticket')";
    MOVE_COMPANIES for Sqlite = "UPDATE search_progress SET indexed_id = (SELECT max(id) FROM
        (SELECT id FROM company WHERE id > indexed_id ORDER BY id LIMIT $1)) WHERE name = 'company'";
    UPDATE_COMPANIES for Sqlite = "INSERT OR REPLACE INTO company_search (rowid, name) SELECT id, name FROM company
        WHERE id IN (SELECT value FROM json_each($1)) AND id <= (SELECT indexed_id FROM search_progress WHERE name = 'company')";
    MOVE_CONTACTS for Sqlite = "UPDATE search_progress SET indexed_id = (SELECT max(id) FROM
        (SELECT id FROM external_contact WHERE id > indexed_id ORDER BY id LIMIT $1)) WHERE name = 'external_contact'";
    UPDATE_CONTACTS for Sqlite = "INSERT OR REPLACE INTO external_contact_search (rowid, name, email) SELECT id, name_key, email_key FROM external_contact
        WHERE id IN (SELECT value FROM json_each($1)) AND id <= (SELECT indexed_id FROM search_progress WHERE name = 'external_contact')";
    MOVE_OPPORTUNITIES for Sqlite = "UPDATE search_progress SET indexed_id = (SELECT max(id) FROM
        (SELECT id FROM opportunity WHERE id > indexed_id ORDER BY id LIMIT $1)) WHERE name = 'opportunity'";
    UPDATE_OPPORTUNITIES for Sqlite = "INSERT OR REPLACE INTO opportunity_search (rowid, title) SELECT id, title FROM opportunity
        WHERE id IN (SELECT value FROM json_each($1)) AND id <= (SELECT indexed_id FROM search_progress WHERE name = 'opportunity')";
    PENDING_PEOPLE for Sqlite = "INSERT INTO identity_search (rowid, name, email)
        SELECT id, name_key, email_key FROM identity WHERE id > (SELECT indexed_id FROM search_progress WHERE name = 'identity') ORDER BY id LIMIT $1";
    MOVE_PEOPLE for Sqlite = "UPDATE search_progress SET indexed_id = (SELECT max(id) FROM
        (SELECT id FROM identity WHERE id > indexed_id ORDER BY id LIMIT $1)) WHERE name = 'identity'";
    UPDATE_PEOPLE for Sqlite = "INSERT OR REPLACE INTO identity_search (rowid, name, email) SELECT id, name_key, email_key FROM identity
        WHERE id IN (SELECT value FROM json_each($1)) AND id <= (SELECT indexed_id FROM search_progress WHERE name = 'identity')";
    LOCK for Postgres = "SELECT pg_advisory_xact_lock(7266121)";
    EXTENSION_SCHEMA for Postgres = "SELECT n.nspname::TEXT AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'";
    CREATE_EXTENSION for Postgres = "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public";
}
