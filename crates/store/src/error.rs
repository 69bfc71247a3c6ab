//! What can go wrong in the store. Absence is an `Option`, not an error.

use std::error::Error as StdError;
use std::fmt;

/// A result of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What kind of trouble it is: what a caller decides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// A row with the same unique value exists. `constraint` is named the same on both engines:
    /// `identity_email_key_key` for the column `email_key` of the table `identity`.
    Conflict {
        /// The unique constraint.
        constraint: String,
    },
    /// A row that is pointed at is missing, or a row that others point at was to go.
    Reference,
    /// The database does not answer, or is overloaded. Trying again later may help.
    Unavailable,
    /// Another process has the database.
    InUse,
    /// The database was written by a newer Portico.
    Newer,
    /// A stored value cannot be read, or the file is damaged.
    Corrupt,
    /// A master key is not in the key ring.
    KeyMissing {
        /// The fingerprint of the missing key, if it is known.
        key: Option<String>,
    },
    /// The configuration does not allow what was asked.
    Configuration,
    /// Anything else.
    Unexpected,
}

/// An error of the store: a kind, a sentence for the log or an operator, and the cause.
#[derive(Debug)]
pub struct StoreError {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// An error with a sentence.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// The same with a cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of trouble it is.
    #[must_use]
    pub const fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Whether a unique value was taken already.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self.kind, ErrorKind::Conflict { .. })
    }

    /// Whether a row that is pointed at is missing, or others point at one that was to go.
    #[must_use]
    pub const fn is_reference(&self) -> bool {
        matches!(self.kind, ErrorKind::Reference)
    }

    /// Whether the same may succeed later.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable | ErrorKind::InUse)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let kind = classify(&error);
        let message = match &kind {
            ErrorKind::Conflict { constraint } => format!("already taken: {constraint}"),
            ErrorKind::Reference => "a row this one belongs to is missing".to_owned(),
            ErrorKind::Unavailable => format!("the database does not answer: {error}"),
            ErrorKind::Corrupt => format!("a stored value cannot be read: {error}"),
            _ => format!("the database refused a statement: {error}"),
        };
        Self::new(kind, message).because(error)
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(
            ErrorKind::Corrupt,
            format!("a stored value is no valid JSON: {error}"),
        )
        .because(error)
    }
}

fn classify(error: &sqlx::Error) -> ErrorKind {
    use sqlx::Error as E;
    match error {
        E::Database(database) => classify_database(database.as_ref()),
        E::Io(_)
        | E::Tls(_)
        | E::PoolTimedOut
        | E::PoolClosed
        | E::WorkerCrashed
        | E::Protocol(_) => ErrorKind::Unavailable,
        E::ColumnDecode { .. } | E::Decode(_) => ErrorKind::Corrupt,
        _ => ErrorKind::Unexpected,
    }
}

fn classify_database(error: &dyn sqlx::error::DatabaseError) -> ErrorKind {
    if error.is_unique_violation() {
        return ErrorKind::Conflict {
            constraint: constraint(error),
        };
    }
    if error.is_foreign_key_violation() {
        return ErrorKind::Reference;
    }
    let code = error.code().unwrap_or_default();
    // PostgreSQL: connection trouble, shutdown, out of resources, serialization and deadlock. SQLite (extended
    // codes): busy, locked, I/O error, full, cannot open; then corrupt and not a database.
    let temporary = match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 10 | 13 | 14),
        _ => {
            ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class))
                || code == "40001"
                || code == "40P01"
        }
    };
    if temporary {
        ErrorKind::Unavailable
    } else if code
        .parse::<u32>()
        .is_ok_and(|number| code.len() < 5 && matches!(number & 0xff, 11 | 26))
    {
        ErrorKind::Corrupt
    } else {
        ErrorKind::Unexpected
    }
}

/// SQLite says `UNIQUE constraint failed: identity.email_key`; PostgreSQL names a column's constraint
/// `identity_email_key_key`. The first is rewritten as the second.
fn constraint(error: &dyn sqlx::error::DatabaseError) -> String {
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let message = error.message();
    let Some((_, columns)) = message.split_once("constraint failed: ") else {
        return message.to_owned();
    };
    if let Some(index) = columns.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name.push_str("_key");
    name
}
