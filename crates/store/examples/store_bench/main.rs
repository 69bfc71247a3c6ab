//! Measures the store alone: rows per second of the bulk path, the time of every list at two sizes, and what many waiting
//! jobs cost.
//!
//! `cargo run --release --package store --example store_bench -- bulk 100000`, `… -- lists 20000 200000` or
//! `… -- waiting 50000`. PostgreSQL is measured when `PORTICO_TEST_POSTGRES` holds an address. Figures are for
//! `docs/performance.md`; nothing asserts them.

#![expect(clippy::print_stdout, reason = "a table for a person")]

mod bulk;
mod lists;
mod waiting;
mod world;

use std::error::Error;

use domain::clock::SystemClock;
use domain::secret::Secret;
use std::sync::Arc;
use store::{Database, KeySource, Store, StoreConfig};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A fresh store on each engine there is.
async fn stores(folder: &std::path::Path, name: &str) -> Outcome<Vec<(&'static str, Store)>> {
    let mut stores = Vec::new();
    let path = folder.join(format!("{name}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let _missing = std::fs::remove_file(folder.join(format!("{name}.db{suffix}")));
    }
    stores.push((
        "SQLite",
        Store::open(StoreConfig::sqlite(path), Arc::new(SystemClock)).await?,
    ));
    #[expect(clippy::disallowed_methods, reason = "a tool run by hand")]
    if let Ok(url) = std::env::var("PORTICO_TEST_POSTGRES") {
        let config = StoreConfig {
            database: Database::Postgres(Secret::from(url)),
            master_key: KeySource::File(folder.join(format!("{name}.db.key"))),
            schema: Some(format!("bench_{name}_{}", std::process::id())),
            connections: 8,
        };
        stores.push((
            "PostgreSQL",
            Store::open(config, Arc::new(SystemClock)).await?,
        ));
    }
    Ok(stores)
}

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::env::temp_dir().join("portico-store-bench");
    std::fs::create_dir_all(&folder)?;
    let sizes: Vec<usize> = arguments
        .iter()
        .skip(1)
        .filter_map(|size| size.parse().ok())
        .collect();
    match arguments.first().map(String::as_str) {
        Some("bulk") => bulk::run(&folder, sizes.first().copied().unwrap_or(100_000)).await,
        Some("lists") => {
            lists::run(
                &folder,
                sizes.first().copied().unwrap_or(20_000),
                sizes.get(1).copied().unwrap_or(200_000),
            )
            .await
        }
        Some("waiting") => waiting::run(&folder, sizes.first().copied().unwrap_or(50_000)).await,
        _ => Err("say `bulk [ROWS]`, `lists [SMALL LARGE]` or `waiting [JOBS]`".into()),
    }
}
