//! Stores for tests: each test runs on a fresh SQLite file and, when `PORTICO_TEST_POSTGRES` names a server, in a fresh
//! PostgreSQL schema. With `PORTICO_REQUIRE_ALL` a missing server is a failure.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::clock::{ManualClock, UtcMillis};
use domain::id::IntegrationId;
use domain::secret::Secret;
use domain::settings::IntegrationSettings;
use store::integrations::{NewIntegration, insert_integration};
use store::{Engine, KeySource, Store, StoreConfig, key_ring};

/// Where every test's clock begins: 2026-03-01T12:00:00Z.
pub const START: UtcMillis = UtcMillis(1_772_366_400_000);

/// One database for one test, with everything to open it again.
pub struct Home {
    /// How to open it.
    pub config: StoreConfig,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// The engine.
    pub engine: Engine,
    folder: tempfile::TempDir,
}

impl Home {
    /// Opens the store, as another process would.
    pub async fn open(&self) -> Store {
        self.try_open().await.expect("the store opens")
    }

    /// Opens the store and lets the test look at the refusal.
    pub async fn try_open(&self) -> store::Result<Store> {
        Store::open(self.config.clone(), self.clock.clone()).await
    }

    /// Opens the store where keys are lost.
    pub async fn open_without_lost_keys(&self) -> Store {
        Store::open_without_lost_keys(self.config.clone(), self.clock.clone())
            .await
            .unwrap()
    }

    /// The present instant of its clock.
    pub fn clock_now(&self) -> UtcMillis {
        use domain::clock::Clock;
        self.clock.now()
    }

    /// A path inside the test's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Whether something is set in the environment.
pub fn set(name: &str) -> Option<String> {
    std::env::var_os(name)
        .and_then(|value| value.into_string().ok())
        .filter(|value| !value.is_empty())
}

fn sqlite() -> Home {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = StoreConfig::sqlite(folder.path().join("portico.db"));
    Home {
        config,
        clock: ManualClock::starting_at(START),
        engine: Engine::Sqlite,
        folder,
    }
}

fn postgres(url: &str) -> Home {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = folder.path().join("portico.key");
    key_ring::create(&key).expect("a key file");
    let mut config = StoreConfig::postgres(Secret::from(url), KeySource::File(key));
    config.schema = Some(format!(
        "t{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    config.connections = 10;
    Home {
        config,
        clock: ManualClock::starting_at(START),
        engine: Engine::Postgres,
        folder,
    }
}

/// Runs a test on both engines.
pub fn both<F, R>(test: F)
where
    F: Fn(Home) -> R,
    R: Future<Output = ()>,
{
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .enable_all()
            .build()
            .expect("a runtime")
    };
    runtime().block_on(test(sqlite()));
    match set("PORTICO_TEST_POSTGRES") {
        Some(url) => {
            let home = postgres(&url);
            let schema = home.config.schema.clone().expect("a schema");
            runtime().block_on(test(home));
            runtime().block_on(drop_schema(&url, &schema));
        }
        None if set("PORTICO_REQUIRE_ALL").is_some() => {
            panic!("PORTICO_TEST_POSTGRES is missing: not run on PostgreSQL")
        }
        None => eprintln!(
            "not run on PostgreSQL: PORTICO_TEST_POSTGRES is not set (cargo xtask with-postgres -- cargo test -p store)"
        ),
    }
}

/// Runs a test on SQLite alone, for what only a file has.
pub fn sqlite_only<F, R>(test: F)
where
    F: FnOnce(Home) -> R,
    R: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(test(sqlite()));
}

async fn drop_schema(url: &str, schema: &str) {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(url)
        .await
        .expect("the server answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE"
    )))
    .execute(&mut connection)
    .await
    .expect("the schema goes");
    connection.close().await.expect("the connection closes");
}

/// An integration to hang things on.
pub async fn integration(store: &Store, name: &str) -> IntegrationId {
    let mut tx = store.begin().await.unwrap();
    let new = NewIntegration {
        provider: "autotask",
        name,
        settings: &IntegrationSettings::default(),
    };
    let integration = insert_integration(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    integration.id
}

/// Executes a statement behind the store's back.
pub async fn execute(home: &Home, sql: &'static str) {
    execute_in(&home.config, sql).await;
}

/// The same for any database.
pub async fn execute_in(config: &StoreConfig, sql: &'static str) {
    use sqlx::Connection;
    match &config.database {
        store::Database::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut connection = sqlx::SqliteConnection::connect_with(&options)
                .await
                .unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        store::Database::Postgres(url) => {
            let options: sqlx::postgres::PgConnectOptions = url.expose().parse().unwrap();
            let schema = config.schema.clone().unwrap_or_else(|| "public".to_owned());
            let options = options.options([("search_path", schema)]);
            let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
            sqlx::query(sql).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}
