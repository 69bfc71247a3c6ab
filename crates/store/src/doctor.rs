//! Facts about a store's health, for `portico doctor` and the status page.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use domain::clock::UtcMillis;

use crate::config::Database;
use crate::db::Db;
use crate::email_keys::list_unreachable;
use crate::error::Result;
use crate::jobs::count_jobs;
use crate::key_ring;
use crate::nodes::list_nodes;
use crate::open::Store;
use crate::{migrate, secrets};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, but somebody should look.
    Warn,
    /// Does not work.
    Fail,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it came out.
    pub level: Level,
    /// What was found, and what to do.
    pub detail: String,
}

impl Check {
    fn new(name: &'static str, level: Level, detail: impl Into<String>) -> Self {
        Self {
            name,
            level,
            detail: detail.into(),
        }
    }
}

/// Free space below which a warning is given.
const LOW_SPACE: u64 = 1 << 30;
/// Free space below which nothing works for long.
const NO_SPACE: u64 = 64 << 20;
/// Clocks of two machines may differ by this much.
const CLOCK_TOLERANCE: i64 = 5 * UtcMillis::SECOND;
/// 2026-01-01T00:00:00Z: no clock that is right shows less.
const BUILT_AFTER: UtcMillis = UtcMillis(1_767_225_600_000);

/// Looks at everything. A check that cannot be made is a failed check, not an error.
pub async fn check(store: &Store) -> Vec<Check> {
    let mut checks = Vec::new();
    let parts = [
        ("Database", engine(store).await),
        ("Integrity", integrity(store).await),
        ("Schema", schema(store).await),
        ("Master keys", keys(store).await),
        ("Jobs", jobs(store).await),
        ("Nodes", nodes(store).await),
        ("Clock", clock(store).await),
        ("Addresses", addresses(store).await),
    ];
    for (name, outcome) in parts {
        checks
            .push(outcome.unwrap_or_else(|error| Check::new(name, Level::Fail, error.to_string())));
    }
    if let Database::Sqlite(path) = &store.config().database {
        checks.push(space(path));
        checks.push(permissions(store, path));
    }
    checks
}

async fn engine(store: &Store) -> Result<Check> {
    let version: String = match store.db() {
        Db::Lite { r, .. } => sqlx::query_scalar(SQLITE_VERSION).fetch_one(r).await?,
        Db::Pg(pool) => sqlx::query_scalar(POSTGRES_VERSION).fetch_one(pool).await?,
    };
    let place = match &store.config().database {
        Database::Sqlite(path) => format!(", {}", path.display()),
        Database::Postgres(_) => String::new(),
    };
    Ok(Check::new(
        "Database",
        Level::Ok,
        format!("{} {version}{place}", store.engine().label()),
    ))
}

async fn integrity(store: &Store) -> Result<Check> {
    Ok(match store.db() {
        Db::Lite { r, .. } => {
            let verdict: String = sqlx::query_scalar(QUICK_CHECK).fetch_one(r).await?;
            if verdict == "ok" {
                Check::new("Integrity", Level::Ok, "the file is intact")
            } else {
                Check::new(
                    "Integrity",
                    Level::Fail,
                    format!(
                        "the file is damaged ({verdict}): stop Portico and put a backup back with `portico restore --from FILE`"
                    ),
                )
            }
        }
        Db::Pg(pool) => {
            let encoding: String = sqlx::query_scalar(POSTGRES_ENCODING)
                .fetch_one(pool)
                .await?;
            let level = if encoding == "UTF8" {
                Level::Ok
            } else {
                Level::Fail
            };
            let detail = if level == Level::Ok {
                "the server answers, and stores text as UTF-8".to_owned()
            } else {
                format!(
                    "the database stores text as {encoding}; Portico needs one created with encoding UTF8"
                )
            };
            Check::new("Integrity", level, detail)
        }
    })
}

async fn schema(store: &Store) -> Result<Check> {
    let applied = migrate::applied(store.db()).await?;
    migrate::check_known(&applied)?;
    let (there, known) = (applied.last().copied().unwrap_or(0), migrate::newest());
    Ok(if there == known {
        Check::new(
            "Schema",
            Level::Ok,
            format!("up to date (migration {there})"),
        )
    } else {
        Check::new(
            "Schema",
            Level::Warn,
            format!(
                "from an older version (migration {there} of {known}); starting Portico brings it up to date"
            ),
        )
    })
}

