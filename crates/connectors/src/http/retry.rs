//! Short waits inside one read, so that a hiccup costs a second and not a job.
//!
//! Only reads are repeated, only after temporary failures, at most twice. A wait longer than five seconds is the
//! job's business: the error goes back with `retry_after`. Refusals (any 4xx but a 429 that names a short wait, and
//! server errors that carry the vendor's own error body) are not temporary and come straight back.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// Longest wait slept here, in milliseconds.
pub const INLINE_LIMIT: i64 = 5_000;

/// Most repeats of one read.
const REPEATS: u32 = 2;

/// First wait without a word from the vendor, in milliseconds; doubled each time.
const FIRST_WAIT: i64 = 400;

/// The patience left for one request.
#[derive(Debug)]
pub struct Retry {
    repeats_left: u32,
    wait: i64,
}

impl Retry {
    /// For a read: may be repeated.
    #[must_use]
    pub const fn reads() -> Self {
        Self {
            repeats_left: REPEATS,
            wait: FIRST_WAIT,
        }
    }

    /// For everything else: never repeated.
    #[must_use]
    pub const fn never() -> Self {
        Self {
            repeats_left: 0,
            wait: FIRST_WAIT,
        }
    }

    /// Waits shortly if the failure may pass by itself; the caller then tries again.
    ///
    /// # Errors
    /// The failure itself when trying again at once makes no sense.
    pub async fn wait_after(&mut self, error: Error) -> Result<()> {
        let Some(wait) = self.next_wait(&error) else {
            return Err(error);
        };
        self.repeats_left -= 1;
        self.wait *= 2;
        tracing::debug!(operation = error.operation, kind = ?error.kind, wait, "short wait before another try");
        tokio::time::sleep(Duration::from_millis(wait.cast_unsigned())).await;
        Ok(())
    }

    /// The wait before another try, in milliseconds; `None` when there is to be none.
    fn next_wait(&self, error: &Error) -> Option<i64> {
        if self.repeats_left == 0 {
            return None;
        }
        match (error.kind, error.retry_after) {
            (ErrorKind::RateLimited | ErrorKind::Unavailable, Some(wait)) => {
                (0..=INLINE_LIMIT).contains(&wait).then_some(wait)
            }
            (ErrorKind::Unavailable, None) => Some(jittered(self.wait)),
            // Refused for its number of requests without a word about when: more of them do not help.
            _ => None,
        }
    }
}

/// Between half and the whole of `wait`, so that many jobs do not come back in the same instant.
fn jittered(wait: i64) -> i64 {
    let draw = i64::from(getrandom::u32().unwrap_or(u32::MAX / 2) % 1_000);
    wait / 2 + wait * draw / 2_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind, retry_after: Option<i64>) -> Error {
        Error::new(kind, "list tickets", "no").with_retry_after(retry_after)
    }

    #[test]
    fn what_is_waited_for() {
        let retry = Retry::reads();
        let kinds = [
            ErrorKind::AuthFailed,
            ErrorKind::PermissionDenied,
            ErrorKind::NotFound,
            ErrorKind::Invalid,
            ErrorKind::Unexpected,
        ];
        for kind in kinds {
            assert_eq!(retry.next_wait(&error(kind, Some(1))), None, "{kind:?}");
        }
        assert_eq!(
            retry.next_wait(&error(ErrorKind::RateLimited, Some(3_000))),
            Some(3_000)
        );
        assert_eq!(
            retry.next_wait(&error(ErrorKind::RateLimited, Some(5_001))),
            None,
            "the job comes back"
        );
        assert_eq!(retry.next_wait(&error(ErrorKind::RateLimited, None)), None);
        assert_eq!(
            retry.next_wait(&error(ErrorKind::Unavailable, Some(60_000))),
            None
        );
        let wait = retry
            .next_wait(&error(ErrorKind::Unavailable, None))
            .expect("a wait");
        assert!((FIRST_WAIT / 2..=FIRST_WAIT).contains(&wait), "{wait}");
        assert_eq!(
            Retry::never().next_wait(&error(ErrorKind::Unavailable, None)),
            None,
            "a write is not repeated"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends() {
        let mut retry = Retry::reads();
        for _ in 0..REPEATS {
            retry
                .wait_after(error(ErrorKind::Unavailable, None))
                .await
                .expect("another try");
        }
        retry
            .wait_after(error(ErrorKind::Unavailable, None))
            .await
            .expect_err("no more");
    }
}
