//! The texts of the bulk path, one set per record table.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::stream::Stream;

use super::table::{self, TABLES, Table};
use super::value::Kind;
use crate::composed::{POSTGRES, PerEngine, SQLITE, keep};
use crate::db::Engine;
use crate::error::{ErrorKind, Result, StoreError};
use crate::statement::Statement;

/// Rows per statement on SQLite, largest first. A page of 500 is one statement, and any other page a few: the number
/// of different texts stays small, so that each is prepared once. 500 rows of the widest table bind less than half of
/// the 32,766 values SQLite allows; a test computes it.
pub(crate) const CHUNKS: [usize; 5] = [500, 100, 20, 5, 1];

/// The texts of one table.
pub(crate) struct TableSql {
    pub(crate) table: &'static Table,
    pub(crate) kinds: Vec<Kind>,
    /// SQLite: for each of [`CHUNKS`].
    pub(crate) upsert_values: [&'static str; CHUNKS.len()],
    /// PostgreSQL.
    pub(crate) upsert_unnest: &'static str,
    pub(crate) read_known: PerEngine,
    pub(crate) update_absent: PerEngine,
    pub(crate) list_unseen: PerEngine,
    pub(crate) count_present: PerEngine,
    pub(crate) count_shown: PerEngine,
    pub(crate) count_written_since: PerEngine,
}

static ALL: LazyLock<(Vec<TableSql>, Vec<&'static Statement>)> = LazyLock::new(|| {
    let mut kept = Vec::new();
    let tables = TABLES
        .iter()
        .map(|table| compose(table, &mut kept))
        .collect();
    (tables, kept)
});

/// The texts for a stream's table.
///
/// # Errors
/// For a deletion feed, which has no table.
pub(crate) fn of(stream: Stream) -> Result<&'static TableSql> {
    table::position(stream)
        .and_then(|position| ALL.0.get(position))
        .ok_or_else(|| {
            StoreError::new(
                ErrorKind::Unexpected,
                format!("{} carries no records", stream.key()),
            )
        })
}

/// Every text, for the registry.
pub(crate) fn statements() -> &'static [&'static Statement] {
    &ALL.1
}

/// Whether a column's value is in a bound list: a JSON text on SQLite, an array on PostgreSQL.
pub(crate) fn among(engine: Engine, column: &str, parameter: &str, element: &str) -> String {
    match engine {
        Engine::Sqlite => format!("{column} IN (SELECT value FROM json_each({parameter}))"),
        Engine::Postgres => format!("{column} = ANY(CAST({parameter} AS {element}[]))"),
    }
}

fn compose(table: &'static Table, kept: &mut Vec<&'static Statement>) -> TableSql {
    let name = table.name;
    let mut add = |what: &str, sql: String, engines| {
        let statement = keep(format!("store::pages::{name}::{what}"), sql, engines);
        kept.push(statement);
        statement.sql
    };
    let kinds: Vec<Kind> = table.all_columns().map(|(_, kind)| kind).collect();
    let upsert_values = CHUNKS.map(|rows| {
        add(
            &format!("upsert_{rows}"),
            upsert_values(table, rows),
            SQLITE,
        )
    });
    let upsert_unnest = add("upsert", upsert_unnest(table), POSTGRES);
    let mut both = |what: &str, compose: &dyn Fn(Engine) -> String| PerEngine {
        lite: add(what, compose(Engine::Sqlite), SQLITE),
        pg: add(what, compose(Engine::Postgres), POSTGRES),
    };
    TableSql {
        table,
        kinds,
        upsert_values,
        upsert_unnest,
        // Each by itself on PostgreSQL, and the integration as something it cannot look into: one it believes to be small it
        // would read whole, for every page.
        read_known: both("read_known", &|engine| {
            let columns = "r.external_id, r.id, r.content_hash, r.absent, r.removed_reason";
            match engine {
                Engine::Sqlite => format!(
                    "SELECT {columns} FROM {name} r WHERE r.integration_id = $1 AND {}",
                    among(engine, "r.external_id", "$2", "TEXT")
                ),
                Engine::Postgres => format!(
                    "SELECT known.* FROM unnest(CAST($2 AS TEXT[])) AS asked (external_id) CROSS JOIN LATERAL
                     (SELECT {columns} FROM {name} r WHERE r.integration_id = (SELECT CAST($1 AS BIGINT))
                        AND r.external_id = asked.external_id LIMIT 1 OFFSET 0) known"
                ),
            }
        }),
        update_absent: both("update_absent", &|engine| {
            let asked = among(engine, "id", "$1", "BIGINT");
            format!(
                "UPDATE {name} SET absent = $2, removed_at = $3, removed_reason = $4
                 WHERE {asked} AND (absent <> $2 OR COALESCE(removed_reason, '') <> COALESCE($4, ''))"
            )
        }),
        // `OFFSET 0` keeps PostgreSQL from joining: what it knows of the marks is about runs that ended, so it takes the
        // present one's for none or one, and would go through all of them for every record. Looked up, each costs the same.
        list_unseen: both("list_unseen", &|engine| {
            format!(
                "SELECT r.id, r.external_id FROM {name} r WHERE r.integration_id = $1 AND r.external_id > $7 AND r.absent = 0{}
                 AND NOT EXISTS (SELECT 1 FROM seen_mark s WHERE s.stream_run_id = $6 AND s.external_id = r.external_id LIMIT 1 OFFSET 0)
                 ORDER BY r.external_id LIMIT $8",
                coverage(table, engine)
            )
        }),
        count_present: both("count_present", &|engine| {
            format!(
                "SELECT count(*) AS present FROM {name} r WHERE r.integration_id = $1 AND r.absent = 0{}",
                coverage(table, engine)
            )
        }),
        count_shown: both("count_shown", &|_| {
            format!(
                "SELECT (SELECT count(*) FROM {name} WHERE integration_id = $1)
                 - (SELECT count(*) FROM {name} WHERE integration_id = $1 AND absent <> 0) AS shown"
            )
        }),
        count_written_since: both("count_written_since", &|_| {
            format!(
                "SELECT count(*) AS written FROM {name} r WHERE r.integration_id = $1 AND (r.stored_at >= $2 OR r.removed_at >= $2)"
            )
        }),
    }
}

