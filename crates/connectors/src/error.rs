//! What can go wrong between Portico and a vendor: one struct with a kind, as every caller needs it.

use std::fmt;

use domain::hint::Hint;

use crate::page::PermissionFinding;

/// Result of a connector operation.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of failure it is; decides about retry, status and hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The vendor does not accept the credentials.
    AuthFailed,
    /// The credentials lack a right.
    PermissionDenied,
    /// The record or route does not exist.
    NotFound,
    /// The request was refused as wrong, or a setting cannot be used.
    Invalid,
    /// It clashes with something that exists.
    Conflict,
    /// The request limit is used up.
    RateLimited,
    /// The vendor cannot be reached or answers with a fault of its own.
    Unavailable,
    /// This connector cannot do that.
    Unsupported,
    /// An answer that fits no expectation.
    Unexpected,
}

/// A failure of a connector operation.
#[derive(Debug)]
pub struct Error {
    /// What kind.
    pub kind: ErrorKind,
    /// The operation, such as `list tickets`.
    pub operation: &'static str,
    /// The vendor's own words, or ours where there are none. Never holds a secret.
    pub message: String,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// How long the vendor asks to wait, in milliseconds.
    pub retry_after: Option<i64>,
    /// The form field the failure belongs to, when one is known.
    pub field: Option<&'static str>,
    /// The form fields of which one is wrong, where the vendor does not tell which; `field` is among them.
    pub among: &'static [&'static str],
    /// Whether the request surely had no effect: it never left, or was refused before anything was done.
    pub no_effect: bool,
    /// What to check, when it is more particular than what the kind tells.
    pub hint: Option<Hint>,
    /// The right that is missing, as *Test Connection* names it.
    pub right: Option<Box<PermissionFinding>>,
    /// The cause.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure of this kind.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            operation,
            message: message.into(),
            status: None,
            retry_after: None,
            field: None,
            among: &[],
            no_effect: false,
            hint: None,
            right: None,
            source: None,
        }
    }

    /// With the HTTP status.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With the wait the vendor asks for.
    #[must_use]
    pub const fn with_retry_after(mut self, millis: Option<i64>) -> Self {
        self.retry_after = millis;
        self
    }

    /// With the form field it belongs to.
    #[must_use]
    pub const fn with_field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// With all the fields it may belong to.
    #[must_use]
    pub const fn with_among(mut self, fields: &'static [&'static str]) -> Self {
        self.among = fields;
        self
    }

    /// With a particular hint.
    #[must_use]
    pub const fn with_hint(mut self, hint: Hint) -> Self {
        self.hint = Some(hint);
        self
    }

    /// With the right that is missing.
    #[must_use]
    pub fn with_right(mut self, right: PermissionFinding) -> Self {
        self.right = Some(Box::new(right));
        self
    }

    /// Marked as surely without effect.
    #[must_use]
    pub const fn without_effect(mut self) -> Self {
        self.no_effect = true;
        self
    }

    /// With its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    /// Whether trying again later may help.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self.kind, ErrorKind::RateLimited | ErrorKind::Unavailable)
    }

    /// What a person should check.
    #[must_use]
    pub const fn hint(&self) -> Option<Hint> {
        if self.hint.is_some() {
            return self.hint;
        }
        match self.kind {
            ErrorKind::AuthFailed => Some(Hint::Credentials),
            ErrorKind::PermissionDenied => Some(Hint::Permissions),
            ErrorKind::RateLimited => Some(Hint::RateLimit),
            ErrorKind::Unavailable => match self.status {
                Some(_) => Some(Hint::VendorTrouble),
                None => Some(Hint::Network),
            },
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.message)?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn std::error::Error + 'static))
    }
}
