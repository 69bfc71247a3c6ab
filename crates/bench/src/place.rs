//! Where one installation lives: a folder, and in it a SQLite file or the name of a PostgreSQL schema.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::ValueEnum;
use domain::clock::{SharedClock, SystemClock};
use domain::secret::Secret;
use serde::Serialize;
use store::{KeySource, Store, StoreConfig};
use url::Url;

/// A master key for data that nobody needs to keep from anybody: 32 zero bytes in base64.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// The file in the folder.
    Sqlite,
    /// The server in `PORTICO_BENCH_POSTGRES`.
    Postgres,
}

impl Engine {
    /// Its name in results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// Where one installation lives.
#[derive(Debug, Clone)]
pub struct Place {
    /// Folder for everything.
    pub dir: PathBuf,
    database: Address,
}

#[derive(Debug, Clone)]
enum Address {
    File(PathBuf),
    Schema { server: Url, schema: String },
}

impl Place {
    /// A place in a folder, which is created with a key file. `name` becomes the PostgreSQL schema.
    pub fn create(engine: Engine, server: Option<&str>, dir: PathBuf, name: &str) -> Result<Self> {
        std::fs::create_dir_all(&dir).with_context(|| format!("create {}", dir.display()))?;
        let database = match engine {
            Engine::Sqlite => Address::File(dir.join("portico.db")),
            Engine::Postgres => {
                let server = server.context(
                    "PORTICO_BENCH_POSTGRES is not set; `cargo xtask bench` and `torture` set it",
                )?;
                Address::Schema {
                    server: Url::parse(server).context("PORTICO_BENCH_POSTGRES is no address")?,
                    schema: name.to_owned(),
                }
            }
        };
        let place = Self { dir, database };
        place.write_key()?;
        Ok(place)
    }

    /// Variables that make `portico` use this place.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut variables = vec![
            ("PORTICO__STORAGE__DATA_DIR".to_owned(), shown(&self.dir)),
            (
                "PORTICO_MASTER_KEY_FILE".to_owned(),
                shown(&self.key_file()),
            ),
        ];
        if let Address::Schema { server, schema } = &self.database {
            let mut url = server.clone();
            url.query_pairs_mut()
                .append_pair("options[search_path]", schema);
            variables.push(("PORTICO__DATABASE__URL".to_owned(), url.into()));
        }
        variables
    }

    /// Opens the store to work with it. On SQLite no `portico` may run on it meanwhile.
    pub async fn open(&self) -> Result<Store> {
        self.open_at(Arc::new(SystemClock)).await
    }

    /// The same, by another clock.
    pub async fn open_at(&self, clock: SharedClock) -> Result<Store> {
        Store::open(self.config(), clock)
            .await
            .with_context(|| format!("open the store in {}", self.dir.display()))
    }

    /// Opens the store to look into it, also beside a running `portico`.
    pub async fn look(&self) -> Result<Store> {
        Store::open_read_only(self.config(), Arc::new(SystemClock))
            .await
            .with_context(|| format!("look into the store in {}", self.dir.display()))
    }

    /// Size of the database's files in MB; nothing for PostgreSQL.
    pub fn file_mb(&self) -> Option<f64> {
        let Address::File(path) = &self.database else {
            return None;
        };
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Some((size(path) + size(Path::new(&log))) as f64 / 1024.0 / 1024.0)
    }

    fn config(&self) -> StoreConfig {
        let key = KeySource::File(self.key_file());
        match &self.database {
            Address::File(path) => {
                let mut config = StoreConfig::sqlite(path);
                config.master_key = key;
                config
            }
            Address::Schema { server, schema } => {
                let mut config = StoreConfig::postgres(Secret::from(server.to_string()), key);
                config.schema = Some(schema.clone());
                config.connections = 4;
                config
            }
        }
    }

    fn key_file(&self) -> PathBuf {
        self.dir.join("portico.key")
    }

    fn write_key(&self) -> Result<()> {
        let path = self.key_file();
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("create {}", path.display()))?;
        Ok(file.write_all(KEY.as_bytes())?)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_goes_into_the_address() {
        let dir = tempfile::tempdir().unwrap();
        let server = Some("postgres://postgres@localhost/postgres?host=/tmp/pg");
        let place =
            Place::create(Engine::Postgres, server, dir.path().join("a"), "lane_1").unwrap();
        let variables = place.environment();
        let url = &variables
            .iter()
            .find(|(name, _)| name.contains("URL"))
            .unwrap()
            .1;
        assert!(url.ends_with("&options%5Bsearch_path%5D=lane_1"), "{url}");
        assert!(Place::create(Engine::Postgres, None, dir.path().join("b"), "x").is_err());
    }
}
