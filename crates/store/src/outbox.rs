//! The outbox: e-mails that are to leave, and those that left. A mail and the job that sends it commit together with
//! what made it necessary. What it says is rendered when it is sent; tokens stand in no row.

use domain::clock::UtcMillis;
use domain::id::{IdentityId, MailId, PublicId};
use domain::job::{Job, Priority};
use domain::mail::{MailKind, MailState};
use serde_json::Value;

use crate::decode::{instant, json, known, optional, plain, public_id};
use crate::error::Result;
use crate::jobs;
use crate::listing::{COUNTED, Count, Direction, Listing, NumberPlace, PageKey, Place, Walk};
use crate::open::Store;
use crate::tx::Tx;

row! {
    /// An e-mail.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Mail {
        /// Row id.
        pub id: MailId = i64 => plain(MailId),
        /// Id in addresses.
        pub uuid: PublicId = String => public_id,
        /// What it is about.
        pub kind: MailKind = String => known(MailKind::from_key),
        /// Whom it is for, if that is somebody Portico knows.
        pub identity: Option<IdentityId> = Option<i64> => optional(IdentityId),
        /// The address it goes to.
        pub recipient: String,
        /// What its template needs.
        pub params: Value = String => json,
        /// How far it has got.
        pub state: MailState = String => known(MailState::from_key),
        /// How often sending was tried.
        pub attempts: i64,
        /// Why the last attempt failed.
        pub last_error: Option<String>,
        /// When it was written.
        pub created_at: UtcMillis = i64 => instant,
        /// When it was sent or given up.
        pub finished_at: Option<UtcMillis> = Option<i64> => optional(UtcMillis),
    }
}

/// Puts an e-mail into the outbox and enqueues its sending in the same transaction.
///
/// # Errors
/// As any statement.
pub async fn insert_mail(
    tx: &mut Tx,
    kind: MailKind,
    identity: Option<IdentityId>,
    recipient: &str,
    params: &Value,
) -> Result<MailId> {
    let id = tx.next_id("mail").await?;
    let now = tx.store().now();
    execute!(
        tx,
        INSERT,
        id,
        PublicId::new(now).as_str(),
        kind.key(),
        identity.map(|id| id.0),
        recipient,
        params.to_string(),
        now.0
    )?;
    enqueue(tx, MailId(id), kind).await?;
    Ok(MailId(id))
}

/// Puts an e-mail in and takes it out again in the same transaction. Whoever asks for a link to an address that nobody has
/// waits about as long as for one that somebody has.
///
/// # Errors
/// As any statement.
pub async fn insert_and_withdraw(tx: &mut Tx, recipient: &str) -> Result<()> {
    let nothing = Value::Object(serde_json::Map::new());
    let mail = insert_mail(tx, MailKind::ResetPassword, None, recipient, &nothing).await?;
    jobs::withdraw(tx, &Job::SendMail { mail }.unique_key()).await?;
    execute!(tx, REMOVE, mail.0).map(drop)
}

/// How many e-mails of a kind were written to an identity since an instant.
///
/// # Errors
/// As any statement.
pub async fn count_mail_in(
    tx: &mut Tx,
    identity: IdentityId,
    kind: MailKind,
    since: UtcMillis,
) -> Result<u64> {
    let found: Option<(i64,)> = tx_one!(tx, COUNT_OF, identity.0, kind.key(), since.0)?;
    Ok(found.map_or(0, |row| row.0.unsigned_abs()))
}

/// Whether an e-mail of a kind was written to an identity at this address since an instant.
///
/// # Errors
/// As any statement.
pub async fn is_written_in(
    tx: &mut Tx,
    identity: IdentityId,
    kind: MailKind,
    recipient: &str,
    since: UtcMillis,
) -> Result<bool> {
    let found: Option<(i64,)> = tx_one!(tx, WRITTEN, identity.0, kind.key(), recipient, since.0)?;
    Ok(found.is_some())
}

