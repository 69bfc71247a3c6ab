//! PostgreSQL's own upkeep of tables that have just grown. It comes round by itself, up to a minute and more later;
//! until then counts read every row's visibility in the table, searches go through a list that is not sorted in yet, and
//! the planner believes in the size from before. SQLite needs none of it.

use sqlx::AssertSqlSafe;

use crate::db::Db;
use crate::error::Result;
use crate::open::Store;
use crate::pages::table;

/// Rows written since the last time, from which on it is worth it.
const GROWN: i64 = 5_000;

/// Vacuums and analyses tables of records that grew by a fifth and by some thousand rows at least. Readers and writers go on
/// meanwhile. Answers the tables.
///
/// # Errors
/// As any statement.
pub async fn vacuum_grown(store: &Store) -> Result<Vec<&'static str>> {
    let Db::Pg(pool) = store.db() else {
        return Ok(Vec::new());
    };
    let tables: Vec<&str> = std::iter::once("company")
        .chain(table::TABLES.iter().map(|table| table.name))
        .collect();
    let grown: Vec<(String,)> = sqlx::query_as(LIST_GROWN)
        .bind(&tables)
        .bind(GROWN)
        .fetch_all(pool)
        .await?;
    let mut done = Vec::new();
    for name in tables {
        if grown.iter().any(|(grown,)| grown == name) {
            sqlx::raw_sql(AssertSqlSafe(format!("VACUUM (ANALYZE) {name}")))
                .execute(pool)
                .await?;
            done.push(name);
        }
    }
    Ok(done)
}

statements! {
    LIST_GROWN for Postgres = "SELECT relname::TEXT AS name FROM pg_stat_user_tables WHERE schemaname = current_schema()
        AND relname = ANY(CAST($1 AS TEXT[])) AND n_ins_since_vacuum + n_dead_tup >= GREATEST($2, n_live_tup / 5)";
}
