//! Credentials, sealed at rest (rule X1). The owner is `integration:<id>` or `installation`.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::clock::UtcMillis;
use domain::id::{IdentityId, IntegrationId};
use domain::secret::Secret;

use crate::db::{Db, Engine};
use crate::envelope;
use crate::error::{ErrorKind, Result, StoreError};
use crate::key_ring::{self, KeyRing};
use crate::open::Store;
use crate::tx::Tx;

/// The owner of installation-wide secrets.
pub const INSTALLATION: &str = "installation";

/// The owner of one integration's secrets.
#[must_use]
pub fn integration_owner(integration: IntegrationId) -> String {
    format!("integration:{integration}")
}

fn place(owner: &str, name: &str) -> String {
    format!("{owner}|{name}")
}

row! {
    struct SealedRow {
        owner: String,
        name: String,
        envelope: String,
    }
}

row! {
    struct KeyRow {
        id: String,
        check_envelope: String,
    }
}

/// Seals a secret and keeps it, replacing an older one of the same name.
///
/// # Errors
/// `KeyMissing` when the key file lacks a key the database needs.
pub async fn put_secret(tx: &mut Tx, owner: &str, name: &str, secret: &Secret) -> Result<()> {
    let (ring, key) = sealing_ring(tx).await?;
    let now = tx.store().now();
    let sealed = envelope::seal(&ring, &key, &place(owner, name), secret)?;
    execute!(tx, PUT, owner, name, &key, &sealed, now.0)?;
    Ok(())
}

/// One secret.
///
/// # Errors
/// `KeyMissing` or `Corrupt` when it cannot be opened.
pub async fn find_secret(store: &Store, owner: &str, name: &str) -> Result<Option<Secret>> {
    let found: Option<(String,)> = read_one!(store, FIND, owner, name)?;
    found
        .map(|(sealed,)| open_sealed(store, &place(owner, name), &sealed))
        .transpose()
}

/// One secret, if it was put after an instant.
///
/// # Errors
/// `KeyMissing` or `Corrupt` when it cannot be opened.
pub(crate) async fn find_secret_since(
    store: &Store,
    owner: &str,
    name: &str,
    since: UtcMillis,
) -> Result<Option<Secret>> {
    let found: Option<(String,)> = read_one!(store, FIND_SINCE, owner, name, since.0)?;
    found
        .map(|(sealed,)| open_sealed(store, &place(owner, name), &sealed))
        .transpose()
}

/// All secrets of an owner, by name.
///
/// # Errors
/// `KeyMissing` or `Corrupt` when one cannot be opened.
pub async fn find_secrets(store: &Store, owner: &str) -> Result<BTreeMap<String, Secret>> {
    let rows: Vec<SealedRow> = read_all!(store, LIST_OF_OWNER, owner)?;
    open_all(store, rows)
}

/// The same inside a transaction: as it sees them, without another connection.
///
/// # Errors
/// As [`find_secrets`].
pub async fn find_secrets_in(tx: &mut Tx, owner: &str) -> Result<BTreeMap<String, Secret>> {
    let rows: Vec<SealedRow> = tx_all!(tx, LIST_OF_OWNER, owner)?;
    open_all(tx.store(), rows)
}

/// The names of an owner's secrets, whether or not anybody can open them.
///
/// # Errors
/// As any statement.
pub async fn list_names_in(tx: &mut Tx, owner: &str) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx_all!(tx, LIST_NAMES, owner)?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

fn open_all(store: &Store, rows: Vec<SealedRow>) -> Result<BTreeMap<String, Secret>> {
    rows.into_iter()
        .map(|row| {
            Ok((
                row.name.clone(),
                open_sealed(store, &place(&row.owner, &row.name), &row.envelope)?,
            ))
        })
        .collect()
}

fn open_sealed(store: &Store, place: &str, sealed: &str) -> Result<Secret> {
    match envelope::open(&store.keys(), place, sealed) {
        Err(error) if matches!(error.kind(), ErrorKind::KeyMissing { .. }) => {
            let ring = store.reload_keys().map_err(|_| error)?;
            envelope::open(&ring, place, sealed)
        }
        other => other,
    }
}

/// Removes one secret; answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn remove_secret(tx: &mut Tx, owner: &str, name: &str) -> Result<bool> {
    Ok(execute!(tx, REMOVE, owner, name)? > 0)
}