/// Thousands are welcomed at once; who asked for a link, or is told of a change, is written to before them.
const fn priority(kind: MailKind) -> Priority {
    match kind {
        MailKind::Welcome => Priority::Normal,
        MailKind::ResetPassword
        | MailKind::PasswordChanged
        | MailKind::TwoFactorChanged
        | MailKind::IntegrationPaused
        | MailKind::Test => Priority::Interactive,
    }
}

async fn enqueue(tx: &mut Tx, mail: MailId, kind: MailKind) -> Result<()> {
    let now = tx.store().now();
    jobs::enqueue(tx, &Job::SendMail { mail }, priority(kind), now).await?;
    tx.tell("mail", mail.0);
    Ok(())
}

/// One e-mail.
///
/// # Errors
/// As any statement.
pub async fn find_mail(store: &Store, id: MailId) -> Result<Option<Mail>> {
    read_one!(store, FIND, id.0)
}

/// One e-mail by its id in addresses.
///
/// # Errors
/// As any statement.
pub async fn find_mail_by_uuid(store: &Store, uuid: &PublicId) -> Result<Option<Mail>> {
    read_one!(store, FIND_BY_UUID, uuid.as_str())
}

/// The mail server took it; `false` when that was known already.
///
/// # Errors
/// As any statement.
pub async fn update_mail_sent(tx: &mut Tx, id: MailId) -> Result<bool> {
    let now = tx.store().now();
    tx.tell("mail", id.0);
    Ok(execute!(tx, SENT, id.0, now.0)? == 1)
}

/// An attempt failed; `given_up` says whether there is another.
///
/// # Errors
/// As any statement.
pub async fn update_mail_failed(
    tx: &mut Tx,
    id: MailId,
    error: &str,
    given_up: bool,
) -> Result<bool> {
    let now = tx.store().now();
    tx.tell("mail", id.0);
    let (state, finished) = if given_up {
        (MailState::Failed, Some(now.0))
    } else {
        (MailState::Waiting, None)
    };
    Ok(execute!(tx, FAILED, id.0, state.key(), error, finished)? == 1)
}

/// Sends an e-mail again that was given up; `false` when it was not.
///
/// # Errors
/// As any statement.
pub async fn retry_mail(tx: &mut Tx, id: MailId) -> Result<bool> {
    let found: Option<Mail> = tx_one!(tx, FIND, id.0)?;
    let Some(mail) = found.filter(|mail| mail.state == MailState::Failed) else {
        return Ok(false);
    };
    if execute!(tx, RETRY, id.0)? == 0 {
        return Ok(false);
    }
    enqueue(tx, id, mail.kind).await?;
    Ok(true)
}

/// Sends every e-mail again that was given up, at most 10,000 at a time, and says how many. One that was followed by
/// another of its kind to the same person stays as it is, so that nobody gets two.
///
/// # Errors
/// As any statement.
pub async fn retry_all_mail(tx: &mut Tx) -> Result<u64> {
    let failed: Vec<Mail> = tx_all!(tx, ALL_FAILED)?;
    let mut again = 0;
    for mail in failed {
        if execute!(tx, RETRY, mail.id.0)? == 1 {
            enqueue(tx, mail.id, mail.kind).await?;
            again += 1;
        }
    }
    Ok(again)
}

