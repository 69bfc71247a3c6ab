//! What is stored of records beside what their own list tells, to be kept while a list beside theirs may not be read.

use std::collections::HashMap;

use domain::id::IntegrationId;
use domain::side_list::StoredParts;
use domain::stream::Stream;

use crate::error::Result;
use crate::tx::Tx;

row! {
    struct PartsRow {
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
        fields: String,
    }
}

/// The stored parts of these records, of those that have a row. One by one, since it is only done while a right is
/// missing.
///
/// # Errors
/// As any statement.
pub async fn read_parts(
    tx: &mut Tx,
    integration: IntegrationId,
    stream: Stream,
    external_ids: &[String],
) -> Result<HashMap<String, StoredParts>> {
    let text = match stream {
        Stream::Companies => COMPANY,
        Stream::Contacts => CONTACT,
        Stream::Tickets => TICKET,
        Stream::Opportunities => OPPORTUNITY,
        // Nothing tells a part of the others.
        _ => return Ok(HashMap::new()),
    };
    let mut parts = HashMap::new();
    for id in external_ids {
        let row: Option<PartsRow> = tx_one!(tx, text, integration.0, id)?;
        let Some(row) = row else { continue };
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
            fields: serde_json::from_str(&row.fields)?,
        };
        parts.insert(id.clone(), stored);
    }
    Ok(parts)
}

/// Whether any contact that is here has a vendor field.
///
/// # Errors
/// As any statement.
pub async fn has_contact_field(
    tx: &mut Tx,
    integration: IntegrationId,
    field: &str,
) -> Result<bool> {
    // As JSON has its name.
    let named = format!("%{}:%", serde_json::Value::from(field));
    let found: Option<(i64,)> = tx_one!(tx, CONTACT_FIELD, integration.0, &named)?;
    Ok(found.is_some())
}

macro_rules! parts {
    ($table:literal, $queue:literal, $amount:literal, $primary:literal, $website:literal, $phone:literal, $place:literal) => {
        concat!(
            "SELECT ",
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
            ", fields FROM ",
            $table,
            " WHERE integration_id = $1 AND external_id = $2"
        )
    };
}

macro_rules! nowhere {
    ($table:literal, $queue:literal, $amount:literal, $primary:literal) => {
        parts!(
            $table,
            $queue,
            $amount,
            $primary,
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS TEXT)",
            "CAST(NULL AS TEXT) AS street, CAST(NULL AS TEXT) AS city, CAST(NULL AS TEXT) AS state, CAST(NULL AS TEXT) AS postal_code, CAST(NULL AS TEXT) AS country"
        )
    };
}

statements! {
    COMPANY = parts!("external_company", "CAST(NULL AS TEXT)", "CAST(NULL AS BIGINT)", "CAST(0 AS BIGINT)", "website", "phone",
        "street, city, state, postal_code, country");
    CONTACT = nowhere!("external_contact", "CAST(NULL AS TEXT)", "CAST(NULL AS BIGINT)", "is_primary");
    CONTACT_FIELD = "SELECT CAST(1 AS BIGINT) AS one FROM external_contact
        WHERE integration_id = $1 AND absent = 0 AND fields LIKE $2 LIMIT 1";
    TICKET = nowhere!("ticket", "queue_id", "CAST(NULL AS BIGINT)", "CAST(0 AS BIGINT)");
    OPPORTUNITY = nowhere!("opportunity", "CAST(NULL AS TEXT)", "amount_cents", "CAST(0 AS BIGINT)");
}
