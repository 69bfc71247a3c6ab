//! The master keys that seal secrets (rule X1): a file with one key a line, the newest last.
//!
//! A key is known by its fingerprint, the first 16 hexadecimal digits of its SHA-256. All open; the newest that
//! the database names seals. Keys are wiped from memory when dropped, and no message or log carries one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind as IoKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::secret::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::config::{Database, KeySource};
use crate::error::{ErrorKind, Result, StoreError};

/// Bytes of a key.
const KEY_BYTES: usize = 32;

/// One master key.
pub(crate) struct MasterKey {
    pub(crate) id: String,
    pub(crate) bytes: Zeroizing<[u8; KEY_BYTES]>,
}

/// All master keys, oldest first; empty only in a store opened for looking.
pub struct KeyRing {
    keys: Vec<MasterKey>,
}

impl KeyRing {
    /// Reads the text of a key file: base64 of 32 bytes a line; empty lines and lines with `#` are skipped.
    ///
    /// # Errors
    /// `Configuration` when a line is no key or there is none; the message tells the line's number only.
    pub fn parse(text: &Secret) -> Result<Self> {
        let mut keys: Vec<MasterKey> = Vec::new();
        for (number, line) in (1..).zip(text.expose().lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let bad = || {
                StoreError::new(
                    ErrorKind::Configuration,
                    format!("line {number} of the key file is no key: base64 of {KEY_BYTES} bytes"),
                )
            };
            let decoded = Zeroizing::new(STANDARD.decode(line).map_err(|_| bad())?);
            let mut bytes = Zeroizing::new([0; KEY_BYTES]);
            if decoded.len() != KEY_BYTES {
                return Err(bad());
            }
            bytes.copy_from_slice(&decoded);
            let id = fingerprint(&bytes);
            if keys.iter().all(|key| key.id != id) {
                keys.push(MasterKey { id, bytes });
            }
        }
        if keys.is_empty() {
            return Err(StoreError::new(
                ErrorKind::Configuration,
                "the key file has no key",
            ));
        }
        Ok(Self { keys })
    }

    /// A ring without keys, for looking only.
    pub(crate) const fn empty() -> Self {
        Self { keys: Vec::new() }
    }

    /// The key that is last in the file.
    pub(crate) fn newest(&self) -> Result<&MasterKey> {
        self.keys.last().ok_or_else(|| {
            StoreError::new(ErrorKind::KeyMissing { key: None }, "the key ring is empty")
        })
    }

    /// The key with a fingerprint.
    pub(crate) fn find(&self, id: &str) -> Option<&MasterKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The fingerprints, oldest first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.keys.iter().map(|key| key.id.clone()).collect()
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("KeyRing").field(&self.ids()).finish()
    }
}

fn fingerprint(bytes: &[u8; KEY_BYTES]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The key file that belongs to a configuration; `None` when the keys are no file.
#[must_use]
pub fn path(database: &Database, source: &KeySource) -> Option<PathBuf> {
    match (source, database) {
        (KeySource::File(path), _) => Some(path.clone()),
        (KeySource::Beside, Database::Sqlite(path)) => {
            let mut name = path.as_os_str().to_owned();
            name.push(".key");
            Some(name.into())
        }
        (KeySource::Beside, Database::Postgres(_)) | (KeySource::Text(_), _) => None,
    }
}

/// At the first start with SQLite: creates the key file beside the database. Never while the database names a key,
/// since a new key would not open what a lost one sealed.
pub(crate) fn create_first(
    database: &Database,
    source: &KeySource,
    database_keys: &[String],
) -> Result<()> {
    match (source, path(database, source)) {
        (KeySource::Beside, Some(path)) if database_keys.is_empty() && !path.exists() => {
            create(&path)
        }
        _ => Ok(()),
    }
}

/// Reads the key ring. `database_keys` are the fingerprints the database names, for the message.
pub(crate) fn load(
    database: &Database,
    source: &KeySource,
    database_keys: &[String],
) -> Result<KeyRing> {
    if let KeySource::Text(text) = source {
        return KeyRing::parse(text);
    }
    let Some(path) = path(database, source) else {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            "with PostgreSQL a master key file is required, the same on every node: set PORTICO_MASTER_KEY_FILE \
             (create one with `head -c 32 /dev/urandom | base64 > portico.key` and keep a copy apart from the backups)",
        ));
    };
    let beside = matches!(source, KeySource::Beside);
    match read_file(&path, beside) {
        Ok(ring) => Ok(ring),
        Err(error) if is_missing(&error) => Err(StoreError::new(
            ErrorKind::KeyMissing { key: database_keys.last().cloned() },
            match database_keys.last() {
                Some(key) => format!("the key file {} is missing, and the database needs the key {key}; put your copy of the file there, or, if there is none, give up what it sealed with portico rotate-key --lost", path.display()),
                None => format!("the key file {} is missing", path.display()),
            },
        )
        .because(error)),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &StoreError) -> bool {
    let source =
        std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|error| error.kind() == IoKind::NotFound)
}

