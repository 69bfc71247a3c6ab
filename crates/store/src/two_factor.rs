//! The second factor by codes: a secret shared with an app, and recovery codes for the day the app is gone.
//!
//! The secret is sealed in the table of secrets. A code is good once: the time step it belongs to is kept, and only a
//! later one is taken. Recovery codes are kept as hashes and are good once each.

use domain::clock::UtcMillis;
use domain::id::IdentityId;
use domain::secret::Secret;

use crate::decode::instant;
use crate::error::Result;
use crate::open::Store;
use crate::secrets;
use crate::tx::Tx;

/// Name of the secret that is in use.
const SECRET: &str = "totp";
/// What the names of secrets that are being enrolled begin with; the hash of the session's token follows.
const PENDING: &str = "totp_pending";
/// The first name after all of those.
const AFTER_PENDING: &str = "totp_pendinh";
/// A secret that is being enrolled is good for this long.
pub const PENDING_FOR: i64 = 15 * UtcMillis::MINUTE;

row! {
    /// A second factor by codes that is switched on.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct TwoFactor {
        /// Since when.
        pub enabled_at: UtcMillis = i64 => instant,
        /// The newest time step a code was taken of.
        pub last_step: i64,
        /// Recovery codes that are left.
        pub recovery_codes: i64,
    }
}

/// The owner of one identity's secrets.
#[must_use]
pub fn identity_owner(identity: IdentityId) -> String {
    format!("identity:{identity}")
}

/// The second factor by codes of an identity, if it is on.
///
/// # Errors
/// As any statement.
pub async fn find_two_factor(store: &Store, identity: IdentityId) -> Result<Option<TwoFactor>> {
    read_one!(store, FIND, identity.0)
}

/// Whether an identity has a second factor: codes or a passkey.
///
/// # Errors
/// As any statement.
pub async fn has_second_factor(store: &Store, identity: IdentityId) -> Result<bool> {
    let found: Option<(i64,)> = read_one!(store, HAS_ANY, identity.0)?;
    Ok(found.is_some())
}

/// The same inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn has_second_factor_in(tx: &mut Tx, identity: IdentityId) -> Result<bool> {
    let found: Option<(i64,)> = tx_one!(tx, HAS_ANY, identity.0)?;
    Ok(found.is_some())
}

/// What second factors an identity has, kept as they are until the commit: codes of an app, and how many passkeys. Whoever
/// removes one decides by what is left, so that two at once do not remove both.
///
/// # Errors
/// As any statement.
pub async fn lock_factors(tx: &mut Tx, identity: IdentityId) -> Result<(bool, usize)> {
    execute!(tx, LOCK, identity.0)?;
    let found: Option<(i64, i64)> = tx_one!(tx, COUNT, identity.0)?;
    let (codes, passkeys) = found.unwrap_or_default();
    Ok((codes > 0, usize::try_from(passkeys).unwrap_or(0)))
}

/// The secret codes are computed from.
///
/// # Errors
/// `KeyMissing` or `Corrupt` when it cannot be opened.
pub async fn find_totp_secret(store: &Store, identity: IdentityId) -> Result<Option<Secret>> {
    secrets::find_secret(store, &identity_owner(identity), SECRET).await
}

fn pending(session_hash: &str) -> String {
    format!("{PENDING}:{session_hash}")
}

/// Keeps a new secret until a first code proves that the app has it; replaces one of the same session that was never
/// proved. It is the session's alone: whoever has another one, with the same password, is never shown it.
///
/// # Errors
/// As any statement.
pub async fn put_pending_secret(
    tx: &mut Tx,
    identity: IdentityId,
    session_hash: &str,
    secret: &Secret,
) -> Result<()> {
    let owner = identity_owner(identity);
    secrets::put_secret(tx, &owner, &pending(session_hash), secret).await
}

/// The secret of this session that waits for its first code, for a quarter of an hour.
///
/// # Errors
/// `KeyMissing` or `Corrupt` when it cannot be opened.
pub async fn find_pending_secret(
    store: &Store,
    identity: IdentityId,
    session_hash: &str,
) -> Result<Option<Secret>> {
    let owner = identity_owner(identity);
    let since = store.now().plus(-PENDING_FOR);
    secrets::find_secret_since(store, &owner, &pending(session_hash), since).await
}

/// Forgets every secret of an identity that waits for its first code, whichever session began it.
///
/// # Errors
/// As any statement.
pub async fn remove_pending_secrets(tx: &mut Tx, identity: IdentityId) -> Result<u64> {
    let owner = identity_owner(identity);
    secrets::remove_secrets_between(tx, &owner, PENDING, AFTER_PENDING).await
}