/// A page of e-mails, newest first, all or those of one state.
///
/// # Errors
/// As any statement.
pub async fn list_mail(
    store: &Store,
    state: Option<MailState>,
    page: Option<&PageKey>,
    limit: u32,
) -> Result<Listing<Mail>> {
    let walk = Walk::new(Direction::Descending, page, limit, false);
    let (bound, id) = walk.number_bound();
    let way = walk.read.index();
    let places: Vec<NumberPlace> = match state {
        None => {
            let sql = [KEYS_ASCENDING, KEYS_DESCENDING][way];
            read_all!(store, sql, bound, id, walk.asked())?
        }
        Some(state) => {
            let sql = [KEYS_STATE_ASCENDING, KEYS_STATE_DESCENDING][way];
            read_all!(store, sql, bound, id, walk.asked(), state.key())?
        }
    };
    let bounded = COUNTED as i64 + 1;
    let found: Option<(i64,)> = match state {
        None => read_one!(store, COUNT, bounded)?,
        Some(state) => read_one!(store, COUNT_STATE, bounded, state.key())?,
    };
    let count = Count::bounded(found.map_or(0, |row| row.0.unsigned_abs()), COUNTED);
    let page = walk.page(places.into_iter().map(Place::from).collect());
    let mut rows = Vec::with_capacity(page.ids.len());
    for id in &page.ids {
        rows.extend(find_mail(store, MailId(*id)).await?);
    }
    Ok(page.listing(rows, |mail| mail.id.0, count))
}

/// The newest e-mails to one identity, newest first.
///
/// # Errors
/// As any statement.
pub async fn list_mail_of(store: &Store, identity: IdentityId, limit: u32) -> Result<Vec<Mail>> {
    read_all!(store, LIST_OF, identity.0, i64::from(limit))
}

macro_rules! mail_row {
    () => {
        "SELECT id, uuid, kind, identity_id AS identity, recipient, params, state, attempts, last_error, created_at, finished_at FROM mail WHERE "
    };
}

macro_rules! mail_keys {
    ($condition:literal, $than:literal, $order:literal) => {
        concat!(
            "SELECT m.id AS id, m.created_at AS sort_key FROM mail m WHERE ",
            $condition,
            "(m.created_at, m.id) ",
            $than,
            " ($1, $2) ORDER BY m.created_at ",
            $order,
            ", m.id ",
            $order,
            " LIMIT $3"
        )
    };
}

statements! {
    INSERT = "INSERT INTO mail (id, uuid, kind, identity_id, recipient, params, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7)";
    REMOVE = "DELETE FROM mail WHERE id = $1";
    COUNT_OF = "SELECT count(*) AS found FROM mail WHERE identity_id = $1 AND kind = $2 AND created_at > $3";
    WRITTEN = "SELECT id AS found FROM mail WHERE identity_id = $1 AND kind = $2 AND recipient = $3 AND created_at > $4 LIMIT 1";
    FIND = concat!(mail_row!(), "id = $1");
    FIND_BY_UUID = concat!(mail_row!(), "uuid = $1");
    LIST_OF = concat!(mail_row!(), "identity_id = $1 ORDER BY id DESC LIMIT $2");
    SENT = "UPDATE mail SET state = 'sent', attempts = attempts + 1, last_error = NULL, finished_at = $2 WHERE id = $1 AND state <> 'sent'";
    FAILED = "UPDATE mail SET state = $2, attempts = attempts + 1, last_error = $3, finished_at = $4 WHERE id = $1 AND state <> 'sent'";
    ALL_FAILED = concat!(mail_row!(), "state = 'failed'
        AND NOT EXISTS (SELECT 1 FROM mail later WHERE later.identity_id = mail.identity_id AND later.kind = mail.kind AND later.id > mail.id)
        ORDER BY id LIMIT 10000");
    RETRY = "UPDATE mail SET state = 'waiting', finished_at = NULL WHERE id = $1 AND state = 'failed'";
    KEYS_ASCENDING = mail_keys!("", ">", "ASC");
    KEYS_DESCENDING = mail_keys!("", "<", "DESC");
    KEYS_STATE_ASCENDING = mail_keys!("m.state = $4 AND ", ">", "ASC");
    KEYS_STATE_DESCENDING = mail_keys!("m.state = $4 AND ", "<", "DESC");
    COUNT = "SELECT count(*) AS found FROM (SELECT 1 AS one FROM mail m LIMIT $1) counted";
    COUNT_STATE = "SELECT count(*) AS found FROM (SELECT 1 AS one FROM mail m WHERE m.state = $2 LIMIT $1) counted";
}
