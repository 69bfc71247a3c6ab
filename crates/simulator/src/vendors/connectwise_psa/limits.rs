//! The limit of the network edge in front of the product: so many requests in a minute.
//!
//! The vendor publishes no number; this one is what integrators report. The refusal comes from the
//! edge, so it is an HTML page.

use crate::exchange::Answer;

/// Requests in [`SPAN_MS`].
pub const MOST: usize = 1_000;
/// A rolling minute.
pub const SPAN_MS: i64 = 60_000;

/// The answer to one request too many.
pub fn refusal(retry_after: u32) -> Answer {
    let mut answer = Answer::html(429, TOO_MANY.to_owned());
    answer.retry_after = Some(retry_after);
    answer
}

/// The page of the network edge for one request too many.
pub const TOO_MANY: &str = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n\
<center><h1>429 Too Many Requests</h1></center>\r\n</body>\r\n</html>\r\n";