/// Switches codes on: the proved secret, the time step of the code that proved it, and the hashes of new recovery codes.
///
/// # Errors
/// As any statement.
pub async fn enable(
    tx: &mut Tx,
    identity: IdentityId,
    secret: &Secret,
    step: i64,
    recovery_hashes: &[String],
) -> Result<()> {
    let now = tx.store().now();
    let owner = identity_owner(identity);
    secrets::put_secret(tx, &owner, SECRET, secret).await?;
    remove_pending_secrets(tx, identity).await?;
    execute!(tx, ENABLE, identity.0, now.0, step)?;
    replace_recovery_codes(tx, identity, recovery_hashes).await
}

/// Takes the time step of a code that was right; `false` when this code or a later one was taken before.
///
/// # Errors
/// As any statement.
pub async fn take_step(tx: &mut Tx, identity: IdentityId, step: i64) -> Result<bool> {
    Ok(execute!(tx, TAKE_STEP, identity.0, step)? == 1)
}

/// Puts new recovery codes in the place of all old ones.
///
/// # Errors
/// As any statement.
pub async fn replace_recovery_codes(
    tx: &mut Tx,
    identity: IdentityId,
    hashes: &[String],
) -> Result<()> {
    execute!(tx, REMOVE_CODES, identity.0)?;
    for hash in hashes {
        execute!(tx, INSERT_CODE, identity.0, hash)?;
    }
    Ok(())
}

/// Uses a recovery code, once; `false` when it is none or was used.
///
/// # Errors
/// As any statement.
pub async fn take_recovery_code(tx: &mut Tx, identity: IdentityId, hash: &str) -> Result<bool> {
    let now = tx.store().now();
    Ok(execute!(tx, TAKE_CODE, identity.0, hash, now.0)? == 1)
}

/// How many recovery codes are left, whichever second factor they belong to.
///
/// # Errors
/// As any statement.
pub async fn count_recovery_codes(store: &Store, identity: IdentityId) -> Result<i64> {
    let row: Option<(i64,)> = read_one!(store, COUNT_CODES, identity.0)?;
    Ok(row.map_or(0, |row| row.0))
}

/// Switches codes off and forgets secret and recovery codes; answers whether they were on.
///
/// # Errors
/// As any statement.
pub async fn disable(tx: &mut Tx, identity: IdentityId) -> Result<bool> {
    let owner = identity_owner(identity);
    secrets::remove_secret(tx, &owner, SECRET).await?;
    remove_pending_secrets(tx, identity).await?;
    execute!(tx, REMOVE_CODES, identity.0)?;
    Ok(execute!(tx, DISABLE, identity.0)? == 1)
}

statements! {
    FIND = "SELECT f.enabled_at, f.last_step,
            (SELECT count(*) FROM recovery_code c WHERE c.identity_id = f.identity_id AND c.used_at IS NULL) AS recovery_codes
        FROM two_factor f WHERE f.identity_id = $1";
    LOCK = "UPDATE identity SET created_at = created_at WHERE id = $1";
    COUNT = "SELECT CAST((SELECT count(*) FROM two_factor f WHERE f.identity_id = $1) AS BIGINT) AS codes,
            CAST((SELECT count(*) FROM passkey p WHERE p.identity_id = $1) AS BIGINT) AS passkeys";
    HAS_ANY = "SELECT CAST(1 AS BIGINT) AS one FROM two_factor WHERE identity_id = $1
        UNION SELECT CAST(1 AS BIGINT) AS one FROM passkey WHERE identity_id = $1";
    ENABLE = "INSERT INTO two_factor (identity_id, enabled_at, last_step) VALUES ($1, $2, $3)
        ON CONFLICT (identity_id) DO UPDATE SET enabled_at = excluded.enabled_at,
            last_step = CASE WHEN two_factor.last_step > excluded.last_step THEN two_factor.last_step ELSE excluded.last_step END";
    TAKE_STEP = "UPDATE two_factor SET last_step = $2 WHERE identity_id = $1 AND last_step < $2";
    REMOVE_CODES = "DELETE FROM recovery_code WHERE identity_id = $1";
    INSERT_CODE = "INSERT INTO recovery_code (identity_id, code_hash) VALUES ($1, $2)";
    TAKE_CODE = "UPDATE recovery_code SET used_at = $3 WHERE identity_id = $1 AND code_hash = $2 AND used_at IS NULL";
    COUNT_CODES = "SELECT count(*) AS found FROM recovery_code WHERE identity_id = $1 AND used_at IS NULL";
    DISABLE = "DELETE FROM two_factor WHERE identity_id = $1";
}