/// Removes the secrets of an owner whose names are from one on and before another; answers how many.
///
/// # Errors
/// As any statement.
pub(crate) async fn remove_secrets_between(
    tx: &mut Tx,
    owner: &str,
    from: &str,
    before: &str,
) -> Result<u64> {
    execute!(tx, REMOVE_BETWEEN, owner, from, before)
}

/// Removes all secrets of an owner; answers how many.
///
/// # Errors
/// As any statement.
pub async fn remove_secrets(tx: &mut Tx, owner: &str) -> Result<u64> {
    execute!(tx, REMOVE_OF_OWNER, owner)
}

/// The key of a ring that seals: the newest the database names. One that only stands in the file must not seal before
/// every node has it, and only a person knows when that is ([`use_newest_key`]).
fn sealing_key(ring: &KeyRing, needed: &[KeyRow]) -> Option<String> {
    let mut ids = ring.ids().into_iter().rev();
    ids.find(|id| needed.iter().any(|row| row.id == *id))
}

/// A ring and its key that seals. A key that was forgotten since this process read the key file must not seal again: then
/// the file is read anew.
async fn sealing_ring(tx: &mut Tx) -> Result<(Arc<KeyRing>, String)> {
    let ring = tx.store().keys();
    let needed: Vec<KeyRow> = tx_all!(tx, LIST_KEYS)?;
    if let Some(key) = sealing_key(&ring, &needed)
        && hold_key(tx, &key).await?
    {
        return Ok((ring, key));
    }
    let ring = tx.store().reload_keys()?;
    let needed: Vec<KeyRow> = tx_all!(tx, LIST_KEYS)?;
    lacks_none(&ring, &needed)?;
    let key = match sealing_key(&ring, &needed) {
        Some(key) => key,
        None => register(tx, &ring).await?,
    };
    hold_key(tx, &key).await?;
    Ok((ring, key))
}

/// Whether the database names a key; if so, nobody can have it forgotten before this transaction ends.
async fn hold_key(tx: &mut Tx, key: &str) -> Result<bool> {
    let statement = match tx.engine() {
        Engine::Sqlite => FIND_KEY,
        Engine::Postgres => HOLD_KEY,
    };
    let found: Option<(String,)> = tx_one!(tx, statement, key)?;
    Ok(found.is_some())
}

/// The fingerprint of the key that seals; `None` when the database names none that is at hand.
///
/// # Errors
/// As any statement.
pub async fn find_sealing_key(store: &Store) -> Result<Option<String>> {
    let needed: Vec<KeyRow> = read_all!(store, LIST_KEYS)?;
    Ok(sealing_key(&store.keys(), &needed))
}

/// Has the newest key at hand seal from now on, and answers its fingerprint. On PostgreSQL only when every node has it in
/// its file: the others cannot open what it seals.
///
/// # Errors
/// As any statement.
pub async fn use_newest_key(store: &Store) -> Result<String> {
    let mut tx = store.begin().await?;
    let key = register(&mut tx, &store.keys()).await?;
    tx.commit().await?;
    Ok(key)
}

/// Whether everything may be sealed again: the file as it stands now lacks no key the database names. The keys in use stay
/// as they are, so that a wrong file takes none of them away.
///
/// # Errors
/// When the file cannot be read.
pub async fn may_rotate(store: &Store) -> Result<bool> {
    let config = store.config();
    let ring = key_ring::load(&config.database, &config.master_key, &store.key_ids())?;
    let needed: Vec<KeyRow> = read_all!(store, LIST_KEYS)?;
    Ok(lacks_none(&ring, &needed).is_ok())
}

/// Seals up to `limit` secrets again that another key sealed than the one that seals now, and answers how many are left
/// with others.
///
/// # Errors
/// `KeyMissing` when a key is not in the ring.
pub async fn rotate_batch(store: &Store, limit: i64) -> Result<i64> {
    store.reload_keys()?;
    let mut tx = store.begin().await?;
    let (ring, key) = sealing_ring(&mut tx).await?;
    let rows: Vec<SealedRow> = tx_all!(tx, LIST_OLD, &key, limit)?;
    for row in rows {
        let place = place(&row.owner, &row.name);
        let secret = envelope::open(&ring, &place, &row.envelope)?;
        let sealed = envelope::seal(&ring, &key, &place, &secret)?;
        // Guarded by the envelope that was read, so that a newer value is never overwritten by an older one.
        execute!(
            tx,
            RESEAL,
            &row.owner,
            &row.name,
            &key,
            &sealed,
            &row.envelope
        )?;
    }
    let left: Option<(i64,)> = tx_one!(tx, COUNT_OLD, &key)?;
    tx.commit().await?;
    Ok(left.map_or(0, |row| row.0))
}

