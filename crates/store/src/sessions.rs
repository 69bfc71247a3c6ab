//! Sessions: who is signed in where. Only a hash of the token is kept, so a stolen database signs nobody in.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, PublicId};

use crate::decode::{instant, known, plain, public_id};
use crate::error::Result;
use crate::identities::{
    Identity, MembershipStatus, StaffMember, find_identity, find_identity_kept_in,
    find_staff_member, find_staff_member_in,
};
use crate::open::Store;
use crate::tx::Tx;

/// A session ends after this long without a request.
pub const IDLE: i64 = 12 * UtcMillis::HOUR;
/// A session ends after this long whatever happens.
pub const ABSOLUTE: i64 = 7 * UtcMillis::DAY;
/// The last request is noted at most this often.
pub const SEEN_EVERY: i64 = 5 * UtcMillis::MINUTE;

/// How far a sign-in has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SessionStage {
    /// Signed in.
    #[default]
    Full,
    /// The password was right; the second factor is still asked for.
    SecondFactor,
    /// The role asks for a second factor, and the person has none yet.
    Enrol,
}

impl SessionStage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Full, Self::SecondFactor, Self::Enrol];

    /// The stable key stored in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::SecondFactor => "second_factor",
            Self::Enrol => "enrol",
        }
    }

    /// The stage with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.key() == key)
    }
}

row! {
    /// A session.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Session {
        /// Hash of the token in the cookie.
        pub token_hash: String,
        /// Id in addresses, to list and revoke it.
        pub uuid: PublicId = String => public_id,
        /// Who it is.
        pub identity_id: IdentityId = i64 => plain(IdentityId),
        /// Token that forms carry.
        pub csrf_token: String,
        /// Browser, as it calls itself.
        pub user_agent: String,
        /// Network address at sign-in.
        pub address: String,
        /// When it began.
        pub created_at: UtcMillis = i64 => instant,
        /// When it was last used, to within five minutes.
        pub last_seen_at: UtcMillis = i64 => instant,
        /// When it ends at the latest.
        pub expires_at: UtcMillis = i64 => instant,
        /// How far the sign-in has got.
        pub stage: SessionStage = String => known(SessionStage::from_key),
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("uuid", &self.uuid)
            .field("identity_id", &self.identity_id)
            .finish_non_exhaustive()
    }
}

/// A session to begin.
#[derive(Clone)]
pub struct NewSession<'a> {
    /// Hash of the token in the cookie.
    pub token_hash: &'a str,
    /// Who it is.
    pub identity: IdentityId,
    /// Token that forms carry.
    pub csrf_token: &'a str,
    /// Browser.
    pub user_agent: &'a str,
    /// Network address.
    pub address: &'a str,
    /// How far the sign-in has got.
    pub stage: SessionStage,
}

impl std::fmt::Debug for NewSession<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// A valid session with what its identity may do at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The identity.
    pub identity: Identity,
    /// Its staff membership, when it is active.
    pub staff: Option<StaffMember>,
}

/// Begins a session.
///
/// # Errors
/// As any statement.
pub async fn insert_session(tx: &mut Tx, new: &NewSession<'_>) -> Result<()> {
    let now = tx.store().now();
    execute!(
        tx,
        INSERT,
        new.token_hash,
        PublicId::new(now).as_str(),
        new.identity.0,
        new.csrf_token,
        new.user_agent,
        new.address,
        now.0,
        now.plus(ABSOLUTE).0,
        new.stage.key()
    )
    .map(drop)
}

/// Begins the session of staff whose password was found right, if it is still the one set at that instant and the person
/// may still sign in; `false` when not. A change that commits meanwhile either ends the session or is seen here.
///
/// # Errors
/// As any statement.
pub async fn insert_verified_session(
    tx: &mut Tx,
    new: &NewSession<'_>,
    password_changed_at: Option<UtcMillis>,
) -> Result<bool> {
    let identity = find_identity_kept_in(tx, new.identity).await?;
    let same = identity.is_some_and(|identity| identity.password_changed_at == password_changed_at);
    let staff = find_staff_member_in(tx, new.identity).await?;
    if !same || staff.is_none_or(|staff| staff.status != MembershipStatus::Active) {
        return Ok(false);
    }
    insert_session(tx, new).await?;
    Ok(true)
}