async fn keys(store: &Store) -> Result<Check> {
    // A file that cannot be read, or lacks a key, is told in its own words.
    store.reload_keys()?;
    let ring: BTreeSet<String> = store.key_ids().into_iter().collect();
    let used = secrets::count_by_key(store).await?;
    let needed: BTreeSet<String> = secrets::list_key_ids(store)
        .await?
        .into_iter()
        .chain(used.keys().cloned())
        .collect();
    let missing: Vec<&str> = needed.difference(&ring).map(String::as_str).collect();
    if !missing.is_empty() {
        return Ok(Check::new(
            "Master keys",
            Level::Fail,
            format!(
                "stored credentials cannot be read: the key file{} lacks the key {}. Put your copy of it back. If there is none: portico rotate-key --lost gives up what it sealed; integrations are then connected again",
                key_ring::path(&store.config().database, &store.config().master_key)
                    .map(|path| format!(" {}", path.display()))
                    .unwrap_or_default(),
                missing.join(", ")
            ),
        ));
    }
    let newest = store.key_ids().last().cloned().unwrap_or_default();
    let found = secrets::find_sealing_key(store).await?;
    let sealing = found.unwrap_or_else(|| newest.clone());
    let older: i64 = used
        .iter()
        .filter(|(key, _)| **key != sealing)
        .map(|(_, count)| count)
        .sum();
    let (level, detail) = if older > 0 {
        let detail = format!(
            "{older} stored secrets are still sealed with an older key; a running Portico seals them again within the hour. Keep the old key until this line is gone"
        );
        (Level::Warn, detail)
    } else if sealing != newest {
        let detail = format!(
            "credentials are sealed with {sealing}; the newer key {newest} seals nothing yet. Once every node has the key file with it, run: portico rotate-key --seal"
        );
        (Level::Warn, detail)
    } else if ring.len() == 1 {
        let detail = format!("the key file has the one key credentials are sealed with, {newest}");
        (Level::Ok, detail)
    } else {
        let spent: Vec<&str> = ring
            .iter()
            .map(String::as_str)
            .filter(|key| **key != *newest)
            .collect();
        let detail = format!(
            "credentials are sealed with {newest}; nothing is with {}. Retire such a key with: portico rotate-key --forget {}",
            spent.join(", "),
            spent.first().copied().unwrap_or("ID"),
        );
        (Level::Ok, detail)
    };
    Ok(Check::new("Master keys", level, detail))
}

async fn jobs(store: &Store) -> Result<Check> {
    let counts = count_jobs(store).await?;
    let detail = format!(
        "{} to do now, {} planned for later, {} being done, {} given up",
        counts.due, counts.later, counts.running, counts.dead
    );
    let late = counts
        .oldest_due
        .map_or(0, |since| store.now().since(since));
    Ok(if counts.expired > 0 {
        Check::new(
            "Jobs",
            Level::Warn,
            format!(
                "{detail}; {} left unfinished by a process that ended. Start Portico: it takes them up within seconds",
                counts.expired
            ),
        )
    } else if counts.dead > 0 {
        Check::new(
            "Jobs",
            Level::Warn,
            format!(
                "{detail}; the sync log says why, and what was given up is forgotten after 30 days"
            ),
        )
    } else if late > 10 * UtcMillis::MINUTE {
        Check::new(
            "Jobs",
            Level::Warn,
            format!(
                "{detail}; the oldest waits for {} minutes. Is Portico running, with a worker?",
                late / UtcMillis::MINUTE
            ),
        )
    } else {
        Check::new("Jobs", Level::Ok, detail)
    })
}

async fn nodes(store: &Store) -> Result<Check> {
    let alive: Vec<_> = list_nodes(store)
        .await?
        .into_iter()
        .filter(|node| store.now().since(node.heartbeat_at) < UtcMillis::MINUTE)
        .collect();
    let versions: BTreeSet<&str> = alive.iter().map(|node| node.version.as_str()).collect();
    Ok(if versions.len() > 1 {
        let versions: Vec<&str> = versions.into_iter().collect();
        Check::new(
            "Nodes",
            Level::Warn,
            format!(
                "{} running, in different versions: {}. Bring all to the same version",
                alive.len(),
                versions.join(", ")
            ),
        )
    } else {
        let detail = match alive.len() {
            0 => "no Portico runs on this database right now".to_owned(),
            1 => "one Portico runs on this database".to_owned(),
            many => format!("{many} run on this database, in the same version"),
        };
        Check::new("Nodes", Level::Ok, detail)
    })
}

