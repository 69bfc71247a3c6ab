//! Links in e-mails that lead to the page where a password is set. Only a hash of the token is kept, so a stolen
//! database lets nobody in; each may be used once, and using one spends all others of the identity.

use domain::account::LinkPurpose;
use domain::clock::UtcMillis;
use domain::id::IdentityId;

use crate::decode::{instant, known, optional, plain};
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// A link.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AccountLink {
        /// Whom it lets in.
        pub identity: IdentityId = i64 => plain(IdentityId),
        /// What for.
        pub purpose: LinkPurpose = String => known(LinkPurpose::from_key),
        /// Who had it sent; none: the person, or Portico.
        pub created_by: Option<IdentityId> = Option<i64> => optional(IdentityId),
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
        /// Until when it may be used.
        pub expires_at: UtcMillis = i64 => instant,
        /// When it was used, or spent by the use of another.
        pub used_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

/// What a link is worth at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It may be used.
    Valid(AccountLink),
    /// It was used, or spent by the use of another.
    Used(AccountLink),
    /// Its time is over.
    Expired(AccountLink),
    /// There is none of this token: mistyped, or withdrawn.
    Unknown,
}

/// Keeps a link by the hash of its token.
///
/// # Errors
/// `Reference` when the identity does not exist.
pub async fn insert_link(
    tx: &mut Tx,
    identity: IdentityId,
    purpose: LinkPurpose,
    token_hash: &str,
    expires_at: UtcMillis,
    created_by: Option<IdentityId>,
) -> Result<()> {
    let now = tx.store().now();
    execute!(
        tx,
        INSERT,
        token_hash,
        identity.0,
        purpose.key(),
        created_by.map(|id| id.0),
        now.0,
        expires_at.0
    )
    .map(drop)
}

/// What the link of a token is worth; changes nothing.
///
/// # Errors
/// As any statement.
pub async fn find_link(store: &Store, token_hash: &str) -> Result<LinkState> {
    let now = store.now();
    let found: Option<AccountLink> = read_one!(store, FIND, token_hash)?;
    Ok(match found {
        None => LinkState::Unknown,
        Some(link) if link.used_at.is_some() => LinkState::Used(link),
        Some(link) if link.expires_at <= now => LinkState::Expired(link),
        Some(link) => LinkState::Valid(link),
    })
}

/// Uses a link, once, and spends every other one of the identity. `None` when it may not be used; [`find_link`] tells
/// why. Of two at once only one gets it.
///
/// # Errors
/// As any statement.
pub async fn take_link(tx: &mut Tx, token_hash: &str) -> Result<Option<AccountLink>> {
    let now = tx.store().now();
    // Writing the identity makes two uses of its links wait for each other, whichever links they are.
    execute!(tx, LOCK_IDENTITY, token_hash)?;
    let taken: Option<AccountLink> = tx_one!(tx, TAKE, token_hash, now.0)?;
    if let Some(link) = &taken {
        spend_links(tx, link.identity).await?;
    }
    Ok(taken)
}

/// Spends every link of an identity that may still be used, since what it was sent for has changed; answers how many.
///
/// # Errors
/// As any statement.
pub async fn spend_links(tx: &mut Tx, identity: IdentityId) -> Result<u64> {
    let now = tx.store().now();
    execute!(tx, SPEND, identity.0, now.0)
}

/// Withdraws every link of an identity; answers how many.
///
/// # Errors
/// As any statement.
pub async fn remove_links(tx: &mut Tx, identity: IdentityId) -> Result<u64> {
    execute!(tx, REMOVE, identity.0)
}

statements! {
    INSERT = "INSERT INTO account_link (token_hash, identity_id, purpose, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT identity_id AS identity, purpose, created_by, created_at, expires_at, used_at FROM account_link WHERE token_hash = $1";
    LOCK_IDENTITY = "UPDATE identity SET created_at = created_at WHERE id = (SELECT link.identity_id FROM account_link AS link WHERE link.token_hash = $1)";
    TAKE = "UPDATE account_link SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
        RETURNING identity_id AS identity, purpose, created_by, created_at, expires_at, used_at";
    SPEND = "UPDATE account_link SET used_at = $2 WHERE identity_id = $1 AND used_at IS NULL";
    REMOVE = "DELETE FROM account_link WHERE identity_id = $1";
}
