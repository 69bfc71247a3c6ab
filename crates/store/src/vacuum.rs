//! PostgreSQL's own upkeep of tables that have just grown. It comes round by itself, up to a minute and more later, and
//! not at all for an integration that is small beside the others; until then counts read every row's visibility in the
//! table, searches go through a list that is not sorted in yet, and the planner believes in what was there before. An
//! integration it has never heard of has one row in its eyes, and for that one it goes through a whole table. SQLite needs
//! none of it.

use domain::stream::Stream;
use sqlx::AssertSqlSafe;

use crate::db::Db;
use crate::error::Result;
use crate::open::Store;
use crate::pages::{sql, table};

/// Rows written since the last time, from which on it is worth it.
const GROWN: i64 = 5_000;

/// New rows of one integration from which on PostgreSQL has to hear of them, and again each time they are so many times as
/// many: a handful of looks, however many come.
const NEWS: i64 = 400;
const AGAIN: i64 = 8;

/// Tables that grow by the people who become members of companies.
const OF_MEMBERS: [&str; 3] = ["identity", "company_membership", "contact_skip"];

/// Lets PostgreSQL look at a stream's table when an integration's new rows have become many, `before` being how many there
/// were at the last call. Answers whether it looked.
///
/// # Errors
/// As any statement; also for a deletion feed, which has no records.
pub async fn analyze_records(
    store: &Store,
    stream: Stream,
    before: i64,
    after: i64,
) -> Result<bool> {
    if looks(before) == looks(after) {
        return Ok(false);
    }
    analyze(store, &[sql::of(stream)?.table.name]).await
}

/// The same for people who become members of companies, or are left out.
///
/// # Errors
/// As any statement.
pub async fn analyze_members(store: &Store, before: i64, after: i64) -> Result<bool> {
    if looks(before) == looks(after) {
        return Ok(false);
    }
    analyze(store, &OF_MEMBERS).await
}

/// How many rows PostgreSQL believes a stream's table to have; `None` when it never looked, and on SQLite, which does not
/// keep count.
///
/// # Errors
/// As any statement; also for a deletion feed, which has no records.
pub async fn believed_rows(store: &Store, stream: Stream) -> Result<Option<u64>> {
    let Db::Pg(pool) = store.db() else {
        return Ok(None);
    };
    let (rows,): (i64,) = sqlx::query_as(BELIEVED)
        .bind(sql::of(stream)?.table.name)
        .fetch_one(pool)
        .await?;
    Ok(u64::try_from(rows).ok())
}

/// How many looks so many new rows are worth.
const fn looks(rows: i64) -> u32 {
    if rows < NEWS {
        0
    } else {
        1 + (rows / NEWS).ilog(AGAIN)
    }
}

async fn analyze(store: &Store, tables: &[&'static str]) -> Result<bool> {
    let Db::Pg(pool) = store.db() else {
        return Ok(false);
    };
    for name in tables {
        sqlx::raw_sql(AssertSqlSafe(format!("ANALYZE {name}")))
            .execute(pool)
            .await?;
    }
    Ok(true)
}

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
    BELIEVED for Postgres = "SELECT CAST(reltuples AS BIGINT) AS rows FROM pg_class WHERE oid = CAST($1 AS TEXT)::regclass";
    LIST_GROWN for Postgres = "SELECT relname::TEXT AS name FROM pg_stat_user_tables WHERE schemaname = current_schema()
        AND relname = ANY(CAST($1 AS TEXT[])) AND n_ins_since_vacuum + n_dead_tup >= GREATEST($2, n_live_tup / 5)";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_are_few_looks() {
        let looked = [0, 399, 400, 3_199, 3_200, 25_599, 25_600, 204_800].map(looks);
        assert_eq!(looked, [0, 0, 1, 1, 2, 2, 3, 4]);
    }
}
