//! The second factor: codes of an app, recovery codes, passkeys. What they are and how they are checked; the pages are in
//! [`super::sign_in`] and [`super::profile`].
//!
//! Either an app or a passkey is a second factor. Recovery codes come with the first of them and go with the last. Every
//! attempt is counted before it is looked at, apart from attempts at the password, so that knowing the password gives no
//! free guesses.

pub mod ceremony;
pub mod change;
pub mod qr;
pub mod recovery;
pub mod reset;
pub mod totp;

use domain::secret::Secret;
use store::two_factor;

use super::access::Visit;
use super::error::Failure;
use super::session::Person;
use super::sign_in::Subjects;
use crate::app::App;

/// What became of a code that was typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Right, and it will not be right again: its time step.
    Right(i64),
    /// What to say instead.
    Wrong(String),
    /// Too many attempts: milliseconds to wait.
    Wait(i64),
}

/// What is said about a code that is not right.
pub const WRONG_CODE: &str = "This code is not right. Wait for the next one and type that; if it is refused too, compare the clock of your \
     phone with the right time.";

/// What is said about a code that was used.
pub const USED_CODE: &str =
    "This code was used already. Wait for the next one, which comes within half a minute.";

/// Who is limited when second factors are tried.
#[must_use]
pub fn subjects(person: &Person, visit: &Visit) -> Subjects {
    Subjects::new(&format!("second-factor:{}", person.uuid), visit.client)
}

/// Looks at a code of the app that is switched on, and takes its time step. Counts the attempt.
///
/// # Errors
/// When the database does not answer.
pub async fn check_code(
    app: &App,
    person: &Person,
    visit: &Visit,
    code: &str,
) -> Result<Checked, Failure> {
    let subjects = subjects(person, visit);
    if let Some(wait) = subjects.begin(app).await? {
        return Ok(Checked::Wait(wait));
    }
    let Some(secret) = two_factor::find_totp_secret(app.store(), person.identity).await? else {
        return Ok(Checked::Wrong(WRONG_CODE.to_owned()));
    };
    let Some(step) = totp::step(&secret, code, visit.now) else {
        return Ok(Checked::Wrong(WRONG_CODE.to_owned()));
    };
    let mut tx = app.store().begin().await?;
    let fresh = two_factor::take_step(&mut tx, person.identity, step).await?;
    tx.commit().await?;
    if !fresh {
        return Ok(Checked::Wrong(USED_CODE.to_owned()));
    }
    subjects.succeeded(app).await?;
    Ok(Checked::Right(step))
}

/// Looks at the first code of an app that is being set up. Counts the attempt.
///
/// # Errors
/// When the database does not answer.
pub async fn check_first_code(
    app: &App,
    person: &Person,
    visit: &Visit,
    secret: &Secret,
    code: &str,
) -> Result<Checked, Failure> {
    let subjects = subjects(person, visit);
    if let Some(wait) = subjects.begin(app).await? {
        return Ok(Checked::Wait(wait));
    }
    match totp::step(secret, code, visit.now) {
        Some(step) => {
            subjects.succeeded(app).await?;
            Ok(Checked::Right(step))
        }
        None => Ok(Checked::Wrong(WRONG_CODE.to_owned())),
    }
}