/// Strikes a key out of the list of keys this database needs, so that it may leave the key file.
///
/// # Errors
/// `Configuration` while a secret is sealed with it, when it is the key that seals, and when nobody knows it.
pub async fn forget_key(tx: &mut Tx, key: &str) -> Result<()> {
    let refuse = |why: String| Err(StoreError::new(ErrorKind::Configuration, why));
    let ring = tx.store().keys();
    let needed: Vec<KeyRow> = tx_all!(tx, LIST_KEYS)?;
    if sealing_key(&ring, &needed).is_some_and(|sealing| sealing == key) {
        return refuse(format!("{key} is the key that seals secrets"));
    }
    // First, so that whoever is about to seal with it is waited for, or finds it gone.
    let was_needed = execute!(tx, FORGET_KEY, key)? > 0;
    let used: Option<(i64,)> = tx_one!(tx, COUNT_OF_KEY, key)?;
    let used = used.map_or(0, |row| row.0);
    if used > 0 {
        return refuse(format!(
            "{used} secrets are still sealed with the key {key}; let the rotation finish first"
        ));
    }
    if !was_needed && ring.find(key).is_none() {
        let keys = ring.ids().join(", ");
        return refuse(format!("there is no key {key}; the key file has {keys}"));
    }
    Ok(())
}

/// Whose secrets nobody can open any more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lost {
    /// Keys the database names and the key file lacks.
    pub keys: Vec<String>,
    /// Integrations with a credential one of them sealed.
    pub integrations: Vec<IntegrationId>,
    /// People with an authenticator app whose secret one of them sealed.
    pub identities: Vec<IdentityId>,
}

/// What keys sealed that the database names and the key file lacks.
///
/// # Errors
/// As any statement.
pub async fn list_lost(store: &Store) -> Result<Lost> {
    let ring = store.keys();
    let needed: Vec<KeyRow> = read_all!(store, LIST_KEYS)?;
    let mut lost = Lost::default();
    for row in needed
        .into_iter()
        .filter(|row| ring.find(&row.id).is_none())
    {
        let owners: Vec<(String,)> = read_all!(store, LIST_OWNERS_OF_KEY, &row.id)?;
        for (owner,) in owners {
            match owner.split_once(':') {
                Some(("integration", id)) => {
                    lost.integrations.extend(id.parse().map(IntegrationId))
                }
                Some(("identity", id)) => lost.identities.extend(id.parse().map(IdentityId)),
                _ => {}
            }
        }
        lost.keys.push(row.id);
    }
    lost.integrations.sort_unstable();
    lost.integrations.dedup();
    lost.identities.sort_unstable();
    lost.identities.dedup();
    Ok(lost)
}

/// Gives up keys that are lost: forgets them and whatever is still sealed with them, and names a key that seals where
/// none is left.
/// Answers how many secrets went. What they were for is to be ended before.
///
/// # Errors
/// `Configuration` for a key that is in the key file and so is not lost.
pub async fn give_up_lost(tx: &mut Tx, keys: &[String]) -> Result<u64> {
    let ring = tx.store().keys();
    let mut gone = 0;
    for key in keys {
        if ring.find(key).is_some() {
            let message = format!("the key {key} is in the key file, so it is not lost");
            return Err(StoreError::new(ErrorKind::Configuration, message));
        }
        execute!(tx, FORGET_KEY, key)?;
        gone += execute!(tx, REMOVE_OF_KEY, key)?;
    }
    let needed: Vec<KeyRow> = tx_all!(tx, LIST_KEYS)?;
    if sealing_key(&ring, &needed).is_none() {
        register(tx, &ring).await?;
    }
    Ok(gone)
}

/// How many secrets each key sealed.
///
/// # Errors
/// As any statement.
pub async fn count_by_key(store: &Store) -> Result<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> = read_all!(store, COUNT_BY_KEY)?;
    Ok(rows.into_iter().collect())
}

/// Fingerprints of the keys this database needs, oldest first.
///
/// # Errors
/// As any statement.
pub async fn list_key_ids(store: &Store) -> Result<Vec<String>> {
    list_key_ids_in(store.db()).await
}

