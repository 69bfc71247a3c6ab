//! Macros that let one text serve two typed engines: statements, rows, and the match over the pools.

/// Declares SQL texts as constants and lists them, so that a test can prepare each on the engines it is for.
///
/// `NAME = "…";` is for both engines, `NAME for Sqlite = "…";` or `NAME for Postgres = "…";` for one of a two-arm
/// function. The list is the constant `STATEMENTS`; a line in `statement.rs` adds the module to the registry.
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident $(for $engine:ident)? = $sql:expr;)*) => {
        $($(#[$meta])* pub(crate) const $name: &str = $sql;)*

        /// The statements of this module, for the registry.
        pub(crate) const STATEMENTS: &[crate::statement::Statement] = &[$(
            crate::statement::Statement {
                name: concat!(module_path!(), "::", stringify!($name)),
                sql: $name,
                engines: statements!(@engines $($engine)?),
            },
        )*];
    };
    (@engines) => { &[crate::db::Engine::Sqlite, crate::db::Engine::Postgres] };
    (@engines $engine:ident) => { &[crate::db::Engine::$engine] };
}

/// A struct read from a row by column name, on either engine.
///
/// `field: Type` reads the column of that name as the type; `field: Type = Raw => convert` reads it as `Raw` and
/// converts it with a function that answers `decode::Decoded<Type>`.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $ty:ty $(= $raw:ty => $convert:expr)?),* $(,)?
    }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$field_meta])* $field_vis $field: $ty,)* }

        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            $(row!(@raw $ty $(, $raw)?): sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: row!(@get row, $field $(, $raw, $convert)?),)* })
            }
        }
    };
    (@raw $ty:ty) => { $ty };
    (@raw $ty:ty, $raw:ty) => { $raw };
    (@get $row:ident, $field:ident) => { $row.try_get(stringify!($field))? };
    (@get $row:ident, $field:ident, $raw:ty, $convert:expr) => {
        crate::decode::field::<$raw, _>(stringify!($field), $row.try_get(stringify!($field))?, $convert)?
    };
}

/// Runs an expression over the pool that reads: `read!(store, pool => sqlx::query(…).fetch_all(pool).await)`.
macro_rules! read {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store.db() {
            crate::db::Db::Lite { r: $pool, .. } => $body,
            crate::db::Db::Pg($pool) => $body,
        }
    };
}

/// Runs an expression inside a transaction: `within!(tx, connection => sqlx::query(…).execute(connection).await)`.
macro_rules! within {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx.connection() {
            crate::tx::Connection::Lite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            crate::tx::Connection::Pg(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}

/// All rows of a statement, outside of a transaction: `read_all!(store, SQL, bind, …)` is a `Result<Vec<Row>>`.
macro_rules! read_all {
    ($store:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        read!($store, pool => sqlx::query_as($sql)$(.bind($bind))*.fetch_all(pool).await)
            .map_err(crate::error::StoreError::from)
    };
}

/// The first row of a statement if any, outside of a transaction.
macro_rules! read_one {
    ($store:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        read!($store, pool => sqlx::query_as($sql)$(.bind($bind))*.fetch_optional(pool).await)
            .map_err(crate::error::StoreError::from)
    };
}

/// All rows of a statement inside a transaction, for reads and for `RETURNING`.
macro_rules! tx_all {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection => sqlx::query_as($sql)$(.bind($bind))*.fetch_all(connection).await)
            .map_err(crate::error::StoreError::from)
    };
}

/// The first row of a statement if any, inside a transaction.
macro_rules! tx_one {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection => sqlx::query_as($sql)$(.bind($bind))*.fetch_optional(connection).await)
            .map_err(crate::error::StoreError::from)
    };
}

/// Executes a statement inside a transaction and answers how many rows it touched, as `Result<u64>`.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        within!($tx, connection => {
            sqlx::query($sql)$(.bind($bind))*.execute(connection).await.map(|done| done.rows_affected())
        })
        .map_err(crate::error::StoreError::from)
    };
}

/// One arm per engine inside a transaction, for the few functions whose text differs.
macro_rules! connection_arms {
    ($tx:expr, $lite:ident => $on_sqlite:expr, $pg:ident => $on_postgres:expr $(,)?) => {
        match $tx.connection() {
            crate::tx::Connection::Lite($lite) => {
                $on_sqlite;
            }
            crate::tx::Connection::Pg($pg) => {
                $on_postgres;
            }
        }
    };
}
