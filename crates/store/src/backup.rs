//! Backup and restore. The master keys are never part of a backup: who finds one cannot read credentials with it.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind as IoKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use domain::clock::UtcMillis;

use crate::config::Database;
use crate::db::{self, Db};
use crate::error::{ErrorKind, Result, StoreError};
use crate::key_ring::{self, sync_folder};
use crate::open::{Store, lock_file};
use crate::{migrate, secrets};

/// A finished backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What to tell the person: the keys are not in it.
    pub notice: String,
}

/// A finished restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Where the database that was there before is now.
    pub replaced: Option<PathBuf>,
    /// Fingerprints of the master keys the restored database needs.
    pub needs_keys: Vec<String>,
    /// Its newest migration.
    pub migration: i64,
}

fn io(what: &str, path: &Path, error: std::io::Error) -> StoreError {
    StoreError::new(
        ErrorKind::Configuration,
        format!("{what} {}: {error}", path.display()),
    )
    .because(error)
}

/// Writes a consistent copy of the SQLite database to a new file, while work goes on. Works on a store opened for
/// reading only, beside the running process.
///
/// # Errors
/// `Configuration` on PostgreSQL, when the file exists, and when it cannot be written; as [`restore`] when the copy could
/// not be restored, and then there is no file.
pub async fn sqlite_backup(store: &Store, to: &Path) -> Result<Backup> {
    let Db::Lite { r, .. } = store.db() else {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            format!(
                "PostgreSQL is backed up with its own tools: {}",
                postgres_commands(store).join("; ")
            ),
        ));
    };
    if to.exists() {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            format!(
                "{} exists; a backup is never written over something",
                to.display()
            ),
        ));
    }
    let temporary = beside(to, &format!(".{}.new", std::process::id()));
    let _left_over = fs::remove_file(&temporary);
    // SQLite fills an empty file, and this one is for its owner only.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(|error| io("cannot create", &temporary, error))?;
    let made = fill(r, &temporary, &file, to).await;
    remove_database(&temporary);
    made?;
    sync_folder(to).map_err(|error| io("cannot flush the folder of", to, error))?;
    let bytes = fs::metadata(to)
        .map_err(|error| io("cannot read", to, error))?
        .len();
    let config = store.config();
    let where_keys = key_ring::path(&config.database, &config.master_key)
        .map_or_else(String::new, |path| format!(" ({})", path.display()));
    let notice = format!(
        "The master key file{where_keys} is not part of this backup. Keep a copy of it in another place: without it the \
         credentials in the backup cannot be read and every integration has to be connected again (portico rotate-key --lost)."
    );
    Ok(Backup {
        path: to.to_owned(),
        bytes,
        notice,
    })
}

async fn fill(pool: &sqlx::SqlitePool, temporary: &Path, file: &File, to: &Path) -> Result<()> {
    let name = temporary.to_str().ok_or_else(|| {
        StoreError::new(
            ErrorKind::Configuration,
            "the path of a backup must be UTF-8",
        )
    })?;
    sqlx::query(VACUUM_INTO).bind(name).execute(pool).await?;
    file.sync_all()
        .map_err(|error| io("cannot flush", temporary, error))?;
    // What carries the name of a backup can be restored.
    check(temporary).await?;
    linked_or_copied(fs::hard_link(temporary, to), temporary, to)
}

/// Copies a finished file to its second name unless that could be linked. A link fails when the name was taken meanwhile,
/// which a rename would not, and where there are no links (exFAT, many FUSE mounts), with one error here and another there.
fn linked_or_copied(linked: std::io::Result<()>, from: &Path, to: &Path) -> Result<()> {
    match linked {
        Err(error) if error.kind() == IoKind::AlreadyExists => Err(io("cannot create", to, error)),
        Err(_) => copied_whole(from, to),
        Ok(()) => Ok(()),
    }
}

/// Copies a file beside its new name and gives it that name when it is whole: the name is taken first, so that nothing
/// of somebody else's is replaced.
fn copied_whole(from: &Path, to: &Path) -> Result<()> {
    let part = beside(to, ".part");
    let _of_one_that_was_killed = fs::remove_file(&part);
    copy_private(from, &part)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(to)
        .and_then(|_| fs::rename(&part, to))
        .map_err(|error| {
            let _not_needed = fs::remove_file(&part);
            io("cannot create", to, error)
        })
}

/// The commands that back up and restore a PostgreSQL database, without its password. Extensions are left out of what is
/// restored: `--clean` would drop pg_trgm, which its owner alone may, and that is often an administrator.
#[must_use]
pub fn postgres_commands(store: &Store) -> Vec<String> {
    let schema = store
        .config()
        .schema
        .as_ref()
        .map_or_else(String::new, |schema| format!(" --schema={schema}"));
    vec![
        format!("pg_dump --format=custom{schema} --file=portico.dump \"$PORTICO__DATABASE__URL\""),
        "pg_restore --list portico.dump | grep -v ' EXTENSION ' > portico.list".to_owned(),
        "pg_restore --clean --if-exists --no-owner --single-transaction --use-list=portico.list --dbname=\"$PORTICO__DATABASE__URL\" portico.dump"
            .to_owned(),
    ]
}

