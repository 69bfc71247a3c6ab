//! Sign-in identities, and what they are members of: the MSP's staff, companies, or both.

pub(crate) mod memberships;

use domain::account::Notifications;
use domain::clock::UtcMillis;
use domain::email::{email_address, email_key, email_skeleton, looks_like, mailbox};
use domain::id::{IdentityId, PublicId};
use domain::text::name_key;

use crate::decode::{instant, json, optional, plain, public_id};
use crate::error::{ErrorKind, Result, StoreError};
use crate::open::Store;
use crate::text_search::update_indexed_in;
use crate::tx::Tx;
use crate::{account_links, two_factor};

pub use memberships::{
    CompanyMembership, MembershipStatus, StaffMember, count_active_staff, count_active_staff_in,
    find_staff_member, find_staff_member_in, first_company_in, list_company_memberships,
    list_staff, list_staff_in, lock_staff, remove_company_membership, upsert_company_membership,
    upsert_staff_membership,
};

row! {
    /// Somebody who can sign in, or will be able to.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Identity {
        /// Row id.
        pub id: IdentityId = i64 => plain(IdentityId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// E-mail as typed.
        pub email: String,
        /// Name.
        pub name: String,
        /// Hash of the password in PHC form; none: cannot sign in with one.
        pub password_hash: Option<String>,
        /// When it was last set.
        pub password_changed_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
        /// Time zone chosen, by its IANA name.
        pub time_zone: Option<String>,
        /// Job title.
        pub job_title: Option<String>,
        /// Phone number.
        pub phone: Option<String>,
        /// Language chosen, by its tag.
        pub language: Option<String>,
        /// What it wants to be told.
        pub notifications: Notifications = String => json,
        /// When it was made.
        pub created_at: UtcMillis = i64 => instant,
        /// When it last signed in.
        pub last_sign_in_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("id", &self.id)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// Somebody to keep.
#[derive(Clone, Default)]
pub struct NewIdentity<'a> {
    /// E-mail, unique in its normal form.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
    /// Hash of the password.
    pub password_hash: Option<&'a str>,
    /// Time zone.
    pub time_zone: Option<&'a str>,
    /// Job title.
    pub job_title: Option<&'a str>,
    /// Phone number.
    pub phone: Option<&'a str>,
    /// Language.
    pub language: Option<&'a str>,
}

impl std::fmt::Debug for NewIdentity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIdentity")
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// What somebody may change about an identity.
#[derive(Debug, Clone)]
pub struct Profile<'a> {
    /// Name.
    pub name: &'a str,
    /// E-mail, unique in its normal form.
    pub email: &'a str,
    /// Job title.
    pub job_title: Option<&'a str>,
    /// Phone number.
    pub phone: Option<&'a str>,
    /// Time zone.
    pub time_zone: Option<&'a str>,
    /// Language.
    pub language: Option<&'a str>,
    /// What it wants to be told.
    pub notifications: &'a Notifications,
}

/// Whether somebody may have an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailState {
    /// Nobody has it.
    Free,
    /// It is no e-mail address.
    Invalid,
    /// This identity has it, in some spelling.
    Taken(IdentityId),
    /// This identity has one that can be mistaken for it.
    LooksLike(IdentityId),
}

/// An address as it is kept, its normal form and what it looks like.
struct Address {
    kept: String,
    key: String,
    skeleton: String,
}

impl Address {
    /// One that is new to somebody.
    fn read(email: &str) -> Result<Self> {
        Self::of(email_address(email))
    }

    /// One that somebody may have had before it took a host of the internet.
    fn read_again(email: &str) -> Result<Self> {
        Self::of(mailbox(email))
    }

    fn of(kept: Option<String>) -> Result<Self> {
        let key = kept.as_deref().and_then(email_key);
        match (kept, key) {
            (Some(kept), Some(key)) => Ok(Self {
                kept,
                skeleton: email_skeleton(&key),
                key,
            }),
            _ => Err(StoreError::new(
                ErrorKind::Configuration,
                "this is no e-mail address",
            )),
        }
    }
}

row! {
    struct KeyRow {
        id: i64,
        email_key: String,
    }
}

/// Whether somebody may have an address: nobody else has it in any spelling, nor one that can be mistaken for it.
///
/// # Errors
/// As any statement.
pub async fn email_state_in(
    tx: &mut Tx,
    email: &str,
    except: Option<IdentityId>,
) -> Result<EmailState> {
    let Ok(address) = Address::read(email) else {
        return Ok(EmailState::Invalid);
    };
    let except = except.map_or(0, |id| id.0);
    let rows: Vec<KeyRow> = tx_all!(tx, FIND_ALIKE, &address.key, &address.skeleton, except)?;
    if let Some(same) = rows.iter().find(|row| row.email_key == address.key) {
        return Ok(EmailState::Taken(IdentityId(same.id)));
    }
    Ok(rows
        .iter()
        .find(|row| looks_like(&row.email_key, &address.key))
        .map_or(EmailState::Free, |row| {
            EmailState::LooksLike(IdentityId(row.id))
        }))
}

/// Keeps a new identity. Whether its address looks like another's is for the caller to ask; see [`email_state_in`].
///
/// # Errors
/// `Conflict` on `identity_email_key_key` when the address is taken; `Configuration` when it is none.
pub async fn insert_identity(tx: &mut Tx, new: &NewIdentity<'_>) -> Result<IdentityId> {
    let address = Address::read(new.email)?;
    let id = tx.next_id("identity").await?;
    let now = tx.store().now();
    let changed = new.password_hash.map(|_| now.0);
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        &address.kept,
        &address.key,
        &address.skeleton,
        new.name,
        new.password_hash,
        changed,
        new.time_zone,
        new.job_title,
        new.phone,
        new.language,
        now.0,
        name_key(new.name)
    )?;
    Ok(IdentityId(id))
}

