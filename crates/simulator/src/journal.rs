//! The journal: what was asked of a sandbox and what it answered.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Entries kept; older ones are dropped, the count goes on.
const KEPT: usize = 20_000;
/// Characters of a request body kept.
const BODY_KEPT: usize = 4_096;

/// One request and its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Number of the request since the sandbox started, from 1.
    pub sequence: u64,
    /// When it came in, on the sandbox clock.
    pub at_ms: i64,
    /// HTTP method.
    pub method: String,
    /// Path as sent.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Body as text, cut after 4,096 characters.
    pub body: String,
    /// Entity the request was about.
    pub entity: Option<String>,
    /// Resource the caller acted for, where the vendor has impersonation.
    pub acting_for: Option<i64>,
    /// Status answered; 0 when the connection was closed without an answer.
    pub status: u16,
    /// Records in the answer, for pages.
    pub records: Option<usize>,
    /// The fault that met the request.
    pub fault: Option<String>,
    /// The body answered, as text, while answers are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

#[derive(Default)]
struct Kept {
    answers: bool,
    total: u64,
    entries: VecDeque<JournalEntry>,
}

/// The requests of one sandbox.
#[derive(Default)]
pub struct Journal(Mutex<Kept>);

impl Journal {
    /// Notes a request; its `sequence` is set here.
    pub fn note(&self, mut entry: JournalEntry) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.total += 1;
        entry.sequence = kept.total;
        if kept.entries.len() == KEPT {
            kept.entries.pop_front();
        }
        kept.entries.push_back(entry);
    }

    /// The entries kept, oldest first.
    pub fn entries(&self) -> Vec<JournalEntry> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entries.iter().cloned().collect()
    }

    /// Keeps the bodies of answers from now on.
    pub fn keep_answers(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers = true;
    }

    /// Whether the bodies of answers are kept.
    pub fn keeps_answers(&self) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers
    }

    /// Forgets the entries; the count goes on.
    pub fn clear(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.entries.clear();
    }

    /// Requests since the sandbox started.
    pub fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

/// The part of a body that is kept.
pub fn body_text(body: &[u8]) -> String {
    String::from_utf8_lossy(body)
        .chars()
        .take(BODY_KEPT)
        .collect()
}
