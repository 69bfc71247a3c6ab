//! `portico openapi`: prints the description of the JSON API, without a database.

use super::output;
use crate::web::api::describe;

/// Prints the document.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn run() -> anyhow::Result<()> {
    output::say(&describe::text()?);
    Ok(())
}
