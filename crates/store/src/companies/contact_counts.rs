//! How many contacts a few companies have: one of the things that tell companies of one name apart.

use std::collections::HashMap;

use domain::id::CompanyId;

use crate::db::Db;
use crate::error::Result;
use crate::open::Store;

row! {
    struct Counted {
        company: i64,
        contacts: i64,
    }
}

/// The active contacts of each of these companies, over all tools; companies without one are left out.
///
/// # Errors
/// As any statement.
pub async fn count_contacts(
    store: &Store,
    companies: &[CompanyId],
) -> Result<HashMap<CompanyId, u64>> {
    let ids: Vec<i64> = companies.iter().map(|id| id.0).collect();
    let rows: Vec<Counted> = match store.db() {
        _ if ids.is_empty() => Vec::new(),
        Db::Lite { r, .. } => {
            let ids = serde_json::to_string(&ids)?;
            sqlx::query_as(SQLITE).bind(ids).fetch_all(r).await?
        }
        Db::Pg(pool) => sqlx::query_as(POSTGRES).bind(&ids).fetch_all(pool).await?,
    };
    let count = |row: Counted| (CompanyId(row.company), row.contacts.unsigned_abs());
    Ok(rows.into_iter().map(count).collect())
}

macro_rules! counts {
    ($from:literal) => {
        concat!(
            "SELECT x.company_id AS company, count(*) AS contacts FROM ",
            $from,
            " AND x.absent = 0 AND k.absent = 0 AND k.active = 1 GROUP BY x.company_id"
        )
    };
}

statements! {
    SQLITE for Sqlite = counts!("json_each($1) f CROSS JOIN external_company x ON x.company_id = f.value
        CROSS JOIN external_contact k ON k.integration_id = x.integration_id AND k.company_external_id = x.external_id WHERE 1 = 1");
    POSTGRES for Postgres = counts!("external_company x JOIN external_contact k ON k.integration_id = x.integration_id
        AND k.company_external_id = x.external_id WHERE x.company_id = ANY(CAST($1 AS BIGINT[]))");
}
