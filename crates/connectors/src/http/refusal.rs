//! What a status means where a vendor has no rule of its own.

use domain::hint::Hint;

use crate::error::{Error, ErrorKind};
use crate::http::send::Answer;

/// A refusal being put into words.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What it means.
    pub kind: ErrorKind,
    /// The vendor's own words, without secrets; empty when it said nothing a person can read.
    pub words: String,
}

impl Refusal {
    /// What the status alone tells, in the vendor's words.
    #[must_use]
    pub fn by_status(answer: &Answer, words: String) -> Self {
        let kind = match answer.status {
            300..=399 => ErrorKind::Unexpected,
            401 => ErrorKind::AuthFailed,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            500.. => ErrorKind::Unavailable,
            _ => ErrorKind::Invalid,
        };
        Self { kind, words }
    }

    /// The error, with what stands in for the vendor's words where it has none.
    #[must_use]
    pub fn error(self, vendor: &str, operation: &'static str, answer: &Answer) -> Error {
        let message = if self.words.is_empty() {
            plain(self.kind, vendor)
        } else {
            self.words
        };
        let error = Error::new(self.kind, operation, message).with_status(answer.status);
        match self.kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable => {
                error.with_retry_after(answer.retry_after)
            }
            ErrorKind::PermissionDenied => error.with_hint(Hint::Permissions),
            _ => error,
        }
    }
}

/// A sentence for a refusal without words.
fn plain(kind: ErrorKind, vendor: &str) -> String {
    match kind {
        ErrorKind::AuthFailed => format!("{vendor} did not accept the credentials."),
        ErrorKind::PermissionDenied => {
            "the credentials do not have the permission for this".to_owned()
        }
        ErrorKind::NotFound => format!("{vendor} has nothing at this address"),
        ErrorKind::Conflict => "this clashes with something that exists".to_owned(),
        ErrorKind::RateLimited => format!("the request limit of this {vendor} is used up"),
        ErrorKind::Unavailable => format!("{vendor} answers with an error page of its own"),
        ErrorKind::Unexpected => {
            format!("{vendor} sent us to another address, which was not followed")
        }
        ErrorKind::Invalid | ErrorKind::Unsupported => {
            format!("{vendor} refused the request without a reason")
        }
    }
}
