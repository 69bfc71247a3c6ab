//! What is stored of records beside what their own list tells, to be kept while a list beside theirs may not be read.

use std::collections::HashMap;

use domain::clock::UtcMillis;
use domain::id::IntegrationId;
use domain::record::Fields;
use domain::side_list::StoredParts;
use domain::stream::Stream;

use super::value::json_list;
use crate::decode::{json, optional};
use crate::error::Result;
use crate::open::Store;
use crate::tx::{Connection, Tx};

row! {
    struct PartsRow {
        external_id: String,
        queue_id: Option<String>,
        amount_cents: Option<i64>,
        is_primary: i64,
        website: Option<String>,
        phone: Option<String>,
        street: Option<String>,
        city: Option<String>,
        state: Option<String>,
        postal_code: Option<String>,
        country: Option<String>,
        created_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        fields: String,
    }
}

row! {
    /// What may tell the type of a contact that is here.
    #[derive(Debug, Clone, PartialEq)]
    pub struct ContactFields {
        /// The vendor's id.
        pub external_id: String,
        /// Its job title.
        pub title: Option<String>,
        /// Its vendor fields.
        pub fields: Fields = String => json,
    }
}

/// The stored parts of these records, of those that have a row: a page's in one go.
///
/// # Errors
/// As any statement.
pub async fn read_parts(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[String],
) -> Result<HashMap<String, StoredParts>> {
    let (on_sqlite, on_postgres) = match stream {
        Stream::Companies => (COMPANY_SQLITE, COMPANY_POSTGRES),
        Stream::Contacts => (CONTACT_SQLITE, CONTACT_POSTGRES),
        Stream::Tickets => (TICKET_SQLITE, TICKET_POSTGRES),
        Stream::TicketNotes => (NOTE_SQLITE, NOTE_POSTGRES),
        Stream::Opportunities => (OPPORTUNITY_SQLITE, OPPORTUNITY_POSTGRES),
        // Nothing tells a part of the others.
        _ => return Ok(HashMap::new()),
    };
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<PartsRow> = match tx.connection() {
        Connection::Lite(transaction) => {
            let ids = json_list(external_ids)?;
            sqlx::query_as(on_sqlite)
                .bind(integration.0)
                .bind(ids)
                .fetch_all(&mut **transaction)
                .await?
        }
        Connection::Pg(transaction) => {
            sqlx::query_as(on_postgres)
                .bind(integration.0)
                .bind(external_ids)
                .fetch_all(&mut **transaction)
                .await?
        }
    };
    rows.into_iter().map(parts_of).collect()
}

fn parts_of(row: PartsRow) -> Result<(String, StoredParts)> {
    let stored = StoredParts {
        queue_id: row.queue_id,
        amount_cents: row.amount_cents,
        primary: row.is_primary != 0,
        website: row.website,
        phone: row.phone,
        street: row.street,
        city: row.city,
        state: row.state,
        postal_code: row.postal_code,
        country: row.country,
        created_at: row.created_at,
        fields: serde_json::from_str(&row.fields)?,
    };
    Ok((row.external_id, stored))
}

/// What may tell the types of the contacts that are here, in the order of their ids, beyond one.
///
/// # Errors
/// As any statement.
pub async fn list_contact_fields(
    store: &Store,
    integration: IntegrationId,
    after: &str,
    limit: i64,
) -> Result<Vec<ContactFields>> {
    read_all!(store, CONTACT_FIELDS, integration.0, after, limit)
}

macro_rules! parts {
    ($table:literal, $queue:literal, $amount:literal, $primary:literal, $website:literal, $phone:literal, $place:literal, $created:literal,
        $fields:literal) => {
        concat!(
            "SELECT external_id, ",
            $queue,
            " AS queue_id, ",
            $amount,
            " AS amount_cents, ",
            $primary,
            " AS is_primary, ",
            $website,
            " AS website, ",
            $phone,
            " AS phone, ",
            $place,
            ", ",
            $created,
            " AS created_at, ",
            $fields,
            " AS fields FROM ",
            $table,
            " WHERE integration_id = "
        )
    };
}

macro_rules! nowhere {
    ($table:literal, $queue:literal, $amount:literal, $primary:literal, $created:literal, $fields:literal) => {
        parts!(
            $table,
            $queue,
            $amount,
            $primary,
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS TEXT) AS street, CAST(NULL AS TEXT) AS city, CAST(NULL AS TEXT) AS state, CAST(NULL AS TEXT) AS postal_code, CAST(NULL AS TEXT) AS country",
            $created,
            $fields
        )
    };
}

macro_rules! company {
    () => {
        parts!(
            "external_company",
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS BIGINT)",
            "CAST(0 AS BIGINT)",
            "website",
            "phone",
            "street, city, state, postal_code, country",
            "CAST(NULL AS BIGINT)",
            "fields"
        )
    };
}

macro_rules! contact {
    () => {
        nowhere!(
            "external_contact",
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS BIGINT)",
            "is_primary",
            "CAST(NULL AS BIGINT)",
            "fields"
        )
    };
}

macro_rules! ticket {
    () => {
        nowhere!(
            "ticket",
            "queue_id",
            "CAST(NULL AS BIGINT)",
            "CAST(0 AS BIGINT)",
            "CAST(NULL AS BIGINT)",
            "fields"
        )
    };
}

macro_rules! note {
    () => {
        nowhere!(
            "ticket_note",
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS BIGINT)",
            "CAST(0 AS BIGINT)",
            "created_at",
            "CAST('{}' AS TEXT)"
        )
    };
}

macro_rules! opportunity {
    () => {
        nowhere!(
            "opportunity",
            "CAST(NULL AS TEXT)",
            "amount_cents",
            "CAST(0 AS BIGINT)",
            "CAST(NULL AS BIGINT)",
            "fields"
        )
    };
}

/// Those of a list of ids.
macro_rules! on_sqlite {
    ($parts:ident) => {
        concat!(
            $parts!(),
            "$1 AND external_id IN (SELECT value FROM json_each($2))"
        )
    };
}

/// The same, looked up one by one as in `read_known`.
macro_rules! on_postgres {
    ($parts:ident) => {
        concat!(
            "SELECT found.* FROM unnest(CAST($2 AS TEXT[])) AS asked (asked_id) CROSS JOIN LATERAL (",
            $parts!(),
            "(SELECT CAST($1 AS BIGINT)) AND external_id = asked.asked_id LIMIT 1 OFFSET 0) found"
        )
    };
}

statements! {
    COMPANY_SQLITE for Sqlite = on_sqlite!(company);
    COMPANY_POSTGRES for Postgres = on_postgres!(company);
    CONTACT_SQLITE for Sqlite = on_sqlite!(contact);
    CONTACT_POSTGRES for Postgres = on_postgres!(contact);
    CONTACT_FIELDS = "SELECT external_id, title, fields FROM external_contact
        WHERE integration_id = $1 AND external_id > $2 AND absent = 0 ORDER BY external_id LIMIT $3";
    TICKET_SQLITE for Sqlite = on_sqlite!(ticket);
    TICKET_POSTGRES for Postgres = on_postgres!(ticket);
    NOTE_SQLITE for Sqlite = on_sqlite!(note);
    NOTE_POSTGRES for Postgres = on_postgres!(note);
    OPPORTUNITY_SQLITE for Sqlite = on_sqlite!(opportunity);
    OPPORTUNITY_POSTGRES for Postgres = on_postgres!(opportunity);
}