/// The condition for a row to lie inside of a run's coverage: floor `$2`, queues `$3`, categories `$4`, excluded
/// statuses `$5`. Every table's text takes all four, so that they are bound alike.
fn coverage(table: &Table, engine: Engine) -> String {
    let unset = |parameter: &str| match engine {
        Engine::Sqlite => format!("{parameter} IS NULL"),
        Engine::Postgres => format!("CAST({parameter} AS TEXT[]) IS NULL"),
    };
    let [queues, categories, statuses] = match table.scoped {
        true => [
            among(engine, "r.queue_id", "$3", "TEXT"),
            among(engine, "r.category_id", "$4", "TEXT"),
            format!(
                "r.status_id IS NULL OR NOT ({})",
                among(engine, "r.status_id", "$5", "TEXT")
            ),
        ],
        false => ["1 = 1"; 3].map(str::to_owned),
    };
    format!(
        " AND (CAST($2 AS BIGINT) IS NULL OR {} >= $2) AND ({} OR {queues}) AND ({} OR {categories}) AND ({} OR {statuses})",
        table.activity.unwrap_or("$2"),
        unset("$3"),
        unset("$4"),
        unset("$5"),
    )
}

fn column_names(table: &Table) -> String {
    table
        .all_columns()
        .map(|(name, _)| name)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A row that is there keeps its id, its address and what Portico itself wrote into it.
fn on_conflict(table: &Table) -> String {
    let mut sql = String::from(" ON CONFLICT (integration_id, external_id) DO UPDATE SET ");
    let mut first = true;
    for (name, _) in table
        .columns
        .iter()
        .chain(table::TRAILING)
        .filter(|(name, _)| *name != "external_id")
    {
        // Writing into a String cannot fail.
        let _infallible = write!(
            sql,
            "{}{name} = excluded.{name}",
            if first { "" } else { ", " }
        );
        first = false;
    }
    sql
}

/// Plain `?` and not `$n`: SQLite looks up every numbered parameter in a list, which is quadratic in their number.
fn upsert_values(table: &Table, rows: usize) -> String {
    let tuple = format!("({})", vec!["?"; table.all_columns().count()].join(","));
    let tuples = vec![tuple.as_str(); rows].join(",");
    format!(
        "INSERT INTO {} ({}) VALUES {tuples}{}",
        table.name,
        column_names(table),
        on_conflict(table)
    )
}

fn upsert_unnest(table: &Table) -> String {
    let arrays: Vec<String> = table
        .all_columns()
        .enumerate()
        .map(|(index, (_, kind))| {
            format!(
                "${}::{}[]",
                index + 1,
                if kind == Kind::Int { "BIGINT" } else { "TEXT" }
            )
        })
        .collect();
    format!(
        "INSERT INTO {} ({}) SELECT * FROM UNNEST({}){}",
        table.name,
        column_names(table),
        arrays.join(", "),
        on_conflict(table)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_chunk_binds_less_than_sqlite_allows() {
        for table in &TABLES {
            assert!(
                table.all_columns().count() * CHUNKS[0] <= 32_766,
                "{}",
                table.name
            );
        }
        assert_eq!(CHUNKS.last(), Some(&1), "any number of rows can be split");
    }

    #[test]
    fn every_text_has_its_own_name_per_engine() {
        let names: std::collections::BTreeSet<_> = statements()
            .iter()
            .map(|s| (s.name, s.engines == SQLITE))
            .collect();
        assert_eq!(names.len(), statements().len());
        assert!(statements().iter().all(|s| s.engines.len() == 1));
    }
}
