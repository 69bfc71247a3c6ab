//! Switching second factors on and off, each in one commit with its audit entry and the notice to the person. What the
//! person has is read before the transaction begins: a transaction that waits for a second connection may wait for ever.

use domain::clock::UtcMillis;
use domain::id::PublicId;
use domain::secret::Secret;
use store::identities::find_identity_kept_in;
use store::sessions::remove_sessions;
use store::{Tx, passkeys, two_factor};
use sync::mail::{Circumstances, Receiver, queue_two_factor_changed};

use super::ceremony::Made;
use super::recovery;
use crate::app::App;
use crate::web::access::Visit;
use crate::web::audit::{self, Subject};
use crate::web::error::Failure;
use crate::web::session::Person;
use crate::web::user_agent;

/// Recovery codes to show, once; empty when the present ones stay.
pub type NewCodes = Vec<String>;

/// The second factors of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// Codes of an app.
    pub app: bool,
    /// How many passkeys.
    pub passkeys: usize,
}

impl Factors {
    /// Whether there is any.
    #[must_use]
    pub const fn any(self) -> bool {
        self.app || self.passkeys > 0
    }
}

/// What second factors a person has.
///
/// # Errors
/// When the database does not answer.
pub async fn find_factors(app: &App, person: &Person) -> Result<Factors, Failure> {
    Ok(Factors {
        app: two_factor::find_two_factor(app.store(), person.identity)
            .await?
            .is_some(),
        passkeys: passkeys::list_passkeys(app.store(), person.identity)
            .await?
            .len(),
    })
}

/// The same inside the transaction that removes one of them; nobody else changes them before it ends.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_factors(tx: &mut Tx, person: &Person) -> Result<Factors, Failure> {
    let (app, passkeys) = two_factor::lock_factors(tx, person.identity).await?;
    Ok(Factors { app, passkeys })
}

/// Switches codes of an app on.
///
/// # Errors
/// When the database does not answer.
pub async fn enable_app(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
    secret: &Secret,
    step: i64,
) -> Result<NewCodes, Failure> {
    let codes = recovery::generate()?;
    let hashes = recovery::hashes(person.identity, &codes);
    two_factor::enable(tx, person.identity, secret, step, &hashes).await?;
    end_others(tx, person).await?;
    let what = "An authenticator app was set up: signing in now asks for its code. Every other browser was signed out.";
    tell(tx, person, visit, "two_factor.enable", what).await?;
    Ok(codes)
}

/// Switches codes of an app off. New recovery codes when a passkey stays.
///
/// # Errors
/// When the database does not answer.
pub async fn disable_app(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
    factors: Factors,
) -> Result<NewCodes, Failure> {
    let left = factors.passkeys;
    if !two_factor::disable(tx, person.identity).await? {
        return Ok(Vec::new());
    }
    let what = match left {
        0 => "The authenticator app was removed: signing in asks for the password alone.",
        _ => "The authenticator app was removed: signing in asks for a passkey.",
    };
    tell(tx, person, visit, "two_factor.disable", what).await?;
    if left == 0 {
        return Ok(Vec::new());
    }
    let codes = recovery::generate()?;
    let hashes = recovery::hashes(person.identity, &codes);
    two_factor::replace_recovery_codes(tx, person.identity, &hashes).await?;
    Ok(codes)
}

/// Adds a passkey. New recovery codes when it is the first second factor. The set-up of an app that was begun ends.
///
/// # Errors
/// `Conflict` when somebody has it already; else when the database does not answer.
pub async fn add_passkey(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
    factors: Factors,
    name: &str,
    made: &Made,
) -> Result<NewCodes, Failure> {
    let (id, state) = (&made.credential_id, &made.state);
    passkeys::insert_passkey(tx, person.identity, id, name, state, 0).await?;
    two_factor::remove_pending_secrets(tx, person.identity).await?;
    let mut what = format!("The passkey “{name}” was added.");
    if !factors.any() {
        end_others(tx, person).await?;
        what.push_str(" Every other browser was signed out.");
    }
    tell(tx, person, visit, "passkey.add", &what).await?;
    if factors.any() {
        return Ok(Vec::new());
    }
    let codes = recovery::generate()?;
    let hashes = recovery::hashes(person.identity, &codes);
    two_factor::replace_recovery_codes(tx, person.identity, &hashes).await?;
    Ok(codes)
}

/// Removes a passkey; `false` when there is no such one. With the last second factor go the recovery codes.
///
/// # Errors
/// When the database does not answer.
pub async fn remove_passkey(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
    factors: Factors,
    passkey: &PublicId,
    name: &str,
) -> Result<bool, Failure> {
    let others = factors.app || factors.passkeys > 1;
    if !passkeys::remove_passkey(tx, person.identity, passkey).await? {
        return Ok(false);
    }
    if !others {
        two_factor::replace_recovery_codes(tx, person.identity, &[]).await?;
    }
    let what = format!("The passkey “{name}” was removed.");
    tell(tx, person, visit, "passkey.remove", &what).await?;
    Ok(true)
}

/// Puts new recovery codes in the place of the old ones.
///
/// # Errors
/// When the database does not answer.
pub async fn replace_codes(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
) -> Result<NewCodes, Failure> {
    let codes = recovery::generate()?;
    let hashes = recovery::hashes(person.identity, &codes);
    two_factor::replace_recovery_codes(tx, person.identity, &hashes).await?;
    let what = "New recovery codes were made; the old ones work no more.";
    tell(tx, person, visit, "recovery_codes.replace", what).await?;
    Ok(codes)
}

/// Signs every other browser out: whoever got in with the password alone is out once there is a second factor. The
/// identity is kept, so that a sign-in of this moment ends here too, or sees the factor.
async fn end_others(tx: &mut Tx, person: &Person) -> Result<(), Failure> {
    find_identity_kept_in(tx, person.identity).await?;
    remove_sessions(tx, person.identity, Some(&person.session_hash)).await?;
    Ok(())
}

/// Writes the audit entry, and the notice to the person.
async fn tell(
    tx: &mut Tx,
    person: &Person,
    visit: &Visit,
    action: &'static str,
    what: &str,
) -> Result<(), Failure> {
    audit::write(tx, person, action, Subject::identity(person), None, None).await?;
    let client = client(visit);
    queue_two_factor_changed(tx, receiver(person), what, here(&client, visit.now)).await?;
    Ok(())
}

/// Browser and network address in words, for notices.
#[must_use]
pub fn client(visit: &Visit) -> String {
    format!(
        "{}, {}",
        user_agent::describe(&visit.user_agent),
        visit.client
    )
}

/// The circumstances of what a person does with the own account.
#[must_use]
pub const fn here(client: &str, now: UtcMillis) -> Circumstances<'_> {
    Circumstances {
        by: None,
        client,
        at: now,
    }
}

/// The person as the receiver of a notice.
#[must_use]
pub fn receiver(person: &Person) -> Receiver<'_> {
    Receiver {
        identity: person.identity,
        name: &person.name,
        email: &person.email,
    }
}
