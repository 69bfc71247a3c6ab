//! API keys of the MSP. Only a hash is kept; the key itself is shown once.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};
use domain::permission::Grants;

use crate::decode::{instant, json, known, optional, plain, public_id};
use crate::error::Result;
use crate::identities::MembershipStatus;
use crate::open::Store;
use crate::tx::Tx;

/// The last use is noted at most this often.
const USED_EVERY: i64 = 5 * UtcMillis::MINUTE;

row! {
    /// A key.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ApiKey {
        /// Row id.
        pub id: i64,
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Name.
        pub name: String,
        /// Its last characters, to recognise it by.
        pub token_hint: String,
        /// What it may do.
        pub scopes: Grants = String => json,
        /// Who made it.
        pub created_by: Option<IdentityId> = Option<i64> => optional(IdentityId),
        /// When.
        pub created_at: UtcMillis = i64 => instant,
        /// When it was last used, to within five minutes.
        pub last_used_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// When it was revoked.
        pub revoked_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

row! {
    /// A staff member who made keys.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct KeyMaker {
        /// The identity.
        pub id: IdentityId = i64 => plain(IdentityId),
        /// Name.
        pub name: String,
        /// Status.
        pub status: MembershipStatus = String => known(MembershipStatus::from_key),
    }
}

/// A key to keep.
#[derive(Clone)]
pub struct NewApiKey<'a> {
    /// Name.
    pub name: &'a str,
    /// Hash of the key.
    pub token_hash: &'a str,
    /// Its last characters.
    pub token_hint: &'a str,
    /// What it may do.
    pub scopes: &'a Grants,
    /// Who makes it.
    pub created_by: Option<IdentityId>,
}

impl std::fmt::Debug for NewApiKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApiKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What became of a key to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is new; its id in addresses.
    New(PublicId),
    /// It had been kept before, and works.
    Before,
    /// It had been kept before, and was revoked.
    Revoked,
}

/// Keeps a new key. The same token again changes nothing.
///
/// # Errors
/// As any statement.
pub async fn insert_api_key(tx: &mut Tx, new: &NewApiKey<'_>) -> Result<Kept> {
    let id = tx.next_id("api_key").await?;
    let now = tx.store().now();
    let uuid = PublicId::new(now);
    let scopes = serde_json::to_string(new.scopes)?;
    let by = new.created_by.map(|id| id.0);
    let kept = execute!(
        tx,
        INSERT,
        id,
        uuid.as_str(),
        new.name,
        new.token_hash,
        new.token_hint,
        &scopes,
        by,
        now.0
    )?;
    if kept == 1 {
        return Ok(Kept::New(uuid));
    }
    let living: Option<(i64,)> = tx_one!(tx, LIVING, new.token_hash)?;
    Ok(living.map_or(Kept::Revoked, |_| Kept::Before))
}

/// The key of a hash unless it was revoked; notes the use.
///
/// # Errors
/// As any statement.
pub async fn find_api_key(store: &Store, token_hash: &str) -> Result<Option<ApiKey>> {
    let found: Option<ApiKey> = read_one!(store, FIND, token_hash)?;
    let now = store.now();
    if let Some(key) = &found
        && key
            .last_used_at
            .is_none_or(|at| now.since(at) >= USED_EVERY)
    {
        let mut tx = store.begin().await?;
        execute!(tx, USED, key.id, now.0)?;
        tx.commit().await?;
    }
    Ok(found)
}

/// All keys, newest first, revoked ones included.
///
/// # Errors
/// As any statement.
pub async fn list_api_keys(store: &Store) -> Result<Vec<ApiKey>> {
    read_all!(store, LIST)
}

/// The staff members who made keys, whatever their status, each once.
///
/// # Errors
/// As any statement.
pub async fn list_makers(store: &Store) -> Result<Vec<KeyMaker>> {
    read_all!(store, MAKERS)
}

/// Revokes a key; `false` when it was revoked before or never existed.
///
/// # Errors
/// As any statement.
pub async fn revoke_api_key(tx: &mut Tx, uuid: &PublicId) -> Result<bool> {
    let now = tx.store().now();
    Ok(execute!(tx, REVOKE, uuid.as_str(), now.0)? == 1)
}

statements! {
    INSERT = "INSERT INTO api_key (id, uuid, name, token_hash, token_hint, scopes, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (token_hash) DO NOTHING";
    LIVING = "SELECT id FROM api_key WHERE token_hash = $1 AND revoked_at IS NULL";
    FIND = "SELECT id, uuid, name, token_hint, scopes, created_by, created_at, last_used_at, revoked_at
        FROM api_key WHERE token_hash = $1 AND revoked_at IS NULL";
    USED = "UPDATE api_key SET last_used_at = $2 WHERE id = $1";
    LIST = "SELECT id, uuid, name, token_hint, scopes, created_by, created_at, last_used_at, revoked_at
        FROM api_key ORDER BY created_at DESC, id DESC";
    MAKERS = "SELECT identity.id, identity.name, staff.status FROM staff_membership AS staff JOIN identity ON identity.id = staff.identity_id
        WHERE staff.identity_id IN (SELECT created_by FROM api_key) ORDER BY identity.id";
    REVOKE = "UPDATE api_key SET revoked_at = $2 WHERE uuid = $1 AND revoked_at IS NULL";
}
