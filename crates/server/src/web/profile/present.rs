//! Asking for the present password again, before anything that guards the account is changed.

use domain::secret::Secret;
use store::identities;

use crate::app::App;
use crate::web::access::SignedIn;
use crate::web::error::Failure;
use crate::web::form::Fields;
use crate::web::password;
use crate::web::sign_in::{Subjects, wait_sentence};

/// The field the present password is typed into.
pub const FIELD: &str = "current_password";

/// What is wrong with the present password; empty when it is right. Guessing it here is slowed down as on the sign-in
/// page.
///
/// # Errors
/// When the database does not answer.
pub async fn check(app: &App, person: &SignedIn, fields: &Fields) -> Result<String, Failure> {
    let given = Secret::from(fields.find(FIELD).unwrap_or_default());
    if given.is_empty() {
        return Ok("Type your current password.".to_owned());
    }
    let subjects = Subjects::new(&person.email, person.visit().client);
    if let Some(wait) = subjects.begin(app).await? {
        return Ok(wait_sentence(wait));
    }
    let identity = identities::find_identity(app.store(), person.identity).await?;
    let stored = identity
        .and_then(|identity| identity.password_hash)
        .map(Secret::from);
    if !password::verify(app, given, stored).await? {
        return Ok("This is not your current password.".to_owned());
    }
    subjects.succeeded(app).await?;
    Ok(String::new())
}