async fn clock(store: &Store) -> Result<Check> {
    let now = store.now();
    if now < BUILT_AFTER {
        return Ok(Check::new(
            "Clock",
            Level::Fail,
            format!("this machine's clock shows {now}, which cannot be; set it"),
        ));
    }
    if let Db::Pg(pool) = store.db() {
        let theirs: i64 = sqlx::query_scalar(POSTGRES_CLOCK).fetch_one(pool).await?;
        let apart = now.since(UtcMillis(theirs)).abs();
        if apart > CLOCK_TOLERANCE {
            let detail = format!(
                "{} seconds apart from the database server; leases need clocks that agree",
                apart / UtcMillis::SECOND
            );
            return Ok(Check::new("Clock", Level::Warn, detail));
        }
    }
    let newest: Option<(Option<i64>,)> = read_one!(store, NEWEST_TRACE)?;
    if let Some(trace) = newest.and_then(|row| row.0)
        && trace > now.plus(CLOCK_TOLERANCE).0
    {
        return Ok(Check::new(
            "Clock",
            Level::Warn,
            format!(
                "the database has entries from {}, which is in the future; was the clock set back?",
                UtcMillis(trace)
            ),
        ));
    }
    Ok(Check::new("Clock", Level::Ok, now.to_rfc3339()))
}

async fn addresses(store: &Store) -> Result<Check> {
    const NAMED: usize = 5;
    let found = list_unreachable(store).await?;
    if found.is_empty() {
        return Ok(Check::new(
            "Addresses",
            Level::Ok,
            "everybody can be found by their e-mail address",
        ));
    }
    let mut named = found
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if found.len() > NAMED {
        named.push_str(", …");
    }
    let people = match found.len() {
        1 => "one person".to_owned(),
        many => format!("{many} people"),
    };
    Ok(Check::new(
        "Addresses",
        Level::Warn,
        format!(
            "{} cannot sign in with their e-mail address, since it is none or another person's in another spelling: {named}. Change it in Settings, Users; if Portico was just updated, start it once first",
            people
        ),
    ))
}

fn space(database: &Path) -> Check {
    let folder = match database.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match rustix::fs::statvfs(folder) {
        Err(error) => Check::new("Disk space", Level::Warn, format!("unknown: {error}")),
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let level = if free < NO_SPACE {
                Level::Fail
            } else if free < LOW_SPACE {
                Level::Warn
            } else {
                Level::Ok
            };
            Check::new("Disk space", level, free_words(free, level))
        }
    }
}

fn free_words(free: u64, level: Level) -> String {
    let amount = if free >> 30 >= 10 {
        format!("{} GiB free", free >> 30)
    } else {
        format!("{} MiB free", free >> 20)
    };
    match level {
        Level::Ok => amount,
        Level::Warn => format!("{amount}; make room before it runs out"),
        Level::Fail => format!("{amount}: nothing can be stored any more; make room now"),
    }
}

fn permissions(store: &Store, database: &Path) -> Check {
    let config = store.config();
    let key = key_ring::path(&config.database, &config.master_key);
    let mut open = Vec::new();
    for path in [Some(database), key.as_deref()].into_iter().flatten() {
        if let Ok(found) = std::fs::metadata(path)
            && found.permissions().mode() & 0o077 != 0
        {
            open.push(path.display().to_string());
        }
    }
    if open.is_empty() {
        Check::new(
            "File permissions",
            Level::Ok,
            "only their owner can read the database and the key file",
        )
    } else {
        Check::new(
            "File permissions",
            Level::Warn,
            format!(
                "readable by everybody on this machine: {}; run chmod 600",
                open.join(", ")
            ),
        )
    }
}

statements! {
    SQLITE_VERSION for Sqlite = "SELECT sqlite_version() AS version";
    POSTGRES_VERSION for Postgres = "SELECT current_setting('server_version') AS version";
    QUICK_CHECK for Sqlite = "PRAGMA quick_check(1)";
    POSTGRES_ENCODING for Postgres = "SELECT pg_encoding_to_char(encoding)::text AS encoding FROM pg_database WHERE datname = current_database()";
    POSTGRES_CLOCK for Postgres = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS now";
    NEWEST_TRACE = "SELECT max(at) AS newest FROM audit_entry";
}