/// One identity.
///
/// # Errors
/// As any statement.
pub async fn find_identity(store: &Store, id: IdentityId) -> Result<Option<Identity>> {
    read_one!(store, FIND, id.0)
}

/// One identity as this transaction sees it.
///
/// # Errors
/// As any statement.
pub async fn find_identity_in(tx: &mut Tx, id: IdentityId) -> Result<Option<Identity>> {
    tx_one!(tx, FIND, id.0)
}

/// One identity by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Identity>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// One identity by its e-mail in any spelling.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_email(store: &Store, email: &str) -> Result<Option<Identity>> {
    match email_key(email) {
        Some(key) => read_one!(store, FIND_BY_EMAIL, key.as_str()),
        None => Ok(None),
    }
}

/// One identity inside a transaction, which on both engines keeps it as it is until the commit.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_uuid_in(tx: &mut Tx, uuid: &PublicId) -> Result<Option<Identity>> {
    execute!(tx, LOCK, uuid.as_str())?;
    tx_one!(tx, FIND_BY_UUID, uuid.as_str())
}

/// One identity by its e-mail in any spelling, inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn find_identity_by_email_in(tx: &mut Tx, email: &str) -> Result<Option<Identity>> {
    match email_key(email) {
        Some(key) => tx_one!(tx, FIND_BY_EMAIL, key.as_str()),
        None => Ok(None),
    }
}

/// The same by its row id.
///
/// # Errors
/// As any statement.
pub async fn find_identity_kept_in(tx: &mut Tx, id: IdentityId) -> Result<Option<Identity>> {
    execute!(tx, LOCK_BY_ID, id.0)?;
    find_identity_in(tx, id).await
}

/// Changes what somebody may change; answers whether the identity is there. With another address, links that were sent
/// to the one before let nobody in any more.
///
/// # Errors
/// `Conflict` when the address is taken; `Configuration` when it is none.
pub async fn update_profile(tx: &mut Tx, id: IdentityId, profile: &Profile<'_>) -> Result<bool> {
    let address = Address::read_again(profile.email)?;
    let notifications = serde_json::to_string(profile.notifications)?;
    let before = find_identity_kept_in(tx, id).await?;
    if before.is_some_and(|before| email_key(&before.email).as_ref() != Some(&address.key)) {
        account_links::remove_links(tx, id).await?;
    }
    let found = execute!(
        tx,
        UPDATE,
        id.0,
        profile.name,
        &address.kept,
        &address.key,
        &address.skeleton,
        profile.job_title,
        profile.phone,
        profile.time_zone,
        profile.language,
        &notifications,
        name_key(profile.name)
    )?;
    update_indexed_in(tx, "identity", &[id.0]).await?;
    memberships::copy_name(tx, id, profile.name, &address.key).await?;
    Ok(found == 1)
}

/// Sets the hash of a new password and answers when. Links to choose one are spent, and authenticator keys that wait for
/// a first code forgotten. Ending the other sessions is the caller's part.
///
/// # Errors
/// As any statement.
pub async fn update_password(
    tx: &mut Tx,
    id: IdentityId,
    password_hash: &str,
) -> Result<UtcMillis> {
    let now = tx.store().now();
    execute!(tx, UPDATE_PASSWORD, id.0, password_hash, now.0)?;
    account_links::spend_links(tx, id).await?;
    two_factor::remove_pending_secrets(tx, id).await?;
    Ok(now)
}

/// Replaces a hash by one of the same password with newer parameters, if it is still the same password.
///
/// # Errors
/// As any statement.
pub async fn update_password_hash(
    tx: &mut Tx,
    id: IdentityId,
    old_hash: &str,
    new_hash: &str,
) -> Result<()> {
    execute!(tx, UPDATE_HASH, id.0, old_hash, new_hash).map(drop)
}

/// Notes a sign-in.
///
/// # Errors
/// As any statement.
pub async fn update_last_sign_in(tx: &mut Tx, id: IdentityId) -> Result<()> {
    let now = tx.store().now();
    execute!(tx, SIGNED_IN, id.0, now.0)?;
    memberships::copy_sign_in(tx, id).await
}

statements! {
    INSERT = "INSERT INTO identity (id, uuid, email, email_key, email_skeleton, name, password_hash, password_changed_at, time_zone,
            job_title, phone, language, created_at, name_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    FIND_ALIKE = "SELECT id, email_key FROM identity WHERE email_key = $1 AND id <> $3
        UNION SELECT id, email_key FROM identity WHERE email_skeleton = $2 AND id <> $3 ORDER BY id LIMIT 50";
    LOCK = "UPDATE identity SET created_at = created_at WHERE uuid = $1";
    LOCK_BY_ID = "UPDATE identity SET created_at = created_at WHERE id = $1";
    FIND = "SELECT * FROM identity WHERE id = $1";
    FIND_BY_UUID = "SELECT * FROM identity WHERE uuid = $1";
    FIND_BY_EMAIL = "SELECT * FROM identity WHERE email_key = $1";
    UPDATE = "UPDATE identity SET name = $2, email = $3, email_key = $4, email_skeleton = $5, job_title = $6, phone = $7, time_zone = $8,
            language = $9, notifications = $10, name_key = $11 WHERE id = $1";
    UPDATE_PASSWORD = "UPDATE identity SET password_hash = $2, password_changed_at = $3 WHERE id = $1";
    UPDATE_HASH = "UPDATE identity SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    SIGNED_IN = "UPDATE identity SET last_sign_in_at = $2 WHERE id = $1";
}
