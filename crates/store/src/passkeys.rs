//! Passkeys, and the state of a passkey ceremony between its two requests.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};

use crate::decode::{instant, optional, plain, public_id};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// How long a ceremony may take.
pub const CEREMONY: i64 = 5 * UtcMillis::MINUTE;

row! {
    /// A passkey.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Passkey {
        /// Row id.
        pub id: i64,
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// Whose it is.
        pub identity: IdentityId = i64 => plain(IdentityId),
        /// The authenticator's id of it, unique everywhere.
        pub credential_id: String,
        /// What its owner calls it.
        pub name: String,
        /// What the WebAuthn library keeps of it, as JSON.
        pub state: String,
        /// The authenticator's count of uses; zero for those that do not count.
        pub counter: i64,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
        /// When it was last used.
        pub last_used_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl std::fmt::Debug for Passkey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passkey")
            .field("uuid", &self.uuid)
            .field("identity", &self.identity)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Keeps a passkey.
///
/// # Errors
/// `Conflict` on `passkey_credential_id_key` when somebody has it already.
pub async fn insert_passkey(
    tx: &mut Tx,
    identity: IdentityId,
    credential_id: &str,
    name: &str,
    state: &str,
    counter: i64,
) -> Result<PublicId> {
    let id = tx.next_id("passkey").await?;
    let now = tx.store().now();
    let uuid = PublicId::new(now);
    execute!(
        tx,
        INSERT,
        id,
        uuid.as_str(),
        identity.0,
        credential_id,
        name,
        state,
        counter,
        now.0
    )?;
    Ok(uuid)
}

/// Passkeys of an identity, oldest first.
///
/// # Errors
/// As any statement.
pub async fn list_passkeys(store: &Store, identity: IdentityId) -> Result<Vec<Passkey>> {
    read_all!(store, LIST, identity.0)
}

/// The passkey with an authenticator's id.
///
/// # Errors
/// As any statement.
pub async fn find_passkey(store: &Store, credential_id: &str) -> Result<Option<Passkey>> {
    read_one!(store, FIND, credential_id)
}

/// Notes a use with the new state. `false` when the passkey is gone, or when its counter did not grow, which only a copy
/// of the authenticator explains.
///
/// # Errors
/// As any statement.
pub async fn update_passkey_used(
    tx: &mut Tx,
    credential_id: &str,
    state: &str,
    counter: i64,
) -> Result<bool> {
    let now = tx.store().now();
    Ok(execute!(tx, USED, credential_id, state, counter, now.0)? == 1)
}

/// Calls a passkey of an identity something else.
///
/// # Errors
/// As any statement.
pub async fn update_passkey_name(
    tx: &mut Tx,
    identity: IdentityId,
    uuid: &PublicId,
    name: &str,
) -> Result<bool> {
    Ok(execute!(tx, RENAME, identity.0, uuid.as_str(), name)? == 1)
}

/// Removes a passkey of an identity; answers whether there was one.
///
/// # Errors
/// As any statement.
pub async fn remove_passkey(tx: &mut Tx, identity: IdentityId, uuid: &PublicId) -> Result<bool> {
    Ok(execute!(tx, REMOVE, identity.0, uuid.as_str())? == 1)
}

/// Removes every passkey of an identity; answers how many.
///
/// # Errors
/// As any statement.
pub async fn remove_passkeys(tx: &mut Tx, identity: IdentityId) -> Result<u64> {
    execute!(tx, REMOVE_ALL, identity.0)
}

/// Keeps the state of a ceremony that has begun, by the hash of the token in the browser's cookie (the session's own for
/// somebody signed in); it replaces one that was begun before.
///
/// # Errors
/// As any statement.
pub async fn put_ceremony(tx: &mut Tx, token_hash: &str, state: &str) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, PUT_CEREMONY, token_hash, state, now.plus(CEREMONY).0).map(drop)
}

/// Takes the state of a ceremony, once; `None` when none was begun within five minutes.
///
/// # Errors
/// As any statement.
pub async fn take_ceremony(tx: &mut Tx, token_hash: &str) -> Result<Option<String>> {
    let now = tx.store().now();
    let taken: Option<(String, i64)> = tx_one!(tx, TAKE_CEREMONY, token_hash)?;
    Ok(taken
        .filter(|(_, expires_at)| *expires_at > now.0)
        .map(|(state, _)| state))
}

statements! {
    INSERT = "INSERT INTO passkey (id, uuid, identity_id, credential_id, name, state, counter, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST = "SELECT id, uuid, identity_id AS identity, credential_id, name, state, counter, created_at, last_used_at
        FROM passkey WHERE identity_id = $1 ORDER BY id";
    FIND = "SELECT id, uuid, identity_id AS identity, credential_id, name, state, counter, created_at, last_used_at
        FROM passkey WHERE credential_id = $1";
    USED = "UPDATE passkey SET state = $2, counter = $3, last_used_at = $4
        WHERE credential_id = $1 AND (counter < $3 OR (counter = 0 AND CAST($3 AS BIGINT) = 0))";
    RENAME = "UPDATE passkey SET name = $3 WHERE identity_id = $1 AND uuid = $2";
    REMOVE = "DELETE FROM passkey WHERE identity_id = $1 AND uuid = $2";
    REMOVE_ALL = "DELETE FROM passkey WHERE identity_id = $1";
    PUT_CEREMONY = "INSERT INTO ceremony (token_hash, state, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (token_hash) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at";
    TAKE_CEREMONY = "DELETE FROM ceremony WHERE token_hash = $1 RETURNING state, expires_at";
}