/// The session of a token if it has not ended, with identity and rights as they are now; notes the use.
///
/// # Errors
/// As any statement.
pub async fn find_signed_in(store: &Store, token_hash: &str) -> Result<Option<SignedIn>> {
    let now = store.now();
    let found: Option<Session> = read_one!(store, FIND, token_hash, now.0, now.plus(-IDLE).0)?;
    let Some(session) = found else {
        return Ok(None);
    };
    let Some(identity) = find_identity(store, session.identity_id).await? else {
        return Ok(None);
    };
    let staff = find_staff_member(store, session.identity_id)
        .await?
        .filter(|member| member.status == MembershipStatus::Active);
    if now.since(session.last_seen_at) >= SEEN_EVERY {
        let mut tx = store.begin().await?;
        execute!(tx, SEEN, token_hash, now.0)?;
        tx.commit().await?;
    }
    Ok(Some(SignedIn {
        session,
        identity,
        staff,
    }))
}

/// Takes a session to another stage; with it goes another token ([`update_token`]).
///
/// # Errors
/// As any statement.
pub async fn update_stage(tx: &mut Tx, token_hash: &str, stage: SessionStage) -> Result<bool> {
    Ok(execute!(tx, UPDATE_STAGE, token_hash, stage.key())? == 1)
}

/// Gives a session another token, after signing in or a change of rights; its end stays.
///
/// # Errors
/// As any statement.
pub async fn update_token(
    tx: &mut Tx,
    token_hash: &str,
    new_token_hash: &str,
    new_csrf_token: &str,
) -> Result<bool> {
    Ok(execute!(tx, UPDATE_TOKEN, token_hash, new_token_hash, new_csrf_token)? == 1)
}

/// Sessions of an identity that are signed in and have not ended, last used first.
///
/// # Errors
/// As any statement.
pub async fn list_sessions(store: &Store, identity: IdentityId) -> Result<Vec<Session>> {
    let now = store.now();
    read_all!(store, LIST, identity.0, now.0, now.plus(-IDLE).0)
}

/// Ends the session of a token.
///
/// # Errors
/// As any statement.
pub async fn remove_session(tx: &mut Tx, token_hash: &str) -> Result<bool> {
    Ok(execute!(tx, REMOVE, token_hash)? == 1)
}

/// Ends one session of an identity from its list.
///
/// # Errors
/// As any statement.
pub async fn remove_session_by_uuid(
    tx: &mut Tx,
    identity: IdentityId,
    uuid: &PublicId,
) -> Result<bool> {
    Ok(execute!(tx, REMOVE_BY_UUID, identity.0, uuid.as_str())? == 1)
}

/// Ends all sessions of an identity, except the one of a token; answers how many.
///
/// # Errors
/// As any statement.
pub async fn remove_sessions(
    tx: &mut Tx,
    identity: IdentityId,
    except: Option<&str>,
) -> Result<u64> {
    execute!(tx, REMOVE_ALL, identity.0, except.unwrap_or(""))
}

statements! {
    INSERT = "INSERT INTO session (token_hash, uuid, identity_id, csrf_token, user_agent, address, created_at, last_seen_at, expires_at, stage)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)";
    FIND = "SELECT * FROM session WHERE token_hash = $1 AND expires_at > $2 AND last_seen_at > $3";
    SEEN = "UPDATE session SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2";
    UPDATE_STAGE = "UPDATE session SET stage = $2 WHERE token_hash = $1";
    UPDATE_TOKEN = "UPDATE session SET token_hash = $2, csrf_token = $3 WHERE token_hash = $1";
    LIST = "SELECT * FROM session WHERE identity_id = $1 AND expires_at > $2 AND last_seen_at > $3 AND stage = 'full' ORDER BY last_seen_at DESC, uuid";
    REMOVE = "DELETE FROM session WHERE token_hash = $1";
    REMOVE_BY_UUID = "DELETE FROM session WHERE identity_id = $1 AND uuid = $2";
    REMOVE_ALL = "DELETE FROM session WHERE identity_id = $1 AND token_hash <> $2";
}