/// Replaces the SQLite database by a backup. The one that was there is kept beside it.
///
/// # Errors
/// `InUse` while a process works on the database; `Corrupt` when the backup is damaged; `Newer` when a newer Portico
/// made it; `Configuration` when it is no backup.
pub async fn restore(from: &Path, database: &Database, now: UtcMillis) -> Result<Restored> {
    let Database::Sqlite(target) = database else {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            "PostgreSQL is restored with its own tools: pg_restore",
        ));
    };
    let _lock = lock_file(target)?;
    let incoming = beside(target, ".restoring");
    remove_database(&incoming);
    // Checked is the copy that will be used, not the original that may change meanwhile.
    copy_private(from, &incoming)?;
    let checked = check(&incoming).await;
    let (needs_keys, migration) = match checked {
        Ok(found) => found,
        Err(error) => {
            remove_database(&incoming);
            return Err(error);
        }
    };
    if let Err(error) = forget_nodes(&incoming).await {
        remove_database(&incoming);
        return Err(error);
    }
    let replaced = if target.exists() {
        Some(keep_aside(target, now).await?)
    } else {
        None
    };
    fs::rename(&incoming, target).map_err(|error| io("cannot replace", target, error))?;
    remove_database(&incoming);
    sync_folder(target).map_err(|error| io("cannot flush the folder of", target, error))?;
    Ok(Restored {
        replaced,
        needs_keys,
        migration,
    })
}

async fn check(path: &Path) -> Result<(Vec<String>, i64)> {
    let no_backup = |error: StoreError| {
        StoreError::new(
            ErrorKind::Corrupt,
            format!("this is no intact Portico backup: {error}"),
        )
        .because(error)
    };
    let db = db::open_sqlite(path, true).await.map_err(no_backup)?;
    let outcome = async {
        let Db::Lite { r, .. } = &db else {
            return Err(StoreError::new(
                ErrorKind::Unexpected,
                "a file opened as another engine",
            ));
        };
        let verdict: String = sqlx::query_scalar(INTEGRITY)
            .fetch_one(r)
            .await
            .map_err(|error| no_backup(error.into()))?;
        if verdict != "ok" {
            return Err(StoreError::new(
                ErrorKind::Corrupt,
                format!("the backup is damaged: {verdict}"),
            ));
        }
        let applied = migrate::applied(&db).await?;
        migrate::check_known(&applied)?;
        let Some(newest) = applied.last() else {
            return Err(StoreError::new(
                ErrorKind::Configuration,
                "this is a SQLite file, but no Portico backup",
            ));
        };
        Ok((secrets::list_key_ids_in(&db).await?, *newest))
    }
    .await;
    db.close().await;
    outcome
}

/// Forgets who worked on the database when the backup was made: nobody works on what was restored from it.
async fn forget_nodes(path: &Path) -> Result<()> {
    let db = db::open_sqlite(path, false).await?;
    let outcome = match &db {
        Db::Lite { w, .. } => sqlx::query(NODES).execute(w).await.map(drop),
        Db::Pg(_) => Ok(()),
    };
    db.close().await;
    Ok(outcome?)
}

/// Puts the present database out of the way under a new name, with everything that was committed to it.
async fn keep_aside(target: &Path, now: UtcMillis) -> Result<PathBuf> {
    let stamp: String = now
        .to_rfc3339()
        .chars()
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    let mut kept = beside(target, &format!(".replaced-{stamp}"));
    let mut number = 1;
    while kept.exists() {
        number += 1;
        kept = beside(target, &format!(".replaced-{stamp}-{number}"));
    }
    // Opening and closing it moves what a crash left in the write-ahead log into the file. A file that cannot be
    // opened is kept as it is, log and all.
    if let Ok(db) = db::open_sqlite(target, false).await {
        db.close().await;
    }
    linked_or_copied(fs::hard_link(target, &kept), target, &kept)?;
    for side in ["-wal", "-shm"] {
        let from = beside(target, side);
        if from.exists() {
            fs::rename(&from, beside(&kept, side))
                .map_err(|error| io("cannot keep", &from, error))?;
        }
    }
    Ok(kept)
}

/// Copies into a new file, for its owner only: whole or not at all.
fn copy_private(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(|error| io("cannot read", from, error))?;
    let mut copy = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| io("cannot create", to, error))?;
    std::io::copy(&mut source, &mut copy)
        .and_then(|_| copy.sync_all())
        .map_err(|error| {
            let _half = fs::remove_file(to);
            io("cannot write", to, error)
        })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _not_there = fs::remove_file(beside(path, suffix));
    }
}

statements! {
    VACUUM_INTO for Sqlite = "VACUUM INTO $1";
    NODES for Sqlite = "DELETE FROM node";
    INTEGRITY for Sqlite = "PRAGMA integrity_check(1)";
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_system_without_links_gets_a_copy_and_never_over_something() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a.new"), folder.path().join("a"));
        fs::write(&from, "finished").unwrap();
        for refusal in [IoKind::PermissionDenied, IoKind::Unsupported] {
            linked_or_copied(Err(refusal.into()), &from, &to).unwrap();
            assert_eq!(fs::read_to_string(&to).unwrap(), "finished");
            let mode = fs::metadata(&to).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);

            fs::write(&to, "of another").unwrap();
            for linked in [Err(refusal.into()), fs::hard_link(&from, &to)] {
                let error = linked_or_copied(linked, &from, &to).unwrap_err();
                assert!(error.to_string().contains("cannot create"), "{error}");
            }
            assert_eq!(fs::read_to_string(&to).unwrap(), "of another");
            fs::remove_file(&to).unwrap();
        }
    }
}