fn read_file(path: &Path, beside: bool) -> Result<KeyRing> {
    let refuse = |error: std::io::Error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!("the key file {} cannot be read: {error}", path.display()),
        )
        .because(error)
    };
    let mode = fs::metadata(path).map_err(refuse)?.permissions().mode();
    // A file mounted from an orchestrator often belongs to a group; one readable by everybody is no secret anywhere.
    let forbidden = if beside { 0o077 } else { 0o007 };
    if mode & forbidden != 0 {
        return Err(StoreError::new(
            ErrorKind::Configuration,
            format!(
                "the key file {} is readable by others (mode {:o}); run: chmod 600 {}",
                path.display(),
                mode & 0o777,
                path.display()
            ),
        ));
    }
    KeyRing::parse(&Secret::from(fs::read_to_string(path).map_err(refuse)?))
}

/// A new key as a line of a key file.
///
/// # Errors
/// When the system has no randomness to give.
pub fn generate() -> Result<Secret> {
    let mut bytes = Zeroizing::new([0; KEY_BYTES]);
    fill_random(&mut *bytes)?;
    Ok(Secret::from(STANDARD.encode(*bytes)))
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| StoreError::new(ErrorKind::Unexpected, format!("no randomness: {error}")))
}

/// Creates a key file with one new key, mode 0600, whole or not at all, and never over an existing one.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn create(path: &Path) -> Result<()> {
    let text = format!(
        "# Portico master keys, the newest last. Keep a copy apart from the backups.\n{}\n",
        generate()?.expose()
    );
    let wrote = write_whole(path, &Zeroizing::new(text), false);
    wrote.map_err(|error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!("the key file {} cannot be created: {error}", path.display()),
        )
        .because(error)
    })
}

/// Adds a new key to a key file and answers its fingerprint. With SQLite it seals from the next start on, with PostgreSQL
/// from `secrets::use_newest_key` on; `secrets::rotate_batch` seals again what older keys sealed.
///
/// # Errors
/// When the file cannot be read or replaced.
pub fn add_key(path: &Path) -> Result<String> {
    let before = read_file(path, false)?;
    let new = generate()?;
    let id = KeyRing::parse(&new)?.newest()?.id.clone();
    let failed = |error: std::io::Error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!(
                "the key file {} cannot be replaced: {error}",
                path.display()
            ),
        )
        .because(error)
    };
    let mut text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(new.expose());
    text.push('\n');
    drop(before);
    write_whole(path, &text, true).map_err(failed)?;
    Ok(id)
}

/// Takes a key out of a key file. Ask `secrets::forget_key` first, which refuses while something is sealed with it.
///
/// # Errors
/// When it is the only key, or the file cannot be replaced.
pub fn remove_key(path: &Path, id: &str) -> Result<()> {
    let failed = |error: std::io::Error| {
        StoreError::new(
            ErrorKind::Configuration,
            format!(
                "the key file {} cannot be replaced: {error}",
                path.display()
            ),
        )
        .because(error)
    };
    let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
    let mut kept = Zeroizing::new(String::with_capacity(text.len()));
    for line in text.lines() {
        let is_it = KeyRing::parse(&Secret::from(line)).is_ok_and(|ring| ring.find(id).is_some());
        if !is_it {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    KeyRing::parse(&Secret::from(kept.as_str()))?;
    write_whole(path, &kept, true).map_err(failed)
}

/// Writes a file beside its place, flushes it, and moves it there.
fn write_whole(path: &Path, text: &str, replace: bool) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let _left_over = fs::remove_file(&temporary);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    let wrote = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    let placed = wrote.and_then(|()| {
        if replace {
            return fs::rename(&temporary, path);
        }
        // A link fails when the name is taken, which a rename would not.
        fs::hard_link(&temporary, path).and_then(|()| fs::remove_file(&temporary))
    });
    if placed.is_err() {
        let _already_gone = fs::remove_file(&temporary);
    }
    placed?;
    sync_folder(path)
}

/// Makes a new name survive a power loss.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}