pub(crate) async fn list_key_ids_in(db: &Db) -> Result<Vec<String>> {
    let rows: Vec<KeyRow> = match db {
        Db::Lite { r, .. } => sqlx::query_as(LIST_KEYS).fetch_all(r).await?,
        Db::Pg(pool) => sqlx::query_as(LIST_KEYS).fetch_all(pool).await?,
    };
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Refuses a key ring that lacks a key the database names. Where nobody else has to have the newest key first, as with
/// SQLite or before anything was sealed, it seals from now on.
pub(crate) async fn check_keys(store: &Store) -> Result<()> {
    let ring = store.keys();
    let rows: Vec<KeyRow> = read_all!(store, LIST_KEYS)?;
    lacks_none(&ring, &rows)?;
    for row in &rows {
        envelope::open(&ring, &check_place(&row.id), &row.check_envelope)?;
    }
    let newest = &ring.newest()?.id;
    let alone = store.engine() == Engine::Sqlite || rows.is_empty();
    if alone && rows.iter().all(|row| row.id != *newest) {
        use_newest_key(store).await?;
    }
    Ok(())
}

/// Refuses a ring that lacks a key the database names.
fn lacks_none(ring: &KeyRing, needed: &[KeyRow]) -> Result<()> {
    let Some(row) = needed.iter().find(|row| ring.find(&row.id).is_none()) else {
        return Ok(());
    };
    let key = row.id.clone();
    let message = format!(
        "the database needs the master key {key}, which is not in the key file; the file has {}; put your copy \
         of it back, or, if there is none on any node, give up what it sealed with portico rotate-key --lost",
        ring.ids().join(", ")
    );
    Err(StoreError::new(
        ErrorKind::KeyMissing { key: Some(key) },
        message,
    ))
}

fn check_place(key: &str) -> String {
    format!("encryption_key|{key}")
}

/// Names the newest key, so that it seals, and answers its fingerprint. Older keys were named when they were the newest,
/// and one that was forgotten since must not come back only because it still stands in the file.
async fn register(tx: &mut Tx, ring: &KeyRing) -> Result<String> {
    let now = tx.store().now();
    let key = &ring.newest()?.id;
    let check = envelope::seal(ring, key, &check_place(key), &Secret::from("portico"))?;
    execute!(tx, PUT_KEY, key, &check, now.0)?;
    Ok(key.clone())
}

statements! {
    PUT = "INSERT INTO secret (owner, name, key_id, envelope, updated_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (owner, name) DO UPDATE SET key_id = excluded.key_id, envelope = excluded.envelope, updated_at = excluded.updated_at";
    FIND = "SELECT envelope FROM secret WHERE owner = $1 AND name = $2";
    FIND_SINCE = "SELECT envelope FROM secret WHERE owner = $1 AND name = $2 AND updated_at > $3";
    LIST_OF_OWNER = "SELECT owner, name, envelope FROM secret WHERE owner = $1 ORDER BY name";
    LIST_NAMES = "SELECT name FROM secret WHERE owner = $1 ORDER BY name";
    REMOVE = "DELETE FROM secret WHERE owner = $1 AND name = $2";
    REMOVE_BETWEEN = "DELETE FROM secret WHERE owner = $1 AND name >= $2 AND name < $3";
    REMOVE_OF_OWNER = "DELETE FROM secret WHERE owner = $1";
    LIST_OLD = "SELECT owner, name, envelope FROM secret WHERE key_id <> $1 ORDER BY owner, name LIMIT $2";
    RESEAL = "UPDATE secret SET key_id = $3, envelope = $4 WHERE owner = $1 AND name = $2 AND envelope = $5";
    COUNT_OLD = "SELECT count(*) AS found FROM secret WHERE key_id <> $1";
    COUNT_OF_KEY = "SELECT count(*) AS found FROM secret WHERE key_id = $1";
    LIST_OWNERS_OF_KEY = "SELECT DISTINCT owner FROM secret WHERE key_id = $1 ORDER BY owner";
    REMOVE_OF_KEY = "DELETE FROM secret WHERE key_id = $1";
    COUNT_BY_KEY = "SELECT key_id, count(*) AS found FROM secret GROUP BY key_id ORDER BY key_id";
    LIST_KEYS = "SELECT id, check_envelope FROM encryption_key ORDER BY created_at, id";
    FIND_KEY for Sqlite = "SELECT id FROM encryption_key WHERE id = $1";
    HOLD_KEY for Postgres = "SELECT id FROM encryption_key WHERE id = $1 FOR KEY SHARE";
    PUT_KEY = "INSERT INTO encryption_key (id, check_envelope, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    FORGET_KEY = "DELETE FROM encryption_key WHERE id = $1";
}
