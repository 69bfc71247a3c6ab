//! Random tokens, as pages use them; the hash under which they are stored is [`sync::token`]'s.

pub use sync::token::hash;

use super::error::Failure;

/// 256 random bits as text that fits cookies, forms and headers.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random() -> Result<String, Failure> {
    Ok(sync::token::random()?)
}
