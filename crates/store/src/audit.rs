//! The audit log: who changed what, before and after (rule X4). Entries are written in the transaction of the change
//! and are never changed or removed.

use domain::clock::UtcMillis;
use domain::id::IdentityId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decode::instant;
use crate::error::Result;
use crate::open::Store;
use crate::tx::Tx;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person who was signed in.
    Person {
        /// The identity.
        id: IdentityId,
        /// The name at that time.
        name: String,
    },
    /// An API key.
    ApiKey {
        /// Row id of the key.
        id: i64,
        /// The name at that time.
        name: String,
    },
    /// Whoever has a shell on the machine.
    CommandLine,
    /// Portico itself.
    System,
}

impl Actor {
    /// The name shown in the log and on runs.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Person { name, .. } | Self::ApiKey { name, .. } => name,
            Self::CommandLine => "Command line",
            Self::System => "Portico",
        }
    }

    const fn id(&self) -> Option<i64> {
        match self {
            Self::Person { id, .. } => Some(id.0),
            Self::ApiKey { id, .. } => Some(*id),
            Self::CommandLine | Self::System => None,
        }
    }

    /// Kind and name in one column: the kind tells which table the id is of.
    fn stored(&self) -> String {
        let kind = match self {
            Self::Person { .. } => "person",
            Self::ApiKey { .. } => "api_key",
            Self::CommandLine => "command_line",
            Self::System => "system",
        };
        format!("{kind}:{}", self.label())
    }
}

/// An entry to write. Values never hold secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// What, as a stable word: `integration.connect`, `role.update`.
    pub action: &'a str,
    /// Kind of the thing: `integration`, `identity`.
    pub subject_kind: &'a str,
    /// Its id in addresses, or another stable text.
    pub subject_id: &'a str,
    /// Its name at that time.
    pub subject_label: &'a str,
    /// How it was.
    pub before: Option<Value>,
    /// How it is.
    pub after: Option<Value>,
}

row! {
    /// A written entry.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AuditRow {
        /// Row id; grows with time.
        pub id: i64,
        /// When.
        pub at: UtcMillis = i64 => instant,
        /// Kind and name of who did it: `person:Ann`.
        pub actor: String,
        /// Row id of the actor, if it has one.
        pub actor_id: Option<i64>,
        /// What.
        pub action: String,
        /// Kind of the thing.
        pub subject_kind: String,
        /// Its id.
        pub subject_id: String,
        /// Its name at that time.
        pub subject_label: String,
        /// How it was, as JSON.
        pub before_state: Option<String>,
        /// How it is, as JSON.
        pub after_state: Option<String>,
    }
}

impl AuditRow {
    /// Kind of the actor, and the name it had.
    #[must_use]
    pub fn actor_parts(&self) -> (&str, &str) {
        actor_parts(&self.actor)
    }
}

/// Kind and name of an actor as it is stored: `person:Ann`.
#[must_use]
pub fn actor_parts(stored: &str) -> (&str, &str) {
    stored.split_once(':').unwrap_or(("system", stored))
}

/// Writes an entry.
///
/// # Errors
/// As any statement.
pub async fn insert_entry(tx: &mut Tx, entry: &AuditEntry<'_>) -> Result<()> {
    let id = tx.next_id("audit_entry").await?;
    let now = tx.store().now();
    let text = |value: &Option<Value>| value.as_ref().map(ToString::to_string);
    execute!(
        tx,
        INSERT,
        id,
        now.0,
        entry.actor.stored(),
        entry.actor.id(),
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.subject_label,
        text(&entry.before),
        text(&entry.after)
    )
    .map(drop)
}

/// Entries, newest first, older than the entry `before` (its instant and row id).
///
/// # Errors
/// As any statement.
pub async fn list_entries(
    store: &Store,
    before: Option<(UtcMillis, i64)>,
    limit: i64,
) -> Result<Vec<AuditRow>> {
    let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.0, id));
    read_all!(store, LIST, at, id, limit)
}

/// Entries about one thing, newest first, older than the row id `before`.
///
/// # Errors
/// As any statement.
pub async fn list_entries_of(
    store: &Store,
    subject_kind: &str,
    subject_id: &str,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditRow>> {
    read_all!(
        store,
        LIST_OF,
        subject_kind,
        subject_id,
        before.unwrap_or(i64::MAX),
        limit
    )
}

/// The newest entry of an action that a person left after an instant, inside a transaction.
///
/// # Errors
/// As any statement.
pub async fn find_entry_of_person_in(
    tx: &mut Tx,
    person: IdentityId,
    action: &str,
    after: UtcMillis,
) -> Result<Option<AuditRow>> {
    tx_one!(tx, OF_PERSON, after.0, person.0, action)
}

statements! {
    INSERT = "INSERT INTO audit_entry (id, at, actor, actor_id, action, subject_kind, subject_id, subject_label, before_state, after_state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    LIST = "SELECT * FROM audit_entry WHERE (at, id) < ($1, $2) ORDER BY at DESC, id DESC LIMIT $3";
    LIST_OF = "SELECT * FROM audit_entry WHERE subject_kind = $1 AND subject_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
    OF_PERSON = "SELECT * FROM audit_entry WHERE at > $1 AND actor_id = $2 AND actor LIKE 'person:%' AND action = $3
        ORDER BY at DESC, id DESC LIMIT 1";
}
