//! The one place where SQL texts are put together from parts instead of written out.
//!
//! Two kinds of text are composed: those of the bulk path, which differ per table and per number of rows, and those of
//! lists, which differ per leading filter, sort and direction. Every part is a constant of this crate, never a value
//! from outside; values are always bound. A text is composed once, kept for the life of the process, and listed in the
//! registry like any other, so that the test that prepares every statement sees it.

use crate::db::Engine;
use crate::listing::Direction;
use crate::statement::Statement;

/// Both engines.
pub(crate) const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
/// SQLite only.
pub(crate) const SQLITE: &[Engine] = &[Engine::Sqlite];
/// PostgreSQL only.
pub(crate) const POSTGRES: &[Engine] = &[Engine::Postgres];

/// A text of which each engine has its own wording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PerEngine {
    pub(crate) lite: &'static str,
    pub(crate) pg: &'static str,
}

impl PerEngine {
    pub(crate) const fn on(self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.lite,
            Engine::Postgres => self.pg,
        }
    }
}

/// Keeps a composed text for the life of the process and names it for the registry.
pub(crate) fn keep(name: String, sql: String, engines: &'static [Engine]) -> &'static Statement {
    let name: &'static str = Box::leak(name.into_boxed_str());
    let sql: &'static str = Box::leak(sql.into_boxed_str());
    Box::leak(Box::new(Statement { name, sql, engines }))
}

/// The keys of one page: sort key and id of rows of a range, beyond a bound, in index order. `parameters` are the
/// placeholders of the bound key, the bound id and the number of rows.
pub(crate) fn keys(
    from: &str,
    condition: &str,
    alias: &str,
    key: &str,
    direction: Direction,
    parameters: [&str; 3],
) -> String {
    keys_below(from, condition, alias, None, key, direction, parameters)
}

/// The same for a range in which a column is `NULL`. PostgreSQL does not see that such a column is the same in every row,
/// and sorts, unless the order names it as the index has it.
pub(crate) fn keys_below(
    from: &str,
    condition: &str,
    alias: &str,
    missing: Option<&str>,
    key: &str,
    direction: Direction,
    parameters: [&str; 3],
) -> String {
    let [bound, bound_id, limit] = parameters;
    let (than, order) = match direction {
        Direction::Ascending => (">", "ASC"),
        Direction::Descending => ("<", "DESC"),
    };
    let first = missing.map_or_else(String::new, |column| format!("{column} {order}, "));
    format!(
        "SELECT {alias}.id AS id, {key} AS sort_key FROM {from} WHERE {condition}
         AND ({key}, {alias}.id) {than} ({bound}, {bound_id}) ORDER BY {first}{key} {order}, {alias}.id {order} LIMIT {limit}"
    )
}

/// How many rows a range has, counted up to a bound.
pub(crate) fn count(from: &str, condition: &str, limit: &str) -> String {
    format!(
        "SELECT count(*) AS found FROM (SELECT 1 AS one FROM {from} WHERE {condition} LIMIT {limit}) counted"
    )
}

/// Both directions of a text, by [`Direction::index`].
pub(crate) const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];
